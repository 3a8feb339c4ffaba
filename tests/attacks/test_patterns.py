"""No regular expression of ours takes time by more than the length of a text, whatever the text."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import assistant
import corpus
import index
from assistant.lab.benchmarks import QUESTIONS
from assistant.lab.hostile import FAMILIES
from assistant.platform.settings import Settings
from assistant.runtime.bootstrap import open_runtime
from tests.attacks.patterns import slowest

MOST_MS = 12.0
MOST_RATIO = 2.8
"""Times the work that a text of twice the length may be; by the square it would be four."""
_USED = ("search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn")


def _of_modules() -> Iterator[re.Pattern[str]]:
    for package in (assistant, corpus, index):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" in found.name or found.name.endswith("__main__"):
                continue
            for value in vars(importlib.import_module(found.name)).values():
                some = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else [value]
                yield from (one for one in some if isinstance(one, re.Pattern) and isinstance(one.pattern, str))


@pytest.mark.parametrize(
    ("pattern", "is_slow"),
    [
        (r"\s+x", True),
        (r"a\s*,?\s*\sx", True),
        (r"(?:ab?)+c$", True),
        (r"(?<!\s)\s++x", False),
        (r"\bord\b", False),
        (r"[a-z]+@", True),
        (r"^(?:(?:takk|nei|no|nå|no)[ ,]+)*§§", True),
        (r"^(?:(?:takk|nei|no|nå)[ ,]+)*§§", False),
    ],
)
def test_a_slow_pattern_is_known_for_one(pattern: str, is_slow: bool) -> None:
    assert (slowest(re.compile(pattern), 1.0, MOST_RATIO) is not None) is is_slow


@pytest.mark.slow
def test_no_pattern_takes_time_by_more_than_the_length_of_a_text(
    filled_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    patterns = {(one.pattern, one.flags): one for one in _of_modules()}

    def noting(real: Callable[..., Any]) -> Callable[..., Any]:
        def used(pattern: Any, *given: Any, **named: Any) -> Any:
            one = re.compile(pattern) if isinstance(pattern, str) else pattern
            if isinstance(one.pattern, str):
                patterns.setdefault((one.pattern, one.flags), one)
            return real(pattern, *given, **named)

        return used

    with monkeypatch.context() as patched:
        for name in _USED:
            patched.setattr(re, name, noting(getattr(re, name)))
        runtime = open_runtime(Settings(home=filled_home))
        try:
            from assistant.channels.terminal import incoming_of

            for text in [*(question for question, _ in QUESTIONS), *(make(500, 1) for make in FAMILIES.values())]:
                runtime.service.handle(incoming_of(text, runtime.settings, None, 3, is_question=False))
        finally:
            runtime.close()
    assert len(patterns) > 200
    slow = {one.pattern[:60]: told for one in patterns.values() if (told := slowest(one, MOST_MS, MOST_RATIO))}
    assert slow == {}
