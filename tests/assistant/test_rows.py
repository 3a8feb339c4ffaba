"""A row holds facts: what a record says, what a rule says, a date; never likeness, nor a list of what is not known."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from assistant.funding import rules
from assistant.funding.calendar import ExpectedRound
from assistant.funding.eligibility import Judgement
from assistant.funding.rules import organisations
from assistant.funding.schemes import NamedRecord, SchemeStatus
from assistant.funding.suitability import Suitability, TopicFit
from assistant.funding.verdicts import Verdict
from assistant.matching.answers import Outcome, Scheme
from assistant.platform.messages import messages
from assistant.render.rows import OPEN, TagTone, line_of, rule_tags_of, sections_of, tag_of
from assistant.render.shortening import LINE, MORE, sentences, shortened
from corpus.records import Activity, ActorType, Kind, Role
from corpus.text import Language
from index.scoring.ranking import MatchConfidence
from index.scoring.reasons import Evidence, Reason, ReasonKind
from index.storage.passages import Facet
from tests.assistant.test_render import IDEA, answer, partner, scheme
from tests.records import SOURCE, text

NB = messages(Language.NB)


def own(quote: str, record_id: str = "actor:p-1") -> Evidence:
    return Evidence(record_id=record_id, facet=Facet.SUMMARY, quote=quote, language=Language.NB, source="Kilden")


def test_a_partners_line_is_the_sentence_of_its_record_that_tells_of_the_need() -> None:
    quote = "Senter i Levanger. Forsker på skolebuss og trygge skoleveier. Har tolv ansatte."
    shared = Reason(kind=ReasonKind.SHARED, labels=("skolebuss",))
    one = partner().model_copy(update={"reasons": (shared,), "evidence": (own(quote),)})
    assert line_of(one, answer(), NB).text == "Forsker på skolebuss og trygge skoleveier."


@pytest.mark.parametrize("role", Role)
def test_what_a_partner_did_in_an_idea_is_told_with_the_year_where_that_is_the_reason(role: Role) -> None:
    one = partner().model_copy(update={"reasons": (Reason(kind=ReasonKind.TOOK_PART, idea="idea:bus", role=role),)})
    told = line_of(one, answer(), NB).text
    assert "«Gå sammen» (2016)" in told
    assert not told.startswith("row.")


@pytest.mark.parametrize("kind", [ReasonKind.ALIKE, ReasonKind.SHARED, ReasonKind.NEAR])
def test_that_words_are_alike_is_never_the_line_of_a_row(kind: ReasonKind) -> None:
    reasons = (Reason(kind=kind, labels=("skolebuss",)),)
    told = answer(
        partners=(partner().model_copy(update={"reasons": reasons}),),
        ideas=(IDEA.model_copy(update={"reasons": reasons}),),
    )
    for section in sections_of(told, NB):
        for row in section.all:
            assert not row.line.text.startswith(("Handler om det samme", "Ligner på", "Holder til"))


def test_what_is_only_possible_is_folded_and_open_where_there_is_nothing_better() -> None:
    weak = [partner(f"Kommune {n}", n).model_copy(update={"confidence": MatchConfidence.POSSIBLE}) for n in (2, 3)]
    partners, *_ = sections_of(answer(partners=(partner(), *weak)), NB)
    assert [row.position for row in partners.rows] == [1]
    assert [row.position for row in partners.weak] == [2, 3]
    alone = answer(partners=tuple(weak), schemes=(), ideas=(IDEA,), outcome=Outcome.UNCERTAIN)
    assert all(section.rows and not section.weak for section in sections_of(alone, NB))


def test_no_more_than_four_rows_of_a_kind_are_open_and_each_keeps_its_number() -> None:
    many = tuple(partner(f"Kommune {n}", n) for n in range(9))
    [section] = sections_of(answer(partners=many, schemes=(), ideas=()), NB)
    assert len(section.rows) == OPEN == 4
    assert [row.position for row in section.all] == list(range(1, 10))


def expecting(on: str) -> Suitability:
    return Suitability(topic=TopicFit.ANY, expected=ExpectedRound(on=on, basis="stated", years=(), source=SOURCE))


@pytest.mark.parametrize(
    ("one", "told", "tone"),
    [
        (scheme(SchemeStatus.OPEN, deadline=date(2027, 2, 18)), "frist 18. feb. 2027", TagTone.GOOD),
        (scheme(SchemeStatus.ROLLING), "løpende", TagTone.GOOD),
        (scheme(SchemeStatus.PLANNED, opens_on="2027-01-20"), "åpner 20. jan. 2027", TagTone.SOON),
        (scheme(SchemeStatus.CLOSED, suitability=expecting("2027-09")), "ventes sep. 2027", TagTone.SOON),
        (scheme(SchemeStatus.CLOSED, last_call="2025-09-24"), "sist 24. sep. 2025", TagTone.PLAIN),
        (scheme(SchemeStatus.UNCONFIRMED, url="https://a.example"), "se lenken", TagTone.PLAIN),
        (scheme(SchemeStatus.ENDED, suitability=expecting("2027-09")), "avsluttet", TagTone.OVER),
    ],
)
def test_a_schemes_tag_is_its_date(one: Scheme, told: str, tone: TagTone) -> None:
    assert tag_of(one, NB) == (told, tone)


def test_an_ideas_tag_is_when_it_was_or_that_it_was_only_read_of_then() -> None:
    assert tag_of(IDEA, NB).text == "2016"
    undated = IDEA.model_copy(update={"years": None, "on": "2026-11-30"})
    assert tag_of(undated, NB).text == "lest 2026"


def test_a_scheme_tells_what_it_pays_for_and_what_took_over_from_what() -> None:
    suited = Suitability(topic=TopicFit.ANY, activities=(Activity.PRE_PROJECT,))
    later = scheme(
        SchemeStatus.OPEN, suitability=suited, predecessor=NamedRecord(id="instrument:x", name=text("Gamleposten"))
    )
    told = line_of(later, answer(), NB).text
    assert told == "Kom etter Gamleposten, som er avsluttet. Betaler forprosjekt, alle tema."


def judged(name: str, verdict: Verdict) -> Judgement:
    values = (organisations("applicant", (ActorType.MUNICIPALITY,)),) if name == "applicant_type" else ()
    return Judgement("c", verdict, None, f"rule.{name}.{verdict}", SOURCE, values)


def test_signs_name_what_is_met_and_broken_but_only_one_thing_that_is_open() -> None:
    told_rules = (
        Judgement("s", Verdict.MET, None, "status.open", SOURCE),
        judged("own_share", Verdict.UNKNOWN),
        judged("stage", Verdict.UNKNOWN),
        judged("months", Verdict.UNMET),
        judged("applicant_type", Verdict.MET),
        judged("applicant_type", Verdict.MET),
    )
    told = [str(sign) for sign in rule_tags_of(scheme(SchemeStatus.OPEN, eligibility=told_rules), NB)]
    assert told == ["✓ en kommune", "✗ varighet", "? egenandel"]


def test_every_rule_has_its_sign_in_words() -> None:
    source = Path(rules.__file__).read_text(encoding="utf-8")
    names = set(re.findall(r'(?:_settled|_unknown)\(\s*"(\w+)"', source)) | set(re.findall(r'"rule\.(\w+)\.', source))
    assert len(names) > 10
    for language in Language:
        catalog = messages(language)
        assert [name for name in names - {"applies_to"} if catalog.text(f"sign.{name}") == f"sign.{name}"] == []


def test_a_long_sentence_ends_where_a_clause_ends() -> None:
    long = "Forsker på fall hos eldre i kommunene, prøver ut tiltak som virker, og lærer opp ansatte i hjemmetjenesten"
    assert shortened(long, 80) == f"Forsker på fall hos eldre i kommunene, prøver ut tiltak som virker{MORE}"
    assert shortened("ordutenmellomrom" * 20, 50).endswith(MORE)
    for limit in range(20, LINE):
        assert len(shortened(long, limit)) <= limit


def test_sentences_are_not_broken_at_abbreviations_and_dates() -> None:
    told = "Se f.eks. Interreg nr. 5 fra 15. februar. Åpent for kommuner. «Alle» kan søke!"
    assert sentences(told) == ["Se f.eks. Interreg nr. 5 fra 15. februar.", "Åpent for kommuner.", "«Alle» kan søke!"]


def test_kinds_stand_in_the_order_of_the_answer() -> None:
    told = answer(order=(Kind.IDEA, Kind.INSTRUMENT, Kind.ACTOR))
    assert [section.kind for section in sections_of(told, NB)] == [Kind.IDEA, Kind.INSTRUMENT, Kind.ACTOR]
