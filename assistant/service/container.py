"""What a channel works with: the services of one process, made once and handed to whoever needs them.

Invariant: nothing here opens anything; `assistant.runtime.bootstrap` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
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
    from index.manager import IndexManager


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
    keys: Keys

    @cached_property
    def followup(self) -> FollowUp:
        """What is due of cases; a question in a terminal needs none of it."""
        from assistant.cases.followup import FollowUp

        return FollowUp(self.database, self.referrals, self.settings.reminder_days)

    @cached_property
    def mail(self) -> MailQueue:
        """The letters that wait."""
        from assistant.mail.queue import MailQueue

        return MailQueue(self.database, self.settings.mail_sender)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the index and the database."""
        self.keeper.close()
        self.database.close()
