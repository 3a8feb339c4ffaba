"""The records: who can help (Actor), what can pay (FundingInstrument), what was thought of (ProjectIdea).

Invariant: a record is frozen, names where it comes from, and says how sure it is. A statement that could be
quoted in an answer carries its own source. Rules, amounts and deadlines belong to a *call*, never to the
scheme. Nothing here reads files, databases or the environment.

The words are those of the field: CERIF for actors, projects and funding (project, funding and organisation
entities), CPSV-AP-NO for schemes as public services, ROR for kinds of names and relations, SKOS for concepts
(see `corpus.vocabulary`).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from corpus.criteria import Criterion
from corpus.faults import fault
from corpus.los import LosSlug
from corpus.terms import (
    SLUG,
    Activity,
    ActorType,
    Confidence,
    CountryCode,
    Fylkesnummer,
    Kommunenummer,
    Source,
)
from corpus.text import Frozen, LangText, PartialDate, first_day, last_day

# Words that rules share with records, and that are asked for here.
__all__ = ["SLUG", "Activity", "ActorType", "Confidence", "CountryCode", "Fylkesnummer", "Kommunenummer", "Source"]


class Kind(StrEnum):
    """What a record describes; also the first part of its id."""

    ACTOR = "actor"
    INSTRUMENT = "instrument"
    IDEA = "idea"
    CONCEPT = "concept"


class CurationState(StrEnum):
    """Where a record is on its way; only published records are found by questions."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class Theme(StrEnum):
    """The eight themes of the development workshop of 23 November 2016 (seed §3.1)."""

    COMPETENCE = "competence-and-rd"
    BUSINESS = "business-development"
    ACUTE_ILLNESS = "acute-illness"
    PROCUREMENT = "innovative-procurement"
    PUBLIC_HEALTH = "public-health"
    BIOECONOMY = "bioeconomy"
    RESPONSE_CENTRE = "response-centre"
    SCHOOL = "school-transition"


class AliasKind(StrEnum):
    """What sort of other name an alias is (ROR: ``names[].types``; SKOS: hiddenLabel for misspellings)."""

    ACRONYM = "acronym"
    ALIAS = "alias"
    FORMER = "former"
    MISSPELLING = "misspelling"


class ContributionKind(StrEnum):
    """What an actor offers to, or seeks from, a cooperation."""

    RESEARCH = "research"
    EDUCATION = "education"
    STUDENTS = "students"
    SECONDMENT = "secondment"
    SHARED_POSITION = "shared_position"
    DATA = "data"
    TESTING = "testing"
    FUNDING = "funding"
    GUIDANCE = "guidance"
    NETWORK = "network"
    COORDINATION = "coordination"
    PRACTICE = "practice"
    TECHNOLOGY = "technology"


class RelationType(StrEnum):
    """How an actor stands to another."""

    PART_OF = "part_of"
    MEMBER_OF = "member_of"
    SUCCESSOR_OF = "successor_of"
    SUCCEEDED_BY = "succeeded_by"
    COOPERATES_WITH = "cooperates_with"


class Role(StrEnum):
    """How an actor took part in an idea (CERIF: Project.Consortium, with the workshop's own roles added)."""

    PROPOSER = "proposer"
    """Put the idea or the theme forward; owns the problem."""
    COORDINATOR = "coordinator"
    PARTNER = "partner"
    KNOWLEDGE_PARTNER = "knowledge_partner"
    """Named to contribute research, method or data."""
    FOLLOW_UP = "follow_up"
    """Named as responsible for taking the idea further."""
    FUNDER = "funder"
    DISCUSSANT = "discussant"
    """Sat at the table where the idea was discussed."""
    EXAMPLE = "example"
    """Named as one to learn from."""


class IdeaStage(StrEnum):
    """How far an idea had come when its source was written."""

    IDEA = "idea"
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"


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


def valid_orgnr(value: str) -> bool:
    """Tell whether nine digits are a Norwegian organisation number (modulus 11, weights 3 2 7 6 5 4 3 2)."""
    if len(value) != 9 or not value.isdigit():
        return False
    rest = sum(int(digit) * weight for digit, weight in zip(value, (3, 2, 7, 6, 5, 4, 3, 2), strict=False)) % 11
    check = 0 if rest == 0 else 11 - rest
    return check == int(value[8])


def _orgnr(value: str) -> str:
    if not valid_orgnr(value):
        raise fault("orgnr", got=value)
    return value


