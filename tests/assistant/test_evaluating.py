"""What is measured is what users are shown, and each variant differs from the product by what its name says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from assistant.dialogue.understanding import Question
from assistant.lab.evaluating import (
    DEPTH,
    EQUAL_WEIGHTS,
    ablations,
    evaluate_ablations,
    evaluate_peers,
    evaluate_product,
    never_silent,
    peer_documents,
    product_run,
    report,
)
from assistant.lab.peers import PEERS
from assistant.lab.tuning import gather
from assistant.matching.matchmaker import Matchmaker
from assistant.platform.settings import load_settings
from corpus.records import FundingInstrument, Kind
from corpus.store import RecordStore
from index.evaluation import Figure, JudgedQuestion, RankedRecord, quality
from index.manager import IndexManager
from index.retrieval.fusion import Fusion
from index.scoring.gate import AnswerabilityClassifier, Feature
from index.scoring.ranking import MatchConfidence, RankingParameters, default_parameters
from index.storage.passages import SEARCHED_KINDS
from tests.assistant.services import CLINIC, GRANT, HOSPITAL, MONEY, PLAN, RECORDS, SCHOOL
from tests.encoders import WordEncoder
from tests.index.test_searcher import EAGER
from tests.records import SOURCE, actor, idea, statement, text

RANKING = default_parameters()
RETRIEVERS = (
    ("dense", "everyday", "whole", "dense_evidence"),
    ("words", "words_evidence"),
    ("concepts", "concepts_evidence"),
    ("subject",),
    ("name",),
)
SEPSIS_ANSWERS = {HOSPITAL.id: 3, CLINIC.id: 2, MONEY.id: 3, GRANT.id: 1, PLAN.id: 3}


def asked(question_id: str, words: str, relevant: dict[str, int] | None = None) -> JudgedQuestion:
    plain = {"id": question_id, "text": words, "language": "nb", "split": "dev", "relevant": relevant or {}}
    return JudgedQuestion.model_validate(plain)


QUESTIONS = [
    asked("sepsis", "hvem kan oppdage sepsis tidlig?", SEPSIS_ANSWERS),
    asked("school", "hvem leser med barn på skolen?", {SCHOOL.id: 3, GRANT.id: 3}),
    asked("weather", "hvordan blir været på søndag?"),
]


@pytest.fixture
def filled(sqlite_url: str) -> Iterator[RecordStore]:
    with RecordStore.open(sqlite_url) as opened:
        opened.save_many(RECORDS, by="test")
        yield opened


def today() -> date:
    return date(2026, 3, 2)


def matchmaker(store: RecordStore, folder: Path, ranking: RankingParameters = EAGER) -> Matchmaker:
    keeper = IndexManager(store, WordEncoder(), folder / "index", ranking)
    return Matchmaker(store, keeper, today)


def test_a_run_holds_exactly_what_an_answer_shows_in_its_order(filled: RecordStore, tmp_path: Path) -> None:
    matches = matchmaker(filled, tmp_path)
    run = product_run(QUESTIONS, matches)
    assert list(run) == ["sepsis", "school", "weather"]
    for question in QUESTIONS:
        answer = matches.answer(Question(text=question.text), DEPTH)
        assert run[question.id] == {
            kind: [RankedRecord(one.id, one.score, one.confidence.value) for one in answer.suggestions(kind)]
            for kind in SEARCHED_KINDS
        }
    assert {one.record_id for one in run["sepsis"][Kind.ACTOR][:2]} == {HOSPITAL.id, CLINIC.id}
    assert [one.record_id for one in run["sepsis"][Kind.IDEA]] == [PLAN.id]


def test_what_took_over_from_an_ended_scheme_is_in_the_run_in_its_place(filled: RecordStore, tmp_path: Path) -> None:
    ended = {"standing": "ended", "ended_on": "2020", "successors": [{"instrument": GRANT.id, "source": SOURCE}]}
    filled.save(FundingInstrument.model_validate({**MONEY.model_dump(), **ended}), by="test")
    question = asked("q", "støtte mot sepsis")
    keeper = IndexManager(filled, WordEncoder(), tmp_path / "index", EAGER)
    found = gather([question], keeper.searcher())["q"][Kind.INSTRUMENT]
    assert [one.record_id for one in found] == [MONEY.id, GRANT.id]
    shown = product_run([question], Matchmaker(filled, keeper, today))["q"][Kind.INSTRUMENT]
    assert [one.record_id for one in shown] == [GRANT.id]


def test_no_more_is_measured_than_ten_of_each_kind(filled: RecordStore, tmp_path: Path) -> None:
    filled.save_many([actor(f"a{number}", f"Lag {number}", "Måler sepsis") for number in range(15)], by="test")
    run = product_run(QUESTIONS[:1], matchmaker(filled, tmp_path))
    assert len(run["sepsis"][Kind.ACTOR]) == DEPTH == 10


def test_what_silence_hid_is_not_in_the_run(filled: RecordStore, tmp_path: Path) -> None:
    shut = EAGER.model_copy(update={"gate": AnswerabilityClassifier(weights={}, least=1.0)})
    run = product_run(QUESTIONS, matchmaker(filled, tmp_path, shut))
    assert run == {question.id: {kind: [] for kind in SEARCHED_KINDS} for question in QUESTIONS}
    assert {one.value for one in report(QUESTIONS, run) if one.measure in {"silence caught", "wrongly silent"}} == {1.0}


def test_what_is_below_the_last_step_is_not_in_the_run(filled: RecordStore, tmp_path: Path) -> None:
    everything = product_run(QUESTIONS[:1], matchmaker(filled, tmp_path))["sepsis"][Kind.ACTOR]
    best, *others = everything
    assert others[-1].score < best.score
    strict = EAGER.model_copy(update={"steps": dict.fromkeys(MatchConfidence, best.score)})
    assert product_run(QUESTIONS[:1], matchmaker(filled, tmp_path, strict))["sepsis"][Kind.ACTOR] == [best]


def test_a_report_tells_of_ranking_silence_and_confidence(filled: RecordStore, tmp_path: Path) -> None:
    run = product_run(QUESTIONS, matchmaker(filled, tmp_path))
    figures = report(QUESTIONS, run)
    assert figures[: len(quality(QUESTIONS, run))] == quality(QUESTIONS, run)
    assert {one.measure for one in figures} >= {"nDCG@10", "silence caught", "wrongly silent", "share relevant"}


def weights_but(ranking: RankingParameters, *parts: str) -> dict[Kind, dict[str, float]]:
    return {
        kind: {part: 0.0 if part in parts else weight for part, weight in of_kind.items()}
        for kind, of_kind in ranking.weights.items()
    }


def test_each_retriever_and_each_part_that_counts_is_switched_off_and_nothing_else() -> None:
    variants = ablations(RANKING, RETRIEVERS)
    parts = {part for of_kind in RANKING.weights.values() for part, weight in of_kind.items() if weight}
    groups = [*(retriever for retriever in RETRIEVERS if len(retriever) > 1), *((part,) for part in sorted(parts))]
    assert {name for name in variants if name.startswith("without ")} == {
        *("without " + ", ".join(group) for group in groups),
        "without facet weights",
    }
    for group in groups:
        off = RANKING.model_copy(update={"weights": weights_but(RANKING, *group)})
        assert variants["without " + ", ".join(group)] == off


def test_the_first_variant_is_the_ranking_itself_and_none_is_given_twice() -> None:
    variants = ablations(RANKING, RETRIEVERS)
    assert next(iter(variants.items())) == ("all parts", RANKING)
    others = [variant for name, variant in variants.items() if name != "all parts"]
    assert RANKING not in others


def test_the_retrievers_that_the_product_has_are_those_that_are_switched_off(
    filled: RecordStore, tmp_path: Path
) -> None:
    searcher = IndexManager(filled, WordEncoder(), tmp_path / "index", EAGER).searcher()
    assert tuple(retriever.parts for retriever in searcher.retrievers) == RETRIEVERS
    weighed = {part for of_kind in RANKING.weights.values() for part in of_kind}
    assert {part for retriever in RETRIEVERS for part in retriever} <= weighed


def test_other_ways_to_fuse_change_weights_or_fusion_and_nothing_else() -> None:
    variants = ablations(RANKING, RETRIEVERS)
    equal = {kind: dict.fromkeys(of_kind, 1.0) for kind, of_kind in RANKING.weights.items()}
    by_rank = {"fusion": Fusion.RECIPROCAL_RANK}
    assert variants[EQUAL_WEIGHTS] == RANKING.model_copy(update={"weights": equal})
    assert variants["reciprocal rank fusion"] == RANKING.model_copy(update={"weights": equal, **by_rank})
    assert variants["weighted reciprocal rank fusion"] == RANKING.model_copy(update=by_rank)
    assert variants["without facet weights"] == RANKING.model_copy(update={"facets": {}})


def test_facets_glued_or_apart_keep_the_weight_that_they_had_together() -> None:
    parts = {"dense": 1.0, "everyday": 2.0, "whole": 4.0, "words": 8.0}
    ranking = RANKING.model_copy(update={"weights": dict.fromkeys(SEARCHED_KINDS, parts)})
    variants = ablations(ranking, RETRIEVERS)
    glued, apart = (variants[name] for name in variants if name.startswith("facets "))
    for kind in SEARCHED_KINDS:
        assert glued.weights[kind] == {"dense": 0.0, "everyday": 0.0, "whole": 7.0, "words": 8.0}
        assert apart.weights[kind] == {"dense": 7.0, "everyday": 0.0, "whole": 0.0, "words": 8.0}
    for variant in (glued, apart):
        assert variant.model_copy(update={"weights": ranking.weights}) == ranking


def test_parameters_that_are_never_silent_show_everything_in_the_same_order(
    filled: RecordStore, tmp_path: Path
) -> None:
    strict = EAGER.model_copy(
        update={
            "gate": AnswerabilityClassifier(weights={Feature.NAMED: 5.0}, least=4.0),
            "steps": dict.fromkeys(MatchConfidence, 0.99),
        }
    )
    assert not any(product_run(QUESTIONS[2:], matchmaker(filled, tmp_path, strict))["weather"].values())
    loose = never_silent(strict)
    shown, every = (product_run(QUESTIONS, matchmaker(filled, tmp_path, ranking)) for ranking in (loose, EAGER))
    for question in QUESTIONS:
        for kind in SEARCHED_KINDS:
            assert [one[:2] for one in shown[question.id][kind]] == [one[:2] for one in every[question.id][kind]]
    assert shown["weather"][Kind.ACTOR]
    kept = {"gate": strict.gate, "steps": strict.steps}
    assert loose.model_copy(update=kept) == strict


def value(figures: Sequence[Figure], measure: str, group: str) -> float:
    (found,) = (one.value for one in figures if (one.measure, one.group) == (measure, group))
    return found


@pytest.mark.usefixtures("small_corpus")
def test_the_product_and_its_variants_are_measured_as_they_are_set_up() -> None:
    settings = load_settings()
    product = evaluate_product(QUESTIONS, settings)
    assert value(product, "silence caught", "no answer") == 1.0
    assert evaluate_product(QUESTIONS, settings) == product
    variants = evaluate_ablations(QUESTIONS, QUESTIONS, settings)
    assert list(variants) == list(ablations(RANKING, RETRIEVERS))
    for figures in variants.values():
        # Whatever is found is shown, so the one idea is always there; silence and confidence have no figures.
        assert value(figures, "recall@10", "idea all") == 1.0
        assert {one.group.split()[0] for one in figures} == {"actor", "instrument", "idea"}
    assert value(variants["all parts"], "recall@10", "actor all") >= value(product, "recall@10", "actor all")


def test_peers_get_what_records_say_in_every_language_once(filled: RecordStore) -> None:
    said = actor(
        "said",
        "Navnet",
        "Sammendraget",
        expertise=(statement("Kan dette", "Knows this", "Kan det nynorske"),),
        asked_as=[{"nb": "Hvem kan det?", "en": "Who can?"}],
    )
    took_part = idea("took", "Ideen", "Problemet", participants=[{"actor": said.id, "role": "partner"}])
    filled.save_many([said, took_part], by="test")
    lines = peer_documents(filled, Kind.ACTOR)[said.id].splitlines()
    assert sorted(lines) == sorted(
        [
            *("Navnet", "Navnet (en)", "Sammendraget", "Sammendraget (en)"),
            *("Kan dette", "Knows this", "Kan det nynorske", "Hvem kan det?", "Who can?"),
            *("Ideen. Problemet", "Ideen (en). Problemet (en)"),
        ]
    )


def test_peers_get_published_records_of_the_kind_alone(filled: RecordStore) -> None:
    filled.save_many(
        [actor("draft", "Kladden", state="draft"), SCHOOL.model_copy(update={"name": text("Lesegjengen")})], by="test"
    )
    documents = peer_documents(filled, Kind.ACTOR)
    assert list(documents) == sorted(one.id for one in filled.records(Kind.ACTOR))
    assert "actor:draft" not in documents
    assert "Lesegjengen" in documents[SCHOOL.id]
    assert "Skolelaget" not in documents[SCHOOL.id]


def test_a_draft_of_an_idea_is_not_told_of_who_took_part_in_it(filled: RecordStore) -> None:
    part = [{"actor": SCHOOL.id, "role": "partner"}]
    filled.save(idea("secret", "Hemmelig", "Ukjent", participants=part, state="draft"), by="test")
    assert "Hemmelig" not in peer_documents(filled, Kind.ACTOR)[SCHOOL.id]


@pytest.mark.usefixtures("small_corpus")
def test_peers_answer_the_same_questions_from_the_same_records(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.lab.peers.PEERS", {"SQLite FTS5": PEERS["SQLite FTS5"]})
    (figures,) = evaluate_peers(QUESTIONS, load_settings()).values()
    # The hospital and the clinic are the actors that say the word, whichever comes first; both are asked for.
    assert value(figures, "recall@3", "idea all") == 1.0
    assert value(figures, "P@1", "instrument all") == 0.5
    assert {one.size for one in figures if one.group == "actor all"} == {2}
