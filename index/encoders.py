"""Text to vectors: the bundled n-gram encoder, and any sentence-transformers model in its place.

Invariant: an encoder gives one float32 row for each text, of length 1, so that a dot product is a cosine; a text
without anything to encode gives the zero row, which is like nothing. The same encoder gives the same row for the
same text, whatever it encoded before and in whatever company. Encoders with another `fingerprint` give other
vectors, whatever their names, and vectors of the two are never compared.
"""

from __future__ import annotations

import math
import re
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from hashlib import file_digest, sha256
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Any, Literal, Protocol
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from corpus.text import Frozen
from index.analysis import words
from index.errors import EncoderError

BUNDLED = "bundled"
MODEL_FOLDER = Path(__file__).parent / "model"
DESCRIPTION_FILE, WEIGHTS_FILE = "model.json", "weights.npy"

FORMAT = 1
"""Raised whenever the files of a model, or the meaning of their content, change."""
CACHED_WORDS = 20_000
"""Words whose vectors are remembered; at 192 dimensions some 15 MB when all are used."""
LONGEST_WORD = 64
"""Characters of a word that are looked at, so that a megabyte without a space costs no more than a word."""
_WHOLE_WORD = re.compile(r"[a-z]{3,}")
_TEXTS_AT_A_TIME = 64
_WORDS_AT_A_TIME = 64
"""So few that what is added up stays near the processor."""
_PROBE = "Tverrfaglig FoU-samarbeid, Ph.D. og R&D: det ømfintlige «mellomrommet» i år 2017/2018's samkommune"

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """What turns texts into vectors."""

    @property
    def name(self) -> str:
        """The name under which `load_encoder` finds it again."""

    @property
    def dim(self) -> int:
        """How many numbers a vector has."""

    @property
    def fingerprint(self) -> str:
        """A hash of all that decides its vectors."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors (n, dim) of n questions, each of length 1 or zero."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors (n, dim) of n passages, each of length 1 or zero."""


class ModelDescription(Frozen):
    """What the weights of an `NgramEncoder` are, as kept beside them."""

    format: int
    dim: int
    buckets: int
    """Rows of the table."""
    ngrams: tuple[int, ...]
    """Lengths of the runs of letters that are features of a word, its edges counted as letters."""
    hash_seed: int
    scale: Literal["row"]
    """How the 8-bit numbers become real ones: each row by a factor of its own."""
    weights: str
    """SHA-256 of the weights file, as hexadecimal."""


def weights_layout(dim: int) -> np.dtype[np.void]:
    """Return how a row of the weights file is laid out: the hash of a feature, its factor, its 8-bit numbers.

    Rows are in the order of their hashes.
    """
    return np.dtype([("key", "<u4"), ("scale", "<f4"), ("codes", "i1", (dim,))])


