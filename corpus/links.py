"""Whether the addresses that records name are still there.

Invariant: what is stored is what an address itself said; where nobody at all can be reached, it is the network that is
missing, and nothing is stored. A host is asked one thing at a time, with a pause between.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import or_, select

from corpus.clock import utc_now
from corpus.database import Database
from corpus.errors import CorpusError
from corpus.files import Record, iter_models
from corpus.tables import LinkRow

if TYPE_CHECKING:
    from httpx2 import AsyncClient

LONGEST = 500
"""Characters of an address that is asked."""
PROBED = 20
"""Addresses of which one has to answer for there to be a network."""
STORED_AT_ONCE = 25
DEAD_AFTER = timedelta(days=7)
"""How long an address has to fail before it counts as dead, where it does not say itself that it is gone."""
_GONE = (404, 410)
_AGENT = "Mellomrom (checks that the pages its records name are still there)"


class LinkState(StrEnum):
    """What an address said."""

    THERE = "there"
    GONE = "gone"
    """It says itself that there is no such page."""
    CLOSED = "closed"
    """It answers, but not to a machine: a login, a refusal, too many questions."""
    FAILING = "failing"
    """Nobody answers, or the server has a fault."""


class Link(NamedTuple):
    """What an address said when it was last asked."""

    address: str
    state: LinkState
    status: int | None
    """The HTTP status; None where nobody answered."""
    checked_at: datetime
    failing_since: date | None

    @property
    def is_dead(self) -> bool:
        """Whether somebody should look for another address."""
        if self.state is LinkState.GONE:
            return True
        failing = self.state is LinkState.FAILING and self.failing_since is not None
        return failing and self.failing_since <= self.checked_at.date() - DEAD_AFTER  # type: ignore[operator]


class LinkPolicy(NamedTuple):
    """How addresses are asked."""

    at_once: int = 8
    """Hosts that are asked at the same time."""
    pause: float = 1.0
    """Seconds between two questions to one host."""
    timeout: float = 10.0
    """Seconds that an address has to answer."""


POLITE = LinkPolicy()


class NoNetworkError(CorpusError):
    """Nobody answers at all."""


def addresses(record: Record) -> dict[str, str]:
    """Return the web addresses that a record names, each with the first field that it stands in."""
    found: dict[str, str] = {}
    for path, model in iter_models(record):
        for name in ("url", "ref"):
            value = getattr(model, name, None)
            if isinstance(value, str) and value.startswith(("http://", "https://")) and len(value) <= LONGEST:
                found.setdefault(value, f"{path}.{name}" if path else name)
    return found


def dead(database: Database) -> dict[str, Link]:
    """Return the addresses that are dead, as far as anybody asked."""
    some = or_(LinkRow.state == LinkState.GONE, LinkRow.failing_since.is_not(None))
    with database.reading() as session:
        links = [_link(row) for row in session.scalars(select(LinkRow).where(some))]
    return {link.address: link for link in links if link.is_dead}


def asked_since(database: Database, since: datetime) -> set[str]:
    """Return the addresses that were asked since a moment."""
    with database.reading() as session:
        return set(session.scalars(select(LinkRow.address).where(LinkRow.checked_at >= since)))


def newest(database: Database) -> datetime | None:
    """Return when an address was last asked; None where none ever was."""
    with database.reading() as session:
        return session.scalar(select(LinkRow.checked_at).order_by(LinkRow.checked_at.desc()).limit(1))


def check(
    database: Database,
    wanted: Iterable[str],
    manners: LinkPolicy = POLITE,
    progress: Callable[[int], None] | None = None,
) -> list[Link]:
    """Ask addresses whether they are there, store what they say as they say it, and return it.

    Raises:
        NoNetworkError: none of the first ones answers; nothing is stored.
    """
    return asyncio.run(_check(database, list(dict.fromkeys(wanted)), manners, progress))


async def _check(
    database: Database, wanted: Sequence[str], manners: LinkPolicy, progress: Callable[[int], None] | None
) -> list[Link]:
    told: list[Link] = []
    waiting: list[tuple[str, LinkState, int | None]] = []
    reached = False
    async for one in _check_all(wanted, manners):
        waiting.append(one)
        reached = reached or one[1] is not LinkState.FAILING or one[2] is not None
        if not reached and len(waiting) >= PROBED:
            break
        if reached and len(waiting) >= STORED_AT_ONCE:
            told += _stored(database, waiting)
            waiting = []
        if progress:
            progress(len(told) + len(waiting))
    if waiting and not reached:
        raise NoNetworkError(
            f"None of {len(waiting)} addresses answered, so the network seems to be missing. Nothing was stored. "
            "Try again where there is one; behind a proxy, set HTTPS_PROXY."
        )
    return told + _stored(database, waiting)


async def _check_all(wanted: Sequence[str], manners: LinkPolicy) -> AsyncIterator[tuple[str, LinkState, int | None]]:
    """Yield what addresses say, as they say it."""
    from httpx2 import AsyncClient, Timeout

    by_host: dict[str, list[str]] = defaultdict(list)
    for address in wanted:
        by_host[_host(address)].append(address)
    told: asyncio.Queue[tuple[str, LinkState, int | None]] = asyncio.Queue()
    places = asyncio.Semaphore(manners.at_once)

    async def ask_host(client: AsyncClient, some: Sequence[str]) -> None:
        async with places:
            for number, address in enumerate(some):
                if number:
                    await asyncio.sleep(manners.pause)
                told.put_nowait((address, *await _check_address(client, address)))

    client = AsyncClient(
        timeout=Timeout(manners.timeout), follow_redirects=True, max_redirects=5, headers={"User-Agent": _AGENT}
    )
    async with client:
        asking = [asyncio.create_task(ask_host(client, some)) for some in by_host.values()]
        try:
            for _ in wanted:
                yield await told.get()
        finally:
            for task in asking:
                task.cancel()
            await asyncio.gather(*asking, return_exceptions=True)


def _host(address: str) -> str:
    try:
        return urlsplit(address).netloc.casefold()
    except ValueError:
        return address


async def _check_address(client: AsyncClient, address: str) -> tuple[LinkState, int | None]:
    """Return what an address says: to HEAD, or where it does not like that, to GET, of which nothing is read."""
    from httpx2 import HTTPError, InvalidURL

    try:
        status = (await client.head(address)).status_code
        if status >= 400:
            async with client.stream("GET", address) as answer:
                status = answer.status_code
    except (HTTPError, InvalidURL, ValueError, OSError):
        return LinkState.FAILING, None
    if status < 400:
        return LinkState.THERE, status
    if status in _GONE:
        return LinkState.GONE, status
    return (LinkState.FAILING if status >= 500 else LinkState.CLOSED), status


def _stored(database: Database, some: Sequence[tuple[str, LinkState, int | None]]) -> list[Link]:
    now = utc_now()
    with database.writing() as session:
        found = select(LinkRow).where(LinkRow.address.in_([address for address, *_ in some]))
        known = {row.address: row for row in session.scalars(found)}
        rows = list(_rows(some, known, now))
        for row in rows:
            session.merge(row)
        return [_link(row) for row in rows]


def _rows(
    some: Sequence[tuple[str, LinkState, int | None]], known: dict[str, LinkRow], now: datetime
) -> Iterator[LinkRow]:
    for address, state, status in some:
        earlier = known[address].failing_since if address in known else None
        failing = (earlier or now.date()) if state in {LinkState.FAILING, LinkState.GONE} else None
        yield LinkRow(address=address, state=state.value, status=status, checked_at=now, failing_since=failing)


def _link(row: LinkRow) -> Link:
    return Link(row.address, LinkState(row.state), row.status, row.checked_at, row.failing_since)
