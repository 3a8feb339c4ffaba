"""Nothing written is lost, nothing is half written, and every change says who and when. On both databases."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from corpus.errors import EditConflictError, StoreError, UnknownRecordError
from corpus.files import Record
from corpus.fingerprint import content_hash, fingerprint
from corpus.records import Actor, CurationState, Kind
from corpus.store import RecordStore
from corpus.tables import Action
from tests.corpus.processes import finish, start
from tests.corpus.test_files import SHIPPED
from tests.records import actor, concept, idea, instrument

ONE_OF_EACH: list[Record] = [
    actor("a", "A"),
    concept("c", "C", "C"),
    idea("i", "I", "Problem"),
    instrument("s", "S"),
]


def test_every_shipped_record_survives_the_store(store: RecordStore) -> None:
    shipped = {located.record.id: located.record for located in SHIPPED}
    store.save_many(shipped.values(), "test", Action.SHIP)
    assert store.get_many(list(shipped)) == shipped


def test_one_of_each_kind_is_read_back_in_the_order_of_ids(store: RecordStore) -> None:
    store.save_many(reversed(ONE_OF_EACH), "test", Action.CREATE)
    assert list(store.records()) == ONE_OF_EACH
    assert [record.id for record in store.records(Kind.IDEA)] == ["idea:i"]
    assert store.ids(Kind.ACTOR) == ["actor:a"]


def test_ids_sort_byte_by_byte_on_both_databases(store: RecordStore) -> None:
    slugs = ["b", "a-b", "a", "a1", "ab", "a-1"]
    store.save_many([actor(slug, slug) for slug in slugs], "test", Action.CREATE)
    assert store.ids() == sorted(f"actor:{slug}" for slug in slugs)


def test_only_published_records_are_read_unless_asked_for(store: RecordStore) -> None:
    store.save_many([actor("a", "A", state="draft"), actor("b", "B")], "test", Action.CREATE)
    assert store.ids() == ["actor:b"]
    assert store.ids(state=None) == ["actor:a", "actor:b"]
    assert [record.id for record in store.records(state=CurationState.DRAFT)] == ["actor:a"]


def test_a_saved_record_says_who_changed_it_and_when(store: RecordStore) -> None:
    saved = store.save(actor("a", "A"), by="kari", action=Action.CREATE)
    assert (saved.version, saved.updated_by) == (1, "kari")
    assert abs(datetime.now(UTC) - saved.updated_at) < timedelta(minutes=1)
    assert store.get("actor:a") == saved


def test_the_history_tells_each_change_and_the_newest_snapshot_is_the_record(store: RecordStore) -> None:
    store.save(actor("a", "A"), by="kari", action=Action.CREATE)
    store.save(actor("a", "A", orgnr="974767880"), by="ola", note="from the register")
    first, second = store.history("actor:a")
    assert (first.version, first.by, first.action, first.changes) == (1, "kari", Action.CREATE, {})
    assert (second.version, second.by, second.note) == (2, "ola", "from the register")
    assert second.changes == {"orgnr": [None, "974767880"]}
    assert Actor.model_validate_json(second.snapshot) == store.get("actor:a").record


def test_a_record_written_twice_in_one_go_has_two_changes(store: RecordStore) -> None:
    assert store.save_many([actor("a", "A"), actor("a", "B")], "test") == 2
    assert [(one.version, list(one.changes)) for one in store.history("actor:a")] == [(1, []), (2, ["name"])]


def test_saving_the_same_again_changes_nothing(store: RecordStore) -> None:
    store.save(actor("a", "A"), by="kari")
    before = store.revision()
    assert store.save(actor("a", "A"), by="ola").version == 1
    assert store.save_many([actor("a", "A")], "ola") == 0
    assert store.revision() == before


def test_changes_after_a_revision_are_each_named_once(store: RecordStore) -> None:
    assert (store.revision(), store.changed_since(0)) == (0, [])
    store.save_many([actor("a", "A"), actor("b", "B")], "test")
    seen = store.revision()
    assert store.changed_since(0) == ["actor:a", "actor:b"]
    store.save(actor("b", "B2"), by="test")
    store.save(actor("b", "B3"), by="test")
    assert store.changed_since(seen) == ["actor:b"]
    assert store.changed_since(store.revision()) == []


def test_the_fingerprint_is_of_published_records_only(store: RecordStore) -> None:
    store.save_many([actor("a", "A"), actor("b", "B", state="draft")], "test")
    assert store.fingerprint() == fingerprint([("actor:a", content_hash(actor("a", "A")))])


def test_an_unknown_id_is_refused_with_the_nearest_ones(store: RecordStore) -> None:
    store.save_many([actor("trondheim", "Trondheim"), actor("oslo", "Oslo")], "test")
    with pytest.raises(UnknownRecordError, match="Did you mean actor:trondheim"):
        store.get("actor:trondhiem")
    with pytest.raises(UnknownRecordError, match="Did you mean actor:oslo"):
        store.history("actor:osl")
    assert store.get_many(["actor:nobody", "actor:oslo"]).keys() == {"actor:oslo"}


def test_a_record_that_may_not_be_there_is_looked_for_without_a_refusal(store: RecordStore) -> None:
    store.save(actor("oslo", "Oslo", state="draft"), by="kari")
    assert store.find("actor:oslo") == store.get("actor:oslo").record
    assert [store.find(none) for none in ("actor:nobody", "", None)] == [None, None, None]


def test_a_stale_edit_is_refused_and_says_who_was_faster(store: RecordStore) -> None:
    store.save(actor("a", "A"), by="kari")
    store.save(actor("a", "A2"), by="ola", expected_version=1)
    with pytest.raises(EditConflictError, match=r"version 1.*now version 2, changed by ola at \d{4}-\d\d-\d\d"):
        store.save(actor("a", "A3"), by="kari", expected_version=1)
    assert store.get("actor:a").record == actor("a", "A2")
    assert len(store.history("actor:a")) == 2


def test_a_batch_that_fails_in_the_middle_leaves_nothing(store: RecordStore) -> None:
    def broken() -> Iterator[Record]:
        for number in range(1200):
            yield actor(f"n-{number}", "N")
        raise RuntimeError("the source broke off")

    with pytest.raises(RuntimeError, match="broke off"):
        store.save_many(broken(), "test")
    assert (store.ids(state=None), store.revision()) == ([], 0)


def test_reading_that_is_broken_off_keeps_nobody_from_writing(store: RecordStore) -> None:
    store.save_many([actor(f"n-{number}", "N") for number in range(1200)], "test")
    reader = store.records()
    next(reader)
    store.save(actor("n-0", "changed"), by="test")
    del reader
    assert store.get("actor:n-0").version == 2


def test_a_record_that_no_longer_fits_is_named(store: RecordStore, url: str) -> None:
    from sqlalchemy import create_engine, text

    store.save_many([actor("a", "A"), actor("b", "B")], "test")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE record SET payload = '{\"id\": \"actor:b\"}' WHERE id = 'actor:b'"))
    engine.dispose()
    assert store.get("actor:a").record == actor("a", "A")
    with pytest.raises(StoreError, match="actor:b"):
        store.get("actor:b")


def test_a_store_keeps_its_identity_and_records(url: str) -> None:
    with RecordStore.open(url) as store:
        store.save(actor("a", "A"), by="test")
        identity = store.store_id
    with RecordStore.open(url) as again:
        assert (again.store_id, again.ids()) == (identity, ["actor:a"])
    assert len(identity) == 36


def test_two_processes_that_edit_one_record_lose_no_edit(store: RecordStore, url: str) -> None:
    store.save(actor("shared", "S"), by="test")
    workers = [start("add_aliases", url, name, "25") for name in ("kari", "ola")]
    for worker in workers:
        finish(worker)
    stored = store.get("actor:shared")
    assert isinstance(stored.record, Actor)
    assert {alias.text for alias in stored.record.aliases} == {f"{n} {i}" for n in ("kari", "ola") for i in range(25)}
    assert [revision.version for revision in store.history("actor:shared")] == list(range(1, 52))


def test_two_processes_that_add_records_both_see_all_of_theirs_kept(store: RecordStore, url: str) -> None:
    workers = [start("add_records", url, name, "40") for name in ("kari", "ola")]
    for worker in workers:
        finish(worker)
    assert len(store.ids()) == 80
    assert len(store.changed_since(0)) == 80


def test_a_reader_that_follows_revisions_misses_no_change(store: RecordStore, url: str) -> None:
    """An index asks what changed after the last revision it saw; a number that appears late would be lost to it."""
    workers = [start("add_records", url, name, "60") for name in ("a", "b", "c")]
    seen, followed = 0, set[str]()
    while any(worker.poll() is None for worker in workers) or store.revision() > seen:
        now = store.revision()
        followed |= set(store.changed_since(seen))
        seen = now
    for worker in workers:
        finish(worker)
    assert followed == set(store.ids())


def test_the_number_of_a_revision_never_appears_after_a_higher_one(store: RecordStore, url: str) -> None:
    """A slow writer holds the turn: whoever comes later gets a higher number and is seen later."""
    from threading import Event, Thread

    inside, leave = Event(), Event()

    def slow() -> Iterator[Record]:
        for number in range(600):
            yield actor(f"slow-{number}", "S")
        inside.set()
        leave.wait(10)

    first = Thread(target=lambda: store.save_many(slow(), "slow"))
    first.start()
    assert inside.wait(10)
    with RecordStore.open(url) as other:
        second = Thread(target=lambda: other.save(actor("quick", "Q"), by="quick"))
        second.start()
        time.sleep(0.5)
        seen, known = store.revision(), set(store.changed_since(0))
        leave.set()
        first.join()
        second.join()
    assert known | set(store.changed_since(seen)) == set(store.ids())


def test_processes_that_open_a_new_store_at_once_make_one_store(url: str) -> None:
    workers = [start("open_only", url) for _ in range(6)]
    for worker in workers:
        finish(worker)
    with RecordStore.open(url) as store:
        assert store.ids(state=None) == []


def test_a_process_killed_in_a_transaction_leaves_nothing_of_it(url: str) -> None:
    worker = start("die_while_saving", url, "1700")
    worker.communicate(timeout=60)
    assert worker.returncode == -signal.SIGKILL
    with RecordStore.open(url) as store:
        assert (store.ids(state=None), store.revision()) == ([], 0)
        store.save(actor("a", "A"), by="test")


@pytest.mark.slow
def test_a_hundred_thousand_records_are_saved_within_a_minute_since_each_takes_as_long_as_the_first(
    store: RecordStore,
) -> None:
    def seconds(first: int, last: int) -> float:
        # Of the processor, since the machine may have much else to do.
        began = time.process_time()
        assert store.save_many((actor(f"n-{number}", "N") for number in range(first, last)), "test") == last - first
        return time.process_time() - began

    few, many = seconds(0, 4_000), seconds(4_000, 20_000)
    assert many < 60 * 16_000 / 100_000
    assert many / 16_000 < 3 * few / 4_000
