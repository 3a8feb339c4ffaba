"""What an answer comes to is said in two whole sentences at most, in each language, and nothing that was not found."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.funding.eligibility import Judgement
from assistant.funding.schemes import NamedRecord, SchemeStatus
from assistant.funding.verdicts import Facts, Verdict
from assistant.matching.answers import Answer, Outcome
from assistant.platform.messages import messages
from assistant.render.assumptions import assumptions_of
from assistant.render.shortening import sentences
from assistant.render.summary import summary_of, summary_text
from corpus.criteria import ProjectStage
from corpus.records import ActorType, Kind, Role
from corpus.text import Language
from index.scoring.explain import Reason, ReasonKind
from index.scoring.ranking import MatchConfidence
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


def test_a_scheme_whose_date_is_known_is_named_before_one_whose_is_not() -> None:
    undated = scheme(SchemeStatus.RUNNING, id="instrument:first", name=text("Udatert"))
    assert "Pengeposten; fristen er 18. februar 2027." in summary_text(answer(schemes=(undated, DUE)), NB)


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
