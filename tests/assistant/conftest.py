"""The command line, run in this process, and a service on a small store."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from assistant.cli import main
from corpus.files import dump_records
from tests.assistant.services import RECORDS, Small, open_small


class Result(NamedTuple):
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> dict[str, Any]:
        """The one JSON object that was printed."""
        value: dict[str, Any] = json.loads(self.out)
        return value


Command = Callable[..., Result]


@pytest.fixture
def mellomrom(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run the product's own entry point in this process."""

    def run(*arguments: str) -> Result:
        monkeypatch.setattr(sys, "argv", ["mellomrom", *arguments])
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else int(bool(ended.code))
        printed = capsys.readouterr()
        return Result(code, printed.out, printed.err)

    return run


@pytest.fixture
def small(url: str, tmp_path: Path) -> Iterator[Small]:
    """A service on a small store, once on each database."""
    opened = open_small(url, tmp_path)
    yield opened
    opened.database.close()


@pytest.fixture
def small_corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small records in place of those that are shipped."""
    folder = tmp_path / "shipped"
    folder.mkdir()
    (folder / "all.yaml").write_text(dump_records(RECORDS), encoding="utf-8")
    monkeypatch.setattr("corpus.curation.shipped_folder", lambda: folder)
    return folder
