"""Records asked for by name: whole names, abbreviations and names with typing errors.

Invariant: an abbreviation matches a whole word, and a short one only as written in capitals, since many are
ordinary words (KUN, HUNT, NAV). A longer name forgives a letter or two.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from corpus.places import is_word, load_places
from corpus.text import Language
from index.analysis import is_stopword, words
from index.storage.lexical import char_trigrams
from index.storage.record_traits import PLACE, SHORTEST_SPELLED, Name
from index.subject_words import is_broad

NAME_SCORE = 86.0
"""The likeness (0-100, rapidfuzz ratio) from which words are read as a name."""
LETTERS_SHARED = 0.4
"""The least share of a name's three-letter runs that stand in a question which spells it that well.

Of n runs, a likeness of 86 allows 0.28 n letters more or less, each of which breaks two runs at most.
"""
WORD_SCORE = 84.0
"""The likeness that each word of a name must have at least."""
_BEGINNING = 2
"""First letters by which a place is looked for among words in capitals; the rest may be spelled wrong."""
CAPITALS_BELOW = 5
"""Abbreviations with fewer letters, and those that are everyday words, must be in capitals, unless the question is
little else."""
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
    letters = set(char_trigrams(question))
    meant = _without_words(question, names if question.islower() else _with_places_as_written(question, names))
    near = [name for name in meant if len(letters & name.letters) >= LETTERS_SHARED * len(name.letters)]
    spelled = _without_lookalikes(_spelled([name for name in near if not name.is_acronym], asked))
    for name in near:
        hit = _acronym(name, asked, capitals) if name.is_acronym else spelled.get(name)
        if hit and (name.record_id not in best or hit.score > best[name.record_id].score):
            best[name.record_id] = hit
    whole = [hit for hit in best.values() if not any(_is_part(hit, other, asked) for other in best.values())]
    return sorted(whole, key=lambda hit: (-hit.score, hit.record_id))


def _with_places_as_written(question: str, names: Sequence[Name]) -> list[Name]:
    """Return names without the places that a text which uses capitals writes without: many are ordinary words too."""
    beginnings = {word[:_BEGINNING] for token in question.split() if not token.islower() for word in words(token)}
    return [name for name in names if name.kind != PLACE or name.words[0][:_BEGINNING] in beginnings]


def _without_words(question: str, names: Sequence[Name]) -> Sequence[Name]:
    """Return names without those places that are words of the language too, unless the question means the place."""
    words_too = {name for name in names if name.kind == PLACE and all(map(is_word, name.words))}
    if not words_too:
        return names
    found = {place.name.casefold() for place in load_places().find(question)}
    asked = words(question)
    return [name for name in names if name not in words_too or name.spelling in found or _is_alone(name.words, asked)]


def _is_alone(wanted: Sequence[str], asked: Sequence[str]) -> bool:
    """Tell whether a question says a name, and nothing else that carries a subject."""
    left = [word for word in asked if word not in wanted]
    return len(left) < len(asked) and all(map(is_stopword, left))


def _is_part(hit: NameHit, other: NameHit, asked: Sequence[str]) -> bool:
    """Tell whether a name is only said as a part of a longer one, as *KS* is in *KS Midt-Norge*."""
    own, longer = words(hit.name), words(other.name)
    return len(own) < len(longer) and _times(own, asked) <= _times(own, longer) > 0


def _times(some: Sequence[str], within: Sequence[str]) -> int:
    return sum(within[start : start + len(some)] == some for start in range(len(within) - len(some) + 1))


def _acronym(name: Name, asked: list[str], capitals: set[str]) -> NameHit | None:
    wanted = list(name.words)
    if not _times(wanted, asked):
        return None
    short = len("".join(wanted)) < CAPITALS_BELOW or _is_ordinary(wanted)
    is_meant = not short or _is_alone(wanted, asked) or capitals.issuperset(wanted)
    return NameHit(name.record_id, name.text, 1.0) if is_meant else None


def _is_ordinary(wanted: Sequence[str]) -> bool:
    """Tell whether an abbreviation is a word that any need may hold too, as DIGITAL and SHARE are."""
    return all(any(is_broad(word, language) for language in Language) for word in wanted)


class _Spelled(NamedTuple):
    """A name that words of a question could spell, and which words."""

    hit: NameHit
    places: range


def _spelled(names: Sequence[Name], asked: list[str]) -> dict[Name, _Spelled]:
    """Return the names that words of the question could spell, all names of one length held against them at once."""
    from rapidfuzz import fuzz, process

    by_size: dict[int, list[Name]] = {}
    for name in names:
        if not _GENERIC.issuperset(name.words):
            for size in {len(name.words), max(1, len(name.words) - 1)}:
                by_size.setdefault(size, []).append(name)
    spelled: dict[Name, _Spelled] = {}
    for size, some in by_size.items():
        runs = [" ".join(asked[start : start + size]) for start in range(len(asked) - size + 1)]
        targets = [name.spelling for name in some]
        scores = process.cdist(targets, runs, scorer=fuzz.ratio, score_cutoff=NAME_SCORE, dtype=np.float64)
        for row, start in zip(*(places.tolist() for places in scores.nonzero()), strict=True):
            name, score = some[row], float(scores[row, start]) / 100
            is_sure = len(targets[row]) >= SHORTEST_SPELLED and _may_be_misspelt(
                asked[start : start + size], name.words
            )
            if (score == 1 or is_sure) and (name not in spelled or score > spelled[name].hit.score):
                spelled[name] = _Spelled(NameHit(name.record_id, name.text, score), range(start, start + size))
    return spelled


def _without_lookalikes(spelled: dict[Name, _Spelled]) -> dict[Name, NameHit]:
    """Return names without those that only look like one which the same words spell right."""
    taken = {place for one in spelled.values() if one.hit.score == 1 for place in one.places}
    return {name: one.hit for name, one in spelled.items() if one.hit.score == 1 or taken.isdisjoint(one.places)}


def _may_be_misspelt(written: Sequence[str], wanted: Sequence[str]) -> bool:
    """Tell whether the words could be misspelt one by one; "i Midt-Norge" is not a way to write "KS Midt-Norge"."""
    from rapidfuzz import fuzz

    if len(written) != len(wanted):
        return True
    return all(fuzz.ratio(one, other) >= WORD_SCORE for one, other in zip(written, wanted, strict=True))
