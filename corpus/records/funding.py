"""Funding instruments: what can pay, with their calls.

Invariant: rules, amounts and deadlines belong to a *call*, never to the scheme, but for rules that hold in every call.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from pydantic import Field, model_validator

from corpus.criteria import Criterion
from corpus.faults import fault
from corpus.records.base import ActorId, CallId, InstrumentId, RecordBase, Statement, WebAddress
from corpus.terms import Activity, ConceptId, CountryCode, Fylkesnummer, Source
from corpus.text import Frozen, LangText, PartialDate, first_day, last_day


class Standing(StrEnum):
    """What is known of whether a scheme exists today."""

    RUNNING = "running"
    ENDED = "ended"
    UNCONFIRMED = "unconfirmed"
    """It ran when the source was read; nothing newer was found."""


class DeadlineType(StrEnum):
    """How a call closes."""

    FIXED = "fixed"
    ROLLING = "rolling"
    UNTIL_SPENT = "until_funds_spent"
    UNKNOWN = "unknown"


class CallStatus(StrEnum):
    """What a call is on a given day, computed from its dates."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class AmountKind(StrEnum):
    """What a sum or a share applies to."""

    CALL_BUDGET = "call_budget"
    YEAR_BUDGET = "year_budget"
    PROGRAMME_BUDGET = "programme_budget"
    PER_PROJECT = "per_project"
    FUNDING_RATE = "funding_rate"


class Amount(Frozen):
    """A sum of money or a share of the costs."""

    kind: AmountKind
    """What the sum or share applies to."""
    minimum: Decimal | None = None
    """The least, in the unit."""
    maximum: Decimal | None = None
    """The most, in the unit."""
    unit: Literal["NOK", "EUR", "percent"]
    """NOK and EUR are whole units (25000000, not 25 million)."""
    note: LangText | None = None
    """Whom or what it applies to."""
    source: Source
    """Where it was read."""

    @model_validator(mode="after")
    def _has_value(self) -> Amount:
        if self.minimum is None and self.maximum is None:
            raise fault("amount_empty")
        return self


class Deadline(Frozen):
    """A day on which a call closes; several a year are possible."""

    on: date
    """The last day, in Norwegian time."""
    source: Source
    """Where it was read."""


class Recurrence(Frozen):
    """A round that comes back every year: what an expected next date is worked out from, and said to rest on."""

    basis: Literal["stated", "observed"]
    """Whether a page says that the round comes every year, or it was seen in two years or more."""
    month: int = Field(ge=1, le=12)
    """The month of the deadline."""
    day: int | None = Field(default=None, ge=1, le=31)
    """The day of the deadline, where it is the same each year."""
    years: tuple[int, ...] = ()
    """The years in which the round was seen; two or more where that is the basis."""
    note: LangText | None = None
    """Which round it is, where a year has several, and what else is to be said of it."""
    source: Source
    """Where it was read, or the newest of the pages that show it."""

    @model_validator(mode="after")
    def _seen_often_enough(self) -> Recurrence:
        if self.basis == "observed" and len(set(self.years)) < 2:
            raise fault("round_years")
        if self.day is not None:
            try:
                date(2024, self.month, self.day)
            except ValueError as error:
                raise fault("no_such_day", day=self.day, month=self.month) from error
        return self


