"""The tools: what each takes, gives and does.

Invariant: a tool that only reads changes nothing but the log, which holds a row for each question answered; what a tool
takes and gives is told by the schemas of its models. What seems to be about a certain person is refused unless it is
confirmed, in every text that a tool takes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from pydantic import BaseModel, Field

from assistant.access.tokens import TokenScope
from assistant.cases.cases import CaseState
from assistant.channels.bodies import MAX_ID, MAX_SENT, Body, ConsortiumBody
from assistant.channels.mcp.caller import Caller
from assistant.dialogue.facts import facts_of_municipality, is_municipality_number
from assistant.dialogue.understanding import Question, check_question
from assistant.funding.verdicts import Facts
from assistant.matching.answers import SHOWN, Answer
from assistant.platform.errors import EmptyQuestionError
from assistant.platform.redaction import redact
from assistant.platform.user_text import bounded
from assistant.render.answer_data import AnswerData, Data, IdeaData
from assistant.render.data import render_data
from assistant.render.funding_data import ConsortiumData, SchemeCheckData, render_consortium, render_scheme_check
from assistant.service.messages import (
    ActionReceiptKind,
    ActionType,
    PersonalDataError,
    UnknownMunicipalityError,
    UserAction,
    UserMessage,
)
from corpus.files import Record, kind_of, to_plain
from corpus.records import ActorType, CurationState, Kind
from corpus.text import LangText, Language
from corpus.vocabulary import Concept

if TYPE_CHECKING:
    from assistant.service.container import Runtime

_CONFIRMED = Field(
    default=False,
    description="Whether the person who asks was told that the text seems to be about a certain person, and wants it "
    "sent all the same. Never set it for them.",
)
_MUNICIPALITY = Field(
    default=None, pattern=r"^[0-9]{4}$", description="The number of the municipality that asks, such as 5038."
)
_LANGUAGE = Field(default=None, description="The language to answer in; that of the text where none is given.")
_SCHEME = Field(max_length=MAX_ID, description="The id of a scheme, such as instrument:rff-trondelag.")


class FindMatches(Body):
    """A need to find partners, schemes and like ideas for."""

    need: str = Field(
        min_length=1,
        max_length=MAX_SENT,
        description="The need in the person's own words, in Norwegian or English, without personal data.",
    )
    language: Language | None = _LANGUAGE
    municipality: str | None = _MUNICIPALITY
    top_k: int = Field(default=SHOWN, ge=1, le=20, description="Suggestions of each kind.")
    personal_data_confirmed: bool = _CONFIRMED


class FoundMatches(AnswerData):
    """An answer, and the id by which a case of it is opened."""

    log_id: str


class FoundNeeds(Data):
    """Needs and projects of others that are like a need."""

    question: str
    language: Language
    ideas: tuple[IdeaData, ...]
    log_id: str


class CheckScheme(Body):
    """A scheme, and what is known of who would apply for what."""

    scheme: str = _SCHEME
    need: str | None = Field(
        default=None, min_length=1, max_length=MAX_SENT, description="What the money is for, in the person's own words."
    )
    applicant: ActorType | None = Field(default=None, description="Who would apply; a municipality if not given.")
    language: Language | None = _LANGUAGE
    municipality: str | None = _MUNICIPALITY
    personal_data_confirmed: bool = _CONFIRMED


class BuildConsortium(ConsortiumBody):
    """A need, a scheme, and who is in already."""

    personal_data_confirmed: bool = _CONFIRMED


class GetRecord(Body):
    """A record by its id."""

    id: str = Field(max_length=MAX_ID, description="The id of a record, such as actor:ntnu.")
    language: Language | None = _LANGUAGE


class RecordData(Data):
    """A record as it is kept, with its sources."""

    id: str
    kind: Kind
    state: CurationState
    version: int
    name: str
    record: dict[str, Any] = Field(description="Every field, as the API gives it.")


class OpenCase(Body):
    """A suggestion that a broker is to follow up."""

    log_id: str = Field(max_length=MAX_ID, description="The log_id of the answer.")
    record_id: str | None = Field(
        default=None,
        max_length=MAX_ID,
        description="The suggestion to be introduced to; none asks the broker.",
    )
    note: str | None = Field(default=None, max_length=MAX_SENT, description="What the person wants the broker to know.")
    personal_data_confirmed: bool = _CONFIRMED


class OpenedCase(Data):
    """The case."""

    case_id: str
    state: CaseState
    opened_at: datetime
    already_open: bool = Field(description="Whether it had been opened before.")


@dataclass(frozen=True)
class Desk:
    """What tools work with."""

    runtime: Runtime
    count: Callable[[Answer], None] = field(default=lambda _: None)
    """Counts an answer for whoever watches the installation."""


@dataclass(frozen=True)
class Tool:
    """A tool."""

    title: str
    description: str
    scope: TokenScope
    takes: type[Body]
    gives: type[BaseModel]
    run: Callable[[Desk, Caller, Any], BaseModel]
    reads_only: bool = True


def find_matches(desk: Desk, caller: Caller, sent: FindMatches) -> FoundMatches:
    """Answer a need, logged as in every channel.

    Raises:
        EmptyQuestionError: there is no word in it.
        PersonalDataError: it seems to be about a certain person, and was not confirmed.
        UnknownMunicipalityError: no municipality can have that number.
    """
    answer, log_id = _answered(desk, caller, sent)
    calendar = desk.runtime.matchmaker.calendar(sent.need, _facts(sent.municipality))
    return FoundMatches.model_validate({**render_data(answer, calendar), "log_id": log_id})


def find_similar_needs(desk: Desk, caller: Caller, sent: FindMatches) -> FoundNeeds:
    """Answer a need, logged, and give the like ones of it; raises what `find_matches` does."""
    answer, log_id = _answered(desk, caller, sent)
    reply = render_data(answer)
    return FoundNeeds.model_validate(
        {"question": reply["question"], "language": reply["language"], "ideas": reply["ideas"], "log_id": log_id}
    )


def check_scheme(desk: Desk, caller: Caller, sent: CheckScheme) -> SchemeCheckData:  # noqa: ARG001
    """Hold a scheme against what is known of who would apply.

    Raises:
        ConsortiumError: there is no such scheme.
        EmptyQuestionError: there is no word in the need.
        PersonalDataError: the need seems to be about a certain person, and was not confirmed.
        UnknownMunicipalityError: no municipality can have that number.
    """
    from assistant.matching import scheme_check

    known = _facts(sent.municipality)
    if sent.applicant is not None:
        known = known.model_copy(update={"applicant_type": sent.applicant})
    question = None
    if sent.need is not None:
        _refuse_personal(sent.need, confirmed=sent.personal_data_confirmed)
        question = Question(text=sent.need, language=sent.language)
    found = scheme_check.check_scheme(desk.runtime.matchmaker, desk.runtime.store, sent.scheme, question, known)
    if question is None:
        found = found._replace(language=_language(desk, sent.language))
    return render_scheme_check(found)


def build_consortium(desk: Desk, caller: Caller, sent: BuildConsortium) -> ConsortiumData:  # noqa: ARG001
    """Tell who is missing for a scheme and whom to ask.

    Raises:
        ConsortiumError: there is no such scheme or actor.
        EmptyQuestionError: there is no word in the need.
        PersonalDataError: the need seems to be about a certain person, and was not confirmed.
        UnknownMunicipalityError: no municipality can have that number.
    """
    from assistant.matching.consortium import propose

    _refuse_personal(sent.need, confirmed=sent.personal_data_confirmed)
    consortium = propose(
        desk.runtime.matchmaker,
        desk.runtime.store,
        sent.need,
        sent.scheme,
        sent.have,
        _facts(sent.municipality) if sent.municipality else None,
        sent.cost_parts,
        sent.language,
    )
    return render_consortium(consortium)


def get_record(desk: Desk, caller: Caller, sent: GetRecord) -> RecordData:  # noqa: ARG001
    """Return a record.

    Raises:
        UnknownRecordError: there is none with that id.
    """
    stored = desk.runtime.store.get(sent.id)
    record = stored.record
    return RecordData(
        id=record.id,
        kind=kind_of(record.id),
        state=record.state,
        version=stored.version,
        name=title_of(record).best(_language(desk, sent.language)).text,
        record=to_plain(record),
    )


def title_of(record: Record) -> LangText:
    """Return what a record is called."""
    return record.pref_label if isinstance(record, Concept) else record.name


def open_case(desk: Desk, caller: Caller, sent: OpenCase) -> OpenedCase:
    """Open a case of a suggestion that the same caller was given; once, however often it is asked for.

    Raises:
        UnknownAnswerError: the answer is not there, or was given to somebody else.
        UnknownSuggestionError: the answer holds no such suggestion.
        CaseError: the note is too long.
        PersonalDataError: the note seems to be about a certain person, and was not confirmed.
    """
    verb = ActionType.INTRODUCE if sent.record_id else ActionType.ASK_BROKER
    receipt = desk.runtime.service.act(
        UserAction(
            key=f"{sent.log_id} {verb} {sent.record_id or ''}",
            asker=caller.asker(),
            log_id=sent.log_id,
            record_id=sent.record_id,
            verb=verb,
            note=sent.note,
            confirmed=sent.personal_data_confirmed,
        )
    )
    case = receipt.case
    assert case is not None  # noqa: S101 (both verbs open one)
    return OpenedCase(
        case_id=case.id,
        state=case.state,
        opened_at=case.opened_at,
        already_open=receipt.kind is not ActionReceiptKind.CASE_OPENED,
    )


_ABOUT = (
    "The base is curated by competence brokers; every suggestion has a reason and a source. Quote them, add nothing to "
    "them, and say that a person decides."
)
TOOLS: Mapping[str, Tool] = {
    "find_matches": Tool(
        "Find partners, funding and like ideas",
        "Find who can help a Norwegian municipality with a need, what can pay for it, and who thought of it before. "
        f"{_ABOUT} Where nothing fits, `outcome` is no_match: say so.",
        TokenScope.ASK,
        FindMatches,
        FoundMatches,
        find_matches,
    ),
    "check_scheme": Tool(
        "Hold a funding scheme against an applicant",
        "Tell for one funding scheme which rules are met, not met or not settled, by what is known of the applicant "
        "and the need, with the source of each rule, and what to ask to settle the rest.",
        TokenScope.ASK,
        CheckScheme,
        SchemeCheckData,
        check_scheme,
    ),
    "build_consortium": Tool(
        "Put together a consortium",
        "Tell which parties a funding scheme demands for a need, who is missing, whom to ask, and give the project on "
        "one page.",
        TokenScope.ASK,
        BuildConsortium,
        ConsortiumData,
        build_consortium,
    ),
    "get_record": Tool(
        "Read a record",
        "Read everything that is kept of a partner, a funding scheme, an idea, a project or a term, by its id.",
        TokenScope.RECORDS_READ,
        GetRecord,
        RecordData,
        get_record,
    ),
    "find_similar_needs": Tool(
        "Find like needs and projects",
        f"Find needs and projects of other municipalities that are like a need. {_ABOUT}",
        TokenScope.ASK,
        FindMatches,
        FoundNeeds,
        find_similar_needs,
    ),
    "open_case": Tool(
        "Have a broker introduce somebody",
        "Open a case that a competence broker follows up: an introduction to one suggestion of an answer that you were "
        "given, or the broker's advice. Only when the person has asked for it.",
        TokenScope.CASES_WRITE,
        OpenCase,
        OpenedCase,
        open_case,
        reads_only=False,
    ),
}
"""The tools by name."""


def _answered(desk: Desk, caller: Caller, sent: FindMatches) -> tuple[Answer, str]:
    _facts(sent.municipality)
    try:
        check_question(Question(text=sent.need))
    except EmptyQuestionError as error:
        raise EmptyQuestionError(error.got, _language(desk, sent.language)) from None
    key = uuid4().hex
    reply = desk.runtime.service.handle(
        UserMessage(
            key=key,
            asker=caller.asker(sent.language, sent.municipality),
            conversation=key,
            text=sent.need,
            top_k=sent.top_k,
            is_question=True,
            confirmed=sent.personal_data_confirmed,
        )
    )
    assert reply.answer is not None  # noqa: S101 (a question with a word in it has one)
    assert reply.log_id is not None  # noqa: S101 (and it is logged)
    desk.count(reply.answer)
    return reply.answer, reply.log_id


def _facts(municipality: str | None) -> Facts:
    if municipality is None:
        return Facts()
    if not is_municipality_number(municipality):
        raise UnknownMunicipalityError(f"Got the municipality {municipality!r}, expected a number such as '5038'.")
    return facts_of_municipality(municipality)


def _language(desk: Desk, wanted: Language | None) -> Language:
    return wanted or desk.runtime.settings.language or Language.NB


def _refuse_personal(text: str, *, confirmed: bool) -> None:
    if not confirmed and redact(bounded(text).text).personal:
        raise PersonalDataError
