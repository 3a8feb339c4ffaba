"""What is due to be checked and which links are dead, as `mellomrom corpus` tells it.

Invariant: what scripts read goes to standard output alone.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta

import typer

from assistant.cases.referrals import Referrals
from assistant.commands.progress import progressing
from assistant.desk.catalogue import Catalogue
from assistant.desk.due_checks import CheckFilter, is_wanted, touches
from assistant.desk.freshness import CheckIntervals, DueReason, RecordUsage, in_order
from assistant.history.matchlog import MatchLog
from assistant.platform.settings import Settings
from assistant.platform.workdays import norwegian_day
from corpus.clock import utc_now
from corpus.links import LinkPolicy, LinkState, addresses, asked_since, check, dead
from corpus.records import Kind
from corpus.store import RecordStore
from corpus.text import Language


def tell_stale(store: RecordStore, settings: Settings, wanted: CheckFilter, most: int, *, as_json: bool) -> None:
    """Print what should be held against its sources, in the order of the desk's page."""
    database = store.database
    log, still_open = MatchLog(database, utc_now), Referrals(database).still_open()
    touched = touches(database, log, still_open)
    due = Catalogue(store, CheckIntervals.of(settings)).due(norwegian_day())
    stale = [one for one in in_order(due, touched) if is_wanted(one, wanted, touched)]
    shown = stale[:most]
    if as_json:
        rows = [
            {
                "id": one.record_id,
                "name": one.name.best(settings.language or Language.NB).text,
                "reason": one.reason.value,
                "since": one.since.isoformat() if one.since else None,
                "used": touched.get(one.record_id, RecordUsage()).is_used,
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
        mark = "  used of late" if touched.get(one.record_id, RecordUsage()).is_used else ""
        typer.echo(f"{one.record_id:<60}  {one.reason:<10}  {since:<16}  {checked}{mark}")
        for address in one.dead:
            typer.echo(f"  dead: {address}")
    reasons = Counter(one.reason for one in stale)
    parts = ", ".join(f"{count} {reason}" for reason in DueReason if (count := reasons[reason]))
    in_use = sum(touched.get(one.record_id, RecordUsage()).is_used for one in stale)
    more = f" {len(shown)} shown, what is needed most first." if len(shown) < len(stale) else ""
    typer.echo(f"{len(stale)} records are due ({parts or 'nothing'}), {in_use} of them used of late.{more}", err=True)


def tell_links(store: RecordStore, kind: Kind | None, days: int, manners: LinkPolicy, *, as_json: bool) -> None:
    """Ask addresses whether they are there, and print those that are dead."""
    by_address: dict[str, list[str]] = {}
    for record in store.records(kind):
        for address, field in addresses(record).items():
            by_address.setdefault(address, []).append(f"{record.id}: {field}")
    known = asked_since(store.database, utc_now() - timedelta(days=days)) if days else set()
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
