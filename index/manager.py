"""The index of a store, kept true: built, followed by edits, shared between machines.

Invariant: what is served was verified and knows a revision of the store; a question never waits longer than it must for
an edit, and whoever edits is served what knows of it.
"""

from __future__ import annotations

import logging
import sqlite3
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from corpus.errors import MellomromError
from corpus.store import RecordStore
from index.background_refresh import BackgroundRefreshed
from index.build_versions import build_versions
from index.encoders import Encoder
from index.errors import IndexFileError
from index.scoring.ranking import RankingParameters, default_parameters
from index.searcher import Searcher
from index.storage.builder import Progress, build_index, update_index
from index.storage.persistence import (
    Generation,
    Manifest,
    linked,
    read_current,
    writing,
)
from index.storage.shelf import Shelf, kin_for
from index.storage.vectors import Means

log = logging.getLogger(__name__)

PATIENCE = 5.0
"""Seconds that a question waits for an edit to be followed before it is answered by the index from before it."""
NEWEST_PATIENCE = 300.0
"""Seconds that whoever edits waits."""
SHARED_BEHIND = 0.01
"""The share of records changed since what is shared was made, above which the newest is shared instead."""
SHARED_EVERY = timedelta(days=1)
"""How long what is shared may be older than the newest where less was changed."""


