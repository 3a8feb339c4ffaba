"""A question tells only what it says of its asker; all else stays unknown."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.dialogue.facts import facts_of
from assistant.funding.verdicts import Facts, Party
from corpus.criteria import Experience, ProjectStage, Purpose
from corpus.records import ActorType
from corpus.text import Language

NB, NN, EN = Language
SWEDISH = Party(country="SE")


@pytest.mark.parametrize(
    ("said", "language", "told"),
    [
        ("Vi er en liten kommune i Trøndelag.", NB, {"applicant_type": ActorType.MUNICIPALITY}),
        ("Vi i Vestland fylkeskommune vil søke", NB, {"applicant_type": ActorType.COUNTY_MUNICIPALITY}),
        ("Me er eit lite firma", NN, {"applicant_type": ActorType.COMPANY}),
        ("We are a hospital in Trøndelag", EN, {"applicant_type": ActorType.HEALTH_TRUST}),
        ("Can a company apply for this?", EN, {"applicant_type": ActorType.COMPANY}),
        ("Kan en bedrift søke?", NB, {"applicant_type": ActorType.COMPANY}),
        ("kommunen vår vil søke om penger", NB, {"applicant_type": ActorType.MUNICIPALITY}),
        ("Jeg er forsker ved et universitet", NB, {"applicant_type": ActorType.UNIVERSITY}),
        ("Vi har med en svensk partner", NB, {"partners": (SWEDISH,)}),
        ("Can we apply together with a partner in Jämtland?", EN, {"partners": (SWEDISH,)}),
        ("Kan vi søke uten svensk partner?", NB, {"partners": None, "lacking": (SWEDISH,)}),
        ("Vi har med et godkjent forskningsmiljø", NB, {"partners": (Party(approved_research_org=True),)}),
        ("Vi har ingen forskere med", NB, {"lacking": (Party(approved_research_org=True),)}),
        ("Vi trenger penger, og har med NTNU", NB, {"partners": (Party(type=ActorType.UNIVERSITY),)}),
        ("Vi vil gjøre det alene", NB, {"partners": (), "partners_complete": True}),
        ("en kandidat med doktorgrad fra før", NB, {"no_earlier_doctorate": False}),
        ("An employee who already has a doctorate", EN, {"no_earlier_doctorate": False}),
        ("Ho har ikkje doktorgrad", NN, {"no_earlier_doctorate": True}),
        ("støtte til en ansatt som vil ta doktorgrad", NB, {"stage": ProjectStage.PHD, "candidate_employed": True}),
        ("penger til eit forprosjekt", NN, {"stage": ProjectStage.PRE_PROJECT}),
        ("money for a main project", EN, {"stage": ProjectStage.MAIN_PROJECT}),
        ("Vi har aldri drevet med forskning", NB, {"rd_experience": Experience.NONE}),
        ("Vi kan dekke 30 prosent selv", NB, {"own_share": Decimal(30)}),
        ("90 % offentlig finansiert", NB, {"public_share": Decimal(90)}),
        ("penger til å bygge nettverk", NB, {"purposes": (Purpose.NETWORKING,)}),
        ("Vi har snakket med en kompetansemegler", NB, {"talked_to_broker": True}),
        ("Vi har ikke snakket med en kompetansemegler", NB, {"talked_to_broker": False}),
    ],
)
def test_what_is_said_is_taken(said: str, language: Language, told: dict[str, Any]) -> None:
    facts = facts_of(said, language)
    assert {name: getattr(facts, name) for name in told} == told


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("hvem kan hjelpe med tidlig oppdagelse av sepsis?", NB),
        ("Trenger vi en svensk partner?", NB),
        ("Vi leter etter forskere i Trøndelag som kan hjelpe kommunen", NB),
        ("Hvilke bedrifter jobber med lokalmat?", NB),
        ("Kven forskar på fråfall i Trøndelag?", NN),
        ("Which company works with welfare technology in Oslo?", EN),
        ("Hva er en kommune?", NB),
        ("Vi er ikke en kommune", NB),
        ("Er det forskjell på forprosjekt og hovedprosjekt?", NB),
    ],
)
def test_what_is_asked_wished_or_ambiguous_is_not_taken(said: str, language: Language) -> None:
    assert facts_of(said, language).model_copy(update={"words": None}) == Facts()


def test_what_was_known_is_kept_unless_the_question_says_otherwise() -> None:
    profile = Facts(applicant_type=ActorType.MUNICIPALITY, fylkesnummer="50")
    assert facts_of("penger til forprosjekt", NB, profile).applicant_type is ActorType.MUNICIPALITY
    assert facts_of("Kan en bedrift søke?", NB, profile).applicant_type is ActorType.COMPANY
    assert facts_of("Kan en bedrift søke?", NB, profile).fylkesnummer == "50"


@given(st.text(max_size=200), st.sampled_from(list(Language)))
def test_no_text_is_too_strange(said: str, language: Language) -> None:
    assert isinstance(facts_of(said, language), Facts)
