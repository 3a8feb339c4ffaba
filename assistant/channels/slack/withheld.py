"""What somebody wrote in Slack that seems to be about a certain person, until they say whether it is meant."""

from __future__ import annotations

from hashlib import sha256

from assistant.channels.slack.jobs import AskJob
from assistant.channels.slack.places import SlackPlace
from assistant.channels.withholding import Withholding
from assistant.platform.keys import Keys
from assistant.platform.redaction import redact
from assistant.render.block_kit import MAX_VALUE


class Withheld:
    """Messages that are not taken in until their writers say that they are meant."""

    def __init__(self, keys: Keys) -> None:
        self._held = Withholding(keys, "slack", MAX_VALUE)

    def keep(self, job: AskJob) -> None:
        """Keep a message until its writer is warned, unless it is too long for a button."""
        clean = redact(job.text)
        # Slack's address for answers is a new one for each button.
        place = job.place.model_copy(update={"response_url": None})
        cleaned = {"place": place, "text": clean.text, "redacted": clean.removed, "cleared": True}
        self._held.keep(job.key, job.model_copy(update=cleaned).model_dump_json(exclude_defaults=True))

    def take(self, key: str) -> str | None:
        """Return a message, sealed, and forget it; None where another process had it, or it was too long."""
        return self._held.take(key)

    def opened(self, sealed: str, warning: SlackPlace) -> AskJob | None:
        """Return what somebody sends all the same; None where its time is up, or it is not theirs.

        Args:
            sealed: What the button of the warning holds.
            warning: Where the warning stands, with who pressed the button.
        """
        if (opened := self._held.opened(sealed)) is None:
            return None
        job = AskJob.model_validate_json(opened)
        if (job.place.team, job.place.user) != (warning.team, warning.user):
            return None
        place = job.place.model_copy(update={"response_url": warning.response_url}) if job.place.private else job.place
        # The same however often the button is pressed.
        key = f"slack:confirmed:{sha256(job.key.encode()).hexdigest()}"
        return job.model_copy(update={"key": key, "place": place, "confirmed": True, "warning": warning})
