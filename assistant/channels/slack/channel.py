"""The Slack channel, put together as the settings say.

Invariant: without any Slack setting there is no channel; with too few, the installation is told which are missing
before it serves anybody.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from assistant.channels.inbox import Inbox
from assistant.channels.slack.brokers import Brokers
from assistant.channels.slack.clients import Authorize, Clients
from assistant.channels.slack.configuration import is_wanted, missing_settings
from assistant.channels.slack.delivery import Delivery
from assistant.channels.slack.direct_messages import SlackMessages
from assistant.channels.slack.installations import CONSENT_MINUTES, Consents, Installations, cipher
from assistant.channels.slack.job_handler import JobHandler
from assistant.channels.slack.listeners import Listeners, log_failure
from assistant.channels.slack.manifest import INSTALL_PATH, REDIRECT_PATH, scopes
from assistant.channels.slack.people import UserPreferences
from assistant.channels.slack.routes import make_router
from assistant.channels.slack.saved import SavedNews
from assistant.channels.slack.surfaces import ViewHandlers
from assistant.channels.slack.tables import InboxRow
from assistant.channels.slack.withheld import Withheld
from assistant.channels.worker import Worker
from assistant.platform.keys import Keys, installation_secret
from assistant.platform.settings import Settings, SettingsError

if TYPE_CHECKING:
    from fastapi import APIRouter
    from pydantic import SecretStr
    from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
    from slack_bolt.async_app import AsyncApp

    from assistant.service.container import Runtime

_log = logging.getLogger(__name__)


class SlackChannel:
    """Slack, from what it tells us to what it is told."""

    def __init__(self, settings: Settings, runtime: Runtime) -> None:
        self._settings = settings
        self.installations = _installations(settings, runtime)
        # A token of one workspace serves that one; else each workspace has its own.
        token = None if self.installations else _secret_value(settings.slack_bot_token)
        self._clients = Clients(settings.slack_api_url, token, self.installations)
        delivery = Delivery(self._clients)
        people = UserPreferences(runtime)
        self._direct = SlackMessages(delivery, people)
        self.notifier = Brokers(runtime, delivery, people, self._direct)
        withheld = Withheld(Keys(installation_secret(settings)))
        self.news = SavedNews(runtime, delivery, people, self._direct)
        self._conversing = JobHandler(runtime, delivery, self.notifier, self.news, withheld)
        inbox = self.inbox = Inbox(runtime.database, InboxRow)
        self._worker = Worker(inbox, self._conversing.do, self._conversing.tell_failed, name="slack")
        surfaces = ViewHandlers(runtime, self._clients, delivery, self._conversing)
        self._app = self._bolt(runtime)
        Listeners(inbox, self._worker, surfaces, self.installations, withheld).register(self._app)
        secret = _secret_value(settings.slack_signing_secret)
        self.router: APIRouter = make_router(self._app, secret, installs=self.installations is not None)
        self._socket: AsyncSocketModeHandler | None = None

    async def start(self) -> None:
        """Begin to work, with what an earlier run left undone first, and to call out to Slack if that is set."""
        self._direct.begin()
        await self._worker.start()
        if app_token := _secret_value(self._settings.slack_app_token):
            from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

            # Without a client of its own it would call with the bot's token.
            self._socket = AsyncSocketModeHandler(self._app, app_token, web_client=self._clients.client(app_token))
            await self._socket.connect_async()  # type: ignore[no-untyped-call]
            _log.info("slack: connected by Socket Mode")

    async def stop(self) -> None:
        """End: nothing more is taken in, what is under way is finished, what is left waits for the next start."""
        if self._socket is not None:
            await self._socket.close_async()  # type: ignore[no-untyped-call]
            self._socket = None
        await self._worker.stop()
        await self._clients.close()

    def _bolt(self, runtime: Runtime) -> AsyncApp:
        from slack_bolt.async_app import AsyncApp

        settings = self._settings
        more: dict[str, Any] = {}
        if self.installations is not None:
            more = {"oauth_flow": self._consent(runtime, self.installations)}
        app = AsyncApp(
            name="mellomrom",
            logger=logging.getLogger("slack_bolt"),
            signing_secret=_secret_value(settings.slack_signing_secret) or "",
            request_verification_enabled=settings.slack_signing_secret is not None,
            client=self._clients.detached(),
            # Bolt takes an object of its own kind as well as the function that it declares.
            authorize=Authorize(self._clients),  # type: ignore[arg-type]
            **more,
        )
        app.error(log_failure)
        return app

    def _consent(self, runtime: Runtime, installations: Installations) -> Any:  # noqa: ANN401 (bolt's flow)
        from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
        from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings

        settings = self._settings
        flow = AsyncOAuthSettings(
            client_id=settings.slack_client_id,
            client_secret=_secret_value(settings.slack_client_secret),
            scopes=list(scopes()),
            redirect_uri=settings.slack_redirect_url,
            install_path=INSTALL_PATH,
            redirect_uri_path=REDIRECT_PATH,
            authorization_url=settings.slack_authorize_url,
            installation_store=installations,
            state_store=Consents(runtime.database),
            state_expiration_seconds=CONSENT_MINUTES * 60,
        )
        return AsyncOAuthFlow(client=self._clients.detached(), settings=flow)


def create_slack(settings: Settings, runtime: Runtime) -> SlackChannel | None:
    """Return the Slack channel, or None where no setting asks for it.

    Raises:
        SettingsError: settings are missing; the text names each and where it is found.
    """
    if not is_wanted(settings):
        return None
    if missing := missing_settings(settings):
        raise SettingsError("Slack lacks settings:\n  " + "\n  ".join(missing) + "\nSee assistant/docs/slack.md.")
    return SlackChannel(settings, runtime)


def _installations(settings: Settings, runtime: Runtime) -> Installations | None:
    if settings.slack_client_id is None or settings.slack_token_key is None:
        return None
    return Installations(runtime.database, cipher(settings.slack_token_key.get_secret_value()))


def _secret_value(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None
