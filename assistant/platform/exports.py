"""Rows out to files that other programs open.

Invariant: a cell is never a formula, whatever somebody typed: one that a spreadsheet would read as such stands with
an apostrophe before it. A file appears whole or not at all.
"""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, TextIO

from corpus.errors import MellomromError

_NO_SHEET_NAME = "[]:*?/\\"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class ExportFormat(StrEnum):
    """How rows are written."""

    JSONL = "jsonl"
    CSV = "csv"


class ExportError(MellomromError):
    """A file cannot be written."""


def safe_cell(value: object) -> object:
    """Return a value that no spreadsheet takes for a formula."""
    if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA):
        return f"'{value}"
    return value


def write_rows(out: TextIO, rows: Iterable[Mapping[str, Any]], columns: Iterable[str], form: ExportFormat) -> int:
    """Write rows, each with the columns in their order; return how many."""
    wanted = list(columns)
    count = 0
    writer = csv.writer(out) if form is ExportFormat.CSV else None
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
                sheet.write_row(number, 0, row, bold if number == 0 else None)
            sheet.freeze_panes(1, 0)
            sheet.autofit()
    return out.getvalue()


def _flat(value: object) -> object:
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, dict | list | tuple) else value


def _encoded(rows: Iterable[Mapping[str, Any]], columns: Iterable[str], form: ExportFormat) -> tuple[bytes, int]:
    out = io.StringIO(newline="")
    count = write_rows(out, rows, columns, form)
    # A spreadsheet takes a file for UTF-8 by the mark at its beginning.
    return out.getvalue().encode("utf-8-sig" if form is ExportFormat.CSV else "utf-8"), count


def export(path: Path | None, rows: Iterable[Mapping[str, Any]], columns: Iterable[str], form: ExportFormat) -> int:
    """Write rows to a file, or to standard output where none is given; return how many.

    Raises:
        ExportError: the file cannot be written; what stood there before is untouched.
    """
    if path is None:
        return write_rows(sys.stdout, rows, columns, form)
    content, count = _encoded(rows, columns, form)
    write_bytes(path, content)
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
