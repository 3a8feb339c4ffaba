"""The index made from the store, whole or by what changed.

Invariant: an index updated by changes finds the same records, for the same reasons, as one built whole; scores may
differ a little until tantivy has merged away what was replaced. What depends on a
changed record follows it: an actor's evidence follows the ideas it took part in. A change of the vocabulary
touches the tags of every passage, so it builds the index whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np

from corpus.files import Record, kind_of
from corpus.records import Actor, CurationState, Kind, ProjectIdea
from corpus.store import RecordStore
from corpus.text import Language
from corpus.vocabulary import Concept
from index.analysis import stems, terms, words
from index.build_versions import build_versions
from index.encoders import Encoder
from index.errors import IndexFileError
from index.storage.concepts import ConceptFinder
from index.storage.dense import Ids, Vectors
from index.storage.lexical import LexicalDocument, LexicalIndex, char_trigrams
from index.storage.passage_rows import TaggedPassage, Tags
from index.storage.passage_table import PassageTable
from index.storage.passages import SEARCHED_KINDS, Facet, Passage, ProjectParticipation, passages_of
from index.storage.persistence import (
    FORMAT,
    LEXICAL,
    PASSAGES,
    Generation,
    Manifest,
    dense_file,
    link,
    mark_files,
    publish,
    stage,
    stage_copy,
)
from index.storage.record_traits import names_of
from index.storage.vectors import Means, VectorStore

Progress = Callable[[int, int], None]
"""Called with the records done and the records in all."""

RECORDS_AT_ONCE = 4_000
"""Records that are analysed, encoded and written together; bounds the memory a build takes."""
WHOLE_ABOVE = 0.3
"""The share of changed records above which building whole is the quicker way."""


class PassageEncoder(Protocol):
    """What an index asks of an encoder while it is written."""

    @property
    def dim(self) -> int:
        """Numbers in a vector."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return texts as vectors (len(texts), dim) of length 1."""


