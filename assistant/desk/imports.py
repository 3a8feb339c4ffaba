"""Importing on the desk: a file that somebody uploaded, what its columns may be, what would become of its rows.

Invariant: nothing is written before the broker says so; a file is kept only until then, and a day at most.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from corpus.importing.applying import ImportReport, apply, dry_run
from corpus.importing.columns import KINDS, chosen, fields_of, guessed
from corpus.importing.fields import values_of
from corpus.importing.files import SourceFile
from corpus.importing.planning import ImportOptions
from corpus.importing.proposals import mappings, proposals, save_mapping
from corpus.importing.runs import Import, choose, keep_upload, left_out_of, upload_of
from corpus.importing.sources import source_of
from corpus.importing.tables import Row, open_table
from corpus.records import Kind
from corpus.store import RecordStore
from corpus.text import FALLBACKS, Language

SPREADSHEET = "spreadsheet"
SHOWN = 100
"""Rows of a dry run that are shown."""
LEFT_OUT_COLUMNS = ("row", "verdict", "reason", "detail", "name", "maybe")


class Columns(NamedTuple):
    """The columns of a spreadsheet, with what each may be and its first rows."""

    kind: Kind
    kinds: Sequence[Kind]
    names: Sequence[str]
    fields: Sequence[str]
    chosen: Mapping[str, str]
    """Column -> field."""
    rows: Sequence[tuple[int, Row]]
    saved: Sequence[str]
    """The names of mappings that were saved."""


def begin(store: RecordStore, name: str, content: bytes, source: str, by: str, today: date) -> str:
    """Keep a file that was uploaded, and return the number of its import.

    Raises:
        UnknownImportError: there is no source of that name.
        ImportFileError: a spreadsheet has no columns, or cannot be read.
    """
    source_of(source)
    with _as_file(Path(name).name or "fil", content, today) as file:
        if source != SPREADSHEET:
            return keep_upload(store, file, source, by)
        guess = guessed(open_table(file.path).columns)
        return keep_upload(store, file._replace(kind=guess.kind.value, columns=guess.columns), source, by)


def columns_of(store: RecordStore, upload: Import) -> Columns | None:
    """Return the columns of an upload; None where its source needs none to be chosen."""
    if upload.source != SPREADSHEET:
        return None
    with uploaded(store, upload) as file:
        table = open_table(file.path)
        kind = Kind(file.kind)
        rows = table.shown()
    return Columns(kind, KINDS, table.columns, fields_of(kind), file.columns, rows, list(mappings(store)))


def chose(store: RecordStore, upload: Import, kind: str, fields: Sequence[str], saved: str, save_as: str) -> None:
    """Keep what a broker chose for the columns of an upload; another kind of row is guessed at anew.

    Args:
        store: Where it is kept.
        upload: The import.
        kind: What the rows are.
        fields: The field of each column, in order; empty where it is left out.
        saved: The name of a mapping to take instead.
        save_as: The name to save the choice under.
    """
    with uploaded(store, upload) as file:
        columns = open_table(file.path).columns
    wanted = Kind(kind) if kind in set(KINDS) else Kind(upload.options["kind"])
    mapping = mappings(store).get(saved) if saved else None
    if mapping is not None:
        wanted, made = mapping.kind, chosen(columns, mapping.kind, mapping.columns)
    elif wanted.value != upload.options["kind"]:
        made = guessed(columns, wanted).columns
    else:
        made = chosen(columns, wanted, dict(zip(columns, fields, strict=False)))
    if save_as:
        save_mapping(store, save_as, wanted, made)
    choose(store, upload.id, {**upload.options, "kind": wanted.value, "columns": made})


def tried(store: RecordStore, upload: Import, publish: bool) -> ImportReport:
    """Return what an import would do.

    Raises:
        ImportFileError: the file is not of the source.
    """
    with uploaded(store, upload) as file:
        return dry_run(store, source_of(upload.source).read(file), _wish(upload, file, publish), SHOWN)


def applied(store: RecordStore, upload: Import, publish: bool, by: str) -> ImportReport:
    """Do an import.

    Raises:
        ImportFileError: the file is not of the source.
    """
    with uploaded(store, upload) as file:
        outcomes = source_of(upload.source).read(file)
        return apply(store, file, outcomes, _wish(upload, file, publish), by, import_id=upload.id)


def left_out(store: RecordStore, import_id: str) -> tuple[list[str], list[dict[str, Any]]]:
    """Return the rows that an import did not write as a table: its columns, and the cells of each row."""
    rows = left_out_of(store, import_id)
    cells = list(dict.fromkeys(name for row in rows for name in row["cells"] if name not in LEFT_OUT_COLUMNS))
    lines = [
        {
            **dict.fromkeys(cells, ""),
            **{name: row[name] for name in LEFT_OUT_COLUMNS},
            "maybe": ", ".join(row["maybe"]),
            **row["cells"],
        }
        for row in rows
    ]
    return [*LEFT_OUT_COLUMNS, *cells], lines


class ProposedValue(NamedTuple):
    """A value that an import offers, as a page shows it."""

    number: int
    record_id: str
    path: str
    source: str
    as_of: date
    shown: str
    now: str = ""
    """What stands there now."""


def offered(store: RecordStore, language: Language, record_id: str | None = None) -> list[ProposedValue]:
    """Return what imports offer and nobody decided, of one record or of all."""
    some = proposals(store, record_id)
    values = {
        one: values_of(json.loads(payload))
        for one, (_, payload) in store.payloads(list({offer.record_id for offer in some})).items()
    }
    return [
        ProposedValue(
            one.number,
            one.record_id,
            one.path,
            one.source,
            one.as_of,
            _value_text(one.offered, language)[:300],
            _value_text(values.get(one.record_id, {}).get(one.path, ""), language)[:300],
        )
        for one in some
    ]


def _value_text(value: Any, language: Language) -> str:  # noqa: ANN401 (a plain value)
    """Return a plain value as a person reads it: of texts the one in their language, of a list all."""
    if isinstance(value, Mapping):
        if value and value.keys() <= set(FALLBACKS):
            return next(str(value[one]) for one in FALLBACKS[language] if one in value)
        return "; ".join(_value_text(item, language) for name, item in value.items() if name != "source")
    if isinstance(value, list):
        return ", ".join(_value_text(item, language) for item in value)
    return str(value)


@contextmanager
def uploaded(store: RecordStore, upload: Import) -> Iterator[SourceFile]:
    """Give the file of an import that waits, with what was chosen for it.

    Raises:
        UnknownImportError: it is not kept any more.
    """
    as_of = date.fromisoformat(upload.options["as_of"])
    with _as_file(upload.file_name, upload_of(store, upload.id), as_of) as file:
        yield file._replace(kind=upload.options.get("kind", ""), columns=upload.options.get("columns", {}))


@contextmanager
def _as_file(name: str, content: bytes, as_of: date) -> Iterator[SourceFile]:
    with tempfile.TemporaryDirectory() as folder:
        # Only what the name ends in is taken over: it tells some readers what the file is.
        path = Path(folder) / f"upload{Path(name).suffix[:8]}"
        path.write_bytes(content)
        yield SourceFile(path, name, as_of)


def _wish(upload: Import, file: SourceFile, publish: bool) -> ImportOptions:
    return ImportOptions(upload.source, file.as_of, publish)
