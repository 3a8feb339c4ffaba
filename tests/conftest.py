"""What tests share: a home of their own, empty or with the shipped corpus, and a store on each supported database."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from corpus.store import RecordStore
from tests.homes import copy_home
from tests.postgresql import Binaries, running

DATABASES = ("sqlite", "postgresql")
CORPUS_DAY = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
_numbers = count(1)


CHROMIUM = Path("/usr/bin/chromium")
CLIENTS = Path(__file__).parents[1] / ".ci" / "node_modules"
LONG = ("slow", "browser", "slack", "teams")
"""Tests so marked take long."""
SHIPPED_HOME = "TESTS_SHIPPED_HOME"
"""The variable that tells a pytest started by a test where the home is that was made already."""
_LEFT_OUT = pytest.StashKey[int]()


def missing_programs() -> list[str]:
    """What the tests marked `browser`, `slack`, `teams` and `mcp` need and this machine lacks."""
    there = {
        "Chromium": CHROMIUM.exists(),
        "Node.js with npm": shutil.which("node") and shutil.which("npm"),
        "unshare": shutil.which("unshare"),
        "what .ci/node installs": (CLIENTS / ".wanted").exists(),
    }
    return [name for name, found in there.items() if not found]


def pytest_configure(config: pytest.Config) -> None:
    """The workers of pytest-xdist get the files in the order that they are collected in."""
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what cannot run on this machine; where changes are judged, nothing is left out."""
    if hasattr(config, "workerinput"):
        _put_long_files_first(items)
    if os.environ.get("CI") or not missing_programs():
        return
    driven = [item for item in items if any(map(item.get_closest_marker, ("browser", "slack", "teams", "mcp")))]
    if driven:
        items[:] = [item for item in items if item not in driven]
        config.hook.pytest_deselected(items=driven)
    config.stash[_LEFT_OUT] = len(driven)
    if hasattr(config, "workeroutput"):
        config.workeroutput["left_out"] = len(driven)


def _put_long_files_first(items: list[pytest.Item]) -> None:
    """Put files with slow tests first, then those with many, so that at the end no worker waits for another's."""
    sizes = Counter(item.path for item in items)
    long = {item.path for item in items if any(map(item.get_closest_marker, LONG))}
    items.sort(key=lambda item: (item.path not in long, -sizes[item.path], str(item.path)))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:  # noqa: ANN401 (pytest-xdist's own)
    """Each process of pytest-xdist has left out the same tests."""
    node.config.stash[_LEFT_OUT] = getattr(node, "workeroutput", {}).get("left_out", 0)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Tell in one line what was left out, and what adds it."""
    if count := config.stash.get(_LEFT_OUT, 0):
        terminalreporter.write_line(
            f"left out: {count} tests in a browser, through Slack's stand-ins and MCP's programs, for want of "
            f"{', '.join(missing_programs())}; .ci/clients installs what they need",
            yellow=True,
        )
    if os.environ.get("CI") and (skipped := terminalreporter.stats.get("skipped")):
        terminalreporter.write_line(f"CI is set, so {len(skipped)} skipped tests count as failed", red=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where changes are judged, a test that was skipped promises nothing, so it counts as failed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test sees the settings, the store or the index of whoever runs it."""
    for name in [name for name in os.environ if name.startswith("MELLOMROM_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "home"
    monkeypatch.setenv("MELLOMROM_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def untouched_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the shipped corpus and its index that nobody opens: it is made once for all processes of a run.

    Those are the workers of pytest-xdist and, by `SHIPPED_HOME`, every pytest that a test starts.
    """
    if made := os.environ.get(SHIPPED_HOME):
        return Path(made)
    from assistant.platform.settings import Settings
    from assistant.runtime.bootstrap import open_runtime

    folder = tmp_path_factory.getbasetemp()
    # Each worker has a folder of its own, in one that is the run's.
    folder = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    made_home, making = folder / "untouched", folder / "making"
    with FileLock(folder / "untouched.lock"):
        if not made_home.exists():
            shutil.rmtree(making, ignore_errors=True)
            with open_runtime(Settings(home=making)) as runtime:
                runtime.keeper.searcher()
            making.rename(made_home)
    return made_home


@pytest.fixture(scope="session")
def shipped_home(untouched_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with the shipped corpus and its index for this process: to be copied or read, never asked in."""
    from assistant.platform.settings import Settings
    from assistant.runtime.bootstrap import open_runtime

    home = tmp_path_factory.mktemp("shipped") / "home"
    copy_home(untouched_home, home)
    yield home
    with open_runtime(Settings(home=home)) as runtime:
        assert [entry.text for entry in runtime.service.log.entries()] == []


@pytest.fixture
def filled_home(shipped_home: Path, home: Path) -> Path:
    """The home of this test, with the shipped corpus and its index in it."""
    copy_home(shipped_home, home)
    return home


@pytest.fixture
def corpus_day() -> Iterator[None]:
    """The day is one of those that the shipped records were checked on: rounds close, and schemes end."""
    import time_machine

    with time_machine.travel(CORPUS_DAY, tick=True):
        yield


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Binaries]]:
    """A real PostgreSQL server; gives its address and its programs."""
    with running(tmp_path_factory.mktemp("postgresql")) as server:
        yield server


@pytest.fixture(scope="session")
def postgresql(postgresql_server: tuple[str, Binaries]) -> str:
    """The address of a real PostgreSQL server."""
    return postgresql_server[0]


@pytest.fixture
def new_postgresql_url(postgresql: str) -> Callable[[], str]:
    """Make a fresh, empty PostgreSQL database."""

    def make() -> str:
        import psycopg
        from sqlalchemy import make_url

        name = f"test_{next(_numbers)}"
        with psycopg.connect(postgresql, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        url = make_url(postgresql).set(drivername="postgresql+psycopg", database=name)
        return url.render_as_string(hide_password=False)

    return make


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, once for each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.sqlite3'}"
    make: Callable[[], str] = request.getfixturevalue("new_postgresql_url")
    return make()


@pytest.fixture
def store(url: str) -> Iterator[RecordStore]:
    """An empty store, once on each database."""
    with RecordStore.open(url) as opened:
        yield opened


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'only.sqlite3'}"
