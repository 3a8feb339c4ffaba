"""For whom a scheme is: the share of certainty, from 0 to 1, that a kind of applicant may apply.

Invariant: it only helps to rank; whether an applicant may really apply is judged by the rules themselves, one by
one, where the answer is composed.
"""

from __future__ import annotations

from corpus.criteria import ApplicantTypeCriterion
from corpus.records import ActorType, FundingInstrument

OPEN, UNSETTLED, CLOSED = 1.0, 0.5, 0.0


def audience_of(scheme: FundingInstrument) -> dict[ActorType, float]:
    """Return for each kind of applicant how sure it is that some rule of the scheme lets it apply."""
    rules = [*scheme.criteria, *(rule for call in scheme.calls for rule in call.criteria)]
    types = [rule for rule in rules if isinstance(rule, ApplicantTypeCriterion)]
    return {applicant: max((_share(rule, applicant) for rule in types), default=UNSETTLED) for applicant in ActorType}


def _share(rule: ApplicantTypeCriterion, applicant: ActorType) -> float:
    if applicant in rule.allowed:
        return OPEN
    if applicant in rule.excluded:
        return CLOSED
    return UNSETTLED if applicant in rule.unsure or not rule.allowed else CLOSED
