"""How well a scheme suits a need: who may apply, what it pays for, what it is about, and when it can be applied for.

Invariant: each part is a fact of the record or of the asker. Likeness of words only tells how closely a scheme's
topic covers the need, since themes are coarse; it never makes up for who may apply or when. A part that nobody has
told counts for neither side. The day is given in, never read from a clock here.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from assistant.funding.calendar import Calendar, ExpectedRound
from assistant.funding.schemes import SchemeStatus
from assistant.funding.verdicts import Verdict
from corpus.los import broadest
from corpus.records import Activity, FundingInstrument
from corpus.text import Frozen


class TopicFit(StrEnum):
    """How what a scheme is about stands to what a need is about."""

    SAME = "same"
    """One of its themes is what the need is about."""
    THEME = "theme"
    """One of its themes is what the need is about, but it speaks of nothing that the need does."""
    RELATED = "related"
    """One of its themes lies under the same broader theme."""
    BROAD = "broad"
    """All that it has in common with the need is a theme of the first level, which half of all needs are about."""
    ANY = "any"
    """It is open to any theme."""
    ELSEWHERE = "elsewhere"
    """It is narrowed to what the need is not about."""
    OTHER = "other"
    """Its themes are others."""
    UNKNOWN = "unknown"
    """No source tells what it is about."""


class SubjectFit(StrEnum):
    """How what a scheme speaks of stands to what a need is about, which themes are too coarse to tell."""

    ASKED = "asked"
    """A question that it is known to answer is much like the need, under whatever theme."""
    MAIN = "main"
    """The need is about what the scheme is narrowed to first of all, under whatever theme."""
    NAMED = "named"
    """The need is about something else that the scheme is narrowed to."""
    SHARED = "shared"
    """It speaks of something that the need does."""
    UNSHARED = "unshared"
    """It speaks of nothing that the need does."""
    ELSEWHERE = "elsewhere"
    """The need is about nothing that the scheme is narrowed to."""
    SETTING = "setting"
    """All that it shares with the need is whom or where it is for, and the need is about something else."""


class Suitability(Frozen):
    """Why a scheme suits a need, or does not, as facts to be put into words."""

    topic: TopicFit
    themes: tuple[str, ...] = ()
    """The slugs of the scheme's themes that the need is about."""
    main: str | None = None
    """The slug of the scheme's first theme where it is none of those: it is about something else first of all."""
    activities: tuple[Activity, ...] = ()
    """What the scheme pays for."""
    activity_fits: bool | None = None
    """Whether it pays for what is wanted; None where nobody told what is wanted or what it pays for."""
    expected: ExpectedRound | None = None
    worth: float = 0.0
    """The product of the parts, from 0 to 1: what schemes are ordered by before likeness."""

    @property
    def is_for_any(self) -> bool:
        """Whether it suits for being open to any theme."""
        return self.topic is TopicFit.ANY

    @property
    def is_for_other_work(self) -> bool:
        """Whether it is known to pay for other work than is wanted."""
        return self.activity_fits is False


SAME_FROM, MOST_FROM, RELATED_FROM = 0.3, 0.18, 0.4
"""The share of a need from which a theme is what it is about; for its greatest theme, less will do; for a broad one."""
_TOPIC_WORTH = {
    TopicFit.SAME: (0.4, 1.0),
    TopicFit.THEME: (0.45, 0.55),
    TopicFit.RELATED: (0.4, 0.6),
    TopicFit.BROAD: (0.3, 1.0),
    TopicFit.ANY: (0.6, 1.0),
    TopicFit.UNKNOWN: (0.3, 0.6),
    TopicFit.ELSEWHERE: (0.45, 0.5),
    TopicFit.OTHER: (0.2, 0.35),
}
"""The worth of each fit of topic: where a scheme's words are nothing like the need's, and where they are much alike.

These and the worths below were rounded from a fit to the development half (the logarithms of a product add up): a theme
in common alone says less than being open to any, and a broad theme in common hardly more than none."""
MUCH_ALIKE = 0.7
"""The likeness from which a scheme's words are much like the need's."""
_VERDICT_WORTH = {Verdict.MET: 1.0, Verdict.UNKNOWN: 0.97, Verdict.UNMET: 0.1}
_ACTIVITY_WORTH = {True: 1.0, None: 0.85, False: 0.7}
_LATER_ACTIVITY = 0.07
"""What each kind of work that a scheme names before the one that is wanted takes of its worth: it is less for that."""
_STATUS_WORTH = {
    SchemeStatus.OPEN: 1.0,
    SchemeStatus.ROLLING: 1.0,
    SchemeStatus.PLANNED: 1.0,
    SchemeStatus.RUNNING: 0.9,
    SchemeStatus.CLOSED: 0.9,
    SchemeStatus.UNCONFIRMED: 0.85,
    SchemeStatus.ENDED: 0.05,
}
_EXPECTED_WORTH = 0.97
STALE_WORTH = 0.95
"""What is left of the worth of a scheme that nobody has seen announced for so long that no round is expected."""
UNASKED_WORTH = 0.85
"""What is left of the worth of a scheme for something particular, such as a doctorate, an innovative purchase, a
building or partners abroad, where nobody told that this is wanted; and of one for any theme that is more for others."""
_MADE_FOR = frozenset({SubjectFit.ASKED, SubjectFit.MAIN})
_BESIDES = frozenset({SubjectFit.ELSEWHERE, SubjectFit.SETTING})
_PARTICULAR = {Activity.DOCTORATE, Activity.PROCUREMENT, Activity.EU_CONSORTIUM}
_PARTICULAR_OR_BUILDING = _PARTICULAR | {Activity.INVESTMENT}


