"""Values as sources write them, made plain: dates, sums, codes, markup, languages.

Invariant: what cannot be read for certain is nothing, never a guess; what a person may be behind (a private mail
address, a mobile number) is nothing too.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from html import unescape
from typing import Any

from corpus.importing.matching import folded
from corpus.places import Municipality, load_places
from corpus.records import valid_orgnr
from corpus.text import Language

_DATE_FORMS = (
    "%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%d.%m.%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%d/%m/%Y", "%d-%m-%Y",
    "%Y%m%d", "%Y-%m-%dT%H:%M:%S",
)  # fmt: skip
_ISO_BEGINS = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]")
_YEAR = re.compile(r"(19|20)\d{2}")
_TAGS = re.compile(r"<(?:br|/p|/li|/div|/h\d)[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_FUNCTIONS = frozenset(
    "post postmottak kontakt info firmapost mail epost office resepsjon servicetorg kommune kontor admin hei contact "
    "hello support forskning fou innovasjon prosjekt arkiv sentralbord".split()
)
"""What the address of a function begins with, not that of a person."""
_MAIL = re.compile(r"(?<![^@\s;,<>])[^@\s;,<>]++@[^@\s;,<>]+\.[a-z]{2,}", re.IGNORECASE)
_NORWEGIAN = frozenset("og i av for til på med som en et den det er ved om fra mellom gjennom hos eller skal".split())
_NYNORSK = frozenset("ein eit ikkje frå dei korleis vere berre kva kven noko nokon saman meir tilbod".split())
_ENGLISH = frozenset("and of the in to with for by on from through an is are towards into between as using".split())


def clean_text(text: str | None) -> str:
    """Return a text on one line."""
    return " ".join((text or "").split())


def plain_text(markup: str | None) -> str:
    """Return the text of a piece of HTML: a paragraph on a line, marks gone, entities as letters."""
    text = unescape(_TAG.sub("", _TAGS.sub("\n", markup or "")))
    lines = (" ".join(line.split()) for line in text.replace("\xa0", " ").splitlines())
    return "\n".join(line for line in lines if line)


def shortened(text: str, most: int = 600) -> str:
    """Return a text of at most so many characters, broken off after a sentence or a word."""
    if len(text) <= most:
        return text
    cut = text[:most]
    end = max(cut.rfind(". "), cut.rfind("\n"))
    return cut[: end + 1].strip() if end > most // 3 else cut.rsplit(" ", 1)[0] + " …"


def day_of(text: str | None) -> str | None:
    """Return a date as ISO 8601, or a year alone; nothing where it is none."""
    text = clean_text(text)
    if begins := _ISO_BEGINS.match(text):
        text = begins.group(1)
    if _YEAR.fullmatch(text.removesuffix(".0")):
        return text[:4]
    for form in _DATE_FORMS:
        try:
            found = datetime.strptime(text, form).date()
        except ValueError:
            continue
        return found.isoformat() if 1900 <= found.year <= 2100 else None
    return None


def year_of(text: str | None) -> int | None:
    """Return the year of a date."""
    day = day_of(text)
    return int(day[:4]) if day else None


def sum_of(text: str | None) -> Decimal | None:
    """Return a sum in whole units, however thousands and decimals are set apart; nothing where it is none."""
    digits = re.sub(r"[\s\xa0\u202f']|kr\.?|nok|eur|€|,-$", "", clean_text(text), flags=re.IGNORECASE)
    if re.fullmatch(r"-?\d{1,3}(\.\d{3})+(,\d+)?", digits):
        digits = digits.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", digits):
        digits = digits.replace(",", "")
    else:
        digits = digits.replace(",", ".")
    try:
        found = Decimal(digits)
    except InvalidOperation:
        return None
    return found.quantize(Decimal(1)) if found.is_finite() and found > 0 else None


def orgnr_of(text: str | None) -> str | None:
    """Return nine digits with the right check digit, whatever stands around them (NO…MVA); nothing where they are not.

    A number that a spreadsheet made of them (974767880.0) is read too.
    """
    kept = re.sub(r"^NO|MVA$|\.0$|[\s\xa0.]", "", clean_text(text).upper())
    return kept if valid_orgnr(kept) else None


def municipality_of(number: str | None, name: str | None = None) -> Municipality | None:
    """Return the municipality of a number of any time, or of a name; nothing where it may be several."""
    digits = clean_text(number).removesuffix(".0")
    if digits.isdigit() and len(digits) in (3, 4) and (found := _by_number(digits.zfill(4))):
        return found
    wanted = folded(re.sub(r"\b(kommune|herad|municipality)\b", "", clean_text(name), flags=re.IGNORECASE))
    named = _by_name().get(wanted, []) if wanted else []
    return named[0] if len(named) == 1 else None


@cache
def _by_name() -> dict[str, list[Municipality]]:
    known: dict[str, list[Municipality]] = {}
    for municipality in load_places().municipalities:
        for name in dict.fromkeys(folded(text) for text in (municipality.name, *municipality.other_names)):
            known.setdefault(name, []).append(municipality)
    return known


@cache
def _by_number(number: str) -> Municipality | None:
    """Return the municipality that has a number, or the one that all of its area went to."""
    places = load_places()
    if found := places.municipality(number):
        return found
    former = [one for one in places.by_number(number) if isinstance(one, Municipality)]
    return former[0] if len(former) == 1 else None


def place_of(number: str | None, name: str | None = None) -> dict[str, Any] | None:
    """Return where something is, as plain data, with the codes of today."""
    if (found := municipality_of(number, name)) is None:
        return None
    return {"kommunenummer": found.number, "fylkesnummer": found.county, "name": found.name}


def url_of(text: str | None) -> str | None:
    """Return a web address with its scheme, which registers leave out; nothing where it is none."""
    text = clean_text(text)
    if not text or " " in text or "@" in text or "." not in text:
        return None
    made = text if re.match(r"https?://", text, re.IGNORECASE) else f"https://{text.lstrip('/')}"
    made = made.rstrip("/") if made.count("/") == 3 else made
    return made if len(made) <= 500 else None


def function_mail(text: str | None) -> str | None:
    """Return the mail address of a function in a text; a person's own is not taken."""
    found = _MAIL.search(clean_text(text))
    if found is None:
        return None
    mail = found.group().lower()
    local = re.split(r"[.+_-]", mail.partition("@")[0])
    return mail if local[0] in _FUNCTIONS or mail.startswith("post") else None


