"""`mellomrom import`: tried, done, listed, decided and taken back from the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from corpus.importing.sources import SOURCES
from tests.corpus.importing.bring import orgnr

A = orgnr(99000001)
ROOT = Path(__file__).parents[2]


def mellomrom(*words: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "assistant", *words]
    return subprocess.run(
        command, cwd=ROOT, input=given, capture_output=True, text=True, check=False, env={**os.environ}
    )


def test_a_file_is_tried_brought_in_listed_and_taken_back(filled_home: Path, tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    path.write_text(f"Virksomhet;Orgnr;Hvor\nBlåfjell AS;{A};Levanger\n;;\n", encoding="utf-8")
    chosen = ("--column", "Hvor=municipality", "--save-mapping", "vår")
    tried = mellomrom("import", "spreadsheet", str(path), *chosen, "--dry-run")
    assert "actor:blafjell-as" in tried.stdout, tried.stderr
    assert mellomrom("corpus", "show", "actor:blafjell-as").returncode == 1
    done = json.loads(mellomrom("import", "spreadsheet", str(path), "--mapping", "vår", "--json").stdout)
    assert done["counts"]["new"] == 1
    assert "5037" in mellomrom("corpus", "show", "actor:blafjell-as").stdout
    assert done["id"] in mellomrom("import", "list").stdout
    assert "1 records taken out" in mellomrom("import", "undo", done["id"]).stdout
    assert mellomrom("corpus", "show", "actor:blafjell-as").returncode == 1


def test_standard_input_is_a_file_too_and_what_is_wrong_is_told(filled_home: Path) -> None:
    told = mellomrom("import", "spreadsheet", "-", "--dry-run", given=f"Navn;Orgnr\nBlåfjell;{A[:-1]}x\n")
    assert "bad_orgnr" in told.stdout, told.stderr
    for words in (("brreg", "/nowhere.json"), ("undo", "nothing"), ("spreadsheet", "-", "--mapping", "nothing")):
        refused = mellomrom("import", *words, given="Navn\nx\n")
        assert (refused.returncode, "Traceback" in refused.stderr) == (1, False)


def test_every_source_has_its_command(home: Path) -> None:
    shown = mellomrom("import", "--help").stdout
    assert [name for name in SOURCES if name not in shown] == []
