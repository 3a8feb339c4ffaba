"""How each kind of rule is held against facts: one small function per kind.

Invariant: a function settles a rule only by facts that were told, or by the day; it never guesses.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from assistant.funding.verdicts import RANK, Fact, Facts, Missing, Party, RuleValue, ValueKind, Verdict, season_of
from corpus.criteria import (
    ApplicantPlaceCriterion,
    ApplicantTypeCriterion,
    CandidateCriterion,
    CostShareCriterion,
    Criterion,
    DialogueFirstCriterion,
    ExcludedPurposeCriterion,
    FundingRateCriterion,
    MaturityCriterion,
    OwnContributionCriterion,
    PeriodCriterion,
    ProjectStage,
    PublicFundingShareCriterion,
    RequiredPartyCriterion,
    StageCriterion,
    TopicCriterion,
)
from corpus.records import ActorType
from corpus.text import LangText, first_day, last_day
from index.analysis import normalise

HOME = "NO"
_WHOLE = Decimal(100)


class RuleResult(NamedTuple):
    """What came of holding a rule against facts, before it is a judgement."""

    verdict: Verdict
    key: str
    values: tuple[RuleValue, ...] = ()
    missing: Missing | None = None


def applies_to(criterion: Criterion, facts: Facts) -> bool:
    """Tell whether a rule is for this kind of applicant, or may be."""
    return not criterion.applies_to or facts.applicant_type is None or facts.applicant_type in criterion.applies_to


def evaluate_rule(criterion: Criterion, facts: Facts, today: date) -> RuleResult:
    """Return what comes of holding a rule against the facts."""
    if criterion.applies_to:
        if facts.applicant_type is None:
            applicants = organisations("applicants", criterion.applies_to)
            return RuleResult(
                Verdict.UNKNOWN, "rule.applies_to.unknown", (applicants,), Missing(fact=Fact.APPLICANT_TYPE)
            )
        if not applies_to(criterion, facts):
            return RuleResult(Verdict.MET, "rule.applies_to.not_you")
    return _FINDERS[type(criterion)](criterion, facts, today)


def _settled(name: str, is_met: bool, *values: RuleValue) -> RuleResult:
    verdict = Verdict.MET if is_met else Verdict.UNMET
    return RuleResult(verdict, f"rule.{name}.{verdict}", values)


@lru_cache(maxsize=1_000)
def _unknown(name: str, fact: Fact, *values: RuleValue) -> RuleResult:
    return RuleResult(Verdict.UNKNOWN, f"rule.{name}.unknown", values, Missing(fact=fact, values=values))


@lru_cache(maxsize=1_000)
def _plain(name: str, value: str | int) -> RuleValue:
    return RuleValue(name=name, items=(str(value),))


@lru_cache(maxsize=1_000)
def _percent(value: Decimal) -> RuleValue:
    return _plain("percent", f"{value.normalize():f}")


@lru_cache(maxsize=1_000)
def organisations(name: str, types: tuple[str, ...]) -> RuleValue:
    """Return kinds of organisation as a value of a rule."""
    return RuleValue(name=name, kind=ValueKind.ORGANISATION, items=types)


def _applicant_type(rule: ApplicantTypeCriterion, facts: Facts) -> RuleResult:
    kind = facts.applicant_type
    if kind is None:
        return _unknown("applicant_type", Fact.APPLICANT_TYPE)
    applicant = organisations("applicant", (kind,))
    if kind in rule.unsure:
        return RuleResult(Verdict.UNKNOWN, "rule.applicant_type.unsure", (applicant,))
    return _settled(
        "applicant_type", kind not in rule.excluded and (not rule.allowed or kind in rule.allowed), applicant
    )


def county(facts: Facts) -> str | None:
    """Return the number of the county the asker is in, from its municipality where only that is told."""
    return facts.fylkesnummer or (facts.kommunenummer[:2] if facts.kommunenummer else None)


def country(facts: Facts) -> str | None:
    """Return the country the asker is in; whoever is in a county is in Norway."""
    return HOME if county(facts) else facts.country


def counties_in_part(rule: ApplicantPlaceCriterion) -> frozenset[str]:
    """Return the counties of which only some municipalities belong."""
    return frozenset(number[:2] for number in rule.kommunenummer)


def _applicant_place(rule: ApplicantPlaceCriterion, facts: Facts) -> RuleResult:
    land, number = country(facts), county(facts)
    if land is None or (land == HOME and number is None and rule.fylkesnummer):
        return _unknown("applicant_place", Fact.PLACE)
    place = _plain("place", facts.place or number or land)
    only_counties = bool(rule.fylkesnummer or rule.unsure_fylkesnummer)
    unsure = number in rule.unsure_fylkesnummer or (land != HOME and rule.other_countries_unsure)
    if land == HOME and number in counties_in_part(rule):
        if facts.kommunenummer is None:
            return _unknown("applicant_place", Fact.PLACE)
        if facts.kommunenummer not in rule.kommunenummer:
            return _settled("applicant_place", False, place)
    if unsure:
        return RuleResult(Verdict.UNKNOWN, "rule.applicant_place.unsure", (place,))
    if land == HOME and only_counties:
        return _settled("applicant_place", number in rule.fylkesnummer, place)
    return _settled("applicant_place", land in rule.countries, place)


@lru_cache(maxsize=1_000)
def _country_party(land: str) -> RuleValue:
    return RuleValue(name="party", kind=ValueKind.COUNTRY_PARTY, items=(land,))


def party_value(rule: RequiredPartyCriterion) -> RuleValue:
    """Return the party that a rule asks for, as a value of a sentence."""
    if rule.approved_research_org:
        return organisations("party", ("approved_research_org",))
    if rule.country and not rule.party_types:
        return _country_party(rule.country)
    return organisations("party", rule.party_types)


def fits(rule: RequiredPartyCriterion, party: Party) -> bool | None:
    """Tell whether a party is one that the rule asks for; None where what is known of it does not settle it."""
    answers: list[bool | None] = []
    if rule.party_types:
        answers.append(None if party.type is None else party.type in rule.party_types)
    if rule.approved_research_org:
        answers.append(party.approved_research_org)
    if rule.country:
        answers.append(None if party.country is None else party.country == rule.country)
    if False in answers:
        return False
    return None if None in answers else True


def _is_lacking(rule: RequiredPartyCriterion, lacking: Party) -> bool:
    """Tell whether every party that would do is one that was said not to be there."""
    return (
        (lacking.type is None or rule.party_types == (lacking.type,))
        and (lacking.country is None or lacking.country == rule.country)
        and (lacking.approved_research_org is None or rule.approved_research_org)
        and lacking != Party()
    )


@lru_cache(maxsize=1_000)
def applicant_party(kind: ActorType | None, land: str | None) -> Party:
    """Return an applicant as a party."""
    return Party(type=kind, country=land)


def _required_party(rule: RequiredPartyCriterion, facts: Facts) -> RuleResult:
    applicant = applicant_party(facts.applicant_type, country(facts))
    answers = [fits(rule, party) for party in (applicant, *(facts.partners or ()))]
    party = party_value(rule)
    if sum(answer is True for answer in answers) >= rule.minimum:
        return _settled("required_party", True, party)
    possible = sum(answer is not False for answer in answers)
    none_more = facts.partners_complete is True and possible < rule.minimum
    if none_more or any(_is_lacking(rule, one) for one in facts.lacking):
        return _settled("required_party", False, party)
    return _unknown("required_party", Fact.PARTNERS, party)


def _public_share(rule: PublicFundingShareCriterion, facts: Facts) -> RuleResult:
    if facts.public_share is None:
        return _unknown("public_funding_share", Fact.PUBLIC_SHARE, _percent(rule.minimum))
    met = facts.public_share >= rule.minimum
    return _settled("public_funding_share", met, _percent(facts.public_share))


def _own_share(minimum: Decimal, facts: Facts) -> RuleResult:
    if facts.own_share is None:
        return _unknown("own_share", Fact.OWN_SHARE, _percent(minimum))
    return _settled("own_share", facts.own_share >= minimum, _percent(facts.own_share))


def _cost_share(rule: CostShareCriterion, facts: Facts) -> RuleResult:
    party = organisations("party", rule.party_types)
    if facts.cost_shares is None:
        return _unknown("cost_share", Fact.COST_SHARES, party)
    share = sum((part.percent for part in facts.cost_shares if part.type in rule.party_types), Decimal(0))
    enough = rule.minimum is None or share >= rule.minimum
    return _settled("cost_share", enough and (rule.maximum is None or share <= rule.maximum), party, _percent(share))


@lru_cache(maxsize=100)
def _stage_value(stage: ProjectStage) -> RuleValue:
    return RuleValue(name="stage", kind=ValueKind.STAGE, items=(stage,))


def _stage(rule: StageCriterion, facts: Facts) -> RuleResult:
    if facts.stage is None:
        return _unknown("stage", Fact.STAGE)
    stage = _stage_value(facts.stage)
    return _settled("stage", facts.stage in rule.stages, stage)


def _maturity(rule: MaturityCriterion, facts: Facts) -> RuleResult:
    findings = []
    if rule.experience:
        experience = facts.rd_experience
        findings.append(
            _unknown("experience", Fact.RD_EXPERIENCE)
            if experience is None
            else _settled("experience", experience in rule.experience)
        )
    if rule.no_recent_project:
        recent = facts.recent_project
        findings.append(
            _unknown("recent_project", Fact.RECENT_PROJECT)
            if recent is None
            else _settled("recent_project", not recent)
        )
    return min(findings, key=lambda finding: RANK[finding.verdict])


def _candidate(rule: CandidateCriterion, facts: Facts) -> RuleResult:
    name, fact, told = (
        ("doctorate", Fact.NO_EARLIER_DOCTORATE, facts.no_earlier_doctorate)
        if rule.no_earlier_doctorate
        else ("employed", Fact.CANDIDATE_EMPLOYED, facts.candidate_employed)
    )
    return _unknown(name, fact) if told is None else _settled(name, told)


@lru_cache(maxsize=1_000)
def _labels(topics: tuple[LangText, ...]) -> tuple[str, ...]:
    return tuple({normalise(label.text) for topic in topics for label in topic.items()})


def _topic(rule: TopicCriterion, facts: Facts) -> RuleResult:
    if facts.words is None:
        return _unknown("topic", Fact.WORDS)
    labels = _labels(rule.topics)
    if any(word.startswith(labels) for word in facts.words):
        return _settled("topic", True)
    # That no known word was used does not show that the need is about something else.
    return RuleResult(Verdict.UNKNOWN, "rule.topic.unknown")


def _period(rule: PeriodCriterion, facts: Facts, today: date) -> RuleResult:
    if rule.open_from or rule.open_until:
        begun = rule.open_from is None or first_day(rule.open_from) <= today
        return _settled("open", begun and (rule.open_until is None or today <= last_day(rule.open_until)))
    if rule.months_minimum or rule.months_maximum:
        if facts.months is None:
            return _unknown("months", Fact.MONTHS)
        long_enough = rule.months_minimum is None or facts.months >= rule.months_minimum
        short_enough = rule.months_maximum is None or facts.months <= rule.months_maximum
        return _settled("months", long_enough and short_enough, _plain("months", facts.months))
    return _start(rule, facts, today)


def _start(rule: PeriodCriterion, facts: Facts, today: date) -> RuleResult:
    earliest = first_day(rule.start_from) if rule.start_from else date.min
    latest = last_day(rule.start_by) if rule.start_by else date.max
    if today > latest:
        return RuleResult(Verdict.UNMET, "rule.start.late")
    if facts.starts_on is None:
        return _unknown("start", Fact.STARTS_ON)
    start = RuleValue(name="date", kind=ValueKind.DATE, items=(facts.starts_on,))
    first, last = _span(facts, facts.starts_on)
    if earliest <= first and last <= latest:
        return _settled("start", True, start)
    if last < earliest or first > latest:
        return _settled("start", False, start)
    # It was told, though too roughly for this rule: it is not asked for again.
    return RuleResult(Verdict.UNKNOWN, "rule.start.rough", (start,))


_SEASONS = {"spring": ((1, 1), (6, 30)), "summer": ((6, 1), (8, 31)), "autumn": ((8, 1), (12, 31))}
"""The days between which a season lies, as people of plans mean it: a half of the year rather than three months."""


def _span(facts: Facts, starts_on: str) -> tuple[date, date]:
    """Return the first and the last day that a start may be, as it was told."""
    season = season_of(facts)
    if season is None:
        return first_day(starts_on), last_day(starts_on)
    first, last = _SEASONS[season]
    return date(int(starts_on), *first), date(int(starts_on), *last)


def _excluded_purpose(rule: ExcludedPurposeCriterion, facts: Facts) -> RuleResult:
    if facts.purposes is None:
        return _unknown("purpose", Fact.PURPOSES)
    return _settled("purpose", not set(facts.purposes) & set(rule.purposes))


def _dialogue(facts: Facts) -> RuleResult:
    talked = facts.talked_to_broker
    return _unknown("dialogue", Fact.TALKED_TO_BROKER) if talked is None else _settled("dialogue", talked)


_FINDERS: dict[type, Callable[[Any, Facts, date], RuleResult]] = {
    ApplicantTypeCriterion: lambda rule, facts, _: _applicant_type(rule, facts),
    ApplicantPlaceCriterion: lambda rule, facts, _: _applicant_place(rule, facts),
    RequiredPartyCriterion: lambda rule, facts, _: _required_party(rule, facts),
    PublicFundingShareCriterion: lambda rule, facts, _: _public_share(rule, facts),
    FundingRateCriterion: lambda rule, facts, _: _own_share(_WHOLE - rule.maximum, facts),
    OwnContributionCriterion: lambda rule, facts, _: _own_share(rule.minimum, facts),
    CostShareCriterion: lambda rule, facts, _: _cost_share(rule, facts),
    StageCriterion: lambda rule, facts, _: _stage(rule, facts),
    MaturityCriterion: lambda rule, facts, _: _maturity(rule, facts),
    CandidateCriterion: lambda rule, facts, _: _candidate(rule, facts),
    TopicCriterion: lambda rule, facts, _: _topic(rule, facts),
    PeriodCriterion: _period,
    ExcludedPurposeCriterion: lambda rule, facts, _: _excluded_purpose(rule, facts),
    DialogueFirstCriterion: lambda _, facts, __: _dialogue(facts),
}
"""What judges each kind of rule."""
