"""Where the vectors of passages are kept: what an index asks of them, whoever holds them.

Invariant: vectors go by the numbers of their passages, of which each stands for one text for ever; a store says by its
factory how it holds them, and whoever built it can load it again by that.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from index.encoders import Encoder
from index.storage.dense import DenseIndex, Ids, Nearest, Vectors


class VectorStore(Protocol):
    """The vectors of the passages of one kind of record."""

    @property
    def factory(self) -> str:
        """How they are held."""

    @property
    def count(self) -> int:
        """How many there are."""

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Add passages."""

    def remove(self, ids: Sequence[int]) -> None:
        """Remove passages; ids that are not there are passed over."""

    def vectors(self, ids: Sequence[int]) -> Vectors | None:
        """Return vectors (len(ids), dim) of passages that are there, as they were added; None where that is lost."""

    def search(self, vector: Vectors, top_k: int, among: Ids | None = None) -> Nearest:
        """Return the nearest passages to one vector (dim,), where wanted only among some; none to zeros."""

    def save(self, path: Path) -> None:
        """Write what belongs to this generation alone to a file, or to several whose names begin as its does."""


class VectorHouse(Protocol):
    """What makes and opens stores of vectors."""

    @property
    def name(self) -> str:
        """What marks an index whose vectors are here."""

    def build(self, ids: Ids, vectors: Vectors) -> VectorStore:
        """Return a store of n vectors (n, dim) under n ids."""

    def load(self, path: Path, factory: str) -> VectorStore:
        """Open what a store of this house has saved.

        Raises:
            IndexFileError: it is not there, or was made by another house.
        """


class InFiles:
    """Vectors in files of the generation, by FAISS."""

    name = "files"

    def build(self, ids: Ids, vectors: Vectors) -> VectorStore:
        """Return a store of n vectors (n, dim) under n ids."""
        return DenseIndex.build(ids, vectors)

    def load(self, path: Path, factory: str) -> VectorStore:
        """Open what a store of this house has saved.

        Raises:
            IndexFileError: the file is not one that FAISS can read.
        """
        return DenseIndex.load(path, factory)


IN_FILES = InFiles()


class Means(NamedTuple):
    """What an index is made with."""

    encoder: Encoder
    vectors: VectorHouse = IN_FILES
