"""Why a record matches: reasons that can be checked, each with the passage it rests on.

Invariant: a reason only says what can be seen in the question and in the quoted passage; a quote is a passage
word for word, in the asker's language where the record has it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from corpus.records import Kind, Role
from corpus.text import FALLBACKS, Frozen, Language
from index.analysis import STOPWORDS, language_group, stem, words
from index.concepts import ConceptFinder
from index.fusion import Candidate
from index.names import NameHit
from index.passage_table import NumberedPassage, PassageTable
from index.passages import Facet
from index.ranking import MatchConfidence
from index.retrievers import Query


class ReasonKind(StrEnum):
    """What a reason rests on."""

    NAMED = "named"
    SHARED = "shared"
    TOOK_PART = "took_part"
    ALIKE = "alike"
    NEAR = "near"


class Reason(Frozen):
    """One reason for a match, as data; the sentence is made where it is shown."""

    kind: ReasonKind
    labels: tuple[str, ...] = ()
    """For shared: concepts and words in common. For named: the name. For near: the place."""
    idea: str | None = None
    """For took_part: the id of the idea."""
    role: Role | None = None
    """For took_part: the role in it."""


class Evidence(Frozen):
    """A passage that carries a reason."""

    record_id: str
    """The record the words are from; for what an actor took part in, the idea."""
    facet: Facet
    quote: str
    language: Language
    source: str


class Match(Frozen):
    """A record that answers a need, with its reasons."""

    record_id: str
    kind: Kind
    score: float
    confidence: MatchConfidence
    reasons: tuple[Reason, ...]
    evidence: tuple[Evidence, ...]
    parts: dict[str, float]


Rarity = Callable[[str, Language], float]
"""Gives the inverse document frequency of a stem in the text of a language."""

UNQUOTED = {Facet.NAME, Facet.ASKED, Facet.WHOLE}
"""Facets that are no evidence: the name is on the card, a question states nothing, and the whole is too long."""
TELLING = 2.0
"""The rarity from which a word in common tells something; commoner ones, such as *take* or *early*, do not."""
SHOWN_LABELS = 4
"""More words in common than this tire the reader."""
_CONCEPT_WORTH = 0.15
_WORD_WORTH = 0.08
"""What a concept or a word in common adds to a passage's cosine when the best quote is chosen."""
_LANGUAGE_WORTH = 0.12
"""What being in the asker's own language adds, so that a quote is only foreign where there is no other."""
_SECOND_QUOTE = 0.75
"""The share of the best quote's worth from which a second one, from the other kind of passage, is shown too."""


class Explainer:
    """Finds the reasons for candidates of one query."""

    def __init__(
        self,
        query: Query,
        table: PassageTable,
        finder: ConceptFinder,
        cosines: Mapping[int, float],
        names: Sequence[NameHit],
        rarity: Rarity,
    ) -> None:
        self._query = query
        self._table = table
        self._finder = finder
        self._cosines = cosines
        self._names = {hit.record_id: hit for hit in names}
        self._asked = {mention.concept_id: mention for mention in query.mentions}
        language = query.need.language
        asked = (word for word in words(query.need.text) if word not in STOPWORDS[language] and not word.isdigit())
        stems = {stem(word, language): word for word in asked}
        self._terms = {stemmed: word for stemmed, word in stems.items() if rarity(stemmed, language) >= TELLING}

    def explain(self, candidate: Candidate, score: float, confidence: MatchConfidence) -> Match:
        """Return a candidate as a match with reasons and evidence."""
        passages = self._table.passages(candidate.record_id)
        quotes = self._quotes(passages)
        reasons = [*self._named(candidate), *self._shared(quotes), *self._took_part(quotes), *self._near(candidate)]
        if not reasons:
            reasons = [Reason(kind=ReasonKind.ALIKE)]
        return Match(
            record_id=candidate.record_id,
            kind=candidate.kind,
            score=score,
            confidence=confidence,
            reasons=tuple(reasons),
            evidence=tuple(_evidence(quote) for quote in quotes),
            parts=candidate.parts,
        )

    def _worth(self, item: NumberedPassage) -> float:
        passage = item.passage
        worth = self._cosines.get(item.number, 0.0)
        worth += _CONCEPT_WORTH * sum(concept in self._asked for concept in item.concepts)
        worth += _WORD_WORTH * len(self._words_shared(item))
        return worth - _LANGUAGE_WORTH * FALLBACKS[self._query.need.language].index(passage.language)

    def _quotes(self, passages: Sequence[NumberedPassage]) -> list[NumberedPassage]:
        """Return the best passage, and the best of the other sort (own or evidence) where it is nearly as good."""
        passages = [item for item in passages if item.passage.facet not in UNQUOTED]
        if not passages:
            return []
        worth = {item.number: self._worth(item) for item in passages}
        ranked = sorted(passages, key=lambda item: (-worth[item.number], item.number))
        first = ranked[0]
        is_evidence = first.passage.facet is Facet.EVIDENCE
        others = (item for item in ranked[1:] if (item.passage.facet is Facet.EVIDENCE) != is_evidence)
        second = next(others, None)
        if second and worth[second.number] >= _SECOND_QUOTE * worth[first.number]:
            return [first, second]
        return [first]

    def _words_shared(self, item: NumberedPassage) -> list[str]:
        if language_group(item.passage.language) != language_group(self._query.need.language):
            return []
        return [word for stemmed, word in self._terms.items() if stemmed in item.stems]

    def _named(self, candidate: Candidate) -> list[Reason]:
        # The other names of an idea are words for its subject, which nobody means as a name.
        hit = self._names.get(candidate.record_id) if candidate.kind is not Kind.IDEA else None
        return [Reason(kind=ReasonKind.NAMED, labels=(hit.name,))] if hit else []

    def _shared(self, quotes: Sequence[NumberedPassage]) -> list[Reason]:
        language = self._query.need.language
        in_quotes = {concept for quote in quotes for concept in quote.concepts}
        concepts = [mention for concept, mention in self._asked.items() if concept in in_quotes]
        labels = [self._finder.label(mention.concept_id, language).text for mention in concepts]
        told = {word for mention in concepts for word in mention.label.split()}
        for quote in quotes:
            labels += [word for word in self._words_shared(quote) if word not in told]
        labels = list(dict.fromkeys(labels))[:SHOWN_LABELS]
        return [Reason(kind=ReasonKind.SHARED, labels=tuple(labels))] if labels else []

    def _took_part(self, quotes: Sequence[NumberedPassage]) -> list[Reason]:
        return [
            Reason(kind=ReasonKind.TOOK_PART, idea=quote.passage.about, role=quote.passage.role)
            for quote in quotes
            if quote.passage.about
        ]

    def _near(self, candidate: Candidate) -> list[Reason]:
        place = self._query.need.place
        return [Reason(kind=ReasonKind.NEAR, labels=(place.name,))] if place and candidate.parts.get("place") else []


def _evidence(quote: NumberedPassage) -> Evidence:
    passage = quote.passage
    return Evidence(
        record_id=passage.about or passage.record_id,
        facet=passage.facet,
        quote=passage.text,
        language=passage.language,
        source=passage.source,
    )
