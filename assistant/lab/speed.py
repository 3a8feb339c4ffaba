"""The figures of speed that are promised, each beside its limit: `mellomrom bench --served`, `--scale N`, `--log N`.

Invariant: each figure is CPU time, user and system together, of all processes at work, so that it can be measured anew
on a busy machine; the time on the wall stands beside it. Nothing here passes or fails, it only tells.
"""

from __future__ import annotations

import http.client
import os
import resource
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count, cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode
from uuid import uuid4

from assistant.lab.benchmarks import QUESTIONS, Say, everyday_questions, run_process, synthetic_records

if TYPE_CHECKING:
    from assistant.platform.settings import Settings
    from assistant.service.container import Runtime

WARMING = 150
"""Questions asked before any is measured: a service that has run for some minutes holds most records in memory."""


class Timing(NamedTuple):
    """What something took, in seconds."""

    cpu: float
    wall: float


def print_figure(say: Say, name: str, taken: Timing | float, limit: str = "", unit: str = "ms") -> None:
    """Tell one figure: CPU time, time on the wall, and what was promised."""
    if not isinstance(taken, Timing):
        say(f"| {name} | {taken:.1f} {unit} | | {limit} |")
        return
    factor, digits = (1000, 1) if unit == "ms" else (1, 2)
    say(f"| {name} | {taken.cpu * factor:.{digits}f} {unit} | {taken.wall * factor:.{digits}f} {unit} | {limit} |")


