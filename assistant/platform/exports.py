"""Rows out to files that other programs open.

Invariant: a cell is never a formula, whatever somebody typed and however a spreadsheet parts the lines: where one would
begin, at the start of a cell or after anything that some spreadsheet parts cells by, stands an apostrophe. CSV is as
Excel reads it here, with semicolons and a mark of UTF-8. A file appears whole or not at all.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, TextIO

from corpus.errors import MellomromError

_NO_SHEET_NAME = "[]:*?/\\"
_FORMULA = re.compile("(^|[;,|]|(?<![\\s\"';,|]))([\\s\"']*+)([=+\\-@\uff1d\uff0b\uff0d\uff20])")
"""A sign that begins a formula, with what stands right before it; the last are the wide forms of the others."""
_BREAKS = frozenset("\t\r\n")
_STARTS = ("\t", "\r", "\n")
_LONGEST_CELL = 32_767
"""Characters that a cell of Excel can hold."""


class ExportFormat(StrEnum):
    """How rows are written."""

    JSONL = "jsonl"
    CSV = "csv"
    XLSX = "xlsx"


class ExportError(MellomromError):
    """A file cannot be written."""


def safe_cell(value: object) -> object:
    """Return a value that no spreadsheet takes for a formula, as a whole or in parts."""
    if not isinstance(value, str):
        return value
    guarded = _FORMULA.sub(_guarded, value)
    return f"'{guarded}" if guarded.startswith(_STARTS) else guarded


def _guarded(match: re.Match[str]) -> str:
    """Return a sign with its guard where a spreadsheet would take it for the beginning of a cell."""
    before, between, sign = match.groups()
    begins = before or match.start() == 0 or not _BREAKS.isdisjoint(between)
    return f"{before}{between}'{sign}" if begins else match[0]


def write_rows(out: TextIO, rows: Iterable[Mapping[str, Any]], columns: Iterable[str], form: ExportFormat) -> int:
    """Write rows as text, each with the columns in their order; return how many."""
    wanted = list(columns)
    count = 0
    writer = csv.writer(out, delimiter=";") if form is ExportFormat.CSV else None
    if writer is not None:
        writer.writerow(wanted)
    for row in rows:
        count += 1
        if writer is None:
            out.write(json.dumps({name: row[name] for name in wanted}, ensure_ascii=False, default=str) + "\n")
        else:
            writer.writerow([safe_cell(_flat(row[name])) for name in wanted])
    return count


def csv_bytes(rows: Iterable[Mapping[str, Any]], columns: Iterable[str]) -> bytes:
    """Return rows, each with the columns in their order, as a CSV file that spreadsheets read rightly."""
    return _encoded(rows, columns, ExportFormat.CSV)[0]


def excel_bytes(name: str, rows: Iterable[Mapping[str, Any]], columns: Iterable[str]) -> bytes:
    """Return rows, each with the columns in their order, as an Excel file of one sheet."""
    wanted = list(columns)
    return spreadsheet({name: [wanted, *([_flat(row[column]) for column in wanted] for row in rows)]})


def spreadsheet(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """Return an Excel file of sheets by their names, each of rows whose first is the head; no cell is a formula."""
    from xlsxwriter import Workbook

    out = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(out, plain) as book:
        bold = book.add_format({"bold": True})
        for name, rows in sheets.items():
            sheet = book.add_worksheet("".join(" " if char in _NO_SHEET_NAME else char for char in name)[:31])
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, map(_cell, row), bold if number == 0 else None)
            sheet.freeze_panes(1, 0)
            sheet.autofit()
    return out.getvalue()


def _cell(value: object) -> object:
    """Return a value as a cell can hold it; Excel would leave a longer text out, and a half character breaks a file."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")[:_LONGEST_CELL]
    return value if value is None or isinstance(value, int | float) else str(value)


def _flat(value: object) -> object:
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, dict | list | tuple) else value


def _encoded(rows: Iterable[Mapping[str, Any]], columns: Iterable[str], form: ExportFormat) -> tuple[bytes, int]:
    if form is ExportFormat.XLSX:
        kept = list(rows)
        return excel_bytes("Mellomrom", kept, columns), len(kept)
    out = io.StringIO(newline="")
    count = write_rows(out, rows, columns, form)
    # A spreadsheet takes a file for UTF-8 by the mark at its beginning.
    return out.getvalue().encode("utf-8-sig" if form is ExportFormat.CSV else "utf-8", "replace"), count


def export(path: Path | None, rows: Iterable[Mapping[str, Any]], columns: Iterable[str], form: ExportFormat) -> int:
    """Write rows to a file, or to standard output where none is given; return how many.

    Raises:
        ExportError: the file cannot be written; what stood there before is untouched.
    """
    if path is not None:
        content, count = _encoded(rows, columns, form)
        write_bytes(path, content)
        return count
    if sys.stdout.isatty():
        if form is ExportFormat.XLSX:
            raise ExportError("A terminal cannot show an Excel file. Give --out FILE.xlsx.")
        return write_rows(sys.stdout, rows, columns, form)
    # Somebody sends it into a file, which is to be the same as one written with --out.
    content, count = _encoded(rows, columns, form)
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
    return count


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all.

    Raises:
        ExportError: it cannot be written; what stood there before is untouched.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except OSError as error:
        raise ExportError(
            f"{path}: cannot be written ({error.strerror}). Give a file in a folder that exists and can be written."
        ) from error
