"""The tokens of cards: what a card is about, for nobody but this installation to read.

Invariant: a token says nothing to whoever sees it, cannot be made or changed by anybody else, and is good only in the
tenant and the chat or channel that it was made for.
"""

from __future__ import annotations

import base64
import json
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from assistant.channels.teams.places import root_of
from assistant.platform.keys import Keys
from assistant.render.teams_actions import About, AboutAnswer, AboutCase, AboutHome, AboutSaved

_NONCE = 12
MAX_TOKEN = 1_000
_SORTS: dict[str, type[About]] = {"answer": AboutAnswer, "case": AboutCase, "home": AboutHome, "saved": AboutSaved}


class CardTokens:
    """Makes and reads tokens."""

    def __init__(self, keys: Keys) -> None:
        self._cipher = AESGCM(bytes.fromhex(keys.hashed("teams", "cards")))

    def sealed(self, about: About, tenant: str, conversation: str) -> str:
        """Return a token for a card in a conversation."""
        nonce = secrets.token_bytes(_NONCE)
        # Without the names of the fields: a card holds some thirty tokens.
        plain = json.dumps(list(about.model_dump(mode="json").values()), separators=(",", ":")).encode()
        closed = nonce + self._cipher.encrypt(nonce, plain, _bound(tenant, conversation))
        return base64.urlsafe_b64encode(closed).decode().rstrip("=")

    def opened(self, token: object, tenant: str, conversation: str) -> About | None:
        """Return what a token of a conversation is about; None where it is none of ours, or not of there."""
        if not isinstance(token, str) or not 0 < len(token) <= MAX_TOKEN or not token.isascii():
            return None
        try:
            closed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
            plain = self._cipher.decrypt(closed[:_NONCE], closed[_NONCE:], _bound(tenant, conversation))
            values = json.loads(plain)
            sort = _SORTS[values[0]]
            return sort(**dict(zip(sort.model_fields, values, strict=True)))
        except (InvalidTag, ValueError, LookupError):
            return None


def _bound(tenant: str, conversation: str) -> bytes:
    root = root_of(conversation)
    return f"{len(tenant)}:{tenant}{root}".encode()
