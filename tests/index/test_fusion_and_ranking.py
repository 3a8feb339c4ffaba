from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.records import Kind
from index.retrieval.fusion import Fusion, fuse
from index.scoring.ranking import MatchConfidence, default_parameters
from index.storage.passages import SEARCHED_KINDS

PARAMETERS = default_parameters()


def test_a_total_is_the_weighted_sum_of_the_parts() -> None:
    scores = {"dense": {"actor:a": 0.5, "actor:b": 0.4}, "words": {"actor:a": 0.2}}
    candidates = fuse(scores, Kind.ACTOR, {"dense": 1.0, "words": 2.0})
    assert [(one.record_id, one.total) for one in candidates] == [("actor:a", pytest.approx(0.9)), ("actor:b", 0.4)]
    assert [one.parts for one in candidates] == [{"dense": 0.5, "words": 0.2}, {"dense": 0.4}]


def test_a_part_without_a_weight_counts_for_nothing() -> None:
    assert fuse({"name": {"actor:a": 1.0}}, Kind.ACTOR, {})[0].total == 0.0


def test_ties_are_broken_by_id_whatever_the_order_they_were_found_in() -> None:
    for ids in (("actor:b", "actor:a"), ("actor:a", "actor:b")):
        candidates = fuse({"dense": dict.fromkeys(ids, 0.5)}, Kind.ACTOR, {"dense": 1.0})
        assert [one.record_id for one in candidates] == ["actor:a", "actor:b"]


@given(st.floats(-5, 20), st.floats(0, 5), st.sampled_from(SEARCHED_KINDS))
def test_a_higher_total_never_gives_a_lower_score_or_a_lesser_step(total: float, more: float, kind: Kind) -> None:
    low, high = PARAMETERS.score(kind, total), PARAMETERS.score(kind, total + more)
    assert 0 <= low <= high <= 1
    order = [None, MatchConfidence.POSSIBLE, MatchConfidence.GOOD, MatchConfidence.STRONG]
    assert order.index(PARAMETERS.confidence(low)) <= order.index(PARAMETERS.confidence(high))


def test_every_kind_that_is_searched_is_calibrated_and_the_steps_descend() -> None:
    assert set(PARAMETERS.calibration) == set(SEARCHED_KINDS)
    steps = [PARAMETERS.steps[step] for step in MatchConfidence]
    assert steps == sorted(steps, reverse=True)


def test_ranks_in_place_of_scores_give_the_first_of_each_part_its_whole_weight() -> None:
    scores = {"dense": {"actor:a": 0.9, "actor:b": 0.1}, "words": {"actor:b": 0.1}}
    fused = fuse(scores, Kind.ACTOR, {"dense": 1.0, "words": 2.0}, Fusion.RECIPROCAL_RANK)
    assert [one.record_id for one in fused] == ["actor:b", "actor:a"]
    assert [one.total for one in fused] == pytest.approx([2 + 61 / 62, 1.0])
    assert fused[0].parts == {"dense": 0.1, "words": 0.1}
