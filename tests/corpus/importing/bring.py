"""Files of invented bodies brought into a store, as a person would; the numbers have valid check digits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from corpus.importing.applying import ImportReport, apply, dry_run
from corpus.importing.files import SourceFile
from corpus.importing.planning import ImportOptions
from corpus.importing.sources import source_of
from corpus.store import RecordStore

DAY = date(2026, 5, 4)
ORGNRS = ("990000018", "990000026", "990000034", "990000042", "990000050")
"""Numbers with valid check digits, of nobody that this test knows of."""


def orgnr(number: int) -> str:
    """Return a number with the right check digit; not every one of eight digits has one."""
    while True:
        digits = f"{number:08d}"
        rest = sum(int(d) * w for d, w in zip(digits, (3, 2, 7, 6, 5, 4, 3, 2), strict=True)) % 11
        if rest != 1:
            return digits + str(0 if rest == 0 else 11 - rest)
        number += 10_000


def given(path: Path, kind: str = "", columns: Mapping[str, str] | None = None) -> SourceFile:
    return SourceFile(path, path.name, DAY, columns or {}, kind)


def bring(store: RecordStore, path: Path, source: str = "spreadsheet", **wish: bool) -> ImportReport:
    file = given(path)
    return apply(store, file, source_of(source).read(file), ImportOptions(source, DAY, **wish), "kari")


def tried(store: RecordStore, path: Path, source: str = "spreadsheet", **wish: bool) -> ImportReport:
    return dry_run(store, source_of(source).read(given(path)), ImportOptions(source, DAY, **wish))


def counts(report: ImportReport) -> dict[str, int]:
    return {name: count for name, count in report.counts.items() if count}


def reasons(report: ImportReport) -> dict[int, str]:
    return {one["row"]: str(one["reason"]) for one in report.left_out}


def table(path: Path, *rows: str) -> Path:
    path.write_text("\n".join([*rows, ""]), encoding="utf-8")
    return path
