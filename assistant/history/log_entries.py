"""Entries of the match log, as they are written and as they are read.

Invariant: an entry holds nobody's words; what people typed or were shown is its text, which goes when its time is up.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from pydantic import Field

from corpus.errors import MellomromError
from corpus.text import Frozen, Language


class EntryKind(StrEnum):
    """What an entry tells of."""

    QUESTION = "question"
    ANSWER = "answer"
    ACT = "act"


class NewLogEntry(Frozen):
    """What an entry is made of."""

    key: str
    kind: EntryKind
    channel: str
    tenant: str
    asker: str
    conversation: str
    kommunenummer: str | None
    language: Language
    about: str | None = None
    record_id: str | None = None
    outcome: str
    fingerprint: str | None = None
    encoder: str | None = None
    payload: dict[str, Any] = Field(default_factory=dict)


class LogEntry(NewLogEntry):
    """An entry of the log."""

    id: int
    log_id: str
    at: datetime
    version: str
    text: str | None
    """What was typed, or what was shown as JSON; None where there was nothing, or its time is up."""


class LogLine(NamedTuple):
    """An entry as lists need it."""

    log_id: str
    at: datetime
    kind: EntryKind
    asker: str
    conversation: str
    kommunenummer: str | None
    language: Language
    about: str | None
    record_id: str | None
    outcome: str
    text: str | None


class PendingEntry(NamedTuple):
    """An entry to be added."""

    entry: NewLogEntry
    text: str | None = None
    """What was typed, or what is shown as JSON."""
    log_id: str | None = None
    """The id it is already known by, if it is."""


class LogHead(NamedTuple):
    """Where the log ends, for whoever adds to it in the same transaction."""

    digest: str
    """Of the newest entry; empty for an empty log."""
    is_known: bool
    """Whether the event that is to be added is in it."""


class LoggedNeed(NamedTuple):
    """A question that was answered, as the log keeps it for good."""

    log_id: str
    """Of the answer."""
    at: datetime
    kommunenummer: str | None
    outcome: str
    """How it was answered."""
    suggested: tuple[str, ...]
    """The ids of what was suggested, the best of each kind first."""
    is_need: bool
    """Whether somebody came with it; what was said of an answer is no need."""
    theme: str | None = None
    """The theme of Los that the need was most about; None where it was about none, or came before themes were kept."""
    has_money: bool | None = None
    """Whether a scheme was suggested surely or well; None where no schemes were looked for."""


class LogError(MellomromError):
    """The log cannot be read as asked, or is not whole."""


class UnknownEntryError(LogError):
    """No entry has that id."""
