"""Two records of one thing become one.

Invariant: nothing that either record says is lost without being told: lists are joined, texts and single values of
the one that stays hold, the names of the other become other names of it, and the other is retired whole, with its
history. What referred to the one that goes refers to the one that stays, all in one transaction or not at all. A record
that is published is never taken out of the answers by it: the one that stays is published if either was. As long as
nobody has changed what a merge wrote, it can be undone.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from corpus.check import references
from corpus.curation import raise_if_invalid
from corpus.errors import CorpusError
from corpus.files import MODELS, Located, Record, kind_of, to_plain
from corpus.records import CurationState
from corpus.store import RecordStore
from corpus.stored import Write
from corpus.tables import Action

_MERGED_WITH = "merged with "


class MergePlan(NamedTuple):
    """What would become of two records."""

    before: Record
    """The one that stays, as it was."""
    stays: Record
    goes: Record
    """The other one, retired."""
    moved: tuple[Record, ...]
    """Other records, their references moved."""


def merged(store: RecordStore, stays_id: str, goes_id: str) -> MergePlan:
    """Return what would become of two records of one kind, and of those that refer to the one that goes.

    Raises:
        UnknownRecordError: there is no such record.
        CorpusError: they are one and the same, or of different kinds.
    """
    stays, goes = store.get(stays_id).record, store.get(goes_id).record
    if stays_id == goes_id or kind_of(stays_id) is not kind_of(goes_id):
        raise CorpusError(f"Got {stays_id} and {goes_id}, expected two records of one kind. Nothing was changed.")
    model = MODELS[kind_of(stays_id)]
    merge_facts = _joined(_moved(to_plain(stays), goes_id, stays_id), _moved(to_plain(goes), goes_id, stays_id))
    state = CurationState.PUBLISHED if CurationState.PUBLISHED in {stays.state, goes.state} else stays.state
    merge_facts = _with_names({**merge_facts, "id": stays_id, "state": state.value}, to_plain(goes))
    referring = [
        record
        for record in store.records(state=None)
        if record.id not in {stays_id, goes_id} and any(target == goes_id for _, target in references(record))
    ]
    return MergePlan(
        stays,
        model.model_validate(_without_self(merge_facts, stays_id)),
        goes.model_copy(update={"state": CurationState.RETIRED}),
        tuple(MODELS[kind_of(one.id)].model_validate(_moved(to_plain(one), goes_id, stays_id)) for one in referring),
    )


def merge(store: RecordStore, stays_id: str, goes_id: str, by: str) -> MergePlan:
    """Make two records of one kind into one, and return what was written.

    Raises:
        UnknownRecordError: there is no such record.
        CorpusError: they are one and the same, or of different kinds.
        InvalidRecordError: what came of it would not fit beside the others; nothing is written.
        EditConflictError: one of them was changed meanwhile; nothing is written.
    """
    marks = store.marks()
    found = merged(store, stays_id, goes_id)
    raise_if_invalid(store, [Located(one.id, one) for one in (found.stays, found.goes, *found.moved)])
    notes = {stays_id: f"{_MERGED_WITH}{goes_id}", goes_id: f"merged into {stays_id}"}
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


def order_of(store: RecordStore, one_id: str, other_id: str) -> tuple[str, str]:
    """Return two records as the one that stays by default and the one that goes: what is published stays.

    Raises:
        UnknownRecordError: there is no such record.
    """
    one, other = store.get(one_id).record, store.get(other_id).record
    swaps = other.state is CurationState.PUBLISHED and one.state is not CurationState.PUBLISHED
    return (other_id, one_id) if swaps else (one_id, other_id)


def merged_with(store: RecordStore, record_id: str) -> str | None:
    """Return the record that was merged into another, if that was the last that happened to the other."""
    note = store.history(record_id)[-1].note or ""
    return note.removeprefix(_MERGED_WITH) if note.startswith(_MERGED_WITH) else None


def undo_merge(store: RecordStore, stays_id: str, by: str) -> list[str]:
    """Make the records that the last merge of a record wrote what they were before it; return their ids.

    Raises:
        UnknownRecordError: there is no such record.
        CorpusError: the last that happened to the record was no merge.
        EditConflictError: one of them was changed since; nothing is written.
    """
    goes_id = merged_with(store, stays_id)
    if goes_id is None:
        raise CorpusError(f"{stays_id} was changed since it was merged, or never was. Bring back versions one by one.")
    merge_of = store.history(stays_id)[-1]
    referring = [
        record.id
        for record in store.records(state=None)
        if record.id not in {stays_id, goes_id} and any(target == stays_id for _, target in references(record))
    ]
    writes = []
    for record_id in (stays_id, goes_id, *referring):
        past = store.history(record_id)
        written = next((one for one in past if (one.at, one.by) == (merge_of.at, merge_of.by)), None)
        if written is None:
            continue
        before = next((one for one in past if one.version == written.version - 1), None)
        if before is None:
            continue
        record = MODELS[kind_of(record_id)].model_validate_json(before.snapshot)
        writes.append(Write(record, Action.EDIT, written.version, f"the merge with {goes_id} was undone"))
    store.write(writes, by=by)
    return [write.record.id for write in writes]


def _with_names(plain: dict[str, Any], goes: dict[str, Any]) -> dict[str, Any]:
    """Return a record as plain data with the names of another as other names of its own, each once."""
    if "pref_label" in plain:
        known = {str(text).casefold() for text in plain["pref_label"].values()}
        labels = {language: list(some) for language, some in (plain.get("alt_labels") or {}).items()}
        for language, label in goes["pref_label"].items():
            others = labels.setdefault(language, [])
            if label.casefold() not in known | {other.casefold() for other in others}:
                others.append(label)
        return {**plain, "alt_labels": labels}
    names = dict.fromkeys(str(text) for text in goes["name"].values())
    aliases = list(plain.get("aliases") or [])
    known = {str(text).casefold() for text in plain["name"].values()} | {alias["text"].casefold() for alias in aliases}
    new = {name.casefold(): name for name in names if name.casefold() not in known}
    return {**plain, "aliases": [*aliases, *({"text": name, "kind": "alias"} for name in new.values())]}


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
