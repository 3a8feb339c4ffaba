"""What is told of a scheme's dates, amounts and rules in a line each.

Invariant: a verdict is of the rules that are shown beside it; what is not known is said to be so.
"""

from __future__ import annotations

from assistant.funding.schemes import SchemeStatus
from assistant.funding.verdicts import RANK, Verdict, rules_among, takes_applications
from assistant.matching.answers import Scheme
from assistant.platform.messages import Messages
from assistant.render.sentences import BETWEEN_CALLS, is_last_call_told_by_deadline, scheme_standing
from corpus.records import Amount


def dates_of(scheme: Scheme, catalog: Messages) -> list[str]:
    """Return what is known of when a scheme closes, in two sentences at most."""
    standing = scheme_standing(scheme, catalog)
    # The deadline first, where there is one to come.
    if standing.deadline:
        return [standing.deadline, standing.state]
    if scheme.status in BETWEEN_CALLS and is_last_call_told_by_deadline(scheme):
        return standing.sentences[:2]
    return [catalog.text("told.deadline.unknown"), standing.state]


def qualifies(scheme: Scheme, told: bool) -> str:
    """Return the key of what the rules that are told of a scheme come to; its dates are told beside it."""
    if scheme.status is SchemeStatus.ENDED:
        return "told.qualify.unmet"
    if not told:
        return "told.qualify.untold"
    verdict = min((one.verdict for one in rules_among(scheme.eligibility)), key=RANK.__getitem__, default=Verdict.MET)
    closed = verdict is Verdict.MET and not takes_applications(scheme.eligibility)
    return "told.qualify.met_closed" if closed else f"told.qualify.{verdict}"


def amount_text(amount: Amount, catalog: Messages) -> str:
    """Return a sum or a share in words."""
    unit = {"percent": "%", "NOK": "kr", "EUR": "euro"}[amount.unit]
    least, most = amount.minimum, amount.maximum
    numbers = [catalog.number(float(one)) for one in (least, most) if one is not None]
    is_range = least is not None and most is not None and least != most
    amount_words = f"{numbers[0]}–{numbers[1]}" if is_range else numbers[-1]
    if amount.unit == "percent":
        return f"{amount_words} %"
    return (
        f"{amount_words} {unit}"
        if catalog.language.value != "en"
        else f"{'NOK' if unit == 'kr' else 'EUR'} {amount_words}"
    )
