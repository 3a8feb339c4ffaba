"""What a need is about, told apart from whom and where it is for and from how it is gone about.

Invariant: a need that names nothing but a group or a place is about that; only where it names something besides, the
group or the place is no subject. Concepts are those that the index finds in the need, never guessed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Self

from corpus.files import Record
from corpus.text import Language
from corpus.vocabulary import Concept
from index.analysis import STOPWORDS, normalise, stem, words
from index.retrieval.need import Need
from index.retrieval.subject import SETTINGS
from index.storage.concepts import Mention
from index.subject_words import is_general, place_words

_ANYBODY = frozenset(f"concept:{slug}" for slug in "innbygger kommune fylkeskommune offentlig-sektor".split())
"""Those that any need here is of, which tell nothing of it."""
"""The parts of the vocabulary that tell how something is gone about, whatever it is."""
_ABROAD = re.compile(
    r"\b(?:eu|eøs|eea|interreg|erasmus|europ\w*|utland\w*|utanland\w*|utenland\w*|internasjonal\w*|international\w*"
    r"|nordisk\w*|nordic|svensk\w*|sverige|swed\w+|finsk\w*|finland|finnish|dansk\w*|danmark|denmark|danish|grensa|grensen"
    r"|abroad|overseas|(?:elev|ungdoms|skole|skule|student)utveksling\w*|(?:youth|student|teacher|pupil) exchange)\b"
)
"""Words for what goes on with those of other countries."""


class NeedSubject:
    """What one need is about."""

    def __init__(
        self, about: frozenset[str], settings: frozenset[str], *, says_more: bool, is_abroad: bool = False
    ) -> None:
        self.is_abroad = is_abroad
        """Whether it speaks of other countries, or of going there."""
        self._about = about
        self._settings = settings
        self.is_named = bool(about)
        """Whether a concept of the vocabulary is what the need is about."""
        self.has_setting = bool(settings) and says_more
        """Whether the need names a group or a place, and something else that it is about."""

    @classmethod
    def of(cls, need: Need, mentions: Iterable[Mention], records: Mapping[str, Record]) -> Self:
        """Return what a need is about.

        Args:
            need: The need.
            mentions: The concepts that it names.
            records: Their records, by id.
        """
        named = list(mentions)
        concepts = {one.concept_id: found for one in named if isinstance(found := records.get(one.concept_id), Concept)}
        told = [one for one in named if (found := concepts.get(one.concept_id)) and not found.tells_how]
        told = [one for one in told if one.concept_id not in _ANYBODY]
        subjects = [one.concept_id for one in told if one.concept_id not in SETTINGS]
        settings = [one for one in told if one.concept_id in SETTINGS]
        language = need.language
        labelled = [word for one in named for label in (one.label, *one.others) for word in label.split()]
        known = place_words(need.text) | set(labelled)
        others = [word for word in words(need.text) if word not in known and not is_general(word, language)]
        wider = (broader for subject in subjects for broader in concepts[subject].broader)
        return cls(
            frozenset((*subjects, *wider)),
            _stems((label for one in settings for label in _labels(one, concepts[one.concept_id], language)), language),
            says_more=bool(subjects or others),
            is_abroad=_ABROAD.search(normalise(need.text)) is not None,
        )

    def is_about(self, concepts: Iterable[str]) -> bool:
        """Tell whether the need is about one of some concepts, or a part of one, as more than whom or where."""
        return not self._about.isdisjoint(concepts)

    def is_setting(self, labels: Iterable[str], language: Language) -> bool:
        """Tell whether words in common with the need say no more than whom or where it is for; false of none."""
        shared = _stems(labels, language)
        return self.has_setting and bool(shared) and shared <= self._settings


def _labels(mention: Mention, concept: Concept, language: Language) -> Iterable[str]:
    return (mention.label, *mention.others, concept.pref_label.best(language).text)


def _stems(labels: Iterable[str], language: Language) -> frozenset[str]:
    ignored = STOPWORDS[language]
    return frozenset(stem(word, language) for label in labels for word in words(label) if word not in ignored)
