"""Whether a text seems to name somebody together with what is nobody else's business.

Invariant: it only warns, so that it may err; it errs towards silence where a name stands alone, since most people who
are named to a competence broker are named for their work. A body, place or title that is called after somebody is
nobody. The time taken grows with the length of the text: no pattern repeats without a bound.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from assistant.platform.given_names import AMBIGUOUS, FAMILY_NAMES, GIVEN_NAMES, is_family_name
from assistant.platform.health_words import ILL, PREDICATE
from assistant.platform.user_text import lowered

# The letters that begin names in Latin script; `re` knows no class of them.
_UPPER = "".join(chr(code) for code in (*range(0x41, 0x250), *range(0x1E00, 0x1F00)) if chr(code).isupper())
_CAPITALISED = rf"[{_UPPER}][\w'’]{{0,30}}(?:-[{_UPPER}][\w'’]{{0,30}})?"
_WORD = r"\w[\w'’]{0,30}(?:-\w[\w'’]{0,30})?"
_RELATIVE = (
    r"(?:min|vår|hans|hennes|si|mi|sin) "
    r"(?:sønn|son|datter|dotter|mor|far|mann|kone|bror|søster|bestemor|bestefar|nabo)|"
    r"(?:mor|far|sønnen|sonen|dattera|dottera|kona|mannen|broren|søsteren?|naboen) (?:mi|min|vår|hans|hennes)|"
    r"(?:my|our|his|her) (?:son|daughter|mother|father|wife|husband|brother|sister)"
)
_SOMEBODY = (
    r"(?:pasient(?:en)?|beboer(?:en)?|bebuar(?:en)?|elev(?:en)?|brukeren|brukaren|klient(?:en)?|barnet|gutten|guten|jenta|"
    r"(?:tjeneste|teneste)mottak[ea]r(?:en)?|asylsøk[ea]r(?:en)?|flyktning(?:en)?|fosterbarnet|innsatte|"
    rf"{_RELATIVE}|(?:the |our |my )?(?:patient|resident|pupil|client|service user|inmate|asylum seeker))"
)
_ROLE = re.compile(rf"\b{_SOMEBODY},? (?=\w)")
_NAMED_BEHIND = re.compile(rf"(?P<name>{_WORD})(?P<more> {_WORD})?")
_USER = re.compile(
    # "Bruker" is "uses" too, so that it needs to stand where a noun does.
    r"(?:^|[.!?:;,(]\s?|\b(?:for|til|med|hos|om|gjelder|gjeld|vår|en|ein|av|når|hvis|dersom) )(?:bruker|brukar) (?=\w)",
    re.MULTILINE,
)
_NOT_NAMES = frozenset(
    "nav norge norway hvordan hva hvem hvor kan skal må vil i på ved hos med fra the in at trondheim oslo".split()
)
_CALLED = re.compile(
    rf"\b(?:{_SOMEBODY}|bruker|brukar|hun|han|ho|she|he)\b[^.?!\n]{{0,20}}?"
    r"\b(?:heter|heiter|ved navn|ved namn|named|called|is called)\b"
)
_MONTHS = r"(?:jan|feb|mars|mar|apr|mai|may|jun|jul|aug|sep|okt|oct|nov|des|dec)\w{0,8}\.?"
_BORN = re.compile(
    r"(?:\b(?:født|fødd|born|f\.|fødselsdato|fødselsdag|birth date|date of birth)|\bf(?=\.? ?\d))[ :,(den]{0,6}"
    r"(?:\d{1,2}[./ -]{1,2}\d{1,2}[./ -]{1,2}\d{2,4}|\d{4}-\d\d-\d\d|\d{6}\b"
    rf"|\d{{1,2}}\.? {_MONTHS} \d{{4}}|{_MONTHS} \d{{1,2}},? \d{{4}})"
)
_NAME = re.compile(rf"(?<![\w-]){_CAPITALISED}(?: {_CAPITALISED}){{0,3}}")
_SMALL_NAME = re.compile(r"(?<![\w-])(?P<name>[a-zà-öø-ÿ]{2,20})(?= (?P<more>[^\W\d_]{2,25}))")
_SENTENCE = re.compile(rf"(?<!\b[Dd]r)[.?!]{{1,9}}\s{{1,9}}(?=[{_UPPER}])|\n+")
_TITLE = re.compile(
    r"\b(?:professor|(?:\w{2,12})?forsker|\w{0,12}forskar|førsteamanuensis|dr|doktor|ordfører|ordførar|rådmann"
    r"|researcher|minister|\w{0,12}leder|\w{0,12}leiar|\w{0,12}direktør|\w{0,6}rådgiver|\w{0,6}rådgjevar|kommunalsjef"
    r"|statsråd)\.? $",
    re.IGNORECASE,
)
_CALLED_TITLE = r"(?:prosjekt|program|tiltak|rapport|bok|film|kurs|metode|modell|satsing|stiftels|project|report|book)"
_QUOTED = re.compile(rf"\b{_CALLED_TITLE}\w{{0,6}} [«“\"][^»”\"\n]{{1,120}}[»”\"]", re.IGNORECASE)
_TITLED = re.compile(rf"\b{_CALLED_TITLE}\w{{0,6}} $", re.IGNORECASE)
_BODY = (
    r"(?:[\w-]{0,20}(?:skole|skule|gymnas|hage|senter|sykehus|sjukehus|hospital|klinikk?|institutt|stiftelse|stifting|legat"
    r"|fond|plass|torg|torv|hus|heim|hjem|tun|gård|gard|park|museum|kirke|kyrkje|forening|universitet|kommune|høgskole"
    r"|høyskole)(?:en?|et|a|r|er|ar|n|ene|ane|net)?s?|institute|foundation|gate|gata|veg|vegen|vei|veien|veier|stipend\w{0,4}|videregående|vidaregåande|vgs|minde"
    r"|minne|pris|prisen|helse|kors|mental|norsk|norges|noregs|nasjonal\w{0,4}|europa|europe|nordic|university|college"
    r"|hospital|centre|center|council|eiendom|utvikling|energi|forum|nettverk|as|iks|kf|hf)"
)
_BODY_WORD = re.compile(_BODY, re.IGNORECASE)
_OF_BODY = re.compile(rf"(?:[ -]{_BODY}|-[^\W\d_]{{1,30}})(?!\w)", re.IGNORECASE)
_METHODS = frozenset({"marte meo"})
_AT_WORK = re.compile(
    r",? (?:(?:ved|fra|frå|på|at|from) (?:[^\W\d_]{2,20} )?(?:\w{0,20}universitet\w{0,3}|høgskol\w{0,4}|høgskul\w{0,4}"
    r"|\w{0,20}institutt\w{0,3}|university|NTNU|SINTEF|NORCE|NIVA|NINA|OsloMet|KS)\b"
    r"|(?:forsker|forskar|underviser|researches|leder|leiar|arbeider med|jobber med|arbeider som|jobber som)\b)"
)
_AGE = re.compile(
    r",? ?(?:(?<=, )\d\d(?=,)|\( ?1?\d{1,2}(?: ?år(?: gammel| gamal)?| years?(?: old)?)? ?\)"
    r"|(?<=[, ])(?:(?:er|is) )?1?\d{1,2}(?: år| years old)\b"
    r"(?! (?:med|siden|sidan|etter|i|som|erfaring|of|ago|seinere|senere|seinare)\b))",
    re.IGNORECASE,
)
_AGED = re.compile(
    r"(?<!\d)1?\d{1,2}(?:[ -]åring(?:en)?|[ -]år(?:s)? gam(?:mel|le|al)|[ -]years?[ -]old) $", re.IGNORECASE
)
_IS = re.compile(r"\b(?:er|is)\b")
_PLACED = re.compile(r"\b(?:i|fra|frå|ved|på|og|av|in|from|at|of|and) $", re.IGNORECASE)
_GOES_ON = re.compile(
    r" (?:vil|har|er|trenger|treng|sliter|slit|går|blir|nekter|nektar|bor|bur|kommer|kjem|ruser|rusar|drikker|drikk"
    r"|refuses|is|has|needs|does|fell|faller|strever|mobbes)\b"
)
_BETWEEN = re.compile(
    rf"(?:{_AGE.pattern})?,?(?: (?:i|på|fra|frå|ved|in|from|at) {_CAPITALISED}(?: {_CAPITALISED}| kommune)?)?,?"
    r"(?: (?:som|who)\b)?,? "
)
"""What may stand between a name and what is told of who has it."""
_BEFORE = 40


class _Said(NamedTuple):
    """A text, and the same in small letters, each at the place it had."""

    text: str
    small: str

    @classmethod
    def of(cls, text: str) -> _Said:
        return cls(text, lowered(text))


class _Named(NamedTuple):
    """A place in a sentence where somebody may be named."""

    start: int
    end: int
    is_known: bool
    """Whether one of the words is a given name; otherwise only what is told right after it shows that it is a name."""


def mentions_person(text: str) -> bool:
    """Tell whether a text seems to be about a certain person, by name and illness or age, by role, or by birth."""
    small = lowered(text)
    if _BORN.search(small) or _CALLED.search(small):
        return True
    said = _Said.of(_QUOTED.sub("", text))
    if any(_has_role(said, found) for found in _behind(said, _ROLE)):
        return True
    if any(_is_user(said, found) for found in _behind(said, _USER)):
        return True
    return any(_exposes_person(_Said.of(sentence)) for sentence in _sentences(said.text))


def _behind(said: _Said, role: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """Yield the words behind each place where a role is told."""
    found = (_NAMED_BEHIND.match(said.text, one.end()) for one in role.finditer(said.small))
    return (one for one in found if one is not None)


def _sentences(text: str) -> Iterator[str]:
    return (sentence for sentence in _SENTENCE.split(text) if sentence)


def _has_role(said: _Said, found: re.Match[str]) -> bool:
    """Tell whether what stands behind a role is a name: no abbreviation, place, body or word that begins anew."""
    name, more = found["name"], found["more"]
    first = name.casefold().split("-")[0]
    if _is_body([name, *(more or "").split()]):
        return False
    if _OF_BODY.match(said.text, found.end("more") if more else found.end("name")):
        return False
    if name[0].islower():
        return _is_small_name(first, (more or "").strip())
    if first in GIVEN_NAMES:
        return True
    if name.isupper() or first in _NOT_NAMES:
        return False
    if more is not None and more[1].isupper():
        return len(name) > 1
    end = found.end("name")
    told = _AGE.match(said.text, end) is not None or _is_ailing(said, end)
    return told and not _is_place([name])


def _is_user(said: _Said, found: re.Match[str]) -> bool:
    first, more = found["name"].casefold(), (found["more"] or "").strip()
    if f"{first} {more.casefold()}" in _METHODS or not _has_role(said, found):
        return False
    if first not in GIVEN_NAMES:
        return False
    return first not in AMBIGUOUS or more[:1].isupper() or more in FAMILY_NAMES


def _is_small_name(first: str, more: str) -> bool:
    """Tell whether words in small letters name somebody."""
    if first not in GIVEN_NAMES:
        return False
    return first not in AMBIGUOUS or more in FAMILY_NAMES


def _exposes_person(said: _Said) -> bool:
    """Tell whether a sentence names somebody with an illness, distress or an age."""
    sentence = said.text
    is_ill = ILL.search(said.small) is not None or PREDICATE.search(said.small) is not None
    if not is_ill and not any(char.isdigit() for char in sentence):
        return False
    for named in _name_candidates(sentence):
        told = (is_ill or _has_age(sentence, named)) if named.is_known else _is_told_of(said, named, is_ill)
        if told and not _is_for_work(sentence, named):
            return True
    return any(_is_small(said, found, is_ill) for found in _SMALL_NAME.finditer(sentence))


def _has_age(sentence: str, named: _Named) -> bool:
    before = sentence[max(0, named.start - _BEFORE) : named.start]
    return _AGE.match(sentence, named.end) is not None or _AGED.search(before) is not None


def _is_told_of(said: _Said, named: _Named, is_ill: bool) -> bool:
    """Tell whether words that may be a name are one by what goes on right after them, and are no place."""
    sentence = said.text
    words = sentence[named.start : named.end].split()
    told = is_ill and _is_ailing(said, named.end)
    if len(words) == 1:
        before = sentence[max(0, named.start - _BEFORE) : named.start]
        told = told and named.start > 0 and not words[0].isupper() and not _PLACED.search(before)
    elif not told:
        age = _AGE.match(sentence, named.end)
        told = age is not None and (_IS.search(age[0]) or _GOES_ON.match(sentence, age.end())) is not None
        told = told or _AGED.search(sentence[max(0, named.start - _BEFORE) : named.start]) is not None
    if not told or any(word.casefold() in _NOT_NAMES for word in words):
        return False
    return not _is_place(words)


def _is_place(words: list[str]) -> bool:
    """Tell whether words are those of a municipality or county; a family name may be like one ("Ulvik")."""
    from corpus.places import load_places

    places = load_places()
    whole = places.find(" ".join(words))
    return bool(whole) and (len(words) == 1 or whole != places.find(words[-1]))


def _is_ailing(said: _Said, end: int) -> bool:
    between = _BETWEEN.match(said.text, end)
    return between is not None and PREDICATE.match(said.small, between.end()) is not None


def _is_small(said: _Said, found: re.Match[str], is_ill: bool) -> bool:
    sentence, first, more = said.text, found["name"], found["more"]
    if first not in GIVEN_NAMES:
        return False
    if more in FAMILY_NAMES or (first not in AMBIGUOUS and is_family_name(more)):
        end = found.end("more")
        return not _OF_BODY.match(sentence, end) and (is_ill or _AGE.match(sentence, end) is not None)
    if not is_ill or first in AMBIGUOUS:
        return False
    return _is_ailing(said, found.end("name")) or _is_ailing(said, found.end("more"))


def _name_candidates(sentence: str) -> Iterator[_Named]:
    """Yield where capitalised words may name somebody."""
    for found in _NAME.finditer(sentence):
        yield _Named(found.start(), found.end(), _has_given_name(found[0].split(" ")))


def _is_for_work(sentence: str, named: _Named) -> bool:
    """Tell whether words are the name of a body, place, title or method, or of somebody named for their work."""
    words = sentence[named.start : named.end].split(" ")
    before = sentence[max(0, named.start - _BEFORE) : named.start]
    if _TITLE.search(before) or _TITLED.search(before) or _OF_BODY.match(sentence, named.end):
        return True
    if " ".join(words).casefold() in _METHODS or _AT_WORK.match(sentence, named.end):
        return True
    return _is_body(words) or any(_TITLE.search(f"{word} ") for word in words)


def _is_body(words: list[str]) -> bool:
    """Tell whether a word is one of a body or place, and no family name like one ("Hagen") behind a given name."""
    for before, word in zip(["", *words], words, strict=False):
        named = before.casefold() in GIVEN_NAMES and is_family_name(word.casefold())
        if not named and _BODY_WORD.fullmatch(word):
            return True
    return False


def _has_given_name(words: list[str]) -> bool:
    for place, word in enumerate(words):
        folded = word.casefold()
        given = {folded, folded.removesuffix("s"), folded.split("-")[0]} & GIVEN_NAMES
        behind = words[place + 1 : place + 2]
        # "MITT LIV Barneverntjeneste" is nobody: a name is written in capitals wholly or not.
        if given and (not given & AMBIGUOUS or (behind and behind[0].isupper() == word.isupper())):
            return True
    return False
