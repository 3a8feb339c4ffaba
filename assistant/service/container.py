"""What a channel works with: the services of one process, made once and handed to whoever needs them.

Invariant: nothing here opens anything; `assistant.runtime.bootstrap` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from assistant.cases.followup import FollowUp
    from assistant.cases.referrals import Referrals
    from assistant.mail.queue import MailQueue
    from assistant.matching.matchmaker import Matchmaker
    from assistant.platform.keys import Keys
    from assistant.platform.settings import Settings
    from assistant.service.service import Service
    from corpus.database import Database
    from corpus.store import RecordStore
    from index.searcher import IndexManager


@dataclass(frozen=True)
class Runtime:
    """Everything that a channel works with, opened once for a process."""

    settings: Settings
    database: Database
    store: RecordStore
    keeper: IndexManager
    matchmaker: Matchmaker
    service: Service
    referrals: Referrals
    followup: FollowUp
    mail: MailQueue
    keys: Keys

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the index and the database."""
        self.keeper.close()
        self.database.close()
