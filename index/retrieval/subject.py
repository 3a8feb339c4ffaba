"""What a need is about: the concepts and words by which a record can be about the same.

Invariant: what any need could say, and where somebody is, is no subject; what names a whole field is one only where
nothing narrower is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from typing import NamedTuple

from corpus.text import Language
from index.analysis import STOPWORDS, stem, words
from index.retrieval.need import Need
from index.storage.concepts import PIECES_BELOW, Mention
from index.storage.lexical import LexicalIndex
from index.subject_words import is_broad, is_broad_label, is_general, place_words

MIN_SHARED_WORD_IDF = 2.0
"""The rarity from which a word in common tells something; commoner ones, such as *people* or *use*, do not."""
MIN_SHARED_CONCEPT_IDF = 1.0
"""The rarity from which a concept in common tells something; municipality and research, which all speak of, do not."""
MIN_PIECE_IDF = 3.0
"""The rarity from which a concept that is only a piece of a compound tells something: of *leveringskrise*, the crisis
alone does not."""
NEARLY_RAREST = 0.8
"""The share of the rarest thing's rarity from which another is as telling: of two rare things either will do."""
SETTING = 0.7
"""How telling the rarest thing in common is at least, for a record to be about more than the setting."""
SETTING_SHARE = 0.55
"""How telling whom or where a need is for is at most, beside the most telling of what else it names."""
FEW_WORDS = 4
"""Words of a subject up to which every one is meant; in a longer need the rarest may be said by the way."""

_WHOM = """
    ungdom gutter-og-unge-menn jenter fedre aleneforeldre oppvekst aldring eldreomsorg eldrebolge flyktninger
    ukrainske-flyktninger kvoteflyktninger integrering innvandrerkvinner innvandrerungdom minoritetsforeldre
    arbeidsinnvandrere enslige-mindrearige funksjonsnedsettelse helsepersonell elev larer familie-og-foreldre
"""
_WHERE = """
    kommunale-eiendommer helse-og-omsorg kommunal-helse-og-omsorgstjeneste omsorg
    spesialisthelsetjeneste sykehus helseforetak sykehjem hjemmetjeneste barnehage grunnskole ungdomsskole
    videregaende-skole hoyere-utdanning naringsliv naringsutvikling landbruk distriktsutvikling oysamfunn fjellbygd
    kystsamfunn smaby drabantby fylkesvei riksvei sentrumsutvikling elv havn-og-kyst skolefritidsordning
    helsestasjon
"""
GROUPS, PLACES = (frozenset(f"concept:{slug}" for slug in some.split()) for some in (_WHOM, _WHERE))
SETTINGS = GROUPS | PLACES
"""The concepts that tell whom or where a need is for, where it names anything else."""


class Subject(NamedTuple):
    """What a need is about."""

    concepts: Mapping[str, Mention] = {}
    """By id."""
    words: Mapping[str, str] = {}
    """By stem, the word as it was asked."""
    telling: Mapping[str, float] = {}
    """By concept, and by stem that some record has, how telling it is beside the rarest, from 0 to 1."""

    wider: frozenset[str] = frozenset()
    """Those of the concepts that are not named, but are what those named are a part of."""

    @property
    def is_short(self) -> bool:
        """Whether every word of it is meant."""
        return len(self.words) <= FEW_WORDS

    def is_setting(self, most_telling: float) -> bool:
        """Tell whether what a record has in common with a need, as telling as this, is but the setting of the need."""
        return self.is_short and most_telling < SETTING