class IndexManager:
    """Keeps the index of a store true: builds it, follows edits, and never serves what it cannot vouch for."""

    def __init__(
        self,
        store: RecordStore,
        encoder: Encoder,
        home: Path,
        ranking: RankingParameters | None = None,
        progress: Progress | None = None,
    ) -> None:
        self._store = store
        self._means = Means(encoder)
        self._shelf: Shelf | None = None
        self._home = home
        self._ranking = ranking or default_parameters()
        self._progress = progress
        self._served = BackgroundRefreshed(self._current)

    @classmethod
    def shared(
        cls, store: RecordStore, means: Means, home: Path, shelf: Shelf, progress: Progress | None = None
    ) -> Self:
        """Return what keeps the index of a store that several machines share, so that one builds it for all."""
        manager = cls(store, means.encoder, home, progress=progress)
        manager._means, manager._shelf = means, shelf
        return manager

    def searcher(self, *, newest: bool = False) -> Searcher:
        """Return a searcher that knows the store's newest revision.

        Where following an edit takes longer than `PATIENCE`, the searcher from before it serves meanwhile, unless the
        newest is waited for, as whoever edits does.
        """
        revision = self._store.revision()
        patience = NEWEST_PATIENCE if newest else PATIENCE
        return self._served.get(lambda searcher: searcher.manifest.revision >= revision, patience)

    @property
    def encoder(self) -> Encoder:
        """The encoder that the index is made with."""
        return self._means.encoder

    def rebuild(self) -> Searcher:
        """Build the index whole, whatever is there."""

        def built() -> Searcher:
            with writing(self._home), self._alone():
                return self._opened(self._built())

        return self._served.put(built)

    def share(self) -> None:
        """Have the index lie where machines that start find it, unless what lies there is nearly as new.

        Raises:
            MellomromError: it cannot be read, or the database does not take it.
        """
        if self._shelf is None or self._lies_there(self._shelf):
            return
        with TemporaryDirectory(prefix="share-", dir=self._home) as folder:
            # Linked, so that following what changes meanwhile waits for nothing.
            with writing(self._home):
                generation = linked(self._trusted(), Path(folder))
            with self._alone():
                if not self._lies_there(self._shelf):
                    self._shelf.lay(generation)

    def _lies_there(self, shelf: Shelf) -> bool:
        laid = shelf.newest(kin_for(self._store.store_id, self._means))
        if laid is None:
            return False
        behind = len(self._store.changed_since(laid.manifest.revision))
        due = behind > 0 and datetime.now(UTC) - laid.at > SHARED_EVERY
        return not due and behind <= SHARED_BEHIND * laid.manifest.records

    def verify(self) -> Manifest:
        """Return the manifest of the saved index if it is whole, ours, readable and of the store's newest revision.

        Raises:
            IndexFileError: it is not; the text says how.
        """
        generation = self._trusted()
        self._opened(generation).close()
        manifest = generation.manifest
        newest = self._store.revision()
        if manifest.revision != newest or manifest.fingerprint != self._store.fingerprint():
            raise IndexFileError(
                f"The index is of revision {manifest.revision}, the store of {newest}. "
                "The next question brings it up to date; `mellomrom index rebuild` builds it anew."
            )
        return manifest

    def close(self) -> None:
        """Let go of the index."""
        if (searcher := self._served.close()) is not None:
            searcher.close()

    def _current(self) -> Searcher:
        """Return a searcher on the index of the newest revision, brought up to it or built anew where it has to be."""
        try:
            generation = self._trusted()
            if generation.manifest.revision == self._store.revision():
                return self._opened(generation)
        except IndexFileError as error:
            log.info("index: %s", error)
        with writing(self._home):
            # Another process may have done the work while we waited for the lock.
            try:
                return self._opened(self._brought_up(self._trusted()))
            except IndexFileError as error:
                log.info("index: %s", error)
            with self._alone():
                # And so may another machine.
                try:
                    if fetched := self._fetched():
                        return self._opened(self._brought_up(fetched))
                except IndexFileError as error:
                    log.info("index: %s", error)
                return self._opened(self._built())

    def _brought_up(self, generation: Generation) -> Generation:
        """Return a generation of the newest revision that follows one.

        Raises:
            IndexFileError: so much has changed that it is better made anew.
        """
        if generation.manifest.revision == self._store.revision():
            return generation
        return update_index(self._store, self._means, self._home, generation)

    def _fetched(self) -> Generation | None:
        """Return what another machine has built, now current here; None where nothing of ours lies there."""
        if self._shelf is None or self._shelf.fetch(self._home, kin_for(self._store.store_id, self._means)) is None:
            return None
        return self._trusted()

    def _built(self) -> Generation:
        """Return the index built whole, and laid where other machines find it."""
        generation = build_index(self._store, self._means, self._home, self._progress)
        if self._shelf is not None:
            try:
                self._shelf.lay(generation)
            except MellomromError as error:
                # Questions are answered by it all the same; others build it for themselves, or a chore lays it there.
                log.warning("the index could not be shared (%s)", error)
        return generation

    def _alone(self) -> AbstractContextManager[None]:
        return nullcontext() if self._shelf is None else self._shelf.alone()

    def _opened(self, generation: Generation) -> Searcher:
        """Return a searcher on a generation.

        Raises:
            IndexFileError: its files are as they were written, but what they hold cannot be read by this release or by
                the libraries that are installed.
        """
        try:
            return Searcher(generation, self._means, self._ranking)
        except (sqlite3.Error, KeyError, ValueError, RuntimeError, OSError) as error:
            raise IndexFileError(
                f"{generation.folder}: cannot be read ({type(error).__name__}); it is built anew from the store."
            ) from error

    def _trusted(self) -> Generation:
        """Return the current generation if it is whole and ours.

        Raises:
            IndexFileError: it is missing, damaged, or of another store or encoder, or made by another analyser or
                another version of a library.
        """
        generation = read_current(self._home)
        manifest = generation.manifest
        if manifest.store_id != self._store.store_id or manifest.revision > self._store.revision():
            raise IndexFileError(f"{generation.folder}: made from another store; it is built anew.")
        encoder = self._means.encoder
        if (manifest.encoder, manifest.encoder_fingerprint) != (encoder.name, encoder.fingerprint):
            raise IndexFileError(f"{generation.folder}: made with the encoder {manifest.encoder}; it is built anew.")
        if manifest.vectors != self._means.vectors.name:
            raise IndexFileError(f"{generation.folder}: its vectors are kept elsewhere; it is built anew.")
        ours = build_versions()
        if other := [name for name in ours if manifest.made_by.get(name) != ours[name]]:
            raise IndexFileError(f"{generation.folder}: made by another {', '.join(other)}; it is built anew.")
        return generation
