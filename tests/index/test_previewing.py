"""A record can be tried before it is written, by the code that answers questions, and nothing is changed by it."""

from __future__ import annotations

from pathlib import Path

from corpus.store import RecordStore
from corpus.text import Language
from index.manager import IndexManager
from index.previewing import near_duplicates, previewed, rank_changes
from index.retrieval.need import Need
from tests.encoders import WordEncoder
from tests.index.test_searcher import EAGER, HOSPITAL, following, keeper, small_store
from tests.records import actor

__all__ = ["following", "keeper", "small_store"]


def test_a_record_is_tried_as_it_is_given_and_the_index_that_is_served_is_left_alone(
    small_store: RecordStore, keeper: IndexManager, tmp_path: Path
) -> None:
    searcher, revision = keeper.searcher(), small_store.revision()
    needs = {"sykkel": Need(text="reparere sykler", language=Language.NB)}
    changed = actor("hospital", "Sykehuset", "Reparere sykler", state="draft")
    with previewed(small_store, searcher, changed) as preview:
        [placed] = rank_changes(searcher, preview, HOSPITAL.id, needs)
    assert placed.after == 1
    assert placed.before != 1
    assert keeper.searcher() is searcher
    assert small_store.revision() == revision


def test_a_new_record_has_a_place_that_it_had_not(small_store: RecordStore, keeper: IndexManager) -> None:
    searcher = keeper.searcher()
    needs = {"kake": Need(text="bake kake", language=Language.NB)}
    new = actor("bakery", "Bakeriet", "Bake kake")
    with previewed(small_store, searcher, new) as preview:
        [placed] = rank_changes(searcher, preview, new.id, needs)
    assert (placed.before, placed.after) == (None, 1)


def test_a_record_is_alike_one_that_says_the_same_and_not_itself(small_store: RecordStore, tmp_path: Path) -> None:
    keeper = IndexManager(small_store, WordEncoder(), tmp_path / "index", EAGER)
    twin = HOSPITAL.model_copy(update={"id": "actor:twin"})
    assert list(near_duplicates(keeper.searcher(), keeper.encoder, twin)) == [HOSPITAL.id]
    assert HOSPITAL.id not in near_duplicates(keeper.searcher(), keeper.encoder, HOSPITAL)
    assert near_duplicates(keeper.searcher(), keeper.encoder, actor("other", "Noe annet", "Helt andre ord her")) == {}
