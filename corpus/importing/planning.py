"""What would become of each row of a source: a record more, a record changed, nothing, or a refusal with its reason.

Invariant: a plan writes nothing, and what is applied is what was planned: both go through `Planner.plan`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from itertools import islice
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select

from corpus.check import check
from corpus.files import MODELS, Located, Record, kind_of, problems_of, to_plain
from corpus.fingerprint import canonical_json
from corpus.importing.fields import Offer, Values, combined, values_of, with_values
from corpus.importing.items import REF, ImportItem, Outcome, RejectedRow, RowRejection, without_empty
from corpus.importing.matching import KnownRecords, RecordMatch
from corpus.records import CurationState, Kind
from corpus.store import RecordStore
from corpus.stored import Write
from corpus.tables import Action, FieldOriginRow, SameBodyRow

ROWS_AT_ONCE = 500
"""Rows that are planned, and written in one transaction, together."""


class RowOutcome(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"
    REVIEW = "review"
    """It may be of a record that is there; a person decides."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What would become of a row."""

    row: int
    verdict: RowOutcome
    name: str
    record_id: str | None = None
    reason: RowRejection | None = None
    detail: str = ""
    raw: Mapping[str, str] = field(default_factory=dict)
    key: str = ""
    maybe: tuple[str, ...] = ()
    write: Write | None = None
    written: Values = field(default_factory=dict)
    """The values that the import would write, by path."""
    offers: Sequence[Offer] = ()
    """The values that it would offer in place of what a person wrote."""


@dataclass(frozen=True)
class ImportOptions:
    """How somebody wants an import to be done."""

    source: str
    as_of: date
    publish: bool = False
    """Whether all that can be published is, and not only what the rule names."""


