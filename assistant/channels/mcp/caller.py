"""Who calls over MCP, and what they may do.

Invariant: a caller is a token, or the person at this machine who started the server; the latter may read and ask, and
whatever a token that they give allows besides.
"""

from __future__ import annotations

from typing import NamedTuple

from assistant.access.tokens import Token, TokenError, Tokens, TokenScope
from assistant.platform.people import Asker, Channel
from assistant.platform.settings import Settings
from corpus.text import Language

READING = frozenset({TokenScope.ASK, TokenScope.RECORDS_READ})
"""What whoever has the database may do anyway."""


class Caller(NamedTuple):
    """Who calls."""

    name: str
    """What they are known as to the service, which keeps a pseudonym of it."""
    scopes: frozenset[TokenScope]

    def asker(self, language: Language | None = None, municipality: str | None = None) -> Asker:
        """Return them as somebody who asks."""
        return Asker(channel=Channel.MCP, tenant="mcp", user=self.name, language=language, kommunenummer=municipality)


def caller_of(token: Token) -> Caller:
    """Return whoever sent a token."""
    return Caller(f"token:{token.id}", frozenset(token.scopes))


def local_caller(settings: Settings, tokens: Tokens) -> Caller:
    """Return whoever started the server at this machine, with what the token that they set allows.

    Raises:
        TokenError: the token that is set is none that holds.
    """
    if settings.mcp_token is None:
        return Caller(f"local:{settings.user}", READING)
    token = tokens.find(settings.mcp_token.get_secret_value())
    if token is None:
        raise TokenError(
            "The token in MELLOMROM_MCP_TOKEN is unknown, has expired or was revoked. `mellomrom tokens add` makes "
            "one; unset it to read and ask only."
        )
    return Caller(f"token:{token.id}", READING | frozenset(token.scopes))
