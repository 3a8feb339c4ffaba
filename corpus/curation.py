"""How records come and go: shipped with a release, loaded from files, published, retired.

Invariant: what a person has edited is never overwritten by a release; that somebody held a record against its sources
is no edit, and outlasts a release that says the same. Loading files is all or nothing: either every record is valid and
every reference resolves, or nothing is written and every fault is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from corpus.check import check, criteria_of, references, successors
from corpus.errors import CorpusError, InvalidRecordError, Problem
from corpus.files import MODELS, Located, Record, dump_records, kind_of, read_folder, shipped_folder
from corpus.fingerprint import content_hash, folder_fingerprint
from corpus.records import CurationState, FundingInstrument, Kind
from corpus.store import RecordStore
from corpus.stored import StoredRecord, Write
from corpus.tables import Action
from corpus.vocabulary import Concept

SHIPPER = "shipped"
"""Who is named in the history for what came with a release."""
_SHIPPED_KEY = "shipped_fingerprint"
_FAULTS_SHOWN = 20
_IN_STORE = "(store)"
_CHECKED_SINGLY = 50
"""Records up to which only those that they touch are read to check them."""

Progress = Callable[[str], None]
"""Called with what is being done."""

TRANSITIONS: dict[Action, tuple[frozenset[CurationState], CurationState]] = {
    Action.PUBLISH: (frozenset({CurationState.DRAFT}), CurationState.PUBLISHED),
    Action.RETIRE: (frozenset({CurationState.DRAFT, CurationState.PUBLISHED}), CurationState.RETIRED),
    Action.RESTORE: (frozenset({CurationState.RETIRED}), CurationState.DRAFT),
}
"""For each step, the states it may be taken from and the state it leads to."""


class ShippedReport(NamedTuple):
    """What a release changed in a store."""

    added: int
    updated: int
    retired: int
    kept: int
    """Records left as they are because somebody has edited them."""


def load_shipped(
    store: RecordStore, progress: Progress | None = None, folder: Path | None = None
) -> ShippedReport | None:
    """Bring the records that come with this release into a store; None where they are there already.

    Raises:
        InvalidRecordError: the shipped records are faulty; nothing is written.
    """
    folder = folder or shipped_folder()
    now = folder_fingerprint(folder)
    if store.meta(_SHIPPED_KEY) == now:
        return None
    if progress:
        progress("store")
    records = _checked(*read_folder(folder))
    marks = store.marks()
    shipped = {record.id: record for record in records}
    edited = [record_id for record_id, mark in marks.items() if mark.edited and mark.shipped_hash]
    checked = _checked_only(store, edited)
    unedited = {record_id for record_id, mark in marks.items() if not mark.edited} | checked.keys()
    added = [record for record_id, record in shipped.items() if record_id not in marks]
    updated = [
        record
        for record_id, record in shipped.items()
        if record_id in unedited
        and marks[record_id].content_hash != content_hash(record)
        and checked.get(record_id) != _but_when_checked(record)
    ]
    gone = store.get_many([record_id for record_id in unedited if record_id not in shipped]).values()
    retired = [
        record.model_copy(update={"state": CurationState.RETIRED})
        for record in gone
        if record.state is not CurationState.RETIRED
    ]
    # An edit made since the marks were read is noticed by its version, and the load is done anew by the next use.
    writes = [Write(record, Action.SHIP) for record in added]
    writes += [Write(record, Action.SHIP, marks[record.id].version) for record in (*updated, *retired)]
    store.write(writes, by=SHIPPER, meta={_SHIPPED_KEY: now})
    kept = sum(record_id in marks and record_id not in unedited for record_id in shipped)
    return ShippedReport(len(added), len(updated), len(retired), kept)


def validate_against_store(store: RecordStore, located: Sequence[Located]) -> list[Problem]:
    """Return what is wrong with records if they came into a store, new or in place of those with their ids.

    Records already there count for references and labels, but their own faults are left out.
    """
    new = {one.record.id for one in located}
    others = [Located(_IN_STORE, record) for record in _touched(store, located) if record.id not in new]
    return [problem for problem in check([*others, *located]) if problem.file != _IN_STORE]


def _touched(store: RecordStore, located: Sequence[Located]) -> Iterable[Record]:
    """Return the records of a store that others can be at fault with: all of them where many come in."""
    if len(located) > _CHECKED_SINGLY:
        return store.records(state=None)
    records = [one.record for one in located]
    found: dict[str, Record] = {}
    # What they refer to, and what that has been succeeded by, which may lead back to them.
    frontier = {target for record in records for _, target in references(record)}
    while frontier:
        reached = store.get_many(sorted(frontier))
        found |= reached
        frontier = {target for record in reached.values() for target in successors(record)} - found.keys()
    before = store.get_many([record.id for record in records])
    known = {own_id for record in before.values() for own_id in _own_ids(record)}
    fresh = [own_id for record in records for own_id in _own_ids(record) if own_id not in known]
    found |= {record.id: record for record in store.holding(Kind.INSTRUMENT, fresh)}
    if any(isinstance(record, Concept) for record in records):
        found |= {record.id: record for record in store.records(Kind.CONCEPT, state=None)}
    return found.values()


def _own_ids(record: Record) -> list[str]:
    """Return the ids of a scheme's calls and rules, which no other may use."""
    if not isinstance(record, FundingInstrument):
        return []
    return [*(call.id for call in record.calls), *(rule.id for _, rule in criteria_of(record))]


