"""A question becomes a need: its language, what kind of answer it wants, and what its places mean.

Invariant: understanding never fails on what a user types; it raises only where there is no word to understand.
A place is where the asker stands unless the question says that partners should be there, or holds it up as an
example; it binds only where the question says "only".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated

from pydantic import BeforeValidator

from assistant.platform.errors import EmptyQuestionError
from assistant.platform.language import detect_language
from corpus.records import ActorType, Kind
from corpus.text import Frozen, Language
from index.analysis import normalise, words
from index.retrieval.need import Need, PlaceWish
from index.storage.passage_table import PlacedRecord

MAX_QUESTION = 2_000
"""Characters of a question that are read."""

MIN_LETTERS = 2
"""Letters and digits without which there is no word to look for."""


def _readable(text: object) -> object:
    # A terminal or a file may hand over bytes that are no text; they are shown as question marks. A null character
    # cannot be stored on PostgreSQL.
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", " ") if isinstance(text, str) else text


Typed = Annotated[str, BeforeValidator(_readable)]
"""What somebody typed, as text that can be shown and stored."""


class Question(Frozen):
    """What someone asked, as it came in."""

    text: Typed
    language: Language | None = None
    """The language the asker has chosen for answers, if any."""


class Understanding(Frozen):
    """A question understood."""

    question: str
    """The question as it was read."""
    language: Language
    """The language to answer in."""
    need: Need
    shortened: bool
    """Whether the end of the question was left unread."""


_ASKS_FOR: dict[Kind, re.Pattern[str]] = {
    Kind.INSTRUMENT: re.compile(
        r"\b(?:støtteordning\w*|finansier\w*|støtte|midlar|midler|pengar|penger|tilskot\w*|tilskudd\w*|utlysing\w*"
        r"|utlysning\w*|verkemid\w*|virkemid\w*|ordning\w*|søker?|søkje|søknad\w*|stipend\w*|doktorgrad\w*|phd"
        r"|skattefr[aå]drag\w*|spleise på|betaler? for|søknadsfrist\w*|pængar|pæng"
        r"|fund|funds|funded|funding|grant\w*|money|scheme\w*|apply|calls? for|doctorate|subsid\w*"
        r"|pays? for|what support|support can|deadlines?|tax (?:credit|relief))\b"
    ),
    Kind.IDEA: re.compile(
        r"\b(?:(?:har|noen|nokon|nån|nåkken|andre) (?:noen|nokon|nån|nåkken|andre|som)?\b[^.?!]*"
        r"\b(?:gjort|prøvd|prøvt|testet|testa|tenkt|løst|løyst|funnet|funne|fått|får|greid|klart|klarer|øvd|latt)"
        r"|(?:hvordan|korleis|kordan|korsn) [^.?!]*\bandre\b|eksemp(?:el|ler) på|døme på|examples? of|how do others"
        r"|liknande|lignende|erfaring\w*|idé\w*|ide|ideer|idear|prosjektidé\w*|tidlegare|tidligere (?:prosjekt|forsøk)"
        r"|has any\w*|have (?:any|other)\w*|similar|ideas?|tried|experiences? from|been done)\b"
    ),
    Kind.ACTOR: re.compile(
        r"\b(?:hvem|kven|kem|kæm|kim|fagfolk|nettverk for|partner\w*|partnar\w*|samarbeidspart\w*"
        r"|samarbeide? med|forsk(?:er|ar)\w*|fagmilj\w*"
        r"|forsk(?:n)?ingsmilj\w*|ekspert\w*|kompetansemilj\w*|who|partners?|researchers?|experts?|network for"
        r"|work with"
        r"|(?:hvilke[nt]?|kva for ein?|which) (?:universitet\w*|institutt\w*|university|institute|hospital|sykehus)"
        r"|collaborat\w* with|team up)\b"
    ),
}
"""Words that ask for a kind of answer; the first kind that is asked for decides."""
_APPLICANTS: dict[ActorType, re.Pattern[str]] = {
    ActorType.COMPANY: re.compile(
        r"\b(?:bedrift|bedrifta|bedriften|bedrifter|firma|firmaet|selskap|gründer\w*|etablerer\w*|næringsdrivende"
        r"|company|companies|firm|firms|business(?:es)?|startup|start-up|entrepreneur\w*)\b"
    ),
    ActorType.COUNTY_MUNICIPALITY: re.compile(r"\b(?:fylkeskommun\w*|county (?:municipality|council))\b"),
    ActorType.HEALTH_TRUST: re.compile(r"\b(?:vi på sykehuset|vi på sjukehuset|helseforetaket|helseføretaket)\b"),
}
"""Words that tell who would apply, where it is another than a municipality."""
_ONLY = r"(?:kun|bare|berre|only|må (?:ligge|vere|være|ligga)|must be)"
_WISH = r"(?:partner\w*|partnar\w*|forsk\w*|milj\w*|noen|nokon|someone|partners?|researchers?|bedrift\w*|companies)"
_LIKE = r"(?:som|like|as|slik|liksom|såsom)"
_NUMBER = r"(?:kommune(?:nummer|nr\.?)?|municipality(?: number)?)\s+"
_AT = r"(?:i|in|frå|fra|from|på|ved|near|nær)"


def check_question(question: Question) -> str:
    """Return the text of a question on one line, without control characters.

    Raises:
        EmptyQuestionError: there is no word in what is read of it.
    """
    cleaned = " ".join("".join(char if char.isprintable() else " " for char in question.text).split())
    if not has_words(cleaned):
        raise EmptyQuestionError(cleaned)
    return cleaned


def has_words(text: str) -> bool:
    """Tell whether there is a word to look for in what is read of a text."""
    return sum(len(word) for word in words(text[:MAX_QUESTION])) >= MIN_LETTERS


def understand(question: Question, areas: Sequence[PlacedRecord] = ()) -> Understanding:
    """Return what a question asks for.

    Args:
        question: As it came in.
        areas: The municipalities and counties that places are recognised by.

    Raises:
        EmptyQuestionError: there is no word in it.
    """
    cleaned = check_question(question)
    read = cleaned[:MAX_QUESTION]
    language = detect_language(read)
    place, context, text = _places(read, areas)
    need = Need(
        text=text,
        language=language,
        applicant=_applicant(read),
        asked_kind=_asked_kind(read),
        place=place,
        context_names=tuple(context),
    )
    shortened = len(cleaned) > MAX_QUESTION
    return Understanding(question=read, language=question.language or language, need=need, shortened=shortened)


def _asked_kind(text: str) -> Kind | None:
    lowered = normalise(text)
    for kind, pattern in _ASKS_FOR.items():
        if pattern.search(lowered):
            return kind
    return None


def _applicant(text: str) -> ActorType:
    lowered = normalise(text)
    found = (applicant for applicant, pattern in _APPLICANTS.items() if pattern.search(lowered))
    return next(found, ActorType.MUNICIPALITY)


def _places(text: str, areas: Sequence[PlacedRecord]) -> tuple[PlaceWish | None, list[str], str]:
    """Return the place wished for, the records that are only where the asker stands, and the text without them."""
    lowered = normalise(text)
    context: list[str] = []
    wish: PlaceWish | None = None
    kept = text
    for area in areas:
        plain = normalise(area.name)
        if plain not in lowered and not (area.kommunenummer and area.kommunenummer in lowered):
            continue
        name = re.escape(plain)
        named = rf"\b{name}(?:\s+(?:kommune|fylke(?:skommune)?|municipality|county))?\b"
        if area.kommunenummer:
            named = rf"(?:{named}|(?:{_NUMBER})?\b{area.kommunenummer}\b)"
        if not re.search(rf"\b{_AT}\s+{named}", lowered) and not re.search(rf"\bvi (?:er )?{named}", lowered):
            continue
        if re.search(rf"\b{_LIKE}\s+{_AT}\s+{named}", lowered):
            # Others are held up as an example, and may well be who can help.
            continue
        required = bool(re.search(rf"\b{_ONLY}\b[^.?!]{{0,40}}\b{_AT}\s+{named}", lowered))
        if required or re.search(rf"\b{_WISH}\b[^.?!,]{{0,30}}\b{_AT}\s+{named}", lowered):
            wish = PlaceWish(
                name=area.name,
                fylkesnummer=area.fylkesnummer,
                kommunenummer=area.kommunenummer,
                required=required,
            )
        else:
            context.append(area.record_id)
        kept = re.sub(rf"\b{_AT}\s+{named}", " ", kept, flags=re.IGNORECASE)
    kept = " ".join(kept.split())
    return wish, context, kept if words(kept) else text
