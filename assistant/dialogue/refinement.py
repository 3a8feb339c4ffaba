"""What a later turn of a conversation adds to a need.

Invariant: a refinement only narrows or turns what the question itself asks for; without one, nothing changes.
"""

from __future__ import annotations

from corpus.records import ActorType, Kind
from corpus.text import Frozen
from index.retrieval.need import Need, PlaceWish


class ExcludedPlace(Frozen):
    """A county or a municipality where no partner is wanted."""

    number: str
    """Two digits for a county, four for a municipality."""
    name: str


class Exclusions(Frozen):
    """What is not to be suggested."""

    records: tuple[str, ...] = ()
    """Ids of bodies, with what they run, or of other records."""
    names: tuple[str, ...] = ()
    """What those are called, in the order of the ids."""
    types: tuple[ActorType, ...] = ()
    places: tuple[ExcludedPlace, ...] = ()
    kinds: tuple[Kind, ...] = ()
    """Whole kinds of answer: no money, no partners."""

    def __bool__(self) -> bool:
        return bool(self.records or self.types or self.places or self.kinds)


class Refinement(Frozen):
    """What was said after the question."""

    kind: Kind | None = None
    """The kind of answer that is wanted now."""
    only_kind: bool = False
    """Whether nothing but that kind is wanted."""
    place: PlaceWish | None = None
    without: tuple[str, ...] = ()
    """Ids of records that are not to be suggested again."""
    like: str | None = None
    """Id of a record that more like it is wanted of."""
    types: tuple[ActorType, ...] = ()
    """The only kinds of body that are wanted as partners; any where empty."""
    without_types: tuple[ActorType, ...] = ()
    without_places: tuple[ExcludedPlace, ...] = ()
    without_kinds: tuple[Kind, ...] = ()
    """The kinds of answer that are not wanted, unless one of them is asked for since."""
    open_now: bool = False
    """Whether only schemes are wanted that take applications or have a date to come."""
    smallest: bool = False
    """Whether the schemes that give least, and so ask least, come first."""

    @property
    def narrows(self) -> bool:
        """Tell whether some of what is found is to be left out by what it is."""
        return bool(self.types or self.without_types or self.without_places or self.open_now)

    def leaving_out(self, without: Exclusions) -> Refinement:
        """Return the refinement with more that is not to be suggested."""
        if not without:
            return self
        # Whoever wants no money after all no longer wants nothing else.
        turned = {"kind": None, "only_kind": False, "open_now": False} if self.kind in without.kinds else {}
        return self.model_copy(
            update={
                **turned,
                "without": _joined(self.without, without.records),
                "without_types": _joined(self.without_types, without.types),
                "without_places": _joined(self.without_places, without.places),
                "without_kinds": _joined(self.without_kinds, without.kinds),
                # Who leaves out what they asked for before wants the rest of all.
                "types": tuple(one for one in self.types if one not in without.types),
            }
        )

    def applied(self, need: Need, example: str | None = None) -> Need:
        """Return a need as it is after this.

        Args:
            need: What the question itself asks for.
            example: What the record says that more like it is wanted of, in the language of the need.
        """
        changed: dict[str, object] = {}
        if self.kind:
            changed["asked_kind"] = self.kind
            if self.only_kind:
                changed["kinds"] = (self.kind,)
        if self.without_kinds and "kinds" not in changed:
            # Whoever wants none of any kind has not said so by naming one.
            changed["kinds"] = tuple(one for one in need.kinds if one not in self.without_kinds) or need.kinds
        if self.place:
            changed["place"] = self.place
        if example:
            changed |= {"text": example, "context_places": ()}
            changed |= {"kinds": (self.kind,)} if self.kind else {}
        return need.model_copy(update=changed)


def _joined(one: tuple[object, ...], other: tuple[object, ...]) -> tuple[object, ...]:
    return tuple(dict.fromkeys((*one, *other)))
