"""Every record as the brokers' lists show it, and the ways to find one among them.

Invariant: a list is of the records as they are; each is read once, and again when it has changed, so that a page costs
what it shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from pydantic import ConfigDict

from assistant.desk.freshness import CheckIntervals, DueRecord, due, may_be_due
from assistant.funding.schemes import current_call, has_ended
from corpus.drafts import drafts
from corpus.files import Record, kind_of
from corpus.links import dead, newest
from corpus.records import CurationState, FundingInstrument, Kind
from corpus.store import RecordStore
from corpus.stored import Listed
from corpus.text import FALLBACKS, Frozen, LangText, Language
from index.analysis import normalise, words

PER_PAGE = 50


class RecordOrder(StrEnum):
    """What a list of records is in the order of."""

    NAME = "name"
    CHANGED = "changed"
    """The newest change first."""


class RecordFilter(Frozen):
    """Which records a broker wants to see, as an address asks for it."""

    # An address also names the page and the language; the web framework reads the model before it is first used.
    model_config = ConfigDict(extra="ignore", defer_build=False)

    q: str = ""
    kind: Kind | None = None
    state: CurationState | None = None
    theme: str | None = None
    due: bool = False
    """Only those that somebody should hold against their sources."""
    edited: bool = False
    """Only those that differ from what a release shipped."""
    sort: RecordOrder = RecordOrder.NAME


class RecordLine(NamedTuple):
    """A record in a list."""

    id: str
    kind: Kind
    state: CurationState
    names: Mapping[str, str]
    """By language."""
    themes: Sequence[str]
    updated_at: datetime
    updated_by: str
    edited: bool
    checked_on: str | None
    text: str
    """All that it is searched by, normalised."""
    aliases: Sequence[str] = ()
    orgnr: str | None = None
    incomplete: bool = False
    """Whether it is a draft that lacks too much to be a record."""
    may_be_due: bool = False
    """Whether somebody may have to hold it against its sources."""
    called: Sequence[str] = ()
    """Its names, aliases and id, normalised."""
    sorted_by: Mapping[str, str] = {}
    """Its names, normalised, by language."""

    def name(self, language: Language) -> str:
        """Return its name in a language, or the nearest there is."""
        return name_in(self.names, language) or self.id


class _Dates(NamedTuple):
    """What of a record depends on the day."""

    due: DueRecord | None
    deadline: tuple[str, LangText, date] | None
    """Id, name and next deadline of a scheme."""


_ANEW = 500
"""Records that have changed from which all are read anew."""


class Catalogue:
    """Every record as lists show it, each read once and when it has changed."""

    def __init__(self, store: RecordStore, intervals: CheckIntervals = CheckIntervals()) -> None:  # noqa: B008 (frozen)
        self._store = store
        self._intervals = intervals
        self._lines: tuple[int, dict[str, RecordLine]] = (-1, {})
        self._dates: tuple[tuple[object, ...], int, dict[str, _Dates]] = ((), -1, {})
        self._words: tuple[int, frozenset[str]] = (-1, frozenset())

    def lines(self) -> list[RecordLine]:
        """Return all records in any state, in the order of their ids."""
        return list(self.by_id().values())

    def by_id(self) -> Mapping[str, RecordLine]:
        """Return all records in any state by id, in the order of their ids."""
        revision = self._store.revision()
        known, found = self._lines
        if known != revision:
            changed = self._changed(known, revision)
            lines = [_line(one) for one in self._store.listed(changed)]
            kept = found if changed is not None else {}
            some = {
                **{one: kept[one] for one in kept if one not in set(changed or ())},
                **{one.id: one for one in lines},
            }
            found = {one: some[one] for one in sorted(some)}
            self._lines = revision, found
        return found

    def _changed(self, known: int, revision: int) -> list[str] | None:
        """Return the ids of the records changed since a revision; None where all are to be read anew."""
        changed = self._store.changed_since(known) if 0 <= known < revision else None
        return changed if changed is not None and len(changed) <= _ANEW else None

    def incomplete(self) -> list[RecordLine]:
        """Return the drafts that lack too much to be records; nothing refers to them, and no answer holds them."""
        return [
            _line(
                Listed(
                    {**draft.plain, "id": draft.record_id},
                    CurationState.DRAFT,
                    draft.updated_at,
                    draft.updated_by,
                    True,
                )
            )
            ._replace(incomplete=True)
            for draft in drafts(self._store)
        ]  # fmt: skip

    def deadlines(self, today: date) -> list[tuple[str, LangText, date]]:
        """Return id, name and next deadline of the published schemes that have one."""
        return [one.deadline for one in self._dated(today).values() if one.deadline]

    def due(self, today: date) -> list[DueRecord]:
        """Return what somebody should hold against its sources, in the order of their ids."""
        return [one.due for one in self._dated(today).values() if one.due]

    def _dated(self, today: date) -> Mapping[str, _Dates]:
        """Return what depends on the day, read once for each day and asking of links, and of what has changed since."""
        lines, revision = self.by_id(), self._lines[0]
        key = today, newest(self._store.database)
        before, known, found = self._dates
        changed = self._changed(known, revision) if before == key else None
        if before != key or known != revision:
            gone = dead(self._store.database)
            read = list(lines) if changed is None else [one for one in changed if one in lines]
            wanted = [one for one in read if lines[one].may_be_due and lines[one].state is CurationState.PUBLISHED]
            if gone:
                plain = (one.plain for one in self._store.listed(None if changed is None else read))
                wanted += [one["id"] for one in plain if not gone.keys().isdisjoint(_texts(one))]
            kept = found if changed is not None else {}
            some = {one: kept[one] for one in kept if one not in set(changed or ())}
            for record_id, record in self._store.get_many(list(dict.fromkeys(wanted))).items():
                is_due = due([record], gone, today, self._intervals)
                some[record_id] = _Dates(is_due[0] if is_due else None, _deadline(record, today))
            found = {one: some[one] for one in sorted(some)}
            self._dates = key, revision, found
        return found

    def words(self) -> frozenset[str]:
        """Return the words that records other than concepts are called by, read once for each change."""
        lines, revision = self.by_id(), self._lines[0]
        if self._words[0] != revision:
            names = (name for one in lines.values() if one.kind is not Kind.CONCEPT for name in one.names.values())
            self._words = revision, frozenset(word for name in names for word in words(name))
        return self._words[1]

    def find(self, wanted: RecordFilter, language: Language, today: date) -> list[RecordLine]:
        """Return the records that are wanted, in the order that is."""
        asked = normalise(wanted.q).split()
        is_due = {one.record_id for one in self.due(today)} if wanted.due else frozenset()
        found = [
            line
            for line in (*self.lines(), *self.incomplete())
            if (wanted.kind is None or line.kind is wanted.kind)
            and (wanted.state is None or line.state is wanted.state)
            and (wanted.theme is None or wanted.theme in line.themes)
            and (not wanted.edited or line.edited)
            and (not wanted.due or line.id in is_due)
            and all(word in line.text for word in asked)
        ]
        if wanted.sort is RecordOrder.CHANGED:
            return sorted(found, key=lambda line: line.updated_at, reverse=True)
        return sorted(found, key=lambda line: name_in(line.sorted_by, language) or line.id)

    def named(self, kind: Kind, language: Language) -> list[tuple[str, str]]:
        """Return id and name of the records of a kind that can be referred to."""
        alive = (line for line in self.lines() if line.kind is kind and line.state is not CurationState.RETIRED)
        return [(line.id, line.name(language)) for line in alive]


def _deadline(record: Record, today: date) -> tuple[str, LangText, date] | None:
    if not isinstance(record, FundingInstrument) or has_ended(record, today):
        return None
    call = current_call(record, today)
    deadline = call.next_deadline(today) if call else None
    return (record.id, record.name, deadline) if deadline else None


def _line(listed: Listed) -> RecordLine:
    plain = listed.plain
    names = names_of(plain)
    # Of a draft anything may be missing.
    aliases = tuple(alias["text"] for alias in plain.get("aliases") or () if alias.get("text"))
    texts = [plain["id"], *names.values(), *(plain.get("summary") or {}).values(), *aliases]
    for labels in (plain.get("alt_labels"), plain.get("hidden_labels")):
        texts += [text for some in (labels or {}).values() for text in some or ()]
    return RecordLine(
        id=plain["id"],
        kind=kind_of(plain["id"]),
        state=listed.state,
        names=names,
        themes=tuple(plain.get("themes") or ()),
        updated_at=listed.updated_at,
        updated_by=listed.updated_by,
        edited=listed.edited,
        checked_on=plain.get("checked_on"),
        text=normalise("\n".join(texts)),
        aliases=aliases,
        orgnr=plain.get("orgnr"),
        may_be_due=may_be_due(plain),
        called=tuple(normalise(one) for one in (*names.values(), *aliases, plain["id"])),
        sorted_by={language: normalise(name) for language, name in names.items()},
    )


def _texts(plain: Any) -> Iterator[str]:  # noqa: ANN401 (plain data of any shape)
    if isinstance(plain, str):
        yield plain
    elif isinstance(plain, dict | list):
        for one in plain.values() if isinstance(plain, dict) else plain:
            yield from _texts(one)


def names_of(plain: Mapping[str, Any]) -> dict[str, str]:
    """Return the names of a record given as plain data, by language."""
    names: dict[str, str] = plain.get("name") or plain.get("pref_label") or {}
    return names


def name_in(names: Mapping[str, str], language: Language) -> str:
    """Return the name in a language, or in the nearest there is one in; nothing where there is none."""
    return next((names[one] for one in FALLBACKS[language] if names.get(one)), "")
