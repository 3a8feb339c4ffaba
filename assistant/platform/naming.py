"""Whether a text seems to name somebody together with what is nobody else's business.

Invariant: it only warns, so that it may err; it errs towards silence where a name stands alone, since most people who
are named to a competence broker are named for their work. The time taken grows with the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.platform.given_names import AMBIGUOUS, GIVEN_NAMES

_CAPITALISED = r"[A-ZÆØÅÁÉÖÄÜ][\w'’]{0,30}(?:-[A-ZÆØÅÁÉÖÄÜ][\w'’]{0,30})?"
_SOMEBODY = (
    r"(?:pasient(?:en)?|beboer(?:en)?|bebuar(?:en)?|elev(?:en)?|brukeren|brukaren|klient(?:en)?|barnet|gutten|guten|"
    r"jenta|(?:min|vår|hans|hennes|si|mi|sin) "
    r"(?:sønn|son|datter|dotter|mor|far|mann|kone|bror|søster|bestemor|bestefar|nabo)|"
    r"(?:mor|far|sønnen|sonen|dattera|dottera|kona|mannen|broren|søsteren?|naboen) (?:mi|min|vår|hans|hennes)|"
    r"(?:the |our |my )?(?:patient|resident|pupil|client)|(?:my|our|his|her) "
    r"(?:son|daughter|mother|father|wife|husband|brother|sister))"
)
_ROLE_AND_NAME = re.compile(rf"\b(?i:{_SOMEBODY}),? (?P<name>{_CAPITALISED})(?P<more> {_CAPITALISED})?")
_NOT_NAMES = frozenset(
    "nav norge norway hvordan hva hvem hvor kan skal må vil i på ved hos med fra the in at trondheim oslo".split()
)
_CALLED = re.compile(
    rf"\b(?:{_SOMEBODY}|bruker|brukar|hun|han|ho|she|he)\b[^.?!\n]{{0,20}}?"
    r"\b(?:heter|heiter|ved navn|ved namn|named|called|is called)\b",
    re.IGNORECASE,
)
_MONTHS = r"(?:jan|feb|mars|mar|apr|mai|may|jun|jul|aug|sep|okt|oct|nov|des|dec)\w{0,8}\.?"
_BORN = re.compile(
    r"(?:\b(?:født|fødd|born|f\.|fødselsdato|fødselsdag|birth date|date of birth)|\bf(?=\.? ?\d))[ :,(den]{0,6}"
    r"(?:\d{1,2}[./ -]{1,2}\d{1,2}[./ -]{1,2}\d{2,4}|\d{4}-\d\d-\d\d|\d{6}\b"
    rf"|\d{{1,2}}\.? {_MONTHS} \d{{4}}|{_MONTHS} \d{{1,2}},? \d{{4}})",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:sepsis|blodforgift\w*|demens\w*|dement|dementia|alzheimer\w*|parkinson\w*|diabetes|diabetiker|adhd|autis\w*|"
    r"asperger\w*|tourette\w*|kreft(?!f)\w*|cancer|svulst\w*|leukemi\w*|depre\w*|psykose\w*|psykotisk\w*|schizofren\w*|"
    r"bipolar\w*|angst(?!f)\w*|selvmord\w*|sjølvmord\w*|selvskad\w*|spiseforstyrr\w*|anoreksi\w*|ruser seg|rusmis\w*|"
    r"rusavhengig\w*|rusproblem\w*|alkohol(?:iker|isert|isme|problem)\w*|epilep\w*|kols|copd|astma|hjerneslag|slag|stroke|"
    r"hjertesvikt|hjerteinfarkt|infarkt|hiv|hepatitt\w*|ms|als|cerebral parese|downs?|utviklingshem\w*|lærevansk\w*|"
    r"dysleksi|dyslexia|innlagt|diagnose\w*|diagnos\w*|syk|sjuk|sykemeldt|sjukmeldt|ufør|gravid|forvirret|inkontinen\w*|"
    r"faller ofte|barnevern\w*|mobbe[st]\w*|mishandl\w*|misbruk\w*|voldsutsatt|fengsel|straffedømt|traume\w*)\b",
    re.IGNORECASE,
)
_NAME = re.compile(rf"(?<![\w-])(?P<name>{_CAPITALISED})(?P<more> {_CAPITALISED})?")
_SENTENCE = re.compile(r"(?<!\b[Dd]r)[.?!]{1,9}\s{1,9}(?=[A-ZÆØÅ])|\n+")
_TITLE = re.compile(
    r"\b(?:professor|forsker|førsteamanuensis|dr|doktor|ordfører|rådmann|researcher|minister)\.? $", re.IGNORECASE
)
_FOR_WORK = re.compile(
    r"(?:stiftels\w*|legat\w*|hospital\w*|sykehus\w*|institutt\w*|foundation|fond\w*|gate|veg|vei|skole\w*|stipend\w*)",
    re.IGNORECASE,
)


def names_somebody(text: str) -> bool:
    """Tell whether a text seems to be about a certain person, by name and illness, by role, or by day of birth."""
    if _BORN.search(text) or _CALLED.search(text):
        return True
    if any(_is_name(found["name"], found["more"]) for found in _ROLE_AND_NAME.finditer(text)):
        return True
    # Few texts name anybody, and to see that costs less.
    return any(_has_person(sentence) and _CONDITION.search(sentence) for sentence in _sentences(text))


def _sentences(text: str) -> Iterator[str]:
    return (sentence for sentence in _SENTENCE.split(text) if sentence)


def _is_name(name: str, more: str | None) -> bool:
    """Tell whether what is capitalised behind a role is a name: no abbreviation, place or word that begins anew."""
    first = name.casefold().split("-")[0]
    if first in GIVEN_NAMES:
        return True
    return not name.isupper() and first not in _NOT_NAMES and more is not None and len(name) > 1


def _has_person(sentence: str) -> bool:
    for found in _NAME.finditer(sentence):
        name, more = found["name"].casefold().removesuffix("s"), found["more"]
        given = {found["name"].casefold(), name, *found["name"].casefold().split("-")[:1]}
        if not given & GIVEN_NAMES or _TITLE.search(sentence[max(0, found.start() - 20) : found.start()]):
            continue
        if given & AMBIGUOUS and more is None:
            continue
        if _FOR_WORK.match(sentence[found.end() :].lstrip()) or (more and _FOR_WORK.fullmatch(more.strip())):
            continue
        return True
    return False
