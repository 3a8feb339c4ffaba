"""What Slack tells us, as plain values: what is to be done, for whom, and where the answer goes.

Invariant: nothing here knows Slack's software; a job holds all that is needed to do it after a restart, and its key
is the same however often Slack tells it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter

from assistant.channels.jobs import ChoiceJob, QuestionJob, cleared_question
from assistant.channels.slack.places import SlackPlace
from assistant.platform.people import Asker, Channel
from assistant.platform.redaction import redact
from assistant.platform.user_text import Typed
from assistant.render.saved import SavedVerb
from assistant.render.slack import Marked
from assistant.service.messages import ActionType, RejectionReason
from corpus.records import Kind
from corpus.text import Frozen


class AskJob(QuestionJob):
    """Somebody asked."""

    kind: Literal["ask"] = "ask"
    place: SlackPlace
    warning: SlackPlace | None = None
    """Where that warning stands, which the answer makes needless."""


class ActJob(Frozen):
    """Somebody acted on an answer."""

    kind: Literal["act"] = "act"
    key: str
    place: SlackPlace
    log_id: str
    record_id: str | None = None
    verb: ActionType
    reason: RejectionReason | None = None
    note: Typed | None = None
    confirmed: bool = False
    """Whether whoever wrote the note, warned that it seems to be about a certain person, sends it all the same."""
    start: int = 0
    """The place of the first suggestion of the message that was acted on, as `About.start` has it."""
    marks: tuple[Marked, ...] = ()
    """What the message tells of acts before."""


class MoreJob(Frozen):
    """Somebody wants to see the next suggestions of a kind."""

    kind: Literal["more"] = "more"
    key: str
    place: SlackPlace
    log_id: str
    record_kind: Kind
    start: int


class WhyJob(Frozen):
    """Somebody wants to see what stands behind a suggestion."""

    kind: Literal["why"] = "why"
    key: str
    place: SlackPlace
    log_id: str
    record_id: str


class ChooseJob(ChoiceJob):
    """Somebody chose what they meant."""

    kind: Literal["choose"] = "choose"
    place: SlackPlace


class MoveJob(Frozen):
    """A broker moved a case on."""

    kind: Literal["move"] = "move"
    key: str
    place: SlackPlace
    case_id: str
    version: int
    state: str
    reason: str | None = None
    note: Typed | None = None


class SaveJob(Frozen):
    """Somebody wants to hear when something changes for the need of an answer."""

    kind: Literal["save"] = "save"
    key: str
    place: SlackPlace
    log_id: str


class SavedJob(Frozen):
    """Somebody decided on a need that they saved."""

    kind: Literal["saved"] = "saved"
    key: str
    place: SlackPlace
    need_id: str
    verb: SavedVerb
    record_id: str | None = None


class WarnJob(Frozen):
    """Somebody wrote what seems to be about a certain person; what they wrote is not kept."""

    kind: Literal["warn"] = "warn"
    key: str
    place: SlackPlace


Job = AskJob | ActJob | MoreJob | WhyJob | ChooseJob | MoveJob | SaveJob | SavedJob | WarnJob
_JOB: TypeAdapter[Job] = TypeAdapter(
    Annotated[Job, Field(discriminator="kind")], config=ConfigDict(hide_input_in_errors=True)
)


def asker_at(place: SlackPlace) -> Asker:
    """Return who is at a place, as the service knows them."""
    return Asker(channel=Channel.SLACK, tenant=place.team, user=place.user)


def cleared(job: Job) -> Job:
    """Return a job without what would identify people; of what seems to be about one, only that it came."""
    match job:
        case AskJob():
            return cleared_question(job) or WarnJob(key=job.key, place=job.place)
        case ActJob(note=str(note)) | MoveJob(note=str(note)):
            return job.model_copy(update={"note": redact(note).text})
        case _:
            return job


def packed(job: Job) -> str:
    """Return a job as text, cleared."""
    return cleared(job).model_dump_json(exclude_none=True)


def unpacked(text: str) -> Job:
    """Return the job that a text holds."""
    return _JOB.validate_json(text)
