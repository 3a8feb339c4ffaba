"""What partners are told to run, held against the schemes that are suggested.

Invariant: a partner is told as who runs a scheme only where that scheme is suggested in the same answer, so that one
row never praises what another leaves out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.matching.answers import Partner, Scheme
from index.scoring.reasons import Reason, ReasonKind


def without_unsuitable(partners: Iterable[Partner], schemes: Sequence[Scheme]) -> list[Partner]:
    """Return partners without the reason that they run a scheme that is not suggested.

    Args:
        partners: As they were found.
        schemes: Those that are suggested in the same answer.
    """
    suggested = {scheme.id for scheme in schemes}
    return [_without(partner, suggested) for partner in partners]


def _without(partner: Partner, suggested: set[str]) -> Partner:
    gone = {reason.scheme for reason in partner.reasons if reason.scheme and reason.scheme not in suggested}
    if not gone:
        return partner
    reasons = tuple(reason for reason in partner.reasons if reason.scheme not in gone)
    evidence = tuple(one for one in partner.evidence if one.record_id not in gone)
    return partner.model_copy(
        update={"reasons": reasons or (Reason(kind=ReasonKind.ALIKE),), "evidence": evidence or partner.evidence}
    )
