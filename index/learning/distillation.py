"""The arithmetic of making the bundled encoder: which features it knows, and their vectors, learnt from a teacher.

Invariant: texts become features by the very functions that the encoder uses, so that what is learnt is what is
used. Nothing here reads a file or knows which texts are held out; it learns from all that it is given. The same
texts, targets and parameters give the same table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.analysis import words
from index.encoders import Vectors, unit_rows, word_features, word_weight

Matrix = Any
"""A sparse matrix in rows; scipy ships no types."""


class Parameters(NamedTuple):
    """The choices of the recipe; their values are those that did best on texts kept apart for choosing them."""

    dim: int = 192
    buckets: int = 65_536
    ngrams: tuple[int, ...] = (3, 4, 5, 6)
    hash_seed: int = 0
    ridge: float = 0.5
    """How strongly vectors are held near zero."""
    iterations: int = 50
    """Steps of the conjugate gradient; with half as many, a hundredth fewer sentences found their translation."""
    levelling: float = 0.25
    """How far the dimensions are brought to the same spread: 0 not at all, 0.5 fully.

    Left as they are, a few dimensions decide every cosine, and texts about different things seem alike."""
    trial_dim: int = 64
    """Dimensions of the trial that shows which features matter."""
    trial_iterations: int = 25


class FeatureTable(NamedTuple):
    """A vector for each feature, features in the order of their hashes."""

    keys: NDArray[np.uint32]
    vectors: Vectors


class _Vocabulary(NamedTuple):
    words: list[str]
    text_words: Matrix
    """Texts × words, with the weight of each word in each text."""


class _Problem(NamedTuple):
    """Texts as sums of words, words as sums of features, and how much each counts."""

    text_words: Matrix
    word_to_feature: Matrix
    rarity: Vectors
    weights: Vectors
    ridge: float


def _vocabulary(texts: Sequence[str]) -> _Vocabulary:
    from scipy.sparse import csr_matrix

    numbers: dict[str, int] = {}
    starts, columns, weights = [0], list[int](), list[float]()
    for text in texts:
        for word, count in Counter(words(text)).items():
            columns.append(numbers.setdefault(word, len(numbers)))
            weights.append(word_weight(count))
        starts.append(len(columns))
    shape = (len(texts), len(numbers))
    return _Vocabulary(list(numbers), csr_matrix((np.asarray(weights, np.float32), columns, starts), shape=shape))


def _features(known_words: list[str], parameters: Parameters) -> tuple[NDArray[np.uint32], Matrix]:
    """Return the hashes of the features of all words, in order, and words × features."""
    from scipy.sparse import csr_matrix

    hashes = [word_features(word, parameters.ngrams, parameters.hash_seed) for word in known_words]
    flat = np.fromiter((number for row in hashes for number in row), np.uint32)
    starts = np.cumsum([0, *map(len, hashes)])
    keys, columns = np.unique(flat, return_inverse=True)
    ones = np.ones(len(flat), dtype=np.float32)
    return keys, csr_matrix((ones, columns, starts), shape=(len(known_words), len(keys)))


def distil(texts: Sequence[str], targets: Vectors, weights: Vectors, parameters: Parameters) -> FeatureTable:
    """Return the table whose sums over the features of texts come nearest to their targets.

    Args:
        texts: what to encode, in any language.
        targets: for each text the teacher's vector (n, teacher's dim) of what it means.
        weights: how much each text counts.
        parameters: the choices of the recipe.
    """
    vocabulary = _vocabulary(texts)
    keys, word_to_feature = _features(vocabulary.words, parameters)
    in_texts = np.bincount((vocabulary.text_words @ word_to_feature).indices, minlength=len(keys))
    rarity = np.log((1 + len(texts)) / (1 + in_texts)).astype(np.float32)
    problem = _Problem(vocabulary.text_words, word_to_feature, rarity, weights, parameters.ridge)
    # A row for every feature that matters and none for the rest: rows shared by chance make unlike words alike.
    trial = _ridge(problem, _levelled(targets, weights, parameters.trial_dim, parameters), parameters.trial_iterations)
    importance = np.linalg.norm(trial, axis=1) * rarity * np.sqrt(in_texts)
    kept = np.sort(np.argsort(-importance, kind="stable")[: parameters.buckets])
    problem = _Problem(vocabulary.text_words, word_to_feature[:, kept], rarity[kept], weights, parameters.ridge)
    learnt = _ridge(problem, _levelled(targets, weights, parameters.dim, parameters), parameters.iterations)
    return FeatureTable(keys[kept], rarity[kept, np.newaxis] * learnt)


def _levelled(targets: Vectors, weights: Vectors, dim: int, parameters: Parameters) -> Vectors:
    """Return targets in their principal directions, without what is common to all, at length 1."""
    centred = targets - targets.mean(axis=0)
    spread, directions = np.linalg.eigh((centred * weights[:, np.newaxis]).T @ centred)
    spread, directions = spread[::-1][:dim], directions[:, ::-1][:, :dim]
    # The sign of a direction is the linear algebra library's whim; fixed, so that a seed gives one table.
    directions = directions * np.where(directions.sum(axis=0) < 0, -1, 1)
    levelled = centred @ directions * np.maximum(spread / spread[0], 1e-6) ** -parameters.levelling
    return unit_rows(levelled.astype(np.float32))


def _ridge(problem: _Problem, targets: Vectors, iterations: int) -> Vectors:
    """Return features × dimensions that minimise weighted squared errors plus the ridge, by conjugate gradients."""
    from scipy.sparse import diags

    word_to_feature = (problem.word_to_feature @ diags(problem.rarity)).tocsr().astype(np.float32)
    present = problem.text_words @ word_to_feature
    lengths = np.sqrt(np.asarray(present.multiply(present).sum(axis=1)).ravel())
    factors = np.sqrt(problem.weights)
    # Each text counts by its direction alone, since that is all that the encoder will give of it.
    texts = (diags(factors / np.maximum(lengths, 1e-9)) @ problem.text_words).tocsr().astype(np.float32)
    texts_back, feature_to_word = texts.T.tocsr(), word_to_feature.T.tocsr()

    residual = feature_to_word @ (texts_back @ (targets * factors[:, np.newaxis]))
    table = np.zeros_like(residual)
    direction, squared = residual.copy(), (residual**2).sum(axis=0)
    for _ in range(iterations):
        image = feature_to_word @ (texts_back @ (texts @ (word_to_feature @ direction))) + problem.ridge * direction
        step = squared / np.maximum((direction * image).sum(axis=0), 1e-12)
        table += step * direction
        residual -= step * image
        previous, squared = squared, (residual**2).sum(axis=0)
        direction = residual + squared / np.maximum(previous, 1e-12) * direction
    return np.asarray(table, dtype=np.float32)


def quantised(vectors: Vectors) -> tuple[Vectors, NDArray[np.int8]]:
    """Return a factor for each row, and rows of 8-bit numbers that times the factor come nearest to the vectors."""
    scales = (np.abs(vectors).max(axis=1) / 127).astype(np.float16).astype(np.float32)
    divided = np.divide(vectors, scales[:, np.newaxis], out=np.zeros_like(vectors), where=scales[:, np.newaxis] > 0)
    return scales, np.clip(np.rint(divided), -127, 127).astype(np.int8)
