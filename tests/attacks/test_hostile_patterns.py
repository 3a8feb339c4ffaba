"""No text makes the work grow faster than its length, nor stays in memory when it is answered."""

from __future__ import annotations

import time
import tracemalloc
from itertools import count
from pathlib import Path

import pytest

from assistant.lab import hostile_bench
from assistant.lab.hostile import FAMILIES
from assistant.platform.settings import Settings
from assistant.runtime.bootstrap import open_runtime
from assistant.service.container import Runtime
from corpus.store import RecordStore
from corpus.text import Language
from index import analysis
from index.analysis import stem, words
from index.manager import IndexManager
from index.storage.concepts import ConceptFinder
from tests.encoders import WordEncoder
from tests.homes import copy_home
from tests.records import actor, concept

TIMES_A_LONG_QUESTION = 3
"""Processor time of a hostile text at most, beside that of a long question; `bench --hostile` tells milliseconds."""
LONG_QUESTION = 9 * (
    "Kommunen har en tjeneste for eldre som bor hjemme, og vi vil gjerne vite hvem som kan hjelpe oss med å finne ut "
    "hvordan velferdsteknologi og digitale løsninger kan gi bedre omsorg og mindre sykefravær. "
)
_numbers = count(1)


@pytest.fixture(scope="module")
def warm(shipped_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Runtime:
    """A service that has answered before."""

    home = tmp_path_factory.mktemp("hostile") / "home"
    copy_home(shipped_home, home)
    opened = open_runtime(Settings(home=home))
    _ask(opened, "hvem kan hjelpe med sepsis?")
    return opened


def _ask(runtime: Runtime, text: str) -> float:
    from assistant.channels.terminal import incoming_of

    incoming = incoming_of(text, runtime.settings, None, 3, is_question=False)
    started = time.thread_time()
    runtime.service.handle(incoming)
    return time.thread_time() - started


def test_there_are_at_least_twenty_families() -> None:
    assert len(FAMILIES) >= 20


@pytest.fixture(scope="module")
def long_question(warm: Runtime) -> float:
    """The processor time of a long question that nobody asked before."""
    return min(_ask(warm, f"Sak {next(_numbers)}: {LONG_QUESTION}") for _ in range(3))


@pytest.mark.parametrize("family", FAMILIES)
def test_a_hostile_text_takes_about_as_much_work_as_a_long_question(
    warm: Runtime, long_question: float, family: str
) -> None:
    for length in (2_000, 200_000):
        taken = min(
            _ask(warm, made[:40].replace("1", str(next(_numbers))) + made[40:])
            for made in (FAMILIES[family](length, number) for number in (1, 2))
        )
        assert taken < TIMES_A_LONG_QUESTION * long_question


@pytest.mark.parametrize("language", Language)
def test_a_word_of_any_length_takes_memory_by_its_length(language: Language) -> None:
    finder = ConceptFinder.of([concept("sepsis", "blodforgiftning", "sepsis")])
    tracemalloc.start()
    try:
        finder.find("y" * 100_000, language)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5_000_000


def test_words_that_are_met_once_are_not_kept() -> None:
    finder = ConceptFinder.of([concept("sepsis", "blodforgiftning", "sepsis")])
    tracemalloc.start()
    try:
        for number in range(60_000):
            word = f"{number:030}\U00020000" + "å" * 30
            stem(word, Language.NB)
            stem(word[:32], Language.EN)
            if number % 20 == 0:
                finder.find(f"{word} blodforgiftning{number}", Language.NB)
            if number % 100 == 0:
                words(f"{word} " * 1_000)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 20_000_000


def test_a_longer_word_is_known_by_its_beginning() -> None:
    assert words("x" * 1_000) == ["x" * analysis.LONGEST_WORD]


def test_a_record_from_before_the_limits_does_not_keep_the_index_from_being_made(tmp_path: Path) -> None:
    with RecordStore.open(f"sqlite:///{tmp_path / 'store.sqlite3'}") as store:
        store.save_many([actor("poison", "Gift", "x" * 200_000), actor("good", "Sykehuset")], by="test")
        tracemalloc.start()
        try:
            found = IndexManager(store, WordEncoder(), tmp_path / "index").searcher()
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert found.manifest.records == 2
    assert peak < 60_000_000


def test_the_bench_posts_at_every_entry_and_tells_what_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hostile_bench, "FAMILIES", {"digits": FAMILIES["digits"]})
    monkeypatch.setattr(hostile_bench, "REQUESTS", 20)
    monkeypatch.setattr(hostile_bench, "_TRIES", 1)
    monkeypatch.setattr(hostile_bench, "MOST_CPU_MS", 0.0)
    said: list[str] = []
    broken = hostile_bench.measure_hostile(said.append)
    for entry in ("web", "embed", "API", "Slack", "terminal", "batch"):
        assert entry in said[0]
        assert any(one.startswith(f"digits at {entry}: ") for one in broken)
    assert not any("answered with 5" in one for one in broken)
