"""`mellomrom users …`: who may log in, and as what.

Invariant: whoever may run commands here is trusted; what they do is written to the audit log under their name.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.platform.cleanup import closed_after

if TYPE_CHECKING:
    from assistant.access.accounts import AccountRole, Accounts
    from assistant.platform.settings import Settings

app = typer.Typer(no_args_is_help=True)

_UNKNOWN_ADDRESS = "http://ADDRESS"
ROLES = ("contact", "broker", "admin")
Name = Annotated[str, typer.Argument(help="The name of the account, or its id.")]
RoleName = Annotated[str, typer.Argument(help="contact, broker or admin.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="How the account is named to others.")],
    role: Annotated[str, typer.Option(help="contact, broker or admin.")] = "contact",
) -> None:
    """Add an account and print a link that logs it in once."""
    accounts, settings = _open()
    account = accounts.add(name, _role(role), by=settings.user)
    typer.echo(f"{account.name} is now {account.role}.")
    _print_link(accounts, settings, account.id)


@app.command()
def role(name: Name, new_role: RoleName) -> None:
    """Change what an account may do, from its next page on."""
    accounts, settings = _open()
    account = accounts.set_role(accounts.find(name).id, _role(new_role), by=settings.user)
    typer.echo(f"{account.name} is now {account.role}.")


@app.command()
def area(
    name: Name,
    places: Annotated[
        list[str] | None,
        typer.Argument(help="Counties and municipalities, by name or number; none of them for the whole country."),
    ] = None,
) -> None:
    """Say which counties or municipalities an account is shown on the desk unless it asks for more."""
    from assistant.platform.areas import area_of

    accounts, settings = _open()
    account = accounts.set_area(accounts.find(name).id, area_of(places or ()), by=settings.user)
    typer.echo(f"{account.name} is shown {', '.join(account.area.names()) or 'the whole country'}.")


@app.command("list")
def list_accounts(as_json: JsonOption = False) -> None:
    """List accounts: id, role, who vouches for it, when it last logged in, name, what it is shown."""
    accounts, _ = _open()
    listed = accounts.list()
    if as_json:
        typer.echo(json.dumps([account.model_dump(mode="json") for account in listed], ensure_ascii=False))
        return
    for one in listed:
        last = f"{one.last_login_at:%Y-%m-%d}" if one.last_login_at else "never"
        state = one.role.value if one.active else "closed"
        shown = f"  {', '.join(one.area.names())}" if one.area.places else ""
        typer.echo(f"{one.id}  {state:<8}  {last:<10}  {one.name}  ({one.issuer}){shown}")
    typer.echo(f"{len(listed)} accounts", err=True)


@app.command("login-link")
def login_link(name: Name) -> None:
    """Print a link that logs an account in once."""
    accounts, settings = _open()
    _print_link(accounts, settings, accounts.find(name).id)


@app.command()
def close(name: Name) -> None:
    """Close an account and log it out everywhere."""
    accounts, settings = _open()
    account = accounts.set_active(accounts.find(name).id, active=False, by=settings.user)
    typer.echo(f"{account.name} can no longer log in.")


@app.command()
def reopen(name: Name) -> None:
    """Open an account again that was closed."""
    accounts, settings = _open()
    account = accounts.set_active(accounts.find(name).id, active=True, by=settings.user)
    typer.echo(f"{account.name} can log in again.")


@app.command()
def audit(
    limit: Annotated[int, typer.Option(min=1, help="Entries, the newest.")] = 100, as_json: JsonOption = False
) -> None:
    """Show logins, refusals and changes of roles, newest first."""
    accounts, _ = _open()
    entries = accounts.audit(limit)
    if as_json:
        typer.echo(json.dumps([entry.model_dump(mode="json") for entry in entries], ensure_ascii=False))
        return
    for entry in entries:
        details = "  ".join(f"{key}={value}" for key, value in entry.detail.items())
        typer.echo(
            f"{entry.at:%Y-%m-%d %H:%M} UTC  {entry.event:<14}  {entry.account_id or '-'}  by {entry.by}  {details}"
        )


def _open() -> tuple[Accounts, Settings]:
    from assistant.access.accounts import Accounts
    from assistant.platform.settings import load_settings
    from assistant.runtime.bootstrap import open_database

    settings = load_settings()
    return Accounts(closed_after(open_database(settings))), settings


def _role(name: str) -> AccountRole:
    from assistant.access.accounts import AccountRole

    if name not in ROLES:
        raise typer.BadParameter(f"got {name!r}, expected one of {', '.join(ROLES)}")
    return AccountRole(name)


def _print_link(accounts: Accounts, settings: Settings, account_id: str) -> None:
    from assistant.access.accounts import LINK_MINUTES
    from assistant.runtime.serving import last_served

    token = accounts.make_link(account_id, by=settings.user, loopback_only=settings.web_base_url is None)
    address = settings.web_base_url or last_served(settings)
    typer.echo(f"Works once, within {LINK_MINUTES} minutes: {address or _UNKNOWN_ADDRESS}/login/link/{token}")
    if address is None:
        typer.echo(
            f"Put the address that `mellomrom serve` prints in place of {_UNKNOWN_ADDRESS}; where others use another, "
            "set MELLOMROM_WEB_BASE_URL.",
            err=True,
        )
