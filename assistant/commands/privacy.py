"""`mellomrom privacy …`: what is kept of people, found, given out or taken away."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.platform.cleanup import closed_after
from assistant.platform.people import Asker, Channel

if TYPE_CHECKING:
    from assistant.service.container import Runtime

app = typer.Typer(no_args_is_help=True)
Who = Annotated[
    str | None,
    typer.Argument(help="The id of a case or of an entry of the log, or the code on somebody's own page (/mine)."),
]
ChannelName = Annotated[Channel | None, typer.Option(help="Where they asked.")]
Tenant = Annotated[str, typer.Option(help="The workspace, such as T0123 in Slack; `web` or `terminal` elsewhere.")]
User = Annotated[str, typer.Option(help="What the channel calls them, such as U0123 in Slack.")]


def _runtime() -> Runtime:
    from assistant.platform.settings import load_settings
    from assistant.runtime.bootstrap import open_runtime

    return closed_after(open_runtime(load_settings()))


@app.command()
def purge(
    days: Annotated[int | None, typer.Option(min=0, max=36_500, help="Keep so many days, not the settings'.")] = None,
) -> None:
    """Take away what was kept of people longer than it may be: texts, words of cases, ties, logins, inboxes."""
    from assistant.access.accounts import Accounts
    from assistant.access.sessions import Sessions
    from assistant.channels.inbox import Inbox
    from assistant.channels.slack.tables import InboxRow
    from assistant.channels.teams.tables import InboxRow as TeamsInboxRow
    from assistant.saved.digest import saved_needs_of
    from assistant.service.privacy import purge_all
    from corpus.clock import utc_now

    runtime = _runtime()
    settings, now = runtime.settings, utc_now()
    others = Accounts(runtime.database).purge(settings.audit_days if days is None else days)
    others += Sessions(runtime.database, settings).purge()
    others += sum(Inbox(runtime.database, rows).forget() for rows in (InboxRow, TeamsInboxRow))
    kept = settings.retention_days if days is None else days
    case_kept = settings.case_words_days if days is None else days
    others += saved_needs_of(runtime).forget_old()
    gone = purge_all(runtime, now - timedelta(days=kept), now - timedelta(days=case_kept))
    typer.echo(
        f"Took away {gone.texts} texts, the words of {gone.cases} cases, the tie to {gone.askers} people, "
        f"{gone.persons} named contacts, {gone.comments} comments, the rows or file of {gone.imports} imports and "
        f"{others} rows on logins, the inboxes and saved needs. The log without anybody's words stays."
    )


@app.command()
def find(who: Annotated[str, typer.Argument(help="The id of a case or an entry of the log, or a code.")]) -> None:
    """Tell whom a case, an entry of the log or the code on somebody's own page belongs to."""
    from assistant.service.privacy import find as found_by

    asker = found_by(_runtime(), who)
    if asker is None:
        typer.echo("Nobody is found by that.", err=True)
        raise typer.Exit(1)
    first, last = (f"{at:%Y-%m-%d %H:%M} UTC" if at else "-" for at in (asker.first, asker.last))
    typer.echo(f"code      {asker.pseudonym}")
    typer.echo(f"channels  {', '.join(asker.channels) or '-'}")
    typer.echo(f"asked     {first} to {last}")
    typer.echo(f"kept      {asker.entries} entries of the log, {asker.cases} cases")


@app.command()
def export(who: Who = None, channel: ChannelName = None, tenant: Tenant = "", user: User = "") -> None:
    """Print everything that is kept of somebody, as they may see it, as one JSON object."""
    from assistant.service.privacy import kept_of, kept_under

    runtime = _runtime()
    if who is None:
        kept = kept_of(runtime, _asker(channel, tenant, user))
    else:
        kept = kept_under(runtime, _pseudonym(runtime, who))
    typer.echo(json.dumps(kept, ensure_ascii=False, indent=2, default=str))


