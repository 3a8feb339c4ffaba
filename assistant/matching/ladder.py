"""The order in which a need would climb from a first sketch to a large project.

Invariant: a scheme stands on a step by its rules of stage and its scope alone, and on none where a rule shuts the
asker out or it has ended; likeness orders the schemes of a step, never the steps.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from assistant.dialogue.refinement import Refinement
from assistant.funding.schemes import SchemeStatus
from assistant.funding.verdicts import Verdict
from assistant.matching.answers import Scheme
from corpus.criteria import ProjectStage, StageCriterion
from corpus.records import FundingInstrument, Kind
from corpus.text import Frozen, Language

if TYPE_CHECKING:
    from assistant.dialogue.understanding import Question
    from assistant.funding.verdicts import Facts
    from assistant.matching.matchmaker import Matchmaker
    from corpus.store import RecordStore

_LOOKED_AT = 60
"""Schemes looked through; more than there are on a ladder."""
_ON_A_STEP = 3


class LadderStep(StrEnum):
    """The steps, in order; a doctorate goes alongside."""

    PRE_PROJECT = "pre_project"
    MAIN_PROJECT = "main_project"
    ACROSS_BORDERS = "across_borders"
    DOCTORATE = "doctorate"


_STEPS = {
    ProjectStage.IDEA: LadderStep.PRE_PROJECT, ProjectStage.NETWORK: LadderStep.PRE_PROJECT,
    ProjectStage.PRE_PROJECT: LadderStep.PRE_PROJECT, ProjectStage.QUALIFICATION: LadderStep.PRE_PROJECT,
    ProjectStage.SMALL_SCALE: LadderStep.PRE_PROJECT, ProjectStage.STUDENT_ASSIGNMENT: LadderStep.PRE_PROJECT,
    ProjectStage.MAIN_PROJECT: LadderStep.MAIN_PROJECT, ProjectStage.PROCUREMENT: LadderStep.MAIN_PROJECT,
    ProjectStage.PHD: LadderStep.DOCTORATE,
}  # fmt: skip


class LadderRung(Frozen):
    """The schemes of one step."""

    step: LadderStep
    schemes: tuple[Scheme, ...]


class Ladder(Frozen):
    """The steps of a need, with those left out that no scheme is known for."""

    question: str
    language: Language
    rungs: tuple[LadderRung, ...]


def steps_of(scheme: FundingInstrument) -> frozenset[LadderStep]:
    """Return the steps that a scheme stands on: by its scope beyond Norway, else by its rules of stage."""
    if scheme.scope.level in {"cross_border", "eu"}:
        return frozenset({LadderStep.ACROSS_BORDERS})
    rules = [*scheme.criteria, *(rule for call in scheme.calls for rule in call.criteria)]
    stages = {stage for rule in rules if isinstance(rule, StageCriterion) for stage in rule.stages}
    # A scheme that says nothing of stages pays for a project itself.
    return frozenset(_STEPS[stage] for stage in stages) or frozenset({LadderStep.MAIN_PROJECT})


def climb(matchmaker: Matchmaker, store: RecordStore, question: Question, facts: Facts | None = None) -> Ladder:
    """Return the ladder of a need.

    Raises:
        EmptyQuestionError: there is no word in the question.
    """
    answer = matchmaker.answer(question, _LOOKED_AT, Refinement(kind=Kind.INSTRUMENT), facts)
    usable = [
        scheme
        for scheme in answer.schemes
        if scheme.overall is not Verdict.UNMET and scheme.status is not SchemeStatus.ENDED
    ]
    records = store.get_many([one.id for one in usable])
    rungs = []
    for step in LadderStep:
        here = [
            one
            for one in usable
            if isinstance(record := records.get(one.id), FundingInstrument) and step in steps_of(record)
        ]
        if here:
            rungs.append(LadderRung(step=step, schemes=tuple(here[:_ON_A_STEP])))
    return Ladder(question=answer.question, language=answer.language, rungs=tuple(rungs))
