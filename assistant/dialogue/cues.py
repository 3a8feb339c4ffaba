"""Which of the words that people use of an answer stand in a turn, and what acts they could mean together.

Invariant: words are recognised one by one, in any order and with a typing error forgiven, never as whole sentences;
what is recognised stands in ``cues.yaml``. A word that the records know is never taken for another one's misspelling.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from corpus.files import read_yaml
from index.analysis import normalise, words

_FORGIVING_FROM = 5
"""Letters from which a word forgives a typing error."""
_TWO_ERRORS_FROM = 9
"""Letters from which it forgives two."""
_MOST_MISSPELT = 60
"""Words of a turn that are tried for a typing error, each against all cues of its letter; a turn of more such says
nothing of an answer."""
_SHORT_ENDING = 4
"""Letters that a stem of few letters takes at its end."""
_APOSTROPHES = re.compile(r"['’`´]")
FRAME = "FRAME"
"""The class of the words that only hold a sentence together."""


class _Entry(NamedTuple):
    """One way in which a class of words is said."""

    name: str
    tokens: tuple[str, ...]
    is_stem: bool
    """Whether words that begin so are meant too; of several words, the last."""


class ActPattern(NamedTuple):
    """Classes of words that together mean an act."""

    act: str
    all: tuple[str, ...]
    without: tuple[str, ...]
    rest: int
    """Words with a subject of their own that a turn may hold besides."""


class _Lexicon(NamedTuple):
    by_first: Mapping[str, tuple[_Entry, ...]]
    """Entries whose first word is this one, and no stem."""
    stems: Mapping[str, tuple[_Entry, ...]]
    """Entries of one word that is a stem, by its first two letters."""
    single: Mapping[str, tuple[_Entry, ...]]
    """Entries of one word that is long enough to be misspelt, by its first letter."""
    ways: tuple[ActPattern, ...]


class Cues(NamedTuple):
    """The words of a turn, and what classes they are of."""

    tokens: tuple[str, ...]
    found: Mapping[str, frozenset[int]]
    """By class, the places of the words that are of it."""

    def has(self, *names: str) -> bool:
        """Tell whether there are words of all of some classes."""
        return all(name in self.found for name in names)

    def any(self, *names: str) -> bool:
        """Tell whether there are words of any of some classes."""
        return any(name in self.found for name in names)

    def places(self, names: Iterable[str]) -> set[int]:
        """Return the places of the words of some classes."""
        return {place for name in names for place in self.found.get(name, ())}

    def covered(self) -> set[int]:
        """Return the places of all words that are of any class."""
        return self.places(self.found)

    def only(self, *names: str) -> bool:
        """Tell whether there is a word, and every word is of one of some classes."""
        return bool(self.tokens) and len(self.places(names)) == len(self.tokens)

    def ways(self) -> list[ActPattern]:
        """Return what the words could mean together, in the order of ``cues.yaml``."""
        return [way for way in _lexicon().ways if self.has(*way.all) and not self.any(*way.without)]


def tokens_of(text: str) -> tuple[str, ...]:
    """Return the words of a turn as cues are looked for in them."""
    return tuple(words(_APOSTROPHES.sub(" ", normalise(text))))


def cues_of(text: str, is_known: Callable[[str], bool] = lambda _: False) -> Cues:
    """Return the words of a turn with their classes.

    Args:
        text: What was written.
        is_known: Whether records use a word, so that it is no misspelling.
    """
    tokens = tokens_of(text)
    lexicon = _lexicon()
    found: dict[str, set[int]] = {}
    tries = _MOST_MISSPELT
    for place, token in enumerate(tokens):
        entries = [one for one in lexicon.by_first.get(token, ()) if _stands(one, tokens, place)]
        entries += [one for one in lexicon.stems.get(token[:2], ()) if _begins(token, one.tokens[0])]
        if not entries and tries and len(token) >= _FORGIVING_FROM and not is_known(token):
            tries -= 1
            entries = _misspelt(token, lexicon.single.get(token[0], ()))
        for entry in entries:
            if token == _I and entry.tokens == (_I,) and entry.name == _WE and not _is_english_i(tokens, place):
                continue
            found.setdefault(entry.name, set()).update(range(place, place + len(entry.tokens)))
    return Cues(tokens, {name: frozenset(places) for name, places in found.items()})


_I, _WE = "i", "WE"
_ENGLISH_VERBS = frozenset(
    "am m ve d ll have had want need would could can do did don will was think mean meant work live see get know found"
    " like wonder ask asked apply call reach write save represent said thought should may must".split()
)


def _is_english_i(tokens: tuple[str, ...], place: int) -> bool:
    """Tell whether "i" speaks of whoever writes, as in English, and is not the preposition."""
    before, after = tokens[max(place - 1, 0) : place], tokens[place + 1 : place + 2]
    return not _ENGLISH_VERBS.isdisjoint((*before, *after))


def _begins(token: str, stem: str) -> bool:
    """Tell whether a word is a form of a stem; of a short one only with a short ending: Ringsaker rings nobody."""
    return token.startswith(stem) and (len(stem) >= _FORGIVING_FROM or len(token) - len(stem) <= _SHORT_ENDING)


def _stands(entry: _Entry, tokens: tuple[str, ...], place: int) -> bool:
    there = tokens[place : place + len(entry.tokens)]
    if len(there) < len(entry.tokens):
        return False
    last_fits = there[-1].startswith(entry.tokens[-1]) if entry.is_stem else there[-1] == entry.tokens[-1]
    return there[:-1] == entry.tokens[:-1] and last_fits


_OWN_LETTERS = frozenset("æøå")


def _misspelt(token: str, entries: Iterable[_Entry]) -> list[_Entry]:
    """Return the entries that a word is a misspelling of."""
    from rapidfuzz.distance import OSA

    found = []
    for entry in entries:
        wanted = entry.tokens[0]
        # Who lacks the letters writes a for å; nobody writes å for o: ticks (flått) are no praise (flott).
        if _OWN_LETTERS.intersection(token) - set(wanted):
            continue
        most = 2 if len(wanted) >= _TWO_ERRORS_FROM else 1
        longer = len(token) - len(wanted)
        if longer < -most or (longer > most and not entry.is_stem):
            continue
        # Of a longer word only its beginning is held against a stem.
        ends = [min(len(wanted) + change, len(token)) for change in (-1, 0, 1)] if entry.is_stem else [len(token)]
        if any(OSA.distance(token[:end], wanted, score_cutoff=most) <= most for end in dict.fromkeys(ends)):
            found.append(entry)
    return found


@cache
def _lexicon() -> _Lexicon:
    plain: Any = read_yaml(files("assistant.dialogue").joinpath("cues.yaml").read_text(encoding="utf-8"))
    entries = [
        _Entry(name, tuple(said.strip().removesuffix("*").split()), said.strip().endswith("*"))
        for name, ways in plain["words"].items()
        for said in ways.split("|")
    ]
    by_first: dict[str, list[_Entry]] = {}
    stems: dict[str, list[_Entry]] = {}
    single: dict[str, list[_Entry]] = {}
    for entry in entries:
        if len(entry.tokens) == 1 and len(entry.tokens[0]) >= _FORGIVING_FROM:
            single.setdefault(entry.tokens[0][0], []).append(entry)
        if len(entry.tokens) == 1 and entry.is_stem:
            stems.setdefault(entry.tokens[0][:2], []).append(entry)
        else:
            by_first.setdefault(entry.tokens[0], []).append(entry)
    return _Lexicon(
        by_first={first: tuple(some) for first, some in by_first.items()},
        stems={first: tuple(some) for first, some in stems.items()},
        single={letter: tuple(some) for letter, some in single.items()},
        ways=tuple(
            ActPattern(act, tuple(way["all"]), tuple(way.get("without", ())), way.get("rest", 0))
            for act, ways in plain["acts"].items()
            for way in ways
        ),
    )
