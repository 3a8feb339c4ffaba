"""What a search found, explained as far as it is asked for.

Invariant: candidates come ranked, and matches are told by their scores; one is explained only where it is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import islice, takewhile
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.records import Kind
from index.analysis import words
from index.retrieval.fusion import Candidate
from index.retrieval.need import Need
from index.scoring.explain import Explainer
from index.scoring.ranking import MatchConfidence, RankingParameters
from index.scoring.reasons import Match, ReasonKind
from index.storage.concepts import Mention
from index.storage.dense import Vectors

NEAREST = 2
"""Records of each kind that are told as nearest to a need that is otherwise met with silence."""
LEAST_NEAR = 0.5
"""The score that these have at least."""
FEW_WORDS_SAID = 8
"""Words of a need up to which none is said by the way."""
_NEARLY_AS_GOOD = 2.0
"""How much less the total of one that is about the subject may be, for it to come before one that is not."""
_BELOW = 0.001
"""How far below a step of confidence the score of what does not reach it is at least."""


class NearPassages(NamedTuple):
    """Passages near to a vector, the nearest first."""

    record_ids: list[str]
    facets: NDArray[np.int64]
    """(n,) positions in `FACETS`."""
    cosines: NDArray[np.float64]
    """(n,)"""


class Ranked(NamedTuple):
    """The candidates of each kind, best first, and what was found out on the way."""

    candidates: dict[Kind, list[Candidate]]
    running: dict[str, tuple[str, float]]
    """By actor, the best scheme that it runs, and that scheme's score."""
    themes: dict[str, float]
    """By slug of a theme of Los, the share of the best ideas and actors that are about it: a scheme does not vouch for
    its own theme."""
    about: frozenset[str] = frozenset()
    """The concepts that the need names, and those that these are a part of."""
    mentions: tuple[Mention, ...] = ()
    """Where the need names them."""
    subject_themes: Mapping[str, float] = {}
    """By slug of a theme of Los, the share of it among the records that speak of what the need is about."""


class Portrait(NamedTuple):
    """What a need is like, to be held against others'."""

    direction: Vectors
    """(dim,), of length 1, or zeros where nothing of it could be encoded."""
    ideas: Mapping[str, float]
    """By the ids of the best ideas found for it, their scores."""
    themes: Mapping[str, float]
    """By slug of a theme of Los, the share of it that is about it."""


