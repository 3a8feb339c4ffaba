"""What records and rules both speak of: kinds of organisation, codes of places, and where a fact was read.

Invariant: nothing here knows what a record is; `corpus.records` and `corpus.criteria` build on it, and it on
neither of them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints

from corpus.text import Frozen, PartialDate

SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"
Kommunenummer = Annotated[str, StringConstraints(pattern=r"^\d{4}$")]
Fylkesnummer = Annotated[str, StringConstraints(pattern=r"^\d{2}$")]
ConceptId = Annotated[str, StringConstraints(pattern=rf"^concept:{SLUG}$", max_length=80)]
CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]


class Confidence(StrEnum):
    """How well a source carries a statement."""

    STATED = "stated"
    """Stated in the report that the corpus grew from."""
    VERIFIED = "verified"
    """Read in a primary source: a law, a published file, the owner's own page."""
    SECONDARY = "secondary"
    """Read in a secondary source."""
    ASSUMED = "assumed"
    """Uncertain or general knowledge, not verified again."""


class ActorType(StrEnum):
    """What sort of organisation an actor is."""

    MUNICIPALITY = "municipality"
    COUNTY_MUNICIPALITY = "county_municipality"
    INTER_MUNICIPAL_BODY = "inter_municipal_body"
    STATE_BODY = "state_body"
    COUNTY_GOVERNOR = "county_governor"
    HEALTH_TRUST = "health_trust"
    UNIVERSITY = "university"
    RESEARCH_INSTITUTE = "research_institute"
    SCHOOL = "school"
    COMPANY = "company"
    CLUSTER = "cluster"
    ASSOCIATION = "association"
    FOUNDATION = "foundation"
    NETWORK = "network"
    PARTNERSHIP = "partnership"
    PROGRAMME = "programme"
    COMPETENCE_CENTRE = "competence_centre"
    """A centre that others set up to build and spread knowledge in a field, such as USHT or KORUS."""


class Activity(StrEnum):
    """What kind of work a scheme pays for, or a need is ready for."""

    NETWORK = "network"
    """Meeting, building partnerships, planning together."""
    PRE_PROJECT = "pre_project"
    RESEARCH = "research"
    INNOVATION = "innovation"
    """Developing something new, with research in it or without."""
    TRIAL = "trial"
    ROLL_OUT = "roll_out"
    """Taking into use what exists."""
    DOCTORATE = "doctorate"
    PROCUREMENT = "procurement"
    """Buying what does not exist yet."""
    EU_CONSORTIUM = "eu_consortium"
    TRAINING = "training"
    """Building competence among those employed."""
    PLANNING = "planning"
    """Plans, mapping, analysis."""
    INVESTMENT = "investment"
    """Buildings, plants, equipment."""
    SERVICE = "service"
    """Running measures for residents: activities, courses, low-threshold offers."""


class Source(Frozen):
    """Where a fact was read."""

    ref: Annotated[str, StringConstraints(min_length=3)]
    """Section and lines of the seed (``seed §3.2.4 l.369-383``), or the address or publication it was read in."""
    title: str | None = None
    """What the source is called, where the reference alone does not tell."""
    as_of: PartialDate | None = None
    """The date of the copy that was read, as precisely as it is known."""
    mark: Confidence
    """How well this source carries the fact."""
