"""Messages on their way to Slack: where they go, and what to do where they are not taken.

Invariant: a person who asked is told something, in the place they asked or else in a direct message. What Slack
refuses for good is not tried again; what may go better later is raised as `TryLaterError`.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import aiohttp
from slack_sdk.errors import SlackApiError

from assistant.channels.slack.clients import Clients, NotInstalledError
from assistant.channels.slack.places import SlackPlace
from assistant.channels.worker import TryLaterError
from assistant.render.block_kit import Message, View

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient
    from slack_sdk.web.async_slack_response import AsyncSlackResponse

_log = logging.getLogger(__name__)
_ELSEWHERE = {
    "not_in_channel",
    "channel_not_found",
    "is_archived",
    "restricted_action",
    "thread_not_found",
    "restricted_action_thread_locked",
    "restricted_action_read_only_channel",
    "message_limit_exceeded",
}
"""Refusals that a direct message may get around."""
_TOO_MUCH = {"msg_blocks_too_long", "msg_too_long", "invalid_blocks", "invalid_blocks_format"}
"""Refusals that the text alone may get around."""
_GOOD, _WAIT, _BROKEN = 200, 429, 500
_LATER = {
    "ratelimited",
    "rate_limited",
    "internal_error",
    "fatal_error",
    "service_unavailable",
    "request_timeout",
    "team_added_to_org",
}
_OPTIONAL = {
    "unknown_method",
    "missing_scope",
    "not_allowed_token_type",
    "method_not_supported_for_channel_type",
    "feature_not_enabled",
    "invalid_arguments",
    "channel_not_found",
    "no_permission",
    "channel_type_not_supported",
}


class Delivery:
    """Sends messages to one place after another."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._without: set[tuple[str, str]] = set()
        """Workspaces and the extras that they do not have."""

    async def answer(self, place: SlackPlace, message: Message) -> None:
        """Send what was asked for: to the asker alone where they asked alone, else to the thread."""
        if place.response_url and await self._respond(place, message, response_type="ephemeral"):
            return
        await self._post(place, message)

    async def tell(self, place: SlackPlace, message: Message) -> None:
        """Send a receipt that only the one who acted needs to see."""
        if place.response_url and await self._respond(place, message, response_type="ephemeral"):
            return
        await self.direct(place, message)

    async def share(self, place: SlackPlace, message: Message) -> None:
        """Send a message that was private to everybody in the channel."""
        if place.response_url and await self._respond(place, message, response_type="in_channel"):
            return
        await self._post(place.model_copy(update={"private": False}), message)

    async def replace(self, place: SlackPlace, message: Message) -> None:
        """Put a message in place of the one that somebody acted on, if it is still there."""
        if place.response_url:
            await self._respond(place, message, replace_original=True)

    async def direct(self, place: SlackPlace, message: Message) -> None:
        """Send somebody a direct message."""
        client = await self._clients.of(place.team, place.enterprise)
        opened = await _called(client.conversations_open(users=place.user))
        await _called(client.chat_postMessage(channel=opened["channel"]["id"], **_sent(message)))

    async def status(self, place: SlackPlace, text: str) -> None:
        """Show that an answer is being made, where Slack can show it."""
        channel, thread = place.channel, place.thread
        if channel and thread and not place.private:
            await self._optionally(
                place,
                f"status in {channel[0]}",
                lambda client: client.assistant_threads_setStatus(channel_id=channel, thread_ts=thread, status=text),
            )

    async def prompts(self, place: SlackPlace, title: str, prompts: list[dict[str, str]]) -> None:
        """Suggest questions in a direct message, where Slack can show them."""
        await self._optionally(
            place,
            "prompts",
            lambda client: client.assistant_threads_setSuggestedPrompts(
                channel_id=place.channel or "", title=title, prompts=prompts
            ),
        )

    async def home(self, place: SlackPlace, view: View) -> None:
        """Show somebody their App Home."""
        client = await self._clients.of(place.team, place.enterprise)
        await _called(client.views_publish(user_id=place.user, view=dict(view)))

    async def post(self, team: str | None, channel: str, message: Message, thread: str | None = None) -> str:
        """Send a message to a channel and return its `ts`."""
        client = await self._clients.of(team)
        response = await _called(client.chat_postMessage(channel=channel, thread_ts=thread, **_sent(message)))
        return str(response["ts"])

    async def update(self, team: str | None, channel: str, ts: str, message: Message) -> None:
        """Put a message in place of one that was sent to a channel."""
        client = await self._clients.of(team)
        await _called(client.chat_update(channel=channel, ts=ts, text=message["text"], blocks=message["blocks"]))

    async def _optionally(
        self, place: SlackPlace, name: str, call: Callable[[AsyncWebClient], Awaitable[AsyncSlackResponse]]
    ) -> None:
        """Make a call that nobody misses where Slack has nothing like it; it is then not made again."""
        if (place.team, name) in self._without:
            return
        try:
            client = await self._clients.of(place.team, place.enterprise)
            client.retry_handlers = []
            await call(client)
        except SlackApiError as error:
            if error.response.get("error") in _OPTIONAL:
                self._without.add((place.team, name))
        except (aiohttp.ClientError, TimeoutError, NotInstalledError) as error:
            _log.info("slack: %s could not be shown (%s)", name, type(error).__name__)

    async def _respond(self, place: SlackPlace, message: Message, **how: Any) -> bool:  # noqa: ANN401 (Slack's own words)
        body = {"text": message["text"], "blocks": message["blocks"], "replace_original": False, **how}
        if place.thread and not how.get("replace_original"):
            body["thread_ts"] = place.thread
        try:
            response = await self._clients.webhook(place.response_url or "").send_dict(body)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise TryLaterError(f"response_url: {type(error).__name__}") from error
        if response.status_code == _WAIT or response.status_code >= _BROKEN:
            raise TryLaterError(f"response_url: HTTP {response.status_code}")
        return response.status_code == _GOOD

    async def _post(self, place: SlackPlace, message: Message) -> None:
        if place.private or not place.channel:
            await self.direct(place, message)
            return
        client = await self._clients.of(place.team, place.enterprise)
        try:
            await _called(client.chat_postMessage(channel=place.channel, thread_ts=place.thread, **_sent(message)))
        except SlackApiError as error:
            match error.response.get("error"):
                case refusal if refusal in _TOO_MUCH:
                    text = message["text"]
                    await _called(client.chat_postMessage(channel=place.channel, thread_ts=place.thread, text=text))
                case refusal if refusal in _ELSEWHERE:
                    await self.direct(place, message)
                case _:
                    raise


def _sent(message: Message) -> dict[str, Any]:
    return {"text": message["text"], "blocks": message["blocks"], "unfurl_links": False, "unfurl_media": False}


async def _called(call: Awaitable[Any]) -> Any:  # noqa: ANN401 (Slack's own answer)
    try:
        return await call
    except SlackApiError as error:
        if (
            error.response.get("error") in _LATER
            or error.response.status_code == _WAIT
            or error.response.status_code >= _BROKEN
        ):
            raise TryLaterError(str(error.response.get("error"))) from error
        raise
    except (aiohttp.ClientError, TimeoutError) as error:
        raise TryLaterError(type(error).__name__) from error
