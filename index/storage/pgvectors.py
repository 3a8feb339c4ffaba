"""Vectors in PostgreSQL, by pgvector: for bases whose vectors should not fill every process.

Invariant: a table of vectors is filled once, with one whole build of the index, and never changed; all processes that
have fetched that build share it. What was changed since is held beside it by each generation, in its own files: the
vectors of new passages, and the numbers of those that are gone.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection, Text, delete, func, insert, select, text
from sqlalchemy.exc import SQLAlchemyError

from corpus.database import Database
from corpus.errors import StoreError
from corpus.tables import IndexVectorsRow
from index.errors import IndexFileError
from index.storage.dense import DenseIndex, Ids, Nearest, Vectors

EXACT_LIMIT = 20_000
"""Passages up to which looking at all of them takes some ten milliseconds."""
PER_LIST = 1_000
"""Vectors to each list of an inverted file, as pgvector recommends."""
PROBED = 0.1
"""The share of lists that a question looks into."""
LEAST_PROBES = 32
KEPT_DAYS = 7
"""Days that a table stays that nobody has searched."""
_USED_SECONDS = 3_600.0
"""Between one note that a table is used and the next."""
_TABLE = "mellomrom_vectors_"
_MARK = "pgvector"
_NOBODY = np.empty(0, np.int64)
_WITHOUT = (
    "MELLOMROM_VECTORS=postgresql needs pgvector 0.7 or later in the database ({reason}). Install it on the server of "
    "the database and have its owner run CREATE EXTENSION vector, or unset MELLOMROM_VECTORS."
)


class InPostgres:
    """Vectors in tables of a database on a server."""

    name = "postgresql"

    def __init__(self, database: Database) -> None:
        self._database = database

    def build(self, ids: Ids, vectors: Vectors) -> PgVectors:
        """Return a store of n vectors (n, dim) under n ids, in a table of its own; tables nobody uses are dropped.

        Raises:
            StoreError: the database cannot hold them; the text says what to do.
        """
        lineage, dim = secrets.token_hex(6), vectors.shape[1]
        now = datetime.now(UTC)
        with _translated(), closing(self._database.own_connection()) as connection:
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS vector"))
            self._forget(connection, now - timedelta(days=KEPT_DAYS))
            table = f"{_TABLE}{lineage}"
            connection.execute(
                text(f"CREATE TABLE {table} (number bigint NOT NULL, embedding halfvec({dim}) NOT NULL)")
            )
            _copied(connection, table, ids, vectors)
            connection.execute(text(f"ALTER TABLE {table} ADD PRIMARY KEY (number)"))
            if len(ids) > EXACT_LIMIT:
                # Lists are trained on what is there, so that they come last.
                connection.execute(text("SET maintenance_work_mem = '512MB'"))
                connection.execute(
                    text(
                        f"CREATE INDEX {table}_near ON {table} USING ivfflat (embedding halfvec_ip_ops) "
                        f"WITH (lists = {lists_for(len(ids))})"
                    )
                )
            connection.execute(text(f"ANALYZE {table}"))
            connection.execute(insert(IndexVectorsRow), {"lineage": lineage, "made_at": now, "used_at": now})
        return PgVectors(self._database, lineage, len(ids), DenseIndex.build(_NOBODY, np.empty((0, dim), np.float32)))

    def load(self, path: Path, factory: str) -> PgVectors:
        """Open what a store of this house has saved.

        Raises:
            IndexFileError: its table is gone, a file cannot be read, or it was made by another house.
        """
        mark, _, version = factory.partition(":")
        lineage, _, count = version.partition(":")
        if mark != _MARK or not count.isdigit() or not lineage.isalnum():
            raise IndexFileError(f"{path}: the vectors are not in the database; the index is built anew.")
        # One that a restore has left empty is not named among them.
        is_filled = self._database.value(select(IndexVectorsRow.lineage).where(IndexVectorsRow.lineage == lineage))
        is_there = self._database.value(select(func.to_regclass(f"{_TABLE}{lineage}").cast(Text)))
        if is_filled is None or is_there is None:
            raise IndexFileError(f"{path}: its vectors are no longer in the database; the index is built anew.")
        try:
            gone = np.load(_gone_file(path), allow_pickle=False)
        except (OSError, ValueError) as error:
            raise IndexFileError(f"{path}: cannot be read; the index is built anew.") from error
        store = PgVectors(self._database, lineage, int(count), DenseIndex.load(path, "IDMap2,SQfp16"))
        store.remove(gone.tolist())
        return store

    def _forget(self, connection: Connection, before: datetime) -> None:
        """Drop what nobody has searched since a moment, and what a build that was broken off or a restore has left."""
        connection.execute(delete(IndexVectorsRow).where(IndexVectorsRow.used_at < before))
        wanted = {f"{_TABLE}{lineage}" for lineage in connection.scalars(select(IndexVectorsRow.lineage))}
        named = text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename LIKE :named")
        there = connection.scalars(named, {"named": f"{_TABLE}%"})
        for table in set(there) - wanted:
            connection.execute(text(f"DROP TABLE IF EXISTS {table}"))


class PgVectors:
    """A table of vectors as it was built, with what was changed since."""

    def __init__(self, database: Database, lineage: str, count: int, added: DenseIndex) -> None:
        self._database = database
        self._lineage = lineage
        self._built = count
        self._added = added
        self._gone = _NOBODY
        self._noted = -_USED_SECONDS
        self.factory = f"{_MARK}:{lineage}:{count}"

    @property
    def count(self) -> int:
        """How many passages are held."""
        return self._built - len(self._gone) + self._added.count

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Add passages."""
        self._added.add(ids, vectors)

    def remove(self, ids: Sequence[int]) -> None:
        """Remove passages; ids that are not there are passed over."""
        self._added.remove(ids)
        self._gone = np.union1d(self._gone, np.asarray(ids, dtype=np.int64))

    def vectors(self, ids: Sequence[int]) -> Vectors | None:  # noqa: ARG002 (none is there)
        """Return None: they are made again from their texts sooner than they are fetched."""
        return None

    def search(self, vector: Vectors, top_k: int, among: Ids | None = None) -> Nearest:
        """Return the nearest passages to one vector (dim,), where wanted only among some; none to zeros."""
        if not self.count or not vector.any():
            return Nearest(_NOBODY, np.empty(0))
        added = self._added.search(vector, top_k, among)
        # As many more as may be among those that are gone.
        built = self._search(vector, top_k + min(len(self._gone), top_k), among)
        there = ~np.isin(built.ids, self._gone)
        ids = np.append(built.ids[there], added.ids)
        cosines = np.append(built.cosines[there], added.cosines)
        order = np.argsort(-cosines, kind="stable")[:top_k]
        return Nearest(ids[order], cosines[order])

    def save(self, path: Path) -> None:
        """Write what was changed since the table was built.

        Raises:
            OSError: it cannot be written.
        """
        self._added.save(path)
        np.save(_gone_file(path), self._gone, allow_pickle=False)

    def _search(self, vector: Vectors, top_k: int, among: Ids | None) -> Nearest:
        from pgvector import HalfVector

        if not self._built:
            return Nearest(_NOBODY, np.empty(0))
        values: dict[str, object] = {"wanted": HalfVector(vector).to_text(), "most": top_k}
        table = f"{_TABLE}{self._lineage}"
        some = f"FROM {table}"
        if among is not None:
            # Those wanted are all looked at, whatever lists they are in.
            some = f"FROM (SELECT * FROM {table} WHERE number = ANY(:among) OFFSET 0) AS wanted"
            values["among"] = among.tolist()
        near = text(
            f"SELECT number, embedding <#> CAST(:wanted AS halfvec) AS far {some} "
            "ORDER BY embedding <#> CAST(:wanted AS halfvec) LIMIT :most"
        )
        with self._database.reading() as session:
            if self._built > EXACT_LIMIT and among is None:
                session.execute(
                    text("SELECT set_config('ivfflat.probes', :probes, true)"), {"probes": str(probes_for(self._built))}
                )
            rows = session.execute(near, values).all()
        self._note_use()
        return Nearest(
            np.fromiter((row[0] for row in rows), np.int64, len(rows)),
            # The operator tells the inner product with its sign turned.
            -np.fromiter((row[1] for row in rows), np.float64, len(rows)),
        )

    def _note_use(self) -> None:
        if time.monotonic() < self._noted + _USED_SECONDS:
            return
        self._noted = time.monotonic()
        used = text("UPDATE index_vectors SET used_at = now() WHERE lineage = :lineage")
        self._database.at_once(used, {"lineage": self._lineage})


def lists_for(count: int) -> int:
    """Return how many lists an inverted file of so many vectors has."""
    return max(count // PER_LIST, 1) if count <= 1_000_000 else round(count**0.5)


def probes_for(count: int) -> int:
    """Return how many of its lists a question looks into."""
    return min(max(LEAST_PROBES, round(PROBED * lists_for(count))), lists_for(count))


def _gone_file(path: Path) -> Path:
    return path.with_suffix(".gone.npy")


def _copied(connection: Connection, table: str, ids: Ids, vectors: Vectors) -> None:
    from pgvector import HalfVector
    from pgvector.psycopg import register_vector

    driven: Any = connection.connection.dbapi_connection
    register_vector(driven)
    with driven.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN WITH (FORMAT BINARY)") as copy:
        copy.set_types(["int8", "halfvec"])
        for number, vector in zip(ids.tolist(), vectors, strict=True):
            copy.write_row((number, HalfVector(vector)))


@contextmanager
def _translated() -> Iterator[None]:
    from psycopg import Error

    try:
        yield
    except (SQLAlchemyError, Error, ImportError) as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0][:200]
        raise StoreError(_WITHOUT.format(reason=reason)) from error
