"""Some of what is found, where that is all that is wanted; and records that nothing led to.

Invariant: what is wanted is told of a record by its own facts: its type, its place, its dates, its amounts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from assistant.dialogue.refinement import Refinement
from assistant.funding.schemes import SchemeStatus
from assistant.matching.answers import Scheme, Suggestion
from corpus.files import Record
from corpus.records import Actor, Amount, AmountKind, FundingInstrument, Kind
from index.retrieval.fusion import Candidate
from index.scoring.ranking import MatchConfidence
from index.scoring.reasons import Match

AnySuggestion = TypeVar("AnySuggestion", bound=Suggestion)
_SPARE = 40
"""Matches that are looked at beyond those shown, where only some are wanted."""
_OPEN = {SchemeStatus.OPEN, SchemeStatus.ROLLING}


class Narrowing:
    """Keeps what a refinement wants."""

    def __init__(self, refinement: Refinement) -> None:
        self._wanted = refinement

    @property
    def spare(self) -> int:
        """Matches to look at beyond those to be shown."""
        return _SPARE if self._wanted.narrows else 0

    def kept(self, suggestions: list[AnySuggestion], records: Mapping[str, Record]) -> list[AnySuggestion]:
        """Return the suggestions that are wanted, in the order that is."""
        kept = [suggestion for suggestion in suggestions if self._is_wanted(records.get(suggestion.id))]
        schemes = [one for one in kept if isinstance(one, Scheme)]
        if self._wanted.open_now and schemes:
            ids = [scheme.id for scheme in schemes if is_open(scheme)] or [
                scheme.id for scheme in schemes if has_date(scheme)
            ]
            kept = [one for one in kept if one.id in ids]
        if self._wanted.smallest and schemes:
            kept.sort(key=lambda one: _least(records.get(one.id)))
        return kept

    def _is_wanted(self, record: Record | None) -> bool:
        wanted = self._wanted
        places = {place.number for place in wanted.without_places}
        if isinstance(record, Actor):
            if (wanted.types and record.actor_type not in wanted.types) or record.actor_type in wanted.without_types:
                return False
            place = record.place
            return place is None or places.isdisjoint({place.kommunenummer, place.fylkesnummer})
        if isinstance(record, FundingInstrument):
            # Who leaves a body out does not want its money either.
            runs = {record.owner, record.administrator}
            return runs.isdisjoint(wanted.without) and places.isdisjoint(record.scope.fylkesnummer)
        return True


def is_open(scheme: Scheme) -> bool:
    """Tell whether a scheme takes applications today."""
    return scheme.status in _OPEN or (scheme.deadline is not None and scheme.status is not SchemeStatus.PLANNED)


def has_date(scheme: Scheme) -> bool:
    """Tell whether a scheme takes applications today, or is known or expected to."""
    expected = scheme.suitability.expected if scheme.suitability else None
    return is_open(scheme) or scheme.status is SchemeStatus.PLANNED or expected is not None


def amounts_of(scheme: FundingInstrument) -> tuple[int | None, tuple[Amount, ...]]:
    """Return what the newest call that tells gives a project, and its year; nothing where none tells."""
    calls = sorted(scheme.calls, key=lambda call: call.year or 0, reverse=True)
    for call in calls:
        amounts = tuple(
            amount for amount in call.amounts if amount.kind in {AmountKind.PER_PROJECT, AmountKind.FUNDING_RATE}
        )
        if amounts:
            return call.year, amounts
    return None, ()


def _least(record: Record | None) -> float:
    """Return what a scheme gives a project at most; endless where no call tells."""
    amounts = amounts_of(record)[1] if isinstance(record, FundingInstrument) else ()
    sums = [float(amount.maximum or amount.minimum or 0) for amount in amounts if amount.unit != "percent"]
    return max(sums, default=float("inf"))


class Unexplained:
    """Explains a record that nothing led to: by nothing."""

    def match(self, record_id: str, kind: Kind) -> Match:
        """Return a match without reasons."""
        return Match(
            record_id=record_id,
            kind=kind,
            score=0.0,
            confidence=MatchConfidence.POSSIBLE,
            reasons=(),
            evidence=(),
            parts={},
        )

    def explained(self, candidate: Candidate) -> Match:
        """Return a match without reasons for a candidate."""
        return self.match(candidate.record_id, candidate.kind)
