"""The passages, names, places and links behind the vectors and the words, in one SQLite file.

Invariant: the file is written while an index is built and only read afterwards; a passage's number is never used
again for another passage, so a vector can't come to stand for other text.
"""

from __future__ import annotations

import json
import sqlite3
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from corpus.files import Record
from corpus.records import Actor, ActorType, FundingInstrument, Kind, ProjectIdea, Role
from corpus.text import Language
from corpus.vocabulary import Concept
from index.audience import audience_of
from index.errors import IndexFileError
from index.storage.concepts import ConceptFinder
from index.storage.passage_rows import FACETS, NumberedPassage, PassageMeta, TaggedPassage, Tags
from index.storage.passages import UNQUOTED, Facet, Passage
from index.storage.record_cache import RecordCache
from index.storage.record_traits import (
    AREAS,
    NATIONWIDE,
    ActorTraits,
    Name,
    PlacedRecord,
    authorities_of,
    counties_reached,
    general_counties,
    names_of,
)

_SCHEMA = """
CREATE TABLE passage (id INTEGER PRIMARY KEY AUTOINCREMENT, record_id TEXT NOT NULL, kind TEXT NOT NULL,
    facet TEXT NOT NULL, language TEXT NOT NULL, text TEXT NOT NULL, source TEXT NOT NULL, about TEXT, role TEXT,
    concepts TEXT NOT NULL, stems TEXT NOT NULL);
CREATE INDEX passage_record ON passage (record_id);
CREATE TABLE name (record_id TEXT NOT NULL, text TEXT NOT NULL, kind TEXT NOT NULL, words TEXT NOT NULL);
CREATE INDEX name_record ON name (record_id);
CREATE TABLE place (record_id TEXT PRIMARY KEY, name TEXT NOT NULL, kommunenummer TEXT, fylkesnummer TEXT,
    country TEXT NOT NULL, is_area INTEGER NOT NULL);
CREATE INDEX place_area ON place (is_area);
CREATE TABLE link (idea_id TEXT NOT NULL, actor_id TEXT NOT NULL, role TEXT NOT NULL,
    PRIMARY KEY (idea_id, actor_id, role));
CREATE INDEX link_actor ON link (actor_id);
CREATE TABLE authority (scheme_id TEXT NOT NULL, actor_id TEXT NOT NULL, PRIMARY KEY (scheme_id, actor_id));
CREATE TABLE theme (record_id TEXT NOT NULL, theme TEXT NOT NULL, PRIMARY KEY (record_id, theme));
CREATE TABLE body (record_id TEXT PRIMARY KEY, sort TEXT NOT NULL, home TEXT);
CREATE TABLE reach (record_id TEXT NOT NULL, fylkesnummer TEXT NOT NULL, PRIMARY KEY (record_id, fylkesnummer));
CREATE TABLE general (record_id TEXT NOT NULL, fylkesnummer TEXT NOT NULL, PRIMARY KEY (record_id, fylkesnummer));
CREATE INDEX general_county ON general (fylkesnummer);
CREATE TABLE audience (record_id TEXT NOT NULL, applicant TEXT NOT NULL, share REAL NOT NULL,
    PRIMARY KEY (record_id, applicant));
CREATE TABLE registry (record_id TEXT PRIMARY KEY);
CREATE TABLE document (key TEXT PRIMARY KEY, value TEXT NOT NULL);
"""

GENERAL_SCHEMES = 40
"""Schemes for any theme that are judged for each need, whatever its words; more than a county and the state have."""
_PRESENT = "EXISTS (SELECT 1 FROM passage WHERE passage.record_id = actor_id)"
_UNREAD = -1
_IN_ONE_QUERY = 500
"""Fewer values than the smallest limit of host parameters that SQLite is built with."""


@lru_cache(maxsize=2)
def _finder(vocabulary: str) -> ConceptFinder:
    """Return the finder of a vocabulary; generations that follow each other have the same one."""
    return ConceptFinder.from_plain(json.loads(vocabulary))


