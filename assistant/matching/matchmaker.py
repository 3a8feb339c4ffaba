"""The spine of the assistant: understand, search, judge, compose.

Invariant: the same question, records and day give the same answer. A scheme that has ended, or a body that is no
more, is never suggested in its own right: what took over is, and the answer says so; only who asks for it by name
is told of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from assistant.dialogue.conversation import ConversationState, Intent
from assistant.dialogue.refinement import Refinement
from assistant.dialogue.turn_parser import parse_turn
from assistant.dialogue.understanding import Question, understand
from assistant.funding.calendar import Calendar, CallPeriod
from assistant.funding.schemes import SchemeStatus
from assistant.funding.verdicts import Fact, Facts, Verdict, merge_facts
from assistant.matching.answer_records import AnswerRecords
from assistant.matching.answers import SHOWN, Answer, Idea, Partner, Scheme
from assistant.matching.composer import Composer
from assistant.matching.knowledge_base import IndexedKnowledgeBase
from assistant.matching.own_places import standing_of
from assistant.matching.scheme_ranking import reaches
from assistant.platform.tracing import traced_step
from assistant.platform.workdays import norwegian_day
from corpus.files import Record
from corpus.records import Actor, ActorType, FundingInstrument, Kind, ProjectIdea
from corpus.store import RecordStore
from corpus.text import Language, first_day, last_day
from index.manager import IndexManager
from index.searcher import Searcher

MOST_COMING = 8
"""Schemes of a calendar; more is a list nobody reads."""
RECORDS_KEPT = 5_000
"""Records kept in memory between questions."""


class Matchmaker:
    """Answers questions from a store and its index."""

    def __init__(self, store: RecordStore, keeper: IndexManager, today: Callable[[], date] = norwegian_day) -> None:
        self._store = store
        self._keeper = keeper
        self._today = today
        self._calendar = Calendar(today())
        self._known: tuple[int, dict[str, Record]] = (-1, {})
        self._base: IndexedKnowledgeBase | None = None

    def answer(
        self,
        question: Question,
        top_k: int = SHOWN,
        refinement: Refinement | None = None,
        facts: Facts | None = None,
        base: IndexedKnowledgeBase | None = None,
    ) -> Answer:
        """Return the answer to a question.

        Args:
            question: What was asked.
            top_k: Suggestions of each kind.
            refinement: What was said after it.
            facts: What is known of the asker besides what the question says.
            base: The generation of the index that the question was read with; the newest where none is given.

        Raises:
            EmptyQuestionError: there is no word in it.
        """
        searcher = base.searcher if base else self._keeper.searcher()
        with traced_step("understand"):
            understanding = understand(question, facts)
        if refinement is not None:
            example = self._example(refinement.like, understanding.need.language)
            need = refinement.applied(understanding.need, example)
            understanding = understanding.model_copy(update={"need": need})
        standing = standing_of(understanding)
        understanding = understanding.model_copy(
            update={"need": understanding.need.model_copy(update={"context_places": standing})}
        )
        composer = self._composer(searcher, understanding.facts, refinement)
        with traced_step("search"):
            found = searcher.find(understanding.need)
        with traced_step("compose"):
            return composer.compose(understanding, found, searcher.manifest, top_k)

    def described(self, record_ids: Iterable[str], facts: Facts) -> tuple[Partner | Scheme | Idea, ...]:
        """Return records as suggestions that nothing led to, for what is asked of one by name."""
        composer = self._composer(self._keeper.searcher(), facts, None)
        return tuple(found for record_id in record_ids if (found := composer.alone(record_id)) is not None)

    def coming(
        self, facts: Facts, most: int, period: CallPeriod | None = None, *, open_now: bool = False
    ) -> tuple[Scheme, ...]:
        """Return the schemes that whoever asks may apply to, by when they close next; what is always open comes last.

        Those for the asker's own county are among them, as are some that are always open; one for some counties is left
        out where nobody told the asker's.

        Args:
            facts: What is known of the asker.
            most: How many to give.
            period: The time in which they open or close; any where none is given.
            open_now: Whether only those are wanted that take applications today.
        """
        ids = self._store.ids(Kind.INSTRUMENT)
        records = AnswerRecords(self._store, self._known_records(self._keeper.searcher().manifest.revision))
        records.fetch(ids)
        within_reach: dict[str, FundingInstrument] = {
            record.id: record
            for record in map(records.by_id.get, ids)
            if isinstance(record, FundingInstrument) and reaches(record, facts)
        }
        schemes = {one.id: one for one in self.described(within_reach, facts) if isinstance(one, Scheme)}
        span = period.span(self._today()) if period else None
        dated = sorted(
            (on, one.id)
            for one in schemes.values()
            if (on := _closes(one, facts, open_now=open_now)) is not None and (span is None or _is_within(one, *span))
        )
        own = [one for one in dated if within_reach[one[1]].scope.fylkesnummer][:_OWN_COMING]
        always = [one for one in dated if one[0] == _ALWAYS_OPEN][:_ALWAYS_COMING]
        kept = {*own, *always}
        others = [one for one in dated if one not in kept][: most - len(kept)]
        return tuple(schemes[record_id] for _, record_id in sorted([*kept, *others]))

    def calendar(self, text: str, facts: Facts | None = None) -> tuple[Scheme, ...]:
        """Return the schemes that a question for what is open, or comes, is answered with; none to another question.

        Args:
            text: What was asked.
            facts: What is known of the asker besides what it says.
        """
        turn = parse_turn(text, ConversationState(), self.base())
        if turn.intent is not Intent.CALENDAR:
            return ()
        known = merge_facts(facts or Facts(), turn.facts or Facts())
        if known.applicant_type is None:
            known = known.model_copy(update={"applicant_type": ActorType.MUNICIPALITY})
        return self.coming(known, MOST_COMING, turn.period, open_now=turn.open_now)

    def record(self, record_id: str) -> Record | None:
        """Return a record by its id; None where there is none."""
        return self._store.find(record_id)

    def base(self) -> IndexedKnowledgeBase:
        """Return what the records know of words and names, for reading what somebody says."""
        searcher = self._keeper.searcher()
        if self._base is None or self._base.searcher is not searcher:
            self._base = IndexedKnowledgeBase(searcher)
        return self._base

    def _composer(self, searcher: Searcher, facts: Facts, refinement: Refinement | None) -> Composer:
        records = self._known_records(searcher.manifest.revision)
        return Composer(self._store, self._of_today(), records, facts, refinement or Refinement())

    def today(self) -> date:
        """Return the day by which schemes are judged."""
        return self._today()

    def _of_today(self) -> Calendar:
        """Return what is known of today's schemes from earlier answers."""
        calendar, today = self._calendar, self._today()
        if calendar.today != today:
            calendar = self._calendar = Calendar(today)
        return calendar

    def _example(self, record_id: str | None, language: Language) -> str | None:
        """Return what a record says that more like it is wanted of."""
        record = self._store.find(record_id)
        if not isinstance(record, Actor | FundingInstrument | ProjectIdea):
            return None
        return f"{record.name.best(language).text}. {record.summary.best(language).text}"

    def _known_records(self, revision: int) -> dict[str, Record]:
        """Return the records read for earlier answers, none of them from before the last change."""
        known_of, known = self._known
        if revision != known_of or len(known) > RECORDS_KEPT:
            known = {}
            self._known = revision, known
        return known


