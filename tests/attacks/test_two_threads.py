"""Nothing is lost to two threads that answer at once."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from assistant.dialogue.understanding import Question
from tests.assistant.services import Small

NEEDS = ["hvem kan hjelpe med sepsis?", "hvem leser med barn?", "penger til skoler", "støtte mot sepsis"]


@pytest.fixture
def impatient() -> Iterator[None]:
    """Threads take turns far more often than they do by themselves."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def test_no_answer_is_lost_while_what_is_known_of_records_grows(small: Small, impatient: None) -> None:
    expected = {text: small.matchmaker.answer(Question(text=text)) for text in NEEDS}

    def answered(number: int) -> bool:
        text = NEEDS[number % len(NEEDS)]
        if number % 5 == 0:
            # What an edit does.
            small.matchmaker._known = (-1, {})
        return small.matchmaker.answer(Question(text=text)) == expected[text]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(answered, range(480)))


def test_a_scheme_is_judged_by_norways_day_wherever_the_machine_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    import inspect
    import time

    from assistant.matching.matchmaker import Matchmaker
    from assistant.platform.workdays import norwegian_day

    for zone in ("Pacific/Pago_Pago", "Pacific/Kiritimati"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert inspect.signature(Matchmaker).parameters["today"].default() == norwegian_day()
    monkeypatch.undo()
    time.tzset()
