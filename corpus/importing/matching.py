"""Which record a row is of: by numbers of registers first, then by name and place.

Invariant: two bodies with different numbers of the same register are never taken for one. A likeness of names alone
decides nothing: it makes a list for a person, and what the person decides holds for every later import.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from corpus.files import kind_of
from corpus.importing.items import REF, ImportItem
from corpus.records import CurationState, Kind
from corpus.store import RecordStore
from corpus.text import slug_of

ALIKE = 90.0
"""The likeness (0-100, rapidfuzz, words sorted) of names from which a person should look."""
_COMMON = 400
"""Names that a word may stand in before it tells nothing of which body it is."""
_FORMS = frozenset("as asa ans da ba sa hf rhf sf ks iks kf fkf sti nuf inc ltd ab".split())
"""Legal forms, which lists give and leave out as they like."""
_SUCCESSOR = re.compile(r"^merged into (\S+)$")
_FUZZY = (Kind.ACTOR, Kind.INSTRUMENT)


class RecordMatch(NamedTuple):
    """What was found for an item."""

    record_id: str | None = None
    """The record that it is of."""
    maybe: tuple[str, ...] = ()
    """Records that it may be of, likest first."""
    given_up: bool = False
    """Whether the record that it is of was retired by a person."""


class _Body(NamedTuple):
    numbers: Mapping[str, str]
    """By register, what it calls the body."""
    place: str


def folded(name: str) -> str:
    """Return a name as it is compared: without case, signs and legal forms, and never empty where the name is not."""
    words = re.findall(r"\w+", name.casefold())
    kept = [word for word in words if word not in _FORMS]
    return " ".join(kept or words)


def keys_of(plain: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a record given as plain data is called in registers."""
    if plain.get("orgnr"):
        yield f"orgnr:{plain['orgnr']}"
    for one in plain.get("identifiers", ()):
        yield f"{one['scheme']}:{one['value']}"
    if plain.get("actor_type") == "municipality" and (number := (plain.get("place") or {}).get("kommunenummer")):
        yield f"kommune:{number}"


def names_of(plain: Mapping[str, Any]) -> list[str]:
    """Return every name of a record given as plain data, compared, each once."""
    names = [*(plain.get("name") or plain.get("pref_label") or {}).values()]
    names += [alias["text"] for alias in plain.get("aliases", ()) if alias.get("kind") != "misspelling"]
    return list(dict.fromkeys(folded(name) for name in names if name.strip()))


