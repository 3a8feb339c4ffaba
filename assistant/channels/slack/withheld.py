"""What somebody wrote that seems to be about a certain person, until they say whether it is meant.

Invariant: nothing of it is stored here. It waits in this process, sealed, for no longer than it takes to warn whoever
wrote it; from then on only the button of the warning holds it, in Slack, where the message itself stands, and only this
installation can open it: for an hour, and for the one who wrote it.
"""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64encode
from collections import OrderedDict
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken

from assistant.channels.slack.jobs import AskJob
from assistant.channels.slack.places import Place
from assistant.platform.keys import Keys
from assistant.platform.redaction import redact
from assistant.render.block_kit import MAX_VALUE

SECONDS = 3_600
"""How long what was withheld can be sent all the same."""
_WAITING = 200
"""Messages whose writers are not warned yet, at most."""


class Withheld:
    """Messages that are not taken in until their writers say that they are meant."""

    def __init__(self, keys: Keys) -> None:
        self._cipher = Fernet(urlsafe_b64encode(bytes.fromhex(keys.hashed("slack:withheld"))))
        self._waiting: OrderedDict[str, str] = OrderedDict()

    def keep(self, job: AskJob) -> None:
        """Keep a message until its writer is warned, unless it is too long for a button."""
        sealed = self._sealed(job)
        if len(sealed) <= MAX_VALUE:
            self._waiting[job.key] = sealed
        while len(self._waiting) > _WAITING:
            self._waiting.popitem(last=False)

    def take(self, key: str) -> str | None:
        """Return a message, sealed, and forget it; None where another process had it, or it was too long."""
        return self._waiting.pop(key, None)

    def opened(self, sealed: str, warning: Place) -> AskJob | None:
        """Return what somebody sends all the same; None where its time is up, or it is not theirs.

        Args:
            sealed: What the button of the warning holds.
            warning: Where the warning stands, with who pressed the button.
        """
        try:
            whole = zlib.decompress(self._cipher.decrypt(sealed.encode(), ttl=SECONDS))
        except (InvalidToken, zlib.error):
            return None
        job = AskJob.model_validate(json.loads(whole))
        if (job.place.team, job.place.user) != (warning.team, warning.user):
            return None
        place = job.place.model_copy(update={"response_url": warning.response_url}) if job.place.private else job.place
        # The same however often the button is pressed.
        key = f"slack:confirmed:{sha256(job.key.encode()).hexdigest()}"
        return job.model_copy(update={"key": key, "place": place, "confirmed": True, "warning": warning})

    def _sealed(self, job: AskJob) -> str:
        clean = redact(job.text)
        # Slack's address for answers is a new one for each button.
        place = job.place.model_copy(update={"response_url": None})
        told = {"place": place, "text": clean.text, "redacted": clean.removed, "cleared": True}
        whole = job.model_copy(update=told).model_dump_json(exclude_defaults=True)
        return self._cipher.encrypt(zlib.compress(whole.encode(), 9)).decode()
