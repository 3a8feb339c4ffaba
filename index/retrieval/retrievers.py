"""Retrievers: each finds records for a query in its own way and scores them from 0 to 1.

Invariant: a retriever finds without seeing what another found, and gives a record the same score where it found it and
where it is asked to score it; a record that has nothing of what is asked is simply not among its hits. To add a way of
finding, add a class with `retrieve`, `score` and the contract tests, and give its parts a weight.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.files import kind_of
from corpus.records import Kind
from index.analysis import STOPWORDS, stem, words
from index.encoders import Encoder
from index.retrieval.names import NameHit, find_names
from index.retrieval.need import Need
from index.retrieval.subject import Subject, subject_of
from index.storage.concepts import ConceptFinder, Mention
from index.storage.dense import Nearest, Vectors
from index.storage.lexical import (
    CONCEPTS,
    EVIDENCE,
    EVIDENCE_CONCEPTS,
    OWN,
    SUBJECT,
    LexicalIndex,
    PreparedQuery,
)
from index.storage.passage_rows import FACETS
from index.storage.passage_table import PassageTable
from index.storage.passages import Facet
from index.storage.vectors import VectorStore

PASSAGES_PER_KIND = 500
"""Nearest passages that are looked at for each kind; many more facets than the records that are shown have."""
EVERYDAY_MEANT = 2
"""Nearest everyday questions of a record that are taken together: one alike may be chance, several are a subject."""
WORDS_ENCODED = 40
"""Words of a question that are encoded one by one, the rarest of them."""
WHOLE_SHARE = 0.5
"""The weight of the whole question beside its words."""

FOUND_IN_ONE_GO = 1_000
"""Records of a kind of which all that share anything with a question are found at once."""
NAMES_COMPARED = 75
"""Records whose names share most letters with the question, and are compared with it."""


class Query(NamedTuple):
    """A need made ready for the retrievers."""

    need: Need
    vector: Vectors
    """The encoded text (dim,), of length 1, or zeros where nothing of it could be encoded."""
    mentions: tuple[Mention, ...]
    wanted: Mapping[str, PreparedQuery | None] = {}
    """By field of the lexical index, what is wanted of it."""
    names: tuple[NameHit, ...] = ()
    """The records that it names, of all kinds."""
    subject: Subject = Subject()
    """What it is about."""


PartScores = Mapping[str, Mapping[str, float]]
"""By part of the final score, and by record that has anything of it, the score."""


class RetrieverResult(NamedTuple):
    """What a retriever found, with what explanations need of it."""

    scores: PartScores
    nearest: tuple[Nearest, ...] = ()
    """The passages that were looked at, with their cosines."""
    all_scores: PartScores | None = None
    """The scores of all records of the kind that have anything of a part, where they were found in one go; None where
    they have to be asked for."""

    def of(self, record_ids: Sequence[str]) -> RetrieverResult:
        """Return the scores of some records among all those that were found in one go."""
        return RetrieverResult(
            {
                part: {record_id: scores[record_id] for record_id in record_ids if record_id in scores}
                for part, scores in (self.all_scores or {}).items()
            }
        )


class Retriever(Protocol):
    """One way of finding records."""

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of the final score it gives."""
        ...

    def retrieve(self, query: Query, kind: Kind, top_k: int) -> RetrieverResult:
        """Return the scores of the best of one kind, at most ``top_k`` for each part, in no particular order."""
        ...

    def score(self, query: Query, kind: Kind, record_ids: Sequence[str]) -> RetrieverResult:
        """Return the scores of some records of one kind, those beyond the best too, in no particular order.

        What ranks beside each other is compared by the same parts: a record that is only just not among the best by one
        part would else seem to have nothing of it.
        """
        ...


def prepare_query(
    need: Need, encoder: Encoder, finder: ConceptFinder, lexical: LexicalIndex, table: PassageTable, share: float
) -> Query:
    """Return a need made ready: encoded, with the records it names, the concepts, and those near them at a share."""
    named = tuple(finder.find(need.text, need.language, lambda stem: lexical.knows(stem, need.language)))
    # Of what no record speaks, what it is a part of is meant: who knows alien species, for Canada geese.
    unused = [one for one in named if not lexical.uses(one.concept_id)]
    mentions = tuple(dict.fromkeys((*named, *finder.wholes(unused))))
    concepts = finder.widened(mentions, share)
    wanted = {field: lexical.text_query(field, need.text, need.language) for field in (OWN, EVIDENCE)}
    wanted |= {field: lexical.concept_query(field, concepts) for field in (CONCEPTS, EVIDENCE_CONCEPTS)}
    subject = subject_of(need, named, lexical, finder.how, finder.wholes(named))
    wanted[SUBJECT] = lexical.best_query(*_parted(subject), need.language)
    names = names_in(need.text, lexical, table)
    return Query(need, direction_of(need, encoder, lexical), mentions, wanted, names, subject)


