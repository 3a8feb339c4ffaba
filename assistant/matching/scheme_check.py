"""One scheme held against what is known of an asker and a need.

Invariant: the same scheme, facts and day give the same verdicts as in an answer; nothing is ranked or searched.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from assistant.dialogue.understanding import Question, understand
from assistant.funding.eligibility import judge_scheme, missing_facts, overall
from assistant.funding.rules import HOME
from assistant.funding.schemes import (
    NamedRecord,
    SchemeStatus,
    current_call,
    living_successor,
    named_record,
    read_on,
    scheme_status,
)
from assistant.funding.verdicts import Facts, Judgement, Missing, Verdict
from assistant.matching.consortium import scheme_of
from corpus.records import ActorType, FundingInstrument
from corpus.text import Language, PartialDate

if TYPE_CHECKING:
    from assistant.matching.matchmaker import Matchmaker
    from corpus.store import RecordStore


class SchemeCheck(NamedTuple):
    """How a scheme stands to an asker."""

    scheme: FundingInstrument
    language: Language
    status: SchemeStatus
    opens_on: PartialDate | None
    deadline: date | None
    as_of: PartialDate | None
    """When what is told of the scheme was read."""
    successor: NamedRecord | None
    """What took over, where it has ended."""
    judgements: tuple[Judgement, ...]
    missing: tuple[Missing, ...]
    """Facts that nobody has told and that would settle something, the weightiest first."""

    @property
    def verdict(self) -> Verdict:
        """The worst of the verdicts."""
        return overall(self.judgements)


def check_scheme(
    matchmaker: Matchmaker, store: RecordStore, scheme_id: str, question: Question | None, known: Facts
) -> SchemeCheck:
    """Return how a scheme stands to what is known.

    Args:
        matchmaker: Tells the day.
        store: The records.
        scheme_id: The scheme.
        question: A need in somebody's own words, which tells facts too, and the language to answer in.
        known: What else is known of who would apply; a Norwegian municipality where nothing tells another.

    Raises:
        ConsortiumError: there is no such scheme; the text names the nearest ids.
        EmptyQuestionError: there is no word in the need.
    """
    scheme, today = scheme_of(store, scheme_id), matchmaker.today()
    facts, language = known, Language.NB
    if question is not None:
        understood = understand(question, known)
        # What a caller says outright counts more than what a sentence seems to say.
        facts, language = understood.facts, understood.language
    facts = facts.model_copy(
        update={
            "applicant_type": known.applicant_type or facts.applicant_type or ActorType.MUNICIPALITY,
            "country": facts.country or HOME,
        }
    )
    judgements = judge_scheme(scheme, facts, today)
    call = current_call(scheme, today)
    later = _later(store, scheme, today)
    return SchemeCheck(
        scheme=scheme,
        language=language,
        status=scheme_status(scheme, today),
        opens_on=call.opens_on if call else None,
        deadline=call.next_deadline(today) if call else None,
        as_of=read_on(scheme),
        successor=later,
        judgements=judgements,
        missing=missing_facts(judgements),
    )


def _later(store: RecordStore, scheme: FundingInstrument, today: date) -> NamedRecord | None:
    """Return what took over from a scheme that has ended, followed to what still lives."""
    if scheme_status(scheme, today) is not SchemeStatus.ENDED:
        return None
    records: dict[str, object] = {}
    wanted = {later.instrument for later in scheme.successors}
    while wanted:
        found = store.get_many(sorted(wanted))
        records |= found
        linked = {later.instrument for one in found.values() if isinstance(one, FundingInstrument)
                  for later in one.successors}  # fmt: skip
        wanted = linked - records.keys() if found else set()
    lives = living_successor(scheme, records, today)
    return named_record(*lives) if lives else None
