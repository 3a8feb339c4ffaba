"""What Teams tells somebody in the chat of the bot with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.channels.direct_messages import DirectMessages
from assistant.channels.teams.connector import Message
from assistant.channels.teams.places import Address, address_in

if TYPE_CHECKING:
    from assistant.channels.teams.connector import Connector
    from assistant.channels.teams.people import UserPreferences
    from assistant.platform.messages import Messages

SECONDS = 60.0
"""Seconds that Teams gets to take a message."""


class TeamsMessages(DirectMessages[Address]):
    """Reaches people in Teams."""

    def __init__(self, connector: Connector, people: UserPreferences) -> None:
        super().__init__(SECONDS)
        self._connector = connector
        self._people = people

    def address_in(self, reply_to: str | None) -> Address | None:
        """Return where somebody is reached; None where that is another channel's."""
        return address_in(reply_to)

    async def catalog(self, address: Address) -> Messages:
        """Return the catalog of the language that somebody reads what is no answer in."""
        return await self._people.catalog(address.asker())

    async def say(self, address: Address, text: str) -> None:
        """Tell somebody a text.

        Raises:
            TryLaterError: Teams does not take it now.
            UnreachableError: they cannot be reached any more.
        """
        conversation = await self._connector.conversation_with(address)
        await self._connector.send(address.service, conversation, Message(text))
