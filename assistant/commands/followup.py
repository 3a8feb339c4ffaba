"""`mellomrom followup …`: the broker's cases, from a terminal."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cases.cases import CaseReason, CaseState
from assistant.commands.days import typed_day
from assistant.platform.cleanup import closed_after
from assistant.platform.exports import ExportFormat
from corpus.text import Language

if TYPE_CHECKING:
    from assistant.cases.cases import Case
    from assistant.service.container import Runtime

app = typer.Typer(no_args_is_help=True)
_COLUMNS = (
    "id", "state", "state_since", "record_id", "question", "note", "asker", "channel", "tenant", "kommunenummer",
    "language", "assigned_to", "opened_at", "updated_at", "log_id",
)  # fmt: skip
CaseId = Annotated[str, typer.Argument(metavar="CASE", help="The id of a case, as `followup list` shows it.")]


def _runtime() -> Runtime:
    from assistant.platform.settings import load_settings
    from assistant.runtime.bootstrap import open_runtime

    return closed_after(open_runtime(load_settings()))


def _day(text: str | None) -> date:
    from assistant.platform.workdays import norwegian_day

    return norwegian_day() if text is None else typed_day(text)


@app.command("list")
def list_cases(
    state: Annotated[list[CaseState] | None, typer.Option(help="Only those so; give it several times.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also those that have ended.")] = False,
) -> None:
    """List the cases, the one to see to first on top."""
    runtime = _runtime()
    queued = runtime.followup.queue(_day(None))
    wanted = set(state or CaseState)
    shown = [(case, due) for case, due in queued if case.state in wanted]
    if everything or state:
        known = {case.id for case, _ in queued}
        shown += [(case, None) for case in runtime.referrals.cases(states=wanted) if case.id not in known]
    for case, due in shown:
        due_on = f"due {due}" if due else "no reminder"
        typer.echo(
            f"{case.id}  {case.state.value:11}  {due_on:14}  {case.record_id or 'the broker'}  «{case.question}»"
        )
    if not shown:
        typer.echo("No such cases.", err=True)


@app.command()
def show(case_id: CaseId) -> None:
    """Show a case with everything that happened to it."""
    runtime = _runtime()
    case = runtime.referrals.get(case_id)
    for name in (*_COLUMNS, "version"):
        typer.echo(f"{name:14} {getattr(case, name) if getattr(case, name) is not None else ''}")
    due = runtime.followup.due_on(case)
    typer.echo(f"{'next reminder':14} {due or ''}")
    typer.echo(f"{'can go to':14} {', '.join(case.onward) or 'nowhere, it has ended'}")
    for event in runtime.referrals.events(case_id):
        moved = f"{event.from_state or ''} → {event.to_state}" if event.to_state else ""
        parts = [
            f"{event.at:%Y-%m-%d %H:%M}",
            event.action,
            moved,
            event.reason or "",
            event.note or "",
            f"by {event.by}",
        ]
        typer.echo("  " + "  ".join(part for part in parts if part))


@app.command()
def move(
    case_id: CaseId,
    state: Annotated[CaseState, typer.Argument(help="Where to.")],
    reason: Annotated[CaseReason | None, typer.Option(help="Why, where a case goes no further.")] = None,
    note: Annotated[str | None, typer.Option(help="More about it, for the brokers.")] = None,
    version: Annotated[
        int | None, typer.Option(min=1, help="Only if it is still this version, as `show` and each step tell it.")
    ] = None,
) -> None:
    """Move a case on."""
    runtime = _runtime()
    case = runtime.referrals.move(case_id, state, by=_user(runtime), reason=reason, note=note, version=version)
    typer.echo(_state_line(case))


@app.command()
def note(
    case_id: CaseId,
    text: Annotated[str, typer.Argument(help="What there is to say.")],
    for_asker: Annotated[bool, typer.Option("--for-asker", help="The asker sees it too.")] = False,
) -> None:
    """Add a note to a case."""
    runtime = _runtime()
    typer.echo(_state_line(runtime.referrals.note(case_id, text, by=_user(runtime), for_asker=for_asker)))


@app.command()
def due(
    today: Annotated[str | None, typer.Option(help="As if it were this day, such as 2026-11-25 or tomorrow.")] = None,
) -> None:
    """List the reminders that are due, and whether they were sent."""
    runtime = _runtime()
    reminders = runtime.followup.due(_day(today))
    for one in reminders:
        sent = "sent" if one.sent else "not sent"
        case = one.case
        typer.echo(
            f"{case.id}  due {one.due_on}  after {one.days} working days as {case.state.value!r}  {sent}  "
            f"{case.record_id or 'the broker'}"
        )
    if not reminders:
        typer.echo("Nothing is due.", err=True)


@app.command()
def letter(
    case_id: CaseId,
    language: Annotated[Language | None, typer.Option(help="Instead of the receiver's.")] = None,
) -> None:
    """Draft the letter of introduction."""
    from assistant.desk.letters import letter_of

    draft = letter_of(_runtime(), case_id, language)
    typer.echo(f"{draft.subject}\n\n{draft.whole}")


@app.command()
def export(
    out: Annotated[Path | None, typer.Option(help="A file; standard output if none is given.")] = None,
    form: Annotated[ExportFormat, typer.Option("--format", help="JSON lines, CSV or Excel.")] = ExportFormat.CSV,
) -> None:
    """Write all cases with their states as CSV, JSON lines or Excel."""
    from assistant.platform.exports import export as written

    cases = _runtime().referrals.cases()
    count = written(out, (case.model_dump(mode="json") for case in cases), _COLUMNS, form)
    typer.echo(f"Wrote {count} cases.", err=True)


def _user(runtime: Runtime) -> str:
    return runtime.settings.user


def _state_line(case: Case) -> str:
    return f"Case {case.id} is now {case.state.value!r} (version {case.version})."
