"""Records asked for by name: whole names, abbreviations and names with typing errors.

Invariant: an abbreviation matches a whole word, and a short one only as written in capitals, since many are
ordinary words (KUN, HUNT, NAV). A longer name forgives a letter or two.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from corpus.records import AliasKind
from index.analysis import STOPWORDS, words
from index.passage_table import Name

NAME_SCORE = 86.0
"""The likeness (0-100, rapidfuzz ratio) from which words are read as a name."""
WORD_SCORE = 60.0
"""The likeness that each word of a name must have at least."""
EXACT_BELOW = 6
"""Names with fewer letters must be spelled right."""
CAPITALS_BELOW = 5
"""Abbreviations with fewer letters must be in capitals, unless the question is little else."""
_GENERIC = frozenset("as kommune municipality fylkeskommune county university universitet".split())


class NameHit(NamedTuple):
    """A name found in a question."""

    record_id: str
    name: str
    score: float
    """0 to 1."""


def find_names(question: str, names: Sequence[Name]) -> list[NameHit]:
    """Return the best hit for every record that a question names, best first."""
    asked = words(question)
    capitals = {word for written in question.split() if sum(map(str.isupper, written)) > 1 for word in words(written)}
    best: dict[str, NameHit] = {}
    spelled = _spelled(names, asked)
    for name in names:
        hit = _acronym(name, asked, capitals) if _is_acronym(name) else spelled.get(name)
        if hit and (name.record_id not in best or hit.score > best[name.record_id].score):
            best[name.record_id] = hit
    return sorted(best.values(), key=lambda hit: (-hit.score, hit.record_id))


def _is_acronym(name: Name) -> bool:
    return name.kind == AliasKind.ACRONYM or (name.text.isupper() and len(name.text) <= EXACT_BELOW)


def _acronym(name: Name, asked: list[str], capitals: set[str]) -> NameHit | None:
    wanted = list(name.words)
    size = len(wanted)
    for position in range(len(asked) - size + 1):
        if asked[position : position + size] == wanted:
            alone = all(any(word in ignored for ignored in STOPWORDS.values()) for word in asked if word not in wanted)
            short = len("".join(wanted)) < CAPITALS_BELOW
            if not short or alone or capitals.issuperset(wanted):
                return NameHit(name.record_id, name.text, 1.0)
    return None


def _spelled(names: Sequence[Name], asked: list[str]) -> dict[Name, NameHit]:
    """Return the names that words of the question could spell, all names of one length held against them at once."""
    from rapidfuzz import fuzz, process

    by_size: dict[int, list[Name]] = {}
    for name in names:
        if name.words and not _is_acronym(name) and not all(word in _GENERIC for word in name.words):
            for size in {len(name.words), max(1, len(name.words) - 1)}:
                by_size.setdefault(size, []).append(name)
    found: dict[Name, NameHit] = {}
    for size, some in by_size.items():
        runs = [" ".join(asked[start : start + size]) for start in range(len(asked) - size + 1)]
        targets = [" ".join(name.words) for name in some]
        scores = process.cdist(targets, runs, scorer=fuzz.ratio, score_cutoff=NAME_SCORE, dtype=np.float64)
        for row, start in zip(*(places.tolist() for places in scores.nonzero()), strict=True):
            name, score = some[row], float(scores[row, start]) / 100
            is_sure = len(targets[row]) >= EXACT_BELOW and _alike(asked[start : start + size], name.words)
            if (score == 1 or is_sure) and (name not in found or score > found[name].score):
                found[name] = NameHit(name.record_id, name.text, score)
    return found


def _alike(written: Sequence[str], wanted: Sequence[str]) -> bool:
    """Tell whether the words could be misspelt one by one; "i Midt-Norge" is not a way to write "KS Midt-Norge"."""
    from rapidfuzz import fuzz

    if len(written) != len(wanted):
        return True
    return all(fuzz.ratio(one, other) >= WORD_SCORE for one, other in zip(written, wanted, strict=True))
