"""What hostile text costs, at every entry: `mellomrom bench --hostile`.

Invariant: a real server is measured from outside, and the terminal's two ways in this process; each limit that is
broken is told by family and entry, and nothing that cannot be measured counts as kept.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count, cycle, islice, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant.lab.benchmarks import QUESTIONS, Say
from assistant.lab.hostile import FAMILIES, Family
from assistant.lab.hostile_server import HostileServer
from assistant.platform.settings import Settings
from assistant.platform.user_text import MAX_QUESTION
from assistant.service.container import Runtime

MOST_CPU_MS = 50.0
"""Processor time that one request may take."""
MOST_HEALTH_MS = 200.0
"""Time until the server says that it is alive, whatever it is asked meanwhile."""
MOST_GROWTH_MB = 20.0
"""Memory that the server may gain in `REQUESTS` requests."""
MOST_RATIO = 2.5
"""Processor time that a text of twice the length may take, of that of the shorter one."""
REQUESTS = 1_000
_TRIES = 5
"""Texts of a family at each entry; the middle of their times counts."""
_AT_ONCE = 4
"""Callers at a time while memory and health are measured."""
_LENGTHS = {"web": 20_000, "embed": 20_000, "API": 20_000, "Slack": 250_000, "terminal": 1_000_000, "batch": 1_000_000}
"""Characters of the longest text posted at each entry; encoded, the largest take the whole of the body's limit."""
_DOUBLED = (500, 1_000, 2_000, 4_000)
_numbers = count(1)

Post = Callable[[str], object]


