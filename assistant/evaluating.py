"""Runs to be measured: the product as users meet it, with parts switched off, and other engines beside it.

Invariant: all systems answer the same questions from the same published records; only the product may be silent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from assistant.matchmaker import Matchmaker
from assistant.opening import open_store
from assistant.settings import Settings
from assistant.understanding import Question
from corpus.records import Kind
from index.encoders import Encoder, load_encoder
from index.evaluation import Figure, JudgedQuestion, Run, Shown, calibration, quality, silence
from index.passages import SEARCHED_KINDS
from index.ranking import RankingParameters, default_parameters
from index.searcher import IndexKeeper

if TYPE_CHECKING:
    from corpus.store import RecordStore

DEPTH = 10
"""Suggestions of each kind that are measured."""
PARTS = (
    "dense",
    "dense_evidence",
    "words",
    "words_evidence",
    "concepts",
    "concepts_evidence",
    "name",
    "ideas",
    "theme",
)


def product_run(questions: Iterable[JudgedQuestion], matchmaker: Matchmaker) -> Run:
    """Return what users would be shown for each question."""
    run = {}
    for question in questions:
        answer = matchmaker.answer(Question(text=question.text), DEPTH)
        run[question.id] = {
            kind: [Shown(one.id, one.score, one.confidence.value) for one in answer.suggestions(kind)]
            for kind in SEARCHED_KINDS
        }
    return run


def report(questions: Sequence[JudgedQuestion], run: Run) -> list[Figure]:
    """Return every figure of a run."""
    return [*quality(questions, run), *silence(questions, run), *calibration(questions, run)]


def evaluate_product(questions: Sequence[JudgedQuestion], settings: Settings) -> list[Figure]:
    """Return the figures of the product as it is set up."""
    with open_store(settings) as store, TemporaryDirectory() as folder:
        return _measured(questions, store, load_encoder(settings.encoder), Path(folder), default_parameters())


def evaluate_ablations(questions: Sequence[JudgedQuestion], settings: Settings) -> dict[str, list[Figure]]:
    """Return the figures with each part of the score switched off, and with facets glued together."""
    ranking = default_parameters()
    variants = {f"without {part}": _without(ranking, part) for part in PARTS}
    variants["without facet weights"] = ranking.model_copy(update={"facets": {}})
    variants["equal weights"] = ranking.model_copy(
        update={"weights": {kind: dict.fromkeys(of_kind, 1.0) for kind, of_kind in ranking.weights.items()}}
    )
    figures = {}
    encoder = load_encoder(settings.encoder)
    with open_store(settings) as store:
        for name, variant in variants.items():
            with TemporaryDirectory() as folder:
                figures[name] = _measured(questions, store, encoder, Path(folder), variant)
    return figures


def _without(ranking: RankingParameters, part: str) -> RankingParameters:
    weights = {kind: {**of_kind, part: 0.0} for kind, of_kind in ranking.weights.items()}
    return ranking.model_copy(update={"weights": weights})


def _measured(
    questions: Sequence[JudgedQuestion],
    store: RecordStore,
    encoder: Encoder,
    folder: Path,
    ranking: RankingParameters,
) -> list[Figure]:
    keeper = IndexKeeper(store, encoder, folder, ranking)
    return report(questions, product_run(questions, Matchmaker(store, keeper)))


def evaluate_peers(questions: Sequence[JudgedQuestion], settings: Settings) -> dict[str, list[Figure]]:
    """Return the ranking figures of other engines on the same records and questions."""
    from assistant.peers import PEERS

    with open_store(settings) as store:
        documents = {kind: peer_documents(store, kind) for kind in SEARCHED_KINDS}
    figures = {}
    for name, make in PEERS.items():
        run: dict[str, Mapping[Kind, Sequence[Shown]]] = {question.id: {} for question in questions}
        for kind, texts in documents.items():
            search = make(texts)
            for question in questions:
                found = search(question.text, DEPTH)
                run[question.id] = {**run[question.id], kind: [Shown(i, score, "possible") for i, score in found]}
        figures[name] = quality(questions, run)
    return figures


def peer_documents(store: RecordStore, kind: Kind) -> dict[str, str]:
    """Return, by id, all that a published record says in every language, one line each; the passages that we index."""
    from index.builder import taken_part_by_actor
    from index.passages import Facet, passages_of

    taken_part = taken_part_by_actor(store)
    return {
        record.id: "\n".join(
            passage.text
            for passage in passages_of(record, taken_part.get(record.id, ()))
            if passage.facet is not Facet.WHOLE
        )
        for record in store.records(kind)
    }