class SchemeNeed:
    """What schemes are held against in one answer."""

    def __init__(self, themes: Mapping[str, float], wanted: tuple[Activity, ...], calendar: Calendar) -> None:
        self.wanted = wanted
        """The kinds of work that the need is ready for; none where nobody told."""
        self.calendar = calendar
        greatest = max(themes.values(), default=0.0)
        least = min(SAME_FROM, max(greatest, MOST_FROM))
        self._same = {theme for theme, share in themes.items() if share >= least}
        shares: dict[str, float] = {}
        for theme, share in themes.items():
            shares[broadest(theme)] = shares.get(broadest(theme), 0.0) + share
        self._broad = {theme for theme, share in shares.items() if share >= RELATED_FROM}

    def topic(
        self, scheme: FundingInstrument, subject: SubjectFit = SubjectFit.SHARED
    ) -> tuple[TopicFit, tuple[str, ...]]:
        """Return how what a scheme is about stands to the need, and the scheme's themes that make it so.

        Args:
            scheme: The scheme.
            subject: How what it speaks of stands to the need.
        """
        fit, themes = self._by_themes(scheme)
        if subject in _BESIDES:
            fit, themes = (TopicFit.OTHER if fit is TopicFit.OTHER else TopicFit.ELSEWHERE), ()
        elif subject in _MADE_FOR or (subject is SubjectFit.NAMED and fit in {TopicFit.RELATED, TopicFit.BROAD}):
            fit = TopicFit.SAME
        elif subject is SubjectFit.UNSHARED and fit is TopicFit.SAME:
            fit = TopicFit.THEME
        # What is open to any theme is open to this one too, whatever else it mentions.
        return (TopicFit.ANY, ()) if scheme.any_topic and fit is not TopicFit.SAME else (fit, themes)

    def _by_themes(self, scheme: FundingInstrument) -> tuple[TopicFit, tuple[str, ...]]:
        same = tuple(theme for theme in scheme.los if theme in self._same)
        if same:
            is_broad = all(broadest(theme) == theme for theme in same)
            return (TopicFit.BROAD if is_broad else TopicFit.SAME), same
        related = tuple(theme for theme in scheme.los if broadest(theme) in self._broad) if self._broad else ()
        if related:
            return TopicFit.RELATED, related
        return (TopicFit.OTHER if scheme.los else TopicFit.UNKNOWN), ()


class SchemeFit(NamedTuple):
    """What can be told of a scheme and a need before its rules are held against the asker."""

    scheme: FundingInstrument
    topic: TopicFit
    themes: tuple[str, ...]
    activity_fits: bool | None
    expected: ExpectedRound | None
    covers: float
    opening: float
    share: float
    """What is left of the worth for other reasons."""
    before: int = 0
    """How many kinds of work the scheme names before the first that is wanted."""

    def worth(self, verdict: Verdict) -> float:
        """Return the product of the parts, from 0 to 1."""
        activity = _ACTIVITY_WORTH[self.activity_fits] - self.before * _LATER_ACTIVITY
        return _VERDICT_WORTH[verdict] * activity * self.covers * self.opening * self.share

    def suitability(self, verdict: Verdict) -> Suitability:
        """Return it as facts to be put into words."""
        return Suitability(
            topic=self.topic,
            themes=self.themes,
            main=self.scheme.los[0] if self.themes and self.scheme.los[0] not in self.themes else None,
            activities=self.scheme.activities,
            activity_fits=self.activity_fits,
            expected=self.expected,
            worth=self.worth(verdict),
        )


def fit_of(
    scheme: FundingInstrument,
    need: SchemeNeed,
    likeness: float,
    share: float = 1.0,
    subject: SubjectFit = SubjectFit.SHARED,
) -> SchemeFit:
    """Return how well a scheme suits a need, its rules aside.

    Args:
        scheme: The scheme.
        need: What it is held against.
        likeness: How much its words are like the need's, from 0 to 1.
        share: What is left of its worth for reasons that are not told here.
        subject: How what it speaks of stands to what the need is about.
    """
    topic, about = need.topic(scheme, subject)
    fits = not set(need.wanted).isdisjoint(scheme.activities) if need.wanted and scheme.activities else None
    before = min((_kinds_before(one, scheme) for one in need.wanted if one in scheme.activities), default=0)
    on_day = need.calendar.on(scheme)
    opening = max(_STATUS_WORTH[on_day.status], _EXPECTED_WORTH if on_day.expected else 0.0)
    if on_day.is_stale:
        opening *= STALE_WORTH
    least, most = _TOPIC_WORTH[topic]
    covers = least + (most - least) * min(1.0, likeness / MUCH_ALIKE)
    is_for_others = scheme.any_topic and subject in _BESIDES
    is_unasked = _is_particular(scheme) and _PARTICULAR_OR_BUILDING.isdisjoint(need.wanted)
    if is_for_others or (is_unasked and not (is_abroad(scheme) and subject is SubjectFit.ASKED)):
        share *= UNASKED_WORTH
    return SchemeFit(scheme, topic, about, fits, on_day.expected, covers, opening, share, before)


def _kinds_before(wanted: Activity, scheme: FundingInstrument) -> int:
    """Return how many kinds of work a scheme names before one; a consortium is how it is worked, whatever is done."""
    return 0 if wanted is Activity.EU_CONSORTIUM else scheme.activities.index(wanted)


def is_abroad(scheme: FundingInstrument) -> bool:
    """Tell whether a scheme is for work with those of other countries."""
    return scheme.scope.level in {"cross_border", "eu"}


def _is_particular(scheme: FundingInstrument) -> bool:
    """Tell whether a scheme is first of all for something that few needs are ready for."""
    first = scheme.activities[:1]
    return is_abroad(scheme) or not _PARTICULAR.isdisjoint(first) or scheme.activities == (Activity.INVESTMENT,)
