"""The scenarios: the product served, driven by clients that nobody here wrote, where only 127.0.0.1 can be reached.

Each file of `scenarios/` is run by a pytest of its own inside `tests/slack/loopback`, since those clients listen on all
addresses. By hand: ``tests/slack/loopback .venv/bin/pytest -v tests/slack/scenarios/scenario_http.py``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import SHIPPED_HOME
from tests.slack.processes import ROOT
from tests.slack.window import CHROMIUM

SCENARIOS = sorted((Path(__file__).parent / "scenarios").glob("scenario_*.py"))


@pytest.fixture(scope="module")
def clients() -> None:
    """The clients are installed; where they cannot be, there is nothing to drive the product with."""
    if shutil.which("npm") is None or not Path(CHROMIUM).exists() or shutil.which("unshare") is None:
        pytest.skip("npm, Chromium or unshare is missing: install Node.js, Debian's chromium and util-linux")
    subprocess.run([str(ROOT / ".ci" / "node")], check=True)


@pytest.mark.slack
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.stem.removeprefix("scenario_"))
def test_scenario(clients: None, scenario: Path, untouched_home: Path, tmp_path: Path) -> None:
    loopback = str(ROOT / "tests" / "slack" / "loopback")
    # In a folder of its own, since two that tidy up the common one at once get in each other's way.
    own = f"--basetemp={tmp_path / 'own'}"
    command = [loopback, sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", own, str(scenario)]
    environment = {**os.environ, SHIPPED_HOME: str(untouched_home)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout[-12_000:] + done.stderr[-3_000:]
