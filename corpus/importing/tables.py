"""Tables of any office: CSV of every dialect, Excel, OpenDocument; every cell is text.

Invariant: nothing is guessed at: a cell is the text that stands in the file, so that a code keeps its leading zero. A
number of a spreadsheet is written without the ``.0`` that its program added. A table is read row by row, as often as
it is asked for.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import IO, Any, NamedTuple

from corpus.importing.errors import ImportFileError

SPREADSHEETS = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"})
DELIMITERS = (";", ",", "\t", "|")
LONGEST_CELL = 1_000_000
"""Characters in one cell; more is no table."""
MOST_COLUMNS = 500
_SHOWN = 5
Row = dict[str, str]
"""The cells of a row by the name of their column, stripped; a cell that is missing is empty."""


class SourceTable(NamedTuple):
    """A table: the names of its columns, and where its rows are."""

    path: Path
    sheet: str | None
    columns: tuple[str, ...]

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Yield every row that is not empty with its number in the file, the header being row 1."""
        lines = _lines(self.path, self.sheet)
        for number, _ in lines:
            # The header is the first line that holds anything; it was read when the table was opened.
            if number:
                break
        for number, cells in lines:
            texts = [cell.strip() for cell in cells]
            if any(texts):
                yield number, dict(zip(self.columns, [*texts, *[""] * (len(self.columns) - len(texts))], strict=False))

    def shown(self) -> list[tuple[int, Row]]:
        """Return the first rows, to be looked at."""
        return list(islice(self.rows(), _SHOWN))


def open_table(path: Path, sheet: str | int | None = None) -> SourceTable:
    """Open a table: of a spreadsheet the sheet named or numbered from 0, by default the first one that holds anything.

    Raises:
        ImportFileError: it cannot be read, or has no columns with names.
    """
    name = _sheet(path, sheet) if is_spreadsheet(path) else None
    header = next((cells for _, cells in _lines(path, name)), None)
    if header is None:
        raise ImportFileError(f"{path.name}: the table is empty. Give one whose first row names the columns.")
    columns = _column_names(header)
    if len(columns) > MOST_COLUMNS or not any(header):
        raise ImportFileError(f"{path.name}: the first row has {len(columns)} columns, expected 1 to {MOST_COLUMNS}.")
    return SourceTable(path, name, columns)


def is_spreadsheet(path: Path) -> bool:
    """Tell whether a file is of a spreadsheet program, by how it begins, whatever it is called."""
    with _open_file(path) as file:
        begins = file.read(8)
    # OLE2 is the old Excel; a zip is one only if its name says so, since CORDIS also gives zips.
    return begins.startswith(b"\xd0\xcf\x11\xe0") or (begins.startswith(b"PK") and path.suffix.lower() in SPREADSHEETS)


def sheets_of(path: Path) -> list[str]:
    """Return the names of the sheets of a spreadsheet, in order."""
    with _workbook(path) as workbook:
        names: list[str] = workbook.sheet_names
        return names


def encoding_of(path: Path) -> str:
    """Return how a text file is written: UTF-8 with or without its mark, UTF-16 with it, else that of old Windows."""
    with _open_file(path) as file:
        begins = file.read(4)
        if begins.startswith((b"\xff\xfe", b"\xfe\xff")):
            return "utf-16"
        file.seek(0)
        decoder = io.TextIOWrapper(file, encoding="utf-8")
        try:
            while decoder.read(1 << 20):
                pass
        except UnicodeDecodeError:
            return "cp1252"
        return "utf-8-sig"


def delimiter_of(header: str) -> str:
    """Return what stands most often between the names of columns, outside of quotation marks."""
    outside = "".join(header.split('"')[::2]) if header.count('"') > 1 else header
    return max(DELIMITERS, key=lambda delimiter: outside.count(delimiter) or (header.count(delimiter) - 1_000))


def _open_file(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise ImportFileError(f"{path}: cannot be read ({error.strerror}).") from error


def _lines(path: Path, sheet: str | None) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield the lines that hold anything, with their numbers from 1."""
    every: Iterable[Sequence[str]] = _sheet_lines(path, sheet) if sheet is not None else _csv_lines(path)
    for number, cells in enumerate(every, start=1):
        if any(cell.strip() for cell in cells):
            yield number, cells


def _csv_lines(path: Path) -> Iterator[Sequence[str]]:
    csv.field_size_limit(LONGEST_CELL)
    try:
        with path.open(encoding=encoding_of(path), newline="", errors="replace") as file:
            header = next((line for line in file if line.strip()), "")
            file.seek(0)
            yield from csv.reader(file, delimiter=delimiter_of(header))
    except (csv.Error, UnicodeError) as error:
        raise ImportFileError(f"{path.name}: not readable as a table: {error}.") from error


def _workbook(path: Path) -> Any:  # noqa: ANN401 (the library's own type, imported where it is used)
    from python_calamine import CalamineError, load_workbook

    try:
        return load_workbook(path)
    except (CalamineError, OSError, ValueError) as error:
        raise ImportFileError(f"{path.name}: not readable as a spreadsheet ({error}).") from error


def _sheet(path: Path, wanted: str | int | None) -> str:
    names = sheets_of(path)
    if isinstance(wanted, int) and 0 <= wanted < len(names):
        return names[wanted]
    if isinstance(wanted, str) and wanted in names:
        return wanted
    if wanted is not None:
        raise ImportFileError(f"{path.name}: has no sheet {wanted!r}; it has {', '.join(names)}.")
    filled = (name for name in names if next(iter(_sheet_lines(path, name)), None) is not None)
    return next(filled, names[0] if names else "")


def _sheet_lines(path: Path, sheet: str) -> Iterator[Sequence[str]]:
    with _workbook(path) as workbook:
        for cells in workbook.get_sheet_by_name(sheet).iter_rows():
            yield [_text(cell) for cell in cells]


def _text(cell: object) -> str:
    """Return a cell as a person reads it."""
    match cell:
        case bool():
            return "1" if cell else "0"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case date() | datetime():
            return cell.isoformat()
        case _:
            return str(cell)


def _column_names(header: Sequence[str]) -> tuple[str, ...]:
    """Return a name for every column: those without one get a number, those named twice too."""
    names: list[str] = []
    for position, cell in enumerate(header, start=1):
        name = " ".join(cell.split()) or f"({position})"
        names.append(name if name not in names else f"{name} ({position})")
    return tuple(names)
