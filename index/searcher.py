"""The spine of the index: retrieve, fuse, rank, explain.

Invariant: a searcher serves one verified generation and never changes; `IndexManager` hands out a new one when the
store has changed.
"""

from __future__ import annotations

import math
import weakref
from collections.abc import Container, Iterable, Mapping, Sequence

from corpus.records import ActorType, Kind
from corpus.text import Language
from index.retrieval.fusion import Candidate, fuse
from index.retrieval.names import NameHit
from index.retrieval.need import Need
from index.retrieval.retrievers import (
    PASSAGES_PER_KIND,
    ConceptRetriever,
    DenseRetriever,
    NameRetriever,
    PartScores,
    Query,
    Retriever,
    RetrieverResult,
    SubjectRetriever,
    WordRetriever,
    direction_of,
    names_in,
    prepare_query,
)
from index.retrieval.subject import SETTING
from index.scoring.explain import Explainer, RecordLinks
from index.scoring.gate import Feature, features_of, says_only_a_name, says_only_concepts
from index.scoring.likeness import PassageLikeness
from index.scoring.ranking import MatchConfidence, RankingParameters
from index.scoring.reasons import Match
from index.search_result import NearPassages, Portrait, Ranked, SearchResult
from index.storage.concepts import Mention
from index.storage.dense import Vectors
from index.storage.lexical import LexicalIndex
from index.storage.passage_table import PassageTable
from index.storage.passages import SEARCHED_KINDS
from index.storage.persistence import (
    LEXICAL,
    PASSAGES,
    Generation,
    dense_file,
)
from index.storage.record_traits import ActorTraits
from index.storage.vectors import Means

IDEAS_FOLLOWED = 5
"""Best ideas whose actors are followed."""
THEMES_FOLLOWED = 5
"""Best candidates of each kind that tell what themes a question is of."""
SPEAKERS_FOLLOWED = 10
"""Best records of each kind among those that speak of the subject, which tell what themes it is of."""
ONE_SPEAKER = 0.5
"""What is added to their votes, so that one alone does not settle it."""
SCHEMES_FOLLOWED = 3
"""Best schemes that lead to who runs them."""
IDEAS_PORTRAYED = 30
"""Best ideas that tell what a need is like."""
OWN_COUNTY, AT_HOME, EVERYWHERE, UNPLACED = 1.0, 0.75, 0.5, 0.4
"""How surely a body is there for who asks: for the asker's county before others, standing in it and there for the
whole country, there for the whole country, there for some counties where nobody told the asker's; else 0."""
CANDIDATES_PER_PART = 40
"""Records that each retriever may bring for each kind."""

RESCORED = 120
"""Best records of each kind that go on: every retriever scores them, also where it did not find them itself."""


_OF_CONCEPTS = frozenset({"concepts", "concepts_evidence"})
_OF_LIKENESS = frozenset({"dense", "dense_evidence", "whole", "everyday"})
_ONLY_ALIKE = 0.6
"""What likeness counts for in a record that speaks of no concept of a question that says nothing but concepts."""


