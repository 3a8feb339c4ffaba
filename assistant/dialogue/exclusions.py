"""What a turn says is not wanted, and bodies that it names and nobody knows.

Invariant: something is left out only where it is a record, a kind of body or a place; what is named and not in the base
is told to be unknown, never taken for a neighbour.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from assistant.dialogue.conversation import ListedSuggestion
from assistant.dialogue.cues import tokens_of
from assistant.dialogue.knowledge_base import KnowledgeBase
from assistant.dialogue.places import counties_of_region
from assistant.dialogue.refinement import ExcludedPlace, Exclusions
from assistant.dialogue.slots import GENERIC, kind_in, tells_apart, types_in
from corpus.places import County, Municipality, load_places
from corpus.records import ActorType, Kind
from index.analysis import is_stopword

_LEAVE_OUT = re.compile(
    r"(?:\b(?:alt (?:annet|anna) enn|alle (?:andre )?enn|andre enn|unntatt|untatt|med unntak av|unntak av"
    r"|utenom|utanom|bortsett fra|bortsett frå|foruten|(?:anyone|anybody|everyone|everybody|alle) but|exclude"
    r"|ekskluder\w*|som (?:ikke|ikkje) er|(?:that|who) (?:is not|isn't|are not|aren't)|minus|ingenting fra"
    r"|ingenting frå|nothing from"
    r"|except(?:"
    r" for)?|excluding"
    r"|other than|apart from|anything but|(?:trenger|treng|need) (?:ikke|ikkje|not|no)|vil ikke ha|vil ikkje ha"
    r"|ønsker ikke|ynskjer ikkje|ønskjer ikkje|(?:don't|do not|don’t) (?:want|need))\b"
    # A plain "not" or "without" leaves something out only where a clause begins with it.
    r"|(?:^|[.,;:?!(–-]\s*|\b(?:men|og|but|and|nei|no|helst|gjerne)\s+)"
    r"(?:ikke|ikkje|ikkj|itj|itte|ingen|inga|none|nobody|uten|utan|not|no more|no|without|dropp|skip|fjern|sløyf"
    r"|ta bort|ta vekk|remove)\b)"
    r"\s+(?P<what>[^.;:!?()]{2,80})",
    re.IGNORECASE,
)


_BEFORE = re.compile(
    r"\b(?:har|ha|have|ve)\b(?: (?:vi|me|we|jeg|eg))?(?: (?:alt|allerede|allereie|already|også|og|just|nettopp)){0,2}"
    r" (?:(?:snakket|snakka|pratet|prata|talked|spoken|vært i kontakt|vore i kontakt|been in (?:touch|contact))"
    r" (?:med|to|with)|kontaktet|kontakta|contacted|spurt|asked|prøvd|tried"
    r"|(?:fått|got|gotten|received) (?:penger|pengar|midler|midlar|støtte|tilskudd|tilskot|money|funding|support"
    r"|a grant) (?:fra|frå|av|from))\s+(?P<what>[^.,;:!?()]{2,40})",
    re.IGNORECASE,
)
"""How somebody says whom they went to before: with no more than a name after it, that is not wanted again."""
_LONGEST_BEFORE = 3
"""Words that name whom at most; with more, something is told of what was done."""
_EARLIER = re.compile(
    r"\b(?:før|tidligere|tidlegare|allerede|allereie|fra før|frå før|before|earlier|already)\b", re.IGNORECASE
)


_FILLING = re.compile(
    r"^(?:(?:ha|få|vis(?:e)?|med|fra|frå|i|på|hos|ved|noe|noko|noen|nokon|nokre|flere|fleire|andre|bruke|from|in|at"
    r"|any|with|the|en|et"
    r"|ein|eit|a|partnere|partnarar|partners|de|dei|disse|desse|those|som er|that are|have|want|show)\s+)+",
    re.IGNORECASE,
)


_PARTS = re.compile(
    r"(?:(?<!\s)\s++)?(?:,|\bog\b|\beller\b|\band\b|\bor\b|\bmen\b|\bbut\b|(?<=\s)-(?=\s))\s*+", re.IGNORECASE
)


_AGAIN = re.compile(r"^(?:ikke|ikkje|uten|utan|not|without|no)\s+", re.IGNORECASE)


_SHORT_PART = 3
"""Words of a part that is nothing but a place."""
_LONGEST_OUT = 6
"""Words that name what is left out at most."""


_BODY = re.compile(
    r"\b(?P<name>(?:universitetet|høgskolen|høyskolen|høgskulen) (?:i|på) [\wæøåÆØÅ-]+(?:[- ][A-ZÆØÅ][\wæøå]+)?"
    r"|(?:statsforvalteren|statsforvaltaren|fylkesmannen) i [\wæøå]+(?: og [\wæøå]+)?"
    r"|rff[ -][\wæøå]+|regionalt forsk(?:n)?ingsfond [\wæøå]+|university of (?!applied)[\wæøå]+"
    r"|[\wæøå]+(?: og [\wæøå]+)? fylkeskommune|[\wæøå]+ county council"
    r"|sykehuset (?:i )?[\wæøå]+|sjukehuset i [\wæøå]+)",
    re.IGNORECASE,
)


_MUNICIPAL_BODY = re.compile(r"\b(?P<name>[\wæøå-]+ (?:kommune|municipality))\b", re.IGNORECASE)


_ACRONYM = re.compile(r"(?<![\w-])(?P<name>[A-ZÆØÅ]{3,8})(?![\w-])")


_NO_BODY = frozenset(
    """
    eu eøs foui fou trl ikt ki ai iot gis pcp rff nok eur phd adhd pdf sms faq sdg esg bim vr ar hms nav mvh ps obs
    ok covid
    ipo wc bpa los ros pu kpi api html url tlf nb nn en usa uk fn kostra vgs sfo ppt kols hiv
    """.split()
)


class _LeftOut(NamedTuple):
    """What one part of what is not wanted names."""

    records: Sequence[ListedSuggestion] = ()
    types: Sequence[ActorType] = ()
    places: Sequence[ExcludedPlace] = ()
    kinds: Sequence[Kind] = ()


class ParsedExclusions(NamedTuple):
    """A text without what it says is not wanted."""

    without: Exclusions
    text: str
    """The rest."""


def parse_exclusions(text: str, base: KnowledgeBase) -> ParsedExclusions:
    """Return what a text says is not to be suggested, and the text without saying so."""
    records: list[ListedSuggestion] = []
    types: list[ActorType] = []
    places: list[ExcludedPlace] = []
    kinds: list[Kind] = []
    kept = text
    start = 0
    while (match := _LEAVE_OUT.search(text, start)) is not None:
        what = _FILLING.sub("", match["what"]).strip()
        took = False
        # Where the first of several is nothing we know, the next "not" may still be.
        start = match.start("what")
        for part in (one for one in _PARTS.split(what) if one):
            part = _FILLING.sub("", _AGAIN.sub("", part))  # noqa: PLW2901 (the same, without its first small words)
            found = _one_left_out(part, base) if len(tokens_of(part)) <= _LONGEST_OUT else None
            if found is None:
                break
            took = True
            records += found.records
            types += found.types
            places += found.places
            kinds += found.kinds
        if took:
            kept = kept.replace(match.group(), " ")
            start = match.end()
    for match in _BEFORE.finditer(kept):
        whom = _EARLIER.sub(" ", match["what"]).strip()
        found = _one_left_out(whom, base) if 0 < len(tokens_of(whom)) <= _LONGEST_BEFORE else None
        if found is not None and found.records:
            records += found.records
            kept = kept.replace(match.group(), " ")
    without = Exclusions(
        records=tuple(dict.fromkeys(record.id for record in records)),
        names=tuple(dict.fromkeys(record.name for record in records)),
        types=tuple(dict.fromkeys(types)),
        places=tuple(dict.fromkeys(places)),
        kinds=tuple(dict.fromkeys(kinds)),
    )
    return ParsedExclusions(without, " ".join(kept.split()) if without else text)


def _one_left_out(part: str, base: KnowledgeBase) -> _LeftOut | None:
    tokens = [token for token in tokens_of(part) if not is_stopword(token)]
    if len(tokens) <= _SHORT_PART and (region := counties_of_region(part)):
        return _LeftOut(places=[ExcludedPlace(number=one.number, name=one.name) for one in region])
    found = load_places().find(f"i {part[:1].upper()}{part[1:]}")
    if found and len(tokens) <= 3 and "kommun" not in part.casefold():
        # Oslo is a county as well.
        same = [county for county in load_places().counties if any(county.name == other.name for other in found)]
        both = dict.fromkeys((*found, *same))
        return _LeftOut(places=[ExcludedPlace(number=one.number, name=one.name) for one in both])
    named = [item for item in base.named(part) if tells_apart(item.name, part)]
    if named:
        return _LeftOut(records=named[:1])
    if len(tokens) <= 2 and (types := types_in(part)):
        return _LeftOut(types=types)
    if len(tokens) == 1 and (kind := kind_in(tokens)) is not None:
        return _LeftOut(kinds=[kind])
    return None


def unknown_bodies(text: str, base: KnowledgeBase, *, municipalities: bool = False) -> tuple[str, ...]:
    """Return the bodies that a text names and that the base does not hold, as they were written.

    Args:
        text: What was written.
        base: What knows the names of records.
        municipalities: Whether something is asked of a body, so that a municipality is meant as one, and not as where
            somebody is, and capitals as one, even where records speak of it.
    """
    patterns = [_BODY, _ACRONYM, *([_MUNICIPAL_BODY] if municipalities else [])]
    found: list[str] = []
    for pattern in patterns:
        for match in pattern.finditer(text):
            name = match["name"].strip()
            if pattern is _ACRONYM and (name.casefold() in _NO_BODY or text.isupper()):
                continue
            if pattern is _ACRONYM and not municipalities and base.knows(name.casefold()):
                continue
            if pattern is not _ACRONYM and not _is_named_after(name):
                continue
            if not any(tells_apart(item.name, name) or tells_apart(name, item.name) for item in base.named(name)):
                found.append(name)
    return tuple(dict.fromkeys(found))


def _is_named_after(name: str) -> bool:
    """Tell whether a body is named after a place there is, or with a capital of its own."""
    telling = [token for token in tokens_of(name) if token not in GENERIC]
    if not telling:
        return False
    places = load_places().find(f"i {' '.join(telling).title()} kommune") or load_places().find(
        f"i {' '.join(telling).title()}"
    )
    written = [word for word in name.split() if word.casefold() not in GENERIC]
    return any(isinstance(place, County | Municipality) for place in places) or any(
        word[:1].isupper() for word in written
    )
