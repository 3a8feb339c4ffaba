"""What is looked up of a record besides its passages: its names, where it is, and whom it is there for.

Invariant: everything is read from the record alone; nothing here knows how it is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from corpus.files import Record
from corpus.records import Actor, ActorType, AliasKind, FundingInstrument, Standing
from corpus.vocabulary import Concept
from index.analysis import words
from index.storage.lexical import char_trigrams

AREAS = {ActorType.MUNICIPALITY, ActorType.COUNTY_MUNICIPALITY}
"""Actors that are places too."""
SURROUNDINGS = {
    ActorType.COUNTY_MUNICIPALITY,
    ActorType.COUNTY_GOVERNOR,
    ActorType.HEALTH_TRUST,
    ActorType.INTER_MUNICIPAL_BODY,
    ActorType.PARTNERSHIP,
    ActorType.NETWORK,
    ActorType.SCHOOL,
}
"""Sorts of bodies that are there for where they stand."""
PLACE = "place"
"""The kind of a name that is that of a place; many such are ordinary words too."""
SHORTEST_SPELLED = 6
"""Letters from which a name in capitals may be a word, and a name may be spelled wrong."""
NATIONWIDE = ""
"""Stands for the whole country where a county would stand."""


@dataclass(frozen=True, eq=False)
class Name:
    """A name of a record; ``kind`` is that of an alias, ``name`` for the name itself, or ``place`` for where it is."""

    record_id: str
    text: str
    kind: str
    words: tuple[str, ...]
    """The normalised words of the name."""

    @cached_property
    def spelling(self) -> str:
        """The words of the name on one line."""
        return " ".join(self.words)

    @cached_property
    def is_acronym(self) -> bool:
        """Whether it stands for longer words, so that it is only itself when spelled right.

        One that holds a whole word, as *RFF Trøndelag* does, is spelled as any other name.
        """
        if len(self.words) > 1 and max(map(len, self.words)) > SHORTEST_SPELLED:
            return False
        return self.kind == AliasKind.ACRONYM or (self.text.isupper() and len(self.text) <= SHORTEST_SPELLED)

    @cached_property
    def letters(self) -> frozenset[str]:
        """The three-letter runs of its words."""
        return frozenset(char_trigrams(self.text))


class PlacedRecord(NamedTuple):
    """Where a record is."""

    record_id: str
    name: str
    kommunenummer: str | None
    fylkesnummer: str | None
    country: str


class ActorTraits(NamedTuple):
    """What sort of body an actor is, and for whom it is there."""

    sort: ActorType
    home: str | None
    """The number of the county that it stands in."""
    counties: frozenset[str]
    """The counties that it is there for, where it is there for some only."""


def names_of(record: Record) -> list[Name]:
    """Return every name by which a record may be asked for."""
    if isinstance(record, Concept):
        return []
    names = [(localised.text, "name") for localised in record.name.items()]
    names += [(alias.text, alias.kind.value) for alias in record.aliases]
    if isinstance(record, Actor) and record.actor_type in AREAS and record.place and record.place.name:
        names.append((record.place.name, PLACE))
    return [Name(record.id, text, kind, tuple(words(text))) for text, kind in dict.fromkeys(names)]


def authorities_of(scheme: FundingInstrument) -> list[str]:
    """Return the actors that own or run a scheme today; nobody where it has ended."""
    if scheme.standing is Standing.ENDED:
        return []
    return sorted({actor for actor in (scheme.owner, scheme.administrator) if actor})


def counties_reached(actor: Actor) -> tuple[str, ...]:
    """Return the counties that an actor is there for; none where it is there for all, or is one to learn from.

    A municipality serves its own people, but others come to learn from it. Where no source tells the reach of a body
    of a sort that is there for its surroundings, it is the county that it stands in.
    """
    if actor.actor_type is ActorType.MUNICIPALITY:
        return ()
    if actor.reach is None:
        home = actor.place.fylkesnummer if actor.place else None
        return (home,) if home and actor.actor_type in SURROUNDINGS else ()
    if actor.reach.level in {"national", "international"}:
        return ()
    counties = {*actor.reach.fylkesnummer, *(number[:2] for number in actor.reach.kommunenummer)}
    return tuple(sorted(counties))


def general_counties(scheme: FundingInstrument) -> tuple[str, ...]:
    """Return the counties where a scheme is for any theme; an empty one where it is for the whole country."""
    if not scheme.any_topic or scheme.standing is Standing.ENDED:
        return ()
    return scheme.scope.fylkesnummer or (NATIONWIDE,)
