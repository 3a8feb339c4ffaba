"""The spine of the assistant: understand, search, judge, compose.

Invariant: the same question, records and day give the same answer. A scheme that has ended, or a body that is no
more, is never suggested in its own right: what took over is, and the answer says so; only who asks for it by name
is told of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import TypeVar

from assistant.dialogue.facts import facts_of
from assistant.dialogue.refining import Refinement
from assistant.dialogue.understanding import Question, Understanding, understand
from assistant.funding.eligibility import deciding_fact, judge_scheme, missing_facts, overall
from assistant.funding.rules import HOME
from assistant.funding.schemes import (
    Named,
    SchemeStatus,
    current_call,
    has_ended,
    living_successor,
    named,
    read_on,
    scheme_status,
)
from assistant.funding.verdicts import Fact, Facts, Missing, Verdict
from assistant.matching.answers import SHOWN, Answer, Idea, IndexInfo, Outcome, Partner, Scheme, Suggestion
from assistant.platform.workdays import norwegian_day
from corpus.files import Record
from corpus.records import Actor, FundingInstrument, Kind, ProjectIdea, RelationType, Role
from corpus.store import RecordStore
from corpus.text import LangText, Language
from index.retrieval.need import Need
from index.scoring.explain import Evidence, Match, Reason, ReasonKind
from index.scoring.ranking import MatchConfidence
from index.searcher import IndexKeeper, Searcher
from index.storage.passage_table import PlacedRecord
from index.storage.passages import SEARCHED_KINDS, Facet, reference

_SPARE = 3
"""Matches asked for beyond those shown, since some fall together with what took over from them."""

_RECORDS_KEPT = 5_000
"""Records kept in memory between questions."""
UNCONFIRMED_SHARE = 0.9
"""The share of its score by which a scheme is ranked if we could not confirm that it exists today."""

UNSETTLED_SHARE = 0.97
"""The share of its score by which a scheme is ranked whose rules are not all settled."""
WITHOUT_INELIGIBLE = 3
"""So many schemes at the top hold none that a rule shuts the asker out of."""
_MOST_ASKS = 2
_ASKED_FOR = frozenset(Fact) - {Fact.WORDS, Fact.COST_SHARES}
"""Facts that somebody can tell in a few words."""

AnySuggestion = TypeVar("AnySuggestion", bound=Suggestion)


class Matchmaker:
    """Answers questions from a store and its index."""

    def __init__(self, store: RecordStore, keeper: IndexKeeper, today: Callable[[], date] = norwegian_day) -> None:
        self._store = store
        self._keeper = keeper
        self._today = today
        self._known: tuple[int, dict[str, Record]] = (-1, {})

    def answer(
        self,
        question: Question,
        top_k: int = SHOWN,
        refinement: Refinement | None = None,
        facts: Facts | None = None,
    ) -> Answer:
        """Return the answer to a question.

        Args:
            question: What was asked.
            top_k: Suggestions of each kind.
            refinement: What was said after it.
            facts: What is known of the asker besides what the question says.

        Raises:
            EmptyQuestionError: there is no word in it.
        """
        searcher = self._keeper.searcher()
        understanding = understand(question, searcher.areas())
        records = self._known_records(searcher.manifest.revision)
        left_out: tuple[str, ...] = ()
        if refinement is not None:
            left_out = refinement.without
            example = self._example(refinement.like, understanding.need.language)
            need = refinement.applied(understanding.need, example)
            understanding = understanding.model_copy(update={"need": need})
        matches = searcher.search(understanding.need, top_k + len(left_out), _SPARE)
        told = facts_of(understanding.question, understanding.need.language, _assumed(facts, understanding.need))
        composer = Composer(self._store, self._today(), records, told, frozenset(left_out))
        return composer.compose(understanding, matches, searcher, top_k)

    def today(self) -> date:
        """Return the day by which schemes are judged."""
        return self._today()

    def areas(self) -> list[PlacedRecord]:
        """Return the municipalities and counties that places are recognised by."""
        return self._keeper.searcher().areas()

    def _example(self, record_id: str | None, language: Language) -> str | None:
        """Return what a record says that more like it is wanted of."""
        record = self._store.find(record_id)
        if not isinstance(record, Actor | FundingInstrument | ProjectIdea):
            return None
        return f"{record.name.best(language).text}. {record.summary.best(language).text}"

    def _known_records(self, revision: int) -> dict[str, Record]:
        """Return the records read for earlier answers, none of them from before the last change."""
        known_of, known = self._known
        if revision != known_of or len(known) > _RECORDS_KEPT:
            known = {}
            self._known = revision, known
        return known


class Composer:
    """Makes an answer of matches: one composer for one answer."""

    def __init__(
        self,
        store: RecordStore,
        today: date,
        known: dict[str, Record],
        facts: Facts,
        left_out: frozenset[str] = frozenset(),
    ) -> None:
        self._store = store
        self._today = today
        # Shared with whoever else is answered now: looked up and added to by id, never gone through.
        self._known = known
        self._records: dict[str, Record] = {}
        self._facts = facts
        self._left_out = left_out

    def compose(
        self,
        understanding: Understanding,
        matches: Mapping[Kind, tuple[Match, ...]],
        searcher: Searcher,
        top_k: int,
    ) -> Answer:
        """Return matches as an answer, each record judged by what it is today."""
        self._fetch(match.record_id for some in matches.values() for match in some)
        self._fetch(self._spoken_of(matches))
        partners = self._wanted(_unique(self._partners(matches.get(Kind.ACTOR, ()))))[:top_k]
        schemes = self._wanted(self._ordered(self._schemes(matches.get(Kind.INSTRUMENT, ()))))[:top_k]
        wanted = [match for match in matches.get(Kind.IDEA, ()) if match.record_id not in self._left_out]
        ideas = [self._idea(match) for match in wanted[:top_k]]
        shown: list[Suggestion] = [*partners, *schemes, *ideas]
        about = _named_in(reason for suggestion in shown for reason in suggestion.reasons)
        return Answer(
            question=understanding.question,
            language=understanding.language,
            outcome=_outcome(shown),
            partners=tuple(partners),
            schemes=tuple(schemes),
            ideas=tuple(ideas),
            order=_order(understanding.need, partners, schemes, ideas),
            names=self._names(sorted(about)),
            shortened=understanding.shortened,
            index=IndexInfo(encoder=searcher.manifest.encoder, fingerprint=searcher.manifest.fingerprint),
            facts=self._facts,
            asks=_asks(understanding.need, schemes),
        )

    def _wanted(self, suggestions: list[AnySuggestion]) -> list[AnySuggestion]:
        """Return the suggestions without those that are not to be made again."""
        return [one for one in suggestions if one.id not in self._left_out]

    def _fetch(self, ids: Iterable[str]) -> None:
        wanted = sorted(set(ids) - self._records.keys())
        self._records |= {i: found for i in wanted if (found := self._known.get(i)) is not None}
        if unknown := [i for i in wanted if i not in self._records]:
            found_now = self._store.get_many(unknown)
            self._records |= found_now
            self._known.update(found_now)

    def _spoken_of(self, matches: Mapping[Kind, tuple[Match, ...]]) -> set[str]:
        """Return the records that the answer will name besides those matched, followed to their ends."""
        spoken = _named_in(reason for some in matches.values() for match in some for reason in match.reasons)
        frontier = {match.record_id for some in matches.values() for match in some}
        while frontier:
            following = {target for i in frontier for target in _linked(self._records.get(i))} - spoken
            self._fetch(following)
            spoken |= following
            frontier = following
        return spoken

    def _names(self, ids: Iterable[str]) -> dict[str, LangText]:
        records = (self._records.get(i) for i in ids)
        return {record.id: record.name for record in records if isinstance(record, FundingInstrument | ProjectIdea)}

    def _actor(self, actor_id: str) -> Actor | None:
        record = self._records.get(actor_id)
        return record if isinstance(record, Actor) else None

    def _named_actor(self, actor_id: str | None) -> Named | None:
        actor = self._actor(actor_id) if actor_id else None
        return Named(id=actor.id, name=actor.name) if actor else None

    def _present_body(self, actor: Actor) -> Actor:
        """Return the body that carries on an actor's work today, or the actor itself."""
        seen = {actor.id}
        while actor.dissolved_on:
            later = (link.target for link in actor.relations if link.type is RelationType.SUCCEEDED_BY)
            found = next((body for body in map(self._actor, later) if body and body.id not in seen), None)
            if found is None:
                break
            actor = found
            seen.add(actor.id)
        return actor

    def _partners(self, matches: Iterable[Match]) -> Iterator[Partner]:
        for match in matches:
            found = self._records[match.record_id]
            assert isinstance(found, Actor)  # noqa: S101 (matches are searched by kind)
            today = self._present_body(found)
            if not _is_named(match):
                yield self._partner(match, found, today, today)
                continue
            yield self._partner(match, found, found, today)
            if today is not found:
                yield self._partner(match.model_copy(update={"reasons": ()}), found, today, today)

    def _partner(self, match: Match, found: Actor, shown: Actor, today: Actor) -> Partner:
        """Return a body as a partner: the one found, or the one that carries on its work today."""
        contact = next((contact.role for contact in shown.contacts), None)
        return Partner(
            **_base(match, shown),
            actor_type=shown.actor_type,
            country=shown.place.country if shown.place else HOME,
            place=shown.place.name if shown.place else None,
            contact=contact,
            dissolved_on=shown.dissolved_on,
            predecessor=self._named_actor(found.id) if shown is not found else None,
            successor=self._named_actor(today.id) if shown is not today else None,
        )

    def _schemes(self, matches: Iterable[Match]) -> list[Scheme]:
        schemes = {i: record for i, record in self._records.items() if isinstance(record, FundingInstrument)}
        found: list[Scheme] = []
        for match in matches:
            scheme = schemes[match.record_id]
            ended = has_ended(scheme, self._today)
            later = living_successor(scheme, schemes, self._today) if ended else None
            if _is_named(match) or not ended:
                found.append(self._scheme(match, scheme, successor=named(*later) if later else None))
            if later:
                found.append(self._scheme(_carried_over(match, later[0]), later[0], predecessor=named(scheme)))
        return _unique(found)

    def _scheme(
        self, match: Match, scheme: FundingInstrument, successor: Named | None = None, predecessor: Named | None = None
    ) -> Scheme:
        call = current_call(scheme, self._today)
        judged = judge_scheme(scheme, self._facts, self._today)
        return Scheme(
            **_base(match, scheme),
            status=scheme_status(scheme, self._today),
            as_of=read_on(scheme),
            opens_on=call.opens_on if call else None,
            deadline=call.next_deadline(self._today) if call else None,
            ended_on=scheme.ended_on,
            owner=self._named_actor(scheme.administrator or scheme.owner),
            predecessor=predecessor,
            successor=successor,
            eligibility=judged,
            overall=overall(judged),
        )

    def _ordered(self, schemes: list[Scheme]) -> list[Scheme]:
        """Put rules before likeness.

        What was asked for by name comes first, as an answer to that, whatever its rules say. What nobody could confirm
        or is not settled comes a little back. What a rule shuts the asker out of is never among the first
        `WITHOUT_INELIGIBLE`, even where nothing else is.
        """

        def worth(scheme: Scheme) -> float:
            confirmed = UNCONFIRMED_SHARE if scheme.status is SchemeStatus.UNCONFIRMED else 1.0
            return scheme.score * confirmed * (UNSETTLED_SHARE if scheme.overall is Verdict.UNKNOWN else 1.0)

        def place(scheme: Scheme) -> tuple[bool, bool, float]:
            named = _is_named(scheme)
            return not named, named and scheme.status is SchemeStatus.ENDED, -worth(scheme)

        ranked = sorted(schemes, key=place)
        suitable = [one for one in ranked if _is_named(one) or one.overall is not Verdict.UNMET]
        ineligible = [one for one in ranked if one not in suitable]
        return suitable + ineligible if len(suitable) >= WITHOUT_INELIGIBLE else suitable

    def _idea(self, match: Match) -> Idea:
        idea = self._records[match.record_id]
        assert isinstance(idea, ProjectIdea)  # noqa: S101 (matches are searched by kind)
        owner = next((part.actor for part in idea.participants if part.role in {Role.PROPOSER, Role.COORDINATOR}), None)
        body = self._actor(owner) if owner else None
        return Idea(
            **_base(match, idea),
            event=idea.origin.event,
            on=idea.origin.on,
            problem_owner=self._named_actor(self._present_body(body).id) if body else None,
        )


