"""What the places of a text mean: where who asks is, where partners are wanted, or who is held up as an example.

Invariant: a place is where the asker is unless the question says that partners should be there, or holds it up as an
example; it binds only where the question says "only". What is ambiguous places nobody.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from corpus.places import County, Municipality, Place, load_places
from index.analysis import normalise, words
from index.retrieval.need import PlaceWish

_ONLY = r"(?:kun|bare|berre|only|må (?:ligge|vere|være|ligga)|must be)"
_SOUGHT = (
    r"(?:partner\w*|partnar\w*|forsk(?!jell|ning\w* (?:viser|syner))\w*|(?:\w{3,})?miljø(?:er|et|a|ene)?|bedrift\w*"
    r"|compan(?:y|ies)|researchers?|konsulent\w*|leverandør\w*|suppliers?|consultants?|ekspert\w*|experts?|fagfolk|specialists?"
    r"|universitet(?:er)?|university|universities|høgskol\w*|høyskol\w*|høgskul\w*|institut(?:t|ter|tt|es?)?)"
)
"""Words for who is looked for."""
_WISH = rf"(?:{_SOUGHT}|noen|nokon|nån|someone|somebody|anyone|anybody)"
_RATHER = r"(?:helst|gjerne|aller helst|preferably|ideally)"
_ASKERS = re.compile(
    r"\b(?:vi|me|oss|vår|vårt|våre|vårs|we|us|our|ours|kommunen|kommuna|my (?:municipality|town)|byen|bygda)\b"
)
"""Words by which somebody speaks of their own municipality, so that a place may be theirs."""
_LIKE = r"(?:som|like|as|slik|liksom|såsom)"
_AT = r"(?:i|in|frå|fra|from|på|ved|near|nær)"
_NUMBER = r"(?:kommune(?:nummer|nr\.?)?|municipality(?: number)?)"
_WE_ARE = r"(?:vi|me|jeg|eg|we|i)(?: er| are|'re| am| representerer| jobbar| jobber| arbeider| arbeidar| bur| bor)?"
_WANTS = r"(?:vil|ønsk\w+|ynskj\w+|skal|treng\w*|har|søk\w*|ser|planlegg\w*|wants?|needs?|would|has|is)"


_CLAUSE = (
    r"(?:^|[.,;:!?–-]\s*|\b(?:det er|dette er|kommunen er|kommunen vår er|kommunen heter|kommunen heiter|it'?s"
    r"|it is|this is"
    r"|kommune:|municipality:)\s+)"
)
_THIS_IS = r"(?:det er|dette er|det e|this is|it's|it is)"
_BELONGS = (
    r"(?:(?:holder|held|hører|høyrer|hørar|tilhører|tilhøyrer|gjelder|gjeld|concerns|belong|work|working|jobber|jobbar"
    r"|arbeider|arbeidar|skriver|skriv|ringer|ringjer|hilsen|helsing|representerer|represent|representing|ansatt"
    r"|tilsett|employed|based)(?: (?:til|for|by|to|under|innunder|the))*"
    r"|(?:municipality|city|town|county) of|(?:kommunen|fylket|byen) (?:vår|vårt|min|mi|er|heter|heiter)(?: er)?"
    r"|(?:our|my) (?:municipality|town|city|county) is|(?:en|ein|a) kommune(?: som heter| som heiter)?|i byen|by)"
)
"""What stands before the name of where somebody belongs."""
_ALONE = re.compile(
    r"^(?:(?:hei|ja|nei|og|men|altså|jo|we|vi|me|jeg|eg|i|oss|us|det|this|it)\b[, ]*+(?:er|e|are|am|is)?\s*+){0,6}"
    r"(?:(?:kommunen|byen|bygda) (?:vår|min|mi|er|heter|heiter)(?: er)?"
    r"|(?:holder|held|hører|høyrer|bor|bur|sitter|sit|jobber|jobbar|work|live|ligger|ligg)(?: til)? (?:i|på|in|for)"
    r"|(?:kommer|kjem|come|er|are|am)? ?(?:fra|frå|from))\s++"
    r"(?P<name>[^\W\d]{3,}(?: [^\W\d]{3,})?)(?: kommune| herad)?\W*$",
    re.IGNORECASE,
)
"""A short text that tells nothing but where somebody is; a place that is a word too is one there."""
_TAIL_WORDS = 2
"""Words of a last clause that may be nothing but a place."""
_OF_COUNTY = r"(?:(?:,| i| in) [\wæøå]+(?: og [\wæøå]+)?(?: fylke)?)?"


class PlaceReading(NamedTuple):
    """The places of a question, by what it means by them."""

    asker: Place | None
    """Where who asks is, if the question places them in one municipality or one county."""
    wish: PlaceWish | None
    """Where partners are wanted."""
    context: tuple[Place, ...]
    """Every place that is only where who asks stands."""
    text: str
    """The question without the words for those places."""


def read_places(text: str) -> PlaceReading:
    """Return what the places of a question mean."""
    lowered, kept = normalise(text), text
    context: list[Place] = []
    wish: PlaceWish | None = None
    places = load_places()
    tail = re.split(r"[.,;:!?\n]\s*", text.strip(" .,;:!?\n"))[-1]
    found = places.find(text)
    if len(words(tail)) <= _TAIL_WORDS and tail != text.strip():
        # "Time" and "Frøya" are words too; alone at the end they are places.
        found = (*found, *(one for one in places.find(f"i {tail}") if one not in found))
    if not found and (alone := _ALONE.match(text.strip())):
        found = places.find(f"i {alone['name'].title()}")
    for place in found:
        named = _name_pattern(place)
        at = re.search(rf"\b{_AT}\s+{named}", lowered)
        if re.search(rf"\b{_LIKE}\s+(?:{_AT}\s+)?{named}", lowered):
            # Others are held up as an example, and may well be who can help.
            continue
        required = bool(re.search(rf"\b{_ONLY}\b[^.?!]{{0,40}}\b{_AT}\s+{named}", lowered))
        if required or _is_wished(lowered, named):
            wish = wish_for(place, required=required)
        elif at or re.search(
            rf"\b(?:{_WE_ARE}|{_THIS_IS}|{_BELONGS}) {named}|^{named} {_WANTS}\b|\b{_NUMBER} {named}"
            rf"|\b(?:for|hos) {named} sin del\b|^{named} (?:by|town|city)\W*$",
            lowered,
        ):
            context.append(place)
        elif alone := re.search(
            rf"{_CLAUSE}{named}{_OF_COUNTY}(?:,? (?:her|here))?\s*(?:[.!?,;)].{{0,40}})?$", lowered
        ):
            # A name alone at the end, or as what somebody says of themselves, is where they are.
            context.append(place)
            if alone.start() > 0 and len(kept) == len(lowered):
                kept = kept[: alone.start()]
        else:
            continue
        kept = re.sub(rf"\b{_AT}\s+{named}", " ", kept, flags=re.IGNORECASE)
    kept = " ".join(kept.split())
    return PlaceReading(_single_place(context), wish, tuple(context), kept if words(kept) else text)


def _is_wished(lowered: str, named: str) -> bool:
    """Tell whether who is looked for should be in a place: *researchers in Oslo*, or *preferably in Oslo*.

    Who speaks of no municipality of their own has no other use for the place at the end of what they look for.
    """
    if re.search(rf"\b(?:{_WISH}\b[^.?!,]{{0,30}}|{_RATHER}\s+)\b{_AT}\s+{named}", lowered):
        return True
    apart = re.search(rf"\b{_SOUGHT}\b[^.?!]*\b{_AT}\s+{named}", lowered)
    return apart is not None and not _ASKERS.search(lowered)


_REGIONS = {
    "sørlandet": ("42",), "agder": ("42",), "midt-norge": ("50",), "midt-noreg": ("50",), "central norway": ("50",),
    "nord-norge": ("18", "55", "56"), "nord-noreg": ("18", "55", "56"), "northern norway": ("18", "55", "56"),
    "vestlandet": ("11", "15", "46"), "western norway": ("11", "15", "46"),
    "østlandet": ("03", "31", "32", "33", "34", "39", "40"), "austlandet": ("03", "31", "32", "33", "34", "39", "40"),
    "eastern norway": ("03", "31", "32", "33", "34", "39", "40"), "southern norway": ("42",),
}  # fmt: skip
"""The parts of the country that people speak of, with the counties that they are made of."""
_REGION = re.compile(rf"\b(?:{'|'.join(_REGIONS)})\b")


def counties_of_region(text: str) -> tuple[County, ...]:
    """Return the counties of the part of the country that a text names; none where it names none."""
    match = _REGION.search(" ".join(text.casefold().split()))
    found = (load_places().county(number) for number in _REGIONS[match[0]]) if match else ()
    return tuple(one for one in found if one is not None)


def place_named(text: str) -> Place | None:
    """Return the one municipality or county that a short text names; None where it names none, or leaves it open."""
    places = load_places()
    return _single_place(places.find(text) or counties_of_region(text) or places.find(f"i {text.strip().capitalize()}"))


def wish_for(place: Place, *, required: bool) -> PlaceWish:
    """Return the wish that partners are in a place."""
    if isinstance(place, County):
        return PlaceWish(name=place.name, fylkesnummer=place.number, required=required)
    return PlaceWish(name=place.name, fylkesnummer=place.county, kommunenummer=place.number, required=required)


def _single_place(found: tuple[Place, ...] | list[Place]) -> Place | None:
    """Return the municipality that is meant, else the county that all of them are in."""
    municipalities = [place for place in found if isinstance(place, Municipality)]
    if len(municipalities) == 1:
        return municipalities[0]
    counties = {place.county if isinstance(place, Municipality) else place.number for place in found}
    return load_places().county(counties.pop()) if len(counties) == 1 else None


def _name_pattern(place: Place) -> str:
    """Return a pattern for the ways in which a normalised text names a place."""
    former = [one.name for one in place.former]
    official = [place.official_name] if isinstance(place, Municipality) and place.official_name else []
    names = sorted({place.name, *place.other_names, *former, *official}, key=len, reverse=True)
    numbers = [place.number, *(one.number for one in place.former)]
    name = "|".join(re.escape(normalise(name)) for name in names)
    unit = r"(?:\s+(?:kommune|herad|fylke(?:skommune)?|municipality|county(?: (?:council|municipality))?))?"
    return rf"(?:(?:{name})s?{unit}|(?:{_NUMBER}\s+)?(?:{'|'.join(numbers)}))\b"
