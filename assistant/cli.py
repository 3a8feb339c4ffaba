"""The command line: `mellomrom <command>`.

Invariant: whatever is typed ends in an answer or in one message that says what was got, what was expected and how
to mend it, with an exit code other than 0; a stack trace is shown only where MELLOMROM_DEBUG asks for it.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from assistant.commands import (
    ask,
    backup,
    chat,
    consortium,
    corpus,
    followup,
    imports,
    index,
    log,
    mcp,
    privacy,
    serve,
    slack,
    tokens,
    users,
)
from assistant.lab import bench, evaluate
from assistant.platform.closing import closing_what_is_opened
from corpus.errors import MellomromError

app = typer.Typer(
    name="mellomrom",
    help="Find partners, funding and like ideas for a municipality's R&D needs, each with a reason and a source.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("ask")(ask.ask)
app.command("chat")(chat.chat)
app.command("consortium")(consortium.consortium)
app.command("ladder")(consortium.ladder)
app.command("bench")(bench.bench)
app.command("evaluate")(evaluate.evaluate)
app.command("serve")(serve.serve)
app.command("mcp")(mcp.mcp)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.add_typer(tokens.app, name="tokens", help="Make and take back what lets programs use the API.")
app.add_typer(users.app, name="users", help="See and change who may log in.")
app.add_typer(corpus.app, name="corpus", help="See and curate the records.")
app.add_typer(imports.app, name="import", help="Bring in spreadsheets and registers, and take them back.")
app.add_typer(index.app, name="index", help="See and rebuild the search index.")
app.add_typer(followup.app, name="followup", help="Follow cases up to an outcome.")
app.add_typer(log.app, name="log", help="See, replay and export what was asked, answered and done.")
app.add_typer(privacy.app, name="privacy", help="Give out or take away what is kept of people.")
app.add_typer(slack.app, name="slack", help="Set Slack up, and see whether it is.")


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(version("mellomrom"))
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Take the options that belong to no command."""


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        # What a record or a question holds may be more than the terminal can write.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        with closing_what_is_opened():
            app()
    except MellomromError as error:
        _fail(str(error))
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(1) from None
    except Exception as error:
        if _debugged():
            raise
        _fail(
            f"Something went wrong that should not have ({type(error).__name__}). Whether anything was changed is not "
            "known: see before you try again. MELLOMROM_DEBUG=1 shows where; tell whoever runs this installation."
        )


def _debugged() -> bool:
    from assistant.platform.settings import SettingsError, load_settings

    try:
        return load_settings().debug
    except SettingsError:
        return False


def _fail(message: str) -> None:
    typer.echo(f"mellomrom: {message}", err=True)
    raise SystemExit(1)