class Call(Frozen):
    """A scheme at a time: its rules, amounts and dates (CERIF: Funding of type Call)."""

    id: CallId
    """Stable, such as ``call:rff-trondelag-2024``."""
    title: LangText
    """What the call is called."""
    url: WebAddress | None = None
    """The page of the call."""
    year: int | None = Field(default=None, ge=2000, le=2100)
    """The year it belongs to, if it belongs to one."""
    opens_on: PartialDate | None = None
    """When it begins to take applications."""
    deadline_type: DeadlineType
    """How it closes."""
    deadlines: tuple[Deadline, ...] = ()
    """Its deadlines, several if it has several rounds."""
    closed_on: PartialDate | None = None
    """When a call without deadlines stopped taking applications, if that is known."""
    applicants: tuple[Statement, ...] = ()
    """Who may apply, and who may not."""
    partners: tuple[Statement, ...] = ()
    """Who must take part besides the applicant."""
    conditions: tuple[Statement, ...] = ()
    """Other rules: duration, start, costs, dialogue first."""
    amounts: tuple[Amount, ...] = ()
    """Its sums and shares."""
    criteria: tuple[Criterion, ...] = ()
    """The rules of this call that a machine can hold against an applicant's facts (CPSV-AP-NO: holdsRequirement)."""
    sources: tuple[Source, ...] = Field(min_length=1)
    """Where the call was read."""

    def status(self, today: date) -> CallStatus:
        """Return what the call is on that day, as far as its dates tell."""
        if self.opens_on and today < first_day(self.opens_on):
            return CallStatus.PLANNED
        if self.closed_on and today > last_day(self.closed_on):
            return CallStatus.CLOSED
        if self.deadlines:
            return CallStatus.OPEN if self.next_deadline(today) else CallStatus.CLOSED
        if self.deadline_type in {DeadlineType.ROLLING, DeadlineType.UNTIL_SPENT} and self.opens_on:
            return CallStatus.OPEN if first_day(self.opens_on).year == today.year else CallStatus.UNKNOWN
        return CallStatus.UNKNOWN

    def next_deadline(self, today: date) -> date | None:
        """Return the first deadline that has not passed."""
        return min((deadline.on for deadline in self.deadlines if deadline.on >= today), default=None)


class Succession(Frozen):
    """What took over from a scheme, and when."""

    instrument: InstrumentId
    """The scheme that took over."""
    since: PartialDate | None = None
    """From when."""
    note: LangText | None = None
    """How far it took over."""
    source: Source
    """Where that was read."""


class SchemeScope(Frozen):
    """Where a scheme applies."""

    level: Literal["national", "county", "cross_border", "eu"]
    """How wide it reaches."""
    fylkesnummer: tuple[Fylkesnummer, ...] = ()
    """The counties, where it is for some only."""
    countries: tuple[CountryCode, ...] = ("NO",)
    """The countries, ISO 3166-1 alpha-2."""


class FundingInstrument(RecordBase):
    """A scheme that pays for research, development or innovation (CERIF: Funding; CPSV-AP-NO: PublicService)."""

    id: InstrumentId
    """Stable, such as ``instrument:forkommune``."""
    owner: ActorId | None = None
    """The body that owns the scheme (CPSV-AP-NO: hasCompetentAuthority)."""
    administrator: ActorId | None = None
    """The body that takes the applications, where it is another."""
    scope: SchemeScope
    """Where it applies."""
    purpose: Statement
    """What the scheme is for, in one or two sentences."""
    facts: tuple[Statement, ...] = ()
    """What else is known of the scheme as such, across calls."""
    criteria: tuple[Criterion, ...] = ()
    """The rules that hold in every call of the scheme, each in its own period."""
    activities: tuple[Activity, ...] = ()
    """What kinds of work it pays for; none given means that no source tells."""
    any_topic: bool = False
    """Whether it is open to any theme; its themes of Los are then those it mentions, if any."""
    narrowed_to: tuple[ConceptId, ...] = ()
    """What a need has to be about, one of these concepts at least, the most telling first, where it is narrower than
    its themes, such as one group or one matter; none where it is for all that its themes are about. A scheme for any
    theme is for others too, but less so."""
    recurrence: tuple[Recurrence, ...] = ()
    """Its rounds that come back, each with what that rests on."""
    standing: Standing
    """Whether it exists today, as far as is known."""
    standing_source: Source
    """Where that was read."""
    began_on: PartialDate | None = None
    """When it began."""
    ended_on: PartialDate | None = None
    """When it ended."""
    successors: tuple[Succession, ...] = ()
    """What took over from it."""
    no_successor: bool = False
    """Whether nothing is known to have taken over, though somebody looked."""
    calls: tuple[Call, ...] = ()
    """Its calls, as far as they are known."""

    @model_validator(mode="after")
    def _ended_is_dated_or_followed(self) -> FundingInstrument:
        if self.standing is Standing.ENDED and not (self.ended_on or self.successors):
            raise fault("ended_undated")
        return self
