"""Passages as the index keeps them: with their tags on the way in, and by their numbers on the way out.

Invariant: a passage's number is of that passage alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.storage.passages import Facet, Passage

FACETS = tuple(Facet)


class Tags(NamedTuple):
    """What a passage is tagged with, which only its text, its language and the vocabulary decide."""

    concepts: tuple[str, ...]
    """The concepts it speaks of."""
    stems: frozenset[str]
    """The stems of its words."""


class TaggedPassage(NamedTuple):
    """A passage with the concepts it speaks of and the stems of its words."""

    passage: Passage
    concepts: tuple[str, ...]
    stems: frozenset[str]


class NumberedPassage(NamedTuple):
    """A tagged passage with the number that its vector has."""

    number: int
    passage: Passage
    concepts: tuple[str, ...]
    stems: frozenset[str]


class PassageMeta(NamedTuple):
    """What ranking needs of n passages, without their text."""

    records: NDArray[np.int64]
    """(n,) positions in `PassageTable.headed`."""
    facets: NDArray[np.int64]
    """(n,) positions in `FACETS`."""
