"""Retrievers: each finds records for a query in its own way and scores them from 0 to 1.

Invariant: a retriever never sees what another found; a record it does not know is simply not among its hits. To
add a way of finding, add a class with `retrieve` and the contract tests, and give its parts a weight.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

import numpy as np

from corpus.records import Kind
from index.analysis import STOPWORDS, stem, words
from index.concepts import ConceptFinder, Mention
from index.dense import DenseIndex, Vectors
from index.encoders import Encoder
from index.lexical import CONCEPTS, EVIDENCE, EVIDENCE_CONCEPTS, OWN, LexicalIndex
from index.names import NameHit, find_names
from index.need import Need
from index.passage_table import PassageTable
from index.passages import Facet

PASSAGES_PER_KIND = 300
"""Nearest passages that are looked at for each kind; many more facets than the records that are shown have."""
EVERYDAY_MEANT = 4
"""Nearest everyday questions of a record that are taken together: one alike may be chance, several are a subject."""
WORDS_ENCODED = 40
"""Words of a question that are encoded one by one, the rarest of them."""
WHOLE_SHARE = 0.5
"""The weight of the whole question beside its words."""

NAMES_COMPARED = 25
"""Records whose names share most letters with the question, and are compared with it."""


class Query(NamedTuple):
    """A need made ready for the retrievers."""

    need: Need
    vector: Vectors
    """The encoded text (dim,), of length 1, or zeros where nothing of it could be encoded."""
    mentions: tuple[Mention, ...]
    concepts: Mapping[str, float]
    """Weights of the concepts named and of those near them."""


class Hit(NamedTuple):
    """A record found in one way."""

    record_id: str
    part: str
    """The part of the final score this counts for."""
    score: float


class Found(NamedTuple):
    """What a retriever found, with what explanations need of it."""

    hits: list[Hit]
    passages: Mapping[int, float] = {}
    """Cosines of passages, by number."""
    names: tuple[NameHit, ...] = ()


class Retriever(Protocol):
    """One way of finding records."""

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of the final score it gives."""
        ...

    def retrieve(self, query: Query, kind: Kind, top_k: int) -> Found:
        """Return hits of one kind, at most ``top_k`` for each part, in no particular order."""
        ...


def understand_query(need: Need, encoder: Encoder, finder: ConceptFinder, lexical: LexicalIndex, share: float) -> Query:
    """Return a need made ready: encoded, and with the concepts it names and those near them at a share."""
    mentions = tuple(finder.find(need.text, need.language, lambda stem: lexical.knows(stem, need.language)))
    return Query(need, _vector(need, encoder, lexical), mentions, finder.widened(mentions, share))


def _vector(need: Need, encoder: Encoder, lexical: LexicalIndex) -> Vectors:
    """Return the mean direction of the whole question and of its words that carry a subject, the rare ones most.

    The whole keeps what small words tell; the words alone are not drawn towards other questions of the same form.
    """
    ignored = STOPWORDS[need.language]
    rarity = {
        word: lexical.word_rarity(stem(word, need.language), need.language)
        for word in words(need.text)
        if word not in ignored
    }
    subject = sorted(rarity, key=lambda word: -rarity[word])[:WORDS_ENCODED]
    vectors = encoder.encode_queries([need.text, *subject])
    total = vectors[0]
    if subject:
        total = WHOLE_SHARE * total + _unit(np.array([rarity[word] for word in subject]) @ vectors[1:])
    return np.asarray(_unit(total), dtype=np.float32)


def _unit(vector: Vectors) -> Vectors:
    length = float(np.linalg.norm(vector))
    return vector / length if length else vector


_PART_OF = {Facet.EVIDENCE: "dense_evidence", Facet.WHOLE: "whole"}


