"""What channels hand the service, and what it hands back: the same values for Slack, the web, programs and terminals.

Invariant: nothing here knows how a channel looks.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import Field, model_validator

from assistant.cases.cases import Case
from assistant.funding.verdicts import Missing
from assistant.matching.answers import SHOWN, Answer
from assistant.platform.people import Asker
from assistant.platform.typed import Typed, TypedText, bounded
from corpus.errors import MellomromError
from corpus.text import Frozen, Language


class UserMessage(TypedText):
    """Something that somebody wrote."""

    key: str
    """Unique for each event of a channel; what is told again gets the first reply again and adds nothing."""
    asker: Asker
    conversation: str
    """The channel's name for the thread."""
    after: str | None = None
    """The log id of an answer of theirs whose thread goes on, whatever the channel calls it."""
    reply_to: str | None = None
    """Where the channel reaches the asker later, in its own words."""
    top_k: int = Field(default=SHOWN, ge=1, le=20)
    """Suggestions of each kind."""
    redacted: bool = False
    """Whether the channel took out what identifies people before it stored anything."""
    cleared: bool = False
    """Whether the channel looked for what identifies people, so that it need not be looked for again."""
    is_question: bool = False
    """Whether it is a question whatever it says, since a program asks."""
    confirmed: bool = False
    """Whether the asker, warned that it seems to be about a certain person, sends it all the same."""


class ReplyKind(StrEnum):
    """What sort of reply it is."""

    ANSWER = "answer"
    HELP = "help"
    GREETING = "greeting"
    THANKS = "thanks"
    CONTACT = "contact"
    """Whom to talk to."""
    LANGUAGE_SET = "language_set"
    EMPTY = "empty"
    """There was no word to look for."""


class Note(Frozen):
    """Something told besides an answer: the key `note.<key>` or `ask.<key>` of the catalogs, with its values."""

    key: str
    values: dict[str, str] = Field(default_factory=dict)
    missing: Missing | None = None
    """For a question back about a rule: the fact that it asks for."""


class Reply(Frozen):
    """What the channel shows."""

    kind: ReplyKind
    language: Language
    log_id: str | None = None
    """How acts speak of it; None where there is nothing to act on."""
    answer: Answer | None = None
    notes: tuple[Note, ...] = ()
    """Said above an answer."""
    asks: tuple[Note, ...] = ()
    """Questions back, at most two for one need."""


class ActionType(StrEnum):
    """What somebody does with an answer."""

    INTRODUCE = "introduce"
    NOT_FOR_US = "not_for_us"
    MORE_LIKE_THIS = "more_like_this"
    ASK_BROKER = "ask_broker"
    HELPFUL = "helpful"
    NOT_HELPFUL = "not_helpful"
    SHARE = "share"
    UNSHARE = "unshare"
    """Takes a share back: whoever has its address finds nothing there any more."""


class NotForUs(StrEnum):
    """Why a suggestion does not fit; `not_for_us.<value>` in the catalogs."""

    NOT_OUR_NEED = "not_our_need"
    WRONG_PLACE = "wrong_place"
    NO_CAPACITY = "no_capacity"
    TIMING = "timing"
    KNOW_THEM_ALREADY = "know_them_already"
    OTHER = "other"


class Act(Frozen):
    """Something that somebody did with an answer, or with one suggestion in it."""

    key: str
    """Unique for each event of a channel."""
    asker: Asker
    log_id: str
    record_id: str | None = None
    verb: ActionType
    reason: NotForUs | None = None
    note: Typed | None = None
    note_shortened: bool = False
    """Whether its end was left unread."""
    reply_to: str | None = None
    confirmed: bool = False
    """Whether the asker, warned that the note seems to be about a certain person, sends it all the same."""

    @model_validator(mode="before")
    @classmethod
    def _shortened(cls, given: Any) -> Any:  # noqa: ANN401 (whatever the value is made from)
        if not isinstance(given, dict) or not isinstance(given.get("note"), str):
            return given
        return {**given, "note_shortened": bool(given.get("note_shortened")) or bounded(given["note"]).shortened}


class ActionReceiptKind(StrEnum):
    """What came of an act."""

    CASE_OPENED = "case_opened"
    ALREADY_OPEN = "already_open"
    NOTED = "noted"
    ALREADY_NOTED = "already_noted"
    MORE = "more"


class ActionReceipt(Frozen):
    """What came of an act."""

    kind: ActionReceiptKind
    case: Case | None = None
    reply: Reply | None = None
    """For more like something: a new answer."""
    at: datetime | None = None
    """When it was done before, where it was."""


class LoggedAnswer(Frozen):
    """An answer as it was given."""

    log_id: str
    at: datetime
    question: str | None
    """What it answers; None once its time is up."""
    reply: Reply
    mine: bool
    """Whether whoever asks for it is the one who asked."""


class AskedBefore(Frozen):
    """A question as it is listed for whoever asked it."""

    log_id: str
    at: datetime
    question: str | None


class Done(Frozen):
    """Something that was done with an answer, or with one suggestion in it."""

    verb: ActionType
    record_id: str | None
    reason: NotForUs | None
    case_id: str | None
    """The case that it opened."""
    at: datetime


class ThreadTurn(Frozen):
    """A turn of a thread as its asker sees it again."""

    log_id: str
    at: datetime
    asked: str | None
    """What they wrote; None where they asked for more like something."""
    reply: Reply
    done: tuple[Done, ...]
    """What they did with the answer, in order."""


class PersonalDataError(MellomromError):
    """What somebody wrote seems to be about a certain person, and they have not said that it is to be sent."""

    def __init__(self) -> None:
        super().__init__(
            "It seems to be about a certain person: nothing was stored or answered. Write it without names, dates of "
            "birth and whatever else points to one person, or confirm that it is to be sent as it is (on the command "
            "line --personal-data-confirmed, by the API personal_data_confirmed)."
        )


class UnknownAnswerError(MellomromError):
    """No answer has that id, or it is not for whoever asks."""


class UnknownSuggestionError(MellomromError):
    """The answer holds no such suggestion."""


class UnknownMunicipalityError(MellomromError):
    """No municipality can have that number."""
