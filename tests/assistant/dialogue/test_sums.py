"""A sum is told as what it is, and is no number of a row."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.dialogue.conversation import ConversationState, Intent, ListedSuggestion
from assistant.dialogue.sums import sum_told
from assistant.dialogue.turn_parser import parse_turn
from corpus.records import Kind
from corpus.text import Language

SHOWN = tuple(ListedSuggestion(id=f"actor:{name}", kind=Kind.ACTOR, name=name) for name in ("NTNU", "Fafo", "NINA"))
ANSWERED = ConversationState(question="hvem kan hjelpe med flom?", language=Language.NB, shown=SHOWN)


@pytest.mark.parametrize(
    ("text", "kroner"),
    [
        ("vi har 3 millioner", 3_000_000), ("budsjett 2 mill", 2_000_000), ("we have 500 000", 500_000),
        ("rammen er 1,5 mill. kr", 1_500_000), ("3 mill", 3_000_000), ("ca 2-3 mill kroner", 3_000_000),
        ("en halv million", 500_000), ("vi har halvannen million", 1_500_000), ("kr 750.000,-", 750_000),
        ("NOK 1.2m", 1_200_000), ("1,5 MNOK", 1_500_000), ("me har 300 tusen kroner", 300_000),
        ("we've got a budget of two million kroner", 2_000_000), ("prosjektet kostar 4,2 millionar", 4_200_000),
        ("vi kan bidra med 500 000 kr", 500_000), ("500k", 500_000), ("vi har 3 mill og 2 år på oss", 3_000_000),
        ("budsjettet er på 800 000 kroner", 800_000),
    ],
)  # fmt: skip
def test_a_sum_is_a_fact_in_a_thread(text: str, kroner: int) -> None:
    turn = parse_turn(text, ANSWERED)
    assert turn.intent is Intent.FACT
    assert turn.facts is not None
    assert turn.facts.budget == Decimal(kroner)


@pytest.mark.parametrize(
    "text",
    [
        "vi har 5000 innbyggere", "vi har ikke 3 millioner", "vi taper 3 millioner i året", "har dere 3 millioner?",
        "vi er 3 kommuner", "100 000 innbyggere", "we don't have 2 million", "2027", "vi starter i 2027", "5 år",
        "kan vi få 3 millioner?", "nummer 2", "2 og 3", "me sparer 4 millionar",
    ],
)  # fmt: skip
def test_what_is_asked_denied_lost_or_counted_is_no_sum(text: str) -> None:
    assert sum_told(text) is None


@pytest.mark.parametrize("text", ["nummer 2", "2", "fortell om 2", "hva med nr 2", "tell me about number 2"])
def test_a_number_alone_is_still_that_of_a_row(text: str) -> None:
    assert parse_turn(text, ANSWERED).items == (SHOWN[1],)


@pytest.mark.parametrize("text", ["vi har 2 skoler", "det gjelder 3 barnehager", "2 år", "we have 3 schools"])
def test_what_is_counted_is_no_row(text: str) -> None:
    assert parse_turn(text, ANSWERED).items == ()


@given(st.text(max_size=200))
def test_whatever_is_written_a_sum_is_positive_or_none(text: str) -> None:
    told = sum_told(text)
    assert told is None or 0 < told < Decimal(10) ** 12