class Planner:
    """Plans rows in the order of their source."""

    def __init__(self, store: RecordStore, wish: ImportOptions) -> None:
        self._store = store
        self._wish = wish
        self._known = KnownRecords(store, decisions(store))
        self._seen: dict[str, int] = {}

    def plan(self, outcomes: Iterable[Outcome]) -> Iterator[list[Planned]]:
        """Yield what would become of rows, some at a time."""
        iterator = iter(outcomes)
        while some := list(islice(iterator, ROWS_AT_ONCE)):
            yield self._planned(some)

    def _planned(self, outcomes: Sequence[Outcome]) -> list[Planned]:
        matches = {n: self._known.find(one) for n, one in enumerate(outcomes) if isinstance(one, ImportItem)}
        ids = [match.record_id for match in matches.values() if match.record_id]
        stored = self._store.payloads(list(dict.fromkeys(ids)))
        owned = _owned(self._store, list(stored))
        planned: list[Planned] = []
        for number, one in enumerate(outcomes):
            if isinstance(one, RejectedRow):
                planned.append(
                    Planned(one.row, RowOutcome.REFUSED, one.raw.get("name", ""), None, one.reason, one.detail, one.raw)
                )
                continue
            # What an earlier row of these has just made is known only now.
            match = matches[number] if matches[number].record_id else self._known.find(one)
            if match.record_id and match.record_id not in stored:
                planned.append(self._again(one, match.record_id))
            else:
                planned.append(self._one(one, match, stored, owned))
        pairs = zip(outcomes, self._checked(planned), strict=True)
        return [_with_cells(outcome, one) for outcome, one in pairs]

    def _again(self, item: ImportItem, record_id: str) -> Planned:
        row = self._seen.get(record_id, 0)
        if item.weak:
            return Planned(item.row, RowOutcome.SAME, _name(item.plain), record_id, key=_key(item))
        return Planned(item.row, RowOutcome.REFUSED, _name(item.plain), record_id, RowRejection.REPEATED, str(row))

    def _one(
        self,
        item: ImportItem,
        match: RecordMatch,
        stored: Mapping[str, tuple[int, str]],
        owned: Mapping[str, Mapping[str, str]],
    ) -> Planned:
        name, key = _name(item.plain), _key(item)
        if match.given_up:
            return Planned(item.row, RowOutcome.REFUSED, name, None, RowRejection.GIVEN_UP, key=key)
        if match.maybe:
            return Planned(
                item.row, RowOutcome.REVIEW, name, None, RowRejection.MAYBE_KNOWN, ", ".join(match.maybe), key=key,
                maybe=match.maybe,
            )  # fmt: skip
        offered = without_empty(self._resolved(item.plain))
        if match.record_id is None:
            return self._new(item, offered)
        record_id = match.record_id
        self._known.alias(item, record_id)
        if record_id in self._seen and not item.weak:
            return self._again(item, record_id)
        if item.weak:
            return Planned(item.row, RowOutcome.SAME, name, record_id, key=key)
        self._seen[record_id] = item.row
        version, payload = stored[record_id]
        current = json.loads(payload)
        try:
            offered = _as_kept(item.kind, current, offered)
        except ValidationError as error:
            return self._faulty(item, record_id, error)
        found = combined(current, offered, owned.get(record_id, {}), item.soft)
        if not found.written:
            return Planned(item.row, RowOutcome.SAME, name, record_id, key=key, offers=found.offers)
        return self._valid(item, found.plain, found.written, found.offers, version)

    def _new(self, item: ImportItem, offered: dict[str, Any]) -> Planned:
        record_id = self._known.new_id(item)
        state = CurationState.DRAFT
        parts = [part["actor"] for part in offered.get("participants", ())]
        by_rule = item.publish and any(actor in self._known.published for actor in parts)
        if by_rule or (self._wish.publish and not item.weak):
            state = CurationState.PUBLISHED
        plain = {"id": record_id, **{k: v for k, v in offered.items() if k != "id"}, "state": state.value}
        planned = self._valid(item, plain, values_of(offered), (), 0)
        if planned.verdict is RowOutcome.NEW:
            self._known.add(plain)
            self._known.alias(item, record_id)
            self._seen[record_id] = item.row
        return planned

    def _valid(
        self, item: ImportItem, plain: dict[str, Any], written: Values, offers: Sequence[Offer], version: int
    ) -> Planned:
        name, key = _name(item.plain), _key(item)
        try:
            record = MODELS[item.kind].model_validate(plain)
        except ValidationError as error:
            return self._faulty(item, plain["id"], error)
        made = json.loads(canonical_json(record))
        # What a record holds is what its model made of it: hashes are of that, so that they fit what is read again.
        now = values_of(made)
        written = {path: now[path] for path in written if path in now}
        verdict = RowOutcome.CHANGED if version else RowOutcome.NEW
        action = Action.EDIT if version else Action.CREATE
        write = Write(record, action, version, f"import of {self._wish.source}")
        return Planned(item.row, verdict, name, record.id, key=key, write=write, written=written, offers=offers)

    def _faulty(self, item: ImportItem, record_id: str, error: ValidationError) -> Planned:
        faults = "; ".join(f"{problem.field}: {problem.message}" for problem in problems_of(error, "", record_id)[:3])
        return Planned(
            item.row, RowOutcome.REFUSED, _name(item.plain), None, RowRejection.FAULTY, faults, key=_key(item)
        )

    def _resolved(self, value: Any) -> Any:  # noqa: ANN401 (plain data of any shape)
        """Return plain data with references to bodies as ids; parts that refer to what is not known are left out."""
        if isinstance(value, Mapping):
            made = {}
            for name, item in value.items():
                if isinstance(item, str) and item.startswith(REF):
                    found = self._known.id_of(item)
                    if found is None:
                        if name in {"actor", "target", "instrument"}:
                            return None
                        continue
                    made[name] = found
                else:
                    made[name] = self._resolved(item)
            return made
        if isinstance(value, list | tuple):
            found_all = [
                self._known.id_of(item) if isinstance(item, str) and item.startswith(REF) else self._resolved(item)
                for item in value
            ]
            return [item for item in found_all if item is not None]
        return value

    def _checked(self, planned: list[Planned]) -> list[Planned]:
        """Return plans, without those whose records would not fit beside the others."""
        wanted = [Located(one.record_id or "", one.write.record) for one in planned if one.write]
        faults: dict[str, list[str]] = {}
        for problem in check(wanted, self._known.ids):
            faults.setdefault(problem.record, []).append(f"{problem.field}: {problem.message}")
        if not faults:
            return planned
        return [
            self._mended(one, faults[one.record_id]) if one.record_id in faults and one.write else one
            for one in planned
        ]

    def _mended(self, planned: Planned, faults: list[str]) -> Planned:
        """Return a plan as a draft where only a published record would be faulty, and else as a refusal."""
        write = planned.write
        if write is not None and write.expected_version:
            return self._without(planned, write, {fault.partition(":")[0].partition(".")[0] for fault in faults})
        if write is not None and write.record.state is CurationState.PUBLISHED:
            draft: Record = write.record.model_copy(update={"state": CurationState.DRAFT})
            if not check([Located("", draft)], self._known.ids):
                self._known.published.discard(draft.id)
                return replace(planned, write=write._replace(record=draft))
        detail = "; ".join(faults[:3])
        return Planned(
            planned.row, RowOutcome.REFUSED, planned.name, None, RowRejection.FAULTY, detail, key=planned.key
        )

    def _without(self, planned: Planned, write: Write, fields: set[str]) -> Planned:
        """Return a plan in which what a published record cannot hold yet is offered to whoever can complete it."""
        written = {path: v for path, v in planned.written.items() if re.split(r"[.\[]", path)[0] not in fields}
        offers = [*planned.offers, *(Offer(path, v) for path, v in planned.written.items() if path not in written)]
        version, payload = self._store.payloads([write.record.id])[write.record.id]
        record = MODELS[kind_of(write.record.id)].model_validate(with_values(json.loads(payload), written))
        if not written or check([Located("", record)], self._known.ids):
            return replace(planned, verdict=RowOutcome.SAME, write=None, written={}, offers=offers)
        kept = write._replace(record=record, expected_version=version)
        return replace(planned, write=kept, written=written, offers=offers)


