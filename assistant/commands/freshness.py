"""What is due to be checked and which links are dead, as `mellomrom corpus` tells it.

Invariant: what scripts read goes to standard output alone.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import typer

from assistant.commands.progress import progressing
from assistant.desk.catalogue import Catalogue
from assistant.desk.freshness import CheckIntervals, in_order
from assistant.platform.settings import Settings
from assistant.platform.workdays import norwegian_day
from corpus.links import LinkPolicy, LinkState, addresses, asked_since, check, dead
from corpus.records import Kind
from corpus.store import RecordStore
from corpus.text import Language


def tell_stale(store: RecordStore, settings: Settings, kind: Kind | None, most: int, *, as_json: bool) -> None:
    """Print what should be held against its sources."""
    found = [
        one for one in Catalogue(store, CheckIntervals.of(settings)).due(norwegian_day()) if kind in {None, one.kind}
    ]
    shown = in_order(found, {})[:most]
    if as_json:
        rows = [
            {
                "id": one.record_id,
                "name": one.name.best(settings.language or Language.NB).text,
                "reason": one.reason.value,
                "since": one.since.isoformat() if one.since else None,
                "checked_on": one.checked_on.isoformat() if one.checked_on else None,
                "dead": list(one.dead),
            }
            for one in shown
        ]
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    for one in shown:
        since = f"since {one.since}" if one.since else ""
        checked = f"checked {one.checked_on}" if one.checked_on else "never checked"
        typer.echo(f"{one.record_id:<60}  {one.reason:<9}  {since:<16}  {checked}")
        for address in one.dead:
            typer.echo(f"  dead: {address}")
    typer.echo(f"{len(found)} records are due{f', {len(shown)} shown' if len(shown) < len(found) else ''}.", err=True)


def tell_links(store: RecordStore, kind: Kind | None, days: int, manners: LinkPolicy, *, as_json: bool) -> None:
    """Ask addresses whether they are there, and print those that are dead."""
    by_address: dict[str, list[str]] = {}
    for record in store.records(kind):
        for address, field in addresses(record).items():
            by_address.setdefault(address, []).append(f"{record.id}: {field}")
    known = asked_since(store.database, datetime.now(UTC) - timedelta(days=days)) if days else set()
    wanted = [address for address in by_address if address not in known]
    with progressing("addresses asked", len(wanted)) as progress:
        asked = check(store.database, wanted, manners, progress)
    gone = {address: link for address, link in dead(store.database).items() if address in by_address}
    if as_json:
        rows = [
            {"address": link.address, "state": link.state, "status": link.status, "records": by_address[link.address]}
            for link in gone.values()
        ]
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    for link in gone.values():
        typer.echo(f"{link.address}  {link.status or 'no answer'}")
        for where in by_address[link.address]:
            typer.echo(f"  {where}")
    failing = sum(link.state is LinkState.FAILING and link.address not in gone for link in asked)
    later = f" {failing} did not answer; they count as dead once they have failed for a week." if failing else ""
    typer.echo(f"{len(asked)} addresses asked, {len(known)} asked lately, {len(gone)} dead.{later}")
