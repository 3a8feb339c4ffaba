"""Criteria: the rules of schemes and calls that a machine can hold against an applicant's facts.

Invariant: every rule says in plain words what it demands, where that was read and, where known, from when to when
it holds. What no source settles is listed as unsure or left out, never guessed at: what is not known is not a rule.

The words are those of CPSV-AP-NO: a `Criterion` is what a public service demands (``cv:Criterion``), a
`RequiredParty` is a part that someone has to take in it (``cv:Participation``).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from corpus.faults import fault
from corpus.terms import SLUG, ActorType, CountryCode, Fylkesnummer, Kommunenummer, Source
from corpus.text import Frozen, LangText, PartialDate, first_day, last_day

CriterionId = Annotated[str, StringConstraints(pattern=rf"^criterion:{SLUG}$", max_length=80)]
Percent = Annotated[Decimal, Field(ge=0, le=100)]
ActorTypes = tuple[ActorType, ...]


class CriterionKind(StrEnum):
    """What a rule is about."""

    APPLICANT_TYPE = "applicant_type"
    APPLICANT_PLACE = "applicant_place"
    REQUIRED_PARTY = "required_party"
    PUBLIC_FUNDING_SHARE = "public_funding_share"
    FUNDING_RATE = "funding_rate"
    OWN_CONTRIBUTION = "own_contribution"
    COST_SHARE = "cost_share"
    STAGE = "stage"
    MATURITY = "maturity"
    CANDIDATE = "candidate"
    TOPIC = "topic"
    PERIOD = "period"
    EXCLUDED_PURPOSE = "excluded_purpose"
    DIALOGUE_FIRST = "dialogue_first"


class ProjectStage(StrEnum):
    """How far what money is sought for has come, and what sort of step it is."""

    IDEA = "idea"
    NETWORK = "network"
    PRE_PROJECT = "pre_project"
    QUALIFICATION = "qualification"
    SMALL_SCALE = "small_scale"
    MAIN_PROJECT = "main_project"
    PHD = "phd"
    PROCUREMENT = "procurement"
    STUDENT_ASSIGNMENT = "student_assignment"


class Experience(StrEnum):
    """How much research and development an applicant has done before."""

    NONE = "none"
    LITTLE = "little"
    EXPERIENCED = "experienced"


class Purpose(StrEnum):
    """What money would be spent on, as far as rules exclude it."""

    RESEARCH = "research"
    NETWORKING = "networking"
    LITERATURE_REVIEW = "literature_review"
    MARKET_STUDY = "market_study"
    APPLICATION_WRITING = "application_writing"


class CriterionBase(Frozen):
    """What every rule carries."""

    id: CriterionId
    """Stable, such as ``criterion:offphd-no-doctorate``."""
    text: LangText
    """The rule in one plain sentence."""
    source: Source
    """Where the sentence that it came from was read."""
    applies_to: ActorTypes = ()
    """The kinds of applicant that the rule is for; none means all."""
    valid_from: PartialDate | None = None
    """From when it holds."""
    valid_to: PartialDate | None = None
    """Until when it holds."""

    def in_force(self, today: date) -> bool:
        """Tell whether the rule holds on that day."""
        begun = self.valid_from is None or first_day(self.valid_from) <= today
        return begun and (self.valid_to is None or today <= last_day(self.valid_to))

    @model_validator(mode="after")
    def _period_in_order(self) -> CriterionBase:
        if self.valid_from and self.valid_to and first_day(self.valid_from) > last_day(self.valid_to):
            raise fault("ends_first", begin=self.valid_from, end=self.valid_to)
        return self


def _some(*values: object) -> None:
    if not any(values):
        raise fault("rule_empty")


class ApplicantTypeCriterion(CriterionBase):
    """Which kinds of organisation may apply."""

    kind: Literal[CriterionKind.APPLICANT_TYPE]
    """Which kind of rule this is."""
    allowed: ActorTypes = ()
    """Those that may; if any are given, all others may not, but for those unsure."""
    excluded: ActorTypes = ()
    """Those that may not."""
    unsure: ActorTypes = ()
    """Those that the source does not settle."""

    @model_validator(mode="after")
    def _demands(self) -> ApplicantTypeCriterion:
        _some(self.allowed, self.excluded)
        if len({*self.allowed, *self.excluded, *self.unsure}) < len(self.allowed + self.excluded + self.unsure):
            raise fault("rule_twice")
        return self


class ApplicantPlaceCriterion(CriterionBase):
    """Where the applicant has to be: in one of these counties, or in one of these other countries."""

    kind: Literal[CriterionKind.APPLICANT_PLACE]
    """Which kind of rule this is."""
    fylkesnummer: tuple[Fylkesnummer, ...] = ()
    """The counties."""
    unsure_fylkesnummer: tuple[Fylkesnummer, ...] = ()
    """Counties of which only a part belongs, or which the source does not settle."""
    kommunenummer: tuple[Kommunenummer, ...] = ()
    """The municipalities that alone belong, or may, of the counties they are in; all of them where none is given."""
    countries: tuple[CountryCode, ...] = ()
    """Countries that belong as a whole, or whose parts are not told apart here."""
    other_countries_unsure: bool = False
    """Whether the source says nothing of other countries."""

    @model_validator(mode="after")
    def _demands(self) -> ApplicantPlaceCriterion:
        _some(self.fylkesnummer, self.countries)
        return self


class RequiredPartyCriterion(CriterionBase):
    """Who has to take part (CPSV-AP-NO: Participation); the applicant itself counts where it fits."""

    kind: Literal[CriterionKind.REQUIRED_PARTY]
    """Which kind of rule this is."""
    party_types: ActorTypes = ()
    """Any of these kinds will do; none given means any kind."""
    approved_research_org: bool = False
    """Whether the Research Council must have approved it as a research organisation."""
    country: CountryCode | None = None
    """The country it has to be from."""
    minimum: int = Field(default=1, ge=1)
    """How many there have to be."""

    @model_validator(mode="after")
    def _demands(self) -> RequiredPartyCriterion:
        _some(self.party_types, self.approved_research_org, self.country)
        return self


class PublicFundingShareCriterion(CriterionBase):
    """How much of the applicant's own financing has to be public."""

    kind: Literal[CriterionKind.PUBLIC_FUNDING_SHARE]
    """Which kind of rule this is."""
    minimum: Percent
    """The least share."""