class PassageTable:
    """Passages by number, and what else is looked up by record."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        # A statement that two threads run at once is the same one to sqlite3, which mixes up their rows.
        self._reading = Lock()
        self.headed: list[str] = []
        """Ids of the records of passages that were asked for."""
        self._position_of: dict[str, int] = {}
        self._heads = PassageMeta(np.empty(0, np.int64), np.empty(0, np.int64))
        self._heading = Lock()
        self._quotable = RecordCache(lambda ids: {record_id: self._read_quotable(record_id) for record_id in ids})
        self._names = RecordCache(self._read_names)
        self._themes = RecordCache(self._read_themes)
        self._registry = RecordCache(self._read_registry)
        self._audience = RecordCache(self._read_audience)
        self._bodies = RecordCache(self._read_bodies)
        self._numbers = RecordCache(self._read_numbers)

    @classmethod
    def create(cls, path: Path) -> Self:
        """Make an empty table in a new file."""
        connection = sqlite3.connect(path, isolation_level=None)
        connection.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; {_SCHEMA} BEGIN;")
        return cls(connection)

    @classmethod
    def edit(cls, path: Path) -> Self:
        """Open a file that nobody else reads yet, to change it."""
        connection = sqlite3.connect(path, isolation_level=None)
        connection.executescript("PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; BEGIN;")
        return cls(connection)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Open a finished file to read, from any thread.

        Raises:
            IndexFileError: it is not such a file.
        """
        connection = None
        try:
            address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
            connection = sqlite3.connect(address, uri=True, check_same_thread=False)
            connection.execute("SELECT 1 FROM passage LIMIT 1")
        except sqlite3.Error as error:
            if connection is not None:
                connection.close()
            raise IndexFileError(f"{path}: cannot be read ({error}); it is rebuilt from the store.") from error
        table = cls(connection)
        # Whoever still reads an index that was replaced keeps it; the last to let go closes it.
        weakref.finalize(table, connection.close).atexit = False
        return table

    def commit(self) -> None:
        """Finish writing."""
        self._db.execute("COMMIT")

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def add(self, record: Record, kind: Kind, tagged: Iterable[TaggedPassage]) -> list[NumberedPassage]:
        """Write what is looked up of a record, and return its passages with their new numbers."""
        numbered = []
        for passage, concepts, stems in tagged:
            cursor = self._db.execute(
                "INSERT INTO passage (record_id, kind, facet, language, text, source, about, role, concepts, stems)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (passage.record_id, kind, *passage[1:], " ".join(concepts), " ".join(sorted(stems))),
            )
            numbered.append(NumberedPassage(int(cursor.lastrowid or 0), passage, concepts, stems))
        names = ((name.record_id, name.text, name.kind, " ".join(name.words)) for name in names_of(record))
        self._db.executemany("INSERT INTO name VALUES (?, ?, ?, ?)", names)
        if isinstance(record, Actor) and record.place:
            place = record.place
            is_area = record.actor_type in AREAS and bool(place.name)
            name = place.name or record.name.best(Language.NB).text
            row = (record.id, name, place.kommunenummer, place.fylkesnummer, place.country, is_area)
            self._db.execute("INSERT INTO place VALUES (?, ?, ?, ?, ?, ?)", row)
        if isinstance(record, Actor):
            home = record.place.fylkesnummer if record.place else None
            self._db.execute("INSERT INTO body VALUES (?, ?, ?)", (record.id, record.actor_type.value, home))
            reach = ((record.id, county) for county in counties_reached(record))
            self._db.executemany("INSERT INTO reach VALUES (?, ?)", reach)
        if isinstance(record, ProjectIdea):
            parts = {(record.id, participation.actor, participation.role) for participation in record.participants}
            self._db.executemany("INSERT INTO link VALUES (?, ?, ?)", sorted(parts))
            if record.origin.registry:
                self._db.execute("INSERT INTO registry VALUES (?)", (record.id,))
        if not isinstance(record, Concept):
            themes = ((record.id, theme) for theme in dict.fromkeys(record.los))
            self._db.executemany("INSERT INTO theme VALUES (?, ?)", themes)
        if isinstance(record, FundingInstrument):
            shares = ((record.id, applicant.value, share) for applicant, share in audience_of(record).items())
            self._db.executemany("INSERT INTO audience VALUES (?, ?, ?)", shares)
            authorities = ((record.id, actor_id) for actor_id in authorities_of(record))
            self._db.executemany("INSERT INTO authority VALUES (?, ?)", authorities)
            general = ((record.id, county) for county in general_counties(record))
            self._db.executemany("INSERT INTO general VALUES (?, ?)", general)
        return numbered

    def tags(self, record_ids: Sequence[str]) -> dict[tuple[str, str], Tags]:
        """Return by text and language what the passages of some records are tagged with."""
        columns = "SELECT text, language, concepts, stems FROM passage WHERE stems != '' AND record_id IN"
        return {
            (passage, language): Tags(tuple(concepts.split()), frozenset(stems.split()))
            for passage, language, concepts, stems in self._in(columns, record_ids)
        }

    def numbers_of_texts(self, record_ids: Sequence[str]) -> dict[str, tuple[Kind, int]]:
        """Return by text the kind and the number of a passage of some records that has it."""
        rows = self._in("SELECT text, kind, id FROM passage WHERE record_id IN", record_ids)
        return {passage: (Kind(kind), number) for passage, kind, number in rows}

    def remove(self, record_id: str) -> list[int]:
        """Remove a record and return the numbers its passages had."""
        numbers = [row[0] for row in self._db.execute("SELECT id FROM passage WHERE record_id = ?", (record_id,))]
        for statement in (
            "DELETE FROM passage WHERE record_id = ?",
            "DELETE FROM name WHERE record_id = ?",
            "DELETE FROM place WHERE record_id = ?",
            "DELETE FROM registry WHERE record_id = ?",
            "DELETE FROM theme WHERE record_id = ?",
            "DELETE FROM audience WHERE record_id = ?",
            "DELETE FROM general WHERE record_id = ?",
            "DELETE FROM reach WHERE record_id = ?",
            "DELETE FROM body WHERE record_id = ?",
            "DELETE FROM link WHERE idea_id = ?",
            "DELETE FROM authority WHERE scheme_id = ?",
        ):
            self._db.execute(statement, (record_id,))
        return numbers

    def actors_of(self, idea_ids: Iterable[str]) -> set[str]:
        """Return the actors that took part in any of the ideas."""
        return {row[0] for row in self._in("SELECT actor_id FROM link WHERE idea_id IN", list(idea_ids))}

    def ideas_of(self, actor_id: str) -> list[str]:
        """Return the ideas an actor took part in, by id."""
        rows = self._rows("SELECT DISTINCT idea_id FROM link WHERE actor_id = ? ORDER BY idea_id", (actor_id,))
        return [row[0] for row in rows]

    def parts_in(self, idea_ids: Sequence[str]) -> list[tuple[str, str, Role]]:
        """Return idea, actor and role for everyone in the index who took part in some ideas."""
        rows = self._in(f"SELECT idea_id, actor_id, role FROM link WHERE {_PRESENT} AND idea_id IN", idea_ids)
        return [(idea_id, actor_id, Role(role)) for idea_id, actor_id, role in rows]

    def from_registries(self, idea_ids: Sequence[str]) -> set[str]:
        """Return which of some ideas were read from a register, and not put forward by people."""
        return {idea_id for idea_id, is_from_registry in self._registry.get(idea_ids).items() if is_from_registry}

    def _read_registry(self, idea_ids: Sequence[str]) -> Mapping[str, bool]:
        found = {row[0] for row in self._in("SELECT record_id FROM registry WHERE record_id IN", idea_ids)}
        return {idea_id: idea_id in found for idea_id in idea_ids}

    @cached_property
    def of_people(self) -> NDArray[np.int64] | None:
        """The numbers of the passages of ideas that people put forward (n,); None where no idea is from a register."""
        if not self._rows("SELECT 1 FROM registry LIMIT 1"):
            return None
        own = "SELECT id FROM passage WHERE kind = ? AND record_id NOT IN (SELECT record_id FROM registry) ORDER BY id"
        return np.array([row[0] for row in self._rows(own, (Kind.IDEA,))], dtype=np.int64)

    def authorities(self, scheme_ids: Sequence[str]) -> list[tuple[str, str]]:
        """Return scheme and actor for everyone in the index who owns or runs some schemes today."""
        columns = "SELECT scheme_id, actor_id FROM authority"
        return list(self._in(f"{columns} WHERE {_PRESENT} AND scheme_id IN", scheme_ids))

    def themes(self, record_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Return the themes of Los of records, for those that have any."""
        return {record_id: themes for record_id, themes in self._themes.get(record_ids).items() if themes}

    def _read_themes(self, record_ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = dict.fromkeys(record_ids, ())
        for record_id, theme in self._in("SELECT record_id, theme FROM theme WHERE record_id IN", record_ids):
            found[record_id] += (theme,)
        return found

    def audience(self, record_ids: Sequence[str], applicant: ActorType) -> dict[str, float]:
        """Return how sure it is that a kind of applicant may apply, for each of some schemes."""
        kept = self._audience.get(record_ids)
        return {record_id: share[applicant] for record_id, share in kept.items() if applicant in share}

    def _read_audience(self, record_ids: Sequence[str]) -> Mapping[str, dict[str, float]]:
        found: dict[str, dict[str, float]] = {record_id: {} for record_id in record_ids}
        columns = "SELECT record_id, applicant, share FROM audience WHERE record_id IN"
        for record_id, applicant, share in self._in(columns, record_ids):
            found[record_id][applicant] = share
        return found

    def bodies(self, record_ids: Sequence[str]) -> dict[str, ActorTraits]:
        """Return what sort of body each of some actors is, and for whom it is there."""
        return self._bodies.get(record_ids)

    def _read_bodies(self, record_ids: Sequence[str]) -> Mapping[str, ActorTraits]:
        counties: dict[str, set[str]] = {record_id: set() for record_id in record_ids}
        for record_id, county in self._in("SELECT record_id, fylkesnummer FROM reach WHERE record_id IN", record_ids):
            counties[record_id].add(county)
        rows = self._in("SELECT record_id, sort, home FROM body WHERE record_id IN", record_ids)
        return {
            record_id: ActorTraits(ActorType(sort), home, frozenset(counties[record_id]))
            for record_id, sort, home in rows
        }

    def general_schemes(self, fylkesnummer: str | None) -> list[str]:
        """Return the schemes for any theme in the whole country and, where it is known, in a county; by id."""
        counties = [NATIONWIDE] if fylkesnummer is None else [NATIONWIDE, fylkesnummer]
        rows = self._in("SELECT DISTINCT record_id FROM general WHERE fylkesnummer IN", counties)
        return sorted(record_id for (record_id,) in rows)[:GENERAL_SCHEMES]

    def heads(self, numbers: NDArray[np.int64]) -> PassageMeta:
        """Return record and facet of n passages by number (n,)."""
        with self._heading:
            records, facets = self._heads
            if len(numbers) and (last := int(numbers.max())) >= len(records):
                more = np.full(last + 1 - len(records), _UNREAD)
                records, facets = self._heads = PassageMeta(np.append(records, more), np.append(facets, more))
            unread = numbers[records[numbers] == _UNREAD].tolist()
            for number, record_id, facet in self._in("SELECT id, record_id, facet FROM passage WHERE id IN", unread):
                if record_id not in self._position_of:
                    self._position_of[record_id] = len(self.headed)
                    self.headed.append(record_id)
                records[number], facets[number] = self._position_of[record_id], FACETS.index(Facet(facet))
            return PassageMeta(records[numbers], facets[numbers])

    def numbers(self, record_ids: Sequence[str]) -> NDArray[np.int64]:
        """Return the numbers of all passages of some records (n,), in no particular order."""
        kept = self._numbers.get(record_ids)
        return np.concatenate([*kept.values(), np.empty(0, np.int64)])

    def _read_numbers(self, record_ids: Sequence[str]) -> Mapping[str, NDArray[np.int64]]:
        found = dict.fromkeys(record_ids, np.empty(0, np.int64))
        scattered: dict[str, list[int]] = {}
        # A record's passages are written together, so that two numbers tell of all.
        columns = "SELECT record_id, min(id), max(id), count(*) FROM passage WHERE record_id IN"
        for record_id, first, last, many in self._in(columns, record_ids, "GROUP BY record_id"):
            if last - first + 1 == many:
                found[record_id] = np.arange(first, last + 1, dtype=np.int64)
            else:
                scattered[record_id] = []
        for number, record_id in self._in("SELECT id, record_id FROM passage WHERE record_id IN", list(scattered)):
            scattered[record_id].append(number)
        return found | {record_id: np.array(numbers, np.int64) for record_id, numbers in scattered.items()}

    def quotable(self, record_id: str) -> list[NumberedPassage]:
        """Return the passages of a record that may be quoted, in the order they were written."""
        return self._quotable.get([record_id])[record_id]

    def _read_quotable(self, record_id: str) -> list[NumberedPassage]:
        rows = self._rows(
            "SELECT id, concepts, stems, record_id, facet, language, text, source, about, role FROM passage"
            f" WHERE record_id = ? AND facet NOT IN ({', '.join('?' * len(UNQUOTED))}) ORDER BY id",
            (record_id, *UNQUOTED),
        )
        return [
            NumberedPassage(
                number,
                Passage(owner, Facet(facet), Language(tongue), text, source, about, Role(role) if role else None),
                tuple(concepts.split()),
                frozenset(stems.split()),
            )
            for number, concepts, stems, owner, facet, tongue, text, source, about, role in rows
        ]

    def names(self, record_ids: Sequence[str]) -> list[Name]:
        """Return the names of records."""
        return [name for names in self._names.get(record_ids).values() for name in names]

    def _read_names(self, record_ids: Sequence[str]) -> Mapping[str, list[Name]]:
        found: dict[str, list[Name]] = {record_id: [] for record_id in record_ids}
        rows = self._in("SELECT record_id, text, kind, words FROM name WHERE record_id IN", record_ids)
        for record_id, text, kind, spelled in rows:
            found[record_id].append(Name(record_id, text, kind, tuple(spelled.split())))
        return found

    def places(self, record_ids: Sequence[str]) -> dict[str, PlacedRecord]:
        """Return where records are, for those that say."""
        columns = "SELECT record_id, name, kommunenummer, fylkesnummer, country FROM place WHERE record_id IN"
        return {row[0]: PlacedRecord(*row) for row in self._in(columns, record_ids)}

    def areas(self) -> list[PlacedRecord]:
        """Return the municipalities and counties."""
        columns = "record_id, name, kommunenummer, fylkesnummer, country"
        rows = self._rows(f"SELECT {columns} FROM place WHERE is_area ORDER BY record_id")
        return [PlacedRecord(*row) for row in rows]

    def put_concepts(self, finder: ConceptFinder) -> None:
        """Keep the vocabulary as it was when the passages were tagged."""
        text = json.dumps(finder.to_plain(), ensure_ascii=False, sort_keys=True)
        self._db.execute("INSERT OR REPLACE INTO document VALUES ('concepts', ?)", (text,))

    def concepts(self) -> ConceptFinder:
        """Return the vocabulary the passages were tagged with."""
        rows = self._rows("SELECT value FROM document WHERE key = 'concepts'")
        return _finder(rows[0][0]) if rows else ConceptFinder.of([])

    def _in(self, query: str, values: Sequence[Any], rest: str = "") -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query that ends in ``IN``, for some values, with what follows them."""
        for start in range(0, len(values), _IN_ONE_QUERY):
            part = values[start : start + _IN_ONE_QUERY]
            yield from self._rows(f"{query} ({', '.join('?' * len(part))}) {rest}", part)

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._reading:
            return self._db.execute(query, values).fetchall()
