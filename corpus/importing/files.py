"""What was given to import: a file, a folder or a zip of them, with the date of the copy.

Invariant: a file is read as bytes of its own; nothing in it makes anything else be read.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from corpus.fingerprint import ALGORITHM
from corpus.importing.errors import ImportFileError

LARGEST_MEMBER = 2_000_000_000
"""Bytes of one file in a zip once unpacked."""
LARGEST_JSON = 200_000_000


class SourceFile(NamedTuple):
    """What a source is read from."""

    path: Path
    name: str
    """What people know it as."""
    as_of: date
    """The date of the copy."""
    columns: Mapping[str, str] = {}
    """Of a spreadsheet: column -> field, as somebody chose it."""
    kind: str = ""
    """Of a spreadsheet: what its rows are."""

    def digest(self) -> str:
        """Return the hash of its bytes."""
        found = hashlib.new(ALGORITHM)
        for path in sorted(self.path.rglob("*")) if self.path.is_dir() else [self.path]:
            if path.is_file():
                with path.open("rb") as file:
                    while chunk := file.read(1 << 20):
                        found.update(chunk)
        return f"{ALGORITHM}:{found.hexdigest()}"

    def json(self) -> Any:  # noqa: ANN401 (JSON of any shape)
        """Return what a JSON file holds.

        Raises:
            ImportFileError: it is not JSON, or too large to be read at once.
        """
        if self.path.is_dir() or self.path.stat().st_size > LARGEST_JSON:
            raise ImportFileError(f"{self.name}: expected one JSON file of at most {LARGEST_JSON // 10**6} MB.")
        try:
            return json.loads(self.path.read_bytes().decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            raise ImportFileError(f"{self.name}: not readable as JSON ({error}).") from error

    def is_json(self) -> bool:
        """Tell whether it holds JSON, by how it begins."""
        if self.path.is_dir():
            return False
        with self.path.open("rb") as file:
            return file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")

    @contextmanager
    def member(self, *names: str) -> Iterator[Path | None]:
        """Give the file of one of some names in a folder or a zip; a file alone is the one that it is named."""
        if self.path.is_dir():
            yield next((one for name in names for one in sorted(self.path.rglob(name))), None)
        elif zipfile.is_zipfile(self.path):
            with tempfile.TemporaryDirectory() as folder:
                yield _unpacked(self.path, names, Path(folder))
        else:
            yield self.path if Path(self.name).name in names else None


@contextmanager
def open_source(given: str, as_of: date | None = None) -> Iterator[SourceFile]:
    """Give what is to be imported: a path, or ``-`` for standard input.

    Raises:
        ImportFileError: there is nothing there.
    """
    if given == "-":
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "stdin"
            with path.open("wb") as file:
                shutil.copyfileobj(sys.stdin.buffer, file)
            yield SourceFile(path, "-", as_of or datetime.now().astimezone().date())
        return
    path = Path(given)
    if not path.exists():
        raise ImportFileError(f"{given}: there is no such file. Give one, or - for standard input.")
    changed = datetime.fromtimestamp(path.stat().st_mtime).astimezone().date()
    yield SourceFile(path, path.name, as_of or changed)


def _unpacked(path: Path, names: tuple[str, ...], folder: Path) -> Path | None:
    with zipfile.ZipFile(path) as archive:
        found = next((one for one in archive.infolist() if Path(one.filename).name in names), None)
        if found is None:
            return None
        if found.file_size > LARGEST_MEMBER:
            raise ImportFileError(f"{path.name}: {found.filename} is larger than {LARGEST_MEMBER // 10**9} GB.")
        # Under a name of ours: what an archive calls a file is not where it is put.
        target = folder / Path(found.filename).name
        with archive.open(found) as packed, target.open("wb") as file:
            shutil.copyfileobj(packed, file)
        return target
