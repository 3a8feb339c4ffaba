"""Load on Slack's address: ``python -m tests.load.slack_load [--kill] [--workers 2 --kill-worker]``.

Questions arrive as signed HTTP at a steady rate, whether earlier ones are answered or not, from many people, at the
product served in a process of its own. What is not acknowledged with 200 within three seconds is told again, as Slack
does: at once, and after two waits, which are shorter here than Slack's minute and five minutes. With ``--kill`` the
process is ended by SIGKILL half-way and started again two seconds later; with ``--kill-worker`` one of the processes
that serve together is.

It ends with a report, and with exit code 1 where a question that was acknowledged is not in the match log, is there
twice, or was not answered, or where the slowest hundredth of acknowledgements took a second or more (without --kill).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import aiohttp
import yaml

from tests.ports import free_port
from tests.slack.calls import SECRET, signed
from tests.slack.processes import ROOT, Product, Program, call, until

ACK_WITHIN = 3.0
WAITS = (0.0, 5.0, 15.0)
"""Seconds before each time that Slack tells again."""
ANSWERED_WITHIN = 240.0


@dataclass
class Told:
    """One question and what became of its being told."""

    event_id: str
    ts: str
    body: bytes
    acknowledged: bool = False
    seconds: list[float] = field(default_factory=list)


def questions() -> list[str]:
    loaded = yaml.safe_load((ROOT / "tests" / "evaluation" / "questions.yaml").read_text(encoding="utf-8"))
    found = loaded["questions"] if isinstance(loaded, dict) else loaded
    return [one["text"] if isinstance(one, dict) else str(one) for one in found]


def events(count: int, users: int) -> list[Told]:
    """Return so many mentions, each of a person in turn, in a thread of its own."""
    asked = questions()
    made = []
    for number in range(count):
        ts = f"1795600000.{number:06}"
        event = {"type": "app_mention", "user": f"U{number % users:04}", "channel": f"C{number % 20:04}", "ts": ts,
                 "event_ts": ts, "text": f"<@U0BOT> {asked[number % len(asked)]}"}  # fmt: skip
        body = {"type": "event_callback", "team_id": "T01TEST", "api_app_id": "A1", "event_id": f"EvLoad{number}",
                "event": event, "event_time": 1795600000}  # fmt: skip
        made.append(Told(f"EvLoad{number}", ts, json.dumps(body).encode()))
    return made


async def tell(session: aiohttp.ClientSession, url: str, told: Told) -> None:
    """Tell until it is acknowledged, as often as Slack would."""
    for retry, wait in enumerate((None, *WAITS)):
        if wait is not None:
            await asyncio.sleep(wait)
        headers = {"content-type": "application/json", **signed(told.body)}
        if retry:
            headers |= {"x-slack-retry-num": str(retry), "x-slack-retry-reason": "http_timeout"}
        begun = time.monotonic()
        try:
            async with session.post(f"{url}/slack/events", data=told.body, headers=headers) as said:
                await said.read()
                good = said.status == 200
        except (aiohttp.ClientError, TimeoutError):
            good = False
        told.seconds.append(time.monotonic() - begun)
        if good:
            told.acknowledged = True
            return


class Kills(NamedTuple):
    """What is ended half-way, as a power cut would end it."""

    all: bool = False
    worker: bool = False


NOTHING = Kills()


async def load(product: Product, all_told: list[Told], rate: float, kills: Kills) -> float:
    """Tell everything at the rate; return how many seconds it took."""
    timeout = aiohttp.ClientTimeout(total=ACK_WITHIN)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session, asyncio.TaskGroup() as group:
        begun = time.monotonic()
        for number, told in enumerate(all_told):
            await asyncio.sleep(max(0.0, begun + number / rate - time.monotonic()))
            group.create_task(tell(session, product.url, told))
            if kills.all and number == len(all_told) // 2:
                product.program.kill()
                group.create_task(start_again(product))
            if kills.worker and number == len(all_told) // 2:
                os.kill(product.program.workers()[0], signal.SIGKILL)
    return time.monotonic() - begun


async def start_again(product: Product) -> None:
    await asyncio.sleep(2)
    await asyncio.to_thread(product.start)


def share(values: list[float], of: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * of))]


def run(
    rate: float, seconds: float, users: int, *, workers: int = 1, kills: Kills = NOTHING, home: Path | None = None
) -> int:
    """Tell a served home, a new one where none is given, so many questions a second; return 0 if all was well."""
    folder = Path(tempfile.mkdtemp(prefix="slack-load-"))
    api_port, port = free_port(), free_port()
    api = Program([sys.executable, "-m", "tests.load.slack_api", str(api_port)], folder / "api.log")
    api_url = f"http://127.0.0.1:{api_port}"
    api.wait_for(f"{api_url}/_threads")
    environment = {
        "MELLOMROM_SLACK_BOT_TOKEN": "xoxb-load",
        "MELLOMROM_SLACK_SIGNING_SECRET": SECRET,
        "MELLOMROM_SLACK_API_URL": f"{api_url}/api/",
    }
    product = Product(home or folder / "home", folder, port, environment, workers)
    try:
        all_told = events(int(rate * seconds), users)
        took = asyncio.run(load(product, all_told, rate, kills))
        ended = time.monotonic()
        waiting = settle(product)
        settled = time.monotonic() - ended
        return report(product, api_url, all_told, took, settled, waiting, kill=any(kills))
    finally:
        product.stop()
        api.stop()
        shutil.rmtree(folder, ignore_errors=True)


def settle(product: Product) -> int:
    """Wait until the inbox is empty; return how many are left in it."""

    def left() -> int:
        return sum(row["done_at"] is None for row in product.rows("slack_inbox"))

    try:
        until(lambda: left() == 0, ANSWERED_WITHIN)
    except AssertionError:
        return left()
    return 0


def report(
    product: Product, api_url: str, all_told: list[Told], took: float, settled: float, waiting: int, *, kill: bool
) -> int:
    rows = Counter(product.question_keys())
    threads = Counter(call(f"{api_url}/_threads"))
    acknowledged = [told for told in all_told if told.acknowledged]
    first = [told.seconds[0] for told in all_told]
    acks = [told.seconds[-1] for told in acknowledged]
    taken_in = {key.rpartition(":")[2] for key in rows}
    lost = [told for told in acknowledged if told.ts not in taken_in]
    twice = [key for key, count in rows.items() if count > 1]
    silent = [told for told in acknowledged if not threads[told.ts]]
    repeated = [ts for ts, count in threads.items() if count > 1]
    failed = [row for row in product.rows("slack_inbox") if row["failure"]]
    again = sum(len(told.seconds) > 1 for told in acknowledged)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    shares = ", ".join(f"p{of} {share(acks, of / 100):.3f} s" for of in (50, 95, 99))
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {machine}")
    print(f"told            {len(all_told)} questions in {took:.1f} s ({len(all_told) / took:.1f} a second)")
    print(f"acknowledged    {len(acknowledged)}, of these {again} after being told again")
    print(f"acknowledgement {shares}, slowest {max(acks):.3f} s")
    print(f"first telling   p99 {share(first, 0.99):.3f} s")
    print(f"last answer     {settled:.1f} s after the last question; {waiting} left undone")
    print(f"rows            {len(rows)}; lost {len(lost)}, twice {len(twice)}")
    print(
        f"messages        {sum(threads.values())}; without {len(silent)}, twice {len(repeated)}; failed {len(failed)}"
    )
    logged = sum(row["kind"] == "question" for row in product.rows("log_entry"))
    print(f"match log       {logged} questions")
    slow = not kill and share(acks, 0.99) >= 1.0
    unheard = not kill and len(acknowledged) < len(all_told)
    return int(bool(lost or twice or silent or failed or waiting or slow or unheard or logged != len(rows)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=50.0, help="questions a second")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--users", type=int, default=200)
    parser.add_argument("--kill", action="store_true", help="end the process half-way, as a power cut would")
    parser.add_argument("--workers", type=int, default=1, help="processes that serve")
    parser.add_argument("--kill-worker", action="store_true", help="end one of them half-way")
    given = parser.parse_args()
    kills = Kills(given.kill, given.kill_worker)
    raise SystemExit(run(given.rate, given.seconds, given.users, workers=given.workers, kills=kills))


if __name__ == "__main__":
    main()