WebAddress = Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$", max_length=500)]
ActorId = Annotated[str, StringConstraints(pattern=rf"^actor:{SLUG}$", max_length=80)]
InstrumentId = Annotated[str, StringConstraints(pattern=rf"^instrument:{SLUG}$", max_length=80)]
IdeaId = Annotated[str, StringConstraints(pattern=rf"^idea:{SLUG}$", max_length=80)]
CallId = Annotated[str, StringConstraints(pattern=rf"^call:{SLUG}$", max_length=80)]
OrgNr = Annotated[str, AfterValidator(_orgnr)]


class Alias(Frozen):
    """Another name by which people know a record."""

    text: Annotated[str, StringConstraints(min_length=1)]
    """The name as people write it."""
    kind: AliasKind
    """What sort of name it is."""


class Statement(Frozen):
    """One thing that is said of a record, with its own source, fit to be quoted in an answer."""

    text: LangText
    """What is said."""
    source: Source
    """Where that was read."""


class Contribution(Statement):
    """Something an actor offers or seeks."""

    kind: ContributionKind
    """What sort of contribution it is."""


class Place(Frozen):
    """Where something is. Codes are those valid from 2024; older ones are kept as former."""

    kommunenummer: Kommunenummer | None = None
    """Four digits, as text, since Oslo begins with a zero."""
    former_kommunenummer: tuple[Kommunenummer, ...] = ()
    """Codes the same area had before, newest first."""
    fylkesnummer: Fylkesnummer | None = None
    """The county, two digits."""
    country: CountryCode = "NO"
    """ISO 3166-1 alpha-2."""
    name: str | None = None
    """The name people use for the place: a municipality, a county, a region."""


class Reach(Frozen):
    """Where an actor works or is there for, whatever its address."""

    level: Literal["international", "national", "county", "regional", "local"]
    """How wide it reaches: some counties, a region of municipalities, or one municipality."""
    fylkesnummer: tuple[Fylkesnummer, ...] = ()
    """The counties it is for, where it is for some only."""
    kommunenummer: tuple[Kommunenummer, ...] = ()
    """The municipalities it is for, where it is for some only."""


class Relation(Frozen):
    """A link from one actor to another."""

    type: RelationType
    """How the one stands to the other."""
    target: ActorId
    """The other actor."""
    since: PartialDate | None = None
    """From when, if that is known."""
    source: Source
    """Where that was read."""


class IdentifierScheme(StrEnum):
    """A register that numbers what a record is about (ROR: ``external_ids``; CERIF: federated identifiers)."""

    ROR = "ror"
    PIC = "pic"
    """The participant identification code of the EU's programmes."""
    CRISTIN = "cristin"
    NVA = "nva"
    WIKIDATA = "wikidata"
    FUNDREF = "fundref"
    CORDIS = "cordis"
    """The number of an EU project."""
    RESEARCH_COUNCIL = "research_council"
    """Prosjektnummer at the Research Council of Norway."""
    KEEP = "keep"
    EU_TOPIC = "eu_topic"
    """The identifier of a topic in the EU Funding & Tenders portal."""


class Identifier(Frozen):
    """What a register calls the thing that a record is about."""

    scheme: IdentifierScheme
    """The register."""
    value: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    """Its identifier there, as that register writes it."""


class Contact(Frozen):
    """Whom to ask for. A function, never a named person."""

    role: LangText
    """The function, such as the R&D contact of a municipality."""
    url: WebAddress | None = None
    """The page where that function is reached, if a source gives it."""
    email: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[a-z]{2,}$")] | None = None
    """A post address of the function or the organisation, never a person's own."""
    phone: Annotated[str, StringConstraints(pattern=r"^\+?[0-9 ]{3,20}$")] | None = None
    """The switchboard or the function's number, never a person's own."""
    source: Source | None = None
    """Where it was read."""


class RecordBase(Frozen):
    """What every record of actors, instruments and ideas carries."""

    name: LangText
    """The present official or usual name."""
    summary: LangText
    """One or two plain sentences: what this is."""
    aliases: tuple[Alias, ...] = ()
    """Abbreviations, other and former names, and misspellings seen."""
    summary_source: Source | None = None
    """Where the summary was read, if that is not the first of the sources."""
    url: WebAddress | None = None
    """Its own page: the organisation's site, where today's call stands, the project's page."""
    identifiers: tuple[Identifier, ...] = ()
    """What registers call it; an actor's organisasjonsnummer has a field of its own."""
    los: tuple[LosSlug, ...] = ()
    """What it is about, in themes of Los, the most telling first."""
    themes: tuple[Theme, ...] = ()
    """The themes of the development workshop of 2016 that it belongs to, where it comes from that programme."""
    asked_as: tuple[LangText, ...] = ()
    """Everyday questions that the record answers; they help to find it, and are never quoted as a fact."""
    sources: tuple[Source, ...] = Field(min_length=1)
    """Where the record comes from."""
    confidence: Confidence
    """How sure the record is as a whole: the weakest mark that its summary rests on."""
    checked_on: date | None = None
    """The day a person last held the record against its sources."""
    state: CurationState = CurationState.PUBLISHED
    """Draft, published or retired."""


