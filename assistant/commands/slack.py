"""`mellomrom slack …`: set Slack up, and see whether it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from corpus.database import Database

app = typer.Typer(no_args_is_help=True)


@app.command()
def manifest(
    url: Annotated[
        str | None, typer.Option(help="Where Slack reaches this installation, such as https://mellomrom.example.no.")
    ] = None,
    socket: Annotated[
        bool, typer.Option("--socket", help="This installation calls out to Slack, and nothing has to reach it.")
    ] = False,
) -> None:
    """Print the manifest to create the Slack app from."""
    from assistant.channels.slack.manifest import manifest as made
    from assistant.channels.slack.manifest import rendered

    if url is None and not socket:
        raise typer.BadParameter("give --url https://… or --socket, so that Slack and this installation can meet")
    if url is not None and not url.startswith("https://"):
        raise typer.BadParameter(
            f"got {url!r}, expected an address that begins with https://, since Slack takes no other"
        )
    typer.echo(rendered(made(url, socket=socket)), nl=False)


@app.command()
def key() -> None:
    """Print a new key for MELLOMROM_SLACK_TOKEN_KEY."""
    from cryptography.fernet import Fernet

    typer.echo(Fernet.generate_key().decode())


@app.command()
def check() -> None:
    """Tell what is missing in the settings, and ask Slack whether it knows the tokens."""
    from assistant.channels.slack.checking import check as findings
    from assistant.platform.settings import load_settings

    settings = load_settings()

    def database() -> Database:
        from assistant.channels.slack.migrations import SLACK
        from corpus.database import Database
        from corpus.migrations import CORPUS

        return Database(settings.store_url, (CORPUS, SLACK))

    bad = 0
    for finding in findings(settings, database):
        bad += not finding.good
        typer.echo(f"{'ok     ' if finding.good else 'mend it'}  {finding.text}")
    if bad:
        typer.echo("See assistant/docs/slack.md.", err=True)
        raise typer.Exit(1)