def measure_hostile(say: Say) -> list[str]:
    """Print what hostile text costs and return what is broken, one sentence each."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        with _in_process(home) as (runtime, token):
            inside = _inside_entries(runtime)
            rows = {name: {entry: _cpu(post, entry, family, time.thread_time) for entry, post in inside.items()}
                    for name, family in FAMILIES.items()}  # fmt: skip
            ratios = {name: _ratio(inside["terminal"], family) for name, family in FAMILIES.items()}
        with HostileServer(home, token) as server:
            outside = _outside_entries(server)
            for question, _ in QUESTIONS:
                for post in outside.values():
                    post(question)
            for name, family in FAMILIES.items():
                rows[name] |= {entry: _cpu(post, entry, family, server.cpu) for entry, post in outside.items()}
            at_rest = max(server.health() * 1000 for _ in range(50))
            slowest, growth, statuses = _at_length(server, outside)
    _print(say, rows, ratios)
    say(f"\nhealth check, nothing else asked       slowest {at_rest:6.1f} ms")
    say(f"health check, {_AT_ONCE} callers meanwhile   slowest {slowest:6.1f} ms   (limit {MOST_HEALTH_MS:.0f})")
    say(f"memory gained in {REQUESTS:,} requests      {growth:14.1f} MB   (limit {MOST_GROWTH_MB:.0f})")
    return list(_broken(rows, ratios, slowest, growth, statuses))


@contextmanager
def _in_process(home: Path) -> Iterator[tuple[Runtime, str]]:
    from assistant.access.tokens import Tokens, TokenScope
    from assistant.runtime.bootstrap import open_runtime

    runtime = open_runtime(Settings(home=home))
    try:
        runtime.keeper.searcher()
        token, _ = Tokens(runtime.database).add("bench", [TokenScope.ASK], 1, "bench")
        yield runtime, token
    finally:
        runtime.close()


def _inside_entries(runtime: Runtime) -> Mapping[str, Post]:
    from assistant.channels.terminal import batch_result, incoming_of

    def terminal(text: str) -> None:
        runtime.service.handle(incoming_of(text, runtime.settings, None, 3, is_question=False))

    def batch(text: str) -> None:
        batch_result(runtime.matchmaker, text, None, 3)

    for question, _ in QUESTIONS:
        terminal(question)
        batch(question)
    return {"terminal": terminal, "batch": batch}


def _outside_entries(server: HostileServer) -> Mapping[str, Post]:
    return {"web": server.web, "embed": server.embed, "API": server.api, "Slack": server.slack_event}


def _cpu(post: Post, entry: str, family: Family, used: Callable[[], float]) -> float:
    """Return the milliseconds of processor that a request of a family takes, at the limit or far over it."""
    return max(_middle(post, family, length, used) for length in (MAX_QUESTION, _LENGTHS[entry]))


def _middle(post: Post, family: Family, length: int, used: Callable[[], float], tries: int = _TRIES) -> float:
    taken = []
    for _ in range(tries):
        text = family(length, next(_numbers))
        before = used()
        post(text)
        taken.append((used() - before) * 1000)
    return statistics.median(taken)


def _ratio(post: Post, family: Family) -> float:
    """Return how many times the work a text of twice the length is, at worst."""
    taken = [_middle(post, family, length, time.thread_time) for length in _DOUBLED]
    return max(longer / shorter for shorter, longer in pairwise(taken))


def _at_length(server: HostileServer, entries: Mapping[str, Post]) -> tuple[float, float, set[int]]:
    """Return the slowest health check in ms, the memory gained in MB and the statuses of many requests at once."""
    mixed = cycle((post, entry, family) for family in FAMILIES.values() for entry, post in entries.items()
                  if entry != "Slack")  # fmt: skip

    def ask(wanted: tuple[Post, str, Family]) -> int:
        post, _, family = wanted
        status = post(family(MAX_QUESTION, next(_numbers)))
        assert isinstance(status, int)  # noqa: S101 (what all of them return)
        return status

    checks: list[float] = []
    done = threading.Event()

    def check() -> None:
        while not done.wait(0.02):
            checks.append(server.health() * 1000)

    with ThreadPoolExecutor(_AT_ONCE) as callers:
        # What is made once, such as threads and connections, is no growth.
        list(callers.map(ask, islice(mixed, REQUESTS // 5)))
        before = server.memory()
        watching = threading.Thread(target=check)
        watching.start()
        try:
            statuses = set(callers.map(ask, islice(mixed, REQUESTS)))
        finally:
            done.set()
            watching.join()
    return max(checks), server.memory() - before, statuses


def _print(say: Say, rows: Mapping[str, Mapping[str, float]], ratios: Mapping[str, float]) -> None:
    entries = list(_LENGTHS)
    say(f"{'ms of processor a request':26}" + "".join(f"{entry:>10}" for entry in entries) + f"{'× twice':>10}")
    for name, row in rows.items():
        say(f"{name:26}" + "".join(f"{row[entry]:10.1f}" for entry in entries) + f"{ratios[name]:10.2f}")
    worst = {entry: max(row[entry] for row in rows.values()) for entry in entries}
    say(f"{'worst':26}" + "".join(f"{worst[entry]:10.1f}" for entry in entries) + f"{max(ratios.values()):10.2f}")


def _broken(
    rows: Mapping[str, Mapping[str, float]],
    ratios: Mapping[str, float],
    slowest: float,
    growth: float,
    statuses: set[int],
) -> Iterator[str]:
    for name, row in rows.items():
        for entry, taken in row.items():
            if taken > MOST_CPU_MS:
                yield f"{name} at {entry}: {taken:.1f} ms of processor, expected {MOST_CPU_MS:.0f} at most"
        if ratios[name] > MOST_RATIO:
            yield f"{name}: twice the length is {ratios[name]:.2f} times the work, expected {MOST_RATIO} at most"
    if slowest > MOST_HEALTH_MS:
        yield f"the health check took {slowest:.0f} ms, expected {MOST_HEALTH_MS:.0f} at most"
    if growth > MOST_GROWTH_MB:
        yield f"memory grew by {growth:.1f} MB in {REQUESTS:,} requests, expected {MOST_GROWTH_MB:.0f} at most"
    for status in statuses:
        if status >= 500:
            yield f"a request was answered with {status}"