def _assumed(facts: Facts | None, need: Need) -> Facts:
    """Return what is known of an asker, who is taken for a Norwegian municipality unless told otherwise."""
    known = facts or Facts()
    assumed = {"applicant_type": known.applicant_type or need.applicant, "country": known.country or HOME}
    return known.model_copy(update=assumed)


def _asks(need: Need, schemes: Iterable[Scheme]) -> tuple[Missing, ...]:
    """Return the facts to ask for, where it is money that is asked for.

    They are the weightiest one missing for the first scheme, and those that would each settle one of the next.
    """
    if need.asked_kind is not Kind.INSTRUMENT:
        return ()
    open_still = [scheme for scheme in schemes if scheme.overall is Verdict.UNKNOWN][:WITHOUT_INELIGIBLE]
    missing = [one for scheme in open_still[:1] for one in missing_facts(scheme.eligibility)][:1]
    missing += [one for scheme in open_still[1:] if (one := deciding_fact(scheme.eligibility)) is not None]
    return tuple(dict.fromkeys(one for one in missing if one.fact in _ASKED_FOR))[:_MOST_ASKS]


def _named_in(reasons: Iterable[Reason]) -> set[str]:
    """Return the ideas and schemes that reasons name."""
    return {named for reason in reasons for named in (reason.idea, reason.scheme) if named}


