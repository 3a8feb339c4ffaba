"""What somebody wrote that seems to be about a certain person, until they say whether it is meant.

Invariant: nothing of it is stored here. It waits in this process, sealed, for no longer than it takes to warn whoever
wrote it; from then on only the button of the warning holds it, where the message itself stands, and only this
installation can open it, for an hour.
"""

from __future__ import annotations

import zlib
from base64 import urlsafe_b64encode
from collections import OrderedDict

from cryptography.fernet import Fernet, InvalidToken

from assistant.platform.keys import Keys

SECONDS = 3_600
"""How long what was withheld can be sent all the same."""
_WAITING = 200
"""Messages whose writers are not warned yet, at most."""


class Withholding:
    """Messages of one channel that are not taken in until their writers say that they are meant."""

    def __init__(self, keys: Keys, channel: str, largest: int) -> None:
        """Seal messages of a channel, of which a button holds no more than so many characters."""
        self._cipher = Fernet(urlsafe_b64encode(bytes.fromhex(keys.hashed(f"{channel}:withheld"))))
        self._largest = largest
        self._waiting: OrderedDict[str, str] = OrderedDict()

    def keep(self, key: str, text: str) -> None:
        """Keep what was told until its writer is warned, unless it is too long for a button."""
        sealed = self._cipher.encrypt(zlib.compress(text.encode(), 9)).decode()
        if len(sealed) <= self._largest:
            self._waiting[key] = sealed
        while len(self._waiting) > _WAITING:
            self._waiting.popitem(last=False)

    def take(self, key: str) -> str | None:
        """Return what was told, sealed, and forget it; None where another process had it, or it was too long."""
        return self._waiting.pop(key, None)

    def opened(self, sealed: str) -> str | None:
        """Return what was told; None where its time is up, or it is none of ours."""
        try:
            return zlib.decompress(self._cipher.decrypt(sealed.encode(), ttl=SECONDS)).decode()
        except (InvalidToken, zlib.error):
            return None
