"""`mellomrom index …`: see and rebuild the search index. The index is derived; nothing is lost with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from assistant.platform.cleanup import closed_after

if TYPE_CHECKING:
    from index.manager import IndexManager

app = typer.Typer(no_args_is_help=True)


def _keeper() -> IndexManager:
    from assistant.platform.settings import load_settings
    from assistant.runtime.bootstrap import open_index_manager, open_store

    settings = load_settings()
    store = closed_after(open_store(settings))
    return closed_after(open_index_manager(settings, store))


@app.command()
def info() -> None:
    """Show what the index was made from, after bringing it up to date."""
    manifest = _keeper().searcher().manifest
    typer.echo(f"records      {manifest.records}")
    typer.echo(f"passages     {manifest.passages}")
    typer.echo(f"encoder      {manifest.encoder} ({manifest.dim} dimensions)")
    for kind, factory in manifest.dense.items():
        typer.echo(f"vectors      {kind}: {factory}")
    typer.echo(f"fingerprint  {manifest.fingerprint}")
    typer.echo(f"revision     {manifest.revision}")


@app.command()
def rebuild() -> None:
    """Build the index anew from the store."""
    manifest = _keeper().rebuild().manifest
    typer.echo(f"Built from {manifest.records} records: {manifest.passages} passages.")


@app.command()
def verify() -> None:
    """Check that the saved index is whole and made from the records as they are now."""
    manifest = _keeper().verify()
    typer.echo(f"The index is whole: {manifest.records} records, {manifest.passages} passages.")
