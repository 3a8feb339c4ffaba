"""What channels hand the service, and what it hands back: the same values for Slack, the web, programs and terminals.

Invariant: nothing here knows how a channel looks.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from pydantic import Field, model_validator

from assistant.cases.cases import Case
from assistant.dialogue.conversation import Aspect, Choice, Intent
from assistant.dialogue.refinement import Exclusions
from assistant.funding.verdicts import Facts, Missing
from assistant.matching.answers import SHOWN, Answer, Idea, Partner, Scheme
from assistant.platform.people import Asker
from assistant.platform.user_text import Typed, TypedText, bounded
from corpus.errors import MellomromError
from corpus.records import ActorType, Amount
from corpus.text import Frozen, LangText, Language, PartialDate


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
    IDENTITY = "identity"
    """Who or what the assistant is."""
    NOTED = "noted"
    """Something of the asker was told before any need."""
    NEW_TOPIC = "new_topic"
    """Another need is to be told now."""
    NOTHING_BEFORE = "nothing_before"
    """There is nothing to go back to."""
    UNCLEAR = "unclear"
    """It was not understood: what could be meant is offered."""
    DECLINED = "declined"
    """Something is not to be done, and is not."""
    ERRAND = "errand"
    """The municipality answers that, and nobody here."""
    ERASURE = "erasure"
    """Where what is kept of the asker is erased by themselves."""
    ERASURE_ASKED = "erasure_asked"
    """Whom to ask for it, where the asker has no page of their own."""
    STOP_NEWS = "stop_news"
    """Whether messages about saved needs are to be stopped."""
    NEWS_STOPPED = "news_stopped"
    NO_NEWS = "no_news"
    """Nothing is saved that messages would be about."""
    TOLD = "told"
    """Something asked of the answer before, or of the records."""


class Note(Frozen):
    """Something told besides an answer: the key `note.<key>` or `ask.<key>` of the catalogs, with its values."""

    key: str
    values: dict[str, str] = Field(default_factory=dict)
    missing: Missing | None = None
    """For a question back about a rule: the fact that it asks for."""
    facts: Facts | None = None
    """What was told and is confirmed."""
    without: Exclusions | None = None
    """What is left out from now on."""
    types: tuple[ActorType, ...] = ()
    """The only kinds of body that are shown."""


class RecordDetail(Frozen):
    """One thing that a record says, besides what a suggestion holds: the key `told.<key>` of the catalogs."""

    key: str
    text: LangText | None = None
    amount: Amount | None = None
    on: PartialDate | None = None
    year: int | None = None
    source: str | None = None


class FollowUpRow(Frozen):
    """A record that something is told of."""

    suggestion: Partner | Scheme | Idea
    position: int | None = None
    """Its number in the answer; None for one that was not shown."""
    details: tuple[RecordDetail, ...] = ()
    is_left_out: bool = False
    """Whether the asker wanted it left out."""


class FollowUpAnswer(Frozen):
    """What is told where no new answer is wanted: facts of records, words of the trade, what others did."""

    about: Intent
    rows: tuple[FollowUpRow, ...] = ()
    aspects: tuple[Aspect, ...] = ()
    term: str | None = None
    """The id of a word of the glossary."""
    word: str | None = None
    """A word that was asked about and is not known."""
    unknown: tuple[str, ...] = ()
    """Bodies that were named and that the base does not hold."""
    need: str | None = None
    """The need of the thread."""
    answer: Answer | None = None
    """What the reasons rest on: the names that they speak of."""
    others: int = 0
    """Municipalities besides the asker's that asked for like things, where there are enough to be told."""
    facts: Facts = Facts()
    period: tuple[date, date] | None = None
    """For a calendar: the days between which it was asked for."""
    open_now: bool = False
    """For a calendar: whether it was asked for what is open today."""
    is_beyond: bool = False
    """For a calendar: whether nothing is known for that time, so that the rows are what comes next."""


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
    told: FollowUpAnswer | None = None
    """What is told in place of an answer."""
    choices: tuple[Choice, ...] = ()
    """What could be meant, where it was not understood."""
    further: tuple[Reply, ...] = ()
    """The replies to other needs of the same message."""


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


class RejectionReason(StrEnum):
    """Why a suggestion does not fit; `not_for_us.<value>` in the catalogs."""

    NOT_OUR_NEED = "not_our_need"
    WRONG_PLACE = "wrong_place"
    NO_CAPACITY = "no_capacity"
    TIMING = "timing"
    KNOW_THEM_ALREADY = "know_them_already"
    OTHER = "other"


class UserAction(Frozen):
    """Something that somebody did with an answer, or with one suggestion in it."""

    key: str
    """Unique for each event of a channel."""
    asker: Asker
    log_id: str
    record_id: str | None = None
    verb: ActionType
    reason: RejectionReason | None = None
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


class PastQuestion(Frozen):
    """A question as it is listed for whoever asked it."""

    log_id: str
    at: datetime
    question: str | None


class PastAction(Frozen):
    """Something that was done with an answer, or with one suggestion in it."""

    verb: ActionType
    record_id: str | None
    reason: RejectionReason | None
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
    done: tuple[PastAction, ...]
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
