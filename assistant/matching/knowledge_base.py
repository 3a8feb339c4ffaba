"""What the index knows of words and names, for reading what somebody says.

Invariant: one base speaks for one generation of the index; what it was asked is remembered within bounds.
"""

from __future__ import annotations

from functools import lru_cache

from assistant.dialogue.conversation import ListedSuggestion
from corpus.files import kind_of
from corpus.text import Language
from index.analysis import stem
from index.retrieval.subject import SETTINGS
from index.searcher import Searcher

_REMEMBERED = 4_096
_SUBJECT_SHARE = 0.34
"""The share of the greatest rarity there can be from which a word tells what a text is about; among a thousand records,
a word that fewer than one in fourteen uses."""
_SHORTEST = 3
_UNKNOWN_SUBJECT = 8
"""Letters from which a word that no record uses may still be what a text is about."""


class IndexedKnowledgeBase:
    """Words and names of one generation of the index."""

    def __init__(self, searcher: Searcher) -> None:
        self.searcher = searcher
        # What no record uses is as rare as a word can be.
        self._least = _SUBJECT_SHARE * searcher.rarity("", Language.NB)
        self._word = lru_cache(maxsize=_REMEMBERED)(self._rarity)

    def named(self, text: str) -> tuple[ListedSuggestion, ...]:
        """Return the records that a text names, each with the name it was found by."""
        return tuple(
            ListedSuggestion(id=hit.record_id, kind=kind_of(hit.record_id), name=hit.name)
            for hit in self.searcher.named(text)
        )

    def knows(self, word: str) -> bool:
        """Tell whether any record uses a word."""
        return self._word(word)[0]

    def is_subject(self, word: str) -> bool:
        """Tell whether a word is rare enough in the records to tell what a text is about."""
        if len(word) < _SHORTEST:
            return False
        known, rarity = self._word(word)
        return rarity >= self._least if known else len(word) >= _UNKNOWN_SUBJECT

    def likeness(self, one: str, other: str) -> float:
        """Return how near two texts are in meaning, from -1 to 1."""
        vectors = self.searcher.encoded([one, other])
        return float(vectors[0] @ vectors[1])

    def settings(self, text: str) -> tuple[str, ...]:
        """Return the words of a text that only tell whom or where something is for."""
        mentions = (one for language in (Language.NB, Language.EN) for one in self.searcher.mentions(text, language))
        return tuple(dict.fromkeys(one.label for one in mentions if one.certainty == 1 and one.concept_id in SETTINGS))

    def _rarity(self, word: str) -> tuple[bool, float]:
        """Return whether a word is known, and how rare it is in the language that uses it most."""
        known = [
            self.searcher.rarity(own, language)
            for language in (Language.NB, Language.EN)
            if self.searcher.knows(own := stem(word, language), language)
        ]
        return bool(known), min(known, default=0.0)
