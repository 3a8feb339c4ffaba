"""How many others asked for something like a need.

Invariant: no more is told than a number of municipalities, and only where there are enough of them that none can be
guessed; who asked, and in what words, is told to nobody.
"""

from __future__ import annotations

from assistant.dialogue.knowledge_base import KnowledgeBase
from assistant.history.log_entries import EntryKind
from assistant.history.matchlog import MatchLog
from assistant.matching.answers import Outcome
from assistant.service.stored_answers import question_in

ALIKE = 0.55
"""The likeness from which two questions are of one need."""
LEAST = 3
"""Municipalities from which their number is told."""
_READ = 500
"""Questions that are looked at, the newest."""


def count_similar_needs(log: MatchLog, base: KnowledgeBase, need: str, own: str | None) -> int:
    """Return how many municipalities, besides one's own, asked for something like a need; 0 where they are too few.

    Args:
        log: Where questions are kept.
        base: What tells how near two texts are.
        need: What is asked for.
        own: The number of the municipality of who asks.
    """
    lines = log.lines(EntryKind.ANSWER, Outcome, limit=_READ)
    theirs = [line for line in lines if line.kommunenummer and line.kommunenummer != own]
    alike = {
        line.kommunenummer
        for line in theirs
        if (question := question_in(line.text)) and base.likeness(question, need) >= ALIKE
    }
    return len(alike) if len(alike) >= LEAST else 0
