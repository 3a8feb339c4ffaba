"""`mellomrom corpus …`: see and curate the records.

Invariant: every change is checked whole before it is written, and is written with who and when. Text that someone
typed is never lost: what could not be saved is kept in a file that the error names.
"""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.platform.cleanup import closed_after
from corpus.records import CurationState, Kind

if TYPE_CHECKING:
    from assistant.platform.settings import Settings
    from corpus.errors import Problem
    from corpus.files import Record
    from corpus.store import RecordStore
    from corpus.tables import Action

app = typer.Typer(no_args_is_help=True)


class SkosFormat(StrEnum):
    """How a vocabulary is written."""

    TURTLE = "turtle"
    XML = "xml"
    JSON_LD = "json-ld"


KindOption = Annotated[Kind | None, typer.Option(help="Only records of this kind.")]
StateOption = Annotated[CurationState | None, typer.Option(help="Only records in this state; all if not given.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
RecordIds = Annotated[list[str], typer.Argument(help="Ids of records, such as actor:ntnu.")]


def _open() -> tuple[RecordStore, Settings]:
    from assistant.platform.settings import load_settings
    from assistant.runtime.bootstrap import open_store

    settings = load_settings()
    return closed_after(open_store(settings)), settings


@app.command()
def rules() -> None:
    """Print which rules are modelled for which scheme, as Markdown: the page assistant/docs/funding-rules.md."""
    from assistant.render.rules_table import rules_page
    from corpus.files import read_folder, shipped_folder
    from corpus.records import FundingInstrument

    located, _ = read_folder(shipped_folder())
    typer.echo(rules_page(one.record for one in located if isinstance(one.record, FundingInstrument)), nl=False)


@app.command()
def check(
    path: Annotated[
        Path | None, typer.Argument(help="A YAML file or a folder of them; the shipped records if not given.")
    ] = None,
    in_store: Annotated[bool, typer.Option("--store", help="Check the records in the store instead.")] = False,
) -> None:
    """Check records: ids, references, check digits, dates, languages, sources, places, twins. Prints each."""
    from assistant.platform.workdays import norwegian_day
    from corpus.check import check as check_records
    from corpus.files import Located, read_folder, shipped_folder
    from corpus.soundness import sound, source_figures

    problems: list[Problem] = []
    if in_store:
        store, _ = _open()
        located = [Located("(store)", record) for record in store.records(state=None)]
    else:
        located, problems = read_folder(path or shipped_folder())
    problems += check_records(located)
    problems += sound(located, norwegian_day())
    for problem in problems:
        typer.echo(str(problem))
    figures = source_figures(one.record for one in located)
    if figures.most is not None:
        record_id, ref, count = figures.most
        typer.echo(f"{figures.facts} facts rest on {figures.sources} sources; most, {count}, of {record_id} on {ref}.")
    typer.echo(f"{len(located)} records checked, {len(problems)} problems found.")
    if problems:
        raise typer.Exit(1)


@app.command()
def stale(
    kind: KindOption = None,
    used: Annotated[
        bool, typer.Option("--used", help="Only what open cases, answers of late or saved needs rest on.")
    ] = False,
    most: Annotated[int, typer.Option("--limit", min=1, help="How many to show at most.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """List what should be held against its sources, what is needed most first, as the desk's page To check does."""
    from assistant.commands.freshness import tell_stale
    from assistant.desk.due_checks import CheckFilter
    from assistant.platform.settings import load_settings
    from assistant.runtime.bootstrap import open_database, open_store

    settings = load_settings()
    # With the tables of cases and answers, which tell what rests on a record.
    store = closed_after(open_store(settings, open_database(settings)))
    tell_stale(store, settings, CheckFilter(kind=kind, used=used), most, as_json=as_json)


@app.command()
def links(
    kind: KindOption = None,
    days: Annotated[int, typer.Option(min=0, help="Leave out addresses that were asked in the last so many days.")] = 7,
    at_once: Annotated[int, typer.Option(min=1, max=32, help="Hosts to ask at the same time.")] = 8,
    pause: Annotated[float, typer.Option(min=0, max=60, help="Seconds between two questions to one host.")] = 1.0,
    as_json: JsonOption = False,
) -> None:
    """Ask whether the addresses that published records name are still there; needs a network."""
    from assistant.commands.freshness import tell_links
    from corpus.links import LinkPolicy

    tell_links(_open()[0], kind, days, LinkPolicy(at_once=at_once, pause=pause), as_json=as_json)


@app.command("list")
def list_records(kind: KindOption = None, state: StateOption = None, as_json: JsonOption = False) -> None:
    """List records: id, state and name."""
    store, settings = _open()
    records = store.records(kind, state)
    rows = [(record.id, record.state.value, _name(record, settings)) for record in records]
    if as_json:
        typer.echo(
            json.dumps([dict(zip(("id", "state", "name"), row, strict=True)) for row in rows], ensure_ascii=False)
        )
        return
    for record_id, where, name in rows:
        typer.echo(f"{record_id:<50}  {where:<9}  {name}")
    typer.echo(f"{len(rows)} records", err=True)


@app.command()
def show(
    record_id: Annotated[str, typer.Argument(help="The id of a record, such as actor:ntnu.")],
    as_json: JsonOption = False,
) -> None:
    """Show a record with all its fields, and who last changed it."""
    from corpus.files import dump_records, to_plain

    store, _ = _open()
    stored = store.get(record_id)
    if as_json:
        typer.echo(json.dumps(to_plain(stored.record), ensure_ascii=False))
        return
    edited = ", edited here" if stored.edited else ""
    typer.echo(f"# version {stored.version}, {stored.updated_at:%Y-%m-%d %H:%M} UTC by {stored.updated_by}{edited}")
    typer.echo(dump_records([stored.record]), nl=False)


@app.command()
def add(path: Annotated[Path, typer.Argument(help="A YAML file with new records.")]) -> None:
    """Add new records from a file; refused as a whole if one is faulty or exists already."""
    from corpus.curation import load_files
    from corpus.errors import CorpusError
    from corpus.files import read_folder

    store, settings = _open()
    located, _ = read_folder(path)
    known = store.get_many([one.record.id for one in located])
    if known:
        raise CorpusError(
            f"{path}: nothing was added, since these exist already: {', '.join(known)}. "
            "Use `mellomrom corpus edit ID`, or `mellomrom corpus load` to put the file in their place."
        )
    typer.echo(f"{load_files(store, path, by=settings.user)} records added.")


@app.command()
def edit(
    record_id: Annotated[str, typer.Argument(help="The id of the record.")],
    file: Annotated[
        Path | None, typer.Option(help="Take the new text from this YAML file instead of an editor.")
    ] = None,
) -> None:
    """Edit a record as YAML in your editor ($EDITOR)."""
    from corpus.curation import write_one
    from corpus.files import dump_records, read_text

    store, settings = _open()
    stored = store.get(record_id)
    before = dump_records([stored.record])
    after = read_text(file) if file else _edited(before)
    if after is None or after == before:
        typer.echo("Nothing was changed.")
        return
    try:
        saved = write_one(store, _parsed(after, record_id), settings.user, expected_version=stored.version)
    except Exception:
        kept = _save_unsaved(after, settings, record_id)
        typer.echo(f"Your text was not saved in the store; it is kept in {kept}.", err=True)
        raise
    typer.echo(f"{record_id} is now version {saved.version}.")


@app.command()
def publish(record_ids: RecordIds) -> None:
    """Publish drafts, so that questions find them."""
    from corpus.tables import Action

    _move(record_ids, Action.PUBLISH)


@app.command()
def retire(
    record_ids: RecordIds, reason: Annotated[str | None, typer.Option(help="Why, for the history.")] = None
) -> None:
    """Retire records: they stay, with their history, but questions no longer find them."""
    from corpus.tables import Action

    _move(record_ids, Action.RETIRE, reason)


@app.command()
def restore(record_ids: RecordIds) -> None:
    """Bring retired records back as drafts."""
    from corpus.tables import Action

    _move(record_ids, Action.RESTORE)


@app.command()
def history(record_id: Annotated[str, typer.Argument(help="The id of a record.")], as_json: JsonOption = False) -> None:
    """Show who changed what in a record, and when."""
    store, _ = _open()
    revisions = store.history(record_id)
    if as_json:
        rows = [
            {**revision._asdict(), "at": revision.at.isoformat(), "snapshot": json.loads(revision.snapshot)}
            for revision in revisions
        ]
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    for revision in revisions:
        note = f" ({revision.note})" if revision.note else ""
        typer.echo(
            f"version {revision.version}  {revision.at:%Y-%m-%d %H:%M} UTC  {revision.action} by {revision.by}{note}"
        )
        for field, (old, new) in revision.changes.items():
            typer.echo(f"  {field}: {_short(old)} → {_short(new)}")


@app.command("export")
def export_records(
    target: Annotated[Path | None, typer.Argument(help="A folder to write to; standard output if not given.")] = None,
    kind: KindOption = None,
    state: StateOption = None,
    skos: Annotated[
        SkosFormat | None, typer.Option(help="Write the vocabulary in SKOS instead, to a file or standard output.")
    ] = None,
) -> None:
    """Write records as YAML, one file for each kind; `load` reads them back without loss."""
    from corpus.curation import export

    store, _ = _open()
    if skos is not None:
        _export_skos(store, target, skos, state)
        return
    folder = None if target is None or str(target) == "-" else target
    written = export(store, folder, [kind] if kind else list(Kind), state)
    if folder is None:
        typer.echo(written, nl=False)
    else:
        typer.echo(f"Wrote {written} to {folder}.")


@app.command()
def load(path: Annotated[Path, typer.Argument(help="A YAML file or a folder of them.")]) -> None:
    """Load records, new ones and in place of old ones; refused as a whole if one is faulty."""
    from corpus.curation import load_files

    store, settings = _open()
    typer.echo(f"{load_files(store, path, by=settings.user)} records changed.")


def _export_skos(store: RecordStore, target: Path | None, form: SkosFormat, state: CurationState | None) -> None:
    from corpus.errors import CorpusError
    from corpus.skos import serialise_graph
    from corpus.vocabulary import Concept

    text = serialise_graph(
        (record for record in store.records(Kind.CONCEPT, state) if isinstance(record, Concept)), form.value
    )
    if target is None or str(target) == "-":
        typer.echo(text, nl=False)
        return
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CorpusError(f"{target}: cannot be written ({error.strerror}). Give a file that can.") from error


def _move(record_ids: list[str], action: Action, note: str | None = None) -> None:
    from corpus.curation import move

    store, settings = _open()
    for record in move(store, record_ids, action, by=settings.user, note=note):
        typer.echo(f"{record.id} is now {record.state}.")


def _name(record: Record, settings: Settings) -> str:
    from corpus.text import Language
    from corpus.vocabulary import Concept

    name = record.pref_label if isinstance(record, Concept) else record.name
    return name.best(settings.language or Language.NB).text


def _save_unsaved(text: str, settings: Settings, record_id: str) -> Path:
    """Write text that could not be saved to a file of its own, never over an earlier one, and return where."""
    from tempfile import NamedTemporaryFile

    prefix = f"unsaved-{record_id.replace(':', '-')}-"
    settings.home.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(
        "w", prefix=prefix, suffix=".yaml", dir=settings.home, delete=False, encoding="utf-8"
    ) as file:
        file.write(text)
    return Path(file.name)


def _edited(text: str) -> str | None:
    """Return a text as it comes back from the user's editor; None where it was not saved there."""
    from click import ClickException
    from click import edit as click_edit

    from corpus.errors import CorpusError

    try:
        return click_edit(text, extension=".yaml")
    except ClickException as error:
        raise CorpusError(
            f"No editor could be used ({error.format_message()}). Set EDITOR to one that is installed, such as nano, "
            "or write the record to a file (`mellomrom corpus show ID`), change that, and give it with --file."
        ) from error


def _parsed(text: str, record_id: str) -> Record:
    from corpus.errors import InvalidRecordError
    from corpus.files import parse_records

    records, problems = parse_records(text, "your text")
    if not problems and [record.id for record in records] != [record_id]:
        raise InvalidRecordError(
            f"Expected the one record {record_id}, got {', '.join(record.id for record in records) or 'none'}."
        )
    if problems:
        raise InvalidRecordError("\n".join(["The record was not changed:", *map(str, problems)]), problems)
    return records[0]


def _short(value: object, limit: int = 60) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= limit else f"{text[:limit]}…"
