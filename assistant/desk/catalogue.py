"""Every record as the brokers' lists show it, and the ways to find one among them.

Invariant: a list is of the records as they are; they are read once for each change of the store, so that a page costs
what it shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from pydantic import ConfigDict

from assistant.desk.freshness import Due, Intervals, due, may_be_due
from assistant.funding.schemes import current_call, has_ended
from corpus.drafts import drafts
from corpus.files import kind_of
from corpus.links import dead, newest
from corpus.records import CurationState, FundingInstrument, Kind
from corpus.store import Listed, RecordStore
from corpus.text import FALLBACKS, Frozen, LangText, Language
from index.analysis import normalise

PER_PAGE = 50


class Sort(StrEnum):
    """What a list of records is in the order of."""

    NAME = "name"
    CHANGED = "changed"
    """The newest change first."""


class PreparedQuery(Frozen):
    """Which records a broker wants to see, as an address asks for it."""

    # An address also names the page and the language.
    model_config = ConfigDict(extra="ignore")

    q: str = ""
    kind: Kind | None = None
    state: CurationState | None = None
    theme: str | None = None
    due: bool = False
    """Only those that somebody should hold against their sources."""
    edited: bool = False
    """Only those that differ from what a release shipped."""
    sort: Sort = Sort.NAME


class Line(NamedTuple):
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

    def name(self, language: Language) -> str:
        """Return its name in a language, or the nearest there is."""
        return name_in(self.names, language) or self.id


class Catalogue:
    """Every record as lists show it, read once for each change of the store."""

    def __init__(self, store: RecordStore, intervals: Intervals = Intervals()) -> None:  # noqa: B008 (frozen)
        self._store = store
        self._intervals = intervals
        self._due: tuple[tuple[object, ...], list[Due]] = ((), [])
        self._lines: tuple[int, list[Line]] = (-1, [])
        self._deadlines: tuple[tuple[int, date | None], list[tuple[str, LangText, date]]] = ((-1, None), [])

    def lines(self) -> list[Line]:
        """Return all records in any state, in the order of their ids."""
        revision = self._store.revision()
        if self._lines[0] != revision:
            self._lines = revision, [_line(one) for one in self._store.listed()]
        return self._lines[1]

    def incomplete(self) -> list[Line]:
        """Return the drafts that lack too much to be records; nothing refers to them, and no answer holds them."""
        return [
            _line(Listed({**one.plain, "id": one.record_id}, CurationState.DRAFT, one.updated_at, one.updated_by, True))
            ._replace(incomplete=True)
            for one in drafts(self._store)
        ]  # fmt: skip

    def deadlines(self, today: date) -> list[tuple[str, LangText, date]]:
        """Return id, name and next deadline of the published schemes that have one, read once a day and change."""
        key = self._store.revision(), today
        if self._deadlines[0] != key:
            found = []
            for scheme in self._store.records(Kind.INSTRUMENT):
                if isinstance(scheme, FundingInstrument) and not has_ended(scheme, today):
                    call = current_call(scheme, today)
                    deadline = call.next_deadline(today) if call else None
                    if deadline:
                        found.append((scheme.id, scheme.name, deadline))
            self._deadlines = key, found
        return self._deadlines[1]

    def due(self, today: date) -> list[Due]:
        """Return what somebody should hold against its sources, read once for each day, change and asking of links."""
        key = self._store.revision(), today, newest(self._store.database)
        if self._due[0] != key:
            gone = dead(self._store.database)
            wanted = [line.id for line in self.lines() if line.may_be_due and line.state is CurationState.PUBLISHED]
            if gone:
                plain = (one.plain for one in self._store.listed())
                wanted += [one["id"] for one in plain if not gone.keys().isdisjoint(_texts(one))]
            records = list(self._store.get_many(list(dict.fromkeys(wanted))).values())
            self._due = key, due(records, gone, today, self._intervals)
        return self._due[1]

    def find(self, wanted: PreparedQuery, language: Language, today: date) -> list[Line]:
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
        if wanted.sort is Sort.CHANGED:
            return sorted(found, key=lambda line: line.updated_at, reverse=True)
        return sorted(found, key=lambda line: normalise(line.name(language)))

    def theme_finder(self) -> Callable[[Iterable[str]], str]:
        """Return what gives the first theme of the first of some records that has any, and nothing where none has."""
        themes = {line.id: line.themes[0] for line in self.lines() if line.themes}
        return lambda record_ids: next((themes[one] for one in record_ids if one in themes), "")

    def named(self, kind: Kind, language: Language) -> list[tuple[str, str]]:
        """Return id and name of the records of a kind that can be referred to."""
        alive = (line for line in self.lines() if line.kind is kind and line.state is not CurationState.RETIRED)
        return [(line.id, line.name(language)) for line in alive]


def _line(listed: Listed) -> Line:
    plain = listed.plain
    names = names_of(plain)
    # Of a draft anything may be missing.
    aliases = tuple(alias["text"] for alias in plain.get("aliases") or () if alias.get("text"))
    texts = [plain["id"], *names.values(), *(plain.get("summary") or {}).values(), *aliases]
    for labels in (plain.get("alt_labels"), plain.get("hidden_labels")):
        texts += [text for some in (labels or {}).values() for text in some or ()]
    return Line(
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
