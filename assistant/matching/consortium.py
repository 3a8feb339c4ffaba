"""Who a project needs for a scheme: what is filled, what is missing, and whom to ask.

Invariant: the same need, scheme, parties, records and day give the same proposal. A seat is a rule that asks for a
party; the applicant and every party count in each seat they fit, as in the rules themselves. The proposal is the
smallest set of further parties that leaves no seat short which the records can fill, found by trying all sets in
order of size; of several, the one whose parties fit the need best, then the first by id. Sets are few: a scheme asks
for a handful of parties, and only the best candidates for each seat are tried, so that no solver is needed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import combinations
from typing import TYPE_CHECKING

from assistant.dialogue.refinement import Refinement
from assistant.dialogue.understanding import Question
from assistant.funding.eligibility import judge_scheme, judged_call
from assistant.funding.rules import HOME, applicant_party, country, fits, organisations, party_value
from assistant.funding.schemes import NamedRecord, SchemeStatus, current_call, read_on, scheme_status
from assistant.funding.verdicts import CostPart, Facts, Judgement, Party, RuleValue
from assistant.matching.answers import Idea, Partner
from corpus.criteria import CostShareCriterion, FundingRateCriterion, RequiredPartyCriterion
from corpus.errors import MellomromError
from corpus.records import Actor, ActorType, FundingInstrument, Kind, Source
from corpus.text import Frozen, LangText, Language, PartialDate

if TYPE_CHECKING:
    from assistant.matching.matchmaker import Matchmaker
    from corpus.store import RecordStore

_LOOKED_AT = 60
"""Partners looked through for each need, so that rare kinds are found too."""
_PROPOSED = 5
"""Proposals shown for a seat, and tried."""


class Helix(StrEnum):
    """The three sides of the seed's triple helix, and those on none of them."""

    PUBLIC = "public"
    RESEARCH = "research"
    BUSINESS = "business"
    OTHER = "other"


_SIDES = {
    ActorType.MUNICIPALITY: Helix.PUBLIC, ActorType.COUNTY_MUNICIPALITY: Helix.PUBLIC,
    ActorType.INTER_MUNICIPAL_BODY: Helix.PUBLIC, ActorType.STATE_BODY: Helix.PUBLIC,
    ActorType.COUNTY_GOVERNOR: Helix.PUBLIC, ActorType.HEALTH_TRUST: Helix.PUBLIC, ActorType.SCHOOL: Helix.PUBLIC,
    ActorType.UNIVERSITY: Helix.RESEARCH, ActorType.RESEARCH_INSTITUTE: Helix.RESEARCH,
    ActorType.COMPANY: Helix.BUSINESS, ActorType.CLUSTER: Helix.BUSINESS,
}  # fmt: skip


class ConsortiumError(MellomromError):
    """A consortium cannot be put together as asked."""


class Member(Frozen):
    """Somebody who is in already; the applicant has no id."""

    id: str | None
    name: LangText | None
    actor_type: ActorType | None


class PartnerRequirement(Frozen):
    """A rule that asks for a party."""

    criterion_id: str
    rule: LangText
    source: Source
    party: RuleValue
    minimum: int
    filled: int
    """How many are there for sure."""
    unsure: tuple[str, ...]
    """Ids of members that may fill it, if somebody confirms it."""
    proposals: tuple[Partner, ...]
    """Who could, the best for the need first; empty where none is missing or none is known."""

    @property
    def missing(self) -> int:
        """Return how many more are needed."""
        return max(self.minimum - self.filled, 0)


class ShareGap(Frozen):
    """A rule of who carries how much, held against what was told."""

    criterion_id: str
    rule: LangText
    source: Source
    party: RuleValue
    percent: Decimal
    """What they carry."""
    minimum: Decimal | None
    maximum: Decimal | None

    @property
    def holds(self) -> bool:
        """Tell whether the share is within the rule."""
        enough = self.minimum is None or self.percent >= self.minimum
        return enough and (self.maximum is None or self.percent <= self.maximum)