class FundingRateCriterion(CriterionBase):
    """How much of the costs is paid at most; the applicant finds the rest."""

    kind: Literal[CriterionKind.FUNDING_RATE]
    """Which kind of rule this is."""
    maximum: Percent
    """The greatest share of the costs."""


class OwnContributionCriterion(CriterionBase):
    """How much of the costs the applicant's side has to carry at least."""

    kind: Literal[CriterionKind.OWN_CONTRIBUTION]
    """Which kind of rule this is."""
    minimum: Percent
    """The least share of the costs."""


class CostShareCriterion(CriterionBase):
    """How much of the costs one kind of party has to carry, or may."""

    kind: Literal[CriterionKind.COST_SHARE]
    """Which kind of rule this is."""
    party_types: ActorTypes = Field(min_length=1)
    """The kinds of party it is about."""
    minimum: Percent | None = None
    """The least share they have to carry."""
    maximum: Percent | None = None
    """The greatest share they may carry."""

    @model_validator(mode="after")
    def _demands(self) -> CostShareCriterion:
        _some(self.minimum is not None, self.maximum is not None)
        return self


class StageCriterion(CriterionBase):
    """What sort of step is paid for."""

    kind: Literal[CriterionKind.STAGE]
    """Which kind of rule this is."""
    stages: tuple[ProjectStage, ...] = Field(min_length=1)
    """Any of these."""


class MaturityCriterion(CriterionBase):
    """How much research the applicant may have done before."""

    kind: Literal[CriterionKind.MATURITY]
    """Which kind of rule this is."""
    experience: tuple[Experience, ...] = ()
    """How much it may have, any of these."""
    no_recent_project: bool = False
    """Whether it may have had no Research Council, EU or regional main project in the last five years."""

    @model_validator(mode="after")
    def _demands(self) -> MaturityCriterion:
        _some(self.experience, self.no_recent_project)
        return self


class CandidateCriterion(CriterionBase):
    """What holds for the person who is to take a doctorate."""

    kind: Literal[CriterionKind.CANDIDATE]
    """Which kind of rule this is."""
    no_earlier_doctorate: bool = False
    """Whether one with a doctorate already is ruled out."""
    employed_by_applicant: bool = False
    """Whether it has to be an employee of the applicant."""

    @model_validator(mode="after")
    def _demands(self) -> CandidateCriterion:
        if self.no_earlier_doctorate == self.employed_by_applicant:
            raise fault("rule_candidate")
        return self


class TopicCriterion(CriterionBase):
    """What the project has to be about."""

    kind: Literal[CriterionKind.TOPIC]
    """Which kind of rule this is."""
    topics: tuple[LangText, ...] = Field(min_length=1)
    """Words for the topics; a word of a question that begins with one of them is about it."""


class PeriodCriterion(CriterionBase):
    """When the scheme takes applications as a whole, and when a project may start and end."""

    kind: Literal[CriterionKind.PERIOD]
    """Which kind of rule this is."""
    open_from: PartialDate | None = None
    """The first day of the programme as such."""
    open_until: PartialDate | None = None
    """The last day that the programme as such takes in anything."""
    start_from: PartialDate | None = None
    """The first day a project may start."""
    start_by: PartialDate | None = None
    """The last day a project may start."""
    months_minimum: int | None = Field(default=None, ge=1)
    """The least months a project lasts."""
    months_maximum: int | None = Field(default=None, ge=1)
    """The most months a project lasts."""

    @model_validator(mode="after")
    def _demands(self) -> PeriodCriterion:
        parts = (
            self.open_from or self.open_until,
            self.start_from or self.start_by,
            self.months_minimum or self.months_maximum,
        )
        if sum(part is not None for part in parts) != 1:
            raise fault("rule_dates")
        return self


class ExcludedPurposeCriterion(CriterionBase):
    """What the money may not be spent on."""

    kind: Literal[CriterionKind.EXCLUDED_PURPOSE]
    """Which kind of rule this is."""
    purposes: tuple[Purpose, ...] = Field(min_length=1)
    """None of these is paid for."""


class DialogueFirstCriterion(CriterionBase):
    """A talk with a kompetansemegler has to come before the application."""

    kind: Literal[CriterionKind.DIALOGUE_FIRST]
    """Which kind of rule this is."""


Criterion = Annotated[
    ApplicantTypeCriterion
    | ApplicantPlaceCriterion
    | RequiredPartyCriterion
    | PublicFundingShareCriterion
    | FundingRateCriterion
    | OwnContributionCriterion
    | CostShareCriterion
    | StageCriterion
    | MaturityCriterion
    | CandidateCriterion
    | TopicCriterion
    | PeriodCriterion
    | ExcludedPurposeCriterion
    | DialogueFirstCriterion,
    Field(discriminator="kind"),
]
"""One rule, of one of the kinds above."""
