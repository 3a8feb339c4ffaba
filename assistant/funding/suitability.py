"""How well a scheme suits a need: who may apply, what it pays for, what it is about, and when it can be applied for.

Invariant: each part is a fact of the record or of the asker. Likeness of words only tells how closely a scheme's
topic covers the need, since themes are coarse; it never makes up for who may apply or when. A part that nobody has
told counts for neither side. The day is given in, never read from a clock here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Literal, NamedTuple

from assistant.funding.schemes import SchemeStatus, has_ended, scheme_status
from assistant.funding.verdicts import Verdict
from corpus.los import broadest
from corpus.records import Activity, FundingInstrument, Recurrence, Source
from corpus.text import Frozen, PartialDate


class TopicFit(StrEnum):
    """How what a scheme is about stands to what a need is about."""

    SAME = "same"
    """One of its themes is what the need is about."""
    RELATED = "related"
    """One of its themes lies under the same broader theme."""
    ANY = "any"
    """It is open to any theme."""
    OTHER = "other"
    """Its themes are others."""
    UNKNOWN = "unknown"
    """No source tells what it is about."""


class ExpectedRound(Frozen):
    """When a scheme is likely to close next, and what that rests on."""

    on: PartialDate
    """A day, or a month where rounds were not on the same day."""
    basis: Literal["stated", "observed"]
    """Whether a page says that the round comes every year, or it was seen in two years or more."""
    years: tuple[int, ...]
    """The years in which the round was seen."""
    source: Source


class Suitability(Frozen):
    """Why a scheme suits a need, or does not, as facts to be put into words."""

    topic: TopicFit
    themes: tuple[str, ...] = ()
    """The slugs of the scheme's themes that the need is about."""
    activities: tuple[Activity, ...] = ()
    """What the scheme pays for."""
    activity_fits: bool | None = None
    """Whether it pays for what is wanted; None where nobody told what is wanted or what it pays for."""
    expected: ExpectedRound | None = None
    worth: float = 0.0
    """The product of the parts, from 0 to 1: what schemes are ordered by before likeness."""

    def lowered(self, share: float) -> Suitability:
        """Return the same with a share of its worth."""
        return self.model_copy(update={"worth": self.worth * share})


SAME_FROM, MOST_FROM, RELATED_FROM = 0.3, 0.18, 0.4
"""The share of a need from which a theme is what it is about; for its greatest theme, less will do; for a broad one."""
_TOPIC_WORTH = {
    TopicFit.SAME: (0.5, 1.0),
    TopicFit.RELATED: (0.35, 0.85),
    TopicFit.ANY: (0.66, 0.8),
    TopicFit.UNKNOWN: (0.3, 0.7),
    TopicFit.OTHER: (0.1, 0.6),
}
"""The worth of each fit of topic: where a scheme's words are nothing like the need's, and where they are much alike."""
MUCH_ALIKE = 0.4
"""The likeness from which a scheme's words are much like the need's."""
_VERDICT_WORTH = {Verdict.MET: 1.0, Verdict.UNKNOWN: 0.95, Verdict.UNMET: 0.1}
_ACTIVITY_WORTH = {True: 1.0, None: 0.9, False: 0.45}
_STATUS_WORTH = {
    SchemeStatus.OPEN: 1.0,
    SchemeStatus.ROLLING: 1.0,
    SchemeStatus.PLANNED: 1.0,
    SchemeStatus.RUNNING: 0.8,
    SchemeStatus.CLOSED: 0.8,
    SchemeStatus.UNCONFIRMED: 0.6,
    SchemeStatus.ENDED: 0.05,
}
_EXPECTED_WORTH = 0.95
YEARS_EXPECTED = 3
"""Years after the last round that was seen in which the next one is still expected."""
UNASKED_WORTH = 0.8
"""What is left of the worth of a scheme for something particular, such as a doctorate, an innovative purchase or
partners abroad, where nobody told that this is wanted."""
_PARTICULAR = {Activity.DOCTORATE, Activity.PROCUREMENT, Activity.EU_CONSORTIUM}


