"""Actors: who can help, what they know, and how they are reached."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import StringConstraints

from corpus.records.base import ActorId, OrgNr, Place, RecordBase, Statement, WebAddress
from corpus.terms import ActorType, Fylkesnummer, Kommunenummer, Source
from corpus.text import Frozen, LangText, PartialDate


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


class Contribution(Statement):
    """Something an actor offers or seeks."""

    kind: ContributionKind
    """What sort of contribution it is."""


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
