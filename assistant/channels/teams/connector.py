"""Messages on their way to Teams, through the connector's client of Microsoft's SDK.

Invariant: a call that Teams asks to wait with, or fails at, is made again a few times, each time after a longer wait of
uneven length, and then raised as `TryLaterError`; what Teams refuses for good is not tried again. A message is one of
plain text, or a card with a line for notifications; none is read as Markdown.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import httpx
from microsoft_teams.api import Account, TypingActivityInput
from microsoft_teams.api.activities.message import MessageActivityInput
from microsoft_teams.api.auth.cloud_environment import PUBLIC
from microsoft_teams.api.clients.conversation import ConversationClient
from microsoft_teams.api.clients.conversation.params import CreateConversationParams
from microsoft_teams.api.models.attachment import Attachment
from microsoft_teams.common import Client, ClientOptions

from assistant.channels.worker import TryLaterError, UnreachableError
from assistant.render.adaptive import CONTENT_TYPE, Card

if TYPE_CHECKING:
    from assistant.channels.teams.places import Address, TeamsPlace
    from assistant.platform.settings import Settings

TIMEOUT = 10.0
"""Seconds that one call to Teams may take."""
TRIES = 4
FIRST_WAIT = 0.5
"""Seconds before a call is made again, at most; twice as many before the next time."""
LONGEST_WAIT = 10.0
"""Seconds waited for Teams at most; the worker tries later on."""
MAX_TEXT = 20_000
"""Characters of a message of plain text."""
_WAIT, _GONE = {408, 412, 429, 500, 502, 503, 504}, {403, 404, 410}
_UNAUTHORIZED = 401
_EARLY = 300.0
"""Seconds before its end that a token of the bot's is renewed."""
_log = logging.getLogger(__name__)
Result = TypeVar("Result")


class GoneError(UnreachableError):
    """A conversation or message is not there any more, or the bot may not write there."""


class Message(NamedTuple):
    """What is sent."""

    text: str
    """Plain text; beside a card it is what notifications show."""
    card: Card | None = None


class Sent(NamedTuple):
    """Where a message stands."""

    conversation: str
    message: str


