"""What somebody answers to a question back, in a few words.

Invariant: an answer is taken only for the fact that was asked for; where it cannot be read, nothing is assumed.
"""

from __future__ import annotations

import re
from decimal import Decimal

from assistant.dialogue.facts import (
    applicant_named,
    experience_named,
    facts_of,
    facts_of_place,
    purposes_named,
    stage_named,
)
from assistant.dialogue.places import place_named
from assistant.funding.verdicts import Fact, Facts, Missing, Party, ValueKind
from corpus.criteria import Experience
from corpus.records import ActorType
from corpus.text import Language
from index.analysis import normalise

_YES = re.compile(r"(?:ja|jo|jepp|yes|yep|stemmer|det (?:har|er|kan) (?:vi|me)|(?:we )?(?:do|have|can))\b")
_NO = re.compile(r"(?:nei|nope|no|ikke|ikkje|ingen|not|none)\b")
_LITTLE = re.compile(r"\b(?:lite|litt|liten|little|noe|noko|some)\b")
_NUMBER = re.compile(r"\b(\d{1,3})\b")
_YEARS = re.compile(r"\b(\d{1,2}) ?(?:år|years?)\b")
MONTHS_NAMED = {
    name: number
    for number, names in enumerate(
        (
            "januar january", "februar february", "mars march", "april april", "mai may", "juni june",
            "juli july", "august august", "september september", "oktober october", "november november",
            "desember december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_YEAR = re.compile(r"\b(20\d\d)\b")


def parse_reply(missing: Missing, text: str, language: Language) -> Facts | None:
    """Return what a text tells of the fact that was asked for; None where it tells nothing of it.

    Args:
        missing: What was asked for.
        text: What was answered.
        language: The language of the thread.
    """
    said = normalise(text).strip(" .!,")
    in_full = facts_of(text, language)
    if missing.fact is not Fact.PLACE and getattr(in_full, missing.fact) is not None and missing.fact is not Fact.WORDS:
        return Facts.model_validate({missing.fact: getattr(in_full, missing.fact)})
    if missing.fact is Fact.PLACE:
        place = place_named(text)
        return facts_of_place(place) if place else None
    found = _in_short(missing, said)
    return Facts.model_validate(found) if found else None


def _in_short(missing: Missing, said: str) -> dict[str, object] | None:
    yes, no = bool(_YES.match(said)), bool(_NO.match(said))
    match missing.fact:
        case Fact.APPLICANT_TYPE:
            return _some(missing.fact, applicant_named(said))
        case Fact.STAGE:
            return _some(missing.fact, stage_named(said))
        case Fact.PARTNERS:
            party = party_asked_for(missing)
            return ({"partners": (party,)} if yes else {"lacking": (party,)}) if yes or no else None
        case Fact.NO_EARLIER_DOCTORATE:
            # It is asked whether there is one already.
            return {missing.fact: no} if yes or no else None
        case Fact.CANDIDATE_EMPLOYED | Fact.RECENT_PROJECT | Fact.TALKED_TO_BROKER:
            return {missing.fact: yes} if yes or no else None
        case Fact.RD_EXPERIENCE:
            return _experience(said, yes, no)
        case Fact.PUBLIC_SHARE | Fact.OWN_SHARE:
            return _share(missing, said, yes)
        case Fact.STARTS_ON:
            return _some(missing.fact, _day(said))
        case Fact.MONTHS:
            return _some(missing.fact, _months(said))
        case Fact.PURPOSES:
            return {missing.fact: purposes_named(said)} if len(said.split()) > 1 else None
        case _:
            return None


def _some(fact: Fact, value: object) -> dict[str, object] | None:
    return None if value is None else {fact: value}


def party_asked_for(missing: Missing) -> Party:
    """Return the party that a question back asks about."""
    value = next((value for value in missing.values if value.name == "party"), None)
    if value is None:
        return Party()
    if value.kind is ValueKind.COUNTRY_PARTY:
        return Party(country=value.items[0])
    if value.items == ("approved_research_org",):
        return Party(approved_research_org=True)
    return Party(type=ActorType(value.items[0]))


def _experience(said: str, yes: bool, no: bool) -> dict[str, object] | None:
    named = experience_named(said)
    if named is None and _LITTLE.search(said):
        named = Experience.LITTLE
    if named is None and (yes or no):
        named = Experience.EXPERIENCED if yes else Experience.NONE
    return _some(Fact.RD_EXPERIENCE, named)


def _share(missing: Missing, said: str, yes: bool) -> dict[str, object] | None:
    if match := _NUMBER.search(said):
        number = Decimal(match[1])
        return {missing.fact: number} if number <= 100 else None
    percent = next((value.items[0] for value in missing.values if value.name == "percent"), None)
    # "No" tells only that it is less, not how much.
    return {missing.fact: Decimal(percent)} if yes and percent else None


def _day(said: str) -> str | None:
    year = _YEAR.search(said)
    if year is None:
        return None
    month = next((number for name, number in MONTHS_NAMED.items() if re.search(rf"\b{name}\b", said)), None)
    return f"{year[1]}-{month:02}" if month else year[1]


def _months(said: str) -> int | None:
    if match := _YEARS.search(said):
        return 12 * int(match[1])
    match = _NUMBER.search(said)
    return int(match[1]) if match else None
