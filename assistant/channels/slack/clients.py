"""Slack's Web API for each workspace that the app is installed in.

Invariant: a call that Slack asks to wait with waits and is made again, a few times; nothing is read from the
environment, and one pool of connections serves all. Who a bot is, is asked once for each token.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio.to_thread
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from assistant.channels.worker import UnreachableError

if TYPE_CHECKING:
    from aiohttp import ClientSession
    from slack_bolt.context.async_context import AsyncBoltContext
    from slack_sdk.http_retry.async_handler import AsyncRetryHandler

    from assistant.channels.slack.installations import Installations

TIMEOUT = 10
"""Seconds that one call to Slack may take."""


class NotInstalledError(UnreachableError):
    """The app is not, or no longer, installed in a workspace."""


@dataclass(frozen=True)
class Bot:
    """Who the app is in a workspace."""

    token: str
    user_id: str
    bot_id: str


def retry_handlers() -> list[AsyncRetryHandler]:
    """Return what makes a call to Slack again when it may go better."""
    return [
        AsyncConnectionErrorRetryHandler(max_retry_count=2),
        AsyncRateLimitErrorRetryHandler(max_retry_count=3),
        AsyncServerErrorRetryHandler(max_retry_count=3),
    ]


class Clients:
    """Gives clients of Slack's Web API."""

    def __init__(self, api_url: str, token: str | None, installations: Installations | None) -> None:
        self._api_url = api_url if api_url.endswith("/") else f"{api_url}/"
        self._token = token
        self._installations = installations
        self._session: ClientSession | None = None
        self._bots: dict[str, Bot] = {}

    def client(self, token: str | None = None) -> AsyncWebClient:
        """Return a client that calls with a token."""
        return AsyncWebClient(
            token=token,
            base_url=self._api_url,
            timeout=TIMEOUT,
            session=self._pool(),
            retry_handlers=retry_handlers(),
        )

    def detached(self) -> AsyncWebClient:
        """Return a client without a token and without our pool, for what is put together before anything runs."""
        return AsyncWebClient(base_url=self._api_url, timeout=TIMEOUT, retry_handlers=retry_handlers())

    def webhook(self, url: str) -> AsyncWebhookClient:
        """Return a client of an address that Slack gave for one answer."""
        return AsyncWebhookClient(url, timeout=TIMEOUT, session=self._pool(), retry_handlers=retry_handlers())

    async def of(self, team: str | None, enterprise: str | None = None) -> AsyncWebClient:
        """Return the client for a workspace.

        Raises:
            NotInstalledError: the app is not installed there.
        """
        return self.client(await self._token_of(team, enterprise))

    async def bot_of(self, team: str | None, enterprise: str | None = None) -> Bot:
        """Return who the app is in a workspace.

        Raises:
            NotInstalledError: the app is not installed there.
            SlackApiError: Slack does not know the token, or did not answer.
        """
        token = await self._token_of(team, enterprise)
        if token not in self._bots:
            response = await self.client(token).auth_test()
            self._bots[token] = Bot(token=token, user_id=response["user_id"], bot_id=response.get("bot_id") or "")
        return self._bots[token]

    async def close(self) -> None:
        """Let go of the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _token_of(self, team: str | None, enterprise: str | None) -> str:
        if self._token is not None:
            return self._token
        installation = None
        if self._installations is not None:
            installation = await anyio.to_thread.run_sync(self._installations.find, team, enterprise)
        if installation is None or not installation.bot_token:
            raise NotInstalledError(f"The app is not installed in the Slack workspace {team or enterprise}.")
        return installation.bot_token

    def _pool(self) -> ClientSession:
        from aiohttp import ClientSession, ClientTimeout

        if self._session is None or self._session.closed:
            self._session = ClientSession(timeout=ClientTimeout(total=TIMEOUT))
        return self._session


class Authorize(AsyncAuthorize):
    """Tells bolt in whose name a call from Slack is answered."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,  # noqa: ARG002 (bolt hands it to every one of its kind)
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,  # noqa: ARG002 (the bot answers, whoever asks)
        **_: str | None,
    ) -> AuthorizeResult | None:
        """Return the bot of the workspace, or None where the app is not installed."""
        try:
            bot = await self._clients.bot_of(team_id, enterprise_id)
        except NotInstalledError:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_user_id=bot.user_id,
            bot_id=bot.bot_id,
            bot_token=bot.token,
        )