def load_files(store: RecordStore, path: Path, by: str) -> int:
    """Write the records of a file or folder into a store and return how many changed something.

    Raises:
        RecordFileError: there is nothing to read.
        InvalidRecordError: something in them is faulty; nothing is written.
    """
    located, problems = read_folder(path)
    _refuse([*problems, *validate_against_store(store, located)])
    records = [one.record for one in located]
    known = store.marks().keys()
    writes = [Write(record, Action.EDIT if record.id in known else Action.CREATE) for record in records]
    return store.write(writes, by=by)


def raise_if_invalid(store: RecordStore, located: Sequence[Located]) -> None:
    """Refuse records that would not fit into a store beside those that are there.

    Raises:
        InvalidRecordError: something is wrong with them; each fault is told.
    """
    _refuse(validate_against_store(store, located))


def write_one(
    store: RecordStore, record: Record, by: str, *, expected_version: int, note: str | None = None
) -> StoredRecord:
    """Write a record, new where the version expected is 0 and else in place of that version.

    Raises:
        InvalidRecordError: it does not fit beside the others; nothing is written.
        EditConflictError: the version that is there is another; nothing is written.
    """
    raise_if_invalid(store, [Located(record.id, record)])
    action = Action.EDIT if expected_version else Action.CREATE
    return store.save(record, by=by, action=action, expected_version=expected_version, note=note)


def move(
    store: RecordStore, record_ids: Sequence[str], action: Action, by: str, note: str | None = None
) -> list[Record]:
    """Publish, retire or restore records, all or none, and return them as they are now.

    Raises:
        UnknownRecordError: there is no such record.
        InvalidRecordError: one of them lacks what a published record needs.
        CorpusError: the step cannot be taken from the state of one of them.
    """
    allowed, target = TRANSITIONS[action]
    writes = []
    for record_id in dict.fromkeys(record_ids):
        stored = store.get(record_id)
        state = stored.record.state
        if state not in allowed:
            may = " or ".join(sorted(allowed))
            raise CorpusError(
                f"{record_id} is {state}; only a record that is {may} can become {target}. Nothing was changed."
            )
        moved = stored.record.model_copy(update={"state": target})
        writes.append(Write(moved, action, stored.version, note))
    if action is Action.PUBLISH:
        raise_if_invalid(store, [Located(write.record.id, write.record) for write in writes])
    store.write(writes, by=by)
    return [write.record for write in writes]


def export(store: RecordStore, target: Path | None, kinds: Sequence[Kind], state: CurationState | None) -> str:
    """Return records as one YAML text, or write one file for each kind into a folder and return what was written.

    Raises:
        CorpusError: the folder cannot be written.
    """
    by_kind = {kind: list(store.records(kind, state)) for kind in kinds}
    if target is None:
        return dump_records(record for records in by_kind.values() for record in records)
    try:
        target.mkdir(parents=True, exist_ok=True)
        for kind, records in by_kind.items():
            (target / f"{kind}.yaml").write_text(dump_records(records), encoding="utf-8")
    except OSError as error:
        raise CorpusError(f"{target}: cannot be written ({error.strerror}). Give a folder that can.") from error
    return ", ".join(f"{len(records)} {kind}" for kind, records in by_kind.items())


def _but_when_checked(record: Record) -> Record:
    return record if isinstance(record, Concept) else record.model_copy(update={"checked_on": None})


def _checked_only(store: RecordStore, record_ids: Sequence[str]) -> dict[str, Record]:
    """Return what differs from what was shipped in no more than the day it was checked, by id and without that day."""
    found = {}
    for record_id, now in store.get_many(record_ids).items():
        shipped = [one.snapshot for one in store.history(record_id) if one.action is Action.SHIP]
        if shipped:
            before = MODELS[kind_of(record_id)].model_validate_json(shipped[-1])
            if _but_when_checked(before) == _but_when_checked(now):
                found[record_id] = _but_when_checked(now)
    return found


def _checked(located: Iterable[Located], problems: list[Problem]) -> list[Record]:
    located = list(located)
    _refuse([*problems, *check(located)])
    return [one.record for one in located]


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        shown = "\n".join(f"  {problem}" for problem in problems[:_FAULTS_SHOWN])
        more = f"\n  … and {len(problems) - _FAULTS_SHOWN} more" if len(problems) > _FAULTS_SHOWN else ""
        raise InvalidRecordError(f"Nothing was written, because of {len(problems)} faults:\n{shown}{more}", problems)
