"""Figures of speed and size, measured on the machine at hand with the product itself.

Invariant: whole processes are timed from outside, by the operating system's own account of them; nothing here
passes or fails, it only tells.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, TypeVar

from assistant.dialogue.facts import facts_of
from assistant.dialogue.understanding import Question
from assistant.funding.eligibility import judge_all
from assistant.matching.matchmaker import Matchmaker
from corpus.files import Record, read_folder, shipped_folder
from corpus.records import Actor, ActorType, Confidence, FundingInstrument, Kind, ProjectIdea, Source, Statement
from corpus.text import LangText, Language
from corpus.vocabulary import Concept
from index.encoders import Encoder, load_encoder
from index.manager import IndexManager
from index.retrieval.need import Need
from index.searcher import Searcher
from index.storage.passages import passages_of

QUESTIONS = (
    ("hvem kan hjelpe med tidlig oppdagelse av sepsis?", Language.NB),
    ("kven kan gi pengar til forsking på fråfall i vidaregåande?", Language.NN),
    ("who works with local food and tourism?", Language.EN),
    ("finnes det støtte til en ansatt som vil ta doktorgrad?", Language.NB),
    ("like ideas on safety alarms and response centres", Language.EN),
)
"""Ordinary questions to time; what they find is no matter here."""

_TOLD = (
    "vi er en kommune i Trøndelag og har en svensk partner",
    "vi er en bedrift",
    "kandidaten har doktorgrad fra før",
    "vi skal søke om et forprosjekt",
    "vi kan dekke 50 prosent selv",
    "",
)
"""What askers tell of themselves besides."""

Say = Callable[[str], None]
Asked = TypeVar("Asked")


class Run(NamedTuple):
    """One process as the operating system saw it."""

    seconds: float
    """From start to end, by the clock on the wall."""
    peak_mb: float
    """The most memory it held, in MB of 1,000,000 bytes; as much as the process that began it, at least."""
    cpu: float
    """Seconds of CPU, user and system together."""


def everyday_questions() -> list[str]:
    """Return the questions that shipped records answer, as people put them, in an order of chance, always the same.

    They are thousands, so that figures rest on no text that was met before.
    """
    records = [record for record in _shipped() if not isinstance(record, Concept)]
    asked = [text.text for record in records for question in record.asked_as for text in question.items()]
    random.Random(0).shuffle(asked)  # noqa: S311 (no secret)
    return list(dict.fromkeys(asked))


def run_process(arguments: Sequence[str], home: Path) -> Run:
    """Run this product once in a process of its own."""
    environment = {**os.environ, "MELLOMROM_HOME": str(home), "PYTHONPYCACHEPREFIX": str(home / "bytecode")}
    # An installed product is compiled once, whatever the shell at hand says.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-c", "from assistant.cli import process_main; process_main()", *arguments]
    started = time.perf_counter()
    silent = os.open(os.devnull, os.O_WRONLY)
    try:
        pid = os.posix_spawn(sys.executable, command, environment, file_actions=[(os.POSIX_SPAWN_DUP2, silent, 1)])
        _, _, usage = os.wait4(pid, 0)
    finally:
        os.close(silent)
    unit = 1 if sys.platform == "darwin" else 1024
    cpu = usage.ru_utime + usage.ru_stime
    return Run(time.perf_counter() - started, usage.ru_maxrss * unit / 1e6, cpu)


def measure_processes(say: Say, runs: int) -> None:
    """Tell how long the very first question takes, and the ones after it."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        first = run_process(["ask", "--json", QUESTIONS[0][0]], home)
        say(f"first question, from nothing   {first.seconds:8.2f} s    peak {first.peak_mb:6.0f} MB")
        later = [run_process(["ask", "--json", QUESTIONS[i % len(QUESTIONS)][0]], home) for i in range(runs)]
        seconds = [run.seconds for run in later]
        peak = max(run.peak_mb for run in later)
        spread = f"(median of {runs}; {min(seconds):.2f}-{max(seconds):.2f})"
        say(f"a question in a new process    {statistics.median(seconds):8.2f} s    peak {peak:6.0f} MB    {spread}")
        helped = run_process(["--help"], home)
        say(f"--help                         {helped.seconds:8.2f} s    peak {helped.peak_mb:6.0f} MB")


def measure_search(say: Say, searcher: Searcher, rounds: int = 40) -> None:
    """Tell how long one warm search over all three kinds takes."""
    needs = [Need(text=text, language=language) for text, language in QUESTIONS]
    times = _warm(searcher.search, needs, rounds)
    say(f"a warm search                  {times}   ({searcher.manifest.passages} passages)")


def measure_answer(say: Say, matchmaker: Matchmaker, rounds: int = 40) -> None:
    """Tell how long one warm answer takes: understood, searched, judged by rules, explained."""
    times = _warm(matchmaker.answer, [Question(text=text) for text, _ in QUESTIONS], rounds)
    say(f"a warm answer                  {times}")


