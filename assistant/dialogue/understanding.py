"""A question becomes a need: its language, what kind of answer it wants, and what its places mean.

Invariant: understanding never fails on what a user types; it raises only where there is no word to understand.
Who asks is read once, here, for ranking and rules alike.
"""

from __future__ import annotations

import re

from assistant.dialogue.facts import facts_of, facts_of_place
from assistant.dialogue.framing import bare_need, signature_of
from assistant.dialogue.places import read_places
from assistant.dialogue.private_questions import has_private_form
from assistant.funding.rules import HOME
from assistant.funding.verdicts import Facts, merge_facts
from assistant.platform.errors import EmptyQuestionError
from assistant.platform.language import detect_language, marked_language
from assistant.platform.user_text import TypedText
from corpus.places import Place
from corpus.records import ActorType, Kind
from corpus.text import Frozen, Language
from index.analysis import normalise, words
from index.retrieval.need import Need

MIN_LETTERS = 2
"""Letters and digits without which there is no word to look for."""


class Question(TypedText):
    """What someone asked, as it came in."""

    language: Language | None = None
    """The language the asker has chosen for answers, if any."""
    bare: str | None = None
    """The words of the need without what was said around it; None where they have not been parted."""
    is_settled: bool = False
    """Whether what is known of the asker was told since, and counts more than what the question says."""


class Understanding(Frozen):
    """A question understood."""

    question: str
    """The question as it was read."""
    language: Language
    """The language to answer in."""
    need: Need
    facts: Facts = Facts()
    """What is known of who asks, from before and from the question."""
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
        r"\b(?:(?:har|noen|nokon|nån|nåkken|andre) (?:noen|nokon|nån|nåkken|andre|som)?\b[^.?!]{0,150}"
        r"\b(?:gjort|prøvd|prøvt|testet|testa|tenkt|løst|løyst|funnet|funne|fått|får|greid|klart|klarer|øvd|latt)"
        r"|(?:hvordan|korleis|kordan|korsn) [^.?!]{0,150}\bandre\b|eksemp(?:el|ler) på|døme på|examples? of"
        r"|how do others"
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
    """Tell whether there is a word to look for in a text."""
    return sum(len(word) for word in words(text)) >= MIN_LETTERS


def understand(question: Question, known: Facts | None = None) -> Understanding:
    """Return what a question asks for, and what is known of who asks.

    Args:
        question: As it came in.
        known: What was known of the asker before; what the question says counts more. Whoever tells nothing else is
            taken for a Norwegian municipality.

    Raises:
        EmptyQuestionError: there is no word in it.
    """
    read = check_question(question)
    # What is said around a need, a greeting, a link, a signature, tells nothing of it.
    places = read_places(question.bare if question.bare and has_words(question.bare) else bare_need(read))
    asker = places.asker or signed_place(read)
    language = _language(read, _with_place(known or Facts(), asker))
    if question.is_settled and known is not None:
        facts = merge_facts(facts_of(read, language, _with_place(Facts(), asker)), known)
    else:
        facts = facts_of(read, language, _with_place(known or Facts(), asker))
    applicant = facts.applicant_type or _applicant(read)
    facts = facts.model_copy(update={"applicant_type": applicant, "country": facts.country or HOME})
    need = Need(
        text=places.text,
        language=language,
        applicant=applicant,
        asked_kind=_asked_kind(read),
        place=places.wish,
        context_places=tuple(place.number for place in places.context),
        fylkesnummer=facts.fylkesnummer,
        is_private=has_private_form(read),
    )
    return Understanding(
        question=read,
        language=question.language or language,
        need=need,
        facts=facts,
        shortened=question.shortened,
    )


_NYNORSK_COUNTIES = frozenset({"46"})
_NEUTRAL_IN_THEM = frozenset({"4601", "4627"})
"""Vestland, where 41 of 43 municipalities want nynorsk of the state, and the two that are neutral, Bergen and Askøy
(https://sprakradet.no/spraklova/norsk-sprak/sprakvedtak/, read 2026-11-30)."""


def _language(text: str, known: Facts) -> Language:
    """Return the language of a question; where no word tells bokmål from nynorsk, that of where its asker is does."""
    language = detect_language(text)
    is_nynorsk = known.fylkesnummer in _NYNORSK_COUNTIES and known.kommunenummer not in _NEUTRAL_IN_THEM
    if language is Language.NB and is_nynorsk and marked_language(text) is None:
        return Language.NN
    return language


def signed_place(text: str) -> Place | None:
    """Return the place that a text is signed with; None where it is not signed, or with none."""
    signature = signature_of(text)
    return read_places(signature).asker if signature else None


def _with_place(known: Facts, place: Place | None) -> Facts:
    return known if place is None else merge_facts(known, facts_of_place(place))


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
