"""Who is there for who asks: the asker's own county before the country, and other counties last."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.records import ActorType, Kind
from corpus.store import RecordStore
from corpus.text import Language
from index.manager import IndexManager
from index.retrieval.need import Need
from index.searcher import AT_HOME, EVERYWHERE, OWN_COUNTY, UNPLACED, reach_of
from index.storage.record_traits import ActorTraits
from tests.encoders import WordEncoder
from tests.index.test_searcher import EAGER
from tests.records import actor


@pytest.mark.parametrize(
    ("home", "counties", "asker", "expected"),
    [
        ("50", {"50"}, "50", OWN_COUNTY),
        ("50", {"50"}, "18", 0.0),
        ("50", {"50"}, None, UNPLACED),
        ("50", set(), "50", AT_HOME),
        ("50", set(), "18", EVERYWHERE),
        (None, set(), None, EVERYWHERE),
    ],
)
def test_reach_is_told_from_where_a_body_works_and_stands(
    home: str | None, counties: set[str], asker: str | None, expected: float
) -> None:
    assert reach_of(ActorTraits(ActorType.UNIVERSITY, home, frozenset(counties)), asker) == expected


def test_of_two_that_are_as_near_the_sort_that_is_wanted_more_often_comes_first(
    sqlite_url: str, tmp_path: Path
) -> None:
    some = [actor(i, "Laget", "Måler sepsis", actor_type=sort) for i, sort in (("a", "school"), ("b", "university"))]
    weights = {kind: {**of_kind, "sort": 1.0} for kind, of_kind in EAGER.weights.items()}
    ranking = EAGER.model_copy(update={"weights": weights, "sorts": {ActorType.UNIVERSITY: 1.0}})
    with RecordStore.open(sqlite_url) as store:
        store.save_many(some, by="test")
        searcher = IndexManager(store, WordEncoder(), tmp_path / "index", ranking).searcher()
        found = searcher.candidates(Need(text="måle sepsis", language=Language.NB))[Kind.ACTOR]
    assert [one.record_id for one in found] == ["actor:b", "actor:a"]
    assert [one.parts["sort"] for one in found] == [1.0, 0.0]
