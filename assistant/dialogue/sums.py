"""Sums of money that a text tells, and numbers in it that count something.

Invariant: a sum has a unit of money, or is written as sums are, in thousands; a number that counts something is never
the number of a suggestion.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import islice

from index.analysis import normalise

_DIGITS = r"\d{1,3}(?:[ .]\d{3})+(?!\d)|\d+(?:[.,]\d+)?"
_WORDS: dict[str, Decimal | int] = {
    "en": 1, "ein": 1, "én": 1, "ei": 1, "a": 1, "one": 1, "to": 2, "two": 2, "tre": 3, "three": 3, "fire": 4,
    "four": 4,
    "fem": 5, "five": 5, "seks": 6, "six": 6, "sju": 7, "syv": 7, "seven": 7, "åtte": 8, "eight": 8, "ni": 9, "nine": 9,
    "ti": 10, "ten": 10, "femten": 15, "fifteen": 15, "tjue": 20, "twenty": 20, "halvannen": Decimal("1.5"),
    "halvanna": Decimal("1.5"), "en halv": Decimal("0.5"), "ein halv": Decimal("0.5"), "half a": Decimal("0.5"),
}  # fmt: skip
_NUMBER = rf"(?:{_DIGITS}|\b(?:{'|'.join(sorted(_WORDS, key=len, reverse=True))})(?= |$))"
_MILLIONS = r"mill(?:ion(?:er|ar|s)?)?\b|mnok\b|mkr\b|m(?= ?(?:nok|kr)?\b)"
_THOUSANDS = r"tusen\b|thousand\b|tkr\b|tnok\b|k\b"
_BILLIONS = r"milliard(?:er|ar)?\b|mrd\b|billions?\b"
_CURRENCY = r"(?:kr(?:oner)?|nok)\b"
_FIRST = rf"(?:{_NUMBER})(?: ?(?:-|–|til|to|eller|or) ?)"
"""The lower end of a range, the upper one of which is told right after it."""
_SUM = re.compile(
    rf"(?<![\w.,])(?:{_CURRENCY}\.? ?)?(?:{_FIRST})?(?P<number>{_NUMBER}) ?"
    rf"(?:(?P<billion>{_BILLIONS})|(?P<million>{_MILLIONS})|(?P<thousand>{_THOUSANDS}))?\.? ?(?P<after>{_CURRENCY})?"
)
_OF_MONEY = re.compile(rf"\b{_CURRENCY}\.? ?$")
_GROUPED = re.compile(r"\A\d{1,3}(?:(?:[ .]000)+|(?:[ .]\d{3}){1,3})\Z")
_LEAST_BARE = 50_000
"""The least number that is read as a sum without a unit of money, where it is written in thousands."""
_MOST = Decimal(10) ** 12
_COUNTED = (
    r"(?:innbyggere?|innbyggjar(?:ar)?|inhabitants|people|personer|personar|folk|barn|elever|elevar|pupils|ansatte|tilsette"
    r"|employees|år|years?|måneder|månader|mnd|months?|uker|veker|weeks?|dager|dagar|days?|timer|timar|hours?|prosent"
    r"|percent|km|kilometer|meter|stk|stykker|stykk|kommuner|kommunar|kommuna|municipalities|skoler|skular|schools"
    r"|barnehager|barnehagar|sykehjem|sjukeheimar|boliger|bustader|houses|plasser|plassar|årsverk|brukere|brukarar|users"
    r"|pasienter|pasientar|patients|hytter|cabins|gårder|gardar|farms|bygg|buildings|biler|bilar|cars|grader|degrees)"
)
_COUNT = re.compile(rf"^{_COUNTED}$")
_NEGATED = re.compile(r"\b(?:ikke|ikkje|ikkj|itj|not|no|don't|haven't|ingen|inga|uten|utan|without)\b")
_OWN = re.compile(
    r"\b(?:vi|me|jeg|eg|æ|we|i|oss|us|our|vår|vårt|budsjett\w*|budget|ramm[ea]n?|kostnadsramm\w*|prosjektramm\w*"
    r"|prosjektet|prosjektkostnad\w*|totalkostnad\w*|the project|avsatt|sett av|satt av|set aside|søker om|søkjer om"
    r"|søke om|søkje om|trenger|treng|need|har|have|got|til rådighet|til rådvelde|available|disponerer|total\w*|opptil"
    r"|inntil|maks|up to|max|cirka|ca|rundt|omtrent|about|around|roughly)\b"
)
"""Words by which a sum is said to be of whoever writes, or of the project."""
_OTHERS = re.compile(
    r"\b(?:taper|tapar|tap|lose|loss|koster oss|kostar oss|per år|i året|årlig|årleg|a year|per year|yearly|underskudd"
    r"|underskot|deficit|gjeld|debt|bot|gebyr|overforbruk|innsparing|sparer?|spar|saves?|kutte?|cut)\b"
)
"""Words by which a sum is of something else: what is lost, owed or to be saved."""


def sum_told(text: str) -> Decimal | None:
    """Return the sum that a text tells of whoever writes or of their project, in kroner; of several the largest.

    What is asked, denied, lost or saved is none, nor is a sum that nothing is said about in a longer text.
    """
    said = normalise(text)
    if _OTHERS.search(said):
        return None
    found = [
        amount
        for match in islice(_SUM.finditer(said), _MOST_NUMBERS)
        if (amount := _amount(match, said)) is not None
        and not _NEGATED.search(said[max(match.start() - _NEAR, 0) : match.start()])
        and not _is_asked(said, match.end())
        and (_OWN.search(said[: match.end()]) or len(said[: match.start()].split()) <= _FEW)
    ]
    largest = max(found, default=None)
    return None if largest is None else Decimal(round(largest))


def _is_asked(said: str, start: int) -> bool:
    """Tell whether what is left of a sentence ends as a question."""
    return next((sign for sign in said[start:] if sign in ".!?;:"), "") == "?"


_MOST_NUMBERS = 60
"""Numbers of a text that are looked at; one with more tells no sum that could be known from the others."""
_NEAR = 18
"""Letters before a sum within which a "not" is said of it."""
_FEW = 1
"""Words before a sum that can only be told of whoever writes."""


def _amount(match: re.Match[str], said: str) -> Decimal | None:
    """Return what a number and its unit come to; None where it is no sum of money."""
    number = _value(match["number"])
    unit = next((match[name] for name in ("billion", "million", "thousand") if match[name]), None)
    is_currency = bool(match["after"]) or bool(_OF_MONEY.search(said[: match.start("number")]))
    following = said[match.end() :].lstrip(" .,-").split(" ", 1)[0]
    if _COUNT.match(following) and not match["after"]:
        return None
    if unit is None and not is_currency:
        is_bare_sum = _GROUPED.fullmatch(match["number"]) is not None and number >= _LEAST_BARE
        return number if is_bare_sum else None
    factor = 10**9 if match["billion"] else 10**6 if match["million"] else 10**3 if match["thousand"] else 1
    amount = number * factor
    # "3 k" and "3 m" are thousands and metres as often as not.
    if match["thousand"] == "k" and amount < _LEAST_BARE:
        return None
    if unit == "m" and not is_currency and "mill" not in said:
        return None
    return amount if 0 < amount < _MOST else None


def _value(number: str) -> Decimal:
    if (word := _WORDS.get(number)) is not None:
        return Decimal(word)
    if re.fullmatch(r"\d{1,3}(?:[ .]\d{3})+", number):
        return Decimal(re.sub(r"[ .]", "", number))
    return Decimal(number.replace(",", "."))


def counting_places(text: str, tokens: Sequence[str]) -> frozenset[int]:
    """Return the places of the words in a text that tell a sum, or how many there are of something.

    Args:
        text: What was written.
        tokens: Its words, in order.
    """
    said = normalise(text)
    told = {
        digits
        for match in islice(_SUM.finditer(said), _MOST_NUMBERS)
        if _amount(match, said) is not None
        for digits in re.findall(r"\w+", match.group())
    }
    counting: set[int] = set()
    for place in range(len(tokens) - 1, -1, -1):
        before_unit = place + 1 < len(tokens) and (_COUNT.match(tokens[place + 1]) or place + 1 in counting)
        if tokens[place].isdecimal() and before_unit:
            counting.add(place)
    return frozenset(counting | {place for place, token in enumerate(tokens) if token in told})
