"""What an answer is to programs, field by field: the promise of `ask --json`, typed, for the API's schema and MCP's.

Invariant: what `render_data` makes fits here, and a test holds that the schema tells all of it. A key that is newer
than the schema is passed on all the same.
"""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from assistant.funding.schemes import SchemeStatus
from assistant.funding.suitability import TopicFit
from assistant.funding.verdicts import Verdict
from assistant.matching.answers import Outcome
from corpus.records import Activity
from corpus.text import Language
from index.scoring.ranking import MatchConfidence


class Data(BaseModel):
    """A value that is sent as it is."""

    model_config = ConfigDict(frozen=True, extra="allow", hide_input_in_errors=True)


class EvidenceData(Data):
    """A passage, word for word, that carries a suggestion."""

    record_id: str
    quote: str
    language: Language = Field(
        description="The language of the quote; another than that of the answer where the record has it in no other."
    )
    source: str = Field(description="Where it was read.")


class SuggestionData(Data):
    """A record that is suggested."""

    id: str
    name: str
    score: float = Field(description="From 0 to 1.")
    confidence: MatchConfidence
    why: tuple[str, ...] = Field(description="Sentences that tell why it fits.")
    evidence: tuple[EvidenceData, ...]


class PartnerData(SuggestionData):
    """A body that could help, and how it is reached."""

    url: str | None
    email: str | None
    phone: str | None
    checked_on: date | None = Field(description="The day a person last held its record against its sources.")


class RuleData(Data):
    """A rule of a scheme, held against what is known of the asker."""

    criterion: str
    verdict: Verdict
    text: str = Field(description="What the verdict rests on.")
    rule: str | None = Field(description="The rule in its own words.")
    source: str


class ExpectedData(Data):
    """A round that is expected, and what that rests on."""

    on: str
    basis: str
    years: tuple[int, ...]
    source: str


class SuitabilityData(Data):
    """How a scheme suits a need: topic, kinds of work, dates, rules."""

    topic: TopicFit
    themes: tuple[str, ...]
    activities: tuple[Activity, ...]
    activity_fits: bool | None
    expected: ExpectedData | None
    worth: float


class SuccessorData(Data):
    """The scheme that took over from one that has ended."""

    id: str
    name: str
    since: str | None


class SchemeData(SuggestionData):
    """A scheme that could pay."""

    status: SchemeStatus
    deadline: date | None
    last_call: str | None = Field(description="The newest round known that has passed.")
    checked_on: date | None = Field(description="The day a person last held its record against its sources.")
    url: str | None
    suitability: SuitabilityData | None
    successor: SuccessorData | None
    eligible: Verdict = Field(description="The worst of the verdicts.")
    eligibility: tuple[RuleData, ...]


class IdeaData(SuggestionData):
    """A like need or project."""

    years: str | None = Field(description="The year or years that it was of, such as 2007–2010, where they are known.")


class CalendarData(Data):
    """A scheme that is open, or opens or closes in the time that was asked of."""

    id: str
    name: str
    status: SchemeStatus
    opens_on: str | None
    deadline: date | None
    expected_on: str | None = Field(description="When it is expected to close next, where no date is told.")
    url: str | None


class IndexData(Data):
    """What the answer was found in."""

    encoder: str
    fingerprint: str


class AnswerData(Data):
    """An answer."""

    question: str = Field(description="The question as it was read.")
    shortened: bool = Field(description="Whether the end of the question was left unread.")
    language: Language
    outcome: Outcome
    summary: str
    partners: tuple[PartnerData, ...]
    schemes: tuple[SchemeData, ...]
    ideas: tuple[IdeaData, ...] = Field(description="Like needs and projects of others.")
    asks: tuple[str, ...] = Field(description="Questions whose answers would settle a scheme.")
    calendar: tuple[CalendarData, ...] = Field(
        default=(), description="What is open, or opens or closes, where the question was for that; else empty."
    )
    index: IndexData
