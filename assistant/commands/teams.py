"""`mellomrom teams …`: set Teams up, and see whether it is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True)


@app.command()
def manifest(
    file: Annotated[Path, typer.Argument(help="Where to write the app package.")] = Path("mellomrom-teams.zip"),
    url: Annotated[
        str | None, typer.Option(help="Where people reach this installation; by default MELLOMROM_WEB_BASE_URL.")
    ] = None,
    app_id: Annotated[str | None, typer.Option(help="The bot's id; by default MELLOMROM_TEAMS_APP_ID.")] = None,
) -> None:
    """Write the app package to be uploaded to Teams."""
    from assistant.channels.teams.configuration import is_id
    from assistant.channels.teams.manifest import manifest as made
    from assistant.channels.teams.manifest import package
    from assistant.platform.settings import load_settings

    settings = load_settings()
    url, app_id = url or settings.web_base_url, app_id or settings.teams_app_id
    if url is None or not url.startswith("https://"):
        got = f"got {url!r}" if url else "got none"
        raise typer.BadParameter(f"{got}, expected an address that begins with https://: give --url https://…")
    if app_id is None or not is_id(app_id):
        got = f"got {app_id[:60]!r}" if app_id else "got none"
        raise typer.BadParameter(f"{got}, expected the bot's id, 8-4-4-4-12 hexadecimal digits: give --app-id …")
    try:
        file.write_bytes(package(made(app_id, url, settings.operator_name)))
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be written ({error.strerror}); give another file") from error
    typer.echo(f"Wrote {file}. Upload it in Teams: Apps, Manage your apps, Upload an app.")


@app.command()
def check() -> None:
    """Tell what is missing in the settings, and ask Microsoft whether it knows the bot."""
    from assistant.channels.teams.checking import check as findings
    from assistant.platform.settings import load_settings

    bad = 0
    for finding in findings(load_settings()):
        bad += not finding.good
        typer.echo(f"{'ok     ' if finding.good else 'mend it'}  {finding.text}")
    if bad:
        typer.echo("See assistant/docs/teams.md.", err=True)
        raise typer.Exit(1)
