"""`mellomrom backup` and `mellomrom restore`: an installation in one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

PassphraseFile = Annotated[
    Path | None, typer.Option(help="A file whose first line is the passphrase to encrypt with; - asks for it.")
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace what is there.")]


def backup(
    file: Annotated[Path, typer.Argument(help="Where to.")],
    passphrase_file: PassphraseFile = None,
    overwrite: Overwrite = False,
) -> None:
    """Write database and secret to one file, also while the server runs."""
    from assistant.platform.settings import load_settings
    from assistant.runtime.backup import SECRET
    from assistant.runtime.backup import backup as backed_up

    contents = backed_up(load_settings(), file, _passphrase(passphrase_file, twice=True), overwrite=overwrite)
    entries = f"the log up to number {contents.head.number}" if contents.head else "an empty log"
    has_secret = "and the installation's secret" if SECRET in contents.digests else "without the secret that is set"
    typer.echo(f"{file}: the database with {entries}, {has_secret}.")
    if passphrase_file is None:
        typer.echo("It is not encrypted: whoever reads it reads everything. See --passphrase-file.", err=True)


def restore(
    file: Annotated[Path, typer.Argument(help="A backup.")],
    passphrase_file: PassphraseFile = None,
    overwrite: Overwrite = False,
    erasures: Annotated[
        Path | None, typer.Option(help="What `mellomrom privacy erasures` printed, where the database is lost.")
    ] = None,
) -> None:
    """Put a backup in place; whoever was erased since is erased again. Stop the server first."""
    from assistant.commands.privacy import read_erasures
    from assistant.platform.settings import load_settings
    from assistant.runtime.backup import restore as restored

    again = read_erasures(erasures) if erasures else []
    done = restored(load_settings(), file, _passphrase(passphrase_file, twice=False), overwrite=overwrite, erased=again)
    typer.echo(f"Restored what was there at {done.contents.at:%Y-%m-%d %H:%M} UTC.")
    if done.missing:
        typer.echo(f"{done.missing} entries of the log were made since and are not in it.", err=True)
    if done.erased.texts or done.erased.cases:
        typer.echo(f"Erased again: {done.erased.texts} texts and the words of {done.erased.cases} cases.")
    if done.replaced:
        typer.echo(f"What was there before is in {done.replaced}; delete it when you have no more use for it.")


def _passphrase(file: Path | None, *, twice: bool) -> str | None:
    from assistant.platform.errors import InputFileError

    if file is None:
        return None
    if str(file) == "-":
        return str(typer.prompt("Passphrase", hide_input=True, confirmation_prompt=twice))
    try:
        passphrase = file.read_text(encoding="utf-8").partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InputFileError(f"{file}: the passphrase cannot be read. Give a text file.") from error
    if not passphrase:
        raise InputFileError(f"{file}: its first line is empty, expected a passphrase.")
    return passphrase
