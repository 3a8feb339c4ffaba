"""How what a scheme speaks of stands to what a need is about.

Invariant: told by the scheme's own concepts and by the words that its record shares with the need; a scheme that is
told as what somebody runs for this need is one that is judged made for it here.
"""

from __future__ import annotations

from collections.abc import Collection

from assistant.funding.suitability import SubjectFit, is_abroad
from assistant.matching.need_subject import NeedSubject
from corpus.records import Activity, FundingInstrument
from index.retrieval.fusion import Candidate
from index.retrieval.subject import PLACES
from index.scoring.ranking import MatchConfidence
from index.scoring.reasons import ReasonKind
from index.search_result import SearchResult
from index.searcher import SCHEMES_FOLLOWED

_SURE = frozenset({MatchConfidence.STRONG, MatchConfidence.GOOD})
_ALIKE, _VERY_ALIKE = 0.45, 0.6
"""How near a question that a scheme answers is to the need: to be like it with what the need names in it, and alone."""
_NAMED = 0.6
"""How much of what a need names has to be in what a scheme is asked."""
_OF_THEME = 0.75
"""The share of a need that is of a scheme's themes, from which they are the same matter."""
_THEMES = 2
"""The themes that a need is about most of all."""


class SubjectJudge:
    """Judges the schemes that were found for one need."""

    def __init__(self, found: SearchResult, need: NeedSubject, wanted: Collection[Activity]) -> None:
        self._found = found
        self._need = need
        self._first_wanted = [(activity,) for activity in wanted]
        self._themes = frozenset(sorted(found.themes, key=lambda theme: (-found.themes[theme], theme))[:_THEMES])

    def judge(self, scheme: FundingInstrument, candidate: Candidate, place: int) -> SubjectFit:
        """Return how what a scheme speaks of stands to what is needed.

        Args:
            scheme: The scheme.
            candidate: How it was found.
            place: Its place among those found, from 0.
        """
        if self._need.is_abroad and is_abroad(scheme) and self._is_found_first(candidate, place):
            return SubjectFit.ASKED
        fit = self._by_concepts(scheme) if scheme.narrowed_to else self._by_words(candidate)
        if self._shares_setting(scheme, candidate, fit):
            return SubjectFit.SETTING
        if fit in {SubjectFit.ELSEWHERE, SubjectFit.UNSHARED} and self._is_asked_of(candidate, place):
            return SubjectFit.ASKED
        return fit

    def _by_concepts(self, scheme: FundingInstrument) -> SubjectFit:
        if self._found.is_about(scheme.narrowed_to[:1]):
            return SubjectFit.MAIN
        return SubjectFit.NAMED if self._found.is_about(scheme.narrowed_to) else SubjectFit.ELSEWHERE

    def _by_words(self, candidate: Candidate) -> SubjectFit:
        return SubjectFit.SHARED if self._found.shares_subject(candidate) else SubjectFit.UNSHARED

    def _is_found_first(self, candidate: Candidate, place: int) -> bool:
        return place < SCHEMES_FOLLOWED and self._found.confidence(candidate) is not None

    def _is_asked_of(self, candidate: Candidate, place: int) -> bool:
        """Tell whether a question that a scheme is known to answer is much like the need."""
        if not self._is_found_first(candidate, place) or self._found.confidence(candidate) not in _SURE:
            return False
        parts = candidate.parts
        near, of_theme = parts.get("everyday", 0.0), parts.get("themes", 0.0) >= _OF_THEME
        if near < _ALIKE or self._need.is_setting(self._labels(candidate), self._found.need.language):
            return False
        if near >= _VERY_ALIKE and of_theme:
            return True
        if self._need.is_named:
            return parts.get("concepts", 0.0) >= _NAMED
        return place == 0 and of_theme and not self._need.has_setting

    def _shares_setting(self, scheme: FundingInstrument, candidate: Candidate, fit: SubjectFit) -> bool:
        """Tell whether a scheme shares no more with the need than whom or where it is for.

        What is narrowed to nothing is for all that there is in its field; what is paid first of all for those who are
        to have just that, such as training or a building, is for them whatever it is about; and what is for one group
        is about its own themes.
        """
        if fit not in {SubjectFit.MAIN, SubjectFit.NAMED} or not self._need.has_setting:
            return False
        if self._need.is_about(scheme.narrowed_to) or scheme.activities[:1] in self._first_wanted:
            return False
        for_a_place = any(concept in PLACES and self._found.is_about((concept,)) for concept in scheme.narrowed_to)
        if not for_a_place and not self._need.is_named and not self._themes.isdisjoint(scheme.los):
            return False
        labels = self._labels(candidate)
        return not labels or self._need.is_setting(labels, self._found.need.language)

    def _labels(self, candidate: Candidate) -> list[str]:
        """Return the words that a scheme is told to share with the need."""
        reasons = self._found.explained(candidate).reasons
        return [label for reason in reasons if reason.kind is ReasonKind.SHARED for label in reason.labels]
