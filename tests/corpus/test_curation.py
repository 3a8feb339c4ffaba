"""A release never overwrites what a person edited; files are loaded whole or not at all."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from corpus.curation import ShippedReport, export, load_files, load_shipped, move, write_one
from corpus.errors import CorpusError, EditConflictError, InvalidRecordError, UnknownRecordError
from corpus.files import Record, dump_records
from corpus.records import CurationState, Kind
from corpus.store import RecordStore
from corpus.tables import Action
from tests.corpus.processes import finish, start
from tests.records import actor, concept, idea, instrument


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "records"
    made.mkdir()
    return made


def write(folder: Path, *records: Record, name: str = "records.yaml") -> Path:
    path = folder / name
    path.write_text(dump_records(records), encoding="utf-8")
    return path


def state(store: RecordStore, record_id: str) -> CurationState:
    return store.get(record_id).record.state


def test_the_first_use_loads_what_is_shipped(store: RecordStore, folder: Path) -> None:
    write(folder, actor("a", "A"), actor("b", "B"))
    assert load_shipped(store, folder=folder) == ShippedReport(added=2, updated=0, retired=0, kept=0)
    assert [(one.action, one.by) for one in store.history("actor:a")] == [(Action.SHIP, "shipped")]
    assert not store.get("actor:a").edited


def test_what_is_there_already_is_not_read_again(store: RecordStore, folder: Path) -> None:
    path = write(folder, actor("a", "A"))
    load_shipped(store, folder=folder)
    before = store.revision()
    assert load_shipped(store, folder=folder) is None
    path.rename(folder / "renamed.yaml")
    assert load_shipped(store, folder=folder) == ShippedReport(0, 0, 0, 0)
    assert store.revision() == before


def test_a_new_release_updates_only_what_nobody_edited(store: RecordStore, folder: Path) -> None:
    write(folder, actor("plain", "A"), actor("edited", "A"), actor("dropped", "A"), actor("dropped-edited", "A"))
    load_shipped(store, folder=folder)
    store.save(actor("edited", "Mine"), by="kari")
    store.save(actor("dropped-edited", "Mine"), by="kari")
    store.save(actor("own", "Own"), by="kari", action=Action.CREATE)

    write(folder, actor("plain", "B"), actor("edited", "B"), actor("new", "B"), actor("own", "B"))
    report = load_shipped(store, folder=folder)

    assert report == ShippedReport(added=1, updated=1, retired=1, kept=2)
    assert store.get("actor:plain").record == actor("plain", "B")
    assert store.get("actor:edited").record == actor("edited", "Mine")
    assert store.get("actor:own").record == actor("own", "Own")
    assert state(store, "actor:dropped") is CurationState.RETIRED
    assert state(store, "actor:dropped-edited") is CurationState.PUBLISHED


def test_a_record_that_is_shipped_again_comes_back(store: RecordStore, folder: Path) -> None:
    for shipped in ([actor("a", "A"), actor("b", "B")], [actor("a", "A")], [actor("a", "A"), actor("b", "B")]):
        write(folder, *shipped)
        load_shipped(store, folder=folder)
    assert state(store, "actor:b") is CurationState.PUBLISHED
    assert len(store.history("actor:b")) == 3


def test_what_a_person_retired_stays_retired(store: RecordStore, folder: Path) -> None:
    write(folder, actor("a", "A"))
    load_shipped(store, folder=folder)
    move(store, ["actor:a"], Action.RETIRE, "kari")
    write(folder, actor("a", "A2"))
    assert load_shipped(store, folder=folder) == ShippedReport(0, 0, 0, kept=1)
    assert state(store, "actor:a") is CurationState.RETIRED


def test_a_faulty_release_changes_nothing(store: RecordStore, folder: Path) -> None:
    write(folder, actor("a", "A"))
    load_shipped(store, folder=folder)
    write(folder, actor("a", "A2"), idea("i", "I", "P", part_of="idea:missing"))
    with pytest.raises(InvalidRecordError, match="idea:i: part_of: no record has the id"):
        load_shipped(store, folder=folder)
    assert store.get("actor:a").record == actor("a", "A")


def test_processes_that_ship_at_once_ship_each_record_once(store: RecordStore, url: str, folder: Path) -> None:
    write(folder, *(actor(f"n-{number}", "N") for number in range(300)))
    workers = [start("ship", url, str(folder)) for _ in range(4)]
    for worker in workers:
        finish(worker)
    assert (len(store.ids()), store.revision()) == (300, 300)


def test_loaded_files_are_new_or_edits_and_unchanged_ones_leave_no_trace(store: RecordStore, folder: Path) -> None:
    store.save_many([actor("same", "A"), actor("old", "A")], "test")
    path = write(folder, actor("same", "A"), actor("old", "B"), actor("new", "A"))
    assert load_files(store, path, "kari") == 2
    assert [one.action for one in store.history("actor:new")] == [Action.CREATE]
    assert [one.by for one in store.history("actor:old")] == ["test", "kari"]
    assert len(store.history("actor:same")) == 1


def test_a_loaded_record_may_refer_to_one_in_the_store_or_in_the_same_files(store: RecordStore, folder: Path) -> None:
    store.save(actor("a", "A"), by="test")
    write(folder, instrument("s", "S", owner="actor:b", administrator="actor:a"), name="1.yaml")
    write(folder, actor("b", "B"), name="2.yaml")
    assert load_files(store, folder, "kari") == 2


@pytest.mark.parametrize(
    ("faulty", "message"),
    [
        ([actor("b", "B"), actor("b", "B2")], "used more than once"),
        ([actor("b", "B"), instrument("s", "S", owner="actor:missing")], "instrument:s: owner"),
        ([concept("d", "Helse", "Health")], "preferred label"),
    ],
)
def test_files_with_a_fault_load_nothing_and_tell_it(
    store: RecordStore, folder: Path, faulty: list[Record], message: str
) -> None:
    store.save(concept("c", "helse", "care"), by="test")
    with pytest.raises(InvalidRecordError, match=message):
        load_files(store, write(folder, *faulty), "kari")
    assert store.ids(state=None) == ["concept:c"]


@pytest.mark.parametrize(
    ("begin", "action", "end"),
    [
        ("draft", Action.PUBLISH, "published"),
        ("draft", Action.RETIRE, "retired"),
        ("published", Action.RETIRE, "retired"),
        ("retired", Action.RESTORE, "draft"),
    ],
)
def test_a_step_that_may_be_taken_is_taken_and_remembered(
    store: RecordStore, begin: str, action: Action, end: str
) -> None:
    store.save(actor("a", "A", state=begin), by="test")
    assert [record.state for record in move(store, ["actor:a"], action, "kari", "because")] == [end]
    last = store.history("actor:a")[-1]
    assert (last.action, last.by, last.note) == (action, "kari", "because")


@pytest.mark.parametrize(
    ("begin", "action"),
    [
        ("published", Action.PUBLISH),
        ("retired", Action.PUBLISH),
        ("retired", Action.RETIRE),
        ("draft", Action.RESTORE),
        ("published", Action.RESTORE),
    ],
)
def test_a_step_that_may_not_be_taken_is_refused(store: RecordStore, begin: str, action: Action) -> None:
    store.save(actor("a", "A", state=begin), by="test")
    with pytest.raises(CorpusError, match=f"actor:a is {begin}"):
        move(store, ["actor:a"], action, "kari")
    assert len(store.history("actor:a")) == 1


def test_a_step_with_an_unknown_record_is_refused(store: RecordStore) -> None:
    with pytest.raises(UnknownRecordError, match="actor:nobody"):
        move(store, ["actor:nobody"], Action.PUBLISH, "kari")


def test_what_is_exported_loads_back_without_a_change(store: RecordStore, folder: Path) -> None:
    records: list[Record] = [actor("a", "A", state="retired"), idea("i", "I", "P"), concept("c", "Æ", "Ae")]
    store.save_many(records, "test")
    export(store, folder / "out", list(Kind), None)
    before = store.revision()
    assert load_files(store, folder / "out", "kari") == 0
    assert store.revision() == before


def test_an_export_to_where_a_file_stands_is_refused(store: RecordStore, folder: Path) -> None:
    path = write(folder, actor("a", "A"))
    with pytest.raises(CorpusError, match="cannot be written"):
        export(store, path, list(Kind), None)


def test_a_record_is_written_over_the_version_that_was_seen_alone(store: RecordStore) -> None:
    assert write_one(store, actor("a", "A"), "kari", expected_version=0).version == 1
    assert write_one(store, actor("a", "B"), "kari", expected_version=1, note="new name").version == 2
    with pytest.raises(EditConflictError, match="it is now version 2, changed by kari"):
        write_one(store, actor("a", "C"), "ola", expected_version=1)
    with pytest.raises(EditConflictError, match="actor:a is there already"):
        write_one(store, actor("a", "C"), "ola", expected_version=0)
    assert [(one.action, one.note) for one in store.history("actor:a")] == [
        (Action.CREATE, None),
        (Action.EDIT, "new name"),
    ]


def test_a_record_that_does_not_fit_beside_the_others_is_not_written(store: RecordStore) -> None:
    dangling = idea("a", "A", "Et problem.", related=["idea:none"])
    with pytest.raises(InvalidRecordError) as raised:
        write_one(store, dangling, "kari", expected_version=0)
    assert [(problem.record, problem.field) for problem in raised.value.problems] == [("idea:a", "related.0")]
    assert store.ids(state=None) == []


def test_a_check_is_no_edit_and_outlasts_a_release_that_says_the_same(store: RecordStore, folder: Path) -> None:
    write(folder, actor("same", "A"), actor("changed", "A"))
    load_shipped(store, folder=folder)
    for slug in ("same", "changed"):
        checked = store.get(f"actor:{slug}").record.model_copy(update={"checked_on": date(2026, 11, 30)})
        store.save(checked, by="kari", action=Action.CHECK)

    write(folder, actor("same", "A"), actor("changed", "B"))
    assert load_shipped(store, folder=folder) == ShippedReport(0, 1, 0, kept=0)
    assert store.get("actor:same").record == actor("same", "A", checked_on="2026-11-30")
    assert store.get("actor:changed").record == actor("changed", "B")