class Consortium(Frozen):
    """A need, a scheme, and who would be in it."""

    need: str
    language: Language
    on: date
    """The day it was put together."""
    scheme: NamedRecord
    scheme_summary: LangText
    status: SchemeStatus
    opens_on: PartialDate | None
    deadline: date | None
    as_of: PartialDate | None
    owner: NamedRecord | None
    highest_rate: Decimal | None
    """The greatest share of the costs that the scheme pays, in per cent, where a rule says so."""
    judgements: tuple[Judgement, ...]
    members: tuple[Member, ...]
    seats: tuple[PartnerRequirement, ...]
    shares: tuple[ShareGap, ...]
    chosen: tuple[str, ...]
    """Ids of the proposals that together fill most with fewest."""
    balance: dict[Helix, int]
    """Members and those chosen, on each side."""
    ideas: tuple[Idea, ...]
    """Like needs from before."""
    names: dict[str, LangText]
    """Names of the records that reasons speak of."""

    @property
    def is_complete(self) -> bool:
        """Tell whether no party is missing and every share is within its rule."""
        return not any(seat.missing for seat in self.seats) and all(share.holds for share in self.shares)


def propose(
    matchmaker: Matchmaker,
    store: RecordStore,
    need: str,
    scheme_id: str,
    have: Sequence[str] = (),
    facts: Facts | None = None,
    shares: Sequence[CostPart] = (),
    language: Language | None = None,
) -> Consortium:
    """Return who a need needs for a scheme.

    Args:
        matchmaker: Finds and explains who fits the need.
        store: The records.
        need: In somebody's own words.
        scheme_id: The scheme.
        have: Ids of the actors that are in already.
        facts: What is known of the applicant; a Norwegian municipality where nothing else is told.
        shares: How much of the costs each kind of party carries, in per cent.
        language: Of the answer; that of the need if none is given.

    Raises:
        ConsortiumError: there is no such scheme or actor; the text names the nearest ids.
        EmptyQuestionError: there is no word in the need.
    """
    scheme = scheme_of(store, scheme_id)
    actors = [_actor(store, actor_id) for actor_id in dict.fromkeys(have)]
    today = matchmaker.today()
    question = Question(text=need, language=language)
    found = matchmaker.answer(question, _LOOKED_AT, Refinement(kind=Kind.ACTOR, without=tuple(have)), facts)
    known = found.facts.model_copy(
        update={
            "partners": (*(found.facts.partners or ()), *(party_of(actor) for actor in actors)) or None,
            "cost_shares": tuple(shares) or None,
        }
    )
    call = judged_call(scheme, known, today)
    criteria = [one for one in (*scheme.criteria, *(call.criteria if call else ())) if one.in_force(today)]
    asked_for = [criterion for criterion in criteria if isinstance(criterion, RequiredPartyCriterion)]
    applicant = applicant_party(known.applicant_type, country(known))
    seats = tuple(_seat(rule, applicant, actors, found.partners) for rule in asked_for)
    chosen = smallest_set(seats, asked_for)
    sides = [known.applicant_type, *(actor.actor_type for actor in actors)]
    sides += [partner.actor_type for partner in found.partners if partner.id in chosen]
    open_call = current_call(scheme, today)
    owner = store.find(scheme.administrator or scheme.owner)
    return Consortium(
        need=found.question,
        language=found.language,
        on=today,
        scheme=NamedRecord(id=scheme.id, name=scheme.name),
        scheme_summary=scheme.summary,
        status=scheme_status(scheme, today),
        opens_on=open_call.opens_on if open_call else None,
        deadline=open_call.next_deadline(today) if open_call else None,
        as_of=read_on(scheme),
        owner=NamedRecord(id=owner.id, name=owner.name) if isinstance(owner, Actor) else None,
        highest_rate=max(
            (criterion.maximum for criterion in criteria if isinstance(criterion, FundingRateCriterion)), default=None
        ),
        judgements=judge_scheme(scheme, known, today),
        members=(Member(id=None, name=None, actor_type=known.applicant_type), *(_member(actor) for actor in actors)),
        seats=seats,
        shares=tuple(_shares(criteria, known)),
        chosen=chosen,
        balance=_balance(sides),
        ideas=found.ideas[:1],
        names=found.names,
    )


def party_of(actor: Actor | Partner) -> Party:
    """Return an actor as a party: whether the Research Council has approved it is in no record."""
    if isinstance(actor, Partner):
        return Party(type=actor.actor_type, country=actor.country)
    return Party(type=actor.actor_type, country=actor.place.country if actor.place else HOME)


