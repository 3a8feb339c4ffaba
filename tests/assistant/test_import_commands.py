"""`mellomrom import`: tried, done, listed, decided and taken back from the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from corpus.importing.sources import SOURCES
from tests.assistant.conftest import Command
from tests.corpus.importing.bring import orgnr

A = orgnr(99000001)
ROOT = Path(__file__).parents[2]


def _run(*words: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "assistant", *words]
    return subprocess.run(
        command, cwd=ROOT, input=given, capture_output=True, text=True, check=False, env={**os.environ}
    )


def test_a_file_is_tried_brought_in_listed_and_taken_back(filled_home: Path, tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    path.write_text(f"Virksomhet;Orgnr;Hvor\nBlåfjell AS;{A};Levanger\n;;\n", encoding="utf-8")
    chosen = ("--column", "Hvor=municipality", "--save-mapping", "vår")
    tried = _run("import", "spreadsheet", str(path), *chosen, "--dry-run")
    assert "actor:blafjell-as" in tried.stdout, tried.stderr
    assert _run("corpus", "show", "actor:blafjell-as").returncode == 1
    done = json.loads(_run("import", "spreadsheet", str(path), "--mapping", "vår", "--json").stdout)
    assert done["counts"]["new"] == 1
    assert "5037" in _run("corpus", "show", "actor:blafjell-as").stdout
    assert done["id"] in _run("import", "list").stdout
    assert "1 records taken out" in _run("import", "undo", done["id"]).stdout
    assert _run("corpus", "show", "actor:blafjell-as").returncode == 1


def test_standard_input_is_a_file_too_and_what_is_wrong_is_told(filled_home: Path) -> None:
    told = _run("import", "spreadsheet", "-", "--dry-run", given=f"Navn;Orgnr\nBlåfjell;{A[:-1]}x\n")
    assert "bad_orgnr" in told.stdout, told.stderr
    for words in (("brreg", "/nowhere.json"), ("undo", "nothing"), ("spreadsheet", "-", "--mapping", "nothing")):
        refused = _run("import", *words, given="Navn\nx\n")
        assert (refused.returncode, "Traceback" in refused.stderr) == (1, False)


def test_rows_that_were_left_out_are_taken_away_at_a_word_and_with_the_import(
    small_corpus: Path, home: Path, mellomrom: Command, tmp_path: Path
) -> None:
    from assistant.platform.settings import load_settings
    from assistant.runtime.bootstrap import open_store
    from corpus.importing.runs import left_out_of

    path = tmp_path / "liste.csv"
    path.write_text(f"Virksomhet;Orgnr\nBlåfjell AS;{A}\nHos Kari Nordmann;{A[:-1]}x\n", encoding="utf-8")
    for command in ("forget", "undo"):
        done = json.loads(mellomrom("import", "spreadsheet", str(path), "--json").out)
        with open_store(load_settings()) as store:
            assert "Kari Nordmann" in str(left_out_of(store, done["id"]))
        assert mellomrom("import", command, done["id"]).code == 0
        with open_store(load_settings()) as store:
            assert left_out_of(store, done["id"]) == []
    assert mellomrom("import", "forget", "nothing").code == 1


def test_every_source_has_its_command(home: Path) -> None:
    shown = _run("import", "--help").stdout
    assert [name for name in SOURCES if name not in shown] == []
