"""Nearest passages by their vectors, in FAISS.

Invariant: scores are cosines, since encoders return rows of length 1; ids are those of the passages given in. Up
to `EXHAUSTIVE_LIMIT` passages every vector is looked at, as 16-bit numbers: here that finds what 32 bits find, in
half the memory and a third of the time. Above it an inverted file with 8-bit codes is used. The name of the choice
is kept with the index.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.errors import IndexFileError

EXHAUSTIVE = "IDMap2,SQfp16"
EXHAUSTIVE_LIMIT = 400_000
"""Passages up to which looking at all of them takes some ten milliseconds at most."""
LISTS = 1024
PROBES = 64
"""Lists of the inverted file, and how many of them a question looks into."""

Vectors = NDArray[np.float32]
Ids = NDArray[np.int64]


class Nearest(NamedTuple):
    """The nearest passages to a vector, best first."""

    ids: Ids
    """(n,)"""
    cosines: NDArray[np.float64]
    """(n,)"""


class DenseIndex:
    """The vectors of the passages of one kind of record."""

    def __init__(self, vectors: Any, factory: str) -> None:  # noqa: ANN401 (faiss ships no types)
        self._faiss = vectors
        self._mapped: Path | None = None
        """The file that its vectors are still in, as pages that all processes share."""
        self.factory = factory

    @classmethod
    def build(cls, ids: Ids, vectors: Vectors) -> DenseIndex:
        """Return an index of n vectors (n, dim) under n ids.

        Raises:
            ValueError: the numbers of ids and vectors differ.
        """
        import faiss

        if len(ids) != len(vectors):
            raise ValueError(f"got {len(ids)} ids for {len(vectors)} vectors, expected as many")
        dim = vectors.shape[1]
        factory = EXHAUSTIVE if len(ids) <= EXHAUSTIVE_LIMIT else f"IVF{LISTS},SQ8"
        built: Any = faiss.index_factory(dim, factory, faiss.METRIC_INNER_PRODUCT)
        if factory != EXHAUSTIVE:
            sample = np.random.default_rng(0).choice(len(vectors), min(len(vectors), LISTS * 64), replace=False)
            built.train(vectors[np.sort(sample)])
            built.nprobe = PROBES
        built.add_with_ids(vectors, ids)
        return cls(built, factory)

    @property
    def count(self) -> int:
        """How many passages are held."""
        return int(self._faiss.ntotal)

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Add passages."""
        if len(ids):
            self._own()
            self._faiss.add_with_ids(vectors, ids)

    def remove(self, ids: Sequence[int]) -> None:
        """Remove passages; ids that are not there are passed over."""
        if ids:
            self._own()
            self._faiss.remove_ids(np.asarray(ids, dtype=np.int64))

    def vectors(self, ids: Sequence[int]) -> Vectors | None:
        """Return the vectors (len(ids), dim) of passages that are there, as they were added; None where that is lost.

        16-bit numbers come to the same ones again, 8-bit codes of a larger index need not.
        """
        if self.factory != EXHAUSTIVE or not ids:
            return None
        return np.asarray(self._faiss.reconstruct_batch(np.asarray(ids, dtype=np.int64)), dtype=np.float32)

    def search(self, vector: Vectors, top_k: int, among: Ids | None = None) -> Nearest:
        """Return the nearest passages to one vector (dim,), where wanted only among some; none to zeros."""
        if not self.count or not top_k or not vector.any():
            return Nearest(np.empty(0, np.int64), np.empty(0))
        import faiss

        # One question is too little work to share; threads would only wait for each other.
        faiss.omp_set_num_threads(1)
        options: dict[str, Any] = {}
        if among is not None:
            untyped: Any = faiss
            is_among = np.zeros(int(among.max(initial=0)) + 1, dtype=bool)
            is_among[among] = True
            chosen = untyped.IDSelectorBitmap(np.packbits(is_among, bitorder="little"))
            exhaustive = untyped.SearchParameters(sel=chosen) if self.factory == EXHAUSTIVE else None
            options["params"] = exhaustive or untyped.SearchParametersIVF(sel=chosen, nprobe=PROBES)
        scores, ids = self._faiss.search(vector.reshape(1, -1), min(top_k, self.count), **options)
        found = ids[0] >= 0
        return Nearest(ids[0][found], scores[0][found].astype(np.float64))

    def save(self, path: Path) -> None:
        """Write the index to a file.

        Raises:
            OSError: it cannot be written.
        """
        import faiss

        try:
            faiss.write_index(self._faiss, str(path))
        except RuntimeError as error:
            raise OSError(f"FAISS could not write {path.name}") from error

    @classmethod
    def load(cls, path: Path, factory: str) -> DenseIndex:
        """Open an index in a file, where vectors that are all looked at stay until they are to be changed.

        Raises:
            IndexFileError: the file is not one that FAISS can read.
        """
        import faiss

        is_mapped = factory == EXHAUSTIVE
        loaded = _read(path, faiss.IO_FLAG_MMAP_IFC if is_mapped else 0)
        if factory != EXHAUSTIVE:
            loaded.nprobe = PROBES
        opened = cls(loaded, factory)
        opened._mapped = path if is_mapped else None
        return opened

    def _own(self) -> None:
        """Read into memory what is still in a file: FAISS ends the process that changes it there."""
        if self._mapped is not None:
            self._faiss, self._mapped = _read(self._mapped), None


def _read(path: Path, flags: int = 0) -> Any:  # noqa: ANN401 (faiss ships no types)
    import faiss

    try:
        return faiss.read_index(str(path), flags)
    except RuntimeError as error:
        raise IndexFileError(f"{path}: FAISS cannot read it; it is rebuilt from the store.") from error
