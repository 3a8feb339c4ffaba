"""How alike two needs are, whatever their language or wording.

Invariant: likeness is of what is needed, never of who needs it: two needs are as alike from two ends of the country as
from one. Who stands near comes first among those that are alike, and nothing more.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from assistant.dialogue.understanding import Question, understand
from corpus.text import Language
from index.retrieval.need import Need
from index.search_result import Portrait
from index.searcher import Searcher

ALIKE = 0.66
"""The likeness from which two needs are shown as a pair.

Of the development half of the judged pairs, 9 of 10 above it are alike, and of those that are alike 9 of 10 are above
it; of 2,505 pairs of needs of different subjects, some of them near, 8 are."""
_IDEAS, _THEMES = 0.3, 0.1
"""How much what two needs lead to counts beside which way they point: found by a search over the development half."""
LEAST_DIRECTION = ALIKE - _IDEAS - _THEMES
"""The cosine of directions below which two needs cannot be alike."""


def need_of(question: str, language: Language | None = None) -> Need:
    """Return a question as the index sees it.

    Raises:
        EmptyQuestionError: there is no word in it.
    """
    return understand(Question(text=question, language=language)).need


def portrait_of(searcher: Searcher, question: str) -> Portrait:
    """Return what a question is like.

    Raises:
        EmptyQuestionError: there is no word in it.
    """
    return searcher.portrait(need_of(question))


def likeness(first: Portrait, second: Portrait) -> float:
    """Return how alike two needs are: above `ALIKE` where a broker should tell the two of each other."""
    direction = float(np.dot(first.direction, second.direction))
    return direction + _IDEAS * _cosine(first.ideas, second.ideas) + _THEMES * _cosine(first.themes, second.themes)


def _cosine(first: Mapping[str, float], second: Mapping[str, float]) -> float:
    lengths = math.hypot(*first.values()) * math.hypot(*second.values())
    return sum(value * second.get(name, 0.0) for name, value in first.items()) / lengths if lengths else 0.0
