"""Where a text holds a national identity number, a telephone number or an e-mail address.

Invariant: the time taken grows with the length of the text and no faster: groups of digits are gone through once, each
held against a bounded number of the following ones, and no pattern looks back further than it is long. Whether digits
are a number of somebody's is decided by what is known of the formats, by check digits and by `phonenumbers`, and where
that leaves it open by how they are grouped and by the words beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

Span = tuple[int, int]

_JOINER = re.compile(r" ?[-./_] ?| {1,2}| ?\( ?|\) ?")
"""What may stand between two groups of digits of one number."""
_BESIDE = 30
"""Characters before and after a number in which words about it are looked for."""
_MOST_GROUPS = 13
_PHONE_WORD = re.compile(
    r"(?:\b(?:tlf|tel|mob|sms|fax|faks|whatsapp)(?![^\W\d_])|telefon\w*|\bmobil(?:en|nr|nummer\w*|tlf)?\b"
    r"|\bring(?:e|er|te)?\b|\bphone|\bcall\b|nummeret? mitt|mitt nummer|\bnås på|\bkontakt\w*)[^\d\n]{0,12}$"
)
_OTHER_WORD = re.compile(
    r"(?:\b(?:kr|nok|sek|dkk|eur|euro|usd|kid|nfr|gnr|bnr|isbn|issn|cordis|tabell|kwh|mwh|ref|versjon|bel[øo]p)|[€$£]"
    r"|\b(?:konto|faktura|org|prosjekt|project|saks?|arkivsak|journal|kommune|postn|ordre|vare|oms[ae]t|tilskudd"
    r"|budsjett|st[øo]tte|grant)[\w-]*)\W{0,3}(?:(?:nummer|nr|id|på|er|var|i)\b\W{0,2}){0,2}$"
)
_ACCOUNT_WORD = re.compile(r"\b(?:konto|kid)[\w-]*\W{0,3}(?:(?:nummer|nr|er)\b\W{0,2}){0,2}$")
_OTHER_UNIT = re.compile(
    r"\W{0,2}(?:kr\b|kroner|nok\b|mill|mrd|milliard|eur|€|\$|£|usd|tonn|innbygg|kwh|mwh|gwh|kg\b|prosent|%|kvm|m2|m²"
    r"|personer|stk|kommune)"
)

_ID_GROUPS = {
    (11,), (6, 5), (2, 2, 2, 5), (6, 3, 2), (6, 2, 3), (2, 2, 2, 3, 2), (2, 2, 2, 2, 3), (1,) * 11,
    (8, 5), (2, 2, 4, 5), (2, 2, 4, 3, 2),
}  # fmt: skip
_APART = 4
"""Characters that may stand between a day of birth and the rest of its number, whatever they are, if no letter is."""
_DATED_GROUPS = {(6, 5), (6, 3, 2), (2, 2, 2, 5), (2, 2, 2, 3, 2), (8, 5), (2, 2, 4, 5), (2, 2, 4, 3, 2)}
"""Groupings in which the day of birth is told from the rest, so that what stands between them matters less."""
_LAST_FIVE = re.compile(
    r"\b(?:person|fødsels|fødselso)(?:nummer|nr|no)\w{0,2}\b\W{1,3}(?:er |var |is )?(\d{5}|\d{3} \d{2})\b",
    re.IGNORECASE,
)
"""The last five digits of an identity number, which have a name of their own."""
_PHONE_GROUPS = {(8,), (2, 2, 2, 2), (3, 2, 3), (3, 3, 2), (2, 3, 3), (4, 4), (3, 5), (5, 3)}
_TELLING = {(8,), (3, 2, 3)}
"""Groupings that stand for a telephone number even amid other digits."""
_FOR_MOBILES = {(2, 3, 3), (4, 4), (3, 5), (5, 3)}
"""Groupings that sums, years and lists have too, so that without a word beside them only mobile numbers count."""

_AT = re.compile(
    r" {0,2}(?:@|%40|[(\[{<] ?(?:at|krøllalfa|alfakrøll|snabel-?a) ?[)\]}>]) {0,2}"
    r"| (?:at|krøllalfa|snabel-?a) (?=[\w-]{1,63} (?:dot|punktum|prikk) )",
    re.IGNORECASE,
)
_DOMAIN = re.compile(
    r"[\w-]{1,63}(?:(?:\.| ?[(\[{] ?(?:dot|punktum|prikk) ?[)\]}] ?| (?:dot|punktum|prikk) )[\w-]{1,63}){0,8}",
    re.IGNORECASE,
)
_TOP_LEVEL = re.compile(r"[\w][. )}\]]{1,3}[^\W\d_]{2,63}$")
"""The end of a domain of at least two parts."""
_LOCAL = re.compile(r"[\w.+%'-]")
_LONGEST_LOCAL = 64


class _Group(NamedTuple):
    """Digits with nothing between them."""

    start: int
    end: int
    digits: str


def identifiers(text: str) -> list[Span]:
    """Return where a text, in plain form, holds what identifies somebody, in order and without overlaps."""
    spans = sorted([*_addresses(text), *_numbers(text)])
    merged: list[Span] = []
    for start, end in spans:
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _addresses(text: str) -> Iterator[Span]:
    for sign in _AT.finditer(text):
        domain = _DOMAIN.match(text, sign.end())
        start = sign.start()
        while start > 0 and sign.start() - start < _LONGEST_LOCAL and _LOCAL.match(text, start - 1):
            start -= 1
        if domain is None or start == sign.start():
            continue
        spelled = sign[0] not in {"@", "%40"}
        if spelled and not _TOP_LEVEL.search(domain[0]):
            continue
        yield start, domain.end()


def _numbers(text: str) -> Iterator[Span]:
    groups = [_Group(match.start(), match.end(), match[0]) for match in re.finditer(r"\d+", text)]
    yield from _dated(text, groups)
    yield from (match.span(1) for match in _LAST_FIVE.finditer(text))
    first = 0
    while first < len(groups):
        last = first
        while last + 1 < len(groups) and _joined(text, groups[last], groups[last + 1]):
            last += 1
        yield from _in_run(text, groups[first : last + 1])
        first = last + 1


def _dated(text: str, groups: Sequence[_Group]) -> Iterator[Span]:
    """Yield identity numbers whose day of birth is set apart, by whatever stands between, or told short."""
    for at in range(len(groups)):
        some: list[_Group] = []
        for group in groups[at : at + 5]:
            if some and not _apart(text, some[-1], group):
                break
            some.append(group)
            # "1.3.92" for "01.03.92".
            told = [one.digits.zfill(2) if place < 2 else one.digits for place, one in enumerate(some)]
            if tuple(map(len, told)) not in _DATED_GROUPS:
                continue
            digits = "".join(told)
            short = digits if len(digits) == 11 else digits[:4] + digits[6:]
            if is_birth_date(short[:6]) and has_check_digits(short):
                yield some[0].start, group.end


def _apart(text: str, one: _Group, other: _Group) -> bool:
    return other.start - one.end <= _APART and not any(char.isalnum() for char in text[one.end : other.start])


def _joined(text: str, one: _Group, other: _Group) -> bool:
    return other.start - one.end <= 3 and _JOINER.fullmatch(text, one.end, other.start) is not None


def _in_run(text: str, run: Sequence[_Group]) -> Iterator[Span]:
    at = 0
    while at < len(run):
        taken = _identity_number(text, run, at) or _foreign(text, run, at) or _norwegian(text, run, at)
        if not taken:
            at += 1
            continue
        start, end = run[at].start, run[at + taken - 1].end
        if text[start - 1 : start] == "+":
            start -= 1
        # A bracket that was opened before the number and is closed within it belongs to it.
        if text[start - 1 : start] == "(" and ")" in text[start:end]:
            start -= 1
        yield start, end
        at += taken


def _windows(run: Sequence[_Group], at: int) -> Iterator[tuple[int, str]]:
    """Yield how many groups are taken together from one on, and their digits, as long as they may be one number."""
    digits = ""
    for number, group in enumerate(run[at : at + _MOST_GROUPS], start=1):
        digits += group.digits
        if len(digits) > 15:
            return
        yield number, digits


def _identity_number(text: str, run: Sequence[_Group], at: int) -> int:
    for number, digits in _windows(run, at):
        if len(digits) not in {11, 13}:
            continue
        short = digits if len(digits) == 11 else digits[:4] + digits[6:]
        grouped = tuple(len(group.digits) for group in run[at : at + number])
        if len(digits) == 11 or grouped in _ID_GROUPS:
            is_date = is_birth_date(short[:6])
            if is_date and has_check_digits(short):
                return number
            usual = grouped == (11,) or (is_date and grouped in _ID_GROUPS)
            if usual and not _ACCOUNT_WORD.search(_before(text, run[at].start)):
                return number
    return 0


def _foreign(text: str, run: Sequence[_Group], at: int) -> int:
    """Return how many groups are a telephone number with the code of its country."""
    plus = text[run[at].start - 1 : run[at].start] == "+"
    if not plus and not run[at].digits.startswith(("00", "47")):
        return 0
    best = possible = 0
    for number, digits in _windows(run, at):
        if plus:
            national = digits
        elif digits.startswith("00"):
            national = digits[2:]
        elif len(digits) == 10 and not _is_code(text, run[at].start) and at + number == len(run):
            national = digits
        else:
            continue
        judged = _judged(f"+{national}")
        best = number if judged == "valid" else best
        possible = number if judged == "possible" and plus else possible
    return best or possible


def _norwegian(text: str, run: Sequence[_Group], at: int) -> int:
    for number, digits in _windows(run, at):
        if len(digits) == 8:
            some = run[at : at + number]
            inside = at > 0 or at + number < len(run)
            return number if _is_norwegian(text, some, digits, inside) else 0
    return 0


def _is_norwegian(text: str, some: Sequence[_Group], digits: str, inside: bool) -> bool:
    """Tell whether eight digits are a Norwegian telephone number; ``inside`` where more digits stand beside them."""
    grouped = tuple(len(group.digits) for group in some)
    start, end = some[0].start, some[-1].end
    between = {text[one.end : other.start].strip() for one, other in pairwise(some)}
    if grouped not in _PHONE_GROUPS or len(between) > 1 or _is_day(digits):
        return False
    before = _before(text, start)
    if _PHONE_WORD.search(before):
        return digits[0] in "23456789"
    if _is_code(text, start) or text[end : end + 1].isalpha() or (inside and grouped not in _TELLING):
        return False
    if _OTHER_WORD.search(before) or _OTHER_UNIT.match(text[end : end + _BESIDE].casefold()):
        return False
    if digits.endswith("0000") or (grouped == (2, 3, 3) and (digits.endswith("000") or between != {""})):
        return False
    if grouped in _FOR_MOBILES and digits[0] not in "49":
        return False
    counted = [int(group.digits) for group in some]
    if len(counted) == 4 and all(later - one == 1 for one, later in pairwise(counted)):
        return False
    return _judged(f"+47{digits}") == "valid"


def _is_code(text: str, start: int) -> bool:
    """Tell whether digits go on from letters or from an address, as those of a code do."""
    before = text[start - 1 : start]
    return before.isalpha() or before in {"/", "=", "#", "_"}


def _before(text: str, start: int) -> str:
    return text[max(0, start - _BESIDE) : start].casefold()


def _judged(number: str) -> str:
    """Return ``valid``, ``possible`` or ``no`` for a telephone number with the code of its country."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return "no"
    if phonenumbers.is_valid_number(parsed):
        return "valid"
    return "possible" if phonenumbers.is_possible_number(parsed) else "no"