def subject_of(
    need: Need,
    named: Iterable[Mention],
    lexical: LexicalIndex,
    how: Container[str] = frozenset(),
    wholes: Iterable[Mention] = (),
) -> Subject:
    """Return what a need is about.

    Args:
        need: The need.
        named: The concepts that it names.
        lexical: Tells how telling they are.
        how: The concepts that tell how something is done or paid for, in any matter.
        wholes: What those that it names are a part of.
    """
    language = need.language
    named = tuple(named)
    of_wholes = {one.concept_id for one in wholes} - {one.concept_id for one in named}
    mentions = (*named, *(one for one in wholes if one.concept_id in of_wholes))
    text = _IN_CASE.sub(" ", need.text)
    said, places = words(text), place_words(text)
    mentions = tuple(one for one in mentions if one.label != "fall" or one.label in said)
    # *Hearing loss* is a subject, though any need may speak of hearing and of loss; *apply for funding* is none.
    named_together = {
        mention.concept_id
        for mention in mentions
        if mention.concept_id not in how and _is_of_several_words(mention.label, language)
    }
    asked = {
        mention.concept_id: mention
        for mention in mentions
        if lexical.concept_idf(mention.concept_id) >= _least_rarity(mention)
        and not all(
            word in places or (mention.concept_id not in named_together and is_general(word, language))
            for word in mention.label.split()
        )
    }
    # A word for what all speak of, such as *municipal*, tells no more than the concept.
    common = {
        stem(word, language)
        for mention in mentions
        if mention.concept_id not in asked and mention.certainty == 1
        for word in mention.label.split()
    }
    found = {
        stemmed: word
        for word in said
        if word not in places
        and not is_general(word, language)
        and (stemmed := stem(word, language)) not in common
        and lexical.word_idf(stemmed, language) >= MIN_SHARED_WORD_IDF
    }
    narrow = {
        key: one for key, one in asked.items() if key in named_together or not is_broad_label(one.label, language)
    }
    narrow_words = {stemmed: word for stemmed, word in found.items() if not is_broad(word, language)}
    # What names a whole field tells something only where nothing narrower is asked for.
    concepts, left = (narrow, narrow_words) if narrow or narrow_words else (asked, found)
    wider = frozenset(of_wholes.intersection(concepts))
    return Subject(concepts, left, _telling(concepts, left, language, lexical), wider)


_IN_CASE = re.compile(r"\b(?:så|hvert|kvart|verste|beste|alle|motsatt|motsett)\s+fall\b", re.IGNORECASE)
"""Where nobody falls: *i så fall*, *i hvert fall*."""


def _is_of_several_words(label: str, language: Language) -> bool:
    return sum(word not in STOPWORDS[language] for word in label.split()) > 1


def _least_rarity(mention: Mention) -> float:
    return MIN_PIECE_IDF if mention.certainty < PIECES_BELOW else MIN_SHARED_CONCEPT_IDF


def _telling(
    concepts: Mapping[str, Mention], stems: Iterable[str], language: Language, lexical: LexicalIndex
) -> dict[str, float]:
    """Return how telling each thing is that some record has; a compound that none has tells by its parts."""
    known = {concept: lexical.concept_idf(concept) for concept in concepts if lexical.uses(concept)}
    named = {
        stem(word, language): known[key]
        for key, one in concepts.items()
        if key in known and one.certainty == 1
        for word in one.label.split()
    }
    for stemmed in stems:
        if stemmed in named and lexical.knows(stemmed, language):
            # However few write it so, a word tells no more than what it names.
            known[stemmed] = min(named[stemmed], lexical.word_idf(stemmed, language))
            continue
        for part in lexical.known_parts(stemmed, language):
            known[part] = max(known.get(part, 0.0), lexical.word_idf(part, language))
    _lower_settings(known, concepts, language)
    enough = NEARLY_RAREST * max(known.values(), default=0.0)
    return {one: min(1.0, rarity / enough) for one, rarity in known.items()} if enough else {}


def _lower_settings(known: dict[str, float], concepts: Mapping[str, Mention], language: Language) -> None:
    """Bring what only tells whom or where a need is for below the concepts named besides, however rare it is."""
    settings = {key for key in concepts if key in SETTINGS}
    of_settings = {stem(word, language) for key in settings for word in concepts[key].label.split()} | settings
    others = [known[key] for key in concepts if key in known and key not in settings]
    if others:
        most = SETTING_SHARE * max(others)
        for thing in of_settings & known.keys():
            known[thing] = min(known[thing], most)
