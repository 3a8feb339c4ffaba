"""Workspaces that have installed the app, and their tokens.

Invariant: a token is only ever written encrypted, and a state of the consent is good for one use, in time. With
several keys the first one encrypts and all decrypt, so that a key can be changed without a new installation.
"""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import anyio.to_thread
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.installation_store.models.bot import Bot
from slack_sdk.oauth.installation_store.models.installation import Installation
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from sqlalchemy import delete, select

from assistant.channels.slack.tables import ConsentRow, InstallationRow
from assistant.platform.settings import SettingsError
from corpus.clock import utc_now
from corpus.database import Database

CONSENT_MINUTES = 10
"""How long somebody may take to consent."""
_log = logging.getLogger(__name__)


def cipher(keys: str) -> MultiFernet:
    """Return what encrypts and decrypts tokens.

    Args:
        keys: One key or several, separated by commas.

    Raises:
        SettingsError: one of them is no key; the text tells how to make one.
    """
    try:
        return MultiFernet([Fernet(key.strip()) for key in keys.split(",") if key.strip()])
    except ValueError as error:
        raise SettingsError(
            "MELLOMROM_SLACK_TOKEN_KEY is no key: expected 32 bytes as url-safe base64. Make one with "
            "`mellomrom slack key`."
        ) from error


class Installations(AsyncInstallationStore):
    """The workspaces, one row each; a new installation takes the place of the old one."""

    def __init__(self, database: Database, keys: MultiFernet) -> None:
        self._database = database
        self._keys = keys

    @property
    def logger(self) -> logging.Logger:
        """Where bolt writes what it has to say of installations."""
        return _log

    def find(self, *workspaces: str | None) -> Installation | None:
        """Return the installation of the first of these workspaces or organisations that has one."""
        wanted = [workspace for workspace in workspaces if workspace]
        with self._database.reading() as session:
            sealed = {row.workspace: row.secret for row in session.scalars(_rows(wanted))}
        secret = next((sealed[one] for one in wanted if one in sealed), None)
        return self._opened(secret) if secret else None

    def save(self, installation: Installation) -> None:
        """Keep an installation, in place of an older one of the same workspace."""
        workspace = _workspace(installation)
        secret = self._keys.encrypt(json.dumps(_closed(installation)).encode()).decode()
        name = installation.team_name or installation.enterprise_name or workspace
        with self._database.writing() as session:
            session.merge(InstallationRow(workspace=workspace, name=name, secret=secret, installed_at=utc_now()))

    def remove(self, *workspaces: str | None) -> None:
        """Forget an installation with its tokens."""
        with self._database.writing() as session:
            session.execute(delete(InstallationRow).where(InstallationRow.workspace.in_([w for w in workspaces if w])))

    def names(self) -> dict[str, str]:
        """Return the name of each workspace by its id."""
        with self._database.reading() as session:
            return {row.workspace: row.name for row in session.scalars(select(InstallationRow))}

    async def async_save(self, installation: Installation) -> None:
        """Keep an installation; what bolt calls after the consent."""
        await anyio.to_thread.run_sync(self.save, installation)

    async def async_save_bot(self, bot: Bot) -> None:
        """Refuse: the app does not rotate tokens, the only thing that would call this."""
        raise NotImplementedError(f"tokens are not rotated (workspace {bot.team_id})")

    async def async_find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,  # noqa: ARG002 (one installation serves all users of a workspace)
        is_enterprise_install: bool | None = False,  # noqa: ARG002 (an organisation is found by its id)
    ) -> Installation | None:
        """Return the installation that serves a workspace."""
        return await anyio.to_thread.run_sync(self.find, team_id, enterprise_id)

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """Return the bot of the installation that serves a workspace."""
        installation = await self.async_find_installation(
            enterprise_id=enterprise_id, team_id=team_id, is_enterprise_install=is_enterprise_install
        )
        return installation.to_bot() if installation else None

    async def async_delete_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,  # noqa: ARG002 (as above)
    ) -> None:
        """Forget the installation of a workspace."""
        await anyio.to_thread.run_sync(self.remove, team_id or enterprise_id)

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """Forget the installation of a workspace, which is its bot."""
        await self.async_delete_installation(enterprise_id=enterprise_id, team_id=team_id)

    def _opened(self, secret: str) -> Installation:
        try:
            return Installation(**json.loads(self._keys.decrypt(secret.encode())))
        except InvalidToken as error:
            raise SettingsError(
                "The tokens of a Slack workspace were encrypted with a key that MELLOMROM_SLACK_TOKEN_KEY lacks. "
                "Put that key back beside the new one, separated by a comma, or install the app in the workspace again."
            ) from error


class Consents(AsyncOAuthStateStore):
    """The states of consents under way; only a hash of each is kept."""

    def __init__(self, database: Database, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._now = now
        self.expiration_seconds = CONSENT_MINUTES * 60

    @property
    def logger(self) -> logging.Logger:
        """Where bolt writes what it has to say of consents."""
        return _log

    def issue(self) -> str:
        """Return a new state and forget those that were never used."""
        state = secrets.token_urlsafe(32)
        now = self._now()
        with self._database.writing() as session:
            session.execute(delete(ConsentRow).where(ConsentRow.expires_at < now))
            session.add(ConsentRow(state_hash=_hash(state), expires_at=now + timedelta(minutes=CONSENT_MINUTES)))
        return state

    def consume(self, state: str) -> bool:
        """Tell whether a state is good; it is not a second time."""
        with self._database.writing() as session:
            row = session.get(ConsentRow, _hash(state))
            if row is None:
                return False
            session.delete(row)
            return row.expires_at > self._now()

    async def async_issue(self, *_: object, **__: object) -> str:
        """Return a new state; what bolt calls when an installation begins."""
        return await anyio.to_thread.run_sync(self.issue)

    async def async_consume(self, state: str) -> bool:
        """Tell whether a state is good; what bolt calls when consent was given."""
        return await anyio.to_thread.run_sync(self.consume, state)


def _rows(workspaces: list[str]) -> Any:  # noqa: ANN401 (SQLAlchemy's select of rows)
    return select(InstallationRow).where(InstallationRow.workspace.in_(workspaces))


def _workspace(installation: Installation) -> str:
    whole = installation.is_enterprise_install
    workspace = installation.enterprise_id if whole else installation.team_id or installation.enterprise_id
    if not workspace:
        raise ValueError("an installation names neither a workspace nor an organisation")
    return workspace


def _closed(installation: Installation) -> dict[str, Any]:
    values = installation.to_dict_for_copying()
    moments = {key: value.isoformat() for key, value in values.items() if isinstance(value, datetime)}
    return values | moments


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