def _is_day(digits: str) -> bool:
    """Tell whether eight digits are a day, or one year and another."""
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    return (1 <= day <= 31 and 1 <= month <= 12 and _is_year(year)) or (_is_year(int(digits[:4])) and _is_year(year))


def _is_year(number: int) -> bool:
    return 1900 <= number <= 2100


def is_birth_date(digits: str) -> bool:
    """Tell whether six digits can begin an identity number: a date, or one of a D-number or of made-up people."""
    day, month = int(digits[:2]), int(digits[2:4])
    # D-numbers add 40 to the day; numbers of made-up people add 40, 65 or 80 to the month.
    day -= 40 if day > 40 else 0
    for more in (80, 65, 40):
        if month > more:
            month -= more
            break
    return 1 <= day <= 31 and 1 <= month <= 12


def has_check_digits(number: str) -> bool:
    """Tell whether the last two of eleven digits follow from the others, as in an identity number.

    From 2032 on the first of them may also be of one of three other remainders (Skatteetaten, "Nytt fødselsnummer").
    """
    digits = [int(digit) for digit in number]
    first = sum(digit * weight for digit, weight in zip(digits, (3, 7, 6, 1, 8, 9, 4, 5, 2, 1), strict=False)) % 11
    second = sum(digit * weight for digit, weight in zip(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1), strict=False)) % 11
    return first in {0, 1, 2, 3} and second == 0
