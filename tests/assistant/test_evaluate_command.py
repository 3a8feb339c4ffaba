"""`mellomrom evaluate`: figures for people and for scripts, and nothing of the test half but figures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from tests.assistant.conftest import Command
from tests.assistant.services import CLINIC, GRANT, HOSPITAL, MONEY, PLAN, SCHOOL

pytestmark = pytest.mark.usefixtures("small_corpus")

ROW = {"system", "measure", "group", "value", "low", "high", "size"}
DEVELOPMENT = [
    ("d-leser", "hvem leser med barn på skolen?", "nb", {SCHOOL.id: 3, GRANT.id: 3}),
    ("d-sepsis", "hvem kan oppdage sepsis tidlig?", "nb", {HOSPITAL.id: 3, CLINIC.id: 2, MONEY.id: 3, PLAN.id: 3}),
    ("d-weather", "hvordan blir været på søndag?", "nb", {}),
]
TEST = [
    ("t-blood", "who can measure sepsis in blood?", "en", {CLINIC.id: 3, HOSPITAL.id: 2, PLAN.id: 2}),
    ("t-dinner", "hva skal jeg lage til middag?", "nb", {}),
]


@pytest.fixture
def questions(tmp_path: Path) -> str:
    rows = [
        {"id": question_id, "text": text, "language": language, "split": split, "relevant": relevant}
        for split, half in (("dev", DEVELOPMENT), ("test", TEST))
        for question_id, text, language, relevant in half
    ]
    path = tmp_path / "questions.yaml"
    path.write_text(yaml.safe_dump(rows, allow_unicode=True), encoding="utf-8")
    return str(path)


def rows_of(printed: str) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = json.loads(printed)
    return rows


def test_a_table_tells_each_figure_with_its_interval_and_size(mellomrom: Command, questions: str) -> None:
    result = mellomrom("evaluate", questions)
    assert result.code == 0
    first, blank, system, *table = result.out.splitlines()
    assert (first, blank, system) == ("2 questions, test half", "", "product")
    assert "  silence caught     no answer                  1.000   [1.000, 1.000]   n=1" in table
    assert sum("actor en" in line for line in table) == 7
    assert all(line.count("[") == line.count("n=") == 1 for line in table)


def test_the_rows_for_scripts_hold_the_same_figures(mellomrom: Command, questions: str) -> None:
    rows = rows_of(mellomrom("evaluate", questions, "--json").out)
    assert all(row.keys() == ROW for row in rows)
    assert {row["system"] for row in rows} == {"product"}
    (caught,) = (row for row in rows if row["measure"] == "silence caught")
    expected = {"group": "no answer", "value": 1.0, "low": 1.0, "high": 1.0, "size": 1}
    assert caught == {"system": "product", "measure": "silence caught", **expected}
    assert len(rows) == len(mellomrom("evaluate", questions).out.splitlines()) - 3


def test_one_half_is_measured_and_the_test_half_unless_told_otherwise(mellomrom: Command, questions: str) -> None:
    halves = {
        split: rows_of(mellomrom("evaluate", questions, "--json", "--split", split).out) for split in ("dev", "test")
    }
    groups = {split: {str(row["group"]).split()[-1] for row in rows} for split, rows in halves.items()}
    assert "en" in groups["test"]
    assert "en" not in groups["dev"]
    sizes = {
        split: {row["size"] for row in rows if row["measure"] == "wrongly silent"} for split, rows in halves.items()
    }
    assert sizes == {"dev": {2}, "test": {1}}
    assert rows_of(mellomrom("evaluate", questions, "--json").out) == halves["test"]


@pytest.mark.parametrize("more", [(), ("--json", "--ablation")])
def test_nothing_of_the_test_half_is_shown_question_by_question(
    mellomrom: Command, questions: str, more: tuple[str, ...]
) -> None:
    result = mellomrom("evaluate", questions, *more)
    assert result.code == 0
    printed = result.out + result.err
    for question_id, text, _, relevant in TEST:
        assert not [told for told in (question_id, text, *relevant) if told in printed]


def test_variants_are_measured_beside_the_product(mellomrom: Command, questions: str) -> None:
    rows = rows_of(mellomrom("evaluate", questions, "--json", "--ablation").out)
    systems = list(dict.fromkeys(row["system"] for row in rows))
    assert systems[:2] == ["product", "all parts"]
    assert {"without words, words_evidence", "without name", "equal weights"} <= set(systems)
    alone = rows_of(mellomrom("evaluate", questions, "--json").out)
    assert [row for row in rows if row["system"] == "product"] == alone


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")  # of the peers' own making
def test_other_engines_are_measured_beside_the_product(
    mellomrom: Command, questions: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assistant.lab.peers import PEERS

    monkeypatch.setattr("assistant.lab.peers.PEERS", {name: PEERS[name] for name in ("SQLite FTS5",)})
    rows = rows_of(mellomrom("evaluate", questions, "--json", "--peers").out)
    assert {row["system"] for row in rows} == {"product", "SQLite FTS5"}


@pytest.mark.parametrize("split", ["all", "", "TEST"])
def test_a_half_that_there_is_not_is_refused_with_a_sentence(mellomrom: Command, questions: str, split: str) -> None:
    result = mellomrom("evaluate", questions, "--split", split)
    assert (result.code, result.out) == (1, "")
    assert result.err == f"mellomrom: got --split {split}, expected dev or test\n"


def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(mellomrom: Command, tmp_path: Path) -> None:
    result = mellomrom("evaluate", str(tmp_path / "nowhere.yaml"))
    assert (result.code, result.out) == (1, "")
    assert "nowhere.yaml: not a readable list of judged questions" in result.err


def test_variants_without_a_development_half_are_refused_with_a_sentence(mellomrom: Command, tmp_path: Path) -> None:
    path = tmp_path / "half.yaml"
    path.write_text("- {id: t, text: hvem kan sepsis, language: nb, split: test, relevant: {actor:clinic: 3}}", "utf-8")
    result = mellomrom("evaluate", str(path), "--ablation")
    assert (result.code, result.out) == (1, "")
    assert "expected more questions of the dev half to calibrate confidence on" in result.err
