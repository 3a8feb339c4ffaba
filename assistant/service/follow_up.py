"""What is told where a turn asks something of the answer before, of a record or of a word.

Invariant: everything told is a fact of a record, of the answer that was given, of the glossary or of the log; nothing
is stored here, and nothing is put into words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.dialogue.conversation import ConversationState, Intent, ListedSuggestion, Turn
from assistant.funding.schemes import current_call
from assistant.funding.verdicts import Facts
from assistant.matching.answers import Answer, Idea, Partner, Scheme
from assistant.matching.matchmaker import MOST_COMING, Matchmaker
from assistant.matching.narrowing import amounts_of
from assistant.service.messages import FollowUpAnswer, FollowUpRow, RecordDetail
from corpus.files import Record
from corpus.records import Actor, ActorType, FundingInstrument, Kind, ProjectIdea, Statement
from index.storage.passages import reference

_MOST_ROWS = 3
_STATEMENTS = 2
_RESULTS = 3
_PARTIES = 6
_MUNICIPAL = {ActorType.MUNICIPALITY, ActorType.INTER_MUNICIPAL_BODY, ActorType.COUNTY_MUNICIPALITY}


class FollowUpAnswerer:
    """Looks up what is told."""

    def __init__(self, matchmaker: Matchmaker) -> None:
        self._matchmaker = matchmaker

    def answer(
        self, turn: Turn, state: ConversationState, answer: Answer | None, facts: Facts, others: int
    ) -> FollowUpAnswer:
        """Return what is told to a turn.

        Args:
            turn: What was asked.
            state: What the thread has come to.
            answer: The last answer of the thread, as long as it is kept.
            facts: What is known of the asker.
            others: How many others asked for something like the need.
        """
        if turn.intent is Intent.CALENDAR:
            coming = self._matchmaker.coming(facts, MOST_COMING, turn.period, open_now=turn.open_now)
            # Where nothing is known for that time, what comes next is.
            is_beyond = not coming and (turn.period is not None or turn.open_now)
            coming = self._matchmaker.coming(facts, MOST_COMING) if is_beyond else coming
            rows: Iterable[FollowUpRow] = (
                FollowUpRow(suggestion=scheme, position=number) for number, scheme in enumerate(coming, 1)
            )
        else:
            is_beyond = False
            rows = self._rows(turn, self._items(turn, state, answer), state, answer, facts)
        return FollowUpAnswer(
            about=turn.intent,
            rows=tuple(rows),
            aspects=turn.aspects,
            term=turn.term,
            word=(turn.text or None) if turn.intent is Intent.GLOSSARY and turn.term is None else None,
            unknown=turn.unknown,
            need=state.question,
            answer=_names_only(answer),
            others=others,
            facts=facts,
            period=turn.period.span(self._matchmaker.today()) if turn.period else None,
            open_now=turn.open_now and turn.intent is Intent.CALENDAR,
            is_beyond=is_beyond,
        )

    def _items(self, turn: Turn, state: ConversationState, answer: Answer | None) -> Sequence[ListedSuggestion]:
        if turn.intent is Intent.APPLICATION:
            schemes = [item for item in state.shown if item.kind is Kind.INSTRUMENT][:1]
            partners = [item for item in state.shown if item.kind is Kind.ACTOR][:2]
            named = [item for item in turn.items if item.kind is Kind.INSTRUMENT]
            return [*(named or schemes), *partners]
        if turn.intent is Intent.PEERS and not turn.items:
            return ()
        if turn.intent is Intent.SAVE or turn.unknown:
            return ()
        if turn.intent is Intent.OUTCOME and answer is not None:
            return self._with_results(turn.items)
        return turn.items[:_MOST_ROWS]

    def _with_results(self, items: Sequence[ListedSuggestion]) -> Sequence[ListedSuggestion]:
        """Return projects with those first that tell what came of them."""

        def is_silent(item: ListedSuggestion) -> bool:
            record = self._matchmaker.record(item.id)
            return isinstance(record, ProjectIdea) and not record.results

        return sorted(items[:_MOST_ROWS], key=is_silent)

    def _rows(
        self,
        turn: Turn,
        items: Iterable[ListedSuggestion],
        state: ConversationState,
        answer: Answer | None,
        facts: Facts,
    ) -> Iterable[FollowUpRow]:
        shown = (
            {suggestion.id: suggestion for kind in answer.order for suggestion in answer.suggestions(kind)}
            if answer
            else {}
        )
        for item in items:
            record = self._matchmaker.record(item.id)
            found = shown.get(item.id)
            # What was told since is held against the rules too.
            if found is None or (isinstance(found, Scheme) and answer is not None and answer.facts != facts):
                described = self._matchmaker.described([item.id], facts)
                found = described[0] if described else found
            if record is None or not isinstance(found, Partner | Scheme | Idea):
                continue
            yield FollowUpRow(
                suggestion=found,
                position=_position(item, state),
                details=tuple(self._details(turn.intent, record)),
                is_left_out=item.id in state.refinement.without,
            )

    def _details(self, intent: Intent, record: Record) -> Iterable[RecordDetail]:
        match record:
            case Actor() if intent in {Intent.ABOUT, Intent.COMPARE}:
                yield from _statements("expertise", record.expertise[:_STATEMENTS])
                yield from _statements("offers", record.offers[:1])
            case FundingInstrument() if intent in {Intent.ABOUT, Intent.COMPARE, Intent.TERMS, Intent.APPLICATION}:
                yield from self._terms(record)
            case ProjectIdea() if intent in {Intent.ABOUT, Intent.COMPARE, Intent.OUTCOME, Intent.PEERS, Intent.REACH}:
                yield from self._project(record, intent)

    def _terms(self, scheme: FundingInstrument) -> Iterable[RecordDetail]:
        year, amounts = amounts_of(scheme)
        for amount in amounts[:_RESULTS]:
            yield RecordDetail(key=f"amount.{amount.kind}", amount=amount, text=amount.note, year=year)
        call = current_call(scheme, self._matchmaker.today()) or max(
            scheme.calls, key=lambda call: call.year or 0, default=None
        )
        if call is not None:
            for applicant in call.applicants[:_STATEMENTS]:
                yield RecordDetail(
                    key="applicants", text=applicant.text, year=call.year, source=reference(applicant.source)
                )

    def _project(self, idea: ProjectIdea, intent: Intent) -> Iterable[RecordDetail]:
        if intent is Intent.OUTCOME:
            yield RecordDetail(key=f"stage.{idea.stage}", on=idea.ended_on)
        if intent in {Intent.OUTCOME, Intent.ABOUT}:
            yield from _statements("results", idea.results[:_RESULTS])
            if idea.follow_up is not None and not idea.results:
                yield RecordDetail(key="follow_up", text=idea.follow_up)
        wanted = _MUNICIPAL if intent is Intent.PEERS else None
        ids = list(dict.fromkeys(part.actor for part in idea.participants))
        for actor_id in ids[: 2 * _PARTIES]:
            actor = self._matchmaker.record(actor_id)
            if isinstance(actor, Actor) and (wanted is None or actor.actor_type in wanted):
                yield RecordDetail(key="party", text=actor.name)


def _statements(key: str, statements: Iterable[Statement]) -> Iterable[RecordDetail]:
    return (RecordDetail(key=key, text=statement.text, source=reference(statement.source)) for statement in statements)


def _position(item: ListedSuggestion, state: ConversationState) -> int | None:
    listed = [one.id for one in state.shown if one.kind is item.kind]
    return listed.index(item.id) + 1 if item.id in listed else None


def _names_only(answer: Answer | None) -> Answer | None:
    """Return an answer without its suggestions, since reasons only need the names it speaks of."""
    if answer is None:
        return None
    return answer.model_copy(update={"partners": (), "schemes": (), "ideas": (), "asks": (), "facts": Facts()})
