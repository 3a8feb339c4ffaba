"""The spine of the index: retrieve, fuse, rank, explain.

Invariant: a searcher serves one verified generation and never changes; `IndexManager` hands out a new one when the
store has changed.
"""

from __future__ import annotations

import logging
import math
import sqlite3
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import islice, takewhile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from corpus.errors import MellomromError
from corpus.records import ActorType, Kind
from corpus.store import RecordStore
from corpus.text import Language
from index.background_refresh import BackgroundRefreshed
from index.build_versions import build_versions
from index.encoders import Encoder
from index.errors import IndexFileError
from index.retrieval.fusion import Candidate, fuse
from index.retrieval.names import NameHit
from index.retrieval.need import Need
from index.retrieval.retrievers import (
    PASSAGES_PER_KIND,
    ConceptRetriever,
    DenseRetriever,
    Hit,
    NameRetriever,
    Query,
    Retriever,
    RetrieverResult,
    WordRetriever,
    direction_of,
    names_in,
    prepare_query,
)
from index.scoring.explain import Explainer, Match, ReasonKind, RecordLinks
from index.scoring.gate import Feature, features_of
from index.scoring.ranking import MatchConfidence, RankingParameters, default_parameters
from index.storage.builder import Progress, build_index, update_index
from index.storage.concepts import Mention
from index.storage.dense import Vectors
from index.storage.lexical import LexicalIndex
from index.storage.passage_table import PassageTable
from index.storage.passages import SEARCHED_KINDS
from index.storage.persistence import (
    LEXICAL,
    PASSAGES,
    Generation,
    Manifest,
    dense_file,
    linked,
    read_current,
    writing,
)
from index.storage.record_traits import ActorTraits
from index.storage.shelf import Shelf, kin_for
from index.storage.vectors import Means

log = logging.getLogger(__name__)

IDEAS_FOLLOWED = 5
"""Best ideas whose actors are followed."""
THEMES_FOLLOWED = 5
"""Best candidates of each kind that tell what themes a question is of."""
SCHEMES_FOLLOWED = 3
"""Best schemes that lead to who runs them."""
IDEAS_PORTRAYED = 30
"""Best ideas that tell what a need is like."""
PATIENCE = 5.0
"""Seconds that a question waits for an edit to be followed before it is answered by the index from before it."""
NEWEST_PATIENCE = 300.0
"""Seconds that whoever edits waits."""
SHARED_BEHIND = 0.01
"""The share of records changed since what is shared was made, above which the newest is shared instead."""
SHARED_EVERY = timedelta(days=1)
"""How long what is shared may be older than the newest where less was changed."""
OWN_COUNTY, AT_HOME, EVERYWHERE, UNPLACED = 1.0, 0.75, 0.5, 0.4
"""How surely a body is there for who asks: for the asker's county before others, standing in it and there for the
whole country, there for the whole country, there for some counties where nobody told the asker's; else 0."""
CANDIDATES_PER_PART = 40
"""Records that each retriever may bring for each kind."""

NEAREST = 2
"""Records of each kind that are told as nearest to a need that is otherwise met with silence."""
LEAST_NEAR = 0.5
"""The score that these have at least."""
RESCORED = 120
"""Best records of each kind that go on: every retriever scores them, also where it did not find them itself."""


class NearPassages(NamedTuple):
    """Passages near to a vector, the nearest first."""

    record_ids: list[str]
    facets: NDArray[np.int64]
    """(n,) positions in `FACETS`."""
    cosines: NDArray[np.float64]
    """(n,)"""


class Ranked(NamedTuple):
    """The candidates of each kind, best first, and what was found out on the way."""

    candidates: dict[Kind, list[Candidate]]
    running: dict[str, tuple[str, float]]
    """By actor, the best scheme that it runs, and that scheme's score."""
    themes: dict[str, float]
    """By slug of a theme of Los, the share of the best ideas and actors that are about it: a scheme does not vouch for
    its own theme."""
    about: frozenset[str] = frozenset()
    """The concepts that the need names, and those that these are a part of."""


class Portrait(NamedTuple):
    """What a need is like, to be held against others'."""

    direction: Vectors
    """(dim,), of length 1, or zeros where nothing of it could be encoded."""
    ideas: Mapping[str, float]
    """By the ids of the best ideas found for it, their scores."""
    themes: Mapping[str, float]
    """By slug of a theme of Los, the share of it that is about it."""


