"""What Teams tells us, as plain values: what is to be done, for whom, and where the answer goes.

Invariant: nothing here knows Teams' software; a job holds all that is needed to do it after a restart, and its key is
the same however often Teams tells it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter

from assistant.channels.jobs import ChoiceJob, QuestionJob, cleared_question
from assistant.channels.teams.places import TeamsPlace
from assistant.platform.redaction import redact
from assistant.platform.user_text import Typed
from assistant.render.saved import SavedVerb
from assistant.render.teams_actions import AboutAnswer, AboutCase, AboutSaved, RowAt
from assistant.service.messages import ActionType, RejectionReason
from corpus.text import Frozen, Language


class _Job(Frozen):
    key: str
    place: TeamsPlace


class AskJob(QuestionJob):
    """Somebody asked."""

    kind: Literal["ask"] = "ask"
    place: TeamsPlace


class ActJob(_Job):
    """Somebody acted on an answer, or on suggestions in it."""

    kind: Literal["act"] = "act"
    about: AboutAnswer
    verb: ActionType
    rows: tuple[RowAt, ...] = ()
    reason: RejectionReason | None = None
    note: Typed | None = None
    confirmed: bool = False
    """Whether the note is meant, although it seems to be about a certain person."""


class MoreJob(_Job):
    """Somebody wants to see the next suggestions of a kind."""

    kind: Literal["more"] = "more"
    about: AboutAnswer
    row: RowAt


class ChooseJob(ChoiceJob):
    """Somebody chose what they meant."""

    kind: Literal["choose"] = "choose"
    place: TeamsPlace


class ShowAgainJob(_Job):
    """Somebody wants to see an answer of theirs once more."""

    kind: Literal["show_again"] = "show_again"
    log_id: str


class HomeJob(_Job):
    """Somebody wants to see what is theirs."""

    kind: Literal["home"] = "home"


class SettingsJob(_Job):
    """Somebody chose their language and their municipality."""

    kind: Literal["settings"] = "settings"
    language: Language
    municipality: Typed


class MoveJob(_Job):
    """A broker moved a case on."""

    kind: Literal["move"] = "move"
    about: AboutCase
    state: str
    reason: str | None = None
    note: Typed | None = None


class WelcomeJob(_Job):
    """The bot was added to a chat or a team."""

    kind: Literal["welcome"] = "welcome"


class SaveJob(_Job):
    """Somebody wants to hear when something changes for the need of an answer."""

    kind: Literal["save"] = "save"
    log_id: str


class SavedJob(_Job):
    """Somebody decided on a need that they saved."""

    kind: Literal["saved"] = "saved"
    about: AboutSaved
    verb: SavedVerb
    record_id: str | None = None


class WarnJob(_Job):
    """Somebody wrote what seems to be about a certain person; what they wrote is not kept."""

    kind: Literal["warn"] = "warn"


Job = (
    AskJob
    | ActJob
    | MoreJob
    | ChooseJob
    | ShowAgainJob
    | HomeJob
    | SettingsJob
    | MoveJob
    | SaveJob
    | SavedJob
    | WelcomeJob
    | WarnJob
)
_JOB: TypeAdapter[Job] = TypeAdapter(
    Annotated[Job, Field(discriminator="kind")], config=ConfigDict(hide_input_in_errors=True)
)


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