@app.command()
def erase(who: Who = None, channel: ChannelName = None, tenant: Tenant = "", user: User = "") -> None:
    """Take away what somebody wrote, what brokers wrote in their cases, and the tie between them and the log."""
    from assistant.service.privacy import erase as erased
    from assistant.service.privacy import erase_under

    runtime = _runtime()
    by = runtime.settings.user
    if who is None:
        report = erased(runtime, _asker(channel, tenant, user), by=by)
    else:
        report = erase_under(runtime, _pseudonym(runtime, who), by=by)
    if report is None:
        typer.echo("Nothing is kept of them.", err=True)
        return
    typer.echo(
        f"Took away {report.texts} texts and all words of {report.cases} cases. Nothing ties the log to them. "
        "What stays: that there were questions and cases, when, and what was suggested. Messages sent in Slack "
        "or Teams, letters and backups from before are not reached; a backup that is restored is cleared of them again."
    )


@app.command("person")
def person(
    who: Annotated[str, typer.Argument(help="The name or e-mail address of a named person at a body.")],
    erase: Annotated[bool, typer.Option("--erase", help="Take it away, also where a backup brings it back.")] = False,
) -> None:
    """Print what is kept of a named person at a body, in comments and rows of imports too; or take it away."""
    from assistant.service.privacy import erase_person, person_kept

    runtime = _runtime()
    if not erase:
        typer.echo(json.dumps(person_kept(runtime, who), ensure_ascii=False, indent=2, default=str))
        return
    gone = erase_person(runtime, who)
    removed = f"{gone.comments} comments and {gone.rows} rows of imports that named them"
    typer.echo(f"Took away {gone.persons} persons, and {removed}.")


@app.command()
def unshare(log_id: Annotated[str, typer.Argument(help="The id of an answer, as in its address /s/ID.")]) -> None:
    """Take back the share of an answer, so that its address shows nothing any more."""
    from assistant.service.sharing import unshare as taken_back

    was = taken_back(_runtime(), log_id)
    typer.echo("It is no longer shared." if was else "It was not shared.")


@app.command()
def erasures() -> None:
    """Print whom something was erased of, by pseudonym, for a database that is restored by other means than ours."""
    from assistant.service.privacy import erasures as listed

    for pseudonym, at in listed(_runtime().database):
        typer.echo(f"{pseudonym} {at.isoformat()}")


@app.command("erase-again")
def erase_again(file: Annotated[Path, typer.Argument(help="What `privacy erasures` printed.")]) -> None:
    """Erase once more what a database that was restored by other means brought back."""
    from assistant.service.privacy import erase_again as again

    runtime = _runtime()
    report = again(runtime.database, runtime.service.log, runtime.referrals, read_erasures(file), runtime.settings.user)
    typer.echo(f"Took away {report.texts} texts and the words of {report.cases} cases.")


@app.command("new-key")
def new_key(
    yes: Annotated[bool, typer.Option("--yes", help="Without it nothing is done but to tell what would be.")] = False,
) -> None:
    """Begin with another secret: nobody gets back to what they asked and opened until now."""
    from assistant.history.keyring import renew_key
    from assistant.platform.settings import load_settings
    from assistant.runtime.bootstrap import open_database

    if not yes:
        typer.echo("Everybody would lose their questions and cases. Run it again with --yes to do it.", err=True)
        raise typer.Exit(1)
    settings = load_settings()
    renew_key(settings, closed_after(open_database(settings)))
    typer.echo("The database is used with another secret from now on. Back it up: `mellomrom backup FILE`.")


def read_erasures(file: Path) -> list[tuple[str, datetime]]:
    """Return the pseudonyms and moments that a file lists.

    Raises:
        InputFileError: it cannot be read, or is no such list.
    """
    from assistant.platform.errors import InputFileError

    try:
        lines = file.read_text(encoding="utf-8").split("\n")
        pairs = [line.split() for line in lines if line.strip()]
        return [(pseudonym, datetime.fromisoformat(at)) for pseudonym, at in pairs]
    except (OSError, ValueError) as error:
        raise InputFileError(f"{file}: expected what `mellomrom privacy erasures` prints ({error}).") from error


def _asker(channel: Channel | None, tenant: str, user: str) -> Asker:
    if channel is None or not tenant or not user:
        raise typer.BadParameter(
            "give the id of a case or of an entry of the log, or the code on their own page; or --channel, --tenant "
            "and --user"
        )
    return Asker(channel=channel, tenant=tenant, user=user)


def _pseudonym(runtime: Runtime, who: str) -> str:
    from assistant.service.privacy import find as found_by

    asker = found_by(runtime, who)
    if asker is None:
        raise typer.BadParameter(f"nobody is found by {who[:40]!r}")
    return asker.pseudonym
