"""Project ideas: what was thought of and done before, by whom and with whose money."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from corpus.faults import fault
from corpus.records.base import ActorId, IdeaId, InstrumentId, RecordBase, Statement
from corpus.terms import SLUG, Source
from corpus.text import Frozen, LangText, PartialDate


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
    only_read: bool = False
    """Whether the date is only the day that somebody read of it, which tells nothing of when it was."""
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

    @property
    def years(self) -> str | None:
        """The year or years that it was of, such as ``2007–2010``: of the project, else the idea; None if unknown."""
        of_project = dict.fromkeys(on[:4] for on in (self.started_on, self.ended_on) if on)
        if of_project:
            return "–".join(of_project)
        return None if self.origin.only_read else self.origin.on[:4]
