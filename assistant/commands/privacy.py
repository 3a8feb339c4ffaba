"""`mellomrom privacy …`: what is kept of people, given out or taken away."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.platform.people import Asker, Channel

if TYPE_CHECKING:
    from assistant.service.container import Runtime

app = typer.Typer(no_args_is_help=True)
ChannelName = Annotated[Channel, typer.Option(help="Where they asked.")]
Tenant = Annotated[str, typer.Option(help="The workspace, such as T0123 in Slack; `web` or `terminal` elsewhere.")]
User = Annotated[str, typer.Option(help="What the channel calls them, such as U0123 in Slack.")]


def _runtime() -> Runtime:
    from assistant.platform.settings import load_settings
    from assistant.runtime.bootstrap import open_runtime

    return open_runtime(load_settings())


@app.command()
def purge(
    days: Annotated[int | None, typer.Option(min=0, max=36_500, help="Keep so many days, not the setting's.")] = None,
) -> None:
    """Take away what people typed and were shown longer ago than it may be kept."""
    from assistant.platform.workdays import utc_now
    from assistant.service.privacy import purge as purged

    runtime = _runtime()
    kept = timedelta(days=runtime.settings.retention_days if days is None else days)
    count = purged(runtime.database, runtime.service.log, utc_now() - kept)
    typer.echo(f"Took away {count} texts. The log without anybody's words stays.")


@app.command()
def export(channel: ChannelName, tenant: Tenant, user: User) -> None:
    """Print everything that is kept of somebody, as one JSON object."""
    import json

    from assistant.service.privacy import kept_of

    asker = Asker(channel=channel, tenant=tenant, user=user)
    typer.echo(json.dumps(kept_of(_runtime(), asker), ensure_ascii=False, indent=2, default=str))


@app.command()
def erase(channel: ChannelName, tenant: Tenant, user: User) -> None:
    """Take away what somebody wrote, and the tie between them and the log."""
    from assistant.service.privacy import erase as erased

    runtime = _runtime()
    found = erased(runtime, Asker(channel=channel, tenant=tenant, user=user), by=runtime.settings.user)
    if found is None:
        typer.echo("Nothing is kept of them.", err=True)
        return
    typer.echo(
        f"Took away {found.texts} texts and what they wrote in {found.cases} cases. Nothing ties the log to them."
    )
