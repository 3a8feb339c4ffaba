"""Where something happens in Slack, and where an answer to it goes.

Invariant: a place is a plain value that outlives the process; the address made of it says no more than is needed to
reach a person later.
"""

from __future__ import annotations

import json

from corpus.text import Frozen

CHANNEL = "slack"
"""What an address of this channel begins with, so that no other channel takes it for its own."""


class SlackPlace(Frozen):
    """Where something happened, and where an answer to it goes."""

    team: str
    user: str
    enterprise: str | None = None
    channel: str | None = None
    thread: str | None = None
    """The message whose thread it belongs to."""
    response_url: str | None = None
    """Where Slack takes an answer for half an hour, wherever the app is a member."""
    private: bool = False
    """Whether only the user sees it."""
    message: str | None = None
    """The message that a button stood in, where everybody sees it."""

    def actor(self) -> str:
        """Return who did something here, as events of a case name them."""
        return f"slack:{self.team}:{self.user}"

    def address(self) -> str:
        """Return where this asker can be reached later, as text that only this channel reads."""
        kept = {"team": self.team, "enterprise": self.enterprise, "user": self.user}
        return json.dumps({"to": CHANNEL, **{key: value for key, value in kept.items() if value}})


def place_at(address: str | None) -> SlackPlace | None:
    """Return the place that an address of this channel's names, or None where it is another channel's."""
    try:
        kept = json.loads(address or "")
        return SlackPlace(**kept) if isinstance(kept, dict) and kept.pop("to", None) == CHANNEL else None
    except ValueError:
        return None
