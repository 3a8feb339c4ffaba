"""What people write around a need, and where in what they write the need stands.

Invariant: what is taken away carries no subject, and where nothing would be left nothing is taken away. A need found in
a longer text is one of its sentences, word for word. The time taken grows with the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from assistant.dialogue.cues import cues_of, tokens_of
from assistant.dialogue.knowledge_base import KnowledgeBase
from assistant.platform.user_text import lowered
from corpus.text import Language
from index.analysis import is_stopword, normalise, words
from index.subject_words import is_general

LONG = 320
"""Characters from which a text of several sentences is searched for its need."""
_SENTENCES_OF_LONG = 4
_SHORTEST_SUBJECT = 4
APART = 0.42
"""The likeness below which two sentences are of two needs."""
_MOST_NEEDS = 2
_TAG = 4
"""Words after a question that are no need of their own."""

_LINK = re.compile(r"<?(?:https?://|www\.)[^\s>|]+(?:\|[^>]*)?>?", re.IGNORECASE)
_EMOJI_CODE = re.compile(r":[a-z0-9_+-]{2,40}:")
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d]+")
_ORGNR = re.compile(
    r"[(,]?\s?\b(?:org(?:anisasjons)?\.? ?(?:nr|nummer|no)?\.?:?|organi[sz]ation number:?)\s?\d{3}[ .]?\d{3}["
    r" .]?\d{3}\b\)?",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b(?:kl(?:okka|okken)?\.? ?\d{1,2}(?:[.:]\d\d)?|\d{1,2}[:.]\d\d ?(?:am|pm)\b"
    r"|at \d{1,2}(?::\d\d)? ?(?:am|pm|o'clock))(?:\s?(?:-|–|til|to) ?\d{1,2}(?:[.:]\d\d)?)?"
    r"(?: (?:i )?(?:dag|morgen|morgon|today|tomorrow))?:?",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^\s*(?:(?:hei(?:san+)?|hallo|god (?:dag|morgen|morgon|kveld|ettermiddag)|hi|hello|hey|dear|kjære|good"
    r" (?:morning|day"
    r"|afternoon|evening))\b(?: (?:igjen|alle(?: sammen)?|dere|dykk|there|all|you|team|mellomrom|sir"
    r"|madam)\b)*\s*[!,.:–-]*\s*)+",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(
    r"(?:(?:^|[.!?,;]|(?<!\s)(?=[^\S\n]*+\n))\s*+(?:mvh|m\.v\.h\.?|(?:med )?(?:vennlig|venleg|vennleg"
    r"|beste?) hels(?:en|ing)"
    r"|beste? hilsen|hilsen|helsing|vh|best regards|kind regards|regards|sincerely|cheers,)"
    r"|(?<!\s)\s++(?:mvh|m\.v\.h\.?))\b[^?]{0,300}$",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"(?<![\s,.!–-])[\s,.!–-]*+(?:på forhånd )?(?:tusen |mange )?(?:takk(?: (?:på forhånd|på førehand"
    r"|for hjelp(?:en|a)?|så mye|skal du ha))?"
    r"|thank you(?: (?:very much|in advance|so much))?|thanks(?: (?:in advance|a lot|so much))?)[\s!.:)]*$",
    re.IGNORECASE,
)
_SIGH = re.compile(
    r"^\s*(?:(?:ja ?ja|jo ?da|jau|jo|ja|hm+|tja|vel|ok(?:ei|ay)?|greit|greitt|fint|uff(?: da)?|huff|oi|åh?|oh|well"
    r"|right|yeah|yes|alright|all right|so)\s*[.!…,–-]+\s*)+"
    r"(?=(?:vi|me|jeg|eg|we|i|hvem|kven|who|hvordan|korleis|how)\s)",
    re.IGNORECASE,
)
"""What is said before one comes to the point; before a fact a "yes" is an answer, and stays."""
_THANKS_FIRST = re.compile(
    r"^\s*(?:tusen |mange )?(?:takk|thanks|thank you)(?: for (?:sist|svar(?:et)?|hjelpen|hjelpa|the (?:answer"
    r"|help)))?\s*[!,.:;–-]+\s*",
    re.IGNORECASE,
)
_NEW_TOPIC = re.compile(
    r"^\W*(?:(?:takk|thanks|ok(?:ei|ay)?|fint|greit|flott|great|men|but|og|and|så|så da|nei|no|vel|well|nå"
    r"|now|jeg|eg|vi"
    r"|har|vil|kan vi|let's|lets|til)[\s,.!:;–-]+)*+"
    r"(?:(?:nå |no )?(?:til )?(?:noe|noko|nåkka|et|eit|en|ein|something)?\s?(?:(?:helt|heilt|completely|totally"
    r"|entirely)\s)?"
    r"(?:annet|anna|annen|different|else)(?: (?:tema|emne|spørsmål|sak|ting|behov|question|topic|matter|thing))?"
    r"|(?:nytt|new|another|ny|nye|different) (?:spørsmål|tema|behov|sak|emne|question|topic|need|subject)"
    r"|(?:another|a different|new) (?:topic|question|thing|need)(?: entirely| altogether)?"
    r"|(?:bytte?r?|skifte?r?|change|switch)(?: av| of| the)? (?:tema|topic|subject|emne)(?: til| to)?)"
    r"(?: (?:nå|no|now|entirely|altogether|instead|heller|i stedet|da|then|som|helt|please|takk))*"
    r"(?P<end>\s*[:,.;!–-]+\s*|\s+(?=(?:hvem|kven|hva|kva|hvordan|korleis|vi|who|what|how|we|om|about|har|finnes"
    r"|finst|i)\b)|$)",
    re.IGNORECASE,
)
_OTHERS = re.compile(r"(?:noe|noko|nåkka|something|noen|nokon|someone) (?:annet|anna|else|andre)", re.IGNORECASE)
_TURNING = re.compile(
    r"^\W*(?:(?:ok(?:ei|ay)?|greit|greitt|fint|flott|takk|thanks|great|og|and|men|but|så|da|nei|no|vel"
    r"|well)[\s,.!–-]+)*"
    r"(?:forresten|apropos|by the way|btw|anyway|en ting til(?: mens jeg har deg)?|ein ting til(?: medan eg har"
    r" deg)?|one more thing"
    r"|okay next|ok next|next(?: one| up| thing)?|moving on(?: to)?|(?:da )?(?:går|gå) (?:vi|me)? ?videre til"
    r"|videre til|vidare til|neste(?: sak| behov| spørsmål)?|det siste(?: for i dag)?|siste ting"
    r"|last one|last thing"
    r"|mens jeg har deg|medan eg har deg|while i have you|så til noko anna|så til noe annet)(?:\s*[:,.;–-]+"
    r"|(?<=ere til)|(?<=are til)|(?<=on to))\s*",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r"(?<![\s.][a-zæøåA-ZÆØÅ])(?<!\bnr)(?<!\bkl)(?<!\bca)(?<!\bbl)(?<!\bdr)(?<!\beks)(?<!\bpga)(?<!\bift)(?<!\bmht)"
    r"(?<!\bevt)(?<!\bdvs)(?<!\binkl)(?<![.!?])(?!(?<=\d)\.\s+[a-zæøå])[.!?]++(?=\s|$)|\n+|;|•|·"
)
"""Where a sentence ends: not after an abbreviation, nor after an ordinal (6. klasse, 1. mars)."""
_ALSO = re.compile(
    r"(?:[,.;]|(?<!\s)(?=\s))\s*(?:og\s+så\s+(?=(?:har|treng|lurer|lurar|sliter|slit|vil|vi|må)\b)|i\s+tillegg"
    r"|dessuten|forresten"
    r"|samtidig\s+(?=(?:har|treng|sliter|vil|må)\b)|og\s+(?=vi\s+(?:har|treng|sliter|slit|vil|må|lurer)\b)"
    r"|og\s+(?=(?:hvem|kven|hva|hvordan|korleis)\s+(?:kan|veit|vet|har|gjør|gjer)\b[^.?!]{25})|also,?\s+(?=we\b"
    r"|who\b|is\b)"
    r"|and\s+(?=we\s+(?:also|need|have|struggle)\b)|in\s+addition,?|besides,?|en\s+annen\s+ting(?:\s+er)?:?"
    r"|ein\s+annan\s+ting(?:\s+er)?:?|another\s+thing:?|for\s+det\s+andre:?|secondly,?|(?:^|\s)2[.)]\s)\s*",
    re.IGNORECASE,
)
_FIRST = re.compile(r"^\s*(?:1[.)]\s|for det første,?\s|firstly,?\s)", re.IGNORECASE)
_TWO = re.compile(
    r"^[^.:?!]{0,60}\b(?:to|two) (?:ulike |forskjellige |different )?(?:ting|behov|saker|tema|spørsmål|utfordring\w*"
    r"|problem\w*|things|needs|issues|topics|questions|challenges)(?: [^.:?!]{0,30})?\s*[:–-]\s*(?:1[.)]\s)?",
    re.IGNORECASE,
)
"""Words that say that two needs follow."""
_BETWEEN = re.compile(r"(?:[,;]|(?<!\s))\s++(?:og|and|samt|pluss|plus|as well as|2[.)])\s++|;\s++", re.IGNORECASE)
_NEEDS = re.compile(
    r"\b(?:treng\w*|ønsk\w*|ynskj\w*|søker|søkjer|mangl\w*|sliter|slit|utfordr\w*|problem\w*|behov\w*|hvem|kven"
    r"|hvordan|korleis"
    r"|kan noen|kan nokon|har noen|har nokon|finnes det|finst det|vil (?:gjerne )?(?:ha|finne|prøve|teste"
    r"|samarbeide|utvikle|lære)"
    r"|partner\w*|samarbeid\w*|støtte|midler|midlar|penger|pengar|hjelp|lurer på|lurar på|må (?:finne|få|gjøre"
    r"|gjere|se|ha|løse)"
    r"|needs?|wants?|seeks?|looking for|struggl\w*|lacks?|challenge\w*|who|how can|fund\w*|help|support|would like)\b",
)
_STRONG_NEEDS = re.compile(
    r"\b(?:treng\w*|ønsk\w* (?:hjelp|samarbeid|partner\w*|å)|søker (?:etter|partner\w*|samarbeid\w*|hjelp"
    r"|midler)|mangler"
    r"|hvem|kven|hjelp|finne (?:noen|ut|partner\w*|en|ein|forsk\w*|midler|midlar)|needs?|who|looking for|help)\b",
)
_WANTS = re.compile(
    r"\b(?:treng\w*|ønsk\w*|ynskj\w*|søker|søkjer|mangl\w*|sliter|slit|utfordr\w*|problem\w*|behov\w*|vil|lurer på"
    r"|lurar på|må|needs?|wants?|seeks?|looking for|struggl\w*|lacks?|challenge\w*|would like)\b",
)
"""Words that say outright that something is wanted or wrong; a question holds none of them by being one."""
_ASKED = re.compile(
    r"^(?:(?:og|men|ok|ja|nei|and|but|so|så)[, ]+)?(?:hva|kva|ka|hvilke\w*|hvor|kor|hvem|kven|kem|hvordan|korleis|"
    r"kordan|når|hvorfor|kvifor|what|which|where|who|when|how|why|er|kan|får|vil|skal|må|bør|finnes|finst|fins|har"
    r"|is|are|does|do|did"
    r"|can|could|would|will|has|have|should)\b|\?\s*$"
)
_MEETING = re.compile(
    r"\b(?:sak \d|referat\w*|møte\w*|til ?stede|forfall|innkalling\w*|vedtak\w*|vedtatt|godkjent|godkjend"
    r"|orienter\w*|eventuelt"
    r"|protokoll\w*|saksliste\w*|dagsorden|minutes|agenda|attend\w*|absent|approved|votering|enstemmig|ordfører\w*"
    r"|budsjett\w*"
    r"|neste møte|next meeting|any other business|lunsj|kaffe|pause|regnskap\w*|parkering\w*)\b",
)


class SplitNeeds(NamedTuple):
    """What somebody wrote, parted into needs."""

    needs: tuple[str, ...]
    """Each need in the words it was told in; at least one."""
    quote: str | None
    """The sentence that was taken for the need, where the rest of a longer text was left."""


def bare_need(text: str) -> str:
    """Return a text without greetings, signatures, links, emoji, organisation numbers and times of day."""
    kept = text
    for pattern, instead in (
        (_LINK, " "), (_EMOJI_CODE, " "), (_EMOJI, " "), (_ORGNR, " "), (_TIME, " "), (_GREETING, ""),
        (_THANKS_FIRST, ""), (_SIGNATURE, ""), (_THANKS, ""),
    ):  # fmt: skip
        tried = pattern.sub(instead, kept)
        if _has_subject(tried):
            kept = tried
    if tells_need(to_the_point := _SIGH.sub("", kept)):
        kept = to_the_point
    return " ".join(kept.split())


def new_topic(text: str) -> str | None:
    """Return what follows an announcement of another topic, empty where nothing does; None where none is announced."""
    match = _NEW_TOPIC.match(text)
    if match is None:
        turning = _TURNING.match(text)
        return text[turning.end() :].strip() if turning and _has_subject(text[turning.end() :]) else None
    left = text[match.end() :].strip(" :,.-–")
    # "Something else", and no more, asks for other suggestions.
    return None if not left and _OTHERS.fullmatch(text.strip(" .!?")) else left


def signature_of(text: str) -> str:
    """Return what a text is signed with; empty where it is not."""
    match = _SIGNATURE.search(text)
    return match.group() if match else ""


def tells_need(text: str) -> bool:
    """Tell whether a text says that something is needed."""
    return bool(_NEEDS.search(lowered(text)))


def wants(text: str) -> bool:
    """Tell whether a text says outright that something is wanted or wrong, and does not only ask."""
    return bool(_WANTS.search(lowered(text)))


def is_asked(text: str) -> bool:
    """Tell whether a text is a question, with or without its mark, and does not say what is wanted."""
    return not wants(text) and bool(_ASKED.search(normalise(text)))


def sentences_of(text: str) -> list[str]:
    """Return the sentences of a text that hold more than small words."""
    return [part for one in _SENTENCE.split(text) if _has_subject(part := one.strip(" -–*\t"))]


def split_needs(text: str, base: KnowledgeBase) -> SplitNeeds:
    """Return the needs of a text: one, two, or the sentence of a longer text that tells of one."""
    sentences = sentences_of(text)
    if len(text) >= LONG and len(sentences) >= _SENTENCES_OF_LONG:
        best = _need_sentence(sentences, base)
        return SplitNeeds((best,), best) if best else SplitNeeds((text,), None)
    needs = _two_needs(text, sentences, base)
    return SplitNeeds(needs or (text,), None)


def _has_subject(text: str) -> bool:
    return any(len(word) >= _SHORTEST_SUBJECT and not is_stopword(word) for word in words(text))


def subjects(text: str, base: KnowledgeBase) -> list[str]:
    """Return the words of a text that tell what it is about."""
    cues = cues_of(text, base.knows)
    covered = cues.covered()
    return [
        word
        for place, word in enumerate(cues.tokens)
        if place not in covered and not is_stopword(word) and base.is_subject(word)
    ]


def _need_sentence(sentences: Sequence[str], base: KnowledgeBase) -> str | None:
    """Return the sentence of a longer text that tells of a need, with the one before it where it speaks of that."""
    scored = []
    for number, sentence in enumerate(sentences):
        about, small = len(subjects(sentence, base)), lowered(sentence)
        score = 2.0 * bool(_STRONG_NEEDS.search(small)) + 1.0 * bool(_NEEDS.search(small)) + 0.3 * min(about, 5)
        score -= 1.5 * bool(_MEETING.search(small))
        scored.append((score if about else -1.0, -number))
    score, number = max(scored)
    return " ".join(sentences[-number].split()) if score > 1 else None


def _two_needs(text: str, sentences: Sequence[str], base: KnowledgeBase) -> tuple[str, ...]:
    """Return two needs that a text tells in one go; nothing where it tells one."""
    if (announced := _announced(text, base)) is not None:
        return announced
    tried = [list(sentences)] if len(sentences) == _MOST_NEEDS else []
    parts = _ALSO.split(_FIRST.sub("", text), maxsplit=1)
    if len(parts) == _MOST_NEEDS:
        tried.insert(0, [part.strip(" .,;:") for part in parts])
    for first, second in (some for some in tried if len(some) == _MOST_NEEDS):
        if not all(tells_need(one) or len(tokens_of(one)) > 1 for one in (first, second)):
            continue
        if not any(tells_need(one) for one in (first, second)) or _leans(second):
            continue
        if _tells_background(first, second):
            continue
        # A few words after a question tell whom it is about, and no other need.
        if first.rstrip() and not _NEEDS.search(second) and len(tokens_of(second)) <= _TAG and _ASKED.search(first):
            continue
        one, other = subjects(first, base), subjects(second, base)
        if not tells_subject(other):
            continue
        if one and other and base.likeness(" ".join(one), " ".join(other)) < APART and not _shared(one, other):
            return first, second
    return ()


def _announced(text: str, base: KnowledgeBase) -> tuple[str, str] | None:
    """Return the two needs that a text says it tells, parted where the two sides are least alike."""
    match = _TWO.match(text)
    if match is None:
        return None
    told = text[match.end() :].strip(" .,;:!?")
    best: tuple[float, tuple[str, str]] | None = None
    for between in _BETWEEN.finditer(told):
        first, second = told[: between.start()].strip(" .,;:"), told[between.end() :].strip(" .,;:")
        one, other = subjects(first, base), subjects(second, base)
        if not one or not other or _shared(one, other):
            continue
        near = base.likeness(" ".join(one), " ".join(other))
        if best is None or near < best[0]:
            best = (near, (first, second))
    return best[1] if best else None


_LEANS = re.compile(
    r"^(?:det|dette|den|de|disse|desse|dei|this|that|it|they|these|hvem|kven|who|hva|kva|what)\b(?!.{40})"
    r"|\b(?:dette|slikt|saman|this|sånt)\b",
    re.IGNORECASE,
)


def _leans(sentence: str) -> bool:
    """Tell whether a sentence speaks of what the one before it said."""
    return bool(_LEANS.search(normalise(sentence)))


_HAVE = re.compile(
    r"^(?:(?:vi|me|we|kommunen|the municipality) (?:har|had|have|has)(?: got)?|det (?:er|finnes|finst|ligger|står"
    r"|ligg|stend)"
    r"|there (?:is|are))\b"
)
_OF_IT = re.compile(
    r"\b(?:dem|dei|them|den|it)\b(?! (?:som|som er|that|which)\b)|\b(?:av|med|på|til|for|i|om) (?:det|dette|desse"
    r"|disse)\b"
    r"|\b(?:det|disse|desse) (?:om|til|bort|opp|igjen|på)\b|\b(?:turned|made|used|use|turn|make) (?:one|these|those)\b"
)


def _tells_background(first: str, second: str) -> bool:
    """Tell whether a sentence says what there is, or what the question after it is about, so that both are one need."""
    if not is_asked(second):
        return False
    plain = normalise(first)
    return not wants(first) and (bool(_HAVE.match(plain)) or bool(_OF_IT.search(normalise(second))))


def tells_subject(about: Sequence[str]) -> bool:
    """Tell whether words name a subject of their own: to measure an effect is wanted in any matter."""
    return not all(any(is_general(word, language) for language in (Language.NB, Language.EN)) for word in about)


def _shared(one: Sequence[str], other: Sequence[str]) -> bool:
    return any(a[:6] == b[:6] for a in one for b in other)
