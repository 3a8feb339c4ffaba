"""Whoever wants what is kept of them gone, or no more messages, is understood; a need that sounds like it stays one."""

from __future__ import annotations

import pytest

from assistant.dialogue.conversation import ConversationState, Intent
from assistant.dialogue.leaving import STOP_CHOICES
from assistant.dialogue.turn_parser import parse_turn

NEW = ConversationState()
ASKED = ConversationState(question="hvem kan hjelpe med flom?")


@pytest.mark.parametrize("state", [NEW, ASKED], ids=["first", "in a thread"])
@pytest.mark.parametrize(
    "text",
    [
        "slett alt om meg", "slett dataene mine", "kan du slette opplysningene mine?", "jeg vil bli glemt",
        "slett alt om meg, er du snill", "slett dataa mine", "eg vil bli gløymd", "slett det eg har skrive",
        "delete everything about me", "erase my data", "please remove my personal data", "forget what I have written",
    ],
)  # fmt: skip
def test_a_wish_to_be_erased_is_heard(text: str, state: ConversationState) -> None:
    assert parse_turn(text, state).intent is Intent.ERASE


@pytest.mark.parametrize("state", [NEW, ASKED], ids=["first", "in a thread"])
@pytest.mark.parametrize(
    "text",
    [
        "stopp varsler", "stopp varslene", "ikke send meg flere meldinger", "slutt å sende meldinger",
        "skru av varsler",
        "meld meg av", "stopp varsla", "ikkje send meg fleire meldingar", "slå av varslinga", "stopp påminningane",
        "stop notifications", "unsubscribe", "turn off alerts", "please stop sending me messages", "no more reminders",
    ],
)  # fmt: skip
def test_a_wish_for_no_more_messages_is_heard(text: str, state: ConversationState) -> None:
    turn = parse_turn(text, state)
    assert (turn.intent, turn.is_sure) == (Intent.STOP_NEWS, False)


@pytest.mark.parametrize(
    "text",
    [
        "stopp varsling om flom", "varsling av snøskred", "vi vil slette gamle personopplysninger i fagsystemet vårt",
        "slett alt", "hvem kan hjelpe oss med varslingsrutiner", "stop flooding", "fjern giftig avfall",
    ],
)  # fmt: skip
def test_what_only_sounds_like_it_is_something_else(text: str) -> None:
    assert parse_turn(text, NEW).intent not in {Intent.ERASE, Intent.STOP_NEWS}


@pytest.mark.parametrize(
    ("text", "sure"),
    [("ja", True), ("1", True), ("Ja, stopp meldingene", True), ("yes", True), ("nei", False), ("2", False)],
)
def test_messages_are_stopped_only_where_that_is_said_again(text: str, sure: bool) -> None:
    turn = parse_turn(text, ConversationState(choices=STOP_CHOICES))
    assert (turn.intent is Intent.STOP_NEWS and turn.is_sure) is sure
    assert turn.intent in {Intent.STOP_NEWS, Intent.DECLINED}


def test_a_yes_to_anything_else_stops_nothing() -> None:
    assert parse_turn("ja", ASKED).intent is not Intent.STOP_NEWS
