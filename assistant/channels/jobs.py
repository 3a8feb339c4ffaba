"""What jobs of all channels hold alike: a question somebody asked, and a choice among what a reply offered.

Invariant: of what somebody writes, what would identify people is taken out before it is kept; what seems to be about
a certain person is not kept at all until its writer says that it is meant.
"""

from __future__ import annotations

from typing import TypeVar

from assistant.platform.redaction import redact
from assistant.platform.user_text import TypedText
from corpus.text import Frozen


class QuestionJob(TypedText):
    """Somebody asked."""

    key: str
    conversation: str
    redacted: bool = False
    """Whether something that identifies people was taken out before it was kept."""
    cleared: bool = False
    """Whether it was looked for."""
    confirmed: bool = False
    """Whether whoever asks, warned that it seems to be about a certain person, sends it all the same."""


class ChoiceJob(Frozen):
    """Somebody chose what they meant."""

    key: str
    log_id: str
    number: int
    """Of the choices that the reply offered, from 1."""


Question = TypeVar("Question", bound=QuestionJob)


def cleared_question(job: Question) -> Question | None:
    """Return a question without what would identify people; None where it seems to be about a certain person."""
    if job.cleared:
        return job
    clean = redact(job.text)
    if clean.personal and not job.confirmed:
        return None
    return job.model_copy(update={"text": clean.text, "redacted": clean.removed, "cleared": True})