def _warm(act: Callable[[Asked], object], asked: Sequence[Asked], rounds: int) -> str:
    """Return how long each takes that was done once before, as text."""
    for one in asked:
        act(one)
    taken = []
    for _ in range(rounds):
        for one in asked:
            started = time.perf_counter()
            act(one)
            taken.append((time.perf_counter() - started) * 1000)
    return f"{statistics.median(taken):8.1f} ms   95th percentile {statistics.quantiles(taken, n=20)[-1]:.1f} ms"


def measure_encoder(say: Say, encoder: Encoder, passages: int = 10_000) -> None:
    """Tell how many passages of some sixty words are encoded in a second, words met before and words new."""
    words = _words(_shipped())
    maker = random.Random(0)  # noqa: S311 (made-up text, no secret)
    texts = [" ".join(maker.choices(words, k=60)) for _ in range(passages)]
    started = time.perf_counter()
    encoder.encode_passages(texts)
    say(f"the encoder                    {passages / (time.perf_counter() - started):8.0f} passages/s ({encoder.name})")


def measure_rules(say: Say, needs: int) -> None:
    """Tell how long it takes to judge every call of every scheme for so many needs, and to read their facts."""
    located, _ = read_folder(shipped_folder())
    schemes = [one.record for one in located if isinstance(one.record, FundingInstrument)]
    maker = random.Random(0)  # noqa: S311 (made-up needs, no secret)
    words = _words(_shipped())
    asked = [
        f"{question} {' '.join(maker.choices(words, k=8))} {told}"
        for question, told in zip(
            maker.choices([text for text, _ in QUESTIONS], k=needs), maker.choices(_TOLD, k=needs), strict=True
        )
    ]
    today = date(2026, 11, 25)
    started = time.perf_counter()
    told = [facts_of(text, Language.NB) for text in asked]
    say(f"facts of {needs} needs read        {time.perf_counter() - started:8.1f} s")
    lists = [rules for scheme in schemes for rules in (scheme.criteria, *(call.criteria for call in scheme.calls))]
    started = time.perf_counter()
    judged = sum(len(judge_all(rules, facts, today)) for facts in told for rules in lists)
    calls = sum(len(scheme.calls) for scheme in schemes)
    say(f"{needs} needs x {calls} calls judged   {time.perf_counter() - started:8.1f} s    ({judged} verdicts)")


def measure_scale(say: Say, count: int) -> None:
    """Tell how long an index of many made-up records takes to build, and to search."""
    from corpus.store import RecordStore

    with TemporaryDirectory() as folder, RecordStore.open(f"sqlite:///{folder}/scale.sqlite3") as store:
        started = time.perf_counter()
        store.save_many(synthetic_records(count), by="benchmark", action="ship")
        say(f"{count} records stored          {time.perf_counter() - started:8.1f} s")
        keeper = IndexManager(store, load_encoder(), Path(folder) / "index")
        started = time.perf_counter()
        searcher = keeper.searcher()
        say(f"{count} records indexed         {time.perf_counter() - started:8.1f} s")
        measure_search(say, searcher, rounds=10)


def synthetic_records(count: int) -> Iterator[Record]:
    """Yield made-up records of all kinds, of words that the shipped corpus uses; the same ones each time."""
    maker = random.Random(1)  # noqa: S311 (made-up text, no secret)
    shipped = _shipped()
    words = _words(shipped)
    templates = {kind: next(record for record in shipped if record.id.startswith(kind)) for kind in Kind}
    for number in range(count):
        kind = (Kind.ACTOR, Kind.INSTRUMENT, Kind.IDEA)[number % 3]
        template = templates[kind]
        prose = [" ".join(maker.choices(words, k=20)) for _ in range(3)]
        text = [LangText(nb=one) for one in prose]
        changes: dict[str, object] = {
            "id": f"{kind}:synthetic-{number}",
            "name": LangText(nb=" ".join(maker.choices(words, k=3)).capitalize()),
            "summary": text[0],
            "aliases": (),
            "asked_as": (),
        }
        if isinstance(template, Actor):
            source = Source(ref="made up for a benchmark", mark=Confidence.ASSUMED)
            statements = tuple(Statement(text=one, source=source) for one in text[1:])
            changes |= {
                "expertise": statements,
                "offers": (),
                "seeks": (),
                "relations": (),
                "actor_type": ActorType.COMPANY,
            }
        elif isinstance(template, FundingInstrument):
            changes |= {"purpose": template.purpose.model_copy(update={"text": text[1]}), "facts": (), "calls": ()}
        elif isinstance(template, ProjectIdea):
            changes |= {"problem": text[1], "need": text[2], "participants": (), "part_of": None, "related": ()}
        yield template.model_copy(update=changes)


def _shipped() -> list[Record]:
    located, _ = read_folder(shipped_folder())
    return [one.record for one in located]


def _words(records: Iterable[Record]) -> list[str]:
    passages = (passage for record in records for passage in passages_of(record))
    return sorted({word for passage in passages if passage.language is Language.NB for word in passage.text.split()})
