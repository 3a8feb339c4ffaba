"""The judged pairs of needs keep the promises of their guideline, and likeness does what it promises on them."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.coupling.likeness import likeness, portrait_of
from assistant.lab.pairs import JudgedPair, likenesses, pair_figures, read_pairs
from assistant.platform.settings import load_settings
from assistant.runtime.bootstrap import open_store
from corpus.places import load_places
from index.encoders import load_encoder
from index.evaluation import EvaluationError, Split
from index.manager import IndexManager
from index.searcher import Searcher
from tests.homes import copy_home

PAIRS = Path(__file__).with_name("need_pairs.yaml")


@pytest.fixture(scope="module")
def pairs() -> dict[Split, list[JudgedPair]]:
    return {split: read_pairs(PAIRS, split) for split in Split}


@pytest.fixture(scope="module")
def searcher(shipped_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    home = tmp_path_factory.mktemp("pairs") / "home"
    copy_home(shipped_home, home)
    settings = load_settings().model_copy(update={"home": home, "database_url": None})
    with open_store(settings) as store:
        return IndexManager(store, load_encoder(settings.encoder), home / "index").searcher()


def test_there_are_enough_pairs_and_half_of_each_half_are_alike(pairs: dict[Split, list[JudgedPair]]) -> None:
    assert sum(map(len, pairs.values())) >= 60
    for half in pairs.values():
        assert 0.4 < sum(pair.alike for pair in half) / len(half) < 0.6
        assert {need.language.value for pair in half for need in (pair.first, pair.second)} == {"nb", "nn", "en"}


def test_no_need_stands_in_both_halves(pairs: dict[Split, list[JudgedPair]]) -> None:
    one, other = ({need.text for pair in half for need in (pair.first, pair.second)} for half in pairs.values())
    assert not one & other


def test_each_side_is_of_a_municipality_of_its_own(pairs: dict[Split, list[JudgedPair]]) -> None:
    known = {one.number for one in load_places().municipalities}
    for pair in (*pairs[Split.DEVELOPMENT], *pairs[Split.TEST]):
        assert {pair.first.municipality, pair.second.municipality} <= known, pair.id
        assert pair.first.municipality != pair.second.municipality, pair.id


def test_of_what_brokers_are_shown_eight_of_ten_are_alike(
    pairs: dict[Split, list[JudgedPair]], searcher: Searcher
) -> None:
    half = pairs[Split.DEVELOPMENT]
    figures = {(one.measure, one.group): one.value for one in pair_figures(half, likenesses(half, searcher))}
    assert figures["precision", "all"] >= 0.8
    assert figures["recall", "all"] >= 0.6


def test_likeness_is_the_same_both_ways_and_needs_a_subject(searcher: Searcher) -> None:
    one, other = (portrait_of(searcher, text) for text in ("hvem kan hjelpe oss?", "vannlekkasjer i ledningsnettet"))
    assert likeness(one, other) == pytest.approx(likeness(other, one))
    assert likeness(one, other) < 0.3 < likeness(other, other)


def test_a_file_of_anything_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pairs.yaml"
    path.write_text("- {id: x}", encoding="utf-8")
    with pytest.raises(EvaluationError, match="no judged pairs"):
        read_pairs(path, "dev")
