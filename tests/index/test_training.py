"""Training: what is held out is never learnt, lists are read or refused, and a seed gives one model."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from corpus.files import dump_records, shipped_folder
from corpus.text import Language
from index.encoders import DESCRIPTION_FILE, WEIGHTS_FILE, NgramEncoder, Vectors, unit_rows, word_features
from index.errors import TrainingError
from index.learning.distillation import FeatureTable, Parameters, distil, quantised
from index.learning.training import METRICS_FILE, main, matching, ranks, run, save_model, separation, train
from index.learning.training_data import (
    HELD_OUT_SENTENCES,
    TrainingRow,
    english,
    read_pairs,
    read_records,
    read_sentences,
    read_terms,
    taught,
    untaught,
)
from tests.records import actor

SMALL = Parameters(dim=16, buckets=100_000, trial_dim=8, trial_iterations=5, iterations=10)
THINGS = {
    "fisk": "fish",
    "skog": "forest",
    "skole": "school",
    "lege": "doctor",
    "buss": "bus",
    "vann": "water",
    "penger": "money",
    "bonde": "farmer",
    "barn": "child",
    "snø": "snow",
}
DOINGS = {"kjøper": "buys", "trenger": "needs", "ser": "sees", "selger": "sells", "finner": "finds"}


class FakeTeacher:
    """Knows English as the sum of arbitrary but fixed vectors of its words, and remembers what it was asked."""

    name, dim, fingerprint = "fake", 48, "fake"

    def __init__(self, words: Sequence[str] = ()) -> None:
        self.asked: list[str] = []
        self._words = list(words)

    def known_words(self) -> list[str]:
        return self._words

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self.encode_passages(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return unit_rows(np.array([sum(map(self._word, text.lower().split())) for text in texts], dtype=np.float32))

    def _word(self, word: str) -> Vectors:
        seed = int.from_bytes(sha256(word.encode()).digest()[:4])
        return np.random.default_rng(seed).normal(size=self.dim).astype(np.float32)


def write(path: Path, lines: Sequence[str]) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def marker(number: int) -> str:
    """A word that is in one line alone, of letters that no other word has in a row."""
    return f"xqxq{number:03}zwzw"


@pytest.fixture
def sentences(tmp_path: Path) -> Path:
    """A hundred sentences to learn from, and as many as are held out, each of those with a word of its own."""
    pairs = [
        (f"{one} {doing} {other}", f"{THINGS[one]} {DOINGS[doing]} {THINGS[other]}")
        for one in THINGS
        for doing in DOINGS
        for other in list(THINGS)[:2]
    ]
    lines = [f"{nb}\t{nb}\t{en}" for nb, en in pairs]
    for number in range(HELD_OUT_SENTENCES):
        nb, en = pairs[number % len(pairs)]
        lines.append("\t".join(f"{text} {marker(number)}" for text in (nb, nb, en)))
    return write(tmp_path / "sentences.tsv", ["nb\tnn\ten", *lines])


class TestHeldOut:
    def test_are_exactly_the_last_lines_of_sentences(self, sentences: Path) -> None:
        rows = read_sentences(sentences)
        assert [row.held_out for row in rows] == [False] * 100 + [True] * HELD_OUT_SENTENCES

    def test_sentences_never_reach_the_teacher_or_the_features(
        self, sentences: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen: list[str] = []

        def spied(texts: Sequence[str], targets: Vectors, weights: Vectors, parameters: Parameters) -> FeatureTable:
            seen.extend(texts)
            return distil(texts, targets, weights, parameters)

        monkeypatch.setattr("index.learning.training.distil", spied)
        teacher = FakeTeacher()
        table = train(read_sentences(sentences), teacher, SMALL)
        assert "fisk kjøper skog" in seen
        assert not [text for text in (*seen, *teacher.asked) if "xqxq" in text]
        known = set(table.keys.tolist())
        assert set(word_features("fisk", SMALL.ngrams, 0)) <= known
        marks = {feature for n in range(HELD_OUT_SENTENCES) for feature in word_features(marker(n), SMALL.ngrams, 0)}
        assert not marks & known

    def test_terms_are_not_learnt_among_the_words_that_the_teacher_knows(self) -> None:
        rows = [
            TrainingRow({Language.NB: (nb,), Language.NN: (), Language.EN: (en,)}, held_out=en in ("fish", "bus"))
            for nb, en in THINGS.items()
        ]
        teacher = FakeTeacher(words=["fish", "bus", "moose"])
        table = train(rows, teacher, SMALL)
        assert set(teacher.asked) == {*THINGS.values(), "moose"} - {"fish", "bus"}
        assert not set(word_features("fisk", (), 0) + word_features("fish", (), 0)) & set(table.keys.tolist())

    def test_are_a_tenth_of_the_terms_whatever_their_order(self, tmp_path: Path) -> None:
        lines = [f"T{number:05}\tord{number}\tord{number}\tword{number}" for number in range(2000)]
        one = read_terms(write(tmp_path / "one.tsv", ["id\tnb\tnn\ten", *lines]))
        other = read_terms(write(tmp_path / "other.tsv", ["id\tnb\tnn\ten", *reversed(lines)]))
        held_out = {row.texts[Language.NB] for row in one if row.held_out}
        assert 150 < len(held_out) < 250
        assert held_out == {row.texts[Language.NB] for row in other if row.held_out}

    def test_terms_are_not_held_out_by_whole_domains(self, tmp_path: Path) -> None:
        lines = [f"health\tord{number}\tord{number}\tword{number}" for number in range(200)]
        rows = read_terms(write(tmp_path / "terms.tsv", ["domain\tnb\tnn\ten", *lines]))
        assert 0 < sum(row.held_out for row in rows) < 60

    def test_rows_that_another_list_teaches_are_not_measured_on(self) -> None:
        def row(nb: str, en: str, held_out: bool) -> TrainingRow:
            return TrainingRow({Language.NB: (nb,), Language.NN: (), Language.EN: (en,)}, held_out)

        rows = [row("Fisk", "fish", True), row("skog", "forest", True), row("fisk", "Fish", False)]
        assert taught(rows) == rows[2:]
        assert untaught(rows) == [rows[1]]

    def test_of_none_are_our_own_pairs(self, tmp_path: Path) -> None:
        path = write(tmp_path / "pairs.tsv", ["domain\tnb\tnn\ten", *["health\tlege\tlege\tdoctor"] * 40])
        assert not any(row.held_out for row in read_pairs(path))

    def test_of_none_are_texts_of_records(self) -> None:
        assert not any(row.held_out for row in read_records(shipped_folder()))


class TestLists:
    def test_part_alternatives_and_read_further_columns(self, tmp_path: Path) -> None:
        header = "id\tnb\tnn\ten\tnb_alt\thidden_nn\tnb_synonyms\ten_synonyms"
        line = 'R1\tbunnstoff\tbunnstoff | skipsmåling\tpaint | "coat"\tskipsmaling\tmåling\tstoff, maling\tcoating'
        (row,) = read_terms(write(tmp_path / "terms.tsv", [header, line]))
        assert row.texts == {
            Language.NB: ("bunnstoff", "skipsmaling", "stoff", "maling"),
            Language.NN: ("bunnstoff", "skipsmåling", "måling"),
            Language.EN: ("paint", '"coat"', "coating"),
        }

    def test_may_have_empty_and_missing_cells(self, tmp_path: Path) -> None:
        rows = read_terms(write(tmp_path / "terms.tsv", ["id\tnb\tnn\ten", "1\tfisk\t\tfish", "2\tskog"]))
        assert rows[0].texts[Language.NN] == ()
        assert rows[1].texts[Language.EN] == ()
        assert english(taught(rows)) in (["fish"], [])

    def test_that_are_missing_are_refused(self, tmp_path: Path) -> None:
        with pytest.raises(TrainingError, match=r"none\.tsv: cannot be read .*give the path of a TSV file"):
            read_terms(tmp_path / "none.tsv")

    def test_without_a_column_are_refused_by_its_name(self, tmp_path: Path) -> None:
        path = write(tmp_path / "terms.tsv", ["id\tnb\tno\ten", "1\tfisk\tfisk\tfish"])
        with pytest.raises(TrainingError, match=r"got the columns id, nb, no, en; .* found no nn"):
            read_pairs(path)

    def test_that_are_empty_are_refused(self, tmp_path: Path) -> None:
        with pytest.raises(TrainingError, match="got the columns none"):
            read_terms(write(tmp_path / "terms.tsv", []))

    def test_in_another_encoding_are_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "terms.tsv"
        path.write_bytes("id\tnb\tnn\ten\n1\tmål\tmål\tgoal\n".encode("latin-1"))
        with pytest.raises(TrainingError, match="not UTF-8 at byte"):
            read_terms(path)

    def test_of_records_hold_what_they_say_in_each_language_once(self, tmp_path: Path) -> None:
        (tmp_path / "records.yaml").write_text(
            dump_records([actor("farm", "Gården", "Dyrker poteter"), actor("other", "Hagen", "Dyrker poteter")]),
            encoding="utf-8",
        )
        said = [row.texts[Language.NB] for row in read_records(tmp_path)]
        assert said == [("Gården",), ("Dyrker poteter",), ("Hagen",)]

    def test_of_records_that_are_faulty_are_refused(self, tmp_path: Path) -> None:
        (tmp_path / "records.yaml").write_text("- {id: actor:farm}\n", encoding="utf-8")
        with pytest.raises(TrainingError, match=r"actor:farm.*corpus check"):
            read_records(tmp_path)

    def test_of_records_without_any_are_refused(self, tmp_path: Path) -> None:
        with pytest.raises(TrainingError, match="no file that ends in"):
            read_records(tmp_path)

    def test_of_sentences_too_few_to_hold_any_back_are_refused(self, tmp_path: Path) -> None:
        path = write(tmp_path / "few.tsv", ["nb\tnn\ten", "fisk\tfisk\tfish"])
        with pytest.raises(TrainingError, match=r"got 1 sentences, expected more than the 400 .* --pairs"):
            read_sentences(path)


class TestLearning:
    def test_brings_both_languages_to_the_same_place(self, sentences: Path, tmp_path: Path) -> None:
        save_model(train(read_sentences(sentences), FakeTeacher(), SMALL), SMALL, tmp_path / "model")
        encoder = NgramEncoder.load(tmp_path / "model")
        cosines = encoder.encode_queries(list(THINGS)) @ encoder.encode_passages(list(THINGS.values())).T
        assert cosines.argmax(axis=1).tolist() == list(range(len(THINGS)))

    def test_with_the_same_seed_gives_the_same_files(self, sentences: Path, tmp_path: Path) -> None:
        for name in ("one", "other"):
            save_model(train(read_sentences(sentences), FakeTeacher(), SMALL), SMALL, tmp_path / name)
        for file in (WEIGHTS_FILE, DESCRIPTION_FILE):
            assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "other" / file).read_bytes()

    def test_with_another_seed_gives_other_hashes(self, sentences: Path) -> None:
        rows = read_sentences(sentences)
        one, other = (train(rows, FakeTeacher(), SMALL._replace(hash_seed=seed)) for seed in (0, 1))
        assert one.keys.tolist() != other.keys.tolist()

    def test_keeps_no_more_features_than_there_is_room_for(self, sentences: Path) -> None:
        table = train(read_sentences(sentences), FakeTeacher(), SMALL._replace(buckets=40))
        assert table.vectors.shape == (40, SMALL.dim)
        assert (np.diff(table.keys.astype(np.int64)) > 0).all()

    def test_in_eight_bits_loses_at_most_half_a_step(self) -> None:
        vectors = np.random.default_rng(0).normal(size=(50, 16)).astype(np.float32)
        vectors[3] = 0
        scales, codes = quantised(vectors)
        assert np.abs(codes * scales[:, np.newaxis] - vectors).max() <= scales.max() * 0.6
        assert not codes[3].any()


class TestFigures:
    def test_rank_one_is_the_partner_itself(self) -> None:
        gallery = np.eye(3, dtype=np.float32)
        queries = np.array([[1, 0, 0], [0.9, 0.5, 0], [0, 0, 1]], dtype=np.float32)
        assert ranks(queries, gallery).tolist() == [1, 2, 1]

    def test_are_perfect_for_a_perfect_encoder_and_leave_out_what_is_spelt_alike(self) -> None:
        rows = [
            TrainingRow({Language.NB: (f"{en} x",), Language.NN: (), Language.EN: (en,)}, True)
            for en in THINGS.values()
        ]
        rows.append(TrainingRow({Language.NB: ("sepsis",), Language.NN: (), Language.EN: ("Sepsis",)}, True))
        found = matching(FakeTeacher(), rows, Language.NB, Language.EN)
        assert (found["queries"], found["gallery"]) == (10, 11)
        assert found["accuracy@1"] == {"value": 1.0, "interval": [1.0, 1.0]}
        assert separation(FakeTeacher(), rows, Language.NB, Language.EN)["auc"] > 0.9


class TestCommand:
    def test_writes_a_model_and_its_figures_beside_the_teachers(
        self, sentences: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("index.learning.training.SentenceTransformerEncoder", lambda _: FakeTeacher())
        out = tmp_path / "made"
        figures = run(["--sentences", str(sentences), "--teacher", "any", "--out", str(out)])
        assert json.loads((out / METRICS_FILE).read_text(encoding="utf-8")) == figures
        assert figures["bundled"]["sentences nb→en"]["gallery"] == HELD_OUT_SENTENCES
        assert set(figures["bundled"]) == set(figures["teacher"])
        assert NgramEncoder.load(out).encode_queries(["fisk"]).any()

    def test_says_in_one_line_what_is_wrong(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr("sys.argv", ["training", "--terms", "none.tsv", "--out", str(tmp_path)])
        assert main() == 1
        assert capsys.readouterr().err.startswith("none.tsv: cannot be read")

    def test_refuses_to_learn_from_nothing(self, tmp_path: Path) -> None:
        with pytest.raises(TrainingError, match="nothing to learn from"):
            run(["--out", str(tmp_path)])
