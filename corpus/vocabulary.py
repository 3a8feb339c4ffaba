"""The vocabulary: concepts of the domain with their names in three languages (SKOS).

Invariant: a concept has one preferred label per language; alternative labels are synonyms and abbreviations a
person might read, hidden labels are what people type and nobody should be shown (misspellings, slang).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, StringConstraints

from corpus.records import Confidence, CurationState, Source
from corpus.terms import SLUG, ConceptId
from corpus.text import Frozen, LangText, Language, Localised


class Labels(Frozen):
    """Labels by language; each language may have none, one or several."""

    nb: tuple[str, ...] = ()
    """Bokmål."""
    nn: tuple[str, ...] = ()
    """Nynorsk."""
    en: tuple[str, ...] = ()
    """English."""

    def items(self) -> Iterator[Localised]:
        """Yield every label with its language."""
        for language, labels in ((Language.NB, self.nb), (Language.NN, self.nn), (Language.EN, self.en)):
            for label in labels:
                yield Localised(label, language)


_HOW = frozenset({"brokering", "funding", "innovation", "method"})
"""The domains of how something is done, in whatever matter."""


class Concept(Frozen):
    """A thing of the domain and what it is called (SKOS: Concept)."""

    id: ConceptId
    """Stable, such as ``concept:sepsis``."""
    pref_label: LangText
    """The label to show (skos:prefLabel)."""
    alt_labels: Labels = Labels()
    """Synonyms and abbreviations (skos:altLabel)."""
    hidden_labels: Labels = Labels()
    """What people also type: misspellings, everyday words, dialect (skos:hiddenLabel)."""
    broader: tuple[ConceptId, ...] = ()
    """Wider concepts (skos:broader)."""
    related: tuple[ConceptId, ...] = ()
    """Concepts close to it (skos:related)."""
    domain: Annotated[str, StringConstraints(pattern=rf"^{SLUG}$")]
    """The part of the domain it belongs to, such as health or funding."""
    sources: tuple[Source, ...] = Field(min_length=1)
    """Where its names come from."""
    confidence: Confidence = Confidence.VERIFIED
    """How well they are founded."""
    state: CurationState = CurationState.PUBLISHED
    """Draft, published or retired."""

    @property
    def tells_how(self) -> bool:
        """Whether it tells how something is done or paid for, which may be said in any matter, and not what it is."""
        return self.domain in _HOW

    def labels(self) -> Iterator[Localised]:
        """Yield every label of the concept, preferred ones first."""
        yield from self.pref_label.items()
        yield from self.alt_labels.items()
        yield from self.hidden_labels.items()
