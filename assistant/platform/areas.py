"""The part of the country that somebody follows: counties, and municipalities of their own.

Invariant: an area is kept as numbers of today; what is of an older number counts where its municipality is today. An
area without any number is the whole country. What nobody has told the place of belongs to every area.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from corpus.errors import MellomromError
from corpus.places import Municipality, Place, load_places
from corpus.text import Frozen

MOST_PLACES = 400
"""More than there are municipalities."""


class AreaError(MellomromError):
    """What was given is no place, or may be several."""

    def __init__(self, got: str, may_be: Iterable[Place] = ()) -> None:
        self.got = got
        self.may_be = tuple(may_be)
        """What it may be, where that is several."""
        several = ", ".join(f"{one.name} ({one.number})" for one in self.may_be)
        remedy = f"It may be {several}: give the number." if several else "Give a county or a municipality of Norway."
        super().__init__(f"Got {got[:80]!r}, expected one county or municipality. {remedy}")


class Area(Frozen):
    """Counties by two digits and municipalities by four; the whole country where there are none."""

    places: tuple[str, ...] = ()

    @property
    def is_everywhere(self) -> bool:
        """Tell whether it leaves nothing out."""
        return not self.places

    def covers(self, kommunenummer: str | None, *, unplaced: bool = True) -> bool:
        """Tell whether what is of a municipality belongs to it.

        Args:
            kommunenummer: Four digits, of today or before.
            unplaced: Whether what has no place, or one that nobody knows, does.
        """
        if not self.places:
            return True
        where = _places_of(kommunenummer) if kommunenummer else frozenset()
        return not where.isdisjoint(self.places) if where else unplaced

    def names(self) -> list[str]:
        """Return what its places are called, in their order."""
        known = load_places()
        places = (known.county(one) or known.municipality(one) for one in self.places)
        return [one.name for one in places if one]


@lru_cache(maxsize=2_048)
def _places_of(kommunenummer: str) -> frozenset[str]:
    """Return the numbers of today of a municipality and its county; of each part where it was divided."""
    municipalities = [one for one in load_places().by_number(kommunenummer) if isinstance(one, Municipality)]
    return frozenset(number for one in municipalities for number in (one.number, one.county))


def area_of(names: Iterable[str]) -> Area:
    """Return the area of places by their names or numbers; what is empty is passed over.

    Raises:
        AreaError: one is no place of Norway, or may be several.
    """
    known = load_places()
    numbers: list[str] = []
    for one in (text.strip() for text in names):
        if not one:
            continue
        found = known.by_number(one) if one.isdecimal() else _named(one)
        if len(found) != 1 or len(numbers) >= MOST_PLACES:
            raise AreaError(one, found)
        numbers.append(found[0].number)
    return Area(places=tuple(sorted(dict.fromkeys(numbers))))


def typed_name(number: str) -> str:
    """Return how a municipality is typed: by its name, or by its number where several are called the same."""
    municipality = load_places().municipality(number)
    return municipality.name if municipality and _named(municipality.name) == (municipality,) else number


def _named(text: str) -> tuple[Place, ...]:
    """Return the places that a name may stand for; whoever writes only a name needs no capital letter."""
    known = load_places()
    every: tuple[Place, ...] = (*known.counties, *known.municipalities)
    exact = tuple(one for one in every if text.casefold() in {one.name.casefold(), *map(str.casefold, one.other_names)})
    counties = tuple(one for one in exact if not isinstance(one, Municipality))
    return exact if len(exact) == 1 or not counties else counties if len(counties) == 1 else exact or known.find(text)
