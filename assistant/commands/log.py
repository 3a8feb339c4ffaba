"""`mellomrom log …`: see, replay, export and check the match log."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.commands.days import typed_day
from assistant.platform.cleanup import closed_after
from assistant.platform.exports import ExportFormat

if TYPE_CHECKING:
    from assistant.history.log_entries import LogEntry
    from assistant.history.matchlog import MatchLog

app = typer.Typer(no_args_is_help=True)
_COLUMNS = (
    "log_id", "at", "kind", "outcome", "channel", "tenant", "asker", "kommunenummer", "language", "about", "record_id",
    "fingerprint", "encoder", "version", "payload",
)  # fmt: skip
Since = Annotated[str | None, typer.Option(help="Only from this day on, such as 2026-11-25 or yesterday.")]


def _log() -> MatchLog:
    from assistant.history.matchlog import MatchLog
    from assistant.platform.settings import load_settings
    from assistant.runtime.bootstrap import open_database
    from corpus.clock import utc_now

    return MatchLog(closed_after(open_database(load_settings())), utc_now)


def _moment(day: str | None) -> datetime | None:
    from assistant.platform.workdays import first_moment

    if day is None:
        return None
    return first_moment(typed_day(day))


@app.command("list")
def list_entries(
    limit: Annotated[int, typer.Option(min=1, help="How many, the newest first.")] = 20,
    since: Since = None,
) -> None:
    """List what happened, the newest first."""
    for entry in _log().entries(since=_moment(since), newest_first=True, limit=limit):
        typer.echo(_line(entry))


def _line(entry: LogEntry) -> str:
    shown = (entry.text or "") if entry.kind == "question" else ", ".join(_suggested(entry))
    about = f" {entry.record_id}" if entry.record_id else ""
    return f"{entry.log_id}  {entry.at:%Y-%m-%d %H:%M}  {entry.kind:8}  {entry.outcome}{about}  {shown}"


def _suggested(entry: LogEntry) -> list[str]:
    return [one["id"] for one in entry.payload.get("suggestions", ()) if one["rank"] == 1]


@app.command()
def show(log_id: str) -> None:
    """Show one entry, with everything that is kept of it."""
    import json

    entry = _log().get(log_id)
    typer.echo(json.dumps(_row(entry) | {"text": entry.text}, ensure_ascii=False, indent=2, default=str))


@app.command()
def replay(log_id: str) -> None:
    """Show what was answered, and whether today's answer differs (exit code 3 if it does)."""
    from assistant.platform.settings import load_settings
    from assistant.runtime.bootstrap import open_runtime
    from assistant.service.replay import replay as replayed

    outcome = replayed(closed_after(open_runtime(load_settings())), log_id)
    typer.echo("\n".join(outcome.lines))
    raise typer.Exit(3 if outcome.differs else 0)


@app.command()
def export(
    out: Annotated[Path | None, typer.Option(help="A file; standard output if none is given.")] = None,
    form: Annotated[
        ExportFormat, typer.Option("--format", help="One JSON object a line, CSV or Excel.")
    ] = ExportFormat.JSONL,
    since: Since = None,
    with_text: Annotated[
        bool, typer.Option("--with-text", help="Also what people typed and were shown, as long as it is kept.")
    ] = False,
) -> None:
    """Write the log as JSON lines, CSV or Excel."""
    from assistant.platform.exports import export as written

    columns = (*_COLUMNS, "text") if with_text else _COLUMNS
    entries = _log().entries(since=_moment(since))
    count = written(out, (_row(entry) for entry in entries), columns, form)
    typer.echo(f"Wrote {count} entries.", err=True)


def _row(entry: LogEntry) -> dict[str, Any]:
    fields = {name: getattr(entry, name) for name in (*_COLUMNS, "text")}
    return fields | {"at": entry.at.isoformat()}


@app.command()
def verify() -> None:
    """Check that no entry was changed, taken out or, since the newest was last seen, cut off."""
    from assistant.history.heads import read_head, write_head
    from assistant.platform.settings import load_settings

    home, log = load_settings().home, _log()
    known = read_head(home)
    count = log.verify(known)
    write_head(home, log.head())
    since = f"none of those up to {known.at:%Y-%m-%d %H:%M} UTC is missing" if known else "from now on a cut is noticed"
    typer.echo(f"The log is whole: {count} entries; {since}.")


@app.command()
def report(
    first: Annotated[str, typer.Option(help="The first month, YYYY-MM; a year back if none is given.")] = "",
    last: Annotated[str, typer.Option(help="The last month, YYYY-MM; this one if none is given.")] = "",
    county: Annotated[str, typer.Option(help="The number of a county, such as 50; all if none is given.")] = "",
    out: Annotated[Path | None, typer.Option(help="A file; standard output if none is given.")] = None,
    form: Annotated[
        ExportFormat | None, typer.Option("--format", help="A line of JSON, CSV or Excel for each figure.")
    ] = None,
) -> None:
    """Print what was asked for and what came of it, in numbers that name nobody, as JSON if no format is given."""
    from assistant.desk.report_scope import ReportError, Scope, period_of
    from assistant.desk.reports import FIGURE_COLUMNS, figures, plain, report
    from assistant.platform.areas import Area
    from assistant.platform.municipalities import municipality_facts
    from assistant.platform.settings import load_settings
    from assistant.platform.workdays import norwegian_day
    from assistant.runtime.bootstrap import open_runtime
    from corpus.places import load_places

    runtime = closed_after(open_runtime(load_settings()))
    period = period_of(first, last, norwegian_day())
    if county and load_places().county(county) is None:
        raise ReportError(f"Got the county {county!r}, expected the number of one, such as 50.")
    scope = Scope(Area(places=(county,)) if county else Area(), municipality_facts(runtime.settings.municipality_file))
    found = report(runtime.service.log, runtime.referrals, period, scope)
    if form is None and out is None:
        typer.echo(json.dumps(plain(found), ensure_ascii=False, indent=2))
        return
    from assistant.platform.exports import export as written

    count = written(out, figures(found), FIGURE_COLUMNS, form or ExportFormat.CSV)
    typer.echo(f"Wrote {count} figures.", err=True)
