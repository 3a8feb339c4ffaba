"""The store, the index and the matchmaker, opened as the settings say.

Invariant: the first use makes everything that is missing and says so while it does; later uses find it and make
nothing.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from corpus.text import Language

if TYPE_CHECKING:
    from assistant.matchmaker import Matchmaker
    from assistant.settings import Settings
    from corpus.store import RecordStore
    from index.searcher import IndexKeeper


def open_store(settings: Settings) -> RecordStore:
    """Open the store with the records of this release in it.

    Raises:
        MellomromError: it cannot be opened or filled; the text names the remedy.
    """
    from corpus.curation import load_shipped
    from corpus.store import RecordStore

    store = RecordStore.open(settings.store_url)
    try:
        load_shipped(store, progress=lambda _: _say("progress.store", settings))
    except BaseException:
        store.close()
        raise
    return store


def open_keeper(settings: Settings, store: RecordStore | None = None) -> IndexKeeper:
    """Open the store's index."""
    from index.encoders import load_encoder
    from index.searcher import IndexKeeper

    store = store or open_store(settings)
    return IndexKeeper(
        store,
        load_encoder(settings.encoder),
        settings.index_folder,
        progress=lambda done, total: _say("progress.index", settings, f" {done}/{total}"),
    )


def open_matchmaker(settings: Settings) -> Matchmaker:
    """Open what answers questions."""
    from assistant.matchmaker import Matchmaker

    store = open_store(settings)
    return Matchmaker(store, open_keeper(settings, store))


def _say(key: str, settings: Settings, more: str = "") -> None:
    from assistant.messages import messages

    sys.stderr.write(f"{messages(settings.language or Language.NB).text(key)}{more} …\n")
    sys.stderr.flush()
