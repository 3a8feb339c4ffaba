"""How many live in a municipality and which KOSTRA group it is in, where the installation has a file that says so.

Invariant: nothing is guessed. Mellomrom ships neither figure; both change every year or so, and Statistics Norway
publishes them (the groups as "KOSTRA-gruppene", the population as table 07459), so that an installation gives the file.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from corpus.errors import MellomromError

COLUMNS = ("kommunenummer", "innbyggere", "kostragruppe")
"""The columns of the file; the last two may be empty, or lack."""
SIZES = (2_000, 5_000, 10_000, 20_000, 50_000)
"""Where one class of size ends and the next begins, in inhabitants."""


class MunicipalityFacts(NamedTuple):
    """What the file says of a municipality."""

    population: int | None
    kostra_group: str | None


class MunicipalityFileError(MellomromError):
    """The file of municipalities cannot be read."""


def municipality_facts(path: Path | None) -> Mapping[str, MunicipalityFacts]:
    """Return what the file says, by number of the municipality; nothing where there is no file.

    Raises:
        MunicipalityFileError: the file cannot be read, or is something else.
    """
    return {} if path is None else _read(path, _changed_at(path))


def size_class(population: int) -> str:
    """Return the class of size of so many inhabitants, as ``2000-4999``; the first is ``-1999`` and the last open."""
    below = [limit for limit in SIZES if limit <= population]
    above = [limit for limit in SIZES if limit > population]
    return f"{below[-1] if below else ''}-{above[0] - 1 if above else ''}"


def _changed_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError as error:
        raise _refused(path, error.strerror or "it cannot be read") from error


@lru_cache(maxsize=2)
def _read(path: Path, _: float) -> Mapping[str, MunicipalityFacts]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise _refused(path, str(error)) from error
    rows = list(csv.DictReader(text.splitlines(), delimiter=";" if ";" in text.partition("\n")[0] else ","))
    if not rows or COLUMNS[0] not in rows[0]:
        raise _refused(path, f"its first line lacks {COLUMNS[0]!r}")
    found = {}
    for number, row in enumerate(rows, start=2):
        code = (row[COLUMNS[0]] or "").strip().zfill(4)
        people = "".join((row.get(COLUMNS[1]) or "").split())
        if not (code.isascii() and code.isdigit() and len(code) == 4 and (not people or people.isdecimal())):
            raise _refused(path, f"line {number} has {row[COLUMNS[0]]!r} and {people!r}")
        group = (row.get(COLUMNS[2]) or "").strip()[:20]
        found[code] = MunicipalityFacts(int(people) if people else None, group or None)
    return found


def _refused(path: Path, why: str) -> MunicipalityFileError:
    return MunicipalityFileError(
        f"{path}: got no file of municipalities ({why}), expected CSV with the columns {', '.join(COLUMNS)}. "
        "Mend it, or leave MELLOMROM_MUNICIPALITY_FILE out."
    )
