"""Rules before likeness: what is known of an asker held against the criteria of a scheme.

Invariant: a verdict is met or unmet only where a fact, or the day, settles it; all else is unknown and says which
fact is missing, where a fact could settle it. More facts only ever settle what was unknown: what is met stays met.
The day is given in, never read from a clock here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from assistant.funding.rules import applies_to, evaluate_rule
from assistant.funding.schemes import SchemeStatus, current_call, scheme_status
from assistant.funding.verdicts import RANK, Fact, Facts, Judgement, Missing, Party, RuleValue, ValueKind, Verdict
from corpus.criteria import ApplicantPlaceCriterion, Criterion, PeriodCriterion
from corpus.records import Call, CallStatus, DeadlineType, FundingInstrument
from corpus.text import last_day

# What judging takes and gives is asked for here.
__all__ = ["Fact", "Facts", "Judgement", "Missing", "Party", "RuleValue", "ValueKind", "Verdict", "applies_to"]


def judge(criterion: Criterion, facts: Facts, today: date) -> Judgement:
    """Return how one rule stands to the facts on that day."""
    finding = evaluate_rule(criterion, facts, today)
    return Judgement(
        criterion_id=criterion.id,
        verdict=finding.verdict,
        rule=criterion.text,
        key=finding.key,
        values=finding.values,
        missing=finding.missing,
        source=criterion.source,
    )


def judge_all(criteria: Iterable[Criterion], facts: Facts, today: date) -> tuple[Judgement, ...]:
    """Return how the rules that hold on that day and concern this applicant stand to the facts."""
    return tuple(
        judge(criterion, facts, today)
        for criterion in criteria
        if criterion.in_force(today) and applies_to(criterion, facts)
    )


def judge_dates(scheme: FundingInstrument, today: date, call: Call | None = None) -> Judgement:
    """Return what a scheme's dates say: that it takes applications, that it has ended, or nothing certain."""
    status = scheme_status(scheme, today)
    verdict = {
        SchemeStatus.OPEN: Verdict.MET,
        SchemeStatus.ROLLING: Verdict.MET,
        SchemeStatus.PLANNED: Verdict.MET,
        SchemeStatus.ENDED: Verdict.UNMET,
    }.get(status, Verdict.UNKNOWN)
    key, when = f"status.{status}", None
    if status is SchemeStatus.PLANNED and (planned := current_call(scheme, today)):
        when = planned.opens_on
    elif status is SchemeStatus.ENDED and scheme.ended_on:
        key, when = "status.ended_on", scheme.ended_on
    values = (RuleValue(name="date", kind=ValueKind.DATE, items=(when,)),) if when else ()
    judged = call.id if call and status is not SchemeStatus.ENDED else scheme.id
    source = call.sources[0] if call and status is not SchemeStatus.ENDED else scheme.standing_source
    return Judgement(criterion_id=judged, verdict=verdict, rule=None, key=key, values=values, source=source)


def calls_in_question(scheme: FundingInstrument, today: date) -> tuple[Call, ...]:
    """Return the calls whose rules an applicant of that day would meet.

    They are the current one and others of its year, else the newest that is not of the future; besides them the
    undated ones that take applications at all times.
    """
    current = current_call(scheme, today)
    dated = [call for call in scheme.calls if _year(call) is not None]
    rolling = {DeadlineType.ROLLING, DeadlineType.UNTIL_SPENT}
    undated = [call for call in scheme.calls if _year(call) is None]
    always = [call for call in undated if call.deadline_type in rolling or not dated]
    if current is not None and _year(current) is not None:
        status = current.status(today)
        chosen = [call for call in dated if _year(call) == _year(current) and call.status(today) is status]
    else:
        past = [year for call in dated if (year := _year(call)) is not None and year <= today.year]
        newest = max(past, default=None) or min((_year(call) or 0 for call in dated), default=None)
        chosen = [call for call in dated if _year(call) == newest]
    return (*chosen, *always)


def _year(call: Call) -> int | None:
    if call.year is not None:
        return call.year
    if call.deadlines:
        return max(deadline.on for deadline in call.deadlines).year
    return last_day(call.opens_on).year if call.opens_on else None