class KnownRecords:
    """The records that are there, as far as rows are matched with them, and those that an import has made so far."""

    def __init__(self, store: RecordStore, decided: Mapping[str, str | None]) -> None:
        self._store = store
        self._decided = decided
        self.ids: set[str] = set()
        self.published: set[str] = set()
        self._retired: set[str] = set()
        self._by_key: dict[str, str] = {}
        self._by_name: dict[tuple[Kind, str], list[str]] = defaultdict(list)
        self._by_word: dict[tuple[Kind, str], list[str]] = defaultdict(list)
        self._bodies: dict[str, _Body] = {}
        for page in store.pages():
            for _, _, payload in page:
                self.add(json.loads(payload))

    def add(self, plain: Mapping[str, Any]) -> None:
        """Take a record given as plain data among the known."""
        record_id, kind = plain["id"], kind_of(plain["id"])
        state = plain.get("state", CurationState.PUBLISHED.value)
        is_retired = state == CurationState.RETIRED.value
        self.ids.add(record_id)
        if state == CurationState.PUBLISHED.value:
            self.published.add(record_id)
        numbers = dict(key.split(":", 1) for key in keys_of(plain))
        for key in (f"{scheme}:{value}" for scheme, value in numbers.items()):
            # What was merged away keeps its numbers, and so does the one that stays: the latter is meant.
            if not is_retired or key not in self._by_key:
                self._by_key[key] = record_id
        if is_retired:
            self._retired.add(record_id)
        self._bodies[record_id] = _Body(numbers, (plain.get("place") or {}).get("kommunenummer") or "")
        for name in names_of(plain):
            self._by_name[kind, name].append(record_id)
            if kind in _FUZZY:
                for word in set(name.split()):
                    self._by_word[kind, word].append(name)

    def alias(self, item: ImportItem, record_id: str) -> None:
        """Remember for this import what else its source calls a record, so that later rows can refer to it."""
        for key in item.keys:
            self._by_key.setdefault(key, record_id)

    def id_of(self, reference: str) -> str | None:
        """Return the record that a reference means; None where none is known."""
        if not reference.startswith(REF):
            return reference if reference in self.ids else None
        scheme, _, value = reference[len(REF) :].partition(":")
        if scheme == "name":
            found = [one for one in self._by_name.get((Kind.ACTOR, folded(value)), ()) if one not in self._retired]
            return found[0] if len(found) == 1 else None
        found_id = self._by_key.get(f"{scheme}:{value}")
        return self._successor(found_id) if found_id in self._retired else found_id

    def find(self, item: ImportItem) -> RecordMatch:
        """Return which record an item is of."""
        record_id = next((self._by_key[key] for key in item.keys if key in self._by_key), None)
        if record_id is None and item.plain.get("id") in self.ids:
            record_id = item.plain["id"]
        if record_id is None:
            decided = next((key for key in item.keys if key in self._decided), None)
            if decided is not None:
                record_id = self._decided[decided]
                if record_id is None or record_id not in self.ids:
                    return RecordMatch()
        if record_id is None:
            exact, maybe = self._by_names(item)
            if exact is None:
                return RecordMatch(maybe=maybe)
            record_id = exact
        if record_id in self._retired:
            successor = self._successor(record_id)
            return RecordMatch(successor, given_up=successor is None)
        return RecordMatch(record_id)

    def new_id(self, item: ImportItem) -> str:
        """Return an id that no record has, made of a name and, where that is taken, of a number."""
        wanted: str | None = item.plain.get("id")
        if wanted:
            return wanted
        names = item.plain.get("name") or item.plain.get("pref_label") or {}
        slug = slug_of(next(iter(names.values()), "")) or slug_of(item.keys[0])
        made = f"{item.kind}:{slug}"
        if made in self.ids:
            number = slug_of(item.keys[0].partition(":")[2])[-20:].strip("-") if item.keys else ""
            made = f"{item.kind}:{slug[: 58 - len(number)].strip('-')}-{number}" if number else made
        suffix = 2
        stem = made
        while made in self.ids:
            made = f"{stem}-{suffix}"
            suffix += 1
        return made

    def _by_names(self, item: ImportItem) -> tuple[str | None, tuple[str, ...]]:
        """Return the one record of that name and place, and else those that may be meant."""
        names = names_of(item.plain)
        numbers = dict(key.split(":", 1) for key in item.keys if not key.startswith("name:"))
        place = (item.plain.get("place") or {}).get("kommunenummer") or ""
        same = [
            record_id
            for record_id in dict.fromkeys(one for name in names for one in self._by_name.get((item.kind, name), ()))
            if self._may_be(record_id, numbers, place)
        ]
        alive = [one for one in same if one not in self._retired] or same
        if len(alive) == 1 or (alive and item.kind not in _FUZZY):
            return alive[0], ()
        if alive or item.kind not in _FUZZY or not names:
            return None, tuple(alive)
        return None, self._alike(item.kind, names[0], numbers, place)

    def _alike(self, kind: Kind, name: str, numbers: Mapping[str, str], place: str) -> tuple[str, ...]:
        from rapidfuzz import fuzz, process

        near: dict[str, None] = {}
        for word in set(name.split()):
            some = self._by_word.get((kind, word), ())
            if len(some) <= _COMMON:
                near.update(dict.fromkeys(some))
        found = process.extract(name, list(near), scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE, limit=3)
        ids = dict.fromkeys(one for alike, _, _ in found for one in self._by_name[kind, alike])
        return tuple(one for one in ids if one not in self._retired and self._may_be(one, numbers, place))

    def _may_be(self, record_id: str, numbers: Mapping[str, str], place: str) -> bool:
        body = self._bodies[record_id]
        if any(body.numbers.get(scheme, value) != value for scheme, value in numbers.items()):
            return False
        return not (place and body.place and place != body.place)

    def _successor(self, record_id: str | None) -> str | None:
        """Return the record that a retired one was merged into, itself alive; None where a person just retired it."""
        seen: set[str] = set()
        while record_id in self._retired and record_id not in seen:
            seen.add(record_id)
            notes = (one.note or "" for one in reversed(self._store.history(record_id)))
            record_id = next((found[1] for note in notes if (found := _SUCCESSOR.match(note))), None)
        return record_id if record_id in self.ids and record_id not in self._retired else None
