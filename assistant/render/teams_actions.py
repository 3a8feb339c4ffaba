"""What buttons of Teams' cards do, and what they are about.

Invariant: a card's buttons carry one token that only this installation can read, a verb, and the place of a
suggestion in its list; never words of a question.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from corpus.records import Kind
from corpus.text import Frozen

TOKEN, ROW = "token", "row"
"""What a button's data is called."""
NOTE, REASON, LANGUAGE, MUNICIPALITY, NEED, PICK = "note", "reason", "language", "municipality", "need", "pick"
WITHHELD, CONFIRMED, NUMBER, RECORD = "withheld", "confirmed", "number", "record"
"""The fields of cards, and what else buttons hold; `PICK` begins the name of each box that chooses a suggestion."""
_DIGITS = 4


class Verb(StrEnum):
    """What a button does."""

    ASK_BROKER = "ask_broker"
    INTRODUCE = "introduce"
    NOT_FOR_US = "not_for_us"
    MORE_LIKE_THIS = "more_like_this"
    SHOW_MORE = "show_more"
    CHOOSE = "choose"
    SEND_ANYWAY = "send_anyway"
    """Its value is what somebody wrote, sealed as `channels.teams.withheld` does."""
    SAVE = "save"
    """Saves the need of an answer."""
    SAVED = "saved"
    """Followed by `.` and what is decided on a saved need, a `SavedVerb`."""
    SHARE = "share"
    HELPFUL = "helpful"
    NOT_HELPFUL = "not_helpful"
    SHOW_AGAIN = "show_again"
    HOME = "home"
    SETTINGS = "settings"
    MOVE = "move"


class AboutAnswer(Frozen):
    """Which answer a card shows, or which part of it."""

    sort: Literal["answer"] = "answer"
    log_id: str
    kind: Kind | None = None
    """For more of a kind: that one; None for an answer's first card."""
    start: int = 0
    """For more of a kind: the place of the first in its list, from 1."""


class AboutCase(Frozen):
    """Which case a card shows, as it was when it was made."""

    sort: Literal["case"] = "case"
    case_id: str
    version: int


class AboutHome(Frozen):
    """A card of somebody's own; its rows name answers of theirs."""

    sort: Literal["home"] = "home"
    user: str


class AboutSaved(Frozen):
    """A need that somebody saved, and whether the button stands on their own card."""

    sort: Literal["saved"] = "saved"
    need_id: str
    is_home: bool = False


About = AboutAnswer | AboutCase | AboutHome | AboutSaved


class RowAt(Frozen):
    """A suggestion by its place in its list, from 1."""

    kind: Kind
    position: int

    def packed(self) -> str:
        """Return it as a button's data has it."""
        return f"{self.kind.value}.{self.position}"


def row_at(text: str) -> RowAt | None:
    """Return which suggestion a button's data names, or None where it names none."""
    kind, _, position = text.partition(".")
    is_number = position.isascii() and position.isdigit() and len(position) <= _DIGITS
    return RowAt(kind=Kind(kind), position=int(position)) if kind in set(Kind) and is_number else None
