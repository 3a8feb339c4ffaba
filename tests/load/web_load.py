"""The chat under load, then the desk: `python -m tests.load.web_load [--askers 100] [--seconds 60] [--records 1000]`.

A server of its own, in a process of its own, on a new home with the shipped corpus and made-up records up to the
number wanted. Each asker is a browser with its own session: it asks, waits two to six seconds as somebody who reads,
and asks something else. Reported are the first byte of answers with one asker at work (warm), and under load:
questions answered, how long they took, and whatever was not answered as it should be.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from uuid import uuid4

import httpx2

from assistant.lab.benchmarks import synthetic_records
from assistant.platform.settings import Settings
from assistant.runtime.bootstrap import open_runtime

QUESTIONS = (
    "hvem kan hjelpe med tidlig oppdagelse av sepsis?",
    "støtte til forskning i kommunen",
    "vi vil forebygge fall hos eldre som bor hjemme",
    "kven forskar på ungdom og utanforskap?",
    "who can help us with welfare technology?",
    "Horisont 2020",
    "hvordan får vi flere frivillige i omsorgen?",
    "pengar til klimatilpassing i landbruket",
)
WARM = 60
DESK = (
    "", "/cases", "/needs", "/records", "/records?q=kommune&kind=actor", "/records/idea:responssenter",
    "/records/idea:responssenter/history", "/vocabulary?q=sepsis", "/reports",
)  # fmt: skip
"""Pages of the broker's desk, each fetched `DESK_TIMES`."""
DESK_TIMES = 20


def fill(home: Path, records: int) -> int:
    """Make a home with the shipped corpus and made-up records up to a number; return how many there are."""
    runtime = open_runtime(Settings(home=home))
    try:
        shipped = len(runtime.store.ids())
        runtime.store.save_many(synthetic_records(max(records - shipped, 0)), by="load", action="ship")
        runtime.keeper.searcher()
        return len(runtime.store.ids())
    finally:
        runtime.close()


async def asked(client: httpx2.AsyncClient, text: str) -> tuple[int, float, float]:
    """Ask as a browser with htmx does; return the status, and seconds to the first byte and to the last."""
    begun = time.perf_counter()
    form = {"text": text, "key": uuid4().hex}
    async with client.stream("POST", "/ask", data=form, headers={"HX-Request": "true"}) as answer:
        first = time.perf_counter() - begun
        body = b"".join([part async for part in answer.aiter_bytes()])
    status = answer.status_code if b'class="turn' in body or answer.status_code != 200 else 0
    return status, first, time.perf_counter() - begun


async def asker(address: str, until: float, told: list[tuple[int, float, float]], faults: Counter[str]) -> None:
    async with httpx2.AsyncClient(base_url=address, timeout=30) as client:
        # People do not all begin at the same moment.
        await asyncio.sleep(random.uniform(0, 4))  # noqa: S311
        while time.monotonic() < until:
            try:
                told.append(await asked(client, random.choice(QUESTIONS)))  # noqa: S311
            except httpx2.HTTPError as error:
                faults[type(error).__name__] += 1
            await asyncio.sleep(random.uniform(2, 6))  # noqa: S311


def shown(seconds: list[float]) -> str:
    cuts = statistics.quantiles(seconds, n=100)
    return (
        f"median {cuts[49] * 1000:.0f} ms, 95 of 100 within {cuts[94] * 1000:.0f} ms, all within {max(seconds):.2f} s"
    )


async def run(address: str, askers: int, seconds: int) -> bool:
    async with httpx2.AsyncClient(base_url=address, timeout=30) as client:
        for text in QUESTIONS:
            await asked(client, text)
        warm = [await asked(client, QUESTIONS[number % len(QUESTIONS)]) for number in range(WARM)]
    print(f"warm, one asker, {WARM} questions: first byte {shown([first for _, first, _ in warm])}")
    told: list[tuple[int, float, float]] = []
    faults: Counter[str] = Counter()
    until = time.monotonic() + seconds
    await asyncio.gather(*(asker(address, until, told, faults) for _ in range(askers)))
    statuses = Counter(status for status, _, _ in told)
    good = statuses[200]
    print(f"{askers} askers for {seconds} s: {good} questions answered, {good / seconds:.1f} a second")
    print(f"first byte {shown([first for _, first, _ in told])}")
    print(f"whole page {shown([whole for _, _, whole in told])}")
    wrong = {str(status): number for status, number in statuses.items() if status != 200} | dict(faults)
    print(f"not answered as it should be: {wrong or 'none'}")
    return not wrong


async def desk(address: str, link: str) -> None:
    """Tell how long each page of the desk takes one broker who has been there before."""
    async with httpx2.AsyncClient(base_url=address, timeout=30, headers={"Accept-Language": "nb"}) as client:
        await client.post(link, headers={"Origin": address, "Sec-Fetch-Site": "same-origin"})
        for path in DESK:
            taken = []
            for _ in range(DESK_TIMES):
                begun = time.perf_counter()
                answer = await client.get(f"/desk{path}")
                taken.append(time.perf_counter() - begun)
                assert answer.status_code == 200, (path, answer.status_code)
            print(f"/desk{path}: median {statistics.median(taken) * 1000:.0f} ms, all within {max(taken):.2f} s")


async def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--askers", type=int, default=100)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--records", type=int, default=1_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        count = fill(home, wanted.records)
        environment = os.environ | {
            "MELLOMROM_HOME": str(home),
            "MELLOMROM_WEB_RATE": "1000000/minute",
            "MELLOMROM_WEB_ASK_RATE": "1000000/minute",
        }
        server = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "assistant", "serve", "--port", "0",
            env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        assert server.stdout is not None
        found = re.search(r"http://\S+", (await server.stdout.readline()).decode())
        assert found is not None
        link = None
        while link is None:
            link = re.search(r"/login/link/\S+", (await server.stdout.readline()).decode())
        print(f"{count} records, {os.cpu_count()} cores, server and askers on one machine")
        try:
            good = await run(found[0], wanted.askers, wanted.seconds)
            await desk(found[0], link[0])
            return 0 if good else 1
        finally:
            server.terminate()
            await server.wait()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
