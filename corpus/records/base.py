"""What the records of every kind share: kinds, states, ids, and the parts that several kinds have.

Invariant: a part is frozen, and a statement that could be quoted in an answer carries its own source.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from corpus.faults import fault
from corpus.los import LosSlug
from corpus.terms import SLUG, Confidence, CountryCode, Fylkesnummer, Kommunenummer, Source
from corpus.text import Frozen, LangText


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