def unit_rows(vectors: Vectors) -> Vectors:
    """Return rows scaled to length 1; zero rows stay zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    divided: Vectors = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return divided


def word_features(word: str, ngrams: Sequence[int], seed: int) -> list[int]:
    """Return the hashes of the features of a word: itself, and its runs of letters with ``<`` and ``>`` as edges."""
    word = word[:LONGEST_WORD]
    edged = f"<{word}>"
    runs = {edged[start : start + n] for n in ngrams for start in range(len(edged) - n + 1)}
    # In hash order, so that sums of the same word are the same to the last bit in every process.
    return sorted({crc32(feature.encode(), seed) for feature in (f"={word}", *runs)})


@lru_cache(maxsize=1_000)
def word_weight(count: int) -> float:
    """Return the weight of a word that occurs so often in a text: the tenth mention says less than the first."""
    return 1.0 + math.log(count)


class NgramEncoder:
    """A table with a vector for each frequent word and run of letters; a text is the sum of what it is made of.

    ```python
    encoder = NgramEncoder.load(MODEL_FOLDER)
    cosines = encoder.encode_queries(["fråfall i vidaregåande"]) @ encoder.encode_passages(passages).T
    ```

    Questions and passages are encoded alike. It may be used from several threads at once.
    """

    def __init__(self, weights: NDArray[np.void], description: ModelDescription) -> None:
        self.name = BUNDLED
        self.dim = description.dim
        self._description = description
        self._keys = np.ascontiguousarray(weights["key"])
        self._scales = np.ascontiguousarray(weights["scale"])
        self._codes: NDArray[np.int8] = weights["codes"]
        self._rows: dict[str, int] = {}
        self._cached = np.empty((CACHED_WORDS, self.dim), dtype=np.float32)
        self._lock = threading.Lock()

    @classmethod
    def load(cls, folder: Path) -> NgramEncoder:
        """Read a model from its folder.

        Raises:
            EncoderError: the model is missing, damaged, or of a format that this release does not know.
        """
        description = _read_description(folder / DESCRIPTION_FILE)
        path = folder / WEIGHTS_FILE
        try:
            with path.open("rb") as file:
                found = file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise EncoderError(f"{path}: cannot be read ({error.strerror}); {_REMEDY}") from error
        if found != description.weights:
            raise EncoderError(f"{path}: not the weights that {DESCRIPTION_FILE} describes; {_REMEDY}")
        try:
            weights = np.load(path, allow_pickle=False)
        except (OSError, ValueError) as error:
            raise EncoderError(f"{path}: not a table of weights; {_REMEDY}") from error
        expected = ((description.buckets,), weights_layout(description.dim))
        if (weights.shape, weights.dtype) != expected:
            raise EncoderError(f"{path}: got {weights.shape} rows of {weights.dtype}, expected {expected}; {_REMEDY}")
        encoder = cls(weights, description)
        # Few rows are needed for a question: they stay in the file, as pages that all processes share.
        encoder._codes = np.load(path, mmap_mode="r", allow_pickle=False).view(np.ndarray)["codes"]
        if folder != MODEL_FOLDER:
            encoder.name = str(folder)
        return encoder

    @property
    def fingerprint(self) -> str:
        """A hash of the description, weights among it, and of how the analyser parts a text that is hard to part."""
        parted = "\n".join(words(_PROBE))
        return content_hash(f"{self._description.model_dump_json()}\n{parted}".encode())

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors (n, dim) of n questions, each of length 1, or zero where no part of the text is known."""
        return self.encode_passages(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors (n, dim) of n passages, each of length 1, or zero where no part of the text is known."""
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for start in range(0, len(texts), _TEXTS_AT_A_TIME):
            part = texts[start : start + _TEXTS_AT_A_TIME]
            vectors[start : start + len(part)] = self._sums([Counter(words(text)) for text in part])
        return unit_rows(vectors)

    def _sums(self, counted: list[Counter[str]]) -> Vectors:
        sums = np.zeros((len(counted), self.dim), dtype=np.float32)
        numbers: dict[str, int] = {}
        flat = [numbers.setdefault(word, len(numbers)) for counts in counted for word in counts]
        if not flat:
            return sums
        weights = np.fromiter(map(word_weight, chain.from_iterable(c.values() for c in counted)), np.float32, len(flat))
        weighted = self._word_vectors(list(numbers))[flat] * weights[:, np.newaxis]
        filled = [row for row, counts in enumerate(counted) if counts]
        starts = np.cumsum([0, *(len(counted[row]) for row in filled[:-1])])
        sums[filled] = np.add.reduceat(weighted, starts, axis=0)
        return sums

    def _word_vectors(self, wanted: list[str]) -> Vectors:
        with self._lock:
            new = [word for word in wanted if word not in self._rows]
            if len(self._rows) + len(new) > CACHED_WORDS:
                self._rows.clear()
                new = wanted
            if len(new) > CACHED_WORDS:
                return self._computed(new)
            first = len(self._rows)
            self._cached[first : first + len(new)] = self._computed(new)
            self._rows.update(zip(new, range(first, first + len(new)), strict=True))
            return self._cached[[self._rows[word] for word in wanted]]

    def _computed(self, new: list[str]) -> Vectors:
        vectors = np.empty((len(new), self.dim), dtype=np.float32)
        for start in range(0, len(new), _WORDS_AT_A_TIME):
            part = new[start : start + _WORDS_AT_A_TIME]
            vectors[start : start + len(part)] = self._summed_features(part)
        return vectors

    def _summed_features(self, part: list[str]) -> Vectors:
        description = self._description
        features = [word_features(word, description.ngrams, description.hash_seed) for word in part]
        hashes = np.fromiter(chain.from_iterable(features), np.uint32)
        found = np.minimum(np.searchsorted(self._keys, hashes), len(self._keys) - 1)
        factors = np.where(self._keys[found] == hashes, self._scales[found], np.float32(0))
        starts = np.cumsum([0, *map(len, features[:-1])])
        rows = self._codes[found] * factors[:, np.newaxis]
        return np.asarray(np.add.reduceat(rows, starts, axis=0), dtype=np.float32)


class SentenceTransformerEncoder:
    """Any sentence-transformers model, by its name or folder, with its own prompts for questions and passages."""

    def __init__(self, name_or_folder: str) -> None:
        """Load the model.

        Raises:
            EncoderError: sentence-transformers is not installed, or there is no such model.
        """
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise EncoderError(
                f"the encoder {name_or_folder!r} needs sentence-transformers, which is not installed; "
                f'run: pip install "mellomrom[transformers]" — or choose the encoder {BUNDLED!r}.'
            ) from error
        self.name = name_or_folder
        try:
            with _without_progress_bars():
                self._model = SentenceTransformer(name_or_folder)
        except Exception as error:  # each layer below raises errors of its own, from HTTP to file formats
            raise EncoderError(
                f"got the encoder {name_or_folder!r}, which cannot be loaded ({_first_line(error)}); expected the "
                f"folder of a sentence-transformers model, or the name of one that is on this machine or can be "
                f"downloaded — or choose the encoder {BUNDLED!r}."
            ) from error
        dim = self._model.get_embedding_dimension()
        if dim is None:
            raise EncoderError(
                f"got the encoder {name_or_folder!r}, which does not say how many dimensions its vectors have; "
                f"expected a model that gives one vector for a text — or choose the encoder {BUNDLED!r}."
            )
        self.dim = int(dim)
        self.fingerprint = self._fingerprint()

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors (n, dim) of n questions, each of length 1, or zero where a text is blank."""
        return self._encoded(texts, self._model.encode_query)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors (n, dim) of n passages, each of length 1, or zero where a text is blank."""
        return self._encoded(texts, self._model.encode_document)

    def known_words(self) -> list[str]:
        """Return the whole words among the tokens of the model, those of the letters a to z, in order."""
        return sorted(token for token in self._model.tokenizer.get_vocab() if _WHOLE_WORD.fullmatch(token))

    def _encoded(self, texts: Sequence[str], encode: Any) -> Vectors:  # noqa: ANN401 (the package ships no types)
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        # A model has a vector for the empty text too, but nothing is near a question that says nothing.
        filled = [row for row, text in enumerate(texts) if text.strip()]
        if filled:
            encoded = encode([texts[row] for row in filled], convert_to_numpy=True, show_progress_bar=False)
            vectors[filled] = np.asarray(encoded, dtype=np.float32)
        return unit_rows(vectors)

    def _fingerprint(self) -> str:
        """Hash the weights as loaded, so that the same model gives the same hash by name and by folder."""
        settings = (self._model.max_seq_length, sorted(self._model.prompts.items()))
        digest = sha256(repr(settings).encode())
        for key, value in sorted(self._model.state_dict().items()):
            digest.update(key.encode())
            digest.update(value.detach().cpu().float().numpy().tobytes())
        return digest.hexdigest()


def load_encoder(name: str = BUNDLED) -> Encoder:
    """Return an encoder by its name.

    Args:
        name: ``bundled``, a folder that `index.learning.training` wrote, or the name or folder of a
            sentence-transformers model.

    Raises:
        EncoderError: the encoder is missing or damaged, or needs a package that is not installed.
    """
    if name == BUNDLED:
        return _bundled()
    if (Path(name) / DESCRIPTION_FILE).is_file():
        return NgramEncoder.load(Path(name))
    return SentenceTransformerEncoder(name)


@cache
def _bundled() -> NgramEncoder:
    """Return the encoder that is shipped, verified and read once for a process."""
    return NgramEncoder.load(MODEL_FOLDER)


def content_hash(content: bytes) -> str:
    """Return the hash by which content is known again."""
    return sha256(content).hexdigest()


_REMEDY = "install Mellomrom again, or train the model again with python -m index.learning.training."


def _read_description(path: Path) -> ModelDescription:
    try:
        description = ModelDescription.model_validate_json(path.read_bytes())
    except OSError as error:
        raise EncoderError(f"{path}: cannot be read ({error.strerror}); {_REMEDY}") from error
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        where = ".".join(map(str, problem["loc"]))
        raise EncoderError(f"{path}: not the description of a model ({where}: {problem['msg']}); {_REMEDY}") from error
    if description.format != FORMAT:
        raise EncoderError(f"{path}: got format {description.format}, expected {FORMAT}; {_REMEDY}")
    return description


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


@contextmanager
def _without_progress_bars() -> Iterator[None]:
    # The library that it loads models with shows bars; imported by name, since it is there with the extra alone.
    logging = import_module("transformers.utils.logging")
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()
