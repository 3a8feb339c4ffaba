"""Candidates become scores a person can read: from 0 to 1, in three steps of confidence, or silence.

Invariant: the score grows with the candidate's total and with nothing else; the steps are cuts of the score, the
same for every kind, so that "strong" means the same everywhere.
"""

from __future__ import annotations

import json
import math
from enum import StrEnum
from importlib.resources import files

from pydantic import Field

from corpus.records import ActorType, Kind, Role
from corpus.text import Frozen
from index.retrieval.fusion import Fusion
from index.scoring.gate import AnswerabilityClassifier
from index.storage.passages import Facet


class MatchConfidence(StrEnum):
    """How sure a match is; below the last step nothing is shown."""

    STRONG = "strong"
    GOOD = "good"
    POSSIBLE = "possible"


class Calibration(Frozen):
    """The logistic curve that turns a total into a score."""

    slope: float = Field(gt=0)
    midpoint: float
    """The total at which the score is one half."""


class RankingParameters(Frozen):
    """Every number that ranking rests on; tuned on the development questions; the index depends on none of them."""

    weights: dict[Kind, dict[str, float]]
    """By kind, the weight of each part of the total."""
    fusion: Fusion = Fusion.SUM
    """How parts become a total."""
    facets: dict[Facet, float] = Field(default_factory=dict)
    """The weight of a facet's cosine; 1 where it is not given."""
    near_concepts: float = Field(ge=0, le=1)
    """The share of a concept's weight that its broader and related concepts get."""
    registries: float = Field(default=1.0, ge=0, le=1)
    """What the total of a project from a register is worth beside that of an idea people put forward: a register
    holds so many that some are always near."""
    sorts: dict[ActorType, float] = Field(default_factory=dict)
    """How often a body of a sort is one to talk to, from 0 to 1, beside others that are as near; 0 where it is not
    given."""
    roles: dict[Role, float] = Field(default_factory=dict)
    """How much of an idea's total comes to an actor by its role in it; 1 where it is not given."""
    calibration: dict[Kind, Calibration]
    steps: dict[MatchConfidence, float]
    """The least score of each step."""
    gate: AnswerabilityClassifier
    """When a question is answered at all; else it is met with silence."""

    def score(self, kind: Kind, total: float) -> float:
        """Return the score, from 0 to 1, of a total."""
        curve = self.calibration[kind]
        return 1 / (1 + math.exp(min(60.0, -curve.slope * (total - curve.midpoint))))

    def confidence(self, score: float) -> MatchConfidence | None:
        """Return the step a score reaches, or None where it is better to be silent."""
        for step in MatchConfidence:
            if score >= self.steps[step]:
                return step
        return None


def default_parameters() -> RankingParameters:
    """Return the parameters that come with this release."""
    text = (files(__package__) / "ranking.json").read_text(encoding="utf-8")
    return RankingParameters.model_validate(json.loads(text))
