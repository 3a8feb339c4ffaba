"""Schemes in the order in which they suit a need: rules and facts before likeness.

Invariant: what was asked for by name comes first, as an answer to that, whatever its rules say. Of the others, a
scheme that a rule shuts the asker out of is never among the first `WITHOUT_INELIGIBLE`, even where nothing else is;
and one that neither suits nor is much alike is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from assistant.funding.calendar import Calendar
from assistant.funding.eligibility import judge_scheme, overall
from assistant.funding.rules import counties_in_part
from assistant.funding.suitability import SchemeFit, SchemeNeed, SubjectFit, Suitability, TopicFit, fit_of, is_abroad
from assistant.funding.verdicts import Facts, Judgement, Verdict
from corpus.criteria import ApplicantPlaceCriterion
from corpus.records import Activity, FundingInstrument
from corpus.text import last_day
from index.retrieval.fusion import Candidate
from index.scoring.ranking import MatchConfidence

WITHOUT_INELIGIBLE = 3
"""So many schemes at the top hold none that a rule shuts the asker out of."""
_YEARS_PAST = 2
"""Years after which a scheme for any theme that was not announced anew gives way to one that can be applied for."""
_LATEST = WITHOUT_INELIGIBLE - 1
JUDGED = 10
"""Schemes whose rules are judged beyond those to be shown, since rules shut some out."""
UNPLACED_WORTH, NATIONWIDE_WORTH, WIDE_WORTH = 0.6, 0.85, 0.92
"""What is left of the worth of a county's scheme where nobody told the county of who asks, or the municipality where
only some of it belong; of one that is for all counties; and of one that is for many: fewer compete for what one county
has alone."""
FEW_COUNTIES = 3
SHUT_OUT_WORTH = 0.6
"""What is left of the worth of a scheme that says that it does not pay for something that is needed."""
_BESIDE = frozenset({TopicFit.ELSEWHERE, TopicFit.OTHER, TopicFit.THEME})
"""How a scheme stands to a need that it is not about."""
_STEPS = {MatchConfidence.STRONG: 0.58, MatchConfidence.GOOD: 0.48, MatchConfidence.POSSIBLE: 0.31}
"""The least worth of each step of confidence, by what was right on the development half."""


class RankedScheme(NamedTuple):
    """A scheme with how it suits the need and what its rules say."""

    scheme: FundingInstrument
    candidate: Candidate
    suitability: Suitability
    judgements: tuple[Judgement, ...]
    verdict: Verdict
    subject: SubjectFit = SubjectFit.SHARED
    """How what it speaks of stands to what is needed."""

    @property
    def confidence(self) -> MatchConfidence | None:
        """How sure it is that the scheme suits; None where it is better left out.

        What pays for other work than is told to be wanted, or is about something else, is never more than possible.
        """
        step = next((step for step, least in _STEPS.items() if self.suitability.worth >= least), None)
        is_beside = self.suitability.is_for_other_work or self.suitability.topic in _BESIDE
        return MatchConfidence.POSSIBLE if step is not None and is_beside else step


class FoundScheme(NamedTuple):
    """A scheme to be ranked, with how it was found."""

    scheme: FundingInstrument
    candidate: Candidate
    likeness: float
    """How much its words are like the need's, from 0 to 1."""
    shuts_out: bool = False
    """Whether it says that it does not pay for what is needed."""
    subject: SubjectFit = SubjectFit.SHARED
    """How what it speaks of stands to what is needed."""