MutablePartScores = dict[str, Mapping[str, float]]
"""The same as `PartScores`, to which parts are added."""


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
            SubjectRetriever(lexical, self.ranking.weights),
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
        answerable = says_only_a_name(query) or self.ranking.gate.accepts(
            self._compute_features(query, ranked.candidates)
        )
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
        best = [one.record_id for one in self._fuse(_scores(found), kind)[:most]]
        scored = [
            retriever.score(query, kind, best) if result.all_scores is None else result.of(best)
            for retriever, result in zip(self.retrievers, found, strict=True)
        ]
        return [
            result._replace(nearest=first.nearest + result.nearest) for first, result in zip(found, scored, strict=True)
        ]

    def _ranked(self, query: Query, found: Mapping[Kind, Sequence[RetrieverResult]]) -> Ranked:
        """Fuse what was found: actors last, since ideas lead to those who took part, and schemes to who runs them."""
        scores = {kind: _scores(some) for kind, some in found.items()}
        if says_only_concepts(query):
            scores = _as_meant(scores)
        themes = self._themes([self._fuse(scores[kind], kind) for kind in (Kind.IDEA, Kind.ACTOR)])
        need = query.need
        of_ideas = scores[Kind.IDEA] | self._by_theme(Kind.IDEA, themes, scores[Kind.IDEA])
        ideas = self._fuse(of_ideas | self._asked_for(need, Kind.IDEA, of_ideas), Kind.IDEA)
        of_schemes = scores[Kind.INSTRUMENT] | self._by_theme(Kind.INSTRUMENT, themes, scores[Kind.INSTRUMENT])
        of_schemes |= self._by_audience(need, of_schemes)
        schemes = self._fuse(of_schemes | self._asked_for(need, Kind.INSTRUMENT, of_schemes), Kind.INSTRUMENT)
        running = self._running(schemes)
        of_actors = scores[Kind.ACTOR] | self._by_theme(Kind.ACTOR, themes, scores[Kind.ACTOR])
        of_actors |= {"ideas": self._by_ideas(ideas)}
        of_actors |= {"schemes": {actor_id: score for actor_id, (_, score) in running.items()}}
        standing = {self._area_of.get(number) for number in need.context_places}
        of_actors = _only(of_actors, _records(of_actors) - standing)
        if need.place:
            of_actors = self._placed(need, of_actors)
        of_actors |= self._asked_for(need, Kind.ACTOR, of_actors)
        actors = self._fuse(of_actors | self._by_body(need, of_actors), Kind.ACTOR)
        ranked = {Kind.IDEA: ideas, Kind.INSTRUMENT: schemes, Kind.ACTOR: actors}
        about = self._finder.about(query.mentions)
        return Ranked(ranked, running, themes, about, query.mentions, self._subject_themes([ideas, actors]))

    def _fuse(self, scores: PartScores, kind: Kind) -> list[Candidate]:
        found = fuse(scores, kind, self.ranking.weights[kind], self.ranking.fusion)
        return self._weighed(found) if kind is Kind.IDEA else found

    def _weighed(self, ideas: list[Candidate]) -> list[Candidate]:
        """Return ideas with the totals of those from registers at what they are worth, best first."""
        imported = self._table.from_registries([idea.record_id for idea in ideas])
        if not imported:
            return ideas
        worth = self.ranking.registries
        weighed = [idea._replace(total=idea.total * worth) if idea.record_id in imported else idea for idea in ideas]
        return sorted(weighed, key=lambda one: (-one.total, one.record_id))

    def _by_ideas(self, ideas: Sequence[Candidate]) -> dict[str, float]:
        """Return the actors of the best ideas, each with the best of their totals by its role."""
        totals = {idea.record_id: min(idea.total, 1.0) for idea in ideas[:IDEAS_FOLLOWED]}
        found: dict[str, float] = {}
        for idea_id, actor_id, role in self._table.parts_in(list(totals)):
            score = totals[idea_id] * self.ranking.roles.get(role, 1.0)
            found[actor_id] = max(score, found.get(actor_id, 0.0))
        return found

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

    def _subject_themes(self, candidates: Iterable[Sequence[Candidate]]) -> dict[str, float]:
        """Return the share that each theme has of the best records which speak of the subject: what the need is of.

        What is merely alike tells nothing of it, and one record alone little.
        """
        votes: dict[str, float] = {}
        for some in candidates:
            speaking = [one for one in some if one.parts.get("subject", 0.0) >= SETTING][:SPEAKERS_FOLLOWED]
            for one in speaking:
                votes[one.record_id] = one.parts["subject"] ** 2 * (one.total / speaking[0].total) ** 3
        shares: dict[str, float] = {}
        whole = ONE_SPEAKER
        for record_id, of in self._table.themes(list(votes)).items():
            # Who is about many themes is less about each.
            vote = votes[record_id] / math.sqrt(len(of)) if of else 0.0
            whole += vote
            for theme in of:
                shares[theme] = shares.get(theme, 0.0) + vote
        return {theme: share / whole for theme, share in shares.items()}

    def _by_theme(self, kind: Kind, themes: Mapping[str, float], scores: PartScores) -> MutablePartScores:
        """Return the records found with their share in the themes of the question: of one theme, and of all they have.

        A record of many themes is less about each of them. What counts for nothing is not worked out.
        """
        weights = self.ranking.weights[kind]
        of_records = self._table.themes(list(_records(scores)))
        found: MutablePartScores = {}
        if weights.get("theme"):
            found["theme"] = {
                record_id: max([themes.get(theme, 0.0) for theme in of]) / math.sqrt(len(of))
                for record_id, of in of_records.items()
            }
        if weights.get("themes"):
            found["themes"] = {
                record_id: min(1.0, sum([themes.get(theme, 0.0) for theme in of]))
                for record_id, of in of_records.items()
            }
        return found

    def _asked_for(self, need: Need, kind: Kind, scores: PartScores) -> MutablePartScores:
        """Return the records found once more, if they are of the kind that the question asks for and that counts."""
        if need.asked_kind is not kind or not self.ranking.weights[kind].get("asked"):
            return {}
        return {"asked": dict.fromkeys(_records(scores), 1.0)}

    def _by_body(self, need: Need, scores: PartScores) -> MutablePartScores:
        """Return the actors found with what sort of body each is, and whether it is there for who asks."""
        bodies = self._table.bodies(list(_records(scores)))
        named = scores.get("name", {})
        reach = {record_id: reach_of(body, need.fylkesnummer) for record_id, body in bodies.items()}
        return {
            "sort": {record_id: self.ranking.sorts.get(body.sort, 0.0) for record_id, body in bodies.items()},
            "reach": {one: max(share, EVERYWHERE) if one in named else share for one, share in reach.items()},
        }

    def _by_audience(self, need: Need, scores: PartScores) -> MutablePartScores:
        """Return the schemes found with how sure it is that who asks may apply."""
        return {"audience": self._table.audience(list(_records(scores)), need.applicant)}

    def _placed(self, need: Need, scores: PartScores) -> MutablePartScores:
        """Add nearness as a part of its own; where the place is required, leave out the rest."""
        wish = need.place
        assert wish is not None  # noqa: S101 (the caller has looked)
        places = self._table.places(list(_records(scores)))
        near = {
            record_id
            for record_id, place in places.items()
            if (wish.kommunenummer and place.kommunenummer == wish.kommunenummer)
            or (not wish.kommunenummer and place.fylkesnummer == wish.fylkesnummer)
        }
        kept = _only(scores, near) if wish.required else dict(scores)
        return kept | {"place": dict.fromkeys(near, 1.0)}

    def _explainer(
        self, query: Query, found: Mapping[Kind, Sequence[RetrieverResult]], links: RecordLinks
    ) -> Explainer:
        nearest = {kind: [one for result in some for one in result.nearest] for kind, some in found.items()}
        likeness = PassageLikeness(query, self._dense, self._table, nearest)
        return Explainer(query, self._table, self._finder, likeness, links)


