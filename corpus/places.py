"""The counties and municipalities of Norway, and which of them a text speaks of.

Invariant: nothing is found that the text does not name. A name that is also a word of the language ("time", "strand",
"lund") counts as a place only where the sentence says so (`is_word`), and a number only where the text says that it is
a number of a municipality or a county. What is ambiguous ("Herøy") is answered with every place it may be, never
with a guess. `Places.find` takes time in proportion to the length of the text.

The facts stand in ``places.json`` beside this module: the units of 1 January 2024, with the numbers and names they
had since 2016. What people call the country besides, its districts, valleys and villages, stands in
``localities.json`` with the county or municipality it is in; `Places.mentions` knows those too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeVar

from pydantic import ValidationError

from corpus.errors import RecordFileError
from corpus.terms import Fylkesnummer, Kommunenummer
from corpus.text import Frozen

__all__ = [
    "County",
    "FormerCounty",
    "FormerMunicipality",
    "Locality",
    "Municipality",
    "Place",
    "PlaceMention",
    "Places",
    "is_word",
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


class Locality(Frozen):
    """A district, a valley or a village by the name that people use, which is no unit of its own."""

    name: str
    """The Norwegian name."""
    other_names: tuple[str, ...] = ()
    """Other forms of it, and its parts that lie in the same county."""
    kind: Literal["district", "village"]
    municipality: Kommunenummer | None = None
    """The number of the municipality that it is in, where it is in one."""
    counties: tuple[Fylkesnummer, ...] = ()
    """The numbers of the counties that it is in, where it is in several municipalities."""
    is_word: bool = False
    """Whether the name is a word of the language too."""
    source: str
    """The id of what it was read in."""
    found: str
    """Where in that."""


class PlaceMention(NamedTuple):
    """A place as a text names it."""

    place: Place
    written: str
    """The words by which it is named, lower case with spaces between; a name, a number, or that of a locality in it."""


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

# Names of municipalities, of today or before, that are words of their own in bokmål, nynorsk or English, in some form.
_EVERYDAY = frozenset(
    """
    aure berg bø eide etne fet fjell fjord flora flå gran grane grong grue halsa heim hof hol hole kinn klepp land leka
    lund marker nes nesset nome osen re sel selje ski skodje sola stad storfjord stokke strand stranda sula sund time
    tinn torsken vega vik vikna ål ås øyer
    """.split()
)
# Names that are mostly just that, and in some form a word: robbed, caused, the smoke, the voice.
_SELDOM_WORDS = frozenset(
    """
    alta alver asker bygland eid frogn frosta frøya fauske førde gol granvin gulen halden hå kvam lesja lier lom loppa
    lunner luster lyngen molde moss odda os rana rauma rissa roan rygge råde røst røyken sande sauda senja siljan skien
    skaun stange stord tokke træna valle vang volda voss vågan våler åmot
    """.split()
)
_VERBS = frozenset(
    """
    vil ønsker ønskjer ynskjer trenger treng skal har søker søkjer planlegger planlegg sliter slit jobber jobbar
    vurderer lurer lurar wants needs would has
    """.split()
)
"""What a municipality is said to do, right after its name."""
_OF_OURS = frozenset("vår vårt våre min mi mitt mine di din ditt deres dykkar our my".split())
_WE = frozenset("vi me".split())
_WE_STAND = frozenset("i fra frå".split())
_WE_STANDING = 2
"""Words of *vi i*."""
_TITLES = frozenset(
    """
    ordfører ordførar rektor lege legen fastlege professor forsker forskar rådgiver rådgjevar leder leiar sjef direktør
    kommunedirektør rådmann advokat lærer lærar prest fru frøken herr hr dr mr mrs ms familien firma firmaet
    """.split()
)
"""Words before the name of a person, or of a business that is called after one."""
_NAMED_AFTER = frozenset(
    """
    skole skolen skule skulen barneskole barneskule ungdomsskole ungdomsskule vgs barnehage barnehagen gård gard kirke
    kyrkje sykehjem sjukeheim omsorgssenter bofellesskap hotell as asa ba school
    """.split()
)
"""Words for what is often named after the ground that it stands on."""

_YEARS = range(1990, 2101)
"""Numbers that are read as a year unless the text says that it is a number."""

_TOKEN = re.compile(r"\w+")
_BEGINNINGS = ".!?:;\n«“”\"'‘’(/–—•*|>"
_LONGEST = 4


class _Token(NamedTuple):
    """A word or a number, as it is compared and as it was written."""

    key: str
    written: str
    gap: str = ""
    """What stands between it and the one before."""

    @property
    def begins(self) -> bool:
        """Whether it begins a sentence, a line, a quote or what else is written with a capital."""
        return self.gap == "" or any(sign in self.gap for sign in _BEGINNINGS)

    @property
    def is_capital(self) -> bool:
        """Whether it is written with a capital."""
        return self.written[0].isupper()


class _Entry(NamedTuple):
    """What one name may stand for."""

    municipalities: tuple[Municipality, ...]
    counties: tuple[County, ...]


def _tokens(text: str) -> tuple[_Token, ...]:
    found: list[_Token] = []
    end = 0
    for match in _TOKEN.finditer(text):
        found.append(_Token(match.group().casefold(), match.group(), text[end : match.start()] if found else ""))
        end = match.end()
    return tuple(found)


def _key(name: str) -> tuple[str, ...]:
    return tuple(token.key for token in _tokens(name))


class Places:
    """Every county and municipality, by number and by name, and localities by the one they are in."""

    def __init__(
        self,
        municipalities: Iterable[Municipality],
        counties: Iterable[County],
        localities: Iterable[Locality] = (),
    ) -> None:
        self.municipalities = tuple(municipalities)
        """All of them, in the order of their numbers."""
        self.counties = tuple(counties)
        """All of them, in the order of their numbers."""
        self.localities = tuple(localities)
        """Those that are known, in no order."""
        self._by_number: Mapping[str, tuple[Place, ...]] = MappingProxyType(self._numbers())
        self._by_name: Mapping[tuple[str, ...], _Entry] = MappingProxyType(self._names())
        self._by_locality: Mapping[tuple[str, ...], Locality] = MappingProxyType(
            {_key(name): one for one in self.localities for name in (one.name, *one.other_names)}
        )
        self._first_words = frozenset(
            name[0] + ending for name in (*self._by_name, *self._by_locality) for ending in ("", "s")
        )

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
        return tuple(dict.fromkeys(one.place for one in self._scanned(text, localities=False)))

    def mentions(self, text: str) -> tuple[PlaceMention, ...]:
        """Return the places that a text names, as `find` does, each with the words that name it.

        A locality, such as Valdres or Geiranger, names the municipality or the county that it is in; one that lies in
        several counties names all of them.
        """
        return tuple(dict.fromkeys(self._scanned(text, localities=True)))

    def _scanned(self, text: str, *, localities: bool) -> Iterator[PlaceMention]:
        tokens = _tokens(text)
        groups: list[tuple[tuple[Place, ...], str]] = []
        position = 0
        while position < len(tokens):
            found, length = self._at(tokens, position)
            if localities and not found:
                found, length = self._locality_at(tokens, position)
            if found:
                groups.append((found, " ".join(token.key for token in tokens[position : position + length])))
            position += length
        counties = {one.number for group, _ in groups for one in group if isinstance(one, County)}
        for group, written in groups:
            yield from (PlaceMention(place, written) for place in _narrowed(group, counties))

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

    def _locality_at(self, tokens: tuple[_Token, ...], position: int) -> tuple[tuple[Place, ...], int]:
        if tokens[position].key not in self._first_words:
            return (), 1
        for length in range(min(_LONGEST, len(tokens) - position), 0, -1):
            key = tuple(token.key for token in tokens[position : position + length])
            last = key[-1]
            found = self._by_locality.get(key) or self._by_locality.get((*key[:-1], last.removesuffix("s")))
            if found is not None and (length > 1 or not found.is_word or _is_meant_word(tokens, position)):
                return self._units_of(found), length
        return (), 1

    def _units_of(self, locality: Locality) -> tuple[Place, ...]:
        numbers = (locality.municipality,) if locality.municipality else locality.counties
        return tuple(
            place for number in numbers if (place := self.municipality(number) or self.county(number)) is not None
        )

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
    if not is_word(word.key):
        return True
    following = tokens[position + 1].key if position + 1 < len(tokens) else ""
    if following in _MUNICIPAL_WORDS:
        return following != "municipality" or word.is_capital
    if following in _OF_OURS or following in _NAMED_AFTER:
        return False
    is_name = _is_one_of(word.key, _SELDOM_WORDS)
    if (word.is_capital or is_name) and before and before[-1] in _BEFORE_A_PLACE:
        return True
    if is_name and (word.is_capital or position == 0) and following in _VERBS:
        return True
    return _is_capital_within(tokens, position) or _is_where_we_stand(tokens, position)


def _is_meant_word(tokens: tuple[_Token, ...], position: int) -> bool:
    """Tell whether a word that a locality is called by too is written as a name, and not only at a beginning."""
    before = tokens[position - 1].key if position else ""
    return tokens[position].is_capital and (before in _BEFORE_A_PLACE or _is_capital_within(tokens, position))


def is_word(name: str) -> bool:
    """Tell whether the name of a municipality, with or without a genitive s, is a word of the language too."""
    key = name.casefold()
    return _is_one_of(key, _EVERYDAY) or _is_one_of(key, _SELDOM_WORDS)


def _is_one_of(key: str, names: frozenset[str]) -> bool:
    return key in names or (key.endswith("s") and key[:-1] in names)


def _is_capital_within(tokens: tuple[_Token, ...], position: int) -> bool:
    """Tell whether a word has the capital of a name that is no person's: *what has Lund done*, not *Kari Lund*."""
    word, before = tokens[position], tokens[position - 1] if position else None
    if before is None or not word.is_capital or word.begins or before.key in _TITLES:
        return False
    in_capitals = len(word.written) > 1 and word.written.isupper()
    return not in_capitals and not (before.is_capital and word.gap.isspace())