class Actor(RecordBase):
    """An organisation, network, partnership or programme that could be a partner (CERIF: OrgUnit)."""

    id: ActorId
    """Stable, such as ``actor:steinkjer-kommune``."""
    actor_type: ActorType
    """What sort of organisation it is."""
    orgnr: OrgNr | None = None
    """Organisasjonsnummer, nine digits, where a source gives it."""
    place: Place | None = None
    """Where it is."""
    reach: Reach | None = None
    """Where it works, whatever its address; left out where no source tells."""
    expertise: tuple[Statement, ...] = ()
    """What it knows or does, no more than its sources support."""
    offers: tuple[Contribution, ...] = ()
    """What it can bring to a cooperation."""
    seeks: tuple[Contribution, ...] = ()
    """What it has said that it looks for."""
    relations: tuple[Relation, ...] = ()
    """How it stands to other actors."""
    contacts: tuple[Contact, ...] = ()
    """Which functions to ask for, the best first."""
    dissolved_on: PartialDate | None = None
    """When it ceased to exist under this name; a successor is then given among the relations."""
    no_successor: bool = False
    """Whether nothing is known to have taken over, though somebody looked."""


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


class Participation(Frozen):
    """An actor's part in an idea (CPSV-AP-NO: Participation; CERIF: Consortium)."""

    actor: ActorId
    """Who took part."""
    role: Role
    """In what role."""
    note: LangText | None = None
    """What more is to be said of it."""
    source: Source | None = None
    """Given where it is another than the idea's own."""


class InstrumentLink(Frozen):
    """A scheme that the source itself names for an idea."""

    instrument: InstrumentId
    """The scheme."""
    note: LangText | None = None
    """What the source says it would do."""
    source: Source
    """Where that was read."""


class Grant(Frozen):
    """Money that a project was given."""

    instrument: InstrumentId | None = None
    """The scheme, where the base holds it."""
    name: LangText | None = None
    """The scheme as the source names it, where the base does not hold it."""
    amount: Decimal | None = None
    """How much, in whole units of the currency, where a source tells."""
    currency: Literal["NOK", "EUR"] = "NOK"
    """The currency of the amount."""
    year: int | None = Field(default=None, ge=1990, le=2100)
    """When it was awarded."""
    reference: str | None = None
    """The project's number with the funder."""
    source: Source
    """Where that was read."""

    @model_validator(mode="after")
    def _says_who_paid(self) -> Grant:
        if self.instrument is None and self.name is None:
            raise fault("grant_unnamed")
        return self


class Origin(Frozen):
    """Where and when an idea was put forward."""

    event: LangText
    """The event or survey it came from."""
    on: PartialDate
    """When that was."""
    registry: Annotated[str, StringConstraints(pattern=rf"^{SLUG}$")] | None = None
    """The register that the project was imported from; None where people put it forward at an event or in a survey.
    What comes from a register has its texts in the languages that the register has them in."""


class ProjectIdea(RecordBase):
    """A need, a project idea or a project (CERIF: Project), with the workshop's columns as its core."""

    id: IdeaId
    """Stable, such as ``idea:responssenter``."""
    problem: LangText
    """Which problem is to be solved."""
    need: LangText | None = None
    """What is needed to solve it (the column Behov og utfordringer)."""
    work: LangText | None = None
    """What was done, or is being done, in a project."""
    results: tuple[Statement, ...] = ()
    """What came of it, each with its own source."""
    knowledge_need: LangText | None = None
    """What must be found out."""
    follow_up: LangText | None = None
    """What was to happen next (the column Oppfølging)."""
    participants: tuple[Participation, ...] = ()
    """Who took part, and how."""
    instruments: tuple[InstrumentLink, ...] = ()
    """Schemes that the source names for it."""
    grants: tuple[Grant, ...] = ()
    """Money it was given."""
    started_on: PartialDate | None = None
    """When the project began."""
    ended_on: PartialDate | None = None
    """When it ended, or is to end."""
    stage: IdeaStage = IdeaStage.IDEA
    """How far it had come."""
    origin: Origin
    """Where and when it was put forward."""
    part_of: IdeaId | None = None
    """The wider idea or theme this one belongs to."""
    related: tuple[IdeaId, ...] = ()
    """Other ideas close to it."""