class SearchResult:
    """What a search found: candidates with their scores, explained one by one where they are asked for."""

    def __init__(
        self,
        need: Need,
        ranked: Ranked,
        answerable: bool,
        general: Sequence[str],
        ranking: RankingParameters,
        explainer: Callable[[], Explainer],
    ) -> None:
        self.need = need
        self.answerable = answerable
        """Whether the need is one that the records can answer; where it is not, no match is more than possible."""
        self.themes = ranked.themes
        """By slug of a theme of Los, the share of the need that is about it."""
        self._candidates = ranked.candidates
        self._general = general
        self._about = ranked.about
        self._ranking = ranking
        self._make_explainer = explainer

    @cached_property
    def _explainer(self) -> Explainer:
        return self._make_explainer()

    def matches(self, kind: Kind, most: int) -> tuple[Match, ...]:
        """Return the best matches of a kind with their reasons; where the need is not answerable, what is nearest."""
        candidates = self._candidates[kind][:most]
        if not self.answerable:
            return tuple(self._nearest(candidates))
        return tuple(self.explained(candidate) for candidate in candidates if self.confidence(candidate) is not None)

    def _nearest(self, candidates: Iterable[Candidate]) -> list[Match]:
        """Return the best few that share a subject with a need that may be out of reach, as no more than possible."""
        least = {"score": self._ranking.steps[MatchConfidence.POSSIBLE], "confidence": MatchConfidence.POSSIBLE}
        near = (self.explained(one) for one in takewhile(lambda one: self.score(one) >= LEAST_NEAR, candidates))
        shared = (match for match in near if any(reason.kind is ReasonKind.SHARED for reason in match.reasons))
        return [match.model_copy(update=least) for match in islice(shared, NEAREST)]

    def schemes(self, most: int) -> list[Candidate]:
        """Return the schemes to judge: the best found, and those for any theme that the asker may always look at."""
        if not self.answerable:
            return []
        found = self._candidates[Kind.INSTRUMENT]
        chosen = found[:most]
        known = {one.record_id: one for one in found[most:]}
        first = {one.record_id for one in chosen}
        others = (one for one in self._general if one not in first)
        return [*chosen, *(known.get(other) or Candidate(other, Kind.INSTRUMENT, {}, 0.0) for other in others)]

    def score(self, candidate: Candidate) -> float:
        """Return the score of a candidate, from 0 to 1; 0 for one that no retriever found."""
        return self._ranking.score(candidate.kind, candidate.total) if candidate.parts else 0.0

    def confidence(self, candidate: Candidate) -> MatchConfidence | None:
        """Return how sure a candidate is, or None where it is better left out."""
        return self._ranking.confidence(self._ranking.score(candidate.kind, candidate.total))

    def shuts_out(self, candidate: Candidate) -> bool:
        """Tell whether a scheme says that it does not pay for what is needed."""
        return self._explainer.shuts_out(candidate.record_id)

    def shares_subject(self, candidate: Candidate) -> bool:
        """Tell whether a record speaks of anything that is asked for."""
        return self._explainer.shares_subject(candidate.record_id)

    def is_about(self, concepts: Iterable[str]) -> bool:
        """Tell whether the need is about one of some concepts, or about a part of one."""
        return not self._about.isdisjoint(concepts)

    def explained(self, candidate: Candidate) -> Match:
        """Return a candidate as a match with its reasons."""
        score = self._ranking.score(candidate.kind, candidate.total)
        confidence = self._ranking.confidence(score) or MatchConfidence.POSSIBLE
        return self._explainer.explain(candidate, score, confidence)


