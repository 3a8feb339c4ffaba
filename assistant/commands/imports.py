"""`mellomrom import …`: bring in what others keep, see what came in, and take it back.

Invariant: nothing is published unless it is asked for or the rule names it; what a person wrote is never written over.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.commands.days import typed_day
from assistant.commands.progress import progressing
from corpus.importing.sources import SOURCES
from corpus.records import Kind

if TYPE_CHECKING:
    from corpus.importing.applying import ImportReport
    from corpus.importing.files import SourceFile
    from corpus.store import RecordStore

app = typer.Typer(no_args_is_help=True)

FileArgument = Annotated[str, typer.Argument(metavar="FILE|-", help="A file or folder, or - for standard input.")]
OptionalFile = Annotated[str, typer.Argument(metavar="[FILE|-]", help="A file or folder, or - for standard input.")]
Fetch = Annotated[bool, typer.Option("--fetch", help="Download it from the source's own address; needs a network.")]
Query = Annotated[str, typer.Option("--query", help="With --fetch: words to look for, where the source takes any.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only tell what would become of each row.")]
Publish = Annotated[bool, typer.Option("--publish", help="Publish what can be, instead of leaving it as drafts.")]
AsOf = Annotated[
    date | None,
    typer.Option("--as-of", parser=typed_day, help="The date of the copy; that of the file if not given."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
MappingName = Annotated[str | None, typer.Option("--mapping", help="A saved mapping of columns.")]
KindOfRows = Annotated[Kind | None, typer.Option("--kind", help="What each row of a spreadsheet is.")]
Columns = Annotated[
    list[str] | None,
    typer.Option("--column", help="A column and its field, as COLUMN=FIELD; may be given several times."),
]
ImportId = Annotated[str, typer.Argument(help="The number of an import, as `import list` shows it.")]
SHOWN = 40
"""Rows that are told one by one."""


def _open() -> tuple[RecordStore, str]:
    from assistant.platform.settings import load_settings
    from assistant.runtime.bootstrap import open_store

    settings = load_settings()
    return open_store(settings), settings.user


def _command(name: str) -> Callable[..., None]:
    def run(
        file: OptionalFile = "",
        fetch: Fetch = False,
        query: Query = "",
        dry_run: DryRun = False,
        publish: Publish = False,
        as_of: AsOf = None,
        as_json: AsJson = False,
    ) -> None:
        from corpus.importing.errors import UnknownImportError

        if bool(file) == fetch:
            got = "both a file and --fetch" if file else "neither a file nor --fetch"
            raise UnknownImportError(f"Got {got}. Give a file (or - for standard input), or --fetch to download it.")
        wanted = _Wanted(dry_run, publish, as_of, as_json)
        wanted.query = query
        _import(name, file, wanted)

    return run


class _Wanted:
    """How an import was asked for."""

    def __init__(self, dry_run: bool, publish: bool, as_of: date | None, as_json: bool) -> None:
        self.dry_run = dry_run
        self.publish = publish
        self.as_of = as_of
        self.as_json = as_json
        self.kind: Kind | None = None
        self.mapping: str | None = None
        self.columns: dict[str, str] = {}
        self.save_as: str | None = None
        self.query = ""


for _name, _source in SOURCES.items():
    if _name != "spreadsheet":
        app.command(_name, help=f"{_source.about} Licence: {_source.licence}.")(_command(_name))


@app.command()
def spreadsheet(
    file: FileArgument,
    dry_run: DryRun = False,
    publish: Publish = False,
    as_of: AsOf = None,
    as_json: AsJson = False,
    kind: KindOfRows = None,
    mapping: MappingName = None,
    column: Columns = None,
    save_mapping: Annotated[str | None, typer.Option(help="Save the columns chosen under this name.")] = None,
) -> None:
    """Actors, schemes or projects of any table (csv, xlsx, ods), by a mapping of its columns."""
    wanted = _Wanted(dry_run, publish, as_of, as_json)
    wanted.kind, wanted.mapping, wanted.save_as = kind, mapping, save_mapping
    wanted.columns = dict(_pair(one) for one in column or ())
    _import("spreadsheet", file, wanted)


@app.command("list")
def list_imports(as_json: AsJson = False) -> None:
    """List what was brought in, the newest first."""
    from corpus.importing.runs import imports

    store, _ = _open()
    listed = imports(store)
    if as_json:
        typer.echo(json.dumps([{**one._asdict(), "at": one.at.isoformat()} for one in listed], ensure_ascii=False))
        return
    for one in listed:
        counts = ", ".join(f"{count} {name}" for name, count in one.counts.items() if count)
        typer.echo(
            f"{one.id}  {one.at:%Y-%m-%d %H:%M} UTC  {one.state:<8}  {one.source:<15}  {one.file_name}  ({counts})"
        )
    typer.echo(f"{len(listed)} imports", err=True)


@app.command()
def undo(import_id: ImportId) -> None:
    """Take back an import: what it made and wrote, except what somebody edited since."""
    from corpus.importing.undoing import undo as take_back

    store, user = _open()
    with progressing("taken back") as progress:
        done = take_back(store, import_id, user, progress)
    typer.echo(f"{done.removed} records taken out, {done.put_back} put back as they were.")
    for record_id in done.kept:
        typer.echo(f"kept: {record_id} (edited since, or referred to by others)")


@app.command("forget")
def forget_left_out(import_id: ImportId) -> None:
    """Take away the rows that an import left out, such as when somebody is named in them; what it wrote stays."""
    from corpus.importing.runs import forget_rows

    store, _ = _open()
    forget_rows(store, import_id)
    typer.echo("The rows it left out are kept no longer.")


@app.command("publish")
def publish_drafts(import_id: ImportId) -> None:
    """Publish the drafts that an import made, all or none."""
    from corpus.importing.undoing import publish

    store, user = _open()
    typer.echo(f"{publish(store, import_id, user)} records published.")


@app.command()
def same(
    key: Annotated[
        str, typer.Argument(help="What the source calls the thing, as the list of rows to review shows it.")
    ],
    record: Annotated[str, typer.Argument(help="The record that it is, or `none` where it is none of those there.")],
) -> None:
    """Decide which record a row is of; it holds for every later import."""
    from corpus.importing.proposals import decide_same

    store, user = _open()
    decide_same(store, key, None if record == "none" else record, user)
    typer.echo("Remembered. Import the file again to bring the row in.")


@app.command("proposals")
def list_proposals(
    take: Annotated[int | None, typer.Option(help="Take the one of this number.")] = None,
    decline: Annotated[int | None, typer.Option(help="Decline the one of this number.")] = None,
) -> None:
    """List what imports offer in place of what people wrote, or decide one of them."""
    from corpus.importing.proposals import decide, proposals

    store, user = _open()
    for number, taken in ((take, True), (decline, False)):
        if number is not None:
            typer.echo(f"{decide(store, number, taken, user)}: {'taken' if taken else 'declined'}.")
            return
    for proposal in proposals(store):
        offered = json.dumps(proposal.offered, ensure_ascii=False)
        typer.echo(
            f"{proposal.number:>6}  {proposal.record_id}  {proposal.path}  ({proposal.source}, {proposal.as_of}): "
            f"{offered[:200]}"
        )


def _import(name: str, given: str, wanted: _Wanted) -> None:
    from corpus.importing.applying import apply, dry_run
    from corpus.importing.planning import ImportOptions
    from corpus.importing.sources import source_of

    store, user = _open()
    source = source_of(name)
    with _source_file(name, given, wanted) as file:
        chosen = _with_columns(store, file, wanted) if name == "spreadsheet" else file
        wish = ImportOptions(name, file.as_of, wanted.publish)
        with progressing("rows") as progress:
            if wanted.dry_run:
                report = dry_run(store, source.read(chosen), wish, SHOWN, progress)
            else:
                report = apply(store, chosen, source.read(chosen), wish, user, progress=progress)
    _print(report, wanted.as_json)


@contextmanager
def _source_file(name: str, given: str, wanted: _Wanted) -> Iterator[SourceFile]:
    """Give the file that was named, or what is downloaded where none was."""
    from assistant.platform.workdays import norwegian_day
    from corpus.importing.fetching import fetched
    from corpus.importing.files import open_source

    if given:
        with open_source(given, wanted.as_of) as file:
            yield file
        return
    with ExitStack() as stack:
        with progressing("downloaded") as progress:
            file = stack.enter_context(fetched(name, norwegian_day(), wanted.query, progress=progress))
        yield file


def _with_columns(store: RecordStore, file: SourceFile, wanted: _Wanted) -> SourceFile:
    from corpus.importing.columns import chosen, fields_of, guessed
    from corpus.importing.errors import UnknownImportError
    from corpus.importing.proposals import mappings, save_mapping
    from corpus.importing.tables import open_table

    columns = open_table(file.path).columns
    guess = guessed(columns, wanted.kind)
    if wanted.mapping is not None:
        saved = mappings(store).get(wanted.mapping)
        if saved is None:
            raise UnknownImportError(
                f"No mapping {wanted.mapping!r} is saved. There are: {', '.join(mappings(store))}."
            )
        guess = guess._replace(kind=saved.kind, columns=chosen(columns, saved.kind, saved.columns))
    for column, field in wanted.columns.items():
        if column not in columns or (field and field not in fields_of(guess.kind)):
            fields = ", ".join(fields_of(guess.kind))
            raise UnknownImportError(
                f"Got --column {column!r}={field!r}. Columns: {', '.join(columns)}. Fields: {fields}."
            )
    made = {column: field for column, field in {**guess.columns, **wanted.columns}.items() if field}
    if wanted.save_as:
        save_mapping(store, wanted.save_as, guess.kind, made)
    shown = ", ".join(f"{column} → {field}" for column, field in made.items())
    typer.echo(f"Rows are read as {guess.kind}: {shown}", err=True)
    return file._replace(kind=guess.kind.value, columns=made)


def _print(report: ImportReport, as_json: bool) -> None:
    if as_json:
        summary = {"id": report.import_id, "counts": report.counts, "left_out": report.left_out}
        typer.echo(json.dumps(summary, ensure_ascii=False))
        return
    if report.import_id is None:
        for one in report.shown[:SHOWN]:
            why = f"  ({one.reason}{': ' + one.detail if one.detail else ''})" if one.reason else ""
            typer.echo(f"row {one.row:>6}  {one.verdict:<8}  {one.record_id or '-'}  {one.name}{why}")
    for left in report.left_out[:SHOWN] if report.import_id else ():
        key = f"  [{left['key']}]" if left["verdict"] == "review" else ""
        typer.echo(
            f"row {left['row']:>6}  {left['verdict']:<8}  {left['name']}  ({left['reason']}: {left['detail']}){key}"
        )
    counts = ", ".join(f"{count} {name}" for name, count in report.counts.items() if count) or "no rows"
    typer.echo(f"{'Import ' + report.import_id if report.import_id else 'Would be'}: {counts}.")


def _pair(text: str) -> tuple[str, str]:
    column, _, field = text.rpartition("=")
    return column, field
