"""The answer: what was found, why, and what to do next, as data.

Invariant: an answer carries no markup and no prose of ours; every sentence is made from it in `assistant.render`
with the message catalogs, so that all channels say the same.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import model_validator

from assistant.funding.schemes import NamedRecord, SchemeStatus
from assistant.funding.suitability import Suitability
from assistant.funding.verdicts import Facts, Judgement, Missing, Verdict
from corpus.records import ActorType, CountryCode, Kind
from corpus.text import Frozen, LangText, Language, PartialDate
from index.scoring.ranking import MatchConfidence
from index.scoring.reasons import Evidence, Reason

SHOWN = 5
"""Suggestions of each kind in an answer."""


class Outcome(StrEnum):
    """How well a question could be answered."""

    MATCHED = "matched"
    UNCERTAIN = "uncertain"
    NO_MATCH = "no_match"


class Suggestion(Frozen):
    """A record suggested, with its reasons."""

    id: str
    name: LangText
    summary: LangText
    score: float
    confidence: MatchConfidence
    reasons: tuple[Reason, ...]
    evidence: tuple[Evidence, ...]
    themes: tuple[str, ...] = ()
    """The slugs of the themes of Los that it is about, the most telling first."""

    @property
    def is_sure(self) -> bool:
        """Whether it is more than possible."""
        return self.confidence is not MatchConfidence.POSSIBLE


class Partner(Suggestion):
    """An actor that could help."""

    actor_type: ActorType
    country: CountryCode = "NO"
    place: str | None
    contact: LangText | None
    """The function to ask for."""
    dissolved_on: PartialDate | None
    predecessor: NamedRecord | None
    """The former body that the reasons speak of, where this one took over from it."""
    successor: NamedRecord | None
    """The body of today, where this one is gone."""
    url: str | None = None
    """Its own page."""
    email: str | None = None
    """A post address of the function or the organisation, never a person's own."""
    phone: str | None = None
    """A number of the function or the organisation, never a person's own."""
    checked_on: date | None = None
    """The day a person last held its record against its sources."""


class Scheme(Suggestion):
    """A funding scheme that could pay."""

    status: SchemeStatus
    as_of: PartialDate | None
    """When what is told of the scheme was read."""
    opens_on: PartialDate | None
    deadline: date | None
    last_deadline: date | None = None
    """The newest deadline known that has passed."""
    last_call: PartialDate | None = None
    """When it was last announced, as precisely as that is known."""
    is_stale: bool = False
    """Whether that was so long ago, with nothing open or to come, that no round is expected."""
    checked_on: date | None = None
    """The day a person last held its record against its sources."""
    ended_on: PartialDate | None
    owner: NamedRecord | None
    predecessor: NamedRecord | None
    """The ended scheme that was asked for, where this one came after it."""
    successor: NamedRecord | None
    eligibility: tuple[Judgement, ...] = ()
    """What the dates say, then each rule, held against what is known of the asker."""
    overall: Verdict = Verdict.MET
    """The worst of the verdicts."""
    suitability: Suitability | None = None
    """Why it suits the need, or does not; None in answers given before this was told."""
    url: str | None = None
    """Where today's call stands."""


class Idea(Suggestion):
    """A need or project idea from the past."""

    event: LangText
    on: PartialDate
    years: str | None
    """The year or years that it was of, such as ``2007–2010``; None where nobody knows."""
    is_project: bool
    """Whether it became a project, and was not only thought of."""
    problem_owner: NamedRecord | None

    @model_validator(mode="before")
    @classmethod
    def _of_an_earlier_release(cls, data: Any) -> Any:  # noqa: ANN401 (as pydantic gives it)
        """Return what an earlier release stored with what it did not tell: the year was that of ``on``."""
        if isinstance(data, dict) and "years" not in data and "on" in data:
            return {"years": str(data["on"])[:4], "is_project": False, **data}
        return data


class IndexInfo(Frozen):
    """What the answer was found in."""

    encoder: str
    fingerprint: str


class Answer(Frozen):
    """The answer to one question."""

    question: str
    language: Language
    outcome: Outcome
    partners: tuple[Partner, ...] = ()
    schemes: tuple[Scheme, ...] = ()
    ideas: tuple[Idea, ...] = ()
    order: tuple[Kind, ...]
    """The kinds in the order to show them: the one asked for first."""
    names: dict[str, LangText]
    """Names of the records that reasons speak of, by id."""
    shortened: bool
    """Whether the end of the question was left unread."""
    index: IndexInfo
    facts: Facts = Facts()
    """What the schemes' rules were held against."""
    themes: tuple[str, ...] = ()
    """The slugs of the themes of Los that the question is about, the most telling first."""
    only: Kind | None = None
    """The one kind that was looked for; None where all were. Of others it tells nothing, not that there is none."""
    asks: tuple[Missing, ...] = ()
    """Facts that would each settle a scheme that is shown, the weightiest first."""

    def suggestions(self, kind: Kind) -> tuple[Suggestion, ...]:
        """Return what was suggested of a kind."""
        return {Kind.ACTOR: self.partners, Kind.INSTRUMENT: self.schemes, Kind.IDEA: self.ideas}.get(kind, ())
