"""Whether a call is from Teams: its token, held against what it says it is about.

Invariant: nothing is fetched for a token that could not be right whatever its signature: by issuer, audience, time,
service address and tenant. Keys are fetched in a thread, one fetch at a time and not often, whoever asks for keys that
there are not; while they cannot be fetched, known ones count on.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import anyio.to_thread
import jwt
from microsoft_teams.api.auth.cloud_environment import PUBLIC

from assistant.channels.teams.configuration import LOOPBACK

if TYPE_CHECKING:
    from assistant.channels.teams.activities import Activity
    from assistant.platform.settings import Settings

LEEWAY = 300
"""Seconds that clocks may differ, as Microsoft advises."""
KEPT = 24 * 3_600.0
"""Seconds after which keys are fetched anew."""
APART = 60.0
"""Seconds between fetches for keys that are not among those known."""
APART_AFTER_FAILURE = 5.0
FETCH_SECONDS = 5.0
MAX_TOKEN = 10_000
_SCHEME = "Bearer "
_ALGORITHM = "RS256"
_CHANNEL = "msteams"
UNAUTHORIZED, FORBIDDEN, UNAVAILABLE = 401, 403, 503
_log = logging.getLogger(__name__)


class RefusedError(Exception):
    """A call is not taken; `status` is what it is answered with."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


@dataclass(frozen=True)
class Peeked:
    """A token as it reads, whoever wrote it."""

    raw: str
    key_id: str
    service: str


class SigningKeys:
    """The keys that Teams signs its calls with."""

    def __init__(self, openid_url: str, now: Callable[[], float] = time.monotonic) -> None:
        self._url = openid_url
        self._now = now
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at: float | None = None
        self._tried_at: float | None = None
        self._turn = asyncio.Lock()

    async def key(self, key_id: str) -> jwt.PyJWK | None:
        """Return a key, or None where Teams has none of that name.

        Raises:
            RefusedError: no keys are known, and none can be fetched now.
        """
        # What is fetched now may hold it.
        if self._is_due(key_id) or (self._turn.locked() and key_id not in self._keys):
            async with self._turn:
                if self._is_due(key_id):
                    await self._fetch()
        if self._fetched_at is None:
            raise RefusedError(UNAVAILABLE, "the keys of Teams cannot be fetched")
        return self._keys.get(key_id)

    @property
    def are_known(self) -> bool:
        """Whether keys have been fetched."""
        return self._fetched_at is not None

    async def warm(self) -> None:
        """Fetch the keys before anybody calls; where that fails, the first call does."""
        async with self._turn:
            await self._fetch()

    def _is_due(self, key_id: str) -> bool:
        now = self._now()
        if self._fetched_at is None:
            return self._tried_at is None or now - self._tried_at >= APART_AFTER_FAILURE
        is_old = now - self._fetched_at >= KEPT or key_id not in self._keys
        return is_old and now - (self._tried_at or 0.0) >= APART

    async def _fetch(self) -> None:
        self._tried_at = self._now()
        try:
            self._keys = await anyio.to_thread.run_sync(_fetched, self._url)
        except Exception as error:  # noqa: BLE001 (whatever came in place of keys, none of it is one)
            _log.warning("teams: the keys cannot be fetched (%s)", type(error).__name__)
            return
        self._fetched_at = self._now()


def _fetched(openid_url: str) -> dict[str, jwt.PyJWK]:
    import httpx2

    with httpx2.Client(timeout=FETCH_SECONDS) as client:
        keys_url = str(client.get(openid_url).raise_for_status().json()["jwks_uri"])
        if _origin(keys_url) != _origin(openid_url):
            raise ValueError("the keys are said to be at another address")
        served = client.get(keys_url).raise_for_status().json()["keys"]
    keys = {
        one["kid"]: one for one in served if one.get("kty") == "RSA" and _CHANNEL in one.get("endorsements", [_CHANNEL])
    }
    return {name: jwt.PyJWK.from_dict({**one, "alg": _ALGORITHM}) for name, one in keys.items()}


