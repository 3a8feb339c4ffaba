"""Facts that a turn tells of who asks, in whatever wording: who they are, how many, when they start, who is with them.

Invariant: unlike facts of a need, nothing is taken of the words of a subject.
"""

from __future__ import annotations

import re

from assistant.dialogue.facts import PARTIES, facts_of, facts_of_place, is_denied
from assistant.dialogue.places import read_places
from assistant.dialogue.question_replies import MONTHS_NAMED
from assistant.funding.verdicts import Facts, Party, merge_facts
from corpus.places import load_places
from corpus.records import ActorType
from corpus.text import Language
from index.analysis import normalise, words


def facts_of_turn(text: str, languages: tuple[Language, ...] = tuple(Language)) -> Facts:
    """Return what a turn tells of who asks and of the project, in whatever language and order it is said.

    Unlike `facts_of`, it takes nothing of the words of a need: stage and kinds of work are left to what asks for them.
    """
    *_, last = _CORRECTED.split(text)
    if last is not text and len(words(last)) > 1 and (corrected := facts_of_turn(last, languages)) != Facts():
        return corrected
    said = normalise(text)
    found: dict[str, object] = {}
    for language in languages:
        told = facts_of(text, language)
        found |= {
            name: value
            for name in _TOLD
            if name not in found and (value := getattr(told, name)) is not None and value != ()
        }
    starts_on, starts_in = _starts(said)
    found |= {
        name: value
        for name, value in (
            ("parties", _party_count(said)),
            ("starts_on", starts_on),
            ("starts_in", starts_in),
            ("months", _lasts(said)),
        )
        if value is not None
    }
    if "partners" not in found and (party := _joined(said)) is not None:
        found["partners"] = (party,)
    if "parties" in found:
        found["applicant_type"] = ActorType.MUNICIPALITY
        found["partners"] = (*_tuple(found.get("partners")), Party(type=ActorType.MUNICIPALITY))
    place = read_places(text).asker
    facts = Facts.model_validate(found)
    if place is None:
        return facts
    return merge_facts(facts, facts_of_place(place))


_TOLD = (
    "applicant_type", "country", "partners", "partners_complete", "lacking", "rd_experience", "no_earlier_doctorate",
    "candidate_employed", "public_share", "own_share", "budget", "talked_to_broker",
)  # fmt: skip
"""What a turn may tell of an asker besides a place."""


_CORRECTED = re.compile(
    r"(?<![.,;\s])[.,;\s]++(?:nei,? altså|nei vent|nei|altså|eller rettere sagt|i mean|no wait|no,|sorry,?"
    r"|korriger\w*)\s+(?=\w)",
    re.IGNORECASE,
)


_COUNTS = {
    "to": 2, "two": 2, "tre": 3, "three": 3, "fire": 4, "four": 4, "fem": 5, "five": 5, "seks": 6, "six": 6,
    "sju": 7, "syv": 7, "seven": 7, "åtte": 8, "eight": 8, "ni": 9, "nine": 9, "ti": 10, "ten": 10,
}  # fmt: skip


_MOST_PARTIES = 60


_PARTY_COUNT = re.compile(
    rf"\b(?:vi|me|i|we)(?: er| are|'re)?(?: til sammen| totalt| i alt| in all| altogether| bare| berre| only|"
    rf" just| nå| no| now)? (?P<count>\d{{1,2}}|{'|'.join(_COUNTS)})"
    r" (?:små |mindre |nabo|small )?(?:kommun(?:er|ar|a)|municipalit\w+|samarbeidskommun\w+)"
    rf"|\bthere are (?P<there>\d{{1,2}}|{'|'.join(_COUNTS)}) of us\b"
    rf"|\b(?P<together>\d{{1,2}}|{'|'.join(_COUNTS)}) (?:kommun(?:er|ar|a)|municipalit\w+) (?:som |that |who )?"
    r"(?:søker|søkjer|går|er med|samarbeider|skal|apply|together|sammen|saman|i lag)"
)


_PIECES = re.compile(
    rf"\b(?:vi|me|we)(?: er| are|'re) (?P<count>{'|'.join(_COUNTS)})(?: stykk\w*| stk| of us| i lag)?\b"
)
"""How many somebody says they are, where it takes the names of municipalities to know what."""


