"""One field of many records changed at once.

Invariant: what would be changed can be seen before it is; then all of it is written over the versions that were seen,
in one transaction, or nothing. As long as nobody has changed what it wrote, it can be undone as a whole.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from pydantic import ValidationError
from sqlalchemy import select

from corpus.curation import TRANSITIONS, raise_if_invalid
from corpus.errors import CorpusError, EditConflictError, InvalidRecordError
from corpus.files import MODELS, Located, Record, kind_of, problems_of, to_plain
from corpus.store import RecordStore
from corpus.stored import Write
from corpus.tables import Action, RevisionRow

_NOTE = "many at once "


class Field(StrEnum):
    """What can be changed of many records."""

    ADD_THEME = "add_theme"
    REMOVE_THEME = "remove_theme"
    OWNER = "owner"
    CHECKED_ON = "checked_on"
    STATE = "state"


class BulkChange(NamedTuple):
    """A record as it is and as it would be."""

    before: Record
    after: Record
    version: int
    """The version that it would be written over."""


class Plan(NamedTuple):
    """What would become of records."""

    changes: Sequence[BulkChange]
    left_out: Sequence[Record]
    """Those that have no such field, cannot take the step, or are so already."""


def plan_change(store: RecordStore, record_ids: Iterable[str], field: Field, value: str) -> Plan:
    """Return what would become of records.

    Args:
        store: Where they are.
        record_ids: Their ids; those that there are none of are left out.
        field: What is to be changed.
        value: What to: the slug of a theme, the id of an owner, a day, or a step such as ``publish``.

    Raises:
        InvalidRecordError: the value is none for that field.
    """
    changes: list[BulkChange] = []
    left_out: list[Record] = []
    ids = list(dict.fromkeys(record_ids))
    found = store.get_many(ids)
    versions = store.marks()
    for record_id in ids:
        if (before := found.get(record_id)) is None:
            continue
        plain = _with(before, field, value)
        if plain is None or plain == to_plain(before):
            left_out.append(before)
            continue
        try:
            after = MODELS[kind_of(record_id)].model_validate(plain)
        except ValidationError as error:
            problems = problems_of(error, record_id, record_id)
            raise InvalidRecordError("\n".join(map(str, problems)), problems) from error
        changes.append(BulkChange(before, after, versions[record_id].version))
    return Plan(changes, left_out)


def write_all(store: RecordStore, plan: Plan, seen: Mapping[str, int], by: str, action: Action = Action.EDIT) -> str:
    """Write what was planned, and return the name under which it can be undone.

    Args:
        store: Where the records are.
        plan: What to write.
        seen: The version of each record when the plan was shown.
        by: Who is named in the history.
        action: What is done to them.

    Raises:
        InvalidRecordError: one of them would not fit; nothing is written.
        EditConflictError: one of them was changed since the plan was shown; nothing is written.
    """
    if action not in {Action.RETIRE, Action.RESTORE}:
        raise_if_invalid(store, [Located(change.after.id, change.after) for change in plan.changes])
    name = secrets.token_hex(8)
    store.write(
        [Write(change.after, action, seen.get(change.after.id, 0), f"{_NOTE}{name}") for change in plan.changes], by=by
    )
    return name


def written_versions(store: RecordStore, name: str) -> list[tuple[str, int]]:
    """Return id and version of every record that was written under a name."""
    columns = select(RevisionRow.record_id, RevisionRow.version).where(RevisionRow.note == f"{_NOTE}{name}")
    with store.database.reading() as session:
        return [(record_id, version) for record_id, version in session.execute(columns.order_by(RevisionRow.id))]


def undo_all(store: RecordStore, name: str, by: str) -> list[str]:
    """Make the records that were written under a name what they were before; return their ids.

    Raises:
        CorpusError: nothing was written under that name.
        EditConflictError: one of them was changed since; nothing is written.
    """
    writes: list[Write] = []
    for record_id, version in written_versions(store, name):
        before = next((one for one in store.history(record_id) if one.version == version - 1), None)
        if before is None:
            raise EditConflictError(f"{record_id} has no version before that. Nothing was changed.")
        record = MODELS[kind_of(record_id)].model_validate_json(before.snapshot)
        writes.append(Write(record, Action.EDIT, version, f"undone: {_NOTE}{name}"))
    if not writes:
        raise CorpusError(f"Nothing was written under the name {name}.")
    store.write(writes, by=by)
    return [write.record.id for write in writes]


def action_of(field: Field, value: str) -> Action:
    """Return what is done to records by a change."""
    return Action(value) if field is Field.STATE else Action.EDIT


def _with(record: Record, field: Field, value: str) -> dict[str, Any] | None:
    """Return a record as plain data with the change; None where it has no such field or cannot take the step."""
    plain, names = to_plain(record), type(record).model_fields
    match field:
        case Field.STATE:
            allowed, target = TRANSITIONS[Action(value)]
            return {**plain, "state": target.value} if record.state in allowed else None
        case Field.ADD_THEME | Field.REMOVE_THEME if "los" in names:
            others = [one for one in plain.get("los", ()) if one != value]
            kept = [*others, value] if field is Field.ADD_THEME and value not in plain.get("los", ()) else None
            themes = others if field is Field.REMOVE_THEME else kept
            return None if themes is None else _without_empty({**plain, "los": themes})
        case Field.OWNER if "owner" in names:
            return _without_empty({**plain, "owner": value})
        case Field.CHECKED_ON if "checked_on" in names:
            return {**plain, "checked_on": value}
        case _:
            return None


def _without_empty(plain: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in plain.items() if value not in ("", [])}
