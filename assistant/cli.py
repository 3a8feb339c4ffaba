"""The command line: `mellomrom <command>`.

Invariant: whatever is typed ends in an answer or in one message that says what was got, what was expected and how
to mend it, with an exit code other than 0; a stack trace is shown only where MELLOMROM_DEBUG asks for it.
"""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from typing import Annotated, Any

import typer
import typer.main
from typer.core import TyperGroup

from assistant.platform.cleanup import closing_what_is_opened
from corpus.errors import MellomromError

_COMMANDS = {
    "ask": "assistant.commands.ask:ask",
    "chat": "assistant.commands.chat:chat",
    "consortium": "assistant.commands.consortium:consortium",
    "ladder": "assistant.commands.consortium:ladder",
    "bench": "assistant.lab.bench:bench",
    "evaluate": "assistant.lab.evaluate:evaluate",
    "serve": "assistant.commands.serve:serve",
    "mcp": "assistant.commands.mcp:mcp",
    "backup": "assistant.commands.backup:backup",
    "restore": "assistant.commands.backup:restore",
}
"""By name, the function that a command runs."""
_GROUPS = {
    "tokens": ("assistant.commands.tokens", "Make and take back what lets programs use the API."),
    "users": ("assistant.commands.users", "See and change who may log in."),
    "corpus": ("assistant.commands.corpus", "See and curate the records."),
    "import": ("assistant.commands.imports", "Bring in spreadsheets and registers, and take them back."),
    "index": ("assistant.commands.index", "See and rebuild the search index."),
    "followup": ("assistant.commands.followup", "Follow cases up to an outcome."),
    "log": ("assistant.commands.log", "See, replay and export what was asked, answered and done."),
    "privacy": ("assistant.commands.privacy", "Give out or take away what is kept of people."),
    "slack": ("assistant.commands.slack", "Set Slack up, and see whether it is."),
    "teams": ("assistant.commands.teams", "Set Microsoft Teams up, and see whether it is."),
}
"""By name, the module whose ``app`` has the commands of a group, and what the group is for."""


class _LazyCommands(TyperGroup):
    """The commands, each read when it is asked for: a question needs a tenth of what all of them import."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002 (as Typer calls it)
        """Return the names of all commands, in the order that help shows them."""
        return [*_COMMANDS, *_GROUPS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 (types that Typer keeps to itself)
        """Return a command by its name; None where there is none."""
        alone = typer.Typer(add_completion=False)
        if cmd_name in _GROUPS:
            module, summary = _GROUPS[cmd_name]
            alone.add_typer(import_module(module).app, name=cmd_name, help=summary)
            return typer.main.get_group(alone).get_command(ctx, cmd_name)
        if cmd_name in _COMMANDS:
            module, _, function = _COMMANDS[cmd_name].partition(":")
            alone.command(cmd_name)(getattr(import_module(module), function))
            return typer.main.get_command(alone)
        return None


app = typer.Typer(
    name="mellomrom",
    cls=_LazyCommands,
    help="Find partners, funding and like ideas for a municipality's R&D needs, each with a reason and a source.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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


def process_main() -> None:
    """Run the command line as all that its process does."""
    if sys.argv[1:2] == ["ask"]:
        # What one question makes goes when the process ends; to look for garbage meanwhile takes a tenth of the time.
        gc.disable()
    try:
        main()
    finally:
        # Nor is any looked for at the end, among all that was imported.
        gc.freeze()


def _debugged() -> bool:
    from assistant.platform.settings import SettingsError, load_settings

    try:
        return load_settings().debug
    except SettingsError:
        return False


def _fail(message: str) -> None:
    typer.echo(f"mellomrom: {message}", err=True)
    raise SystemExit(1)