def _is_where_we_stand(tokens: tuple[_Token, ...], position: int) -> bool:
    """Tell whether a word follows *vi i* at the beginning of what is said, where nobody who types so uses capitals."""
    if position < _WE_STANDING:
        return False
    who, where = tokens[position - 2 : position]
    begins = position == _WE_STANDING or who.begins or "," in who.gap
    return begins and who.key in _WE and where.key in _WE_STAND


def _narrowed(group: tuple[Place, ...], counties: set[str]) -> Iterator[Place]:
    """Yield the places of an ambiguous name that lie in a county the text names, or all of them."""
    if len(group) > 1 and all(isinstance(one, Municipality) for one in group):
        inside = tuple(one for one in group if isinstance(one, Municipality) and one.county in counties)
        yield from inside or group
    else:
        yield from group


_Read = TypeVar("_Read", bound=Frozen)


class _LocalitySource(Frozen):
    """What localities were read in."""

    id: str
    address: str
    read_on: str
    """The day it was read, as ISO has it."""
    about: str | None = None


class _LocalityFile(Frozen):
    """What ``localities.json`` holds."""

    about: str
    sources: tuple[_LocalitySource, ...]
    localities: tuple[Locality, ...]


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
        RecordFileError: a packaged file is missing or damaged.
    """
    # JSON, which is read in a tenth of the time of YAML: every new process reads it before its first answer.
    units = _read("places.json", _File)
    return Places(units.municipalities, units.counties, _read("localities.json", _LocalityFile).localities)


def _read(name: str, as_type: type[_Read]) -> _Read:
    try:
        return as_type.model_validate_json((files("corpus") / name).read_bytes())
    except (OSError, ValidationError) as error:
        raise RecordFileError(f"{name}: the packaged list of places cannot be read: {error}") from error


def municipality_name(number: str | None) -> str | None:
    """Return what the municipality with a number is called today, by a number that it has or had; None if unknown."""
    places = load_places().by_number(number) if number and len(number) == 4 else ()
    return places[0].name if len(places) == 1 else None
