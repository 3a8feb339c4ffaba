"""BM25 over records, in tantivy: words, concepts and letters of names.

Invariant: what is indexed and what is asked go through the same analyser, so no query syntax is ever parsed and
no text can be a hostile query. A score is the share of the best BM25 score that any record could have got for
the question: words that no record knows count against it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from corpus.records import Kind
from corpus.text import Language
from index.analysis import LANGUAGE_GROUPS, compound_parts, language_group, terms, words
from index.errors import IndexFileError

if TYPE_CHECKING:
    from tantivy import DocAddress, Index, Query, Searcher

K1 = 1.2
"""BM25's saturation in tantivy; a term's score is less than idf · (K1 + 1)."""
WORDS_WANTED = 100
"""Words of a question that are looked for, the rarest of them; hardly any question has as many."""
LEAST_ASKED = 5.0
"""The sum of rarities that a question is taken to have at least; one that holds nothing but a common word, such as
*municipality*, must not be answered in full by every record with that word."""
WRITER_MEMORY = 64_000_000
"""Bytes that the writer may hold before it flushes a segment."""

REGISTRY = "registry"
"""Stands in the place of a kind for projects from registers: searched apart, they crowd out no idea of people."""
OWN, EVIDENCE, CONCEPTS, EVIDENCE_CONCEPTS, LETTERS = "own", "evidence", "concepts", "evidence_concepts", "letters"
SUBJECT = "subject"
"""Is no field: what is wanted of concepts and words together."""


class LexicalDocument(NamedTuple):
    """What of one record is indexed: tokens by field; text fields are split by language group."""

    record_id: str
    kind: Kind
    own: Mapping[Language, list[str]]
    evidence: Mapping[Language, list[str]]
    concepts: list[str]
    evidence_concepts: list[str]
    letters: list[str]
    from_registry: bool = False
    """Whether it is a project that was read from a register."""


class PreparedQuery(NamedTuple):
    """What a question wants of one field, made ready once for all kinds; made and used by the same index."""

    query: Query
    best_possible: float
    """More than any record can score."""


def text_field(name: str, language: Language) -> str:
    """Return the field that holds text in a language; bokmål and nynorsk share one."""
    return f"{name}_{language_group(language)}"


def char_trigrams(text: str) -> list[str]:
    """Return the three-letter runs of the words of a text, with word ends marked, for names with typing errors."""
    runs: list[str] = []
    for word in words(text):
        marked = f"^{word}$"
        runs.extend(marked[start : start + 3] for start in range(len(marked) - 2))
    return runs


_COMPOUND = 8
"""Letters of a stem that may be that of a compound."""
_HEAD = re.compile(r"[a-zæøå]{5,24}")
"""Stems that compounds are looked for by: long enough to begin few words, and safe within a pattern."""
_HEADS = 8
"""Words of a question whose compounds are looked for at most."""
_OF_COMPOUND = 0.5
"""What a compound counts of what the word that it begins with would."""
_RARITIES_KEPT = 100_000
"""Tokens whose rarity is kept in memory."""
_IDS_KEPT = 100_000
"""Records whose id is kept in memory."""


class LexicalIndex:
    """The words, concepts and name letters of all records."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._index.reload()
        self._searcher: Searcher = index.searcher()
        self._rarities: dict[tuple[str, str], float] = {}
        self._ids: dict[tuple[int, int], str] = {}

    @classmethod
    def create(cls, folder: Path) -> LexicalIndex:
        """Make an empty index in an existing folder."""
        from tantivy import Index, SchemaBuilder

        builder = SchemaBuilder()
        for name in ("id", "kind"):
            builder.add_text_field(name, stored=name == "id", tokenizer_name="raw", index_option="basic")
        for name in (OWN, EVIDENCE):
            for group in LANGUAGE_GROUPS:
                builder.add_text_field(f"{name}_{group}", tokenizer_name="whitespace", index_option="freq")
        for name in (CONCEPTS, EVIDENCE_CONCEPTS, LETTERS):
            builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
        return cls(Index(builder.build(), path=str(folder)))

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """Open the index in a folder.

        Raises:
            IndexFileError: tantivy cannot read it.
        """
        from tantivy import Index

        try:
            return cls(Index.open(str(folder)))
        except (ValueError, OSError) as error:
            raise IndexFileError(f"{folder}: tantivy cannot read it; it is rebuilt from the store.") from error

    def update(self, documents: Iterable[LexicalDocument], removed: Iterable[str] = ()) -> None:
        """Put documents in place of older ones with their ids, and remove those named; visible when this returns.

        Raises:
            OSError: they cannot be written.
        """
        try:
            self._update(documents, removed)
        except ValueError as error:
            # tantivy tells of a full disk by this too.
            raise OSError(f"tantivy could not write ({error})") from error
        self._index.reload()
        self._searcher = self._index.searcher()
        self._rarities, self._ids = {}, {}

    def _update(self, documents: Iterable[LexicalDocument], removed: Iterable[str]) -> None:
        from tantivy import Document

        writer = self._index.writer(heap_size=WRITER_MEMORY, num_threads=1)
        for record_id in removed:
            writer.delete_documents_by_term("id", record_id)
        for document in documents:
            writer.delete_documents_by_term("id", document.record_id)
            stored = Document(id=document.record_id, kind=REGISTRY if document.from_registry else document.kind.value)
            for name, by_language in ((OWN, document.own), (EVIDENCE, document.evidence)):
                for language, tokens in by_language.items():
                    stored.add_text(text_field(name, language), " ".join(tokens))
            stored.add_text(CONCEPTS, " ".join(document.concepts))
            stored.add_text(EVIDENCE_CONCEPTS, " ".join(document.evidence_concepts))
            stored.add_text(LETTERS, " ".join(document.letters))
            writer.add_document(stored)
        writer.commit()
        writer.wait_merging_threads()

    @property
    def count(self) -> int:
        """How many records are held."""
        return int(self._searcher.num_docs)

    def rarity(self, field: str, token: str) -> float:
        """Return a token's inverse document frequency in a field, as BM25 has it; highest for unknown tokens."""
        kept = self._rarities.get((field, token))
        if kept is None:
            known = self._searcher.doc_freq(field, token)
            total = self._searcher.num_docs
            kept = math.log(1 + (max(total - known, 0) + 0.5) / (known + 0.5))
            if len(self._rarities) >= _RARITIES_KEPT:
                self._rarities.clear()
            self._rarities[field, token] = kept
        return kept

    def word_idf(self, stem: str, language: Language) -> float:
        """Return a stem's inverse document frequency in what records say of themselves."""
        return self.rarity(text_field(OWN, language), stem)

    def concept_idf(self, concept_id: str) -> float:
        """Return a concept's inverse document frequency in what records say of themselves."""
        return self.rarity(CONCEPTS, concept_id)

    def uses(self, concept_id: str) -> int:
        """Return how many records speak of a concept in what they say of themselves."""
        return int(self._searcher.doc_freq(CONCEPTS, concept_id))

    def knows(self, stem: str, language: Language) -> bool:
        """Tell whether any record uses a word with that stem."""
        return bool(self._searcher.doc_freq(text_field(OWN, language), stem))

    def text_query(self, name: str, text: str, language: Language) -> PreparedQuery | None:
        """Return what is wanted by the words of a question, in ``own`` or ``evidence``.

        A word that no record uses is wanted by its parts that some use, and by the compounds that begin with it:
        *busstilbud* by *buss* and *tilbud*, *hjort* by *hjortevilt*.
        """
        field, found = text_field(name, language), list(dict.fromkeys(terms(text, language)))
        if len(found) > WORDS_WANTED:
            found = sorted(found, key=lambda word: -self.rarity(field, word))[:WORDS_WANTED]
        weights: dict[str, float] = {}
        for word in found:
            for part, weight in self._known_parts(field, word, language).items():
                weights[part] = max(weights.get(part, 0.0), weight)
        heads = [] if language is Language.EN else [word for word in weights if self._may_begin(field, word)]
        return self._wanted(field, weights, heads[:_HEADS])

    def known_parts(self, stemmed: str, language: Language) -> list[str]:
        """Return a stem that some record uses of itself, or those of its two parts that some do."""
        field = text_field(OWN, language)
        parts = self._known_parts(field, stemmed, language)
        return [part for part in parts if not self._is_unknown(field, part)]

    def _known_parts(self, field: str, word: str, language: Language) -> dict[str, float]:
        """Return the two parts of a stem that no record uses, each with its weight; else the stem itself."""
        if language is Language.EN or len(word) < _COMPOUND or not self._is_unknown(field, word):
            return {word: 1.0}
        pairs = compound_parts(word, language, lambda part: not self._is_unknown(field, part))
        if not pairs:
            return {word: 1.0}
        best = max(pairs, key=lambda pair: sum(self.rarity(field, part) for part in pair))
        return dict.fromkeys(best, 1 / len(best))

    def _may_begin(self, field: str, token: str) -> bool:
        """Tell whether a stem that no record has may be what compounds of records begin with."""
        return _HEAD.fullmatch(token) is not None and self._is_unknown(field, token)

    def _is_unknown(self, field: str, token: str) -> bool:
        """Tell whether no record has a token in a field."""
        return not self._searcher.doc_freq(field, token)

    def concept_query(self, name: str, weights: Mapping[str, float]) -> PreparedQuery | None:
        """Return what is wanted by weighted concepts, in ``concepts`` or ``evidence_concepts``."""
        return self._wanted(name, weights)

    def best_query(
        self, concepts: Mapping[str, float], stems: Mapping[str, float], language: Language
    ) -> PreparedQuery | None:
        """Return what is wanted by concepts and stems of which the best alone counts: a record scores its weight."""
        from tantivy import Query

        schema, field = self._index.schema, text_field(OWN, language)
        some = [
            Query.const_score_query(Query.term_query(schema, name, token, "basic"), weight)
            for name, weights in ((CONCEPTS, concepts), (field, stems))
            for token, weight in weights.items()
        ]
        return PreparedQuery(Query.disjunction_max_query(some), 1.0) if some else None

    def trigram_query(self, text: str) -> PreparedQuery | None:
        """Return what is wanted by the letters of a question, in names."""
        return self._wanted(LETTERS, dict.fromkeys(char_trigrams(text), 1.0))

    def _wanted(self, field: str, weights: Mapping[str, float], heads: Iterable[str] = ()) -> PreparedQuery | None:
        from tantivy import Occur, Query

        if not weights or not self.count:
            return None
        asked = sum(weight * self.rarity(field, token) for token, weight in weights.items())
        schema = self._index.schema
        some: list[tuple[Occur, Query]] = [
            (Occur.Should, Query.boost_query(Query.term_query(schema, field, token, "freq"), weight))
            for token, weight in weights.items()
        ]
        for head in heads:
            compounds = Query.regex_query(schema, field, f"{head}.+")
            some.append((Occur.Should, Query.boost_query(compounds, _OF_COMPOUND * self.rarity(field, head))))
        return PreparedQuery(Query.boolean_query(some), max(asked, LEAST_ASKED) * (K1 + 1))

    def search(self, wanted: PreparedQuery | None, kind: Kind | None, top_k: int) -> list[tuple[str, float]]:
        """Return ids of one kind, or of all, best first, and their shares of the best possible score.

        Of ideas, as many again come from registers as from people.
        """
        if wanted is None:
            return []
        if kind is None:
            return self._search(wanted.query, wanted.best_possible, top_k)
        return [hit for pool in self.search_pools(wanted, kind, top_k) for hit in pool]

    def search_pools(self, wanted: PreparedQuery | None, kind: Kind, top_k: int) -> list[list[tuple[str, float]]]:
        """Return what `search` returns, those of people and those from registers apart."""
        if wanted is None:
            return []
        kinds = (kind.value, REGISTRY) if kind is Kind.IDEA else (kind.value,)
        return [self._search(self._within(wanted.query, name), wanted.best_possible, top_k) for name in kinds]

    def scores(self, wanted: PreparedQuery | None, record_ids: Sequence[str]) -> list[tuple[str, float]]:
        """Return those of some records that have anything of what is wanted, with their shares of the best score."""
        from tantivy import Occur, Query

        if wanted is None or not record_ids:
            return []
        among = Query.const_score_query(Query.term_set_query(self._index.schema, "id", list(record_ids)), 0.0)
        within = Query.boolean_query([(Occur.Must, among), (Occur.Must, wanted.query)])
        return self._search(within, wanted.best_possible, len(record_ids))

    def _within(self, query: Query, kind: str) -> Query:
        """Return a query that only finds what is of one kind."""
        from tantivy import Occur, Query

        of_kind = Query.const_score_query(Query.term_query(self._index.schema, "kind", kind, "basic"), 0.0)
        return Query.boolean_query([(Occur.Must, of_kind), (Occur.Must, query)])

    def _search(self, query: Query, best_possible: float, top_k: int) -> list[tuple[str, float]]:
        # A thousand are found for every question, many times over.
        kept = self._ids
        return [
            (
                kept.get((address.segment_ord, address.doc)) or self._read_id(address),
                score / best_possible if score < best_possible else 1.0,
            )
            for score, address in self._searcher.search(query, limit=top_k, count=False).hits
        ]

    def _read_id(self, address: DocAddress) -> str:
        """Return the id of a record found; reading it from where it is stored takes as long as finding it."""
        if len(self._ids) >= _IDS_KEPT:
            self._ids.clear()
        record_id = self._ids[address.segment_ord, address.doc] = str(self._searcher.doc(address)["id"][0])
        return record_id
