"""What Teams tells, as plain values: the few parts of an activity that are looked at.

Invariant: what is read here has the shape and the size that is expected, or the whole activity is refused; a name that
goes into an address holds nothing that would lead elsewhere. What is not looked at is not kept.
"""

from __future__ import annotations

import html
import re
from typing import Annotated, Any

from pydantic import AliasChoices, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from assistant.platform.user_text import MAX_QUESTION
from corpus.text import Frozen

MAX_WRITTEN = 4 * MAX_QUESTION
"""Characters of a message that are looked at, Teams' escapes and the names of whom it mentions among them."""
_AT = re.compile(r"<at\b[^<>]{0,200}>[^<>]{0,300}</at>", re.IGNORECASE)
_TAG = re.compile(r"</?\w[^<>]{0,500}>")
_Name = Annotated[str, Field(min_length=1, max_length=450, pattern=r"^[^\s/?#\\%]+$")]
"""What Teams calls somebody, a conversation or a message."""
_Address = Annotated[str, Field(min_length=8, max_length=300, pattern=r"^https?://[^\s?#\\@]+$")]
_Word = Annotated[str, Field(max_length=100)]


class _Part(Frozen):
    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True, hide_input_in_errors=True
    )


class Account(_Part):
    """Somebody, or a bot."""

    id: _Name
    aad_object_id: _Name | None = None
    """What Entra ID calls them."""
    name: Annotated[str, Field(max_length=500)] | None = None
    role: _Word | None = None


class Conversation(_Part):
    """Where something was said."""

    id: _Name
    conversation_type: _Word | None = None
    tenant_id: _Name | None = None


class _Named(_Part):
    id: _Name


class ChannelData(_Part):
    """What only Teams tells."""

    tenant: _Named | None = None


class Entity(_Part):
    """Something in a message, such as whom it mentions."""

    type: _Word | None = None
    mentioned: Account | None = None


class CardAction(_Part):
    """A button that was used, with what it is about and what was filled in."""

    verb: _Word
    data: dict[str, Any] = Field(default_factory=dict)


class _CardValue(_Part):
    action: CardAction


class _Body(_Part):
    content: str = ""


class _Payload(_Part):
    body: _Body = Field(default_factory=_Body)


class _CommandValue(_Part):
    message_payload: _Payload = Field(default_factory=_Payload)
    data: dict[str, Any] = Field(default_factory=dict)


class Activity(_Part):
    """Something that Teams tells."""

    type: _Word
    id: _Name
    name: _Word | None = None
    """What an invoke is."""
    action: _Word | None = None
    """Of an installation: whether it is added or removed."""
    service_url: _Address
    sender: Account = Field(validation_alias=AliasChoices("from", "sender"))
    recipient: Account | None = None
    conversation: Conversation
    channel_data: ChannelData | None = None
    text: str | None = None
    entities: tuple[Entity, ...] | None = None
    members_added: tuple[Account, ...] | None = None
    reply_to_id: _Name | None = None
    value: Any = None

    @property
    def tenant(self) -> str | None:
        """The tenant that it comes from, as Teams' own part and the conversation agree on."""
        tenants = {
            one.lower()
            for one in (
                self.channel_data.tenant.id if self.channel_data and self.channel_data.tenant else None,
                self.conversation.tenant_id,
            )
            if one
        }
        return tenants.pop() if len(tenants) == 1 else None

    @property
    def is_personal(self) -> bool:
        """Whether nobody but the one who wrote sees it."""
        return self.conversation.conversation_type == "personal"

    @property
    def is_for_us(self) -> bool:
        """Whether the bot was written to: in a chat with it alone, or by being mentioned."""
        if self.is_personal:
            return True
        bot = self.recipient.id if self.recipient else None
        return any(entity.mentioned is not None and entity.mentioned.id == bot for entity in self.entities or ())

    @property
    def is_from_bot(self) -> bool:
        """Whether no person wrote it."""
        return self.sender.role in {"bot", "skill"} or self.sender.id.startswith("28:")

    def words(self) -> str:
        """Return what a person wrote, without Teams' markup and without the names of whom they mention."""
        return _plain(self.text or "")

    def card_action(self) -> CardAction | None:
        """Return the button that was used, or None where it is not one."""
        try:
            return _CardValue.model_validate(self.value).action
        except ValidationError:
            return None

    def chosen_message(self) -> str:
        """Return what somebody else wrote, in the message that the command was used on."""
        command = self._command()
        return _plain(command.message_payload.body.content) if command else ""

    def filled_in(self, name: str) -> str:
        """Return what was written in a field of a dialog."""
        command = self._command()
        value = command.data.get(name) if command else None
        return value.strip() if isinstance(value, str) else ""

    def _command(self) -> _CommandValue | None:
        try:
            return _CommandValue.model_validate(self.value)
        except ValidationError:
            return None


def _plain(text: str) -> str:
    words = html.unescape(_TAG.sub(" ", _AT.sub(" ", text[:MAX_WRITTEN])))
    return " ".join(words.replace("\xa0", " ").split())


def read(body: object) -> Activity | None:
    """Return an activity, or None where it has no shape of Teams'."""
    try:
        return Activity.model_validate(body)
    except ValidationError:
        return None