class DenseRetriever:
    """Finds by likeness of meaning: a record's best passage, its everyday questions, it as a whole, its evidence."""

    parts = ("dense", "everyday", "whole", "dense_evidence")

    def __init__(self, indexes: Mapping[Kind, DenseIndex], table: PassageTable, facets: Mapping[Facet, float]) -> None:
        self._indexes = indexes
        self._table = table
        self._facets = facets

    def retrieve(self, query: Query, kind: Kind, top_k: int) -> Found:
        """Return the records of the nearest passages, each facet weighed."""
        nearest = dict(self._indexes[kind].search(query.vector, PASSAGES_PER_KIND))
        heads = self._table.heads(nearest)
        best: dict[str, dict[str, float]] = {"dense": {}, **{part: {} for part in _PART_OF.values()}}
        weighed = {facet: (best[_PART_OF.get(facet, "dense")], self._facets.get(facet, 1.0)) for facet in Facet}
        everyday: dict[str, list[float]] = {}
        # Thousands of passages for each question: this is where a search spends its time.
        for number, found in nearest.items():
            record_id, facet = heads[number]
            cosine = min(max(found, 0.0), 1.0)
            if facet is Facet.ASKED:
                everyday.setdefault(record_id, []).append(cosine)
            of_part, weight = weighed[facet]
            score = cosine * weight
            if score > of_part.get(record_id, -1.0):
                of_part[record_id] = score
        hits = [Hit(record_id, part, score) for part, scores in best.items() for record_id, score in scores.items()]
        for record_id, cosines in everyday.items():
            hits.append(Hit(record_id, "everyday", sum(sorted(cosines)[-EVERYDAY_MEANT:]) / EVERYDAY_MEANT))
        return Found(_best(hits, top_k), nearest)


class WordRetriever:
    """Finds by words in common, rare ones counting most."""

    parts = ("words", "words_evidence")

    def __init__(self, lexical: LexicalIndex) -> None:
        self._lexical = lexical

    def retrieve(self, query: Query, kind: Kind, top_k: int) -> Found:
        """Return the records that share words with the question."""
        need = query.need
        hits: list[Hit] = []
        for part, field in zip(self.parts, (OWN, EVIDENCE), strict=True):
            found = self._lexical.search_text(field, need.text, need.language, kind, top_k)
            hits.extend(Hit(record_id, part, score) for record_id, score in found)
        return Found(hits)


class ConceptRetriever:
    """Finds by concepts in common, whatever the language or the wording."""

    parts = ("concepts", "concepts_evidence")

    def __init__(self, lexical: LexicalIndex) -> None:
        self._lexical = lexical

    def retrieve(self, query: Query, kind: Kind, top_k: int) -> Found:
        """Return the records that speak of the same concepts."""
        hits: list[Hit] = []
        for part, field in zip(self.parts, (CONCEPTS, EVIDENCE_CONCEPTS), strict=True):
            found = self._lexical.search_concepts(field, query.concepts, kind, top_k)
            hits.extend(Hit(record_id, part, score) for record_id, score in found)
        return Found(hits)


class NameRetriever:
    """Finds records that the question names, typing errors forgiven."""

    parts = ("name",)

    def __init__(self, lexical: LexicalIndex, table: PassageTable) -> None:
        self._lexical = lexical
        self._table = table

    def retrieve(self, query: Query, kind: Kind, top_k: int) -> Found:
        """Return the records named."""
        candidates = self._lexical.search_letters(query.need.text, kind, min(top_k, NAMES_COMPARED))
        named = tuple(find_names(query.need.text, self._table.names(candidates)))
        return Found([Hit(hit.record_id, "name", hit.score) for hit in named], names=named)


def _best(hits: Iterable[Hit], top_k: int) -> list[Hit]:
    by_part: dict[str, list[Hit]] = {}
    for hit in hits:
        by_part.setdefault(hit.part, []).append(hit)
    ranked = (sorted(group, key=lambda hit: (-hit.score, hit.record_id))[:top_k] for group in by_part.values())
    return [hit for group in ranked for hit in group]