def language_of(text: str, otherwise: Language = Language.NB) -> Language:
    """Return the language of a title, by its small words and letters."""
    words = re.findall(r"\w+", text.casefold())
    english = sum(word in _ENGLISH for word in words)
    norwegian = sum(word in _NORWEGIAN for word in words)
    if any(word in _NYNORSK for word in words):
        return Language.NN
    if any(letter in text.casefold() for letter in "æøå") or norwegian > english:
        return Language.NB
    return Language.EN if english > norwegian else otherwise


def day_passed(text: str | None, today: date) -> bool:
    """Tell whether a day, or the whole of a year, has passed."""
    return bool(text) and str(text)[:10] < today.isoformat()[: len(str(text)[:10])]


def official_name(name: str) -> str:
    """Return a name of a register in capitals as it is written in texts; one that is not in capitals as it is."""
    name = clean_text(name)
    if name != name.upper() or len(name) < 4:
        return name
    small = {"og", "i", "av", "for", "på", "kommune", "fylkeskommune", "universitet", "kommunale", "herad"}
    kept = {
        "AS",
        "ASA",
        "HF",
        "RHF",
        "SF",
        "KS",
        "IKS",
        "KF",
        "FKF",
        "SA",
        "BA",
        "DA",
        "ANS",
        "NTNU",
        "NAV",
        "IT",
        "NUF",
    }
    words = name.split(" ")
    made = [
        word
        if word in kept
        else word.lower()
        if n and word.lower() in small
        else "-".join(p.capitalize() for p in word.split("-"))
        for n, word in enumerate(words)
    ]
    return " ".join(made)


def landline(text: str | None) -> str | None:
    """Return a telephone number of a place; a mobile's, which may be a person's, is not taken."""
    digits = re.sub(r"\D", "", clean_text(text)).removeprefix("0047")
    digits = digits.removeprefix("47") if len(digits) == 10 else digits
    if len(digits) == 5 or (len(digits) == 8 and digits[0] not in "49"):
        return digits
    return None
