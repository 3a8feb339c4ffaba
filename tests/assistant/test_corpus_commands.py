"""`mellomrom corpus …`: what is typed is never lost, what is refused says why, scripts can read what is printed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from assistant.commands.corpus import app
from corpus.errors import CorpusError, EditConflictError, InvalidRecordError, MellomromError, UnknownRecordError
from corpus.files import Record, dump_records, parse_records
from corpus.store import RecordStore
from tests.records import actor, concept, idea, instrument

Run = Callable[..., Result]


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small corpus in place of the one that is shipped."""
    folder = tmp_path / "shipped"
    folder.mkdir()
    records: list[Record] = [actor("a", "Ås"), actor("b", "B", state="draft"), instrument("s", "S", owner="actor:a")]
    (folder / "all.yaml").write_text(dump_records(records), encoding="utf-8")
    monkeypatch.setattr("corpus.curation.shipped_folder", lambda: folder)
    return folder


@pytest.fixture
def run(shipped: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("MELLOMROM_USER", "kari")

    def invoke(*arguments: object) -> Result:
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        # Errors a user can be told about pass through to the one place that prints them.
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    def write(*records: Record) -> Path:
        path = tmp_path / "typed.yaml"
        path.write_text(dump_records(records), encoding="utf-8")
        return path

    return write


def open_home(home: Path) -> RecordStore:
    return RecordStore.open(f"sqlite:///{home / 'mellomrom.sqlite3'}")


def test_records_are_listed_for_people_and_for_scripts(run: Run) -> None:
    assert "actor:a" in run("list", "--kind", "actor").stdout
    rows = json.loads(run("list", "--json", "--state", "published").stdout)
    assert [row["id"] for row in rows] == ["actor:a", "instrument:s"]
    assert rows[0]["name"] == "Ås"


def test_a_shown_record_reads_back_as_the_record(run: Run) -> None:
    assert parse_records(run("show", "actor:a").stdout) == ([actor("a", "Ås")], [])
    assert json.loads(run("show", "actor:a", "--json").stdout)["id"] == "actor:a"


def test_an_unknown_id_is_refused_with_the_nearest(run: Run) -> None:
    with pytest.raises(UnknownRecordError, match="instrument:s"):
        run("show", "instrument:ss")


def test_new_records_are_added_and_known_ones_refused(run: Run, file: Callable[..., Path]) -> None:
    assert "1 record" in run("add", file(actor("new", "New"))).stdout
    with pytest.raises(CorpusError, match="actor:new"):
        run("add", file(actor("newer", "Newer"), actor("new", "Other")))
    with pytest.raises(UnknownRecordError):
        run("show", "actor:newer")


def test_an_edit_is_saved_with_who_made_it(run: Run, file: Callable[..., Path]) -> None:
    assert "version 2" in run("edit", "actor:a", "--file", file(actor("a", "Ås kommune"))).stdout
    (first, second) = json.loads(run("history", "actor:a", "--json").stdout)
    assert (first["action"], second["by"]) == ("ship", "kari")
    assert "Ås kommune" in run("history", "actor:a").stdout


def test_an_edit_that_changes_nothing_leaves_no_trace(run: Run, file: Callable[..., Path]) -> None:
    assert "Nothing was changed" in run("edit", "actor:a", "--file", file(actor("a", "Ås"))).stdout
    assert len(json.loads(run("history", "actor:a", "--json").stdout)) == 1


@pytest.mark.parametrize("typed", ["- id: [", "- id: actor:a\n  name: {nb: A}\n", dump_records([actor("b", "B")]), ""])
def test_text_that_cannot_be_saved_is_kept_where_the_message_says(
    run: Run, home: Path, tmp_path: Path, typed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "typed.yaml"
    path.write_text(typed, encoding="utf-8")
    run("list")
    result = CliRunner().invoke(app, ["edit", "actor:a", "--file", str(path)])
    assert isinstance(result.exception, MellomromError)
    kept = [one for one in home.rglob("*.yaml") if one.read_text(encoding="utf-8") == typed]
    assert len(kept) == 1
    assert str(kept[0]) in result.stderr
    assert parse_records(run("show", "actor:a").stdout)[0] == [actor("a", "Ås")]


def test_an_edit_overtaken_by_another_is_refused_and_kept(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Someone else saves while the editor is open."""

    def editor(text: str, **_: object) -> str:
        with open_home(home) as store:
            store.save(actor("a", "Olas"), by="ola")
        return text.replace("Ås", "Karis")

    monkeypatch.setattr("click.edit", editor)
    with pytest.raises(EditConflictError, match="changed by ola"):
        run("edit", "actor:a")
    assert any("Karis" in one.read_text(encoding="utf-8") for one in home.rglob("*.yaml"))
    with open_home(home) as store:
        assert store.get("actor:a").record == actor("a", "Olas")


def test_leaving_the_editor_without_saving_changes_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("click.edit", lambda *_, **__: None)
    assert "Nothing was changed" in run("edit", "actor:a").stdout


def test_records_are_published_retired_and_restored_with_the_reason(run: Run) -> None:
    assert "published" in run("publish", "actor:b").stdout
    assert "retired" in run("retire", "actor:b", "--reason", "closed down").stdout
    assert "closed down" in run("history", "actor:b").stdout
    assert "draft" in run("restore", "actor:b").stdout
    with pytest.raises(CorpusError, match="actor:b is draft"):
        run("restore", "actor:b")


def test_what_is_exported_loads_back_without_a_change(run: Run, tmp_path: Path) -> None:
    run("export", tmp_path / "out")
    assert "0 records changed" in run("load", tmp_path / "out").stdout
    records, problems = parse_records(run("export", "-").stdout)
    assert problems == []
    assert {record.id for record in records} == {"actor:a", "actor:b", "instrument:s"}
    assert [record.id for record in parse_records(run("export", "--kind", "instrument").stdout)[0]] == ["instrument:s"]


def test_a_faulty_file_loads_nothing(run: Run, file: Callable[..., Path]) -> None:
    with pytest.raises(InvalidRecordError, match="idea:i: part_of"):
        run("load", file(actor("c", "C"), idea("i", "I", "P", part_of="idea:missing")))
    assert "actor:c" not in run("list").stdout


def test_a_check_tells_every_problem_and_fails(run: Run, file: Callable[..., Path]) -> None:
    result = run(
        "check", file(idea("i", "I", "P", part_of="idea:missing"), concept("c", "C", "C", related=["concept:c"]))
    )
    assert result.exit_code == 1
    assert "typed.yaml: idea:i: part_of: no record has the id «idea:missing»" in result.stdout
    assert "2 records checked, 2 problems" in result.stdout


def test_a_sound_file_and_the_store_pass_the_check(run: Run, file: Callable[..., Path]) -> None:
    assert run("check", file(actor("c", "C"))).exit_code == 0
    assert "3 records checked, 0 problems" in run("check", "--store").stdout


def test_help_loads_neither_the_database_nor_the_index() -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from assistant.commands.corpus import app; "
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0; "
        "assert not {'sqlalchemy', 'alembic', 'faiss', 'numpy'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])