class SearchResult:
    """What a search found: candidates with their scores, explained one by one where they are asked for."""

    def __init__(
        self,
        need: Need,
        ranked: Ranked,
        answerable: bool,
        general: Sequence[str],
        ranking: RankingParameters,
        explainer: Callable[[], Explainer],
    ) -> None:
        self.need = need
        self.answerable = answerable
        """Whether the need is one that the records can answer; where it is not, no match is more than possible."""
        self.themes = ranked.themes
        """By slug of a theme of Los, the share of the need that is about it."""
        self.subject_themes = ranked.subject_themes
        """By slug of a theme of Los, how surely the need is of it: by the records that speak of its subject."""
        self.mentions = ranked.mentions
        """The concepts that the need names."""
        self._candidates = ranked.candidates
        self._general = general
        self._about = ranked.about
        self._ranking = ranking
        self._make_explainer = explainer

    @cached_property
    def _explainer(self) -> Explainer:
        return self._make_explainer()

    def matches(self, kind: Kind, most: int) -> tuple[Match, ...]:
        """Return the best matches of a kind with their reasons; where the need is not answerable, what is nearest."""
        candidates = self._candidates[kind][:most]
        if not self.answerable:
            return tuple(self._nearest(candidates))
        candidates = self._subject_first([one for one in candidates if self.confidence(one) is not None])
        sure = [self.explained(candidate) for candidate in candidates]
        others = sorted(map(self._as_sure_as_told, sure[1:]), key=lambda match: -match.score)
        first = [self._held_to_likeness(match) for match in sure[:1]]
        return (*first, *others)

    def _subject_first(self, candidates: list[Candidate]) -> list[Candidate]:
        """Return candidates, best first, one about the subject before a first that shares no more than the setting.

        Of two that are nearly as good, who speaks of vaping is meant before who speaks of pupils.
        """
        if not candidates or len(words(self.need.text)) > FEW_WORDS_SAID:
            return candidates
        if not self._explainer.shares_setting_alone(candidates[0].record_id, candidates[0].parts):
            return candidates
        least = candidates[0].total - _NEARLY_AS_GOOD
        about = (
            one
            for one in candidates[1:]
            if one.total >= least
            and self._explainer.shares_subject(one.record_id)
            and not self._explainer.shares_setting_alone(one.record_id, one.parts)
        )
        first = next(about, candidates[0])
        return [first, *(one for one in candidates if one is not first)]

    def _held_to_likeness(self, first: Match) -> Match:
        """Return a first match, which as a partner is good at most where it shares nothing of the need itself."""
        is_remote = first.kind is Kind.ACTOR and self._explainer.is_remote(first)
        return self._lowered(first) if is_remote and first.confidence is MatchConfidence.STRONG else first

    def _as_sure_as_told(self, match: Match) -> Match:
        """Return a match beside the first, a step less sure where it shares no more than the setting with the need.

        Of judged partners a third as many again fit where something is shared.
        """
        is_least = match.confidence is MatchConfidence.POSSIBLE
        return match if is_least or not self._explainer.is_beside(match) else self._lowered(match)

    def _lowered(self, match: Match) -> Match:
        """Return a match a step less sure, where there is room for it."""
        order = list(MatchConfidence)
        lower = order[order.index(match.confidence) + 1]
        score = self._ranking.steps[match.confidence] - _BELOW
        has_room = score >= self._ranking.steps[lower]
        return match.model_copy(update={"confidence": lower, "score": score}) if has_room else match

    def _nearest(self, candidates: Iterable[Candidate]) -> list[Match]:
        """Return the best few that share a subject with a need that may be out of reach, as no more than possible."""
        least = {"score": self._ranking.steps[MatchConfidence.POSSIBLE], "confidence": MatchConfidence.POSSIBLE}
        near = (self.explained(one) for one in takewhile(lambda one: self.score(one) >= LEAST_NEAR, candidates))
        shared = (match for match in near if any(reason.kind is ReasonKind.SHARED for reason in match.reasons))
        return [match.model_copy(update=least) for match in islice(shared, NEAREST)]

    def schemes(self, most: int) -> list[Candidate]:
        """Return the schemes to judge: the best found, and those for any theme that the asker may always look at."""
        if not self.answerable:
            return []
        found = self._candidates[Kind.INSTRUMENT]
        chosen = found[:most]
        known = {one.record_id: one for one in found[most:]}
        first = {one.record_id for one in chosen}
        others = (one for one in self._general if one not in first)
        return [*chosen, *(known.get(other) or Candidate(other, Kind.INSTRUMENT, {}, 0.0) for other in others)]

    def score(self, candidate: Candidate) -> float:
        """Return the score of a candidate, from 0 to 1; 0 for one that no retriever found."""
        return self._ranking.score(candidate.kind, candidate.total) if candidate.parts else 0.0

    def confidence(self, candidate: Candidate) -> MatchConfidence | None:
        """Return how sure a candidate is, or None where it is better left out."""
        return self._ranking.confidence(self._ranking.score(candidate.kind, candidate.total))

    def shuts_out(self, candidate: Candidate) -> bool:
        """Tell whether a scheme says that it does not pay for what is needed."""
        return self._explainer.shuts_out(candidate.record_id)

    def shares_subject(self, candidate: Candidate) -> bool:
        """Tell whether a record speaks of anything that is asked for."""
        return self._explainer.shares_subject(candidate.record_id)

    def is_remote(self, match: Match) -> bool:
        """Tell whether a match shares nothing of the need itself, but is alike or about what that is a part of."""
        return self._explainer.is_remote(match)

    def is_about(self, concepts: Iterable[str]) -> bool:
        """Tell whether the need is about one of some concepts, or about a part of one."""
        return not self._about.isdisjoint(concepts)

    def explained(self, candidate: Candidate) -> Match:
        """Return a candidate as a match with its reasons."""
        score = self._ranking.score(candidate.kind, candidate.total)
        confidence = self._ranking.confidence(score) or MatchConfidence.POSSIBLE
        return self._explainer.explain(candidate, score, confidence)
