from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.errors import IndexFileError
from index.storage import dense
from index.storage.dense import EXHAUSTIVE, DenseIndex, Ids, Vectors


def unit_vectors(count: int, dim: int = 16, seed: int = 0) -> Vectors:
    vectors = np.random.default_rng(seed).normal(size=(count, dim)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def ids_of(count: int) -> Ids:
    return np.arange(count, dtype=np.int64) * 3 + 7


def brute_force(ids: Ids, vectors: Vectors, query: Vectors, top_k: int) -> list[tuple[int, float]]:
    scores = vectors @ query
    order = np.argsort(-scores)[:top_k]
    return [(int(ids[i]), float(scores[i])) for i in order]


def test_the_nearest_are_those_that_brute_force_finds_with_the_same_cosines() -> None:
    ids, vectors = ids_of(500), unit_vectors(500)
    query = unit_vectors(1, seed=9)[0]
    found = DenseIndex.build(ids, vectors).search(query, 10)
    expected = brute_force(ids, vectors, query, 10)
    assert found.ids.tolist() == [i for i, _ in expected]
    assert found.cosines.tolist() == pytest.approx([score for _, score in expected], abs=5e-4)


def test_a_vector_finds_itself_with_cosine_one() -> None:
    vectors = unit_vectors(50)
    found = DenseIndex.build(ids_of(50), vectors).search(vectors[20], 1)
    assert found.ids.tolist() == [67]
    assert found.cosines.tolist() == pytest.approx([1.0], abs=1e-5)


def test_added_passages_are_found_and_removed_ones_are_not() -> None:
    index = DenseIndex.build(ids_of(20), unit_vectors(20))
    extra = unit_vectors(1, seed=5)
    index.add(np.array([1000], dtype=np.int64), extra)
    assert index.search(extra[0], 1).ids.tolist() == [1000]
    index.remove([1000, 424242])
    assert 1000 not in index.search(extra[0], 21).ids
    assert index.count == 20


def test_a_question_without_features_finds_nothing() -> None:
    index = DenseIndex.build(ids_of(5), unit_vectors(5))
    assert index.search(np.zeros(16, dtype=np.float32), 5).ids.size == 0


def test_an_empty_index_finds_nothing_and_can_be_filled() -> None:
    index = DenseIndex.build(np.empty(0, dtype=np.int64), np.empty((0, 16), dtype=np.float32))
    assert index.search(unit_vectors(1)[0], 5).ids.size == 0
    index.add(ids_of(1), unit_vectors(1))
    assert index.count == 1


def test_numbers_that_do_not_match_are_refused() -> None:
    with pytest.raises(ValueError, match="got 3 ids for 2 vectors"):
        DenseIndex.build(ids_of(3), unit_vectors(2))


def test_it_is_the_same_after_being_saved(tmp_path: Path) -> None:
    index = DenseIndex.build(ids_of(30), unit_vectors(30))
    index.save(tmp_path / "v")
    query = unit_vectors(1, seed=3)[0]
    loaded = DenseIndex.load(tmp_path / "v", index.factory)
    for before, after in zip(index.search(query, 5), loaded.search(query, 5), strict=True):
        assert after.tolist() == before.tolist()


def test_a_file_that_is_no_index_is_refused(tmp_path: Path) -> None:
    (tmp_path / "v").write_bytes(b"not an index")
    with pytest.raises(IndexFileError, match="FAISS cannot read it"):
        DenseIndex.load(tmp_path / "v", EXHAUSTIVE)


def test_a_large_index_is_approximate_follows_changes_and_survives_saving(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dense, "EXHAUSTIVE_LIMIT", 1_000)
    monkeypatch.setattr(dense, "LISTS", 16)
    ids, vectors = ids_of(2_000), unit_vectors(2_000)
    index = DenseIndex.build(ids, vectors)
    assert index.factory == "IVF16,SQ8"
    index.remove([int(ids[0])])
    index.add(np.array([1], dtype=np.int64), vectors[:1])
    index.save(tmp_path / "v")
    loaded = DenseIndex.load(tmp_path / "v", index.factory)
    right = sum(loaded.search(vectors[i], 1).ids[0] == (1 if i == 0 else ids[i]) for i in range(200))
    assert right >= 198


@pytest.mark.parametrize("limit", [1_000, 100], ids=["exhaustive", "in lists"])
def test_a_search_among_some_finds_those_alone(monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    monkeypatch.setattr(dense, "EXHAUSTIVE_LIMIT", limit)
    monkeypatch.setattr(dense, "LISTS", 4)
    ids, vectors = ids_of(600), unit_vectors(600)
    among = ids[::12]
    found = DenseIndex.build(ids, vectors).search(vectors[36], 10, among)
    assert found.ids[0] == ids[36]
    assert set(found.ids.tolist()) <= set(among.tolist())


def test_vectors_come_back_as_they_were_added_so_that_they_are_added_again_alike() -> None:
    vectors = unit_vectors(30)
    index = DenseIndex.build(ids_of(30), vectors)
    back = index.vectors([int(one) for one in ids_of(30)[3:6]])
    assert back is not None
    again = DenseIndex.build(ids_of(3), back)
    twice = again.vectors([int(one) for one in ids_of(3)])
    assert twice is not None
    assert np.array_equal(twice, back)
    assert np.abs(back - vectors[3:6]).max() < 0.001
