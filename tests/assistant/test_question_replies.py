"""A short answer to a question back is understood as an answer to that question, and to no other."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assistant.dialogue.question_replies import parse_reply
from assistant.funding.verdicts import Fact, Facts, Missing, Party, RuleValue, ValueKind, applicant_facts, merge_facts
from corpus.criteria import Experience, ProjectStage
from corpus.records import ActorType
from corpus.text import Language

SWEDISH = Missing(fact=Fact.PARTNERS, values=(RuleValue(name="party", kind=ValueKind.COUNTRY_PARTY, items=("SE",)),))
APPROVED = Missing(
    fact=Fact.PARTNERS,
    values=(RuleValue(name="party", kind=ValueKind.ORGANISATION, items=("approved_research_org",)),),
)
UNIVERSITY = Missing(
    fact=Fact.PARTNERS, values=(RuleValue(name="party", kind=ValueKind.ORGANISATION, items=("university",)),)
)
HALF = Missing(fact=Fact.OWN_SHARE, values=(RuleValue(name="percent", items=("50",)),))


@pytest.mark.parametrize(
    ("missing", "text", "expected"),
    [
        (SWEDISH, "ja", {"partners": (Party(country="SE"),)}),
        (SWEDISH, "Nei, ikke ennå", {"lacking": (Party(country="SE"),)}),
        (APPROVED, "yes, we do", {"partners": (Party(approved_research_org=True),)}),
        (UNIVERSITY, "ja, NTNU er med", {"partners": (Party(type=ActorType.UNIVERSITY),)}),
        (Missing(fact=Fact.STAGE), "et forprosjekt", {"stage": ProjectStage.PRE_PROJECT}),
        (Missing(fact=Fact.STAGE), "a main project", {"stage": ProjectStage.MAIN_PROJECT}),
        (Missing(fact=Fact.APPLICANT_TYPE), "ein bedrift", {"applicant_type": ActorType.COMPANY}),
        (Missing(fact=Fact.PLACE), "Vestland", {"fylkesnummer": "46", "country": "NO", "place": "Vestland"}),
        (
            Missing(fact=Fact.PLACE), "Verdal kommune",
            {"kommunenummer": "5038", "fylkesnummer": "50", "country": "NO", "place": "Verdal"},
        ),
        (Missing(fact=Fact.NO_EARLIER_DOCTORATE), "ja", {"no_earlier_doctorate": False}),
        (Missing(fact=Fact.NO_EARLIER_DOCTORATE), "nei", {"no_earlier_doctorate": True}),
        (Missing(fact=Fact.CANDIDATE_EMPLOYED), "ja, i helseavdelingen", {"candidate_employed": True}),
        (Missing(fact=Fact.RECENT_PROJECT), "no", {"recent_project": False}),
        (Missing(fact=Fact.TALKED_TO_BROKER), "ikkje enno", {"talked_to_broker": False}),
        (Missing(fact=Fact.RD_EXPERIENCE), "litt", {"rd_experience": Experience.LITTLE}),
        (Missing(fact=Fact.RD_EXPERIENCE), "nei", {"rd_experience": Experience.NONE}),
        (HALF, "ja", {"own_share": Decimal(50)}),
        (HALF, "bare 30 prosent", {"own_share": Decimal(30)}),
        (Missing(fact=Fact.STARTS_ON), "mars 2027", {"starts_on": "2027-03"}),
        (Missing(fact=Fact.STARTS_ON), "en gang i 2027", {"starts_on": "2027"}),
        (Missing(fact=Fact.MONTHS), "18 måneder", {"months": 18}),
        (Missing(fact=Fact.MONTHS), "3 år", {"months": 36}),
        (Missing(fact=Fact.PURPOSES), "lønn til en prosjektleder", {"purposes": ()}),
    ],
)  # fmt: skip
def test_a_short_answer_is_taken_for_what_was_asked(missing: Missing, text: str, expected: dict[str, object]) -> None:
    facts = parse_reply(missing, text, Language.NB)
    assert facts is not None
    assert facts.model_dump(include=facts.model_fields_set) == Facts.model_validate(expected).model_dump(
        include=set(expected)
    )


@pytest.mark.parametrize(
    ("missing", "text"),
    [
        (SWEDISH, "vet ikke"),
        (Missing(fact=Fact.STAGE), "hm"),
        (Missing(fact=Fact.PLACE), "her"),
        (HALF, "nei"),
        (HALF, "800 kroner"),
        (Missing(fact=Fact.STARTS_ON), "snart"),
        (Missing(fact=Fact.MONTHS), "lenge"),
        (Missing(fact=Fact.NO_EARLIER_DOCTORATE), "kanskje"),
        (Missing(fact=Fact.WORDS), "lokalmat"),
    ],
)
def test_what_tells_nothing_of_it_is_no_answer(missing: Missing, text: str) -> None:
    assert parse_reply(missing, text, Language.NB) is None


def test_parties_are_added_and_other_facts_take_the_place_of_those_before() -> None:
    known = Facts(partners=(Party(country="SE"),), months=12)
    both = merge_facts(known, Facts(partners=(Party(type=ActorType.UNIVERSITY),), months=24))
    assert both.partners == (Party(country="SE"), Party(type=ActorType.UNIVERSITY))
    assert both.months == 24


def test_what_is_of_the_need_alone_is_not_carried_to_the_next() -> None:
    facts = Facts(applicant_type=ActorType.COMPANY, months=12, partners=(Party(country="SE"),))
    assert applicant_facts(facts) == Facts(applicant_type=ActorType.COMPANY)