def reach_of(body: ActorTraits, fylkesnummer: str | None) -> float:
    """Return how surely a body is there for who asks from a county, or from one that nobody told."""
    if body.counties:
        if fylkesnummer is None:
            return UNPLACED
        return OWN_COUNTY if fylkesnummer in body.counties else 0.0
    return AT_HOME if fylkesnummer is not None and body.home == fylkesnummer else EVERYWHERE


def _scores(found: Sequence[RetrieverResult]) -> MutablePartScores:
    """Return what all retrievers found, each part of which is of one of them."""
    return {part: scores for one in found for part, scores in one.scores.items()}


def _records(scores: PartScores) -> set[str]:
    return set().union(*scores.values())


def _only(scores: PartScores, record_ids: Container[str]) -> MutablePartScores:
    """Return the scores of some records."""
    return {
        part: {record_id: score for record_id, score in of_part.items() if record_id in record_ids}
        for part, of_part in scores.items()
    }


def _as_meant(found: Mapping[Kind, MutablePartScores]) -> dict[Kind, MutablePartScores]:
    """Return what was found for a question that says nothing but concepts, held to what these are.

    A word that is known counts as the concept that it names: trafficking is no traffic, however alike they are.
    """
    spoken = {one for scores in found.values() for part in _OF_CONCEPTS for one in scores.get(part, ())}
    if not spoken:
        return dict(found)
    return {
        kind: {
            part: {one: score if one in spoken else _ONLY_ALIKE * score for one, score in scores.items()}
            if part in _OF_LIKENESS
            else scores
            for part, scores in by_part.items()
        }
        for kind, by_part in found.items()
    }
