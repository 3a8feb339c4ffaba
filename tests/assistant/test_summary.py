"""What an answer comes to is said in two whole sentences at most, in each language, and nothing that was not found."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.funding.calendar import ExpectedRound
from assistant.funding.eligibility import Judgement
from assistant.funding.schemes import NamedRecord, SchemeStatus
from assistant.funding.suitability import Suitability, TopicFit
from assistant.funding.verdicts import Facts, Verdict
from assistant.matching.answers import Answer, Outcome, Scheme
from assistant.platform.messages import messages
from assistant.render.assumptions import assumptions_of
from assistant.render.shortening import sentences
from assistant.render.summary import summary_of, summary_text
from corpus.criteria import ProjectStage
from corpus.records import ActorType, Kind, Role
from corpus.text import Language
from index.scoring.ranking import MatchConfidence
from index.scoring.reasons import Reason, ReasonKind
from tests.assistant.test_render import IDEA, answer, partner, scheme
from tests.records import SOURCE, text

NB, NN, EN = (messages(language) for language in (Language.NB, Language.NN, Language.EN))
DUE = scheme(SchemeStatus.OPEN, deadline=date(2027, 2, 18))


TOLD = {
    Language.NB: (
        "Snakk først med Gården, som foreslo «Gå sammen».",
        "Penger kan komme fra Pengeposten; fristen er 18. februar 2027.",
    ),
    Language.NN: (
        "Snakk først med Gården, som føreslo «Gå sammen».",
        "Pengar kan kome frå Pengeposten; fristen er 18. februar 2027.",
    ),
    Language.EN: (
        "Talk first to Gården (en), which proposed “Gå sammen (en)”.",
        "Money could come from Pengeposten (en); the deadline is February 18, 2027.",
    ),
}


@pytest.mark.parametrize("language", Language)
def test_who_first_then_which_money_with_which_date(language: Language) -> None:
    assert summary_text(answer(schemes=(DUE,)), messages(language)) == " ".join(TOLD[language])


WEAK = partner().model_copy(update={"confidence": MatchConfidence.POSSIBLE})
BROKEN = Judgement("c", Verdict.UNMET, None, "rule.months.unmet", SOURCE)


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (answer(partners=(), schemes=(DUE,)), "Jeg fant ingen partner for dette."),
        (answer(schemes=()), "Jeg fant ingen ordning som kan betale for det."),
        (answer(partners=(), schemes=()), "Jeg fant verken partner eller ordning for det."),
        (answer(partners=(WEAK,), schemes=(DUE,)), "Ingen partner passer godt; nærmest er Gården."),
        (
            answer(
                schemes=(scheme(SchemeStatus.ENDED, successor=NamedRecord(id="instrument:n", name=text("Nyposten"))),)
            ),
            "Pengeposten er avsluttet; Nyposten tok over.",
        ),
        (
            answer(schemes=(scheme(SchemeStatus.OPEN, overall=Verdict.UNMET, eligibility=(BROKEN, BROKEN)),)),
            "Pengeposten er ikke for dere etter reglene.",
        ),
        (
            answer(schemes=(scheme(SchemeStatus.OPEN, confidence=MatchConfidence.POSSIBLE),)),
            "Ingen ordning passer godt; nærmest er Pengeposten.",
        ),
    ],
)
def test_what_was_not_found_is_what_is_said(one: Answer, told: str) -> None:
    assert told in [said.text(NB) for said in summary_of(one, NB)]


FIRST = scheme(SchemeStatus.RUNNING, id="instrument:first", name=text("Førsteposten"))
LAST = FIRST.model_copy(update={"last_call": "2019-10-31"})
ROUND = ExpectedRound(on="2027-09", years=(2025, 2026), basis="observed", source=SOURCE)
OVERDUE = FIRST.model_copy(
    update={
        "suitability": Suitability(
            topic=TopicFit.SAME, expected=ROUND.model_copy(update={"on": "2026-11", "is_due": True})
        )
    }
)
COMING = scheme(
    SchemeStatus.UNCONFIRMED,
    id="instrument:coming",
    name=text("Fondet"),
    confidence=MatchConfidence.GOOD,
    suitability=Suitability(topic=TopicFit.SAME, expected=ROUND),
)
GENERAL = COMING.model_copy(update={"suitability": Suitability(topic=TopicFit.ANY, expected=ROUND)})
OLD = LAST.model_copy(update={"is_stale": True})


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("first", [FIRST, LAST, OVERDUE])
@pytest.mark.parametrize("second", [DUE, COMING, scheme(SchemeStatus.ROLLING)])
def test_the_scheme_that_heads_the_list_is_named_first_and_a_dated_one_that_suits_besides(
    language: Language, first: Scheme, second: Scheme
) -> None:
    catalog = messages(language)
    told = summary_text(answer(schemes=(first, second)), catalog, Kind.INSTRUMENT)
    names = [one.name.best(language).text for one in (first, second)]
    assert names[0] in told
    assert told.index(names[0]) < told.index(names[1])
    assert "{" not in told
    assert len(sentences(told)) == 1


def test_the_dates_of_both_are_told_for_what_they_are() -> None:
    assert summary_text(answer(schemes=(LAST, COMING)), NB, Kind.INSTRUMENT) == (
        "Penger kan komme fra Førsteposten, sist lyst ut 31. oktober 2019, eller fra Fondet; neste frist ventes "
        "september 2027."
    )
    assert summary_text(answer(schemes=(OVERDUE, DUE)), NB, Kind.INSTRUMENT) == (
        "Penger kan komme fra Førsteposten (fristen var ventet i november 2026, se om den er åpen), eller fra "
        "Pengeposten; fristen er 18. februar 2027."
    )


@pytest.mark.parametrize("topic", [TopicFit.SAME, TopicFit.THEME, TopicFit.RELATED, TopicFit.OTHER, TopicFit.ELSEWHERE])
def test_a_dated_scheme_that_hardly_suits_is_not_named_besides_the_first(topic: TopicFit) -> None:
    hardly = COMING.model_copy(
        update={"confidence": MatchConfidence.POSSIBLE, "suitability": Suitability(topic=topic, expected=ROUND)}
    )
    told = summary_text(answer(schemes=(LAST, hardly)), NB, Kind.INSTRUMENT)
    assert told == "Penger kan komme fra Førsteposten, sist lyst ut 31. oktober 2019."
    unwanted = COMING.model_copy(
        update={"suitability": Suitability(topic=TopicFit.SAME, expected=ROUND, activity_fits=False)}
    )
    for other in (unwanted, GENERAL):
        assert summary_text(answer(schemes=(LAST, other)), NB, Kind.INSTRUMENT) == told


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("other", [GENERAL, *(GENERAL.model_copy(update=change) for change in (
    {"deadline": date(2027, 2, 18)}, {"status": SchemeStatus.ROLLING}))])  # fmt: skip
def test_what_was_announced_long_ago_is_named_after_what_can_be_applied_for(language: Language, other: Scheme) -> None:
    told = summary_text(answer(schemes=(OLD, other)), messages(language), Kind.INSTRUMENT)
    names = [one.name.best(language).text for one in (other, OLD)]
    assert told.index(names[0]) < told.index(names[1])
    assert "2019" in told
    assert "{" not in told
    assert len(sentences(told)) == 1


def test_what_was_announced_long_ago_is_told_with_its_date_where_nothing_else_suits() -> None:
    told = summary_text(answer(schemes=(OLD,)), NB, Kind.INSTRUMENT)
    assert told == "Penger kan komme fra Førsteposten, sist lyst ut 31. oktober 2019."


def test_money_for_any_theme_is_told_to_be_that_however_sure_it_is() -> None:
    for confidence in MatchConfidence:
        sure = GENERAL.model_copy(update={"confidence": confidence})
        assert "alle tema" in summary_text(answer(schemes=(sure,)), NB, Kind.INSTRUMENT)


@pytest.mark.parametrize("topic", [TopicFit.ANY, TopicFit.SAME])
def test_money_for_other_work_than_is_wanted_is_told_as_no_good_fit(topic: TopicFit) -> None:
    other_work = COMING.model_copy(
        update={
            "confidence": MatchConfidence.POSSIBLE,
            "suitability": Suitability(topic=topic, expected=ROUND, activity_fits=False),
        }
    )
    told = summary_text(answer(schemes=(other_work,)), NB, Kind.INSTRUMENT)
    assert told == "Ingen ordning passer godt; nærmest er Fondet."


PLAIN = partner().model_copy(update={"reasons": (), "confidence": MatchConfidence.STRONG})
SECOND = PLAIN.model_copy(update={"id": "actor:second", "name": text("Naboen")})
LESS_SURE = SECOND.model_copy(update={"confidence": MatchConfidence.GOOD})
ALIKE = IDEA.model_copy(
    update={"confidence": MatchConfidence.STRONG, "problem_owner": NamedRecord(id="actor:did", name=text("Lien"))}
)


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (answer(partners=(PLAIN, SECOND), ideas=()), "Snakk først med Gården, deretter med Naboen."),
        (answer(partners=(PLAIN, LESS_SURE), ideas=()), "Snakk først med Gården."),
        (answer(partners=(PLAIN, WEAK), ideas=()), "Snakk først med Gården."),
        (answer(partners=(WEAK, SECOND), ideas=()), "Ingen partner passer godt; nærmest er Gården."),
        (
            answer(partners=(PLAIN, SECOND), ideas=(ALIKE,)),
            "Snakk først med Gården; noe lignende er «Gå sammen» (Lien).",
        ),
    ],
)
def test_only_the_first_partner_is_named_and_a_second_that_is_as_sure_or_who_did_the_same(
    one: Answer, told: str
) -> None:
    assert summary_text(one, NB, Kind.ACTOR) == told


@pytest.mark.parametrize("role", [Role.FUNDER, Role.DISCUSSANT])
def test_who_may_have_paid_or_sat_at_the_table_is_not_told_for_that(role: Role) -> None:
    reason = Reason(kind=ReasonKind.TOOK_PART, idea="idea:bus", role=role)
    told = summary_text(answer(partners=(PLAIN.model_copy(update={"reasons": (reason,)}),)), NB, Kind.ACTOR)
    assert told == "Snakk først med Gården."


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("status", [one for one in SchemeStatus if one is not SchemeStatus.ENDED])
def test_what_is_for_any_theme_is_told_to_be_that_with_its_date(language: Language, status: SchemeStatus) -> None:
    catalog = messages(language)
    weak = {
        "confidence": MatchConfidence.POSSIBLE,
        "suitability": Suitability(topic=TopicFit.ANY),
        "opens_on": "2027-01",
    }
    for dates in ({}, {"last_call": "2024-05"}, {"deadline": date(2027, 2, 18)}):
        told = summary_text(answer(schemes=(scheme(status, **weak, **dates),)), catalog, Kind.INSTRUMENT)
        assert {"nb": "alle tema", "nn": "alle tema", "en": "any theme"}[language] in told
        assert "{" not in told
        assert len(sentences(told)) == 1
        assert ("2027" in told) == ("deadline" in dates or status is SchemeStatus.PLANNED)


def test_where_no_partner_fits_well_but_an_earlier_idea_does_that_is_what_is_said() -> None:
    alike = IDEA.model_copy(update={"confidence": MatchConfidence.GOOD})
    for partners in ((), (WEAK,)):
        told = summary_text(answer(partners=partners, ideas=(alike,)), NB, Kind.ACTOR)
        assert told == "Ingen partner passer godt, men noen har arbeidet med noe lignende: «Gå sammen» (2016)."
    assert summary_text(answer(partners=(WEAK,)), NB, Kind.ACTOR).endswith("nærmest er Gården.")


def test_an_earlier_idea_was_thought_of_and_a_project_was_worked_on_in_its_years_where_they_are_known() -> None:
    alike = IDEA.model_copy(update={"confidence": MatchConfidence.GOOD})
    told = summary_text(answer(partners=(), ideas=(alike,)), NB, Kind.IDEA)
    assert told == "Noen tenkte på noe lignende: «Gå sammen» (2016)."
    undated = alike.model_copy(update={"is_project": True, "years": None})
    told = summary_text(answer(partners=(), ideas=(undated,)), NB, Kind.IDEA)
    assert told == "Noen har arbeidet med noe lignende: «Gå sammen»."


def test_where_nothing_fits_that_is_said_with_whom_to_ask() -> None:
    none = answer(outcome=Outcome.NO_MATCH, partners=(), schemes=(), ideas=())
    told = summary_text(none, NB)
    assert told.startswith("Jeg fant ikke noe godt treff.")
    assert "kompetansemegleren" in told
    unsure = answer(outcome=Outcome.UNCERTAIN, partners=(WEAK,), schemes=(), ideas=())
    assert summary_text(unsure, NB).endswith("Nærmest er Gården.")


def test_nothing_is_said_to_lack_that_was_not_looked_for() -> None:
    like = answer(partners=(), schemes=())
    assert [said.key for said in summary_of(like, NB, Kind.IDEA)] == ["summary.idea.found"]


REASONS = [
    Reason(kind=ReasonKind.RUNS, scheme="idea:bus"),
    Reason(kind=ReasonKind.ALIKE),
    *(Reason(kind=ReasonKind.TOOK_PART, idea="idea:bus", role=role) for role in Role),
]
STATES = [scheme(status, deadline=None, opens_on="2027-01", successor=None, ended_on="2020") for status in SchemeStatus]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("reason", REASONS)
def test_every_summary_is_two_finished_sentences(language: Language, reason: Reason) -> None:
    catalog = messages(language)
    for state in STATES:
        one = answer(partners=(partner().model_copy(update={"reasons": (reason,)}),), schemes=(state,))
        told = [said.text(catalog) for said in summary_of(one, catalog)]
        assert len(told) == 2
        for sentence in told:
            assert sentence.endswith(".")
            assert "{" not in sentence
            assert not sentence.startswith("summary.")
        assert len(sentences(" ".join(told))) == 2


def test_who_and_which_money_are_told_though_an_earlier_try_is_more_alike() -> None:
    sure = IDEA.model_copy(update={"confidence": MatchConfidence.STRONG})
    one = answer(ideas=(sure,), order=(Kind.IDEA, Kind.INSTRUMENT, Kind.ACTOR))
    assert [said.key for said in summary_of(one, NB)] == ["summary.money.rolling", "summary.partner.proposer"]


def test_what_the_asker_is_taken_for_is_told_and_what_is_untold_can_be_said() -> None:
    facts = Facts(applicant_type=ActorType.MUNICIPALITY, fylkesnummer="50", place="Trøndelag")
    taken = assumptions_of(answer(facts=facts, themes=("grunnskole",)), NB)
    assert [one.text for one in taken] == ["En kommune i Trøndelag", "Tema: grunnskole", "Fase: ikke sagt"]
    assert [one.way for one in taken] == ["endre", "endre", "si det"]
    assert [one.begins for one in taken] == ["vi er fra ", "det gjelder ", "vi skal ha et forprosjekt"]
    placed = facts.model_copy(update={"kommunenummer": "5053", "place": "Inderøy", "stage": ProjectStage.PRE_PROJECT})
    told = [one.text for one in assumptions_of(answer(facts=placed), NN)]
    assert told == ["Inderøy kommune", "Tema: ikkje funne", "Fase: eit forprosjekt"]
    assert assumptions_of(answer(), EN)[0].text == "A municipality, place not told"
