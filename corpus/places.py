"""The counties and municipalities of Norway, and which of them a text speaks of.

Invariant: nothing is found that the text does not name. A word that is also an everyday word ("time", "strand",
"lund") counts as a place only where the sentence says so, and a number only where the text says that it is a
number of a municipality or a county. What is ambiguous ("Herøy") is answered with every place it may be, never
with a guess. `Places.find` takes time in proportion to the length of the text.

The facts stand in ``places.json`` beside this module: the units of 1 January 2024, with the numbers and names they
had since 2016.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

from pydantic import ValidationError

from corpus.errors import RecordFileError
from corpus.terms import Fylkesnummer, Kommunenummer
from corpus.text import Frozen

__all__ = [
    "County",
    "FormerCounty",
    "FormerMunicipality",
    "Municipality",
    "Place",
    "Places",
    "load_places",
    "municipality_name",
]


class FormerMunicipality(Frozen):
    """A number and a name that the area, or a part of it, had before."""

    number: Kommunenummer
    """Four digits, as text."""
    name: str
    """The Norwegian name it went by."""
    ended: int
    """The year on whose first of January it ceased."""


class FormerCounty(Frozen):
    """A number and a name that the county, or a part of it, had before."""

    number: Fylkesnummer
    """Two digits, as text."""
    name: str
    """The Norwegian name it went by."""
    ended: int
    """The year on whose first of January it ceased."""


class Municipality(Frozen):
    """A municipality of 2024."""

    number: Kommunenummer
    """Four digits, as text, since Oslo begins with a zero."""
    name: str
    """The Norwegian name, such as Kåfjord."""
    official_name: str | None = None
    """The whole official name where it holds several, such as Gáivuotna – Kåfjord – Kaivuono."""
    other_names: tuple[str, ...] = ()
    """The Sámi and Kven names."""
    county: Fylkesnummer
    """The number of its county."""
    former: tuple[FormerMunicipality, ...] = ()
    """What it was before, newest first; one that was divided stands under each that took a part of it."""


class County(Frozen):
    """A county of 2024."""

    number: Fylkesnummer
    """Two digits, as text."""
    name: str
    """The Norwegian name."""
    other_names: tuple[str, ...] = ()
    """The Sámi and Kven names, where they were read."""
    former: tuple[FormerCounty, ...] = ()
    """What it was before, newest first."""


Place = Municipality | County
"""What a text may name."""

_COUNTY_WORDS = frozenset("fylke fylket fylkeskommune fylkeskommunen county fylkes".split())
_MUNICIPAL_WORDS = frozenset(
    "kommune kommunen kommunes kommunens municipality herad suohkan gielda gïelte tjïelte komuuni".split()
)
_MUNICIPAL_NUMBER_WORDS = frozenset("kommunenummer kommunenr knr kommunenummeret kommunekode".split())
_COUNTY_NUMBER_WORDS = frozenset("fylkesnummer fylkesnr fylkenr fylkesnummeret".split())
_NUMBER_WORDS = frozenset("nummer nr no".split())
_BEFORE_A_PLACE = frozenset("i fra frå på kommunen in from".split())
_INSTITUTIONS = frozenset(
    "universitetet høgskolen høgskulen høyskolen sykehuset sjukehuset universitetssykehuset university".split()
)
_UNITS = frozenset("kr kroner nok mill millioner millionar innbyggere innbyggjarar personer timer prosent".split())

# Names of municipalities, of today or before, that are words of their own in bokmål, nynorsk or English.
_EVERYDAY = frozenset(
    """
    alver aure berg bø eid eide etne fet fjord flora flå frøya førde gol gran grane grue heim hol hole hå kinn leka lom
    loppa lund luster lyngen marker nes os osen re råde røst sande sel selje senja ski skien sola stad stange stord
    storfjord strand stranda sula sund time tinn torsken vang vega vik våler ål ås øyer
    """.split()
)

_YEARS = range(1990, 2101)
"""Numbers that are read as a year unless the text says that it is a number."""

_TOKEN = re.compile(r"\w+")
_LONGEST = 4


class _Token(NamedTuple):
    """A word or a number, as it is compared and as it was written."""

    key: str
    written: str


class _Entry(NamedTuple):
    """What one name may stand for."""

    municipalities: tuple[Municipality, ...]
    counties: tuple[County, ...]


def _tokens(text: str) -> tuple[_Token, ...]:
    return tuple(_Token(match.group().casefold(), match.group()) for match in _TOKEN.finditer(text))


def _key(name: str) -> tuple[str, ...]:
    return tuple(token.key for token in _tokens(name))


class Places:
    """Every county and municipality, by number and by name."""

    def __init__(self, municipalities: Iterable[Municipality], counties: Iterable[County]) -> None:
        self.municipalities = tuple(municipalities)
        """All of them, in the order of their numbers."""
        self.counties = tuple(counties)
        """All of them, in the order of their numbers."""
        self._by_number: Mapping[str, tuple[Place, ...]] = MappingProxyType(self._numbers())
        self._by_name: Mapping[tuple[str, ...], _Entry] = MappingProxyType(self._names())
        self._first_words = frozenset(name[0] + ending for name in self._by_name for ending in ("", "s"))

    def by_number(self, number: str) -> tuple[Place, ...]:
        """Return the places that have, or had, that number: four digits for a municipality, two for a county.

        A number that was divided, or belonged to a county that was, gives several places; one never used gives none.
        """
        return self._by_number.get(number, ())

    def municipality(self, number: str) -> Municipality | None:
        """Return the municipality that has that number today, or None."""
        return next((municipality for municipality in self.municipalities if municipality.number == number), None)

    def county(self, number: str) -> County | None:
        """Return the county that has that number today, or None."""
        return next((county for county in self.counties if county.number == number), None)

    def find(self, text: str) -> tuple[Place, ...]:
        """Return the places that a text names, in the order it names them, each once.

        Names of today and before, in any case, with or without a genitive s; Sámi and Kven names; numbers where the
        text says what they are, or holds nothing else. An ambiguous name gives all it may be, except where the text
        also names the county of one of them. Oslo is the municipality, unless the text says the county.
        """
        tokens = _tokens(text)
        groups: list[tuple[Place, ...]] = []
        position = 0
        while position < len(tokens):
            found, length = self._at(tokens, position)
            if found:
                groups.append(found)
            position += length
        counties = {one.number for group in groups for one in group if isinstance(one, County)}
        places: dict[Place, None] = {}
        for group in groups:
            places.update(dict.fromkeys(_narrowed(group, counties)))
        return tuple(places)

    def _at(self, tokens: tuple[_Token, ...], position: int) -> tuple[tuple[Place, ...], int]:
        if tokens[position].key.isdecimal():
            return self._numbered(tokens, position), 1
        if tokens[position].key not in self._first_words:
            return (), 1
        for length in range(min(_LONGEST, len(tokens) - position), 0, -1):
            entry = self._named(tokens[position : position + length])
            if entry and (length > 1 or _meant(tokens, position)):
                return _chosen(entry, tokens[position + length].key if position + length < len(tokens) else ""), length
        return (), 1

    def _named(self, words: tuple[_Token, ...]) -> _Entry | None:
        key = tuple(token.key for token in words)
        if entry := self._by_name.get(key):
            return entry
        last = key[-1]
        return self._by_name.get((*key[:-1], last[:-1])) if last.endswith("s") and len(last) > 1 else None

    def _numbered(self, tokens: tuple[_Token, ...], position: int) -> tuple[Place, ...]:
        number = tokens[position].key
        if len(number) not in (2, 4):
            return ()
        a_year = int(number) in _YEARS
        if len(tokens) == 1:
            return self.by_number(number) if len(number) == 4 and not a_year else ()
        before = [token.key for token in tokens[max(0, position - 2) : position]]
        after = [token.key for token in tokens[position + 1 : position + 2]]
        if _UNITS.intersection(after):
            return ()
        plain, numeral = (
            (_COUNTY_WORDS, _COUNTY_NUMBER_WORDS) if len(number) == 2 else (_MUNICIPAL_WORDS, _MUNICIPAL_NUMBER_WORDS)
        )
        said = bool(numeral.intersection(before)) or (
            bool(plain.intersection(before[:-1])) and bool(before) and before[-1] in _NUMBER_WORDS
        )
        near = bool(plain.intersection([*before[-1:], *after])) and not a_year
        return self.by_number(number) if said or near else ()

    def _numbers(self) -> dict[str, tuple[Place, ...]]:
        numbers: dict[str, dict[Place, None]] = {}
        everyone: tuple[Place, ...] = (*self.municipalities, *self.counties)
        for place in everyone:
            for number in (place.number, *(one.number for one in place.former)):
                numbers.setdefault(number, {})[place] = None
        return {number: tuple(places) for number, places in numbers.items()}

    def _names(self) -> dict[tuple[str, ...], _Entry]:
        municipalities: dict[tuple[str, ...], dict[Municipality, None]] = {}
        counties: dict[tuple[str, ...], dict[County, None]] = {}
        for municipality in self.municipalities:
            for name in (municipality.name, municipality.official_name, *municipality.other_names):
                if name:
                    municipalities.setdefault(_key(name), {})[municipality] = None
        for county in self.counties:
            for name in (county.name, *county.other_names, *(one.name for one in county.former)):
                counties.setdefault(_key(name), {})[county] = None
        for municipality in self.municipalities:
            for former in municipality.former:
                if not self._kept_by_another(municipality, former):
                    municipalities.setdefault(_key(former.name), {})[municipality] = None
        return {
            key: _Entry(tuple(municipalities.get(key, ())), tuple(counties.get(key, ())))
            for key in (*municipalities, *counties)
        }

    def _kept_by_another(self, municipality: Municipality, former: FormerMunicipality) -> bool:
        """Tell whether a divided municipality lives on, by its name, in another part than this one."""
        return any(
            other != municipality and isinstance(other, Municipality) and other.name == former.name
            for other in self._by_number.get(former.number, ())
        )


def _chosen(entry: _Entry, following: str) -> tuple[Place, ...]:
    """Return what a name stands for, as the next word tells or else the municipality before the county."""
    if following in _COUNTY_WORDS and entry.counties:
        return entry.counties
    return entry.municipalities or entry.counties


def _meant(tokens: tuple[_Token, ...], position: int) -> bool:
    """Tell whether a single word is meant as a place."""
    word = tokens[position]
    before = [token.key for token in tokens[max(0, position - 2) : position]]
    if before[-1:] and before[-1] in _BEFORE_A_PLACE and _INSTITUTIONS.intersection(before[:-1]):
        return False
    if word.key not in _EVERYDAY and not (word.key.endswith("s") and word.key[:-1] in _EVERYDAY):
        return True
    following = tokens[position + 1].key if position + 1 < len(tokens) else ""
    if following in _MUNICIPAL_WORDS:
        return following != "municipality" or word.written[0].isupper()
    return word.written[0].isupper() and bool(before) and before[-1] in _BEFORE_A_PLACE


def _narrowed(group: tuple[Place, ...], counties: set[str]) -> Iterator[Place]:
    """Yield the places of an ambiguous name that lie in a county the text names, or all of them."""
    if len(group) > 1 and all(isinstance(one, Municipality) for one in group):
        inside = tuple(one for one in group if isinstance(one, Municipality) and one.county in counties)
        yield from inside or group
    else:
        yield from group


class _File(Frozen):
    """What ``places.json`` holds."""

    about: str
    """Where it was read, and what stands in it."""
    counties: tuple[County, ...]
    municipalities: tuple[Municipality, ...]


@cache
def load_places() -> Places:
    """Return the places that come with this release; they are read once.

    Raises:
        RecordFileError: the packaged file is missing or damaged.
    """
    # JSON, which is read in a tenth of the time of YAML: every new process reads it before its first answer.
    path = files("corpus") / "places.json"
    try:
        read = _File.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise RecordFileError(f"places.json: the packaged list of municipalities cannot be read: {error}") from error
    return Places(read.municipalities, read.counties)


def municipality_name(number: str | None) -> str | None:
    """Return what the municipality with a number is called today, by a number that it has or had; None if unknown."""
    places = load_places().by_number(number) if number and len(number) == 4 else ()
    return places[0].name if len(places) == 1 else None