def smallest_set(seats: Sequence[PartnerRequirement], rules: Sequence[RequiredPartyCriterion]) -> tuple[str, ...]:
    """Return the ids of the fewest proposals that fill as much as the proposals can.

    A partner counts in each seat it fits, or may fit. Exact: all sets of proposals are tried, smaller ones first, so
    the number tried is bounded by the proposals of the seats that are short (`_PROPOSED` each).
    """
    short = [(seat, rule) for seat, rule in zip(seats, rules, strict=True) if seat.missing]
    pool = {partner.id: partner for seat, _ in short for partner in seat.proposals}
    candidates = sorted(pool.values(), key=lambda one: (-one.score, one.id))
    reachable = [
        (rule, min(seat.missing, sum(_may_fill(rule, candidate) is not False for candidate in candidates)))
        for seat, rule in short
    ]
    for size in range(len(candidates) + 1):
        full = [combination for combination in combinations(candidates, size) if _fills(combination, reachable)]
        if full:
            best = min(full, key=lambda some: (-sum(one.score for one in some), sorted(one.id for one in some)))
            return tuple(one.id for one in best)
    return ()


def _fills(some: Sequence[Partner], wanted: Iterable[tuple[RequiredPartyCriterion, int]]) -> bool:
    return all(sum(_may_fill(rule, one) is not False for one in some) >= number for rule, number in wanted)


def _may_fill(rule: RequiredPartyCriterion, actor: Actor | Partner) -> bool | None:
    """Tell whether an actor fills a seat; None if it may.

    Which organisations the Research Council has approved is in no record; only those that do research can be.
    """
    if rule.approved_research_org and _SIDES.get(actor.actor_type) is not Helix.RESEARCH:
        return False
    return fits(rule, party_of(actor))


def _seat(
    rule: RequiredPartyCriterion, applicant: Party, actors: Sequence[Actor], partners: Sequence[Partner]
) -> PartnerRequirement:
    answers = {actor.id: _may_fill(rule, actor) for actor in actors}
    filled = sum(one is True for one in (fits(rule, applicant), *answers.values()))
    could = [partner for partner in partners if partner.dissolved_on is None and _may_fill(rule, partner) is not False]
    missing = rule.minimum - filled
    return PartnerRequirement(
        criterion_id=rule.id,
        rule=rule.text,
        source=rule.source,
        party=party_value(rule),
        minimum=rule.minimum,
        filled=filled,
        unsure=tuple(actor_id for actor_id, answer in answers.items() if answer is None),
        proposals=tuple(could[:_PROPOSED]) if missing > 0 else (),
    )


def _shares(criteria: Iterable[object], facts: Facts) -> Iterable[ShareGap]:
    for rule in criteria:
        if isinstance(rule, CostShareCriterion) and facts.cost_shares is not None:
            carried = (part.percent for part in facts.cost_shares if part.type in rule.party_types)
            yield ShareGap(
                criterion_id=rule.id,
                rule=rule.text,
                source=rule.source,
                party=organisations("party", rule.party_types),
                percent=sum(carried, Decimal(0)),
                minimum=rule.minimum,
                maximum=rule.maximum,
            )


def _balance(types: Iterable[ActorType | None]) -> dict[Helix, int]:
    counted = Counter(_SIDES.get(one, Helix.OTHER) for one in types if one is not None)
    return {side: counted[side] for side in Helix}


def _member(actor: Actor) -> Member:
    return Member(id=actor.id, name=actor.name, actor_type=actor.actor_type)


def scheme_of(store: RecordStore, scheme_id: str) -> FundingInstrument:
    """Return a scheme by its id.

    Raises:
        ConsortiumError: there is no such scheme; the text names the nearest ids.
    """
    record = store.find(scheme_id)
    if not isinstance(record, FundingInstrument):
        raise ConsortiumError(_unknown(store, scheme_id, Kind.INSTRUMENT, "scheme"))
    return record


def _actor(store: RecordStore, actor_id: str) -> Actor:
    record = store.find(actor_id)
    if not isinstance(record, Actor):
        raise ConsortiumError(_unknown(store, actor_id, Kind.ACTOR, "actor"))
    return record


def _unknown(store: RecordStore, got: str, kind: Kind, what: str) -> str:
    from rapidfuzz import process

    near = [one for one, _, _ in process.extract(got, store.ids(kind), limit=3)]
    return f"There is no {what} {got[:80]!r}. Did you mean {', '.join(near)}?"