def _linked(record: Record | None) -> set[str]:
    match record:
        case Actor():
            return {link.target for link in record.relations if link.type is RelationType.SUCCEEDED_BY}
        case FundingInstrument():
            owners = {actor for actor in (record.owner, record.administrator) if actor}
            return owners | {later.instrument for later in record.successors}
        case ProjectIdea():
            owners = {Role.PROPOSER, Role.COORDINATOR}
            return {part.actor for part in record.participants if part.role in owners}
        case _:
            return set()


def _base(match: Match, record: Actor | FundingInstrument | ProjectIdea) -> dict[str, object]:
    return {
        "id": record.id,
        "name": record.name,
        "summary": record.summary,
        "score": match.score,
        "confidence": match.confidence,
        "reasons": match.reasons,
        "evidence": match.evidence,
    }


def _carried_over(match: Match, scheme: FundingInstrument) -> Match:
    """Return a match with an ended scheme as one with what took over, told by the latter's own purpose."""
    statement = scheme.purpose
    quote = statement.text.best(_language_of(match))
    evidence = Evidence(
        record_id=scheme.id,
        facet=Facet.PURPOSE,
        quote=quote.text,
        language=quote.language,
        source=reference(statement.source),
    )
    return match.model_copy(update={"record_id": scheme.id, "reasons": (), "evidence": (evidence,)})