class SchemeNeed(NamedTuple):
    """What schemes are held against."""

    themes: Mapping[str, float]
    """By slug, the share of the need that is about each theme of Los."""
    wanted: tuple[Activity, ...]
    """The kinds of work that the need is ready for; none where nobody told."""
    today: date


def suitability_of(scheme: FundingInstrument, need: SchemeNeed, verdict: Verdict, likeness: float) -> Suitability:
    """Return how well a scheme suits a need.

    Args:
        scheme: The scheme.
        need: What it is held against.
        verdict: The worst of what its rules say of the asker.
        likeness: How much its words are like the need's, from 0 to 1.
    """
    topic, about = _topic(scheme, need.themes)
    fits = bool(set(need.wanted) & set(scheme.activities)) if need.wanted and scheme.activities else None
    expected = expected_round(scheme, need.today)
    status = scheme_status(scheme, need.today)
    opening = max(_STATUS_WORTH[status], _EXPECTED_WORTH if expected else 0.0)
    least, most = _TOPIC_WORTH[topic]
    covers = least + (most - least) * min(1.0, likeness / MUCH_ALIKE)
    worth = _VERDICT_WORTH[verdict] * _ACTIVITY_WORTH[fits] * covers * opening
    if _is_particular(scheme) and not _PARTICULAR.intersection(need.wanted):
        worth *= UNASKED_WORTH
    return Suitability(
        topic=topic, themes=about, activities=scheme.activities, activity_fits=fits, expected=expected, worth=worth
    )


def _is_particular(scheme: FundingInstrument) -> bool:
    """Tell whether a scheme is first of all for something that few needs are ready for."""
    abroad = scheme.scope.level in {"cross_border", "eu"}
    return abroad or bool(scheme.activities and scheme.activities[0] in _PARTICULAR)


def _topic(scheme: FundingInstrument, themes: Mapping[str, float]) -> tuple[TopicFit, tuple[str, ...]]:
    greatest = max(themes.values(), default=0.0)
    least = min(SAME_FROM, max(greatest, MOST_FROM))
    same = tuple(theme for theme in scheme.los if themes.get(theme, 0.0) >= least)
    if same:
        return TopicFit.SAME, same
    shares: dict[str, float] = {}
    for theme, share in themes.items():
        shares[broadest(theme)] = shares.get(broadest(theme), 0.0) + share
    related = tuple(theme for theme in scheme.los if shares.get(broadest(theme), 0.0) >= RELATED_FROM)
    if related:
        return TopicFit.RELATED, related
    if scheme.any_topic:
        return TopicFit.ANY, ()
    return (TopicFit.OTHER if scheme.los else TopicFit.UNKNOWN), ()


def expected_round(scheme: FundingInstrument, today: date) -> ExpectedRound | None:
    """Return the next round to expect of a scheme that comes back every year; None where nothing tells."""
    if has_ended(scheme, today):
        return None
    rounds = (_next(recurrence, today) for recurrence in scheme.recurrence if _is_fresh(recurrence, today))
    return min(rounds, key=lambda one: one.on, default=None)


def _is_fresh(recurrence: Recurrence, today: date) -> bool:
    """Tell whether a round was seen lately enough for the next one to be expected."""
    return not recurrence.years or max(recurrence.years) >= today.year - YEARS_EXPECTED


def _next(recurrence: Recurrence, today: date) -> ExpectedRound:
    passed = (recurrence.month, recurrence.day or 31) < (today.month, today.day)
    year = today.year + passed
    day = recurrence.day and _day_in(year, recurrence.month, recurrence.day)
    on = f"{year}-{recurrence.month:02}" + (f"-{day:02}" if day else "")
    return ExpectedRound(on=on, basis=recurrence.basis, years=recurrence.years, source=recurrence.source)


def _day_in(year: int, month: int, day: int) -> int:
    """Return the day, or the 28th where a 29 February is not in that year."""
    try:
        return date(year, month, day).day
    except ValueError:
        return 28
