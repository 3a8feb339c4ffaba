"""What can be applied for, now or in some months, is asked in many ways; a subject, or "that one", makes it another."""

from __future__ import annotations

import pytest

from assistant.dialogue.conversation import ConversationState, Intent, ListedSuggestion
from assistant.dialogue.turn_parser import parse_turn
from corpus.records import Kind
from corpus.text import Language

SHOWN = (
    ListedSuggestion(id="actor:a", kind=Kind.ACTOR, name="NTNU"),
    ListedSuggestion(id="instrument:c", kind=Kind.INSTRUMENT, name="RFF Trøndelag"),
)
NEW = ConversationState()
ASKED = ConversationState(question="hvem kan hjelpe med flom?", language=Language.NB, shown=SHOWN)


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("hva lyses ut i januar", (1, 1)), ("hva lyses ut til våren", (3, 5)), ("frister i mars", (3, 3)),
        ("kva utlysingar kjem til hausten", (9, 11)), ("kva kan me søkje på i vinter", (12, 2)),
        ("søknadsfristar i juni", (6, 6)), ("calls opening this autumn", (9, 11)), ("deadlines in february", (2, 2)),
        ("call for proposals opening in january", (1, 1)), ("which grants closing in may", (5, 5)),
    ],
)  # fmt: skip
def test_the_months_of_a_calendar_are_heard(text: str, months: tuple[int, int]) -> None:
    turn = parse_turn(text, NEW)
    assert turn.intent is Intent.CALENDAR
    assert turn.period is not None
    assert (turn.period.first_month, turn.period.last_month) == months


@pytest.mark.parametrize(
    ("text", "unit", "ahead"),
    [
        ("hva lyses ut denne måneden", "month", 0), ("what can we apply for next month", "month", 1),
        ("søknadsfrister neste år", "year", 1), ("utlysingar resten av året", "year", 0),
    ],
)  # fmt: skip
def test_a_time_counted_from_today_is_heard(text: str, unit: str, ahead: int) -> None:
    period = parse_turn(text, NEW).period
    assert period is not None
    assert (period.unit, period.ahead) == (unit, ahead)


@pytest.mark.parametrize(
    "text",
    [
        "hvilke støtteordninger er åpne nå", "kva støtteordningar er opne no", "which grants are open now",
        "hvilke utlysninger er åpne nå?", "hva er lyst ut nå", "what funding is open today",
    ],
)  # fmt: skip
def test_what_is_open_now_is_asked(text: str) -> None:
    turn = parse_turn(text, NEW)
    assert (turn.intent, turn.open_now, turn.period) == (Intent.CALENDAR, True, None)


@pytest.mark.parametrize("text", ["hva kan vi søke på nå", "kva kan me søkje på no", "what can we apply for now"])
def test_what_to_apply_for_now_is_what_is_open_or_comes(text: str) -> None:
    turn = parse_turn(text, NEW)
    assert (turn.intent, turn.open_now, turn.period) == (Intent.CALENDAR, False, None)


@pytest.mark.parametrize("text", ["frister", "søknadsfrister", "fristkalender", "utlysingar", "deadlines", "calls"])
def test_the_name_of_the_calendar_is_enough(text: str) -> None:
    assert parse_turn(text, NEW).intent is Intent.CALENDAR


@pytest.mark.parametrize(
    "text",
    [
        "hva lyses ut i januar",
        "alle frister i mars",
        "kva utlysingar kjem til våren",
        "calls opening in may",
        "fristkalender",
    ],
)
def test_a_calendar_is_reached_after_a_need_too(text: str) -> None:
    assert parse_turn(text, ASKED).intent is Intent.CALENDAR


@pytest.mark.parametrize("text", ["frister", "når er fristen", "is it open now", "når åpner den", "hvilke er åpne nå"])
def test_what_was_shown_is_asked_of_before_anything_else(text: str) -> None:
    assert parse_turn(text, ASKED).intent is not Intent.CALENDAR


@pytest.mark.parametrize(
    "text",
    [
        "utlysninger om klima i januar", "vi trenger hjelp med flom til våren", "midler til skolebibliotek i høst",
        "hvem kan hjelpe oss med turisme i sommer", "money for sewage pipes next year",
    ],
)  # fmt: skip
def test_a_subject_makes_it_a_need(text: str) -> None:
    assert parse_turn(text, NEW).intent is Intent.QUESTION


def test_for_whom_a_calendar_is_asked_is_heard() -> None:
    turn = parse_turn("hva kan Bodø kommune søke på i mars", NEW)
    assert turn.intent is Intent.CALENDAR
    assert turn.facts is not None
    assert turn.facts.kommunenummer == "1804"
