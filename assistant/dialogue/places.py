"""What the places of a text mean: where who asks is, where partners are wanted, or who is held up as an example.

Invariant: a place is where the asker is unless the question says that partners should be there, or holds it up as an
example; it binds only where the question says "only". What is ambiguous places nobody.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from corpus.places import County, Municipality, Place, PlaceMention, load_places
from index.analysis import is_stopword, normalise, words
from index.retrieval.need import PlaceWish

_ONLY = r"(?:kun|bare|berre|only|må (?:ligge|vere|være|ligga)|must be)"
_SOUGHT = (
    r"(?:partner\w*|partnar\w*|forsk(?!jell|ning\w* (?:viser|syner))\w*|(?:\w{3,})?miljø(?:er|et|a|ene)?|bedrift\w*"
    r"|compan(?:y|ies)|researchers?|konsulent\w*|leverandør\w*|suppliers?|consultants?|ekspert\w*|experts?"
    r"|fagfolk|specialists?"
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
    r"(?:^|[.,;:!?]\s*|\s[–-]|[–-]\s+|\b(?:det er|dette er|kommunen er|kommunen vår er|kommunen heter"
    r"|kommunen heiter|it'?s"
    r"|it is|this is"
    r"|kommune:|municipality:)\s+)"
)
_THIS_IS = r"(?:det er|dette er|det e|this is|it's|it is)"
_BELONGS = (
    r"(?:(?:holder|held|hører|høyrer|hørar|tilhører|tilhøyrer|gjelder|gjeld|concerns|belong|work|working|jobber"
    r"|jobbar"
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
_WE_ARE_NOT = (
    r"(?:vi|me|jeg|eg|æ|we|i|kommunen|this|det|dette|it)(?: er| e| ligger| ligg| hører| høyrer| bor| bur| kommer"
    r"| kjem| holder| are|'re| am| is)? (?:ikke|ikkje|ikkj|itj|itte|not|aren't|isn't)"
    r"(?: (?:til|hjemme|heime|lenger|lenge[rs]|no|located|based))* "
)
"""How somebody says where they are not."""
_UNITS = frozenset("kommune kommunen herad fylke fylket fylkeskommune municipality county".split())
_SHORT_WORD = 2
_TAIL_WORDS = 2
"""Words of a last clause that may be nothing but a place."""
_OF_COUNTY = r"(?:(?:,| i| in) [\wæøå]+(?: og [\wæøå]+)?(?: fylke)?)?"
_DENIED = r"\b(?:ikke|ikkje|ikkj|itj|itte|not|aren't|isn't|ain't)\s+(?:\w+\s+){0,2}?"
"""A "not" that a place follows closely."""
_HEAD_ENDS = r"\s*(?::|[–—-]\s|\s-\s|(?<=kommune),\s|(?<=herad),\s|(?<=municipality),\s)"
"""What parts a place at the head of a need from the need: *Bodø: flom*."""
_GOVERNS = frozenset(
    """
    i på in at fra frå from til to ved nær near rundt around mot hos for av of om about med with og and eller or som
    like as enn than mellom between via innen blant ikke ikkje not bare berre kun only helst preferably gjerne utenfor
    utanfor outside kontakt kontakte contact ring ringe spør spørre ask besøk besøke visit hva kva what hvor kor where
    hvem kven who hvordan korleis how inkludert including samt også nord sør øst vest nordre søndre indre ytre
    """.split()
)
"""Words after which a name is no bare one: of a place, of a body, or held up as an example."""
_BODIES = re.compile(
    r"\b(?:rff|ks|nav|nho|lo|nito|ntnu|sintef|niva|nibio|nord|innovasjon norge|husbanken|statsforvalteren"
    r"|statsforvaltaren|fylkesmannen|universitetet?|university|høgskolen|høgskulen|høyskolen|sykehuset"
    r"|sjukehuset|visit|frivilligsentral\w*"
    r"|museum\w*|stiftelsen|klyngen|klynga)\b"
)
"""Words of bodies, whose names often end with where they are."""
_MOST_BARE = 8
"""Words of a text of keywords, in which a bare name of a place is where somebody is."""
_ASKS_OF = re.compile(
    r"(?:og |men |and |but )?(?:hva|kva|ka|hvilke\w*|hvor|kor|hvem|kven|kem|hvordan|korleis|når|hvorfor|kvifor|what"
    r"|which|where|who|how|when|why|fortell|vis|har|er|kan|is|are|does|do|did|has|can|tell|show)\b"
)
"""How a text begins that asks something, so that a name in it may be whom it asks about."""


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
    mentions = _mentions(text)
    bare = _bare_mention(lowered, mentions)
    for place, written in mentions:
        named = _name_pattern(place, written)
        at = re.search(rf"\b{_AT}\s+{named}", lowered)
        if re.search(rf"\b{_LIKE}\s+(?:{_AT}\s+)?{named}", lowered):
            # Others are held up as an example, and may well be who can help.
            continue
        if re.search(rf"{_DENIED}(?:{_AT}\s+)?{named}", lowered):
            continue
        required = bool(re.search(rf"\b{_ONLY}\b[^.?!]{{0,40}}\b{_AT}\s+{named}", lowered))
        if required or _is_wished(lowered, named) or (written == bare and re.search(rf"\b{_SOUGHT}\b", lowered)):
            wish = wish_for(place, required=required)
        elif head := re.search(rf"(?:^|[,.]\s){named}{_OF_COUNTY}{_HEAD_ENDS}", lowered):
            # Several municipalities at the head of a need have it together.
            context += _named_within(head.group(), mentions)
            if head.start() == 0 and len(kept) == len(lowered):
                kept = kept[head.end() :]
        elif at or _is_of_asker(lowered, named):
            context.append(place)
        elif alone := re.search(
            rf"{_CLAUSE}{named}{_OF_COUNTY}(?:,? (?:her|here))?\s*(?:[.!?,;)].{{0,40}})?$", lowered
        ):
            # A name alone at the end, or as what somebody says of themselves, is where they are.
            context.append(place)
            if alone.start() > 0 and len(kept) == len(lowered):
                kept = kept[: alone.start()]
        elif written == bare:
            context.append(place)
            kept = re.sub(rf"\b{named}", " ", kept, flags=re.IGNORECASE)
        else:
            continue
        kept = re.sub(rf"\b{_AT}\s+{named}", " ", kept, flags=re.IGNORECASE)
    kept = " ".join(kept.split())
    return PlaceReading(_single_place(context), wish, tuple(context), kept if words(kept) else text)


def places_denied(text: str) -> tuple[Place, ...]:
    """Return the places where somebody says that they are not: *we are not from Bodø*."""
    lowered = normalise(text)
    return tuple(
        place
        for place, written in _mentions(text)
        if re.search(rf"\b{_WE_ARE_NOT}(?:{_AT}\s+)?{_name_pattern(place, written)}", lowered)
    )


def _mentions(text: str) -> tuple[PlaceMention, ...]:
    """Return the places of a text; where one stands alone, that it is a word too does not hide it."""
    places = load_places()
    tail = re.split(r"[.,;:!?\n]\s*", text.strip(" .,;:!?\n"))[-1]
    found = places.mentions(text)
    known = {one.place for one in found}
    if len(words(tail)) <= _TAIL_WORDS and tail != text.strip():
        # "Time" and "Frøya" are words too; alone at the end they are places.
        found = (*found, *(one for one in places.mentions(f"i {tail}") if one.place not in known))
    if not found and (alone := _ALONE.match(text.strip())):
        found = places.mentions(f"i {alone['name'].title()}")
    return found


def _named_within(part: str, mentions: Sequence[PlaceMention]) -> list[Place]:
    """Return the places that a part of a text names."""
    return [place for place, written in mentions if re.search(rf"\b{re.escape(written)}\b", part)]


def _is_of_asker(lowered: str, named: str) -> bool:
    """Tell whether a text says of a place that it is where whoever writes is."""
    return bool(
        re.search(
            rf"\b(?:{_WE_ARE}|{_THIS_IS}|{_BELONGS}) {named}|^{named} {_WANTS}\b|\b{_NUMBER} {named}"
            rf"|\b(?:for|hos) {named} sin del\b|^{named} (?:by|town|city)\W*$",
            lowered,
        )
    )


def _bare_mention(lowered: str, mentions: Sequence[PlaceMention]) -> str | None:
    """Return the one place that begins or ends a few keywords, as it is written: *obesity children Steinkjer*.

    Beside a need a bare name is where the need is, unless something is asked of whoever has that name, or it ends the
    name of a body.
    """
    said = words(lowered)
    if len({one.written for one in mentions}) != 1 or len(said) > _MOST_BARE or _ASKS_OF.match(lowered):
        return None
    written = mentions[0].written
    own = words(written)
    rest = [word for word in said if word not in own and word not in _UNITS]
    if not any(len(word) > _SHORT_WORD and not is_stopword(word) for word in rest) or _BODIES.search(lowered):
        return None
    unit = 1 if said[len(own) : len(own) + 1] and said[len(own)] in _UNITS else 0
    if said[: len(own)] == own:
        return written if said[len(own) + unit : len(own) + unit + 1] != [] else None
    if said[-1] in _UNITS:
        said = said[:-1]
    ends = said[-len(own) :] == own and said[-len(own) - 1] not in _GOVERNS
    return written if ends else None


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
    named = [one.place for one in places.mentions(text)] or counties_of_region(text)
    return _single_place(named or [one.place for one in places.mentions(f"i {text.strip().capitalize()}")])


def wish_for(place: Place, *, required: bool) -> PlaceWish:
    """Return the wish that partners are in a place."""
    if isinstance(place, County):
        return PlaceWish(name=place.name, fylkesnummer=place.number, required=required)
    return PlaceWish(name=place.name, fylkesnummer=place.county, kommunenummer=place.number, required=required)


def _single_place(found: Sequence[Place]) -> Place | None:
    """Return the municipality that is meant, else the county that all of them are in."""
    municipalities = [place for place in found if isinstance(place, Municipality)]
    if len(municipalities) == 1:
        return municipalities[0]
    counties = {place.county if isinstance(place, Municipality) else place.number for place in found}
    return load_places().county(counties.pop()) if len(counties) == 1 else None


def _name_pattern(place: Place, written: str = "") -> str:
    """Return a pattern for the ways in which a normalised text names a place, one of them as it is written there."""
    former = [one.name for one in place.former]
    official = [place.official_name] if isinstance(place, Municipality) and place.official_name else []
    spelled = {written} if written and not written.isdecimal() else set()
    names = sorted({place.name, *place.other_names, *former, *official, *spelled}, key=len, reverse=True)
    numbers = [place.number, *(one.number for one in place.former)]
    name = "|".join(re.escape(normalise(name)) for name in names)
    unit = r"(?:\s+(?:kommune|herad|fylke(?:skommune)?|municipality|county(?: (?:council|municipality))?))?"
    return rf"(?:(?:{name})s?{unit}|(?:{_NUMBER}\s+)?(?:{'|'.join(numbers)}))\b"
