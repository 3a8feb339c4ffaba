"""Two records of one thing become one.

Invariant: nothing that either record says is lost without being told: lists are joined, texts and single values of
the one that stays hold, and the other is retired whole, with its history. What referred to the one that goes refers to
the one that stays, all in one transaction or not at all.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from corpus.check import references
from corpus.curation import refuse
from corpus.errors import CorpusError
from corpus.files import MODELS, Located, Record, kind_of, to_plain
from corpus.records import CurationState
from corpus.store import RecordStore, Write
from corpus.tables import Action


class Merged(NamedTuple):
    """What would become of two records."""

    before: Record
    """The one that stays, as it was."""
    stays: Record
    goes: Record
    """The other one, retired."""
    moved: tuple[Record, ...]
    """Other records, their references moved."""


def merged(store: RecordStore, stays_id: str, goes_id: str) -> Merged:
    """Return what would become of two records of one kind, and of those that refer to the one that goes.

    Raises:
        UnknownRecordError: there is no such record.
        CorpusError: they are one and the same, or of different kinds.
    """
    stays, goes = store.get(stays_id).record, store.get(goes_id).record
    if stays_id == goes_id or kind_of(stays_id) is not kind_of(goes_id):
        raise CorpusError(f"Got {stays_id} and {goes_id}, expected two records of one kind. Nothing was changed.")
    model = MODELS[kind_of(stays_id)]
    joined = _joined(_moved(to_plain(stays), goes_id, stays_id), _moved(to_plain(goes), goes_id, stays_id))
    joined = {**joined, "id": stays_id, "state": stays.state.value}
    referring = [
        record
        for record in store.records(state=None)
        if record.id not in {stays_id, goes_id} and any(target == goes_id for _, target in references(record))
    ]
    return Merged(
        stays,
        model.model_validate(_without_self(joined, stays_id)),
        goes.model_copy(update={"state": CurationState.RETIRED}),
        tuple(MODELS[kind_of(one.id)].model_validate(_moved(to_plain(one), goes_id, stays_id)) for one in referring),
    )


def merge(store: RecordStore, stays_id: str, goes_id: str, by: str) -> Merged:
    """Make two records of one kind into one, and return what was written.

    Raises:
        UnknownRecordError: there is no such record.
        CorpusError: they are one and the same, or of different kinds.
        InvalidRecordError: what came of it would not fit beside the others; nothing is written.
        EditConflictError: one of them was changed meanwhile; nothing is written.
    """
    marks = store.marks()
    found = merged(store, stays_id, goes_id)
    refuse(store, [Located(one.id, one) for one in (found.stays, found.goes, *found.moved)])
    notes = {stays_id: f"merged with {goes_id}", goes_id: f"merged into {stays_id}"}
    writes = [
        Write(
            one,
            Action.RETIRE if one.id == goes_id else Action.EDIT,
            marks[one.id].version,
            notes.get(one.id, f"refers to {stays_id} instead of {goes_id}"),
        )
        for one in (found.stays, found.goes, *found.moved)
    ]
    store.write(writes, by=by)
    return found


def _joined(first: Any, second: Any) -> Any:  # noqa: ANN401 (plain data of any shape)
    """Return plain data with what the second has and the first lacks; lists are joined, each item once."""
    if isinstance(first, dict) and isinstance(second, dict):
        names = [*first, *(name for name in second if name not in first)]
        return {name: _joined(first.get(name), second.get(name)) for name in names}
    if isinstance(first, list) and isinstance(second, list):
        return [*first, *(item for item in second if item not in first)]
    return second if first is None else first


def _moved(value: Any, goes_id: str, stays_id: str) -> Any:  # noqa: ANN401 (plain data of any shape)
    """Return plain data with references moved, each of a list's items once."""
    if isinstance(value, dict):
        return {name: item if name == "id" else _moved(item, goes_id, stays_id) for name, item in value.items()}
    if isinstance(value, list):
        items: list[Any] = []
        for item in value:
            moved = _moved(item, goes_id, stays_id)
            if moved not in items:
                items.append(moved)
        return items
    return stays_id if value == goes_id else value


def _without_self(plain: dict[str, Any], own_id: str) -> dict[str, Any]:
    """Return a record without what would refer to itself: two that were linked are one now."""

    def keeps(item: Any) -> bool:  # noqa: ANN401 (plain data of any shape)
        return own_id not in (item.values() if isinstance(item, dict) else [item])

    lists = {name: [one for one in value if keeps(one)] for name, value in plain.items() if isinstance(value, list)}
    single = {name: value for name, value in plain.items() if name == "id" or value != own_id}
    return {**single, **lists}
