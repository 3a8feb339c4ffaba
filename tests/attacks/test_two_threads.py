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


def test_on_the_command_line_too_nobody_moves_a_case_over_another_brokers_move(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    from types import SimpleNamespace

    from assistant.cases.cases import CaseState, StaleCaseError
    from assistant.commands import followup
    from assistant.service.turns import ActionType
    from tests.assistant.services import HOSPITAL

    receipt = small.do(small.say("hvem kan hjelpe med sepsis?"), ActionType.INTRODUCE, record_id=HOSPITAL.id)
    assert receipt.case is not None
    seen = receipt.case
    small.referrals.move(seen.id, CaseState.SENT, by="ola")
    here = SimpleNamespace(referrals=small.referrals, settings=SimpleNamespace(user="kari"))
    monkeypatch.setattr(followup, "_runtime", lambda: here)
    with pytest.raises(StaleCaseError):
        followup.move(seen.id, CaseState.TAKEN, version=seen.version)
    assert small.referrals.get(seen.id).state is CaseState.SENT
