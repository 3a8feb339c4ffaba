"""The shelf: where a whole index lies for the other machines, so that it is built once for all of them.

Invariant: what is taken from the shelf is word for word what was laid there, by size and digest of each file, or it is
not used. Files lie there by their digest, in parts, so that those two generations share lie there once; a generation is
on the shelf once all its files are. One machine at a time builds, lays there and fetches.
"""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from math import ceil
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from pydantic import ValidationError
from sqlalchemy import delete, func, select

from corpus.database import Database
from corpus.sharing import alone
from corpus.tables import IndexFileRow, IndexGenerationRow
from index.build_versions import build_versions
from index.errors import IndexFileError
from index.storage.persistence import (
    FORMAT,
    FileMark,
    Generation,
    Manifest,
    link,
    mark_file,
    publish,
    read_current,
    stage,
)
from index.storage.vectors import Means

PART = 4_000_000
"""Bytes of a file that lie in one row."""
WAITED_SECONDS = 1_800
"""How long a machine waits for another that builds an index."""
OTHERS_DAYS = 7
"""Days that what another release made stays, which some machines may still run."""
_ALONE = 7_211_840
"""The number of the lock among those of a database on a server."""


class Laid(NamedTuple):
    """What is known of a generation on the shelf."""

    manifest: Manifest
    at: datetime
    """When it was laid there."""


class Shelf:
    """Generations in a database on a server."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def alone(self) -> AbstractContextManager[None]:
        """Be the only machine that builds or lays an index there.

        Raises:
            StoreError: another has been at it for too long, or the database does not answer.
        """
        return alone(self._database, _ALONE, WAITED_SECONDS)

    def newest(self, kin: str) -> Laid | None:
        """Return what is known of the newest generation of a kin; None where there is none that can be read."""
        columns = select(IndexGenerationRow.manifest, IndexGenerationRow.made_at)
        with self._database.reading() as session:
            row = session.execute(
                columns.where(IndexGenerationRow.kin == kin).order_by(IndexGenerationRow.id.desc()).limit(1)
            ).first()
        try:
            return Laid(Manifest.model_validate_json(row[0]), row[1]) if row else None
        except ValidationError:
            return None

    def fetch(self, home: Path, kin: str) -> Generation | None:
        """Make the newest generation of a kin the current one of a home; call it while `writing` there, `alone` here.

        Returns:
            The generation; None where there is none.

        Raises:
            IndexFileError: what lies there is not what was laid there.
        """
        laid = self.newest(kin)
        if laid is None:
            return None
        have = _files_of(home)
        staged = stage(home)
        for name, mark in laid.manifest.files.items():
            target = staged / _inside(name)
            target.parent.mkdir(parents=True, exist_ok=True)
            if mark in have:
                link(have[mark], target)
            else:
                self._write(mark, target)
            if mark_file(target) != mark:
                # Whoever builds it anew lays all of it there again.
                digests = [one.digest for one in laid.manifest.files.values()]
                self._database.at_once(delete(IndexFileRow).where(IndexFileRow.digest.in_(digests)), {})
                raise IndexFileError(f"{name} in the database is damaged; the index is built anew.")
        return publish(home, staged, laid.manifest)

    def lay(self, generation: Generation) -> None:
        """Lay a generation there in place of the one before it; call it while `alone`."""
        folder, manifest = generation
        for name, mark in manifest.files.items():
            if self._parts(mark) != _parts_of(mark):
                self._store(folder / name, mark)
        values = {
            "kin": kin_of(manifest),
            "revision": manifest.revision,
            "manifest": manifest.model_dump_json(),
            "made_at": datetime.now(UTC),
        }
        from sqlalchemy.dialects.postgresql import insert

        added = insert(IndexGenerationRow).returning(IndexGenerationRow.id)
        row = self._database.at_once(added, values)
        assert row is not None  # noqa: S101 (it was just written)
        self._clear(int(row[0]), values["kin"])

    def _clear(self, newest: int, kin: object) -> None:
        """Take away what the newest generation replaces, what other releases left, and files of neither."""
        rows = IndexGenerationRow
        replaced = (rows.kin == kin) & (rows.id < newest)
        left = (rows.kin != kin) & (rows.made_at < datetime.now(UTC) - timedelta(days=OTHERS_DAYS))
        self._database.at_once(delete(rows).where(replaced | left), {})
        with self._database.reading() as session:
            wanted = {digest for one in session.scalars(select(rows.manifest)) for digest in _digests(one)}
            there = set(session.scalars(select(IndexFileRow.digest).distinct()))
        for digest in there - wanted:
            self._database.at_once(delete(IndexFileRow).where(IndexFileRow.digest == digest), {})

    def _parts(self, mark: FileMark) -> int:
        counted = select(func.count()).select_from(IndexFileRow).where(IndexFileRow.digest == mark.digest)
        return self._database.value(counted) or 0

    def _store(self, path: Path, mark: FileMark) -> None:
        # Half a file, of a machine that ended meanwhile, is told by its number of parts.
        from sqlalchemy.dialects.postgresql import insert

        added = insert(IndexFileRow).on_conflict_do_nothing()
        with path.open("rb") as file:
            for part in range(_parts_of(mark)):
                self._database.at_once(added, {"digest": mark.digest, "part": part, "data": file.read(PART)})

    def _write(self, mark: FileMark, target: Path) -> None:
        with target.open("wb") as file:
            for part in range(_parts_of(mark)):
                own = (IndexFileRow.digest == mark.digest) & (IndexFileRow.part == part)
                file.write(self._database.value(select(IndexFileRow.data).where(own)) or b"")


def kin_of(manifest: Manifest) -> str:
    """Return what is the same for all generations that can take each other's place, whatever their revision."""
    encoder = manifest.encoder, manifest.encoder_fingerprint
    return _kin(manifest.format, manifest.store_id, encoder, manifest.vectors, manifest.made_by)


def kin_for(store_id: str, means: Means) -> str:
    """Return the kin of what this release makes of a store."""
    return _kin(FORMAT, store_id, (means.encoder.name, means.encoder.fingerprint), means.vectors.name, build_versions())


def _kin(form: int, store_id: str, encoder: tuple[str, str], vectors: str, made: dict[str, str]) -> str:
    identity = [form, store_id, *encoder, vectors, sorted(made.items())]
    return blake2b(json.dumps(identity).encode(), digest_size=16).hexdigest()


def _digests(manifest: str) -> list[str]:
    """Return the digests of the files that a manifest names, one of a newer release as well."""
    try:
        return [str(mark["digest"]) for mark in json.loads(manifest)["files"].values()]
    except (ValueError, LookupError, TypeError, AttributeError):
        return []


def _parts_of(mark: FileMark) -> int:
    return max(ceil(mark.size / PART), 1)


def _inside(name: str) -> PurePosixPath:
    """Return the path of a file of a generation.

    Raises:
        IndexFileError: it leads out of the folder.
    """
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise IndexFileError(f"{name!r} is no file of an index; it is built anew.")
    return path


def _files_of(home: Path) -> dict[FileMark, Path]:
    try:
        folder, manifest = read_current(home)
    except IndexFileError:
        return {}
    return {mark: folder / name for name, mark in manifest.files.items()}
