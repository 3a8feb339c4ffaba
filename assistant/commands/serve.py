"""`mellomrom serve`: answer on the web, and in the channels that are set up.

Invariant: on a laptop it needs no setting: it listens to this machine alone and prints a link that logs the broker in.
It listens to others only where the address they use is set, since cookies and links hang on it.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corpus.errors import MellomromError

if TYPE_CHECKING:
    from assistant.access.accounts import Accounts
    from assistant.platform.settings import Settings
    from assistant.service.container import Runtime


class ServeError(MellomromError):
    """The server cannot be started as asked."""


def serve(
    host: Annotated[str, typer.Option(help="The address to listen at; this machine alone if not given.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="The port; 0 takes any that is free.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that answer; as many as cores are free.")] = 1,
) -> None:
    """Serve the web pages, the API and the channels that are set up."""
    from assistant.platform.settings import load_settings

    settings = load_settings()
    _check(host, settings)
    listener = _listen(host, port)
    try:
        _run(listener, host, settings, workers)
    finally:
        listener.close()


def _check(host: str, settings: Settings) -> None:
    if _is_loopback(host):
        return
    if settings.web_base_url is None:
        raise ServeError(
            f"Got --host {host}, which others can reach, but not the address they use. Set MELLOMROM_WEB_BASE_URL, "
            "such as https://mellomrom.example.no, or leave --host out to serve this machine alone."
        )
    if not settings.web_is_https:
        raise ServeError(
            f"Got --host {host}, which others can reach, and MELLOMROM_WEB_BASE_URL={settings.web_base_url}, by which "
            "logins would travel unencrypted. Put a proxy with a certificate in front and set its https:// address."
        )


def _is_loopback(host: str) -> bool:
    from ipaddress import ip_address

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, so that the event loop sets TCP_NODELAY: else replies wait for acknowledgements.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        # Whoever follows the link at once waits for the app instead of being turned away.
        listener.listen()
    except OSError as error:
        listener.close()
        raise ServeError(
            f"Cannot listen at {host} port {port} ({error.strerror}). Something else may be using it: "
            "stop that, or give another --port (0 takes any that is free)."
        ) from error
    return listener


def _run(listener: socket.socket, host: str, settings: Settings, workers: int) -> None:
    from assistant.access.accounts import Accounts
    from assistant.platform.logs import set_up_logs
    from assistant.runtime.bootstrap import open_runtime
    from assistant.runtime.connections import ImpatientProtocol
    from assistant.runtime.serving import remember_served
    from assistant.runtime.workers import run_workers

    set_up_logs(settings)
    runtime = open_runtime(settings)
    options: dict[str, Any] = {
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "http": ImpatientProtocol,
        # Whoever may say who calls could otherwise be as many callers as they like.
        "proxy_headers": bool(settings.web_trusted_proxies),
        "forwarded_allow_ips": settings.web_trusted_proxies or None,
        # Longer than proxies and people pause, so that neither side writes to a connection that the other closes.
        "timeout_keep_alive": 75,
        "timeout_graceful_shutdown": 10,
    }
    try:
        shown = f"[{host}]" if ":" in host else host
        own = f"http://{shown}:{listener.getsockname()[1]}"
        remember_served(settings, own)
        typer.echo(f"Mellomrom: {settings.web_base_url or own}")
        if settings.web_base_url is None:
            token = _broker_link(settings, Accounts(runtime.database))
            typer.echo(f"Log in as broker (works once, for half an hour, on this machine): {own}/login/link/{token}")
        typer.echo("Stop with Ctrl+C.")
        if workers == 1:
            _run_alone(settings, runtime, listener, options)
        else:
            # One of them would build what is missing, and the others would wait for it.
            runtime.keeper.searcher()
            runtime.close()
            run_workers(settings, listener, workers, options)
    finally:
        runtime.close()


def _run_alone(settings: Settings, runtime: Runtime, listener: socket.socket, options: dict[str, Any]) -> None:
    import uvicorn

    from assistant.runtime.app import create_app
    from assistant.runtime.workers import spare_what_stays, take_turns

    take_turns()
    app = create_app(settings, runtime)
    spare_what_stays(app)
    uvicorn.Server(uvicorn.Config(app, **options)).run(sockets=[listener])


def _broker_link(settings: Settings, accounts: Accounts) -> str:
    from assistant.access.accounts import AccountRole

    account = accounts.ensure_local(settings.user, AccountRole.BROKER, by=settings.user)
    return accounts.make_link(account.id, by=settings.user, loopback_only=True)