class SchemeRanker:
    """Ranks the schemes of one answer."""

    def __init__(self, facts: Facts, calendar: Calendar, themes: Mapping[str, float]) -> None:
        self._facts = facts
        self._calendar = calendar
        self._today = calendar.today
        self._need = SchemeNeed(themes, facts.activities or (), calendar)

    def ranked(self, found: Iterable[FoundScheme], most: int) -> list[RankedScheme]:
        """Return schemes, each once, with what suits best first; what does not suit is left out.

        Only the best by what can be told without the rules are held against them.
        """
        once: dict[str, FoundScheme] = {}
        for one in found:
            once.setdefault(one.scheme.id, one)
        fits = [(one, self._fit(one)) for one in once.values()]
        supposed = sorted((-self._worth(fit, Verdict.MET), -one.candidate.total, one.scheme.id) for one, fit in fits)
        by_id = {one.scheme.id: (one, fit) for one, fit in fits}
        judged = [self._judged(*by_id[scheme_id]) for _, _, scheme_id in supposed[: most + JUDGED]]
        ranked = sorted(judged, key=lambda one: (-one.suitability.worth, -one.candidate.total, one.scheme.id))
        ranked.sort(key=_is_unsure_topic)
        return _nearest_third(self._headed([one for one in ranked if one.confidence is not None]))

    def _headed(self, ranked: list[RankedScheme]) -> list[RankedScheme]:
        """Return schemes with one at their head that may be: not announced long ago, nor abroad where nobody asked.

        Only what is as surely about the need takes the place of the former; of the latter, what is for any theme too.
        """
        if not ranked:
            return ranked
        head, others = ranked[0], [one for one in ranked[1:] if one.verdict is not Verdict.UNMET]
        if self._is_far(head):
            near = [one for one in others if not one.suitability.is_for_other_work and not self._is_far(one)]
            head = next(iter(near), head)
        if self._is_stale(head) and _is_surely_about(head):
            fresh = (
                one for one in others if _is_surely_about(one) and not self._is_stale(one) and not self._is_far(one)
            )
            head = next(fresh, head)
        if self._is_past(head):
            ahead = (one for one in others[:_LATEST] if one.suitability.is_for_any and not self._is_past(one))
            head = next(
                (one for one in ahead if not one.suitability.is_for_other_work or head.suitability.is_for_other_work),
                head,
            )
        return [head, *(one for one in ranked if one is not head)]

    def _is_past(self, ranked: RankedScheme) -> bool:
        """Tell whether a scheme for any theme was not announced of late, and nobody knows when it comes next."""
        on_day = self._calendar.on(ranked.scheme)
        if not ranked.suitability.is_for_any or on_day.expected or on_day.call or on_day.last_call is None:
            return False
        return last_day(on_day.last_call).year <= self._today.year - _YEARS_PAST

    def _is_far(self, ranked: RankedScheme) -> bool:
        """Tell whether a scheme is for work with those of other countries that nobody asked for."""
        asked = ranked.subject is SubjectFit.ASKED or Activity.EU_CONSORTIUM in self._need.wanted
        return is_abroad(ranked.scheme) and not ranked.scheme.any_topic and not asked

    def _is_stale(self, ranked: RankedScheme) -> bool:
        return self._calendar.on(ranked.scheme).is_stale

    def judged(self, scheme: FundingInstrument, candidate: Candidate) -> RankedScheme:
        """Return one scheme that was asked for by name with how it suits."""
        found = FoundScheme(scheme, candidate, 1.0)
        return self._judged(found, self._fit(found))

    def _judged(self, found: FoundScheme, fit: SchemeFit) -> RankedScheme:
        judgements = judge_scheme(found.scheme, self._facts, self._today)
        verdict = overall(judgements)
        suitability = fit.suitability(self._at_best(fit, verdict))
        return RankedScheme(found.scheme, found.candidate, suitability, judgements, verdict, found.subject)

    def _fit(self, found: FoundScheme) -> SchemeFit:
        share = _share_of_place(found.scheme, self._facts)
        if found.shuts_out:
            share *= SHUT_OUT_WORTH
        return fit_of(found.scheme, self._need, found.likeness, share, found.subject)

    def _worth(self, fit: SchemeFit, verdict: Verdict) -> float:
        return fit.worth(self._at_best(fit, verdict))

    def _at_best(self, fit: SchemeFit, verdict: Verdict) -> Verdict:
        """Return what the rules say, or that they are not met where the scheme is for other counties."""
        return verdict if reaches(fit.scheme, self._facts) else Verdict.UNMET


def _is_unsure_topic(ranked: RankedScheme) -> bool:
    """Tell whether a scheme for some themes only is no sure fit: what is open to any theme is nearer to the need."""
    return ranked.confidence is MatchConfidence.POSSIBLE and not ranked.suitability.is_for_any


def _nearest_third(ranked: list[RankedScheme]) -> list[RankedScheme]:
    """Return schemes with the first that is about the need but pays for other work than is wanted third at the latest.

    It may be near enough to ask about, where the schemes for any theme would else leave no place for it.
    """
    if any(_is_surely_about(one) for one in ranked[_LATEST : _LATEST + 1]):
        return ranked
    near = next((one for one in ranked[_LATEST + 1 :] if _is_about_other_work(one)), None)
    if near is None:
        return ranked
    others = [one for one in ranked if one is not near]
    return [*others[:_LATEST], near, *others[_LATEST:]]


def _is_about_other_work(ranked: RankedScheme) -> bool:
    suitability = ranked.suitability
    is_about = suitability.topic is TopicFit.SAME and suitability.worth >= _STEPS[MatchConfidence.GOOD]
    return is_about and suitability.is_for_other_work and ranked.verdict is not Verdict.UNMET


def _is_surely_about(ranked: RankedScheme) -> bool:
    """Tell whether a scheme suits for what it is about, and not for being open to any theme."""
    is_sure = ranked.confidence is not MatchConfidence.POSSIBLE and ranked.verdict is not Verdict.UNMET
    return is_sure and not ranked.suitability.is_for_any


def _share_of_place(scheme: FundingInstrument, facts: Facts) -> float:
    """Return what is left of a scheme's worth for how surely, and how nearly, it is there for who asks."""
    counties = scheme.scope.fylkesnummer
    if not counties:
        return NATIONWIDE_WORTH
    if facts.fylkesnummer is None or (facts.kommunenummer is None and facts.fylkesnummer in _in_part(scheme)):
        return UNPLACED_WORTH
    return WIDE_WORTH if len(counties) > FEW_COUNTIES else 1.0


def _in_part(scheme: FundingInstrument) -> frozenset[str]:
    rules = (rule for rule in scheme.criteria if isinstance(rule, ApplicantPlaceCriterion))
    return frozenset(county for rule in rules for county in counties_in_part(rule))


def reaches(scheme: FundingInstrument, facts: Facts) -> bool:
    """Tell whether a scheme can be for who asks, by the counties it is for; true where nobody told the county."""
    counties = scheme.scope.fylkesnummer
    return not counties or facts.fylkesnummer is None or facts.fylkesnummer in counties


def without_ineligible_first(schemes: Sequence[RankedScheme]) -> list[RankedScheme]:
    """Return schemes with those that a rule shuts the asker out of last, and left out where few others are there."""
    suitable = [scheme for scheme in schemes if scheme.verdict is not Verdict.UNMET]
    if len(suitable) < WITHOUT_INELIGIBLE:
        return suitable
    return suitable + [scheme for scheme in schemes if scheme.verdict is Verdict.UNMET]
