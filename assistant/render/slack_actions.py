"""What buttons, menus and modals in Slack do, and what they are about, as they travel through Slack and back.

Invariant: a value holds ids only, never words of a question that anybody could read; whoever receives one looks up what
it is about and checks that it belongs to the workspace it came from.
"""

from __future__ import annotations

from enum import StrEnum

from corpus.text import Frozen

_SEPARATOR = "|"
_NUMBER_DIGITS = 10


class ActionId(StrEnum):
    """The `action_id` of each element that does something."""

    INTRODUCE = "introduce"
    NOT_FOR_US = "not_for_us"
    MORE_LIKE_THIS = "more_like_this"
    ASK_BROKER = "ask_broker"
    FEEDBACK = "feedback"
    SHARE = "share"
    SHOW_MORE = "show_more"
    WHY = "why"
    CHOOSE = "choose"
    """Followed by `:` and the number of the choice."""
    MOVE = "move"
    """Followed by `:` and the state that the case is moved to."""
    LANGUAGE = "language"
    MUNICIPALITY = "municipality"
    ASK = "ask"
    SHOW_AGAIN = "show_again"
    SAVE = "save"
    """Saves the need of an answer."""
    SAVED = "saved"
    """Followed by `:` and what is decided on a saved need, a `SavedVerb`."""
    STOP_AT_HOME = "stop_at_home"
    """Stops a saved need from App Home."""
    SEND_ANYWAY = "send_anyway"
    """Its value is what somebody wrote, sealed as `channels.slack.withheld` does."""


class CallbackId(StrEnum):
    """The `callback_id` of each modal, and of the shortcuts as the manifest names them."""

    NOT_FOR_US = "not_for_us_modal"
    ASK_BROKER = "ask_broker_modal"
    ASK = "ask_modal"
    MUNICIPALITY = "municipality_modal"
    MOVE = "move_modal"
    FIND_FOR_MESSAGE = "find_for_message"
    ASK_ANYWHERE = "ask_anywhere"


class About(Frozen):
    """What a button is about."""

    log_id: str
    record_id: str | None = None
    start: int = 0
    """For more of a kind: the place of the first of them in its list, from 1; 0 for an answer's first message."""

    def packed(self) -> str:
        """Return it as the value of a button."""
        return _SEPARATOR.join((self.log_id, self.record_id or "", str(self.start)))


class AboutCase(Frozen):
    """Which case a button moves, as it was when the button was shown."""

    case_id: str
    version: int

    def packed(self) -> str:
        """Return it as the value of a button."""
        return _SEPARATOR.join((self.case_id, str(self.version)))


class AboutSaved(Frozen):
    """Which saved need a button is about, and which of its news."""

    need_id: str
    record_id: str | None = None

    def packed(self) -> str:
        """Return it as the value of a button."""
        return _SEPARATOR.join((self.need_id, self.record_id or ""))


def about_saved(value: str) -> AboutSaved | None:
    """Return which saved need a button's value is about, or None where it is none of ours."""
    match value.split(_SEPARATOR):
        case [need_id, record_id] if need_id:
            return AboutSaved(need_id=need_id, record_id=record_id or None)
        case _:
            return None


def about(value: str) -> About | None:
    """Return what a button's value is about, or None where it is none of ours."""
    match value.split(_SEPARATOR):
        case [log_id, record_id, start] if log_id and _is_number(start):
            return About(log_id=log_id, record_id=record_id or None, start=int(start))
        case _:
            return None


def about_case(value: str) -> AboutCase | None:
    """Return which case a button's value is about, or None where it is none of ours."""
    match value.split(_SEPARATOR):
        case [case_id, version] if case_id and _is_number(version):
            return AboutCase(case_id=case_id, version=int(version))
        case _:
            return None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < _NUMBER_DIGITS
