"""What is refused is not done, and what is denied is not believed."""

from __future__ import annotations

import pytest

from assistant.dialogue.conversation import ConversationState, Intent, ListedSuggestion, refined
from assistant.dialogue.facts import facts_of_municipality
from assistant.dialogue.turn_facts import facts_of_turn
from assistant.dialogue.turn_parser import parse_turn
from corpus.records import Kind
from corpus.text import Language
from index.retrieval.need import Need

SHOWN = tuple(ListedSuggestion(id=f"actor:{name}", kind=Kind.ACTOR, name=name) for name in ("NTNU", "Fafo", "NINA"))
ANSWERED = ConversationState(
    question="hvem kan hjelpe med flom?", language=Language.NB, shown=SHOWN, facts=facts_of_municipality("1804")
)


@pytest.mark.parametrize(
    "text",
    [
        "ikke skriv utkast", "ikkje skriv utkast", "don't write a draft", "no draft, please", "ikke sammenlign",
        "ikkje samanlikn dei", "don't compare them", "jeg vil ikke ha noe utkast", "vi vil ikke lagre dette",
        "ikke start på nytt", "do not save this", "eg vil ikkje ha utkast",
    ],
)  # fmt: skip
def test_what_is_refused_is_left(text: str) -> None:
    assert parse_turn(text, ANSWERED).intent is Intent.DECLINED


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("skriv et utkast til NTNU", Intent.DRAFT), ("kan du ikke sammenligne dem?", Intent.COMPARE),
        ("sammenlign NTNU og Fafo", Intent.COMPARE), ("hvorfor er ikke SINTEF med?", Intent.WHY_NOT),
        ("lagre dette", Intent.SAVE),
    ],
)  # fmt: skip
def test_what_is_asked_for_is_still_done(text: str, intent: Intent) -> None:
    assert parse_turn(text, ANSWERED).intent is intent


@pytest.mark.parametrize("text", ["vi er ikke fra Bodø", "me er ikkje frå Bodø", "we are not from Bodø"])
def test_a_place_that_is_taken_back_is_known_no_more(text: str) -> None:
    after = refined(ANSWERED, parse_turn(text, ANSWERED)).facts
    assert (after.place, after.kommunenummer, after.fylkesnummer) == (None, None, None)


@pytest.mark.parametrize(
    "text",
    ["trenger ikke penger", "me treng ikkje pengar", "we don't need money", "uten støtteordninger", "no funding"],
)
def test_money_that_is_not_needed_is_not_shown(text: str) -> None:
    refinement = refined(ANSWERED, parse_turn(text, ANSWERED)).refinement
    assert refinement.without_kinds == (Kind.INSTRUMENT,)
    assert Kind.INSTRUMENT not in refinement.applied(Need(text="flom", language=Language.NB)).kinds


def test_whoever_saw_nothing_but_money_and_needs_none_sees_the_rest() -> None:
    only_money = refined(ANSWERED, parse_turn("hva med penger?", ANSWERED))
    none = refined(only_money, parse_turn("vi trenger ikke penger", only_money)).refinement
    kinds = none.applied(Need(text="flom", language=Language.NB)).kinds
    assert Kind.ACTOR in kinds
    assert Kind.INSTRUMENT not in kinds


def test_money_that_is_asked_for_after_all_is_shown() -> None:
    without = refined(ANSWERED, parse_turn("vi trenger ikke penger", ANSWERED))
    asked = refined(without, parse_turn("hva med penger?", without)).refinement
    assert asked.applied(Need(text="flom", language=Language.NB)).kinds == (Kind.INSTRUMENT,)


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("vi kan ikke dekke 50 prosent", "own_share"), ("we can't cover 50 per cent", "own_share"),
        ("vi starter ikke i 2027", "starts_on"), ("prosjektet varer ikke i 3 år", "months"),
        ("NTNU er ikke med", "partners"), ("vi har ikke 3 millioner", "budget"),
    ],
)  # fmt: skip
def test_a_fact_that_is_denied_is_none(text: str, fact: str) -> None:
    assert getattr(facts_of_turn(text), fact) in {None, ()}


@pytest.mark.parametrize(
    "text", ["mer om SINTEF og NTNU", "tell me more about SINTEF and NTNU", "fortel om Fafo og NTNU"]
)
def test_whom_somebody_wants_to_hear_more_of_takes_no_part(text: str) -> None:
    assert parse_turn(text, ANSWERED).intent is not Intent.FACT
