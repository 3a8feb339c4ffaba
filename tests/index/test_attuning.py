"""Attuning: questions come nearer to what answers them, by what records say alone, and the same way each time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from corpus.files import dump_records
from index.encoders import NgramEncoder, word_features
from index.learning.attuning import Attuning, attune, main, read_lessons
from index.learning.distillation import FeatureTable, Parameters
from index.learning.training import save_model
from tests.records import actor

SMALL = Parameters(dim=16, buckets=2_000)
FEW = Attuning(steps=40, batch=2, rate=0.05)
TEXTS = ["kamera på rommet", "Digitalt tilsyn i sengen", "Ledninger og rør"]
RECORDS = [
    actor("night", "Nattsenteret", TEXTS[1], asked_as=[{"nb": TEXTS[0]}, {"nb": "se til dem"}]),
    actor("water", "Vannlaget", TEXTS[2], asked_as=[{"nb": "det renner i gata"}, {"nb": "lekkasje"}]),
    actor("silent", "Tausheten", "Sier ingenting om noe"),
]  # fmt: skip


@pytest.fixture
def table() -> FeatureTable:
    said = (
        "kamera på rommet se til dem digitalt tilsyn i sengen det renner i gata lekkasje ledninger og rør nattsenteret"
    )
    hashes = {number for word in [*said.split(), "ukjent"] for number in word_features(word, SMALL.ngrams, 0)}
    keys = np.array(sorted(hashes), dtype=np.uint32)
    return FeatureTable(keys, np.random.default_rng(0).normal(size=(len(keys), SMALL.dim)).astype(np.float32))


@pytest.fixture
def records(tmp_path: Path) -> Path:
    folder = tmp_path / "records"
    folder.mkdir()
    (folder / "some.yaml").write_text(dump_records(RECORDS), encoding="utf-8")
    return folder


def likeness(folder: Path) -> list[float]:
    """Return how near a question is to what answers it, and to what does not."""
    question, own, other = NgramEncoder.load(folder).encode_passages(TEXTS)
    return [float(question @ own), float(question @ other)]


def test_a_question_comes_nearer_to_the_record_it_is_of_than_to_others(
    table: FeatureTable, records: Path, tmp_path: Path
) -> None:
    save_model(table, SMALL, tmp_path / "before")
    attuned = attune(table, SMALL, read_lessons(records), FEW)
    save_model(attuned, SMALL, tmp_path / "after")
    (own, other), (own_before, other_before) = likeness(tmp_path / "after"), likeness(tmp_path / "before")
    assert own - other > own_before - other_before + 0.3


def test_words_of_no_record_stay_and_the_same_records_give_the_same_table(table: FeatureTable, records: Path) -> None:
    lessons = read_lessons(records)
    once, again = attune(table, SMALL, lessons, FEW), attune(table, SMALL, lessons, FEW)
    assert np.array_equal(once.vectors, again.vectors)
    unknown = np.isin(table.keys, np.array([word_features("ukjent", (), 0)[0]], dtype=np.uint32))
    assert unknown.sum() == 1
    assert np.array_equal(once.vectors[unknown], table.vectors[unknown])


def test_records_without_everyday_questions_teach_nothing(table: FeatureTable, records: Path) -> None:
    lessons = read_lessons(records)
    assert len(lessons) == 2
    assert np.array_equal(attune(table, SMALL, [], FEW).vectors, table.vectors)


def test_a_model_that_is_missing_is_refused_in_one_line(
    records: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [str(tmp_path / "none"), "--records", str(records), "--out", str(tmp_path / "out")]
    assert main(arguments) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "out").exists()
