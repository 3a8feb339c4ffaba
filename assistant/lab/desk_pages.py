"""What each page of the desk costs in a busy installation: `mellomrom bench --desk`.

Invariant: the pages are those that are served, by the whole app, to a broker who is logged in; each figure is CPU time,
so that it can be measured anew on a busy machine. What fills the installation is made up, the same each time.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import time
from collections.abc import Iterator, MutableMapping, Sequence
from datetime import datetime, timedelta
from itertools import cycle
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

from assistant.lab.benchmarks import QUESTIONS, Say, synthetic_records

if TYPE_CHECKING:
    from fastapi import FastAPI

    from assistant.cases.cases import CaseState
    from assistant.history.log_entries import PendingEntry
    from assistant.platform.settings import Settings
    from assistant.service.container import Runtime

LIMIT_MS = 120
"""What a page may cost at most."""
_ASKED = 120
"""Questions that are really answered; the others are like them."""
_WORDS = (
    "velferdsteknologi", "flom", "lærere", "frafall", "sykepleiere", "energi", "vann", "planlegging", "integrering",
    "ungdom", "demens", "reiseliv", "skog", "avfall", "digitalisering", "beredskap", "barnevern", "bibliotek",
)  # fmt: skip
_SHAPES = ("hvem kan hjelpe oss med {}?", "finnes det penger til {} og {}?", "like ideer om {} i {}", "forskning på {}")
_BROKERS = ("Bodil Benk", "Berit Benk", "Bjarne Benk")
_RUNS = 5


class Amounts(NamedTuple):
    """How much an installation holds."""

    records: int = 5_000
    answers: int = 20_000
    cases: int = 2_000


class Page(NamedTuple):
    """A page of the desk and what it costs, in milliseconds of CPU."""

    path: str
    median: float
    first: float
    """The first time, when nothing is remembered yet."""


def measure_desk(say: Say, settings: Settings, amounts: Amounts | None = None) -> list[Page]:
    """Tell what each page of the desk costs in an installation that holds so much."""
    import logging

    import structlog

    from assistant.runtime.app import create_app
    from assistant.runtime.bootstrap import open_runtime
    from assistant.runtime.workers import spare_what_stays

    # Each page that is asked for would be told otherwise.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    amounts = amounts or Amounts()
    with open_runtime(settings) as runtime:
        fill(runtime, amounts)
        say(f"{amounts.records} records, {amounts.answers} answers, {amounts.cases} cases")
        say("| page of the desk | CPU | the first time | promised |")
        say("|--|--|--|--|")
        app = create_app(settings, runtime)
        spare_what_stays(app)
        pages = list(asyncio.run(_measured(app, paths_of(runtime))))
    for page in pages:
        say(f"| {page.path} | {page.median:.0f} ms | {page.first:.0f} ms | ≤ {LIMIT_MS} ms |")
    return pages


def fill(runtime: Runtime, amounts: Amounts) -> None:
    """Fill an installation with made-up records, answers of a year and cases in every state."""
    runtime.store.save_many(synthetic_records(amounts.records), by="benchmark", action="ship")
    runtime.keeper.searcher(newest=True)
    answers = _log_answers(runtime, amounts.answers)
    _open_cases(runtime, answers, amounts.cases)


def paths_of(runtime: Runtime) -> list[str]:
    """Return the pages of the desk that are measured."""
    from assistant.cases.cases import CaseState
    from corpus.records import Kind

    cases = [runtime.referrals.cases(states=[state])[0].id for state in (CaseState.ASKED, CaseState.DECLINED)]
    records = [runtime.store.ids(kind)[-1] for kind in (Kind.ACTOR, Kind.INSTRUMENT, Kind.IDEA)]
    views = ("mine", "all", "overdue", "needs", "records")
    return [
        *(f"/desk?view={view}" for view in views),
        *(f"/desk/search?q={words}" for words in ("ntnu", "helse", "flom")),
        "/desk/cases",
        *(f"/desk/cases/{case}" for case in cases),
        "/desk/needs",
        "/desk/records",
        "/desk/records?q=kommune&sort=changed",
        *(f"/desk/records/{record}" for record in records),
        f"/desk/records/{records[0]}/history",
        "/desk/records/new?kind=actor",
        "/desk/records/import",
        "/desk/check",
        "/desk/reports",
        "/desk/vocabulary",
        "/desk/profile",
    ]


def _log_answers(runtime: Runtime, number: int) -> list[tuple[str, str, str]]:
    """Log questions with their answers over a year; return the id, the question and the place of some, the newest."""
    from assistant.history.log_entries import EntryKind
    from assistant.history.matchlog import MatchLog
    from assistant.lab.speed import ask
    from corpus.clock import utc_now
    from corpus.places import load_places

    maker = random.Random(2)  # noqa: S311 (made-up text, no secret)
    for _, text in zip(
        range(_ASKED), cycle([*(text for text, _ in QUESTIONS), *_made_up(maker, _ASKED)]), strict=False
    ):
        ask(runtime, text)
    found = {entry.log_id: entry for entry in runtime.service.log.entries()}
    pairs = [(found[one.about], one) for one in found.values() if one.kind is EntryKind.ANSWER and one.about in found]
    places = [municipality.number for municipality in load_places().municipalities]
    newest: list[tuple[str, str, str]] = []
    days = max(1, min(365, number // 50))
    for day, count in enumerate(_shared(number, days)):
        at = utc_now() - timedelta(days=days - day)
        log = MatchLog(runtime.database, lambda at=at: at)  # type: ignore[misc]
        appended: list[PendingEntry] = []
        newest = []
        for text in _made_up(maker, count):
            place = maker.choice(places)
            question, answer = _copied(maker.choice(pairs), text, place)
            newest.append((str(answer.log_id), text, place))
            appended += (question, answer)
        with runtime.database.writing() as session:
            log.append_all(session, appended)
    return newest


def _made_up(maker: random.Random, number: int) -> Iterator[str]:
    for _ in range(number):
        yield maker.choice(_SHAPES).format(*maker.sample(_WORDS, 2))


def _shared(number: int, parts: int) -> Iterator[int]:
    for part in range(parts):
        yield number * (part + 1) // parts - number * part // parts


def _copied(pair: Sequence[Any], text: str, place: str) -> tuple[PendingEntry, PendingEntry]:
    """Return a question and its answer as if somebody else had asked, in another thread."""
    from assistant.history.log_entries import NewLogEntry, PendingEntry
    from assistant.platform.keys import opaque_id

    asked, answered, thread = opaque_id(), opaque_id(), uuid4().hex
    made = []
    for entry, log_id, about in ((pair[0], asked, None), (pair[1], answered, asked)):
        fields = entry.model_dump(include=set(NewLogEntry.model_fields))
        more = {"key": uuid4().hex, "conversation": thread, "asker": thread[:16], "kommunenummer": place}
        shown = entry.text or ""
        if about and shown.startswith("asked:"):
            shown = f"asked:{json.dumps(text, ensure_ascii=False)}\n{shown.partition(chr(10))[2]}"
        made.append(PendingEntry(NewLogEntry(**fields | more | {"about": about}), shown if about else text, log_id))
    return made[0], made[1]


def _open_cases(runtime: Runtime, answers: Sequence[tuple[str, str, str]], number: int) -> None:
    """Open cases of a year, in every state, of three brokers and of nobody."""
    from assistant.cases.cases import CaseReason, CaseState, NewCase
    from assistant.cases.referrals import Referrals
    from corpus.clock import utc_now
    from corpus.records import Kind
    from corpus.text import Language

    maker = random.Random(3)  # noqa: S311 (as above)
    wanted = [one for kind in (Kind.ACTOR, Kind.INSTRUMENT) for one in runtime.store.ids(kind)]
    states = cycle(CaseState)
    logged = {one.log_id for one in runtime.service.log.having([log_id for log_id, _, _ in answers])}
    answers = [answer for answer in answers if answer[0] in logged] or answers
    for count in _shared(number, 50):
        clock = _Clock(utc_now() - timedelta(days=maker.randrange(1, 365)))
        referrals = Referrals(runtime.database, clock)
        with runtime.database.writing() as session:
            for _ in range(count):
                log_id, text, place = maker.choice(answers)
                new = NewCase(
                    log_id=log_id,
                    record_id=maker.choice(wanted),
                    question=text,
                    note="Vi vil gjerne i gang før sommeren.",
                    asker=uuid4().hex[:16],
                    channel="web",
                    tenant="web",
                    reply_to=None,
                    kommunenummer=place,
                    language=Language.NB,
                )
                case, is_new = referrals.opened(session, new)
                broker = maker.choice(_BROKERS)
                # Now and then a suggestion of an answer is drawn again, whose case has gone its way.
                for state in _way_to(next(states)) if is_new else ():
                    referrals.moved(session, case.id, state, broker, CaseReason.CAPACITY)


class _Clock:
    def __init__(self, at: datetime) -> None:
        self._at = at

    def __call__(self) -> datetime:
        return self._at


def _way_to(state: CaseState) -> list[CaseState]:
    """Return the shortest way of a case to a state, without the one that it begins in."""
    from assistant.cases.cases import TRANSITIONS, CaseState

    ways: dict[CaseState, list[CaseState]] = {CaseState.ASKED: []}
    for here in list(CaseState) * 2:
        for onward in TRANSITIONS[here] if here in ways else ():
            ways.setdefault(onward, [*ways[here], onward])
    return ways[state]


async def _measured(app: FastAPI, paths: Sequence[str]) -> list[Page]:
    from assistant.access.accounts import AccountRole

    accounts = app.state.web.accounts
    account = accounts.ensure_local(_BROKERS[0], AccountRole.BROKER, by="benchmark")
    token = accounts.make_link(account.id, by="benchmark", loopback_only=True)
    _, cookie = await _sent(app, "POST", f"/login/link/{token}", "")
    pages = []
    for path in paths:
        taken = []
        for _ in range(_RUNS + 1):
            used = time.process_time()
            status, _ = await _sent(app, "GET", path, cookie)
            taken.append((time.process_time() - used) * 1000)
            if status != 200:
                raise ConnectionError(f"GET {path} was answered with {status}")
        pages.append(Page(path, statistics.median(taken[1:]), taken[0]))
    return pages


async def _sent(app: FastAPI, method: str, target: str, cookie: str) -> tuple[int, str]:
    """Send a request to the app as a server does; return the status and the cookie that was set."""
    path, _, query = target.partition("?")
    headers = [(b"host", b"127.0.0.1:8000"), (b"accept-language", b"nb"), (b"sec-fetch-site", b"same-origin")]
    if cookie:
        headers.append((b"cookie", cookie.encode()))
    scope: MutableMapping[str, Any] = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "", "headers": headers,
        "client": ("127.0.0.1", 50_000), "server": ("127.0.0.1", 8000), "state": {},
    }  # fmt: skip
    messages: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        messages.append(message)

    await app(scope, receive, send)
    begun = next(one for one in messages if one["type"] == "http.response.start")
    set_cookies = [value.decode().partition(";")[0] for name, value in begun["headers"] if name == b"set-cookie"]
    return int(begun["status"]), "; ".join(set_cookies) or cookie