class CallVerifier:
    """Tells whether a call is from Teams, for this bot, from a tenant whose people may ask."""

    def __init__(self, settings: Settings, keys: SigningKeys) -> None:
        self._app_id = settings.teams_app_id or ""
        self._tenants = frozenset(settings.teams_tenant_ids)
        self._service = _origin(settings.teams_service_url)
        self._playground = settings.teams_playground
        self._keys = keys

    def peek(self, authorization: str, caller: str | None) -> Peeked | None:
        """Return a token that may be right, or None where none is needed.

        Args:
            authorization: The header of that name.
            caller: The address of who calls.

        Raises:
            RefusedError: it cannot be right, whoever signed it.
        """
        if self._playground:
            if caller not in LOOPBACK:
                raise RefusedError(FORBIDDEN, "only this machine may call without proof")
            return None
        raw = authorization.removeprefix(_SCHEME)
        if raw == authorization or not raw or len(raw) > MAX_TOKEN:
            raise RefusedError(UNAUTHORIZED, "no token")
        try:
            header = jwt.get_unverified_header(raw)
            claims: Mapping[str, Any] = jwt.decode(raw, options={"verify_signature": False})
        except (jwt.PyJWTError, ValueError, RecursionError) as error:
            raise RefusedError(UNAUTHORIZED, "no token of ours") from error
        key_id, service = header.get("kid"), claims.get("serviceurl")
        if header.get("alg") != _ALGORITHM or not isinstance(key_id, str):
            raise RefusedError(UNAUTHORIZED, "signed in another way")
        if claims.get("iss") != PUBLIC.token_issuer or not self._is_for_us(claims.get("aud")):
            raise RefusedError(UNAUTHORIZED, "from somebody else, or for somebody else")
        if not _is_current(claims):
            raise RefusedError(UNAUTHORIZED, "not now")
        if not isinstance(service, str) or _origin(service) != self._service:
            raise RefusedError(UNAUTHORIZED, "of another service")
        return Peeked(raw, key_id, service)

    async def check(self, peeked: Peeked | None, activity: Activity) -> None:
        """Check that an activity is the one that its token is for.

        Raises:
            RefusedError: it is not, or nobody can tell now.
        """
        if peeked is None:
            if _origin(activity.service_url)[1] not in LOOPBACK:
                raise RefusedError(FORBIDDEN, "what comes without proof is only answered on this machine")
            return
        if activity.service_url.rstrip("/") != peeked.service.rstrip("/"):
            raise RefusedError(UNAUTHORIZED, "of another service")
        if activity.tenant not in self._tenants:
            raise RefusedError(FORBIDDEN, "from a tenant whose people may not ask")
        key = await self._keys.key(peeked.key_id)
        if key is None:
            raise RefusedError(UNAUTHORIZED, "signed with an unknown key")
        try:
            jwt.decode(
                peeked.raw,
                key.key,
                algorithms=[_ALGORITHM],
                audience=self._app_id,
                issuer=PUBLIC.token_issuer,
                leeway=LEEWAY,
                options={"require": ["exp", "iss", "aud"]},
            )
        except jwt.PyJWTError as error:
            raise RefusedError(UNAUTHORIZED, "not signed by Teams") from error

    def _is_for_us(self, audience: object) -> bool:
        return isinstance(audience, str) and hmac.compare_digest(
            audience.encode(errors="replace"), self._app_id.encode()
        )


def _is_current(claims: Mapping[str, Any]) -> bool:
    now = time.time()
    expires, begins = claims.get("exp"), claims.get("nbf", 0)
    if not isinstance(expires, int | float) or not isinstance(begins, int | float):
        return False
    return begins - LEEWAY <= now <= expires + LEEWAY


def _origin(url: str) -> tuple[str, str | None, int | None]:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port
    except ValueError:
        return "", None, None
