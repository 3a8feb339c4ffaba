"""Logging in by an OpenID Connect provider, such as Entra ID or Feide.

Invariant: somebody is logged in only by a token that the provider signed for this installation, for this very login,
and that is still valid; where tenants are listed, only from one of them. Whatever is not so is one refusal, told in
words and remembered, and leaves nobody logged in.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import structlog
from authlib.integrations.base_client import OAuthError
from authlib.integrations.starlette_client import OAuth
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import Response

from assistant.access.accounts import AccountRole
from corpus.text import Frozen

if TYPE_CHECKING:
    from assistant.platform.settings import Settings

CALLBACK = "/login/oidc/callback"
_TENANT = "{tenantid}"
"""What the issuer of Entra's shared endpoints holds in place of a tenant."""
log = structlog.get_logger("mellomrom.web")


class Refusal(StrEnum):
    """Why somebody was not logged in; `web.login.refused.<value>` in the catalogs."""

    PROVIDER = "provider"
    """The provider did not answer, or not as one does."""
    INVALID = "invalid"
    """What it answered is not for this login, here and now."""
    TENANT = "tenant"
    ROLE = "role"
    CLOSED = "closed"


class RefusedError(Exception):
    """Somebody is not logged in."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why.value)
        self.why = why


class Identity(Frozen):
    """Somebody whom the provider vouches for."""

    issuer: str
    subject: str
    name: str
    role: AccountRole | None
    """What their claims make them; None where roles are kept here."""


class Provider:
    """The provider of an installation."""

    def __init__(self, settings: Settings) -> None:
        assert settings.oidc_issuer is not None  # noqa: S101 (made only where it is set)
        self._issuer = settings.oidc_issuer
        self._client_id = settings.oidc_client_id
        self._tenants = settings.oidc_tenant_ids
        self._roles_claim = settings.oidc_roles_claim
        self._roles = {
            AccountRole.ADMIN: settings.oidc_admin_role,
            AccountRole.BROKER: settings.oidc_broker_role,
            AccountRole.CONTACT: settings.oidc_contact_role,
        }
        self.name = settings.oidc_name
        secret = settings.oidc_client_secret
        self._client: Any = OAuth().register(
            "provider",
            client_id=settings.oidc_client_id,
            client_secret=secret.get_secret_value() if secret else None,
            server_metadata_url=f"{self._issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": settings.oidc_scopes,
                "code_challenge_method": "S256",
                "token_endpoint_auth_method": "client_secret_basic" if secret else "none",
                "timeout": 10,
            },
        )

    async def begin(self, request: Request, session: dict[str, Any], callback: str) -> Response:
        """Return what sends a browser to the provider; what its return is known by is put into the session.

        Raises:
            RefusedError: the provider cannot be asked.
        """
        request.scope["session"] = session
        try:
            answer: Response = await self._client.authorize_redirect(request, callback)
        except Exception as error:
            raise _unreachable(error) from error
        return answer

    async def finish(self, request: Request, session: dict[str, Any]) -> Identity:
        """Return whom the provider vouches for when a browser comes back; what it was known by is used up.

        Raises:
            RefusedError: they are not logged in.
        """
        request.scope["session"] = session
        try:
            token = await self._client.authorize_access_token(request, claims_options=await self._claims_options())
        except (OAuthError, JoseError, ValueError, KeyError) as error:
            # Neither the token nor what the provider says of it goes into the log: both may hold names.
            log.warning("login refused", why=type(error).__name__)
            raise RefusedError(Refusal.INVALID) from error
        except Exception as error:
            raise _unreachable(error) from error
        claims = token.get("userinfo")
        if not claims or not claims.get("sub"):
            raise RefusedError(Refusal.INVALID)
        return self._vouched(claims)

    async def _claims_options(self) -> dict[str, Any]:
        metadata = await self._client.load_server_metadata()
        template = str(metadata.get("issuer", ""))
        shared = _TENANT in template and bool(self._tenants)
        issuers = [template.replace(_TENANT, tenant) for tenant in self._tenants] if shared else [self._issuer]
        return {
            "iss": {"essential": True, "values": issuers},
            "aud": {"essential": True, "values": [self._client_id]},
            "exp": {"essential": True},
        }

    def _vouched(self, claims: Mapping[str, Any]) -> Identity:
        if self._tenants and claims.get("tid") not in self._tenants:
            raise RefusedError(Refusal.TENANT)
        name = claims.get("name") or claims.get("preferred_username") or claims.get("email") or claims["sub"]
        return Identity(
            issuer=str(claims["iss"]), subject=str(claims["sub"]), name=str(name), role=self._role_of(claims)
        )

    def _role_of(self, claims: Mapping[str, Any]) -> AccountRole | None:
        if not any(self._roles.values()):
            return None
        held = claims.get(self._roles_claim) or ()
        has = {held} if isinstance(held, str) else {str(one) for one in held}
        for role in (AccountRole.ADMIN, AccountRole.BROKER, AccountRole.CONTACT):
            if self._roles[role] in has:
                return role
        if self._roles[AccountRole.CONTACT] is None:
            return AccountRole.CONTACT
        raise RefusedError(Refusal.ROLE)


def _unreachable(error: Exception) -> RefusedError:
    log.warning("the login provider cannot be asked", why=type(error).__name__)
    return RefusedError(Refusal.PROVIDER)