class Searcher:
    """Answers needs from one generation of the index."""

    def __init__(self, generation: Generation, means: Means, ranking: RankingParameters) -> None:
        self.generation = generation
        self.means = means
        folder, self.manifest = generation
        self.ranking = ranking
        self._encoder = means.encoder
        self._table = PassageTable.load(folder / PASSAGES)
        # Whoever still searches when a newer one takes over goes on undisturbed; the last of them closes the file.
        self._closing = weakref.finalize(self, self._table.close)
        self._finder = self._table.concepts()
        self._area_of = {area.kommunenummer or area.fylkesnummer: area.record_id for area in self._table.areas()}
        lexical = self._lexical = LexicalIndex.load(folder / LEXICAL)
        dense = self._dense = {
            kind: means.vectors.load(folder / dense_file(kind), self.manifest.dense[kind]) for kind in SEARCHED_KINDS
        }
        self.retrievers: Sequence[Retriever] = (
            DenseRetriever(dense, self._table, self.ranking.facets),
            WordRetriever(lexical, self.ranking.weights),
            ConceptRetriever(lexical, self.ranking.weights),
            NameRetriever(),
        )

    def close(self) -> None:
        """Let go of the files."""
        self._closing()

    def find(self, need: Need) -> SearchResult:
        """Return what is found for a need, ranked but not yet explained."""
        query = self._query(need)
        found = {kind: self._retrieve(query, kind) for kind in SEARCHED_KINDS}
        ranked = self._ranked(query, found)
        answerable = self.ranking.gate.accepts(self._compute_features(query, ranked.candidates))
        runs = {actor_id: scheme_id for actor_id, (scheme_id, _) in ranked.running.items()}
        sure = self._sure(ranked.candidates[Kind.IDEA])
        general = self._table.general_schemes(need.fylkesnummer) if answerable else []
        return SearchResult(
            need,
            ranked,
            answerable,
            general,
            self.ranking,
            lambda: self._explainer(query, found, RecordLinks(runs, sure)),
        )

    def search(self, need: Need, top_k: int = 5) -> Mapping[Kind, tuple[Match, ...]]:
        """Return for each kind wanted at most ``top_k`` matches, best first, each with its reasons."""
        result = self.find(need)
        return {kind: result.matches(kind, top_k) for kind in need.kinds}

    def candidates(self, need: Need) -> Mapping[Kind, list[Candidate]]:
        """Return every candidate before any is judged; for evaluation and tuning."""
        query = self._query(need)
        return self._ranked(query, {kind: self._retrieve(query, kind) for kind in SEARCHED_KINDS}).candidates

    def direction(self, need: Need) -> Vectors:
        """Return which way a need points (dim,), of length 1 or zero: what of its portrait costs little."""
        return direction_of(need, self._encoder, self._lexical)

    def portrait(self, need: Need) -> Portrait:
        """Return what a need is like: its direction, and what it leads to among the records."""
        query = self._query(need)
        ranked = self._ranked(query, {kind: self._retrieve(query, kind) for kind in SEARCHED_KINDS})
        best = ranked.candidates[Kind.IDEA][:IDEAS_PORTRAYED]
        ideas = {one.record_id: self.ranking.score(Kind.IDEA, one.total) for one in best}
        return Portrait(query.vector, ideas, ranked.themes)

    def features(self, need: Need) -> Mapping[Feature, float]:
        """Return the signs that tell whether a need is answered at all; for tuning."""
        return self._compute_features(self._query(need), self.candidates(need))

    def nearest(self, kind: Kind, vector: Vectors) -> NearPassages:
        """Return the passages of a kind that are nearest to a vector (dim,)."""
        found = self._dense[kind].search(vector, PASSAGES_PER_KIND)
        records, facets = self._table.heads(found.ids)
        return NearPassages([self._table.headed[position] for position in records.tolist()], facets, found.cosines)

    def sorts(self, record_ids: Sequence[str]) -> dict[str, ActorType]:
        """Return what sort of body each of some actors is; for tuning."""
        return {record_id: body.sort for record_id, body in self._table.bodies(record_ids).items()}

    def uses(self, concept_id: str) -> int:
        """Return how many records speak of a concept."""
        return self._lexical.uses(concept_id)

    def named(self, text: str) -> tuple[NameHit, ...]:
        """Return the records that a text names, best first."""
        return names_in(text, self._lexical, self._table)

    def knows(self, word: str, language: Language) -> bool:
        """Tell whether any record uses a word with that stem."""
        return self._lexical.knows(word, language)

    def rarity(self, word: str, language: Language) -> float:
        """Return the inverse document frequency of a stem."""
        return self._lexical.word_idf(word, language)

    def encoded(self, texts: Sequence[str]) -> Vectors:
        """Return texts as vectors (len(texts), dim) of length 1."""
        return self._encoder.encode_queries(texts)

    def mentions(self, text: str, language: Language) -> list[Mention]:
        """Return the concepts that a question names."""
        return self._finder.find(text, language, lambda stem: self._lexical.knows(stem, language))

    def _compute_features(
        self, query: Query, candidates: Mapping[Kind, Sequence[Candidate]]
    ) -> Mapping[Feature, float]:
        scores = {kind: self.ranking.score(kind, some[0].total) for kind, some in candidates.items() if some}
        return features_of(query, candidates, scores)

    def _query(self, need: Need) -> Query:
        share = self.ranking.near_concepts
        return prepare_query(need, self._encoder, self._finder, self._lexical, self._table, share)

    def _retrieve(self, query: Query, kind: Kind) -> list[RetrieverResult]:
        """Return how all retrievers score the best of what any of them finds of a kind."""
        found = [retriever.retrieve(query, kind, CANDIDATES_PER_PART) for retriever in self.retrievers]
        # Where a place is required, few of the best may be there.
        most = None if query.need.place and query.need.place.required else RESCORED
        best = [one.record_id for one in self._fuse(_hits(found), kind)[:most]]
        scored = [
            retriever.score(query, kind, best) if result.all_scores is None else result.of(best)
            for retriever, result in zip(self.retrievers, found, strict=True)
        ]
        return [
            result._replace(passages={**first.passages, **result.passages})
            for first, result in zip(found, scored, strict=True)
        ]

    def _ranked(self, query: Query, found: Mapping[Kind, Sequence[RetrieverResult]]) -> Ranked:
        """Fuse what was found: actors last, since ideas lead to those who took part, and schemes to who runs them."""
        hits = {kind: _hits(some) for kind, some in found.items()}
        themes = self._themes([self._fuse(hits[kind], kind) for kind in (Kind.IDEA, Kind.ACTOR)])
        idea_hits = hits[Kind.IDEA] + self._by_theme(Kind.IDEA, themes, hits[Kind.IDEA])
        idea_hits += self._asked_for(query.need, Kind.IDEA, idea_hits)
        ideas = self._fuse(idea_hits, Kind.IDEA)
        scheme_hits = hits[Kind.INSTRUMENT] + self._by_theme(Kind.INSTRUMENT, themes, hits[Kind.INSTRUMENT])
        scheme_hits += self._by_audience(query.need, scheme_hits)
        scheme_hits += self._asked_for(query.need, Kind.INSTRUMENT, scheme_hits)
        schemes = self._fuse(scheme_hits, Kind.INSTRUMENT)
        actor_hits = hits[Kind.ACTOR] + self._by_theme(Kind.ACTOR, themes, hits[Kind.ACTOR]) + self._by_ideas(ideas)
        running = self._running(schemes)
        actor_hits += [Hit(actor_id, "schemes", score) for actor_id, (_, score) in running.items()]
        standing = {self._area_of.get(number) for number in query.need.context_places}
        actor_hits = [hit for hit in actor_hits if hit.record_id not in standing]
        if query.need.place:
            actor_hits = self._placed(query.need, actor_hits)
        actor_hits += self._asked_for(query.need, Kind.ACTOR, actor_hits)
        actor_hits += self._by_body(query.need, actor_hits)
        actors = self._fuse(actor_hits, Kind.ACTOR)
        ranked = {Kind.IDEA: ideas, Kind.INSTRUMENT: schemes, Kind.ACTOR: actors}
        return Ranked(ranked, running, themes, self._finder.about(query.mentions))

    def _fuse(self, hits: Sequence[Hit], kind: Kind) -> list[Candidate]:
        found = fuse(hits, kind, self.ranking.weights[kind], self.ranking.fusion)
        return self._weighed(found) if kind is Kind.IDEA else found

    def _weighed(self, ideas: list[Candidate]) -> list[Candidate]:
        """Return ideas with the totals of those from registers at what they are worth, best first."""
        imported = self._table.from_registries([idea.record_id for idea in ideas])
        if not imported:
            return ideas
        worth = self.ranking.registries
        weighed = [idea._replace(total=idea.total * worth) if idea.record_id in imported else idea for idea in ideas]
        return sorted(weighed, key=lambda one: (-one.total, one.record_id))

    def _by_ideas(self, ideas: Sequence[Candidate]) -> list[Hit]:
        """Return the actors of the best ideas, each with the idea's total by its role in it."""
        totals = {idea.record_id: min(idea.total, 1.0) for idea in ideas[:IDEAS_FOLLOWED]}
        return [
            Hit(actor_id, "ideas", totals[idea_id] * self.ranking.roles.get(role, 1.0))
            for idea_id, actor_id, role in self._table.parts_in(list(totals))
        ]

    def _running(self, schemes: Sequence[Candidate]) -> dict[str, tuple[str, float]]:
        """Return by actor the best scheme that it runs, and that scheme's score, among those that fit well."""
        scores = {
            scheme.record_id: self.ranking.score(Kind.INSTRUMENT, scheme.total) for scheme in schemes[:SCHEMES_FOLLOWED]
        }
        good = [scheme_id for scheme_id, score in scores.items() if score >= self.ranking.steps[MatchConfidence.GOOD]]
        running: dict[str, tuple[str, float]] = {}
        for scheme_id, actor_id in self._table.authorities(good):
            if scores[scheme_id] > running.get(actor_id, ("", 0.0))[1]:
                running[actor_id] = scheme_id, scores[scheme_id]
        return running

    def _sure(self, ideas: Iterable[Candidate]) -> frozenset[str]:
        """Return the ideas that match a need with some confidence themselves."""
        good = self.ranking.steps[MatchConfidence.GOOD]
        return frozenset(idea.record_id for idea in ideas if self.ranking.score(Kind.IDEA, idea.total) >= good)

    def _themes(self, candidates: Iterable[Sequence[Candidate]]) -> dict[str, float]:
        """Return the share of the best candidates' totals that each theme has: near 1 where they agree on one."""
        best = {
            one.record_id: one.total / some[0].total
            for some in candidates
            if some and some[0].total > 0
            for one in some[:THEMES_FOLLOWED]
        }
        whole = sum(best.values())
        shares: dict[str, float] = {}
        for record_id, of in self._table.themes(list(best)).items():
            for theme in of:
                shares[theme] = shares.get(theme, 0.0) + best[record_id] / whole
        return shares

    def _by_theme(self, kind: Kind, themes: Mapping[str, float], hits: Sequence[Hit]) -> list[Hit]:
        """Return the records found with their share in the themes of the question: of one theme, and of all they have.

        A record of many themes is less about each of them. What counts for nothing is not worked out.
        """
        weights = self.ranking.weights[kind]
        of_records = self._table.themes(list(dict.fromkeys(hit.record_id for hit in hits)))
        found: list[Hit] = []
        if weights.get("theme"):
            found += [
                Hit(record_id, "theme", max([themes.get(theme, 0.0) for theme in of]) / math.sqrt(len(of)))
                for record_id, of in of_records.items()
            ]
        if weights.get("themes"):
            found += [
                Hit(record_id, "themes", min(1.0, sum([themes.get(theme, 0.0) for theme in of])))
                for record_id, of in of_records.items()
            ]
        return found

    def _asked_for(self, need: Need, kind: Kind, hits: Sequence[Hit]) -> list[Hit]:
        """Return the records hit once more, if they are of the kind that the question asks for and that counts."""
        if need.asked_kind is not kind or not self.ranking.weights[kind].get("asked"):
            return []
        return [Hit(record_id, "asked", 1.0) for record_id in {hit.record_id for hit in hits}]

    def _by_body(self, need: Need, hits: Sequence[Hit]) -> list[Hit]:
        """Return the actors found with what sort of body each is, and whether it is there for who asks."""
        bodies = self._table.bodies(list(dict.fromkeys(hit.record_id for hit in hits)))
        named = {hit.record_id for hit in hits if hit.part == "name"}
        sorts = self.ranking.sorts
        found = [Hit(record_id, "sort", sorts.get(body.sort, 0.0)) for record_id, body in bodies.items()]
        for record_id, body in bodies.items():
            reach = reach_of(body, need.fylkesnummer)
            found.append(Hit(record_id, "reach", max(reach, EVERYWHERE) if record_id in named else reach))
        return found

    def _by_audience(self, need: Need, hits: Sequence[Hit]) -> list[Hit]:
        """Return the schemes found with how sure it is that who asks may apply."""
        shares = self._table.audience(list(dict.fromkeys(hit.record_id for hit in hits)), need.applicant)
        return [Hit(record_id, "audience", share) for record_id, share in shares.items()]

    def _placed(self, need: Need, hits: Sequence[Hit]) -> list[Hit]:
        """Add nearness as a part of its own; where the place is required, leave out the rest."""
        wish = need.place
        assert wish is not None  # noqa: S101 (the caller has looked)
        places = self._table.places(list({hit.record_id for hit in hits}))
        near = {
            record_id
            for record_id, place in places.items()
            if (wish.kommunenummer and place.kommunenummer == wish.kommunenummer)
            or (not wish.kommunenummer and place.fylkesnummer == wish.fylkesnummer)
        }
        if wish.required:
            hits = [hit for hit in hits if hit.record_id in near]
        return [*hits, *(Hit(record_id, "place", 1.0) for record_id in sorted(near))]

    def _explainer(
        self, query: Query, found: Mapping[Kind, Sequence[RetrieverResult]], links: RecordLinks
    ) -> Explainer:
        cosines = {
            kind: {number: cosine for one in some for number, cosine in one.passages.items()}
            for kind, some in found.items()
        }
        rarities = (self._lexical.word_idf, self._lexical.concept_idf)
        return Explainer(query, self._table, self._finder, cosines, links, *rarities)


