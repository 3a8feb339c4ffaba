"""Texts made to be slow for one regular expression: what comes before a part that may repeat, and then only that part.

What a pattern is made of is read by Python's own parser of patterns, which is not public, since nothing else knows it
as well; where a release moves it, the import says so.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from re import _constants as codes
from re import _parser as parser
from typing import Any

LONG = 30
"""Repeats from which a part counts as one that may repeat without end."""
_TRIED = " \n.,-aå1_:\"«@<(!?;/'Aeo"
"""Characters that are looked for in a class of characters."""
_ENDS = ("§", "", "x\n")
_FEW = 14
"""Repeats of a part that take no time, unless it can be read in two ways and each doubles the work."""
_SIZES = (250, 500, 1_000, 2_000)
_ALTERNATIVES = 60
_REPEATS = {codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT}

Part = tuple[Any, Any]


def slowest(pattern: re.Pattern[str], most_ms: float, most_ratio: float) -> str | None:
    """Return what takes a pattern too long, told; None where the time it takes grows with the length of the text."""
    for before, part in dict.fromkeys(_repeating(list(parser.parse(pattern.pattern, pattern.flags)), "")):
        for start in (before, f"x{before}"):
            for end in _ENDS:
                if (few := _seconds(pattern, start + part * _FEW + end) * 1000) > most_ms:
                    return f"{start[-40:]!r} + {part!r} × {_FEW} + {end!r}: {few:.1f} ms"
                taken = _taken(pattern, start, part, end, most_ms)
                if taken[-1] > most_ms and (len(taken) < len(_SIZES) or taken[-1] > most_ratio * taken[-2]):
                    times = ", ".join(f"{one:.1f}" for one in taken)
                    return f"{start[-40:]!r} + {part!r} × n + {end!r}: {times} ms for {_SIZES[: len(taken)]} characters"
    return None


def _taken(pattern: re.Pattern[str], start: str, part: str, end: str, enough_ms: float) -> list[float]:
    """Return the ms that texts of growing length take, until one takes far more than enough."""
    taken: list[float] = []
    for size in _SIZES:
        text = (start + part * (size // len(part)))[:size] + end
        best = min(_seconds(pattern, text), _seconds(pattern, text)) * 1000
        taken.append(best)
        if best > 10 * enough_ms:
            break
    return taken


def _seconds(pattern: re.Pattern[str], text: str) -> float:
    """Return the CPU seconds that a search takes."""
    begun = time.thread_time()
    pattern.search(text)
    return time.thread_time() - begun


def _repeating(parts: Sequence[Part], before: str) -> Iterator[tuple[str, str]]:
    """Yield the parts of a pattern that may repeat, each as a text, with a text that leads to it."""
    for place, (code, value) in enumerate(parts):
        leading = before + _text(parts[:place])
        if code in _REPEATS:
            _, most, body = value
            if most is codes.MAXREPEAT or most >= LONG:
                yield from ((leading, one) for one in _texts_of(list(body)) if one)
            yield from _repeating(list(body), leading)
        elif code is codes.SUBPATTERN:
            yield from _repeating(list(value[3]), leading)
        elif code is codes.BRANCH:
            for one in value[1][:_ALTERNATIVES]:
                yield from _repeating(list(one), leading)
        elif code in (codes.ASSERT, codes.ASSERT_NOT):
            yield from _repeating(list(value[1]), leading)
        elif code is codes.ATOMIC_GROUP:
            yield from _repeating(list(value), leading)


def _texts_of(body: Sequence[Part]) -> Iterator[str]:
    """Yield some texts that a repeating part may be."""
    yield _text(body)
    if len(body) != 1:
        yield from _texts_with_each_alternative(body)
        return
    code, value = body[0]
    if code is codes.IN:
        yield from _characters(value)
    elif code in (codes.ANY, codes.NOT_LITERAL):
        yield " "
    elif code is codes.SUBPATTERN and len(value[3]) == 1 and value[3][0][0] is codes.BRANCH:
        yield from (_text(list(one)) for one in value[3][0][1][1][:_ALTERNATIVES])


def _texts_with_each_alternative(body: Sequence[Part]) -> Iterator[str]:
    """Yield texts that several parts in a row may be, each alternative of one of them in turn."""
    for place, (code, value) in enumerate(body):
        inner = list(value[3]) if code is codes.SUBPATTERN else []
        branch = body[place] if code is codes.BRANCH else inner[0] if len(inner) == 1 else None
        if branch is not None and branch[0] is codes.BRANCH:
            before, after = _text(body[:place]), _text(body[place + 1 :])
            yield from (before + _text(list(one)) + after for one in branch[1][1][:_ALTERNATIVES])


def _text(parts: Sequence[Part]) -> str:
    """Return a short text that parts of a pattern fit."""
    return "".join(map(_text_of, parts))


def _text_of(part: Part) -> str:
    code, value = part
    if code is codes.LITERAL:
        return chr(value)
    if code in (codes.ANY, codes.NOT_LITERAL):
        return "a"
    if code is codes.IN:
        return next(_characters(value), "a")
    if code in _REPEATS:
        return _text(list(value[2])) * int(value[0])
    if code is codes.SUBPATTERN:
        return _text(list(value[3]))
    if code is codes.BRANCH:
        return _text(list(value[1][0]))
    return _text(list(value)) if code is codes.ATOMIC_GROUP else ""


def _characters(choices: Sequence[Part]) -> Iterator[str]:
    """Yield characters of a class."""
    denied = any(code is codes.NEGATE for code, _ in choices)
    fitting = [char for char in _TRIED if any(_fits(char, one) for one in choices) != denied]
    fitting += [chr(value) for code, value in choices if code is codes.LITERAL and not denied]
    fitting += [chr(value[0]) for code, value in choices if code is codes.RANGE and not denied]
    yield from dict.fromkeys([*fitting[:4], *fitting[-2:]])


def _fits(char: str, choice: Part) -> bool:
    code, value = choice
    is_word = char.isalnum() or char == "_"
    by_category = {
        codes.CATEGORY_SPACE: char.isspace(),
        codes.CATEGORY_NOT_SPACE: not char.isspace(),
        codes.CATEGORY_DIGIT: char.isdigit(),
        codes.CATEGORY_NOT_DIGIT: not char.isdigit(),
        codes.CATEGORY_WORD: is_word,
        codes.CATEGORY_NOT_WORD: not is_word,
    }
    if code is codes.LITERAL:
        return ord(char) == int(value)
    if code is codes.RANGE:
        return int(value[0]) <= ord(char) <= int(value[1])
    return code is codes.CATEGORY and by_category.get(value, False)
