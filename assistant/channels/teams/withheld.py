"""What somebody wrote in Teams that seems to be about a certain person, until they say whether it is meant."""

from __future__ import annotations

from hashlib import sha256
from typing import NamedTuple

from assistant.channels.teams.card_tokens import CardTokens
from assistant.channels.teams.jobs import AskJob
from assistant.channels.teams.places import TeamsPlace
from assistant.channels.withholding import Withholding
from assistant.platform.keys import Keys
from assistant.platform.redaction import redact

MAX_SEALED = 12_000
"""Characters of a card that a button's data may take; a card has some 24,000."""


class Sealed(NamedTuple):
    """What reads what only this installation can read."""

    seals: CardTokens
    withheld: Withheld


class Withheld:
    """Messages that are not taken in until their writers say that they are meant."""

    def __init__(self, keys: Keys) -> None:
        self._held = Withholding(keys, "teams", MAX_SEALED)

    def keep(self, job: AskJob) -> None:
        """Keep a message until its writer is warned, unless it is too long for a card."""
        clean = redact(job.text)
        cleaned = {"text": clean.text, "redacted": clean.removed, "cleared": True}
        self._held.keep(job.key, job.model_copy(update=cleaned).model_dump_json(exclude_defaults=True))

    def take(self, key: str) -> str | None:
        """Return a message, sealed, and forget it; None where another process had it, or it was too long."""
        return self._held.take(key)

    def opened(self, sealed: str, warning: TeamsPlace) -> AskJob | None:
        """Return what somebody sends all the same; None where its time is up, or it is not theirs, or not of there.

        Args:
            sealed: What the button of the warning holds.
            warning: Where the warning stands, with who pressed the button.
        """
        if not sealed.isascii() or len(sealed) > MAX_SEALED or (opened := self._held.opened(sealed)) is None:
            return None
        job = AskJob.model_validate_json(opened)
        theirs, here = job.place, warning
        if (theirs.tenant, theirs.user, theirs.root) != (here.tenant, here.user, here.root):
            return None
        # The same however often the button is pressed; the warning is what gives way to what is told now.
        key = f"teams:confirmed:{sha256(job.key.encode()).hexdigest()}"
        place = theirs.model_copy(update={"message": warning.message})
        return job.model_copy(update={"key": key, "place": place, "confirmed": True})