def print_header(say: Say) -> None:
    """Tell what the columns are, and how busy the machine is."""
    say(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    say("| figure | CPU | wall | promised |")
    say("|--|--|--|--|")


def measured(act: Callable[[], object], times: int) -> Timing:
    """Return the medians of what something takes that is done so many times."""
    cpu, wall = [], []
    for _ in range(times):
        used, begun = time.process_time(), time.perf_counter()
        act()
        cpu.append(time.process_time() - used)
        wall.append(time.perf_counter() - begun)
    return Timing(statistics.median(cpu), statistics.median(wall))


def measure_new_process(say: Say, settings: Settings, runs: int) -> None:
    """Tell what a question takes in a process of its own; to be called while this one holds little memory itself."""
    run_process(["ask", "--json", QUESTIONS[0][0]], settings.home)
    asked = islice(cycle(QUESTIONS), runs)
    later = [run_process(["ask", "--json", text], settings.home) for text, _ in asked]
    taken = Timing(statistics.median(run.cpu for run in later), statistics.median(run.seconds for run in later))
    print_figure(say, "a question in a new process", taken, "≤ 0.55 s", "s")
    print_figure(say, "most memory it holds", max(run.peak_mb for run in later), "≤ 130 MB", "MB")


def measure_service(say: Say, settings: Settings, logged: int) -> None:
    """Tell what an answer costs from question to stored reply, and lists where so many answers are logged."""
    from sqlalchemy import Engine, event

    from assistant.desk.catalogue import Catalogue
    from assistant.desk.queue import QueueQuery, WorkView, work_queue
    from assistant.platform.messages import messages
    from corpus.text import Language

    with _open_warm(settings) as runtime:
        asked = cycle(everyday_questions())

        def answer() -> None:
            ask(runtime, next(asked))

        measured(answer, WARMING)
        sent: list[str] = []

        def note(*told: Any) -> None:  # noqa: ANN401 (as SQLAlchemy tells it)
            sent.append(told[2])

        event.listen(Engine, "before_cursor_execute", note)
        print_figure(say, "an answer, stored", measured(answer, 100))
        event.remove(Engine, "before_cursor_execute", note)
        begun = sum(one.startswith("BEGIN") for one in sent) / 100
        print_figure(say, "SQL statements of an answer", len(sent) / 100 - begun, "≤ 10", "")
        print_figure(say, "transactions of an answer", begun, "≤ 2", "")
        print_figure(say, "kept on disk of an answer", _bytes_per_answer(runtime, asked) / 1000, "≤ 5 KB", "KB")
        if logged:
            _fill(runtime, logged)
            catalogue, nb = Catalogue(runtime.store), messages(Language.NB)
            wanted = QueueQuery("kari", WorkView.ALL)
            desk = measured(lambda: work_queue(runtime, catalogue, wanted, nb), 5)
            print_figure(say, f"the desk with {logged} logged answers", desk, "≤ 80 ms")
            own = measured(lambda: runtime.service.asked_by(_asker(), 50), 5)
            print_figure(say, f"own questions with {logged} logged answers", own, "≤ 80 ms")


def measure_at_scale(say: Say, settings: Settings, records: int) -> None:
    """Tell how made-up records up to a number are indexed, answered from, changed and found anew."""
    from assistant.dialogue.understanding import Question
    from corpus.curation import write_one
    from corpus.records import Kind
    from corpus.text import LangText
    from index.previewing import previewed

    with _open_warm(settings) as runtime:
        runtime.store.save_many(synthetic_records(records), by="benchmark", action="ship")
        built = measured(runtime.keeper.rebuild, 1)
        print_figure(say, f"an index of {records} records", built, "100,000: ≤ 120 s", "s")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6
        print_figure(say, "most memory held by then", peak, "100,000: ≤ 800 MB", "MB")
        asked = cycle([Question(text=text) for text in everyday_questions()])
        for _ in range(WARMING):
            runtime.matchmaker.answer(next(asked))
        warm = measured(lambda: runtime.matchmaker.answer(next(asked)), 100)
        print_figure(say, f"a warm answer among {records} records", warm, "10,000: ≤ 15 ms; 100,000: ≤ 40 ms")
        number = count()
        # A shipped one: what is made up would not be let in by hand.
        edited = next(one for one in runtime.store.ids(Kind.ACTOR) if "synthetic" not in one)

        def save() -> None:
            stored = runtime.store.get(edited)
            changed = stored.record.model_copy(update={"summary": LangText(nb=f"endret {next(number)}", en="changed")})
            write_one(runtime.store, changed, "benchmark", expected_version=stored.version)

        print_figure(say, "saving a record", measured(save, 5), "5,000: ≤ 200 ms")
        follow = []
        for _ in range(3):
            save()
            follow.append(measured(lambda: runtime.keeper.searcher(newest=True), 1))
        followed = Timing(*(statistics.median(column) for column in zip(*follow, strict=True)))
        print_figure(say, "an edit until it is found", followed, "100,000: ≤ 300 ms")
        record, searcher = runtime.store.get(edited).record, runtime.keeper.searcher(newest=True)

        def preview() -> None:
            with previewed(runtime.store, searcher, record):
                pass

        print_figure(say, "a preview", measured(preview, 3), "5,000: ≤ 400 ms")


def measure_served(say: Say, settings: Settings, workers: int, seconds: float = 8.0) -> None:
    """Tell what a page and an answer cost over the web, and how many answers a second several processes give."""
    with _open_warm(settings):
        pass
    with _serving(settings, workers) as (port, pid):
        client = _Client(port)
        asked = cycle(everyday_questions())
        for _ in range(WARMING * workers):
            client.ask(next(asked))
        for name, act, times, limit in (
            ("a page, served", lambda: client.send("GET", "/"), 200, "p50 ≤ 4 ms"),
            ("an answer, served", lambda: client.ask(next(asked)), 100, "≤ 14 ms CPU"),
        ):
            used = _cpu_of(pid)
            wall = measured(act, times).wall
            print_figure(say, name, Timing((_cpu_of(pid) - used) / times, wall), limit)
        used, begun, done = _cpu_of(pid), time.perf_counter(), _askers(port, 4 * workers, seconds)
        wall = time.perf_counter() - begun
        print_figure(say, f"answers a second, {workers} processes", done / wall, "2 cores: ≥ 120", "/s")
        print_figure(
            say, "an answer under that load", Timing((_cpu_of(pid) - used) / max(done, 1), wall / max(done, 1))
        )


@contextmanager
def _open_warm(settings: Settings) -> Iterator[Runtime]:
    from assistant.runtime.bootstrap import open_runtime

    with open_runtime(settings) as runtime:
        runtime.keeper.searcher()
        yield runtime


def _asker() -> Any:  # noqa: ANN401 (imported where used)
    from assistant.platform.people import Asker, Channel

    return Asker(channel=Channel.WEB, tenant="bench", user="kari")


def ask(runtime: Runtime, text: str, top_k: int = 5) -> None:
    """Have a question answered and its answer stored, in a thread of its own."""
    from assistant.service.messages import UserMessage

    key = f"bench {uuid4().hex}"
    runtime.service.handle(UserMessage(key=key, conversation=key, asker=_asker(), text=text, top_k=top_k))


def _bytes_per_answer(runtime: Runtime, asked: Iterator[str], answers: int = 200) -> float:
    """Return the bytes that one answer adds to the database, on average of many."""
    before = _size(runtime)
    for text in islice(asked, answers):
        ask(runtime, text)
    return (_size(runtime) - before) / answers


def _size(runtime: Runtime) -> int:
    runtime.database.leave_no_trace()
    file = runtime.database.file
    return file.stat().st_size if file else 0


def _fill(runtime: Runtime, answers: int) -> None:
    """Log answers by copying those that are there, so that thousands take no minutes."""
    from assistant.history.log_entries import EntryKind, NewLogEntry, PendingEntry

    log = runtime.service.log
    found = [entry for entry in log.entries(kind=EntryKind.ANSWER) if entry.text]
    copies = [
        PendingEntry(
            NewLogEntry(**entry.model_dump(include=set(NewLogEntry.model_fields)) | {"key": uuid4().hex}), entry.text
        )
        for _, entry in zip(range(answers), cycle(found), strict=False)
    ]
    with runtime.database.writing() as session:
        log.append_all(session, copies)


class _Client:
    """A browser on one connection that is kept open."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._cookie = ""

    def send(self, method: str, path: str, body: str | None = None, **headers: str) -> None:
        if self._cookie:
            headers["Cookie"] = self._cookie
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        answer.read()
        if answer.status != http.client.OK:
            raise ConnectionError(f"{method} {path} was answered with {answer.status}")
        self._cookie = (answer.headers.get("set-cookie") or self._cookie).partition(";")[0]

    def ask(self, text: str) -> None:
        form = {"Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true"}
        self.send("POST", "/ask", urlencode({"text": text, "key": uuid4().hex}), **form)


def _askers(port: int, askers: int, seconds: float) -> int:
    """Let so many ask without pause for a while; return how many answers they got."""
    everyday = everyday_questions()
    until, done = time.monotonic() + seconds, [0] * askers

    def ask(number: int) -> None:
        client = _Client(port)
        for text in islice(cycle(everyday), number * 50, None):
            if time.monotonic() > until:
                return
            client.ask(text)
            done[number] += 1

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(askers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done)


@contextmanager
def _serving(settings: Settings, workers: int) -> Iterator[tuple[int, int]]:
    """Serve a home with so many processes; give the port and the id of the first process."""
    rates = {f"MELLOMROM_WEB_{name}RATE": "1000000/minute" for name in ("", "ASK_")}
    environment = {**os.environ, "MELLOMROM_HOME": str(settings.home), **rates}
    command = [sys.executable, "-m", "assistant", "serve", "--port", "0", "--workers", str(workers)]
    with subprocess.Popen(  # noqa: S603 (this product itself)
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as server:
        try:
            assert server.stdout is not None  # noqa: S101 (asked for above)
            address = server.stdout.readline().decode()
            yield int(address.rstrip().rsplit(":", 1)[1]), server.pid
        finally:
            server.terminate()
            server.wait(30)


def _cpu_of(pid: int) -> float:
    """Return the CPU seconds that a process and those it started have used; 0 where the system does not tell."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        stats = [Path(f"/proc/{one}/stat").read_text(encoding="utf-8") for one in (pid, *children)]
    except OSError:
        return 0.0
    fields = (stat.rpartition(")")[2].split() for stat in stats)
    return sum(int(field[11]) + int(field[12]) for field in fields) / os.sysconf("SC_CLK_TCK")