def _parted(subject: Subject) -> tuple[dict[str, float], dict[str, float]]:
    """Return how telling concepts are, and how telling stems."""
    concepts = {key: worth for key, worth in subject.telling.items() if key in subject.concepts}
    return concepts, {key: worth for key, worth in subject.telling.items() if key not in concepts}


def names_in(text: str, lexical: LexicalIndex, table: PassageTable) -> tuple[NameHit, ...]:
    """Return the records that a text names, best first."""
    lettered = lexical.search(lexical.trigram_query(text), None, NAMES_COMPARED)
    return tuple(find_names(text, table.names([record_id for record_id, _ in lettered])))


def direction_of(need: Need, encoder: Encoder, lexical: LexicalIndex) -> Vectors:
    """Return the mean direction of the whole question and of its words that carry a subject, the rare ones most.

    The whole keeps what small words tell; the words alone are not drawn towards other questions of the same form.
    """
    ignored = STOPWORDS[need.language]
    rarity = {
        word: lexical.word_idf(stem(word, need.language), need.language)
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


Positions = NDArray[np.int64]
Scores = NDArray[np.float64]
_PART_OF = {Facet.EVIDENCE: "dense_evidence", Facet.WHOLE: "whole"}
_BEST_PASSAGE = ("dense", *_PART_OF.values())
_NOT_FOUND = -1.0
"""Less than any score."""


class DenseRetriever:
    """Finds by likeness of meaning: a record's best passage, its everyday questions, it as a whole, its evidence."""

    parts = ("dense", "everyday", "whole", "dense_evidence")

    def __init__(self, indexes: Mapping[Kind, VectorStore], table: PassageTable, facets: Mapping[Facet, float]) -> None:
        self._indexes = indexes
        self._table = table
        self._weights = np.array([facets.get(facet, 1.0) for facet in FACETS])
        self._parts = np.array([_BEST_PASSAGE.index(_PART_OF.get(facet, "dense")) for facet in FACETS])

    def retrieve(self, query: Query, kind: Kind, top_k: int) -> RetrieverResult:
        """Return the records of the nearest passages, each facet weighed."""
        nearest = self._nearest(query.vector, kind)
        # Where registers are held, ideas are chosen from two pools, and all scores are needed until then.
        two_pools = kind is Kind.IDEA and self._table.of_people is not None
        scores = self._scores_of(nearest, len(nearest.ids) if two_pools else top_k)
        return RetrieverResult(self._from_each_pool(scores, top_k) if two_pools else scores, (nearest,))

    def score(self, query: Query, kind: Kind, record_ids: Sequence[str]) -> RetrieverResult:
        """Return the scores of some records by all their passages."""
        numbers = self._table.numbers(record_ids)
        nearest = self._indexes[kind].search(query.vector, len(numbers), numbers)
        return RetrieverResult(self._scores_of(nearest, len(record_ids)), (nearest,))

    def _scores_of(self, nearest: Nearest, most: int) -> PartScores:
        """Return the scores by n passages, of at most so many records for each part."""
        records, facets = self._table.heads(nearest.ids)
        cosines = nearest.cosines.clip(0.0, 1.0)
        found = self._nearest_of(records, self._parts[facets], cosines * self._weights[facets], most)
        asked = facets == FACETS.index(Facet.ASKED)
        return {**found, "everyday": self._everyday(records[asked], cosines[asked], most)}

    def _nearest(self, vector: Vectors, kind: Kind) -> Nearest:
        """Return the nearest passages of a kind; of ideas those of people for themselves, registers hold so many."""
        nearest = self._indexes[kind].search(vector, PASSAGES_PER_KIND)
        if kind is not Kind.IDEA or self._table.of_people is None:
            return nearest
        own = self._indexes[kind].search(vector, PASSAGES_PER_KIND, self._table.of_people)
        fresh = ~np.isin(nearest.ids, own.ids)
        ids, cosines = np.append(own.ids, nearest.ids[fresh]), np.append(own.cosines, nearest.cosines[fresh])
        order = np.argsort(-cosines, kind="stable")
        return Nearest(ids[order], cosines[order])

    def _from_each_pool(self, found: PartScores, top_k: int) -> PartScores:
        """Return the best of each part, as many of what people put forward as from registers."""
        imported = self._table.from_registries(list({record_id for scores in found.values() for record_id in scores}))
        return {
            part: {
                record_id: score
                for there in (False, True)
                for record_id, score in _best(
                    [(record_id, score) for record_id, score in scores.items() if (record_id in imported) is there],
                    top_k,
                )
            }
            for part, scores in found.items()
        }

    def _nearest_of(self, records: Positions, parts: Positions, scores: Scores, top_k: int) -> PartScores:
        """Return for each part the records with the best of n scores, given record, part and score of each (n,)."""
        best = np.full((len(_BEST_PASSAGE), len(self._table.headed)), _NOT_FOUND)
        np.maximum.at(best, (parts, records), scores)
        return {
            name: self._best_of(found, by_record[found], top_k)
            for name, by_record in zip(_BEST_PASSAGE, best, strict=True)
            for found in (np.flatnonzero(by_record > _NOT_FOUND),)
        }

    def _everyday(self, records: Positions, cosines: Scores, top_k: int) -> dict[str, float]:
        """Return the records with the best mean of their nearest everyday questions, those they lack counting as 0."""
        if not len(records):
            return {}
        order = np.lexsort((-cosines, records))
        starts = np.diff(records[order], prepend=-1) != 0
        counted = np.arange(len(order))
        meant = order[counted - np.maximum.accumulate(np.where(starts, counted, 0)) < EVERYDAY_MEANT]
        found, place = np.unique(records[meant], return_inverse=True)
        return self._best_of(found, np.bincount(place, weights=cosines[meant]) / EVERYDAY_MEANT, top_k)

    def _best_of(self, records: Positions, scores: Scores, top_k: int) -> dict[str, float]:
        """Return the best of n records, given each with its score (n,); ties are broken by id."""
        if len(scores) > top_k:
            least = np.partition(scores, -top_k)[-top_k]
            records, scores = records[scores >= least], scores[scores >= least]
        headed = self._table.headed
        found = {headed[at]: score for at, score in zip(records.tolist(), scores.tolist(), strict=True)}
        return found if len(found) <= top_k else dict(_best(found.items(), top_k))


Counted = Mapping[Kind, Mapping[str, float]]
"""By kind, the weight of each part."""


class _FieldRetriever:
    """Finds in fields of the lexical index."""

    fields: Mapping[str, str]
    """By part that it counts for, the field."""

    def __init__(self, lexical: LexicalIndex, counted: Counted | None = None) -> None:
        self._lexical = lexical
        self._counted = counted

    def retrieve(self, query: Query, kind: Kind, top_k: int) -> RetrieverResult:
        """Return the records that share what is asked for; what counts for nothing is not looked for."""
        best: dict[str, dict[str, float]] = {}
        all_scores: dict[str, dict[str, float]] = {}
        most, is_whole = max(top_k, FOUND_IN_ONE_GO), True
        for part, field in self._fields_of(kind):
            for pool in self._lexical.search_pools(query.wanted[field], kind, most):
                best.setdefault(part, {}).update(pool[:top_k])
                all_scores.setdefault(part, {}).update(pool)
                is_whole = is_whole and len(pool) < most
        return RetrieverResult(best, all_scores=all_scores if is_whole else None)

    def score(self, query: Query, kind: Kind, record_ids: Sequence[str]) -> RetrieverResult:
        """Return what some records share with what is asked for."""
        return RetrieverResult(
            {part: dict(self._lexical.scores(query.wanted[field], record_ids)) for part, field in self._fields_of(kind)}
        )

    def _fields_of(self, kind: Kind) -> list[tuple[str, str]]:
        counts = None if self._counted is None else self._counted[kind]
        return [(part, field) for part, field in self.fields.items() if counts is None or counts.get(part)]


class WordRetriever(_FieldRetriever):
    """Finds by words in common, rare ones counting most."""

    parts = ("words", "words_evidence")
    fields = {"words": OWN, "words_evidence": EVIDENCE}  # noqa: RUF012 (never changed)


class ConceptRetriever(_FieldRetriever):
    """Finds by concepts in common, whatever the language or the wording."""

    parts = ("concepts", "concepts_evidence")
    fields = {"concepts": CONCEPTS, "concepts_evidence": EVIDENCE_CONCEPTS}  # noqa: RUF012 (never changed)


class SubjectRetriever(_FieldRetriever):
    """Finds by the rarest thing in common: who speaks of the setting alone is not about what is asked there."""

    parts = ("subject",)
    fields = {"subject": SUBJECT}  # noqa: RUF012 (never changed)


class NameRetriever:
    """Finds records that the question names, typing errors forgiven."""

    parts = ("name",)

    def retrieve(self, query: Query, kind: Kind, top_k: int) -> RetrieverResult:
        """Return the records named."""
        named = [hit for hit in query.names if kind_of(hit.record_id) is kind]
        return RetrieverResult({"name": _by_record(named[:top_k])}, all_scores={"name": _by_record(named)})

    def score(self, query: Query, kind: Kind, record_ids: Sequence[str]) -> RetrieverResult:
        """Return those of some records that are named."""
        wanted = {record_id for record_id in record_ids if kind_of(record_id) is kind}
        named = [hit for hit in query.names if hit.record_id in wanted]
        return RetrieverResult({"name": _by_record(named)})


def _by_record(named: Sequence[NameHit]) -> dict[str, float]:
    """Return the best score of each record that is named, given the best name first."""
    return {hit.record_id: hit.score for hit in reversed(named)}


def _best(scores: Iterable[tuple[str, float]], top_k: int) -> list[tuple[str, float]]:
    """Return the best of some records with their scores; ties are broken by id."""
    return sorted(scores, key=lambda scored: (-scored[1], scored[0]))[:top_k]
