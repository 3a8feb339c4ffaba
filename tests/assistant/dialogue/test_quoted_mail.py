"""Of a mail that answers another, what its writer wrote is read, and of one that only quotes, what it quotes."""

from __future__ import annotations

import pytest

from assistant.dialogue.conversation import ConversationState, Intent
from assistant.dialogue.quoted_mail import newest_of
from assistant.dialogue.turn_parser import parse_turn


@pytest.mark.parametrize(
    ("text", "newest"),
    [
        ("Hvem kan flom?\n\nFra: Per\nSendt: mandag\nEmne: skole\nVi vil ha skole", "Hvem kan flom?"),
        ("> gammelt\nnytt behov", "nytt behov"),
        ("Who knows floods?\nOn Mon, 3 Nov 2026 at 10:00 Per wrote:\n> hello", "Who knows floods?"),
        ("svar\n-----Original Message-----\nold", "svar"),
        ("svar\n-------- Videresendt melding --------\ngammelt", "svar"),
        ("> bare gammelt", "> bare gammelt"),
        ("Vi har hjelp fra: kommunen\nog trenger mer", "Vi har hjelp fra: kommunen\nog trenger mer"),
    ],
)
def test_the_newest_words_are_read(text: str, newest: str) -> None:
    assert newest_of(text) == newest


def test_markup_that_alerts_saves_nothing() -> None:
    turn = parse_turn("<script>alert(1)</script>", ConversationState(question="flom"))
    assert turn.intent is not Intent.SAVE
