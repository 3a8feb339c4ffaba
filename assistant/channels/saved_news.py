"""What all channels do alike with the needs that people save in them: save, decide, and tell what is new.

Invariant: what waits to be told of a need is told to whoever saved it alone: what another municipality asks first,
then its news.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Generic, NamedTuple

import anyio.to_thread

from assistant.channels import saving
from assistant.channels.direct_messages import Address
from assistant.channels.worker import UnreachableError
from assistant.saved.needs import UnknownSavedNeedError

if TYPE_CHECKING:
    from assistant.channels.direct_messages import DirectMessages
    from assistant.platform.people import Asker
    from assistant.render.saved import SavedVerb
    from assistant.saved.needs import SavedNeed
    from assistant.service.container import Runtime


class Outcome(NamedTuple):
    """What came of something done with a saved need."""

    need: SavedNeed | None
    """The need as it is now; None where there is none of theirs, or no more."""
    told: str = ""
    """The key of what is said where there is no need."""


class SavedNews(ABC, Generic[Address]):
    """Saves needs for people of a channel, and tells them what is new."""

    def __init__(self, runtime: Runtime, direct: DirectMessages[Address]) -> None:
        self._runtime = runtime
        self._direct = direct

    @abstractmethod
    async def _send_news(self, need: SavedNeed, address: Address) -> None:
        """Send somebody the news of a need of theirs."""

    def reaches(self, reply_to: str) -> bool:
        """Tell whether a need was saved in this channel."""
        return self._direct.address_in(reply_to) is not None

    def tell(self, need: SavedNeed) -> None:
        """Tell whoever saved a need what waits to be told there; called from a thread while the channel runs.

        Raises:
            Exception: they could not be told.
        """
        self._direct.wait_for(lambda: self._tell(need))

    async def _tell(self, need: SavedNeed) -> None:
        address = self._direct.address_in(need.reply_to)
        if address is None:
            raise UnreachableError(f"the need {need.id!r} was saved in another channel")
        for notice in need.notices:
            await self._direct.say(address, notice.text)
        if need.is_untold:
            await self._send_news(need, address)

    async def _kept(self, asker: Asker, log_id: str | None, reply_to: str) -> Outcome:
        """Save the need of an answer, if there is one."""
        if log_id is None:
            return Outcome(None, "slack.stale")
        kept = await anyio.to_thread.run_sync(saving.save, self._runtime, asker, log_id, reply_to)
        return Outcome(None, kept) if isinstance(kept, str) else Outcome(kept)

    async def _decided(self, asker: Asker, need_id: str, verb: SavedVerb, record_id: str | None) -> Outcome:
        """Do what a button of a saved need says."""
        try:
            need = await anyio.to_thread.run_sync(saving.decide, self._runtime, asker, need_id, verb, record_id)
        except UnknownSavedNeedError:
            return Outcome(None, "saved.channel.gone")
        return Outcome(need, "saved.stopped.what")
