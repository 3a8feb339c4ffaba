"""Several processes that serve one home: one of them is killed at work, and nobody who asked notices."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.load.slack_load import Kills, run


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finds the processes by /proc")
def test_of_two_processes_one_is_killed_and_every_question_is_answered_once(
    capsys: pytest.CaptureFixture[str], filled_home: Path
) -> None:
    failed = run(rate=6, seconds=5, users=10, workers=2, kills=Kills(worker=True), home=filled_home)
    told = capsys.readouterr().out
    assert not failed, told
    assert "lost 0, twice 0" in told
