"""T1: the product served, driven through Microsoft's Agents Playground, where only 127.0.0.1 can be reached.

Each file of `scenarios/` is run by a pytest of its own inside `tests/slack/loopback`, since that client listens on all
addresses and would fetch what it can. By hand:
``tests/slack/loopback .venv/bin/pytest -v tests/teams/scenarios/scenario_playground.py``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import SHIPPED_HOME
from tests.slack.processes import ROOT

SCENARIOS = sorted((Path(__file__).parent / "scenarios").glob("scenario_*.py"))


@pytest.mark.teams
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.stem.removeprefix("scenario_"))
def test_scenario(scenario: Path, untouched_home: Path, tmp_path: Path) -> None:
    subprocess.run([str(ROOT / ".ci" / "node")], check=True)
    loopback = str(ROOT / "tests" / "slack" / "loopback")
    # In a folder of its own, since two that tidy up the common one at once get in each other's way.
    own = f"--basetemp={tmp_path / 'own'}"
    command = [loopback, sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", own, str(scenario)]
    environment = {**os.environ, SHIPPED_HOME: str(untouched_home)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout[-12_000:] + done.stderr[-3_000:]
