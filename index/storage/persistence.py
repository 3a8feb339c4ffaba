"""The index on disk: whole generations, of which one is current.

Invariant: a generation is written in a folder of its own and becomes current by one atomic replacement of the
file `CURRENT`, after its manifest, which names every file with its size and hash. So a reader sees the old or the
new generation and nothing between, whenever the writer is stopped; and a file that was damaged later is noticed
before it is served: by its content where this process has not read it yet, and by its size and time where it has.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from corpus.records import Kind
from corpus.text import Frozen
from index.errors import IndexFileError

FORMAT = 9
"""Raised whenever a release reads or writes the files in another way; other formats are rebuilt."""
MANIFEST, CURRENT, LEXICAL, PASSAGES = "manifest.json", "CURRENT", "lexical", "passages.sqlite3"
LOCK_SECONDS = 300.0
"""How long a process waits for another one to finish building."""
_KEPT = 2
"""Generations kept, so that a reader that has just read CURRENT still finds its files."""
_STAGING = "new-"


class FileMark(Frozen):
    """Size and hash by which a file is known again."""

    size: int
    digest: str
    """BLAKE2b of 16 bytes, as hexadecimal."""


class Manifest(Frozen):
    """What a generation was made from, and with what."""

    format: int
    store_id: str
    """The store it was made from."""
    revision: int
    """The newest revision of the store that is in it."""
    fingerprint: str
    """The fingerprint of the published records."""
    encoder: str
    encoder_fingerprint: str
    made_by: dict[str, str]
    """The analyser and the libraries it was made by, see `index.build_versions`."""
    dim: int
    vectors: str = "files"
    """Where the vectors are kept."""
    dense: dict[Kind, str]
    """By kind, how the vectors are held."""
    records: int
    passages: int
    files: dict[str, FileMark]


class Generation(NamedTuple):
    """A saved index that has been verified."""

    folder: Path
    manifest: Manifest


def dense_file(kind: Kind) -> str:
    """Return the name of the file with the vectors of a kind."""
    return f"{kind}.faiss"


def mark_files(folder: Path) -> dict[str, FileMark]:
    """Return the marks of every file below a folder, but for the manifest and lock files."""
    marks = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != MANIFEST and not path.name.endswith(".lock"):
            marks[path.relative_to(folder).as_posix()] = mark_file(path)
    return marks


_HASHED: dict[tuple[int, int, int, int], str] = {}
"""By device, inode, size and time of change, the digests of files that this process has hashed.

A generation that follows another shares most of its files with it, as links: only those that are new are read.
"""
_HASHED_KEPT = 1_000


def mark_file(path: Path) -> FileMark:
    """Return size and digest of a file."""
    stat = path.stat()
    key = stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns
    known = _HASHED.get(key)
    if known is None:
        digest = blake2b(digest_size=16)
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
        known = _HASHED[key] = digest.hexdigest()
        for oldest in list(_HASHED)[:-_HASHED_KEPT]:
            _HASHED.pop(oldest, None)
    return FileMark(size=stat.st_size, digest=known)


def read_current(home: Path) -> Generation:
    """Return the current generation, each file verified.

    Raises:
        IndexFileError: there is none, or something in it is missing, damaged or of another format.
    """
    try:
        folder = home / (home / CURRENT).read_text(encoding="utf-8").strip()
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        raise IndexFileError(f"{home}: there is no readable index; it is built from the store.") from error
    if manifest.format != FORMAT:
        raise IndexFileError(f"{folder}: got format {manifest.format}, expected {FORMAT}; it is built anew.")
    for name, mark in manifest.files.items():
        path = folder / name
        try:
            same = path.stat().st_size == mark.size and mark_file(path) == mark
        except OSError:
            same = False
        if not same:
            raise IndexFileError(f"{path}: missing or damaged; the index is rebuilt from the store.")
    return Generation(folder, manifest)


@contextmanager
def writing(home: Path) -> Iterator[None]:
    """Be the only process that writes the index of this home.

    Raises:
        IndexFileError: another process has been writing for longer than we wait, or the folder can't be written.
    """
    # Only whoever writes needs it, and to import it takes as long as to answer.
    from filelock import FileLock, Timeout

    try:
        home.mkdir(parents=True, exist_ok=True)
        lock = FileLock(home / "writer.lock", timeout=LOCK_SECONDS)
        with lock:
            yield
    except Timeout as error:
        raise IndexFileError(
            f"{home}: another process has been building the index for {LOCK_SECONDS:.0f} seconds. "
            "Wait for it, or end it, and try again."
        ) from error
    except (OSError, sqlite3.Error) as error:
        raise IndexFileError(
            f"{home}: the index cannot be written ({getattr(error, 'strerror', None) or error}). "
            "Make room or make the folder writable, or set MELLOMROM_HOME to another one."
        ) from error


def stage(home: Path) -> Path:
    """Return a new empty folder to write a generation in; call it while `writing`."""
    for left_behind in home.glob(f"{_STAGING}*"):
        shutil.rmtree(left_behind, ignore_errors=True)
    number = max((int(path.name.removeprefix("gen-")) for path in home.glob("gen-*")), default=0) + 1
    staged = home / f"{_STAGING}{number:06d}"
    (staged / LEXICAL).mkdir(parents=True)
    return staged


def stage_copy(home: Path, generation: Generation) -> Path:
    """Return a new folder with a generation to change: tantivy's files, never changed in place, are linked."""
    staged = stage(home)
    for path in (generation.folder / LEXICAL).iterdir():
        if not path.name.endswith(".lock"):
            link(path, staged / LEXICAL / path.name)
    shutil.copyfile(generation.folder / PASSAGES, staged / PASSAGES)
    return staged


def link(source: Path, target: Path) -> None:
    """Make a file that is never changed in place part of another generation too."""
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)


def linked(generation: Generation, folder: Path) -> Generation:
    """Return a generation as links in a folder of its own, where it stays whatever becomes of its home."""
    for name in generation.manifest.files:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        link(generation.folder / name, target)
    return Generation(folder, generation.manifest)


def publish(home: Path, staged: Path, manifest: Manifest) -> Generation:
    """Make a staged folder the current generation; call it while `writing`."""
    (staged / MANIFEST).write_text(manifest.model_dump_json(indent=1), encoding="utf-8")
    for path in [*staged.rglob("*"), staged]:
        # What is part of another generation too was written through with that one.
        if path.is_dir() or path.stat().st_nlink == 1:
            _sync(path)
    folder = home / staged.name.replace(_STAGING, "gen-")
    staged.rename(folder)
    pointer = home / f"{CURRENT}.new"
    pointer.write_text(folder.name, encoding="utf-8")
    _sync(pointer)
    pointer.replace(home / CURRENT)
    _sync(home)
    for old in sorted(home.glob("gen-*"))[:-_KEPT]:
        shutil.rmtree(old, ignore_errors=True)
    return Generation(folder, manifest)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
