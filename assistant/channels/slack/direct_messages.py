"""What Slack tells somebody in a direct message of the app's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_sdk.errors import SlackApiError

from assistant.channels.direct_messages import DirectMessages
from assistant.channels.slack.clients import NotInstalledError
from assistant.channels.slack.places import SlackPlace, place_at
from assistant.channels.worker import UnreachableError
from assistant.platform.messages import Messages, messages
from assistant.render.slack import render_text

if TYPE_CHECKING:
    from assistant.channels.slack.delivery import Delivery
    from assistant.channels.slack.people import UserPreferences

SECONDS = 30.0
"""Seconds that Slack gets to take a message."""


class SlackMessages(DirectMessages[SlackPlace]):
    """Reaches people in Slack."""

    def __init__(self, delivery: Delivery, people: UserPreferences) -> None:
        super().__init__(SECONDS)
        self._delivery = delivery
        self._people = people

    def address_in(self, reply_to: str | None) -> SlackPlace | None:
        """Return where somebody is reached; None where that is another channel's."""
        return place_at(reply_to)

    async def catalog(self, address: SlackPlace) -> Messages:
        """Return the catalog of the language that somebody reads what is no answer in."""
        return messages(await self._people.language(address))

    async def say(self, address: SlackPlace, text: str) -> None:
        """Tell somebody a text.

        Raises:
            TryLaterError: Slack does not take it now.
            UnreachableError: they cannot be reached any more.
        """
        try:
            await self._delivery.direct(address, render_text(text))
        except (SlackApiError, NotInstalledError) as error:
            raise UnreachableError(f"Slack does not take it: {error}") from error
