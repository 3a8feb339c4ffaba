"""What a search tells of a record that it found: reasons, and the passages that they rest on.

Invariant: a reason only says what can be seen in the question and in the quoted passage.
"""

from __future__ import annotations

from enum import StrEnum

from corpus.records import Kind, Role
from corpus.text import Frozen, Language
from index.scoring.ranking import MatchConfidence
from index.storage.passages import Facet


class ReasonKind(StrEnum):
    """What a reason rests on."""

    NAMED = "named"
    SHARED = "shared"
    TOOK_PART = "took_part"
    ALIKE = "alike"
    NEAR = "near"
    RUNS = "runs"


class Reason(Frozen):
    """One reason for a match, as data; the sentence is made where it is shown."""

    kind: ReasonKind
    labels: tuple[str, ...] = ()
    """For shared: concepts and words in common. For named: the name. For near: the place."""
    idea: str | None = None
    """For took_part: the id of the idea."""
    role: Role | None = None
    """For took_part: the role in it."""
    scheme: str | None = None
    """For runs: the id of the scheme."""


class Evidence(Frozen):
    """A passage that carries a reason."""

    record_id: str
    """The record the words are from; for what an actor took part in or runs, the idea or the scheme."""
    facet: Facet
    quote: str
    language: Language
    source: str


class Match(Frozen):
    """A record that answers a need, with its reasons."""

    record_id: str
    kind: Kind
    score: float
    confidence: MatchConfidence
    reasons: tuple[Reason, ...]
    evidence: tuple[Evidence, ...]
    parts: dict[str, float]
