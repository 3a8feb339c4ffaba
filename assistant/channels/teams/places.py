"""Where something happens in Teams, and where an answer to it goes.

Invariant: a place is a plain value that outlives the process; the address made of it says no more than is needed to
reach a person later: their tenant, what Teams calls them, and where Teams is reached.
"""

from __future__ import annotations

import json

from assistant.channels.teams.activities import Activity
from assistant.platform.people import Asker, Channel
from corpus.text import Frozen

CHANNEL = "teams"
"""What an address of this channel begins with, so that no other channel takes it for its own."""


class TeamsPlace(Frozen):
    """Where something happened, and where an answer to it goes."""

    tenant: str
    user: str
    """What Entra ID calls who did it, or else Teams."""
    account: str
    """What Teams calls them, by which a bot writes to them."""
    service: str
    """Where Teams is reached."""
    conversation: str
    personal: bool
    """Whether nobody else sees it."""
    message: str | None = None
    """The message that a button stood in."""
    name: str | None = None
    """What others in the conversation know them as; None where they are alone."""

    @property
    def root(self) -> str:
        """The chat or channel, without the thread."""
        return root_of(self.conversation)

    def actor(self) -> str:
        """Return who did something here, as events of a case name them."""
        return f"teams:{self.tenant}:{self.user}"

    def asker(self) -> Asker:
        """Return who is here, as the service knows them."""
        return Asker(channel=Channel.TEAMS, tenant=self.tenant, user=self.user)

    def address(self) -> str:
        """Return where this person can be reached later, as text that only this channel reads."""
        kept = {"tenant": self.tenant, "user": self.user, "account": self.account, "service": self.service}
        return json.dumps({"to": CHANNEL, **kept})


class Address(Frozen):
    """Where a person can be reached later."""

    tenant: str
    user: str
    account: str
    service: str

    def asker(self) -> Asker:
        """Return who it is, as the service knows them."""
        return Asker(channel=Channel.TEAMS, tenant=self.tenant, user=self.user)


def root_of(conversation: str) -> str:
    """Return the chat or channel that a conversation is, or is a thread of."""
    return conversation.partition(";")[0]


def place_of(activity: Activity) -> TeamsPlace | None:
    """Return where an activity happened; None where it is not told which tenant that is."""
    tenant = activity.tenant
    if tenant is None:
        return None
    sender = activity.sender
    return TeamsPlace(
        tenant=tenant,
        user=sender.aad_object_id or sender.id,
        account=sender.id,
        service=activity.service_url,
        conversation=activity.conversation.id,
        personal=activity.is_personal,
        message=activity.reply_to_id,
        name=None if activity.is_personal else (sender.name or "")[:80].strip() or None,
    )


def address_in(text: str | None) -> Address | None:
    """Return the address that a text holds, or None where it is another channel's."""
    try:
        kept = json.loads(text or "")
        return Address(**kept) if isinstance(kept, dict) and kept.pop("to", None) == CHANNEL else None
    except ValueError:
        return None