def _language_of(match: Match) -> Language:
    return match.evidence[0].language if match.evidence else Language.NB


def _is_named(found: Match | Suggestion) -> bool:
    return any(reason.kind is ReasonKind.NAMED for reason in found.reasons)


def _unique(suggestions: Iterable[AnySuggestion]) -> list[AnySuggestion]:
    """Return suggestions with each record once, the first standing for all."""
    by_id: dict[str, AnySuggestion] = {}
    for suggestion in suggestions:
        by_id.setdefault(suggestion.id, suggestion)
    return list(by_id.values())


def _outcome(shown: Iterable[Suggestion]) -> Outcome:
    confidences = {suggestion.confidence for suggestion in shown}
    if not confidences:
        return Outcome.NO_MATCH
    sure = {MatchConfidence.STRONG, MatchConfidence.GOOD}
    return Outcome.MATCHED if confidences & sure else Outcome.UNCERTAIN


def _order(need: Need, partners: list[Partner], schemes: list[Scheme], ideas: list[Idea]) -> tuple[Kind, ...]:
    best = {
        Kind.ACTOR: max((one.score for one in partners), default=0.0),
        Kind.INSTRUMENT: max((one.score for one in schemes), default=0.0),
        Kind.IDEA: max((one.score for one in ideas), default=0.0),
    }
    return tuple(sorted(SEARCHED_KINDS, key=lambda kind: (kind is not need.asked_kind, -best[kind])))
