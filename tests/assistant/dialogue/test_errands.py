"""An inhabitant's own errand is the municipality's to answer; a need of a municipality never is one."""

from __future__ import annotations

import pytest

from assistant.dialogue.conversation import ConversationState, Intent
from assistant.dialogue.turn_parser import parse_turn


@pytest.mark.parametrize(
    "text",
    [
        "når får jeg svar på byggesøknaden min", "hvordan søker jeg om barnehageplass",
        "hvor betaler jeg eiendomsskatten?",
        "jeg vil klage på eiendomsskatten min", "kan jeg få bostøtte", "når blir søppelet mitt hentet",
        "når får eg svar på søknaden min", "korleis søkjer eg om sjukeheimsplass", "kvar er bossdunken min",
        "when is my building application answered", "how do I apply for housing benefit",
        "where do I pay my property tax",
        "can I get a parking permit", "I want to complain about my invoice",
    ],
)  # fmt: skip
def test_an_errand_of_ones_own_is_heard(text: str) -> None:
    assert parse_turn(text, ConversationState()).intent is Intent.ERRAND


@pytest.mark.parametrize(
    "text",
    [
        "vi vil korte ned ventetiden på byggesøknader", "hvem kan hjelpe oss med saksbehandling av byggesaker",
        "flere sykehjemsplasser", "me treng fleire barnehageplassar", "how can we process building applications faster",
        "hvordan søker jeg om prosjektmidler", "jeg jobber i kommunen med byggesak", "robot i byggesaker",
        "innbyggerne venter lenge på bostøtte", "søppel langs veiene", "my municipality floods every spring",
    ],
)  # fmt: skip
def test_a_need_is_no_errand(text: str) -> None:
    assert parse_turn(text, ConversationState()).intent is not Intent.ERRAND
