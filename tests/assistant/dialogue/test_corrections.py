"""What was meant is put right in place, and what only sounds so is left as it is."""

from __future__ import annotations

import pytest

from assistant.dialogue.conversation import ConversationState, Intent
from assistant.dialogue.turn_parser import parse_turn

NOISE = ConversationState(question="vi hadde feil i støymålingene")


def test_a_slip_of_the_pen_is_put_right_without_the_word_that_says_so() -> None:
    turn = parse_turn("skrivefeil: mente støysoner", NOISE)
    assert turn.intent is Intent.MEANT
    assert turn.text.endswith("støysoner")
    assert "mente" not in turn.text


@pytest.mark.parametrize("text", ["feil i vannmålere", "Jeg mener at sykehjem er viktigere", "wrong in water meters"])
def test_a_fault_of_something_and_an_opinion_put_nothing_right(text: str) -> None:
    assert parse_turn(text, NOISE).intent is not Intent.MEANT