_START = re.compile(
    r"\b(?:oppstart\w*|start\w*|begynn\w*|byrj\w*|i gang|sette i gang|prosjektet|starts?|begin\w*|from|fra"
    r"|frå)\b[^.?!]{0,30}?"
    r"\b(?P<year>20[2-4]\d)\b"
)


_SHORT_START = re.compile(
    r"^(?:til |i |in |fra |frå |from |tidligst |earliest )?(?:(?:vår|våren|sommer|sommeren|haust|hausten|høst"
    r"|høsten|vinter|januar"
    r"|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember|january|february|march|may|june|july"
    r"|october|december|spring|summer|autumn|fall|winter|early|late|slutten av|starten av)(?: of)?"
    r" )?(?P<year>20[2-4]\d)$"
)


_LASTS = re.compile(
    r"\b(?:var(?:er|ar|e|ighet|igheit)|går over|over|lasts?|duration|lengde|lengd|prosjektperiode\w*)\b[^.?!\d]{0,20}?"
    rf"(?P<count>\d{{1,2}}|{'|'.join(_COUNTS)}) (?P<unit>år|years?|måned\w*|månad\w*|mnd|months?)\b"
    rf"|\b(?P<times>\d{{1,2}}|{'|'.join(_COUNTS)}) ?-?(?P<of>års?|years?|måneders?|månaders?|months?)"
    r" (?:varighet|varigheit|prosjekt\w*|lengde|lengd|duration|project|long)\b"
)


_JOINS = (
    r"(?:er|is|are|blir|vil være|stiller|skal være|har sagt ja til å være|har sagt ja til å bli|has agreed to"
    r" be)(?: allerede| allereie| alt| already| også| med)? (?:med|på"
    r" laget|på lag|om bord|on board|in on it|partner\w*)\b"
)


def _joined(said: str) -> Party | None:
    """Return the party that is said to take part already, as in "SINTEF is on board"."""
    found = ((re.search(rf"\b(?:{pattern}) {_JOINS}", said), party) for pattern, party in PARTIES)
    return next((party for match, party in found if match and not is_denied(said, match)), None)


def _tuple(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()


def _count(said: str) -> int:
    return _COUNTS.get(said) or int(said)


def _party_count(said: str) -> int | None:
    match = _PARTY_COUNT.search(said)
    if match is None and (pieces := _PIECES.search(said)) and len(load_places().find(said)) > 1:
        return _count(pieces["count"])
    if match is None:
        return None
    count = _count(match["count"] or match["there"] or match["together"])
    return count if 1 < count <= _MOST_PARTIES else None


def _starts(said: str) -> tuple[str | None, str | None]:
    """Return when a project starts, as a year or a month, and the season of it with its year."""
    match = _START.search(said) or _SHORT_START.search(said.strip(" .!,"))
    if match is None or is_denied(said, match):
        return None, None
    year, told = match["year"], set(words(match[0]))
    month = next((number for name, number in MONTHS_NAMED.items() if name in told), None)
    season = next((name for name, called in _SEASONS.items() if not told.isdisjoint(called)), None)
    return (f"{year}-{month:02}" if month else year), (f"{year}-{season}" if season and not month else None)


_SEASONS = {
    "spring": {"vår", "våren", "spring"},
    "summer": {"sommer", "sommeren", "sommar", "sommaren", "summer"},
    "autumn": {"høst", "høsten", "haust", "hausten", "autumn", "fall"},
}


_BODIES = re.compile(r"\b(?:ntnu|sintef|nord universitet)\b", re.IGNORECASE)


def bodies_in(text: str) -> tuple[str, ...]:
    """Return the bodies that a text names by a name that stands for their kind, as they were written."""
    return tuple(dict.fromkeys(match[0] for match in _BODIES.finditer(text)))


def _lasts(said: str) -> int | None:
    match = _LASTS.search(said)
    if match is None or is_denied(said, match):
        return None
    count, unit = match["count"] or match["times"], match["unit"] or match["of"]
    return _count(count) * (12 if unit.startswith(("år", "year")) else 1)