def decisions(store: RecordStore) -> dict[str, str | None]:
    """Return what people decided of rows that may be of a record, by what their source calls the thing."""
    with store.database.reading() as session:
        return dict(session.execute(select(SameBodyRow.key, SameBodyRow.record_id)).all())


def _owned(store: RecordStore, record_ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return by record and path the hash of what an import wrote there last."""
    owned: dict[str, dict[str, str]] = {}
    columns = select(FieldOriginRow.record_id, FieldOriginRow.path, FieldOriginRow.value_hash)
    with store.database.reading() as session:
        rows = session.execute(columns.where(FieldOriginRow.record_id.in_(record_ids)).order_by(FieldOriginRow.id))
        for record_id, path, value_hash in rows:
            owned.setdefault(record_id, {})[path] = value_hash
    return owned


def _with_cells(outcome: Outcome, planned: Planned) -> Planned:
    """Return a plan with the cells of its row where somebody has to mend it or decide."""
    if isinstance(outcome, ImportItem) and outcome.raw and planned.verdict in {RowOutcome.REFUSED, RowOutcome.REVIEW}:
        return replace(planned, raw=outcome.raw)
    return planned


def _as_kept(kind: Kind, current: Mapping[str, Any], offered: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an import says as a record would hold it: defaults left out, sums and dates in their one spelling."""
    together = MODELS[kind].model_validate({**current, **offered, "id": current["id"]})
    kept = to_plain(together)
    return {name: kept[name] for name in offered if name in kept and name not in {"id", "state"}}


def _name(plain: Mapping[str, Any]) -> str:
    names = plain.get("name") or plain.get("pref_label") or {}
    return next(iter(names.values()), "")


def _key(item: ImportItem) -> str:
    return item.keys[0] if item.keys else ""
