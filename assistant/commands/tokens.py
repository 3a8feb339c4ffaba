"""`mellomrom tokens …`: what lets programs use the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from assistant.platform.cleanup import closed_after

if TYPE_CHECKING:
    from assistant.access.tokens import Tokens
    from assistant.platform.settings import Settings

app = typer.Typer(no_args_is_help=True)
_SCOPES = "ask, records:read, records:write, cases:read, cases:write, log:read"


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="What it is for.")],
    scope: Annotated[list[str], typer.Option(help=f"What it may do: {_SCOPES}. Repeat it.")],
    days: Annotated[int, typer.Option(min=1, max=3650, help="How long it holds.")] = 365,
) -> None:
    """Make a token and print it; it is shown this once."""
    from assistant.access.tokens import TokenScope

    try:
        scopes = [TokenScope(one) for one in scope]
    except ValueError as error:
        raise typer.BadParameter(f"{error}; expected {_SCOPES}") from error
    tokens, settings = _open()
    secret, token = tokens.add(name, scopes, days, by=settings.user)
    typer.echo(f"Token {token.id} holds until {token.expires_at:%Y-%m-%d}. It is shown this once:", err=True)
    typer.echo(secret)


@app.command("list")
def list_tokens() -> None:
    """List tokens with what they may do."""
    tokens, _ = _open()
    for one in tokens.list():
        state = "revoked" if one.revoked_at else f"until {one.expires_at:%Y-%m-%d}"
        typer.echo(f"{one.id}  {state:<18}  {' '.join(one.scopes)}  {one.name}")


@app.command()
def revoke(token_id: Annotated[str, typer.Argument(help="The id of a token, as `tokens list` shows it.")]) -> None:
    """Take a token back; what uses it is refused from now on."""
    tokens, _ = _open()
    typer.echo(f"Token {tokens.revoke(token_id).id} is revoked.")


def _open() -> tuple[Tokens, Settings]:
    from assistant.access.tokens import Tokens
    from assistant.platform.settings import load_settings
    from assistant.runtime.bootstrap import open_database

    settings = load_settings()
    return Tokens(closed_after(open_database(settings))), settings
