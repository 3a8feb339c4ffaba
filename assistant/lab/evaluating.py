"""Runs to be measured: the product as users meet it, with parts switched off, and other engines beside it.

Invariant: all systems answer the same questions from the same published records; only the product may be silent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from assistant.dialogue.understanding import Question
from assistant.lab.tuning import calibrate
from assistant.matching.matchmaker import Matchmaker
from assistant.platform.settings import Settings
from assistant.runtime.bootstrap import open_index_manager, open_store
from corpus.records import Kind
from index.encoders import load_encoder
from index.evaluation import Figure, JudgedQuestion, RankedRecord, Run, calibration, quality, silence
from index.manager import IndexManager
from index.retrieval.fusion import Fusion
from index.scoring.ranking import MatchConfidence, RankingParameters, default_parameters
from index.searcher import Searcher
from index.storage.passages import SEARCHED_KINDS, Facet

if TYPE_CHECKING:
    from corpus.store import RecordStore

DEPTH = 10
"""Suggestions of each kind that are measured."""
EQUAL_WEIGHTS = "equal weights"


def product_run(questions: Iterable[JudgedQuestion], matchmaker: Matchmaker) -> Run:
    """Return what users would be shown for each question."""
    run = {}
    for question in questions:
        answer = matchmaker.answer(Question(text=question.text), DEPTH)
        run[question.id] = {
            kind: [
                RankedRecord(suggestion.id, suggestion.score, suggestion.confidence.value)
                for suggestion in answer.suggestions(kind)
            ]
            for kind in SEARCHED_KINDS
        }
    return run


def report(questions: Sequence[JudgedQuestion], run: Run) -> list[Figure]:
    """Return every figure of a run."""
    return [*quality(questions, run), *silence(questions, run), *calibration(questions, run)]


def evaluate_product(questions: Sequence[JudgedQuestion], settings: Settings) -> list[Figure]:
    """Return the figures of the product as it is set up."""
    with open_store(settings) as store, TemporaryDirectory() as folder:
        keeper = open_index_manager(settings.model_copy(update={"home": Path(folder)}), store)
        return report(questions, product_run(questions, Matchmaker(store, keeper)))


def evaluate_ablations(
    questions: Sequence[JudgedQuestion], development: Sequence[JudgedQuestion], settings: Settings
) -> dict[str, list[Figure]]:
    """Return the ranking figures of variants of the product that are never silent, all on one index.

    Args:
        questions: What is measured.
        development: What confidence is calibrated on anew where totals have another scale.
        settings: The store and the encoder.
    """
    encoder = load_encoder(settings.encoder)
    ranking = never_silent(default_parameters())
    figures = {}
    with open_store(settings) as store, TemporaryDirectory() as folder:
        searcher = IndexManager(store, encoder, Path(folder), ranking).searcher()
        for name, variant in ablations(ranking, [retriever.parts for retriever in searcher.retrievers]).items():
            curves = variant.calibration
            if variant.fusion is not ranking.fusion or name == EQUAL_WEIGHTS:
                curves = calibrate(development, Searcher(searcher.generation, searcher.means, variant))
            calibrated = variant.model_copy(update={"calibration": curves})
            keeper = IndexManager(store, encoder, Path(folder), calibrated)
            figures[name] = quality(questions, product_run(questions, Matchmaker(store, keeper)))
    return figures


def never_silent(ranking: RankingParameters) -> RankingParameters:
    """Return parameters with which whatever is found is shown, so that only its order is measured."""
    gate = ranking.gate.model_copy(update={"weights": {}, "least": 0.0})
    return ranking.model_copy(update={"gate": gate, "steps": {**ranking.steps, MatchConfidence.POSSIBLE: 0.0}})


def ablations(ranking: RankingParameters, retrievers: Iterable[Sequence[str]]) -> dict[str, RankingParameters]:
    """Return by name the variants to compare: each retriever and each part off, other fusions, facets another way.

    Args:
        ranking: The parameters to vary.
        retrievers: The parts that each retriever gives.
    """
    counted = [part for of_kind in ranking.weights.values() for part, weight in of_kind.items() if weight]
    parts = list(dict.fromkeys(counted))
    variants = {"all parts": ranking}
    for group in [*(tuple(some) for some in retrievers if len(some) > 1), *((part,) for part in parts)]:
        variants["without " + ", ".join(group)] = _weighed(ranking, dict.fromkeys(group, 0.0))
    equal = {kind: dict.fromkeys(of_kind, 1.0) for kind, of_kind in ranking.weights.items()}
    variants[EQUAL_WEIGHTS] = ranking.model_copy(update={"weights": equal})
    variants["reciprocal rank fusion"] = variants[EQUAL_WEIGHTS].model_copy(update={"fusion": Fusion.RECIPROCAL_RANK})
    variants["weighted reciprocal rank fusion"] = ranking.model_copy(update={"fusion": Fusion.RECIPROCAL_RANK})
    variants["without facet weights"] = ranking.model_copy(update={"facets": {}})
    variants["facets glued: records as a whole only"] = _moved(ranking, ("dense", "everyday"), "whole")
    variants["facets apart: passages only"] = _moved(ranking, ("whole", "everyday"), "dense")
    return variants


def _weighed(ranking: RankingParameters, changed: Mapping[str, float]) -> RankingParameters:
    weights = {
        kind: {part: changed.get(part, weight) for part, weight in of_kind.items()}
        for kind, of_kind in ranking.weights.items()
    }
    return ranking.model_copy(update={"weights": weights})


def _moved(ranking: RankingParameters, sources: Sequence[str], target: str) -> RankingParameters:
    """Return parameters with the weights of some parts given to another one."""
    weights = {}
    for kind, of_kind in ranking.weights.items():
        whole = of_kind[target] + sum(of_kind[source] for source in sources)
        weights[kind] = {**of_kind, **dict.fromkeys(sources, 0.0), target: whole}
    return ranking.model_copy(update={"weights": weights})


def evaluate_peers(questions: Sequence[JudgedQuestion], settings: Settings) -> dict[str, list[Figure]]:
    """Return the ranking figures of other engines on the same records and questions."""
    from assistant.lab.peers import PEERS

    with open_store(settings) as store:
        documents = {kind: peer_documents(store, kind) for kind in SEARCHED_KINDS}
    figures = {}
    for name, make in PEERS.items():
        run: dict[str, Mapping[Kind, Sequence[RankedRecord]]] = {question.id: {} for question in questions}
        for kind, texts in documents.items():
            search = make(texts)
            for question in questions:
                found = search(question.text, DEPTH)
                run[question.id] = {
                    **run[question.id],
                    kind: [RankedRecord(i, score, "possible") for i, score in found],
                }
        figures[name] = quality(questions, run)
    return figures


def peer_documents(store: RecordStore, kind: Kind) -> dict[str, str]:
    """Return, by id, all that a published record says in every language, one line each; the passages that we index."""
    from index.storage.builder import participations_by_actor
    from index.storage.passages import passages_of

    taken_part = participations_by_actor(store)
    return {
        record.id: "\n".join(
            passage.text
            for passage in passages_of(record, taken_part.get(record.id, ()))
            if passage.facet is not Facet.WHOLE
        )
        for record in store.records(kind)
    }