class BotToken:
    """What the bot proves itself by to Teams, renewed before it ends."""

    def __init__(self, settings: Settings, now: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._now = now
        self._token: str | None = None
        self._good_until = 0.0
        self._turn = asyncio.Lock()

    async def get(self) -> str | None:
        """Return the token; None where nothing has to be proved.

        Raises:
            TryLaterError: it cannot be had now.
            UnreachableError: the bot's id or secret is refused.
        """
        if self._settings.teams_playground:
            return None
        async with self._turn:
            if self._token is None or self._now() >= self._good_until:
                self._token = await self._fetched()
            return self._token

    def forget(self) -> None:
        """Get another one next time, since this one was refused."""
        self._token = None

    async def _fetched(self) -> str:
        from authlib.integrations.base_client import OAuthError
        from authlib.integrations.httpx_client import AsyncOAuth2Client
        from httpx2 import HTTPError

        settings, secret = self._settings, self._settings.teams_app_secret
        tenant = settings.teams_app_tenant or PUBLIC.login_tenant
        url = f"{settings.teams_login_url.rstrip('/')}/{tenant}/oauth2/v2.0/token"
        asking: Any = AsyncOAuth2Client(
            settings.teams_app_id,
            secret.get_secret_value() if secret else "",
            token_endpoint_auth_method="client_secret_post",  # noqa: S106 (the name of a way)
            scope=PUBLIC.bot_scope,
            timeout=TIMEOUT,
        )
        try:
            async with asking:
                token = await asking.fetch_token(url, grant_type="client_credentials")
        except OAuthError as error:
            raise UnreachableError(f"Entra ID does not take the bot's id or secret ({error.error})") from error
        except (HTTPError, ValueError) as error:
            raise TryLaterError(f"the bot's token: {type(error).__name__}") from error
        self._good_until = self._now() + max(float(token.get("expires_in", 0)) - _EARLY, 0.0)
        return str(token["access_token"])


class Connector:
    """Sends messages to Teams."""

    def __init__(self, settings: Settings, first_wait: float = FIRST_WAIT) -> None:
        self._token = BotToken(settings)
        self._bot = Account(id=f"28:{settings.teams_app_id or 'mellomrom'}", role="bot")
        self._first_wait = first_wait
        self._http = Client(ClientOptions(timeout=TIMEOUT, token=self._token.get))
        # The SDK has just told httpx to log every address, and a conversation's address names a person's chat.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        self._clients: dict[str, ConversationClient] = {}

    async def send(self, service: str, conversation: str, message: Message) -> Sent:
        """Send a message to a conversation and return where it stands.

        Raises:
            TryLaterError: Teams does not take it now.
            UnreachableError: Teams does not take it at all.
        """
        client, activity = self._client(service), self._activity(message)
        sent = await self._called(lambda: client.create_activity(conversation, activity))
        return Sent(conversation, sent.id)

    async def update(self, service: str, sent: Sent, message: Message) -> None:
        """Put a message in place of one that was sent.

        Raises:
            TryLaterError: Teams does not take it now.
            UnreachableError: Teams does not take it at all, since it may be gone.
        """
        client, activity = self._client(service), self._activity(message)
        activity.id = sent.message
        await self._called(lambda: client.update_activity(sent.conversation, sent.message, activity))

    async def typing(self, service: str, conversation: str) -> None:
        """Show that an answer is being made; that it cannot be shown is no loss."""
        client, activity = self._client(service), TypingActivityInput(from_=self._bot)
        try:
            await client.create_activity(conversation, activity)
        except Exception as error:  # noqa: BLE001 (whatever went wrong, the answer itself is what counts)
            _log.info("teams: typing could not be shown (%s)", type(error).__name__)

    async def conversation_with(self, address: Address | TeamsPlace) -> str:
        """Return the chat of the bot with somebody, begun if there is none.

        Raises:
            TryLaterError: Teams does not take it now.
            UnreachableError: the bot may not write to them.
        """
        client = self._client(address.service)
        who = CreateConversationParams(
            members=[Account(id=address.account)],
            tenant_id=address.tenant,
            channel_data={"tenant": {"id": address.tenant}},
        )
        made = await self._called(lambda: client.create(who))
        return made.id

    async def begin(self, service: str, tenant: str, channel: str, message: Message) -> Sent:
        """Begin a thread in a channel and return where it stands.

        Raises:
            TryLaterError: Teams does not take it now.
            UnreachableError: the bot may not write there.
        """
        client = self._client(service)
        thread = CreateConversationParams(
            tenant_id=tenant,
            activity=self._activity(message),
            channel_data={"channel": {"id": channel}, "tenant": {"id": tenant}},
        )
        made = await self._called(lambda: client.create(thread))
        return Sent(made.id, made.activity_id or made.id.rpartition("messageid=")[2])

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.http.aclose()

    def _client(self, service: str) -> ConversationClient:
        if service not in self._clients:
            self._clients[service] = ConversationClient(service, self._http)
        return self._clients[service]

    def _activity(self, message: Message) -> MessageActivityInput:
        if message.card is None:
            return MessageActivityInput(from_=self._bot, text=message.text[:MAX_TEXT], text_format="plain")
        shown = Attachment(content_type=CONTENT_TYPE, content=message.card)
        return MessageActivityInput(from_=self._bot, summary=message.text[:MAX_TEXT], attachments=[shown])

    async def _called(self, call: Callable[[], Awaitable[Result]]) -> Result:
        error: Exception | None = None
        for number in range(TRIES):
            try:
                return await call()
            except httpx.HTTPStatusError as refused:
                error, wait = refused, self._wait(refused, number)
            except (httpx.TransportError, TimeoutError) as failed:
                error, wait = failed, self._jittered(number)
            if number < TRIES - 1:
                await asyncio.sleep(wait)
        raise TryLaterError(_error_text(error)) from error

    def _wait(self, refused: httpx.HTTPStatusError, number: int) -> float:
        """Return how long to wait before a call is made again.

        Raises:
            UnreachableError: there is no use in that.
        """
        status = refused.response.status_code
        if status in _GONE:
            raise GoneError(f"Teams does not take a message there (HTTP {status}).") from refused
        if status == _UNAUTHORIZED and number == 0:
            self._token.forget()
            return 0.0
        if status not in _WAIT:
            raise UnreachableError(f"Teams refused a call (HTTP {status}).") from refused
        header = refused.response.headers.get("retry-after", "")
        asked = float(header) if header.isascii() and header.isdigit() else 0.0
        if asked > LONGEST_WAIT:
            raise TryLaterError(f"Teams asks to wait {asked:.0f} s") from refused
        return asked + self._jittered(number)

    def _jittered(self, number: int) -> float:
        most = min(self._first_wait * 2**number, LONGEST_WAIT)
        return random.uniform(most / 2, most)  # noqa: S311 (nobody gains by guessing it)


def _error_text(error: Exception | None) -> str:
    return f"HTTP {error.response.status_code}" if isinstance(error, httpx.HTTPStatusError) else type(error).__name__