_ALWAYS_OPEN = "9999"
_OWN_COMING = 3
"""Schemes of the asker's own county among what closes next."""
_ALWAYS_COMING = 2
"""Schemes that are always open among it."""


def _is_within(scheme: Scheme, first: date, last: date) -> bool:
    """Tell whether a scheme opens or closes, or is expected to, between two days, both of them included."""
    expected = scheme.suitability.expected.on if scheme.suitability and scheme.suitability.expected else None
    deadline = scheme.deadline.isoformat() if scheme.deadline else None
    dates = (one for one in (scheme.opens_on, deadline, expected) if one)
    return any(first_day(one) <= last and last_day(one) >= first for one in dates)


def _closes(scheme: Scheme, facts: Facts, *, open_now: bool = False) -> str | None:
    """Return when a scheme closes next, as far as anybody knows; None where it does not, or not for who asks."""
    is_open = scheme.status in {SchemeStatus.OPEN, SchemeStatus.ROLLING}
    if open_now and not is_open:
        return None
    if scheme.status is SchemeStatus.ENDED or scheme.overall is Verdict.UNMET or scheme.suitability is None:
        return None
    if facts.fylkesnummer is None and any(
        one.missing is not None and one.missing.fact is Fact.PLACE for one in scheme.eligibility
    ):
        return None
    if scheme.deadline is not None:
        return scheme.deadline.isoformat()
    if scheme.suitability.expected is not None:
        return scheme.suitability.expected.on
    return _ALWAYS_OPEN if scheme.status is SchemeStatus.ROLLING or (open_now and is_open) else None
