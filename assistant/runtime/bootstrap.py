"""The store, the index and the matchmaker, opened as the settings say.

Invariant: the first use makes everything that is missing and says so while it does; later uses find it and make
nothing.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from assistant.service.container import Runtime
from corpus.text import Language

if TYPE_CHECKING:
    from assistant.platform.settings import Settings
    from corpus.database import Database
    from corpus.store import RecordStore
    from index.manager import IndexManager


def open_store(settings: Settings, database: Database | None = None) -> RecordStore:
    """Open the store with the records of this release in it, in a database that is open already if one is given.

    Raises:
        MellomromError: it cannot be opened or filled; the text names the remedy.
    """
    from corpus.curation import load_shipped
    from corpus.database import PREPARING_SECONDS
    from corpus.errors import BusyStoreError
    from corpus.store import RecordStore

    store = RecordStore(database) if database else RecordStore.open(settings.store_url)
    if store.database.is_newer:
        # What a newer release has brought in is not taken back by a server that is still to be upgraded.
        return store
    try:
        until = time.monotonic() + PREPARING_SECONDS
        while True:
            try:
                load_shipped(store, progress=lambda _: _print_progress("progress.store", settings))
                break
            except BusyStoreError:
                # Another machine that starts now is filling the database that both share.
                if not store.database.is_on_server or time.monotonic() > until:
                    raise
    except BaseException:
        store.close()
        raise
    return store


def open_index_manager(settings: Settings, store: RecordStore | None = None) -> IndexManager:
    """Open the store's index."""
    from index.encoders import load_encoder
    from index.manager import IndexManager

    store = store or open_store(settings)
    encoder, home = load_encoder(settings.encoder), settings.index_folder

    def progress(done: int, total: int) -> None:
        _print_progress("progress.index", settings, f" {done}/{total}")

    if not store.database.is_on_server:
        return IndexManager(store, encoder, home, progress=progress)
    from index.storage.shelf import Shelf
    from index.storage.vectors import Means

    means = Means(encoder)
    if settings.vectors == "postgresql":
        from index.storage.pgvectors import InPostgres

        means = Means(encoder, InPostgres(store.database))
    return IndexManager.shared(store, means, home, Shelf(store.database), progress)


def open_database(settings: Settings, url: str | None = None) -> Database:
    """Open the database, or the one at another address, with the tables of all owners in it.

    Raises:
        StoreError: it cannot be opened; the text names the remedy.
    """
    from assistant.access.migrations import WEB
    from assistant.channels.slack.migrations import SLACK
    from assistant.channels.teams.migrations import TEAMS
    from assistant.history.migrations import CASES
    from assistant.mail.migrations import MAIL
    from corpus.database import Database
    from corpus.migrations import CORPUS

    return Database(url or settings.store_url, (CORPUS, CASES, SLACK, TEAMS, WEB, MAIL))


def open_runtime(settings: Settings) -> Runtime:
    """Open everything, with the records of this release in the store and an index that follows them.

    Raises:
        MellomromError: something cannot be opened or made; the text names the remedy.
    """
    from assistant.cases.referrals import Referrals
    from assistant.history.keyring import open_keys
    from assistant.matching.matchmaker import Matchmaker
    from assistant.platform.tracing import set_up_tracing
    from assistant.service.service import Service

    set_up_tracing(settings)
    database = open_database(settings)
    try:
        keys = open_keys(settings, database)
        store = open_store(settings, database)
        keeper = open_index_manager(settings, store)
        matchmaker = Matchmaker(store, keeper)
        referrals = Referrals(database)
        service = Service(database, matchmaker, referrals, keys)
    except BaseException:
        database.close()
        raise
    return Runtime(settings, database, store, keeper, matchmaker, service, referrals, keys)


def _print_progress(key: str, settings: Settings, more: str = "") -> None:
    from assistant.platform.messages import messages

    sys.stderr.write(f"{messages(settings.language or Language.NB).text(key)}{more} …\n")
    sys.stderr.flush()