def judged_call(scheme: FundingInstrument, facts: Facts, today: date) -> Call | None:
    """Return the call in question that suits the facts best; the first of those that suit alike.

    A call that is past binds nobody today. Where it shut the asker out, the newest one that did not shows more of what
    may come; and where it was a county's own, of a scheme that is for all of them, none is held against who asks
    elsewhere.
    """

    def suits(call: Call) -> tuple[int, int]:
        verdicts = [verdict for _, verdict in _verdicts(call, facts, today)]
        return min((RANK[verdict] for verdict in verdicts), default=RANK[Verdict.MET]), -verdicts.count(Verdict.UNKNOWN)

    calls = calls_in_question(scheme, today)
    best = calls[0] if len(calls) == 1 else max(calls, key=suits, default=None)
    if best is None or not _is_past(best, today) or suits(best)[0] > RANK[Verdict.UNMET]:
        return best
    unmet = [rule for rule, verdict in _verdicts(best, facts, today) if verdict is Verdict.UNMET]
    is_of_elsewhere = all(isinstance(rule, ApplicantPlaceCriterion) for rule in unmet)
    if is_of_elsewhere and scheme.scope.fylkesnummer:
        return best
    others = [call for call in scheme.calls if _is_past(call, today) and suits(call)[0] > RANK[Verdict.UNMET]]
    newest = max(others, key=lambda call: (_year(call) or 0, suits(call)), default=None)
    return newest or (None if is_of_elsewhere else best)


def _is_past(call: Call, today: date) -> bool:
    """Tell whether a call takes no more applications, as far as is known."""
    year = _year(call)
    return call.status(today) is CallStatus.CLOSED or (
        call.status(today) is CallStatus.UNKNOWN and year is not None and year < today.year
    )


def _rules_of(call: Call, today: date) -> list[Criterion]:
    """Return a call's rules without the last day to start by, where both it and the call are past."""
    if not _is_past(call, today):
        return list(call.criteria)
    return [rule for rule in call.criteria if not (isinstance(rule, PeriodCriterion) and _has_begun(rule, today))]


def _has_begun(rule: PeriodCriterion, today: date) -> bool:
    return rule.start_by is not None and last_day(rule.start_by) < today


def _verdicts(call: Call, facts: Facts, today: date) -> list[tuple[Criterion, Verdict]]:
    """Return the rules of a call that hold on that day and concern this applicant, with how they stand."""
    rules = (rule for rule in _rules_of(call, today) if rule.in_force(today) and applies_to(rule, facts))
    return [(rule, evaluate_rule(rule, facts, today).verdict) for rule in rules]


def judge_scheme(scheme: FundingInstrument, facts: Facts, today: date) -> tuple[Judgement, ...]:
    """Return what the dates say, then the scheme's rules, then those of the call that suits best.

    Rules that do not hold on that day, or are for other kinds of applicant, are left out.
    """
    call = judged_call(scheme, facts, today)
    rules = (*scheme.criteria, *(_rules_of(call, today) if call else ()))
    return judge_dates(scheme, today, call), *judge_all(rules, facts, today)


def overall(judgements: Iterable[Judgement]) -> Verdict:
    """Return the worst of the verdicts: unmet before unknown before met; met if there are none."""
    return min((judgement.verdict for judgement in judgements), key=RANK.__getitem__, default=Verdict.MET)


def missing_facts(judgements: Sequence[Judgement]) -> tuple[Missing, ...]:
    """Return the facts that would settle what is unknown, the weightiest first; none where a rule is unmet."""
    if overall(judgements) is Verdict.UNMET:
        return ()
    order = list(Fact)
    found: list[Missing] = []
    for judgement in judgements:
        if judgement.verdict is Verdict.UNKNOWN and judgement.missing is not None and judgement.missing not in found:
            found.append(judgement.missing)
    return tuple(sorted(found, key=lambda missing: order.index(missing.fact)))


def deciding_fact(judgements: Sequence[Judgement]) -> Missing | None:
    """Return the one missing fact that would decide, or None where there is none or more than one."""
    missing = missing_facts(judgements)
    return missing[0] if len(missing) == 1 else None