class KnownVectors:
    """An encoder that takes the vectors of texts that an index holds from there."""

    def __init__(
        self, encoder: Encoder, held: Mapping[Kind, VectorStore], numbers: Mapping[str, tuple[Kind, int]]
    ) -> None:
        """Encode with an encoder what is not held, given by text the kind and the number of what is."""
        self.dim = encoder.dim
        self._encoder = encoder
        self._held = held
        self._numbers = numbers

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return texts as vectors (len(texts), dim) of length 1."""
        vectors = np.empty((len(texts), self.dim), dtype=np.float32)
        places: dict[Kind, list[int]] = defaultdict(list)
        for place, text in enumerate(texts):
            if (known := self._numbers.get(text)) is not None:
                places[known[0]].append(place)
        left = set(range(len(texts)))
        for kind, some in places.items():
            held = self._held[kind].vectors([self._numbers[texts[place]][1] for place in some])
            if held is not None:
                vectors[some] = held
                left -= set(some)
        if left:
            rest = sorted(left)
            vectors[rest] = self._encoder.encode_passages([texts[place] for place in rest])
        return vectors


class IndexWriter:
    """A staged index being filled: passages, words and vectors of records, kept in step."""

    def __init__(
        self,
        table: PassageTable,
        lexical: LexicalIndex,
        finder: ConceptFinder,
        encoder: PassageEncoder,
        tags: Mapping[tuple[str, str], Tags] | None = None,
    ) -> None:
        self._table = table
        self._lexical = lexical
        self._finder = finder
        self._encoder = encoder
        # What is known already by text and language, of the same vocabulary.
        self._tags = tags or {}
        self._ids: dict[Kind, list[Ids]] = defaultdict(list)
        self._vectors: dict[Kind, list[Vectors]] = defaultdict(list)

    def add(
        self,
        records: Iterable[Record],
        taken_part: Mapping[str, Iterable[ProjectParticipation]],
        removed: Iterable[str] = (),
    ) -> None:
        """Add records, actors with the ideas they took part in, after removing the words of those named."""
        numbers: dict[Kind, list[int]] = defaultdict(list)
        texts: dict[Kind, list[str]] = defaultdict(list)
        documents = []
        for record in records:
            kind = kind_of(record.id)
            tagged = [self._tagged(passage) for passage in passages_of(record, taken_part.get(record.id, ()))]
            documents.append(_document(record, kind, tagged))
            for numbered in self._table.add(record, kind, tagged):
                numbers[kind].append(numbered.number)
                texts[kind].append(numbered.passage.text)
        self._lexical.update(documents, removed)
        for kind, some in texts.items():
            self._ids[kind].append(np.asarray(numbers[kind], dtype=np.int64))
            self._vectors[kind].append(self._encoder.encode_passages(some))

    def vectors(self, kind: Kind) -> tuple[Ids, Vectors]:
        """Return the numbers (n,) and vectors (n, dim) of all passages of a kind that were added."""
        if not self._ids[kind]:
            return np.empty(0, dtype=np.int64), np.empty((0, self._encoder.dim), dtype=np.float32)
        return np.concatenate(self._ids[kind]), np.concatenate(self._vectors[kind])

    def _tagged(self, passage: Passage) -> TaggedPassage:
        if passage.facet is Facet.WHOLE:
            return TaggedPassage(passage, (), frozenset())
        if known := self._tags.get((passage.text, passage.language)):
            return TaggedPassage(passage, *known)
        concepts = self._finder.spoken_of(passage.text, passage.language)
        return TaggedPassage(passage, concepts, frozenset(stems(words(passage.text), passage.language)))


def build_index(store: RecordStore, means: Means, home: Path, progress: Progress | None = None) -> Generation:
    """Build the index of a store whole and make it current; call it while `persistence.writing`."""
    revision = store.revision()
    finder = ConceptFinder.of(concept for concept in store.records(Kind.CONCEPT) if isinstance(concept, Concept))
    taken_part = participations_by_actor(store)
    staged = stage(home)
    lexical = LexicalIndex.create(staged / LEXICAL)
    with closing(PassageTable.create(staged / PASSAGES)) as table:
        table.put_concepts(finder)
        filling = IndexWriter(table, lexical, finder, means.encoder)
        ids = [record_id for kind in SEARCHED_KINDS for record_id in store.ids(kind)]
        done = 0
        for batch in _batches(ids):
            filling.add(store.get_many(batch).values(), taken_part)
            done += len(batch)
            if progress:
                progress(done, len(ids))
        table.commit()
    dense = {kind: means.vectors.build(*filling.vectors(kind)) for kind in SEARCHED_KINDS}
    return _publish(Staged(staged, revision, lexical.count, dense), store, means, home)


def participations_by_actor(store: RecordStore) -> dict[str, list[ProjectParticipation]]:
    """Return, by actor, its parts in all published ideas."""
    taken_part: dict[str, list[ProjectParticipation]] = defaultdict(list)
    for idea in store.records(Kind.IDEA):
        for actor, part in _parts(idea):
            taken_part[actor].append(part)
    return taken_part


class Change(NamedTuple):
    """What has changed in a store since a generation was made."""

    revision: int
    """The newest revision of it."""
    record_ids: Sequence[str]


class ChangedStore(Protocol):
    """What an index asks of a store to follow its changes."""

    @property
    def store_id(self) -> str:
        """The identity of the store."""

    def get_many(self, record_ids: Sequence[str]) -> dict[str, Record]:
        """Return the records of some ids, in any state."""

    def fingerprint(self) -> str:
        """Return one hash for all published records."""


def update_index(store: RecordStore, means: Means, home: Path, generation: Generation) -> Generation:
    """Bring a generation up to the store's newest revision and make it current; call it while `writing`.

    Raises:
        IndexFileError: so much has changed that it is better made anew.
    """
    manifest = generation.manifest
    revision = store.revision()
    changed = store.changed_since(manifest.revision)
    if any(kind_of(i) is Kind.CONCEPT for i in changed) or len(changed) > WHOLE_ABOVE * max(manifest.records, 1):
        raise IndexFileError(f"{len(changed)} records were changed, or the vocabulary; the index is made anew.")
    return follow(store, means, home, generation, Change(revision, changed))


def follow(store: ChangedStore, means: Means, home: Path, generation: Generation, change: Change) -> Generation:
    """Make current in a home what a generation becomes by a change of records; the vocabulary stays."""
    changed = change.record_ids
    dense = {
        kind: means.vectors.load(generation.folder / dense_file(kind), generation.manifest.dense[kind])
        for kind in SEARCHED_KINDS
    }
    staged = stage_copy(home, generation)
    with closing(PassageTable.edit(staged / PASSAGES)) as table:
        now = {i: record for i, record in store.get_many(changed).items() if record.state is CurationState.PUBLISHED}
        followers = table.actors_of(changed) | {
            participation.actor
            for record in now.values()
            if isinstance(record, ProjectIdea)
            for participation in record.participants
        }
        removed: dict[Kind, list[int]] = defaultdict(list)
        touched = sorted({*changed, *followers})
        # Most of what is written anew is as it was: of who took part in an idea, all but what tells of it.
        tags, known = table.tags(touched), KnownVectors(means.encoder, dense, table.numbers_of_texts(touched))
        for record_id in touched:
            removed[kind_of(record_id)].extend(table.remove(record_id))
        lexical = LexicalIndex.load(staged / LEXICAL)
        filling = IndexWriter(table, lexical, table.concepts(), known, tags)
        filling.add((record for record in now.values() if not isinstance(record, Actor)), {}, removed=touched)
        actors = [record for record in store.get_many(touched).values() if isinstance(record, Actor)]
        actors = [actor for actor in actors if actor.state is CurationState.PUBLISHED]
        filling.add(actors, _taken_part(store, table, actors))
        table.commit()
    for kind in SEARCHED_KINDS:
        ids, vectors = filling.vectors(kind)
        if removed[kind] or len(ids):
            dense[kind].remove(removed[kind])
            dense[kind].add(ids, vectors)
        else:
            for path in generation.folder.glob(f"{kind}.*"):
                link(path, staged / path.name)
    return _publish(Staged(staged, change.revision, lexical.count, dense), store, means, home)


def _parts(idea: Record) -> Iterator[tuple[str, ProjectParticipation]]:
    if isinstance(idea, ProjectIdea):
        for participation in idea.participants:
            yield participation.actor, ProjectParticipation(idea, participation)


def _taken_part(
    store: ChangedStore, table: PassageTable, actors: Iterable[Actor]
) -> dict[str, list[ProjectParticipation]]:
    taken_part: dict[str, list[ProjectParticipation]] = {}
    for actor in actors:
        ideas = store.get_many(table.ideas_of(actor.id)).values()
        parts = (part for idea in ideas for owner, part in _parts(idea) if owner == actor.id)
        taken_part[actor.id] = list(parts)
    return taken_part


def _batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), RECORDS_AT_ONCE):
        yield ids[start : start + RECORDS_AT_ONCE]


def _document(record: Record, kind: Kind, tagged: Sequence[TaggedPassage]) -> LexicalDocument:
    own: dict[Language, list[str]] = defaultdict(list)
    evidence: dict[Language, list[str]] = defaultdict(list)
    concepts: list[str] = []
    evidence_concepts: list[str] = []
    for passage, mentioned, _ in tagged:
        if passage.facet is Facet.WHOLE:
            # Its words are those of the other passages.
            continue
        is_evidence = passage.facet is Facet.EVIDENCE
        (evidence if is_evidence else own)[passage.language] += terms(passage.text, passage.language)
        (evidence_concepts if is_evidence else concepts).extend(mentioned)
    names = list(dict.fromkeys(name.text for name in names_of(record)))
    for name in names:
        for language in (Language.NB, Language.EN):
            own[language] += terms(name, language)
    letters = [run for name in names for run in char_trigrams(name)]
    from_registry = isinstance(record, ProjectIdea) and record.origin.registry is not None
    return LexicalDocument(record.id, kind, own, evidence, concepts, evidence_concepts, letters, from_registry)


class Staged(NamedTuple):
    """A generation that is written and not yet current."""

    folder: Path
    revision: int
    records: int
    dense: dict[Kind, VectorStore]


def _publish(staged: Staged, store: ChangedStore, means: Means, home: Path) -> Generation:
    for kind, vectors in staged.dense.items():
        if not (staged.folder / dense_file(kind)).exists():
            vectors.save(staged.folder / dense_file(kind))
    manifest = Manifest(
        format=FORMAT,
        store_id=store.store_id,
        revision=staged.revision,
        fingerprint=store.fingerprint(),
        encoder=means.encoder.name,
        encoder_fingerprint=means.encoder.fingerprint,
        made_by=build_versions(),
        dim=means.encoder.dim,
        vectors=means.vectors.name,
        dense={kind: vectors.factory for kind, vectors in staged.dense.items()},
        records=staged.records,
        passages=sum(vectors.count for vectors in staged.dense.values()),
        files=mark_files(staged.folder),
    )
    return publish(home, staged.folder, manifest)