def reach_of(body: ActorTraits, fylkesnummer: str | None) -> float:
    """Return how surely a body is there for who asks from a county, or from one that nobody told."""
    if body.counties:
        if fylkesnummer is None:
            return UNPLACED
        return OWN_COUNTY if fylkesnummer in body.counties else 0.0
    return AT_HOME if fylkesnummer is not None and body.home == fylkesnummer else EVERYWHERE


def _hits(found: Sequence[RetrieverResult]) -> list[Hit]:
    return [hit for one in found for hit in one.hits]


class IndexManager:
    """Keeps the index of a store true: builds it, follows edits, and never serves what it cannot vouch for."""

    def __init__(
        self,
        store: RecordStore,
        encoder: Encoder,
        home: Path,
        ranking: RankingParameters | None = None,
        progress: Progress | None = None,
    ) -> None:
        self._store = store
        self._means = Means(encoder)
        self._shelf: Shelf | None = None
        self._home = home
        self._ranking = ranking or default_parameters()
        self._progress = progress
        self._served = BackgroundRefreshed(self._current)

    @classmethod
    def shared(
        cls, store: RecordStore, means: Means, home: Path, shelf: Shelf, progress: Progress | None = None
    ) -> Self:
        """Return what keeps the index of a store that several machines share, so that one builds it for all."""
        manager = cls(store, means.encoder, home, progress=progress)
        manager._means, manager._shelf = means, shelf
        return manager

    def searcher(self, *, newest: bool = False) -> Searcher:
        """Return a searcher that knows the store's newest revision.

        Where following an edit takes longer than `PATIENCE`, the searcher from before it serves meanwhile, unless the
        newest is waited for, as whoever edits does.
        """
        revision = self._store.revision()
        patience = NEWEST_PATIENCE if newest else PATIENCE
        return self._served.get(lambda searcher: searcher.manifest.revision >= revision, patience)

    @property
    def encoder(self) -> Encoder:
        """The encoder that the index is made with."""
        return self._means.encoder

    def rebuild(self) -> Searcher:
        """Build the index whole, whatever is there."""

        def built() -> Searcher:
            with writing(self._home), self._alone():
                return self._opened(self._built())

        return self._served.put(built)

    def share(self) -> None:
        """Have the index lie where machines that start find it, unless what lies there is nearly as new.

        Raises:
            MellomromError: it cannot be read, or the database does not take it.
        """
        if self._shelf is None or self._lies_there(self._shelf):
            return
        with TemporaryDirectory(prefix="share-", dir=self._home) as folder:
            # Linked, so that following what changes meanwhile waits for nothing.
            with writing(self._home):
                generation = linked(self._trusted(), Path(folder))
            with self._alone():
                if not self._lies_there(self._shelf):
                    self._shelf.lay(generation)

    def _lies_there(self, shelf: Shelf) -> bool:
        laid = shelf.newest(kin_for(self._store.store_id, self._means))
        if laid is None:
            return False
        behind = len(self._store.changed_since(laid.manifest.revision))
        due = behind > 0 and datetime.now(UTC) - laid.at > SHARED_EVERY
        return not due and behind <= SHARED_BEHIND * laid.manifest.records

    def verify(self) -> Manifest:
        """Return the manifest of the saved index if it is whole, ours, readable and of the store's newest revision.

        Raises:
            IndexFileError: it is not; the text says how.
        """
        generation = self._trusted()
        self._opened(generation).close()
        manifest = generation.manifest
        newest = self._store.revision()
        if manifest.revision != newest or manifest.fingerprint != self._store.fingerprint():
            raise IndexFileError(
                f"The index is of revision {manifest.revision}, the store of {newest}. "
                "The next question brings it up to date; `mellomrom index rebuild` builds it anew."
            )
        return manifest

    def close(self) -> None:
        """Let go of the index."""
        if (searcher := self._served.close()) is not None:
            searcher.close()

    def _current(self) -> Searcher:
        """Return a searcher on the index of the newest revision, brought up to it or built anew where it has to be."""
        try:
            generation = self._trusted()
            if generation.manifest.revision == self._store.revision():
                return self._opened(generation)
        except IndexFileError as error:
            log.info("index: %s", error)
        with writing(self._home):
            # Another process may have done the work while we waited for the lock.
            try:
                return self._opened(self._brought_up(self._trusted()))
            except IndexFileError as error:
                log.info("index: %s", error)
            with self._alone():
                # And so may another machine.
                try:
                    if fetched := self._fetched():
                        return self._opened(self._brought_up(fetched))
                except IndexFileError as error:
                    log.info("index: %s", error)
                return self._opened(self._built())

    def _brought_up(self, generation: Generation) -> Generation:
        """Return a generation of the newest revision that follows one.

        Raises:
            IndexFileError: so much has changed that it is better made anew.
        """
        if generation.manifest.revision == self._store.revision():
            return generation
        return update_index(self._store, self._means, self._home, generation)

    def _fetched(self) -> Generation | None:
        """Return what another machine has built, now current here; None where nothing of ours lies there."""
        if self._shelf is None or self._shelf.fetch(self._home, kin_for(self._store.store_id, self._means)) is None:
            return None
        return self._trusted()

    def _built(self) -> Generation:
        """Return the index built whole, and laid where other machines find it."""
        generation = build_index(self._store, self._means, self._home, self._progress)
        if self._shelf is not None:
            try:
                self._shelf.lay(generation)
            except MellomromError as error:
                # Questions are answered by it all the same; others build it for themselves, or a chore lays it there.
                log.warning("the index could not be shared (%s)", error)
        return generation

    def _alone(self) -> AbstractContextManager[None]:
        return nullcontext() if self._shelf is None else self._shelf.alone()

    def _opened(self, generation: Generation) -> Searcher:
        """Return a searcher on a generation.

        Raises:
            IndexFileError: its files are as they were written, but what they hold cannot be read by this release or by
                the libraries that are installed.
        """
        try:
            return Searcher(generation, self._means, self._ranking)
        except (sqlite3.Error, KeyError, ValueError, RuntimeError, OSError) as error:
            raise IndexFileError(
                f"{generation.folder}: cannot be read ({type(error).__name__}); it is built anew from the store."
            ) from error

    def _trusted(self) -> Generation:
        """Return the current generation if it is whole and ours.

        Raises:
            IndexFileError: it is missing, damaged, or of another store or encoder, or made by another analyser or
                another version of a library.
        """
        generation = read_current(self._home)
        manifest = generation.manifest
        if manifest.store_id != self._store.store_id or manifest.revision > self._store.revision():
            raise IndexFileError(f"{generation.folder}: made from another store; it is built anew.")
        encoder = self._means.encoder
        if (manifest.encoder, manifest.encoder_fingerprint) != (encoder.name, encoder.fingerprint):
            raise IndexFileError(f"{generation.folder}: made with the encoder {manifest.encoder}; it is built anew.")
        if manifest.vectors != self._means.vectors.name:
            raise IndexFileError(f"{generation.folder}: its vectors are kept elsewhere; it is built anew.")
        ours = build_versions()
        if other := [name for name in ours if manifest.made_by.get(name) != ours[name]]:
            raise IndexFileError(f"{generation.folder}: made by another {', '.join(other)}; it is built anew.")
        return generation
