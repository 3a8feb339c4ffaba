"""Each shipped scheme keeps its rules: a case that is met, one unmet, one unknown, and one out of date.

The promises are tables of the shipped data, so that a changed rule shows here; the properties hold for all of it.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from assistant.funding.eligibility import (
    Fact,
    Facts,
    Party,
    Verdict,
    deciding_fact,
    judge,
    judge_scheme,
    judged_call,
    missing_facts,
    overall,
)
from assistant.funding.verdicts import rules_among, takes_applications
from corpus.check import criteria_of
from corpus.criteria import Criterion, Experience, ProjectStage, Purpose
from corpus.files import read_folder, shipped_folder
from corpus.records import ActorType, FundingInstrument
from tests.records import SOURCE, instrument, text

SCHEMES = {
    item.record.id.removeprefix("instrument:"): item.record
    for item in read_folder(shipped_folder() / "instruments")[0]
    if isinstance(item.record, FundingInstrument)
}
RULES = {rule.id: rule for scheme in SCHEMES.values() for _, rule in criteria_of(scheme)}
TODAY = date(2026, 11, 24)
PUBLIC_AND_PRIVATE = ({"type": "municipality"}, {"type": "company"})
MET, UNMET, UNKNOWN = Verdict.MET, Verdict.UNMET, Verdict.UNKNOWN
SWEDISH, APPROVED = Party(country="SE"), Party(approved_research_org=True)
MUNICIPALITY: dict[str, Any] = {"applicant_type": "municipality", "fylkesnummer": "50", "place": "Trøndelag"}
COMPANY: dict[str, Any] = {"applicant_type": "company", "fylkesnummer": "50"}
PHD: dict[str, Any] = {**MUNICIPALITY, "stage": "phd", "public_share": 100, "candidate_employed": True}
PHD |= {"no_earlier_doctorate": True, "partners": (Party(type="university"),), "starts_on": "2026-12", "months": 36}
PRE: dict[str, Any] = {"stage": "pre_project"}
TOPIC: dict[str, Any] = {"words": ("reiseliv",)}
FRESH: dict[str, Any] = {"rd_experience": "none", "talked_to_broker": True, "partners": (APPROVED,)}
VESTLAND: dict[str, Any] = {"applicant_type": "company", "fylkesnummer": "46"}

# For each scheme: facts, day, what the rules come to, and the rule that decides where it is not met.
# Dates apart, a scheme is judged by its rules; what the dates say stands in its own table below.
PROMISES: list[tuple[str, dict[str, Any], date, Verdict, str]] = [
    ("forkommune", {**MUNICIPALITY, **PRE, "partners": (APPROVED,)}, date(2017, 5, 1), MET, ""),
    ("forkommune", COMPANY, date(2017, 5, 1), UNMET, "forkommune-2017-soker"),
    ("forkommune", {**MUNICIPALITY, **PRE}, date(2017, 5, 1), UNKNOWN, "forkommune-2017-forskning"),
    ("forregion", {**VESTLAND, **PRE, "rd_experience": "little", "recent_project": False}, TODAY, MET, ""),
    # What was last announced was of other counties, of a scheme that is for all of them.
    ("forregion", {**COMPANY, **PRE}, TODAY, MET, ""),
    ("forregion", {**VESTLAND, "recent_project": True}, TODAY, UNMET, "forregion-2022-tidligere-prosjekt"),
    ("forregion", {**VESTLAND, **PRE, "recent_project": False}, TODAY, UNKNOWN, "forregion-2022-erfaring"),
    ("distriktforsk", {**MUNICIPALITY, **PRE, **FRESH}, TODAY, MET, ""),
    ("distriktforsk", {**COMPANY, **PRE, **FRESH, "rd_experience": None}, TODAY, MET, ""),
    (
        "distriktforsk",
        {**MUNICIPALITY, **PRE, **FRESH, "rd_experience": "experienced"},
        TODAY,
        UNMET,
        "distriktforsk-2022-erfaring",
    ),
    (
        "distriktforsk",
        {**MUNICIPALITY, **PRE, **FRESH, "talked_to_broker": None},
        TODAY,
        UNKNOWN,
        "distriktforsk-dialog",
    ),
    ("horisont-2020", MUNICIPALITY, date(2016, 1, 1), MET, ""),
    ("horisont-2020", MUNICIPALITY, TODAY, UNMET, "horisont-2020-periode"),
    ("horisont-2020", {}, date(2016, 1, 1), UNKNOWN, "horisont-2020-sted"),
    ("horisont-europa", MUNICIPALITY, TODAY, MET, ""),
    ("horisont-europa", MUNICIPALITY, date(2028, 1, 1), UNMET, "horisont-europa-periode"),
    ("horisont-europa", {"country": "CH"}, TODAY, UNKNOWN, "horisont-europa-sted"),
    ("interreg-sverige-norge-2014-2020", {**MUNICIPALITY, "partners": (SWEDISH,)}, date(2016, 1, 1), MET, ""),
    (
        "interreg-sverige-norge-2014-2020",
        {**MUNICIPALITY, "partners": (SWEDISH,)},
        TODAY,
        UNMET,
        "interreg-2014-periode",
    ),
    ("interreg-sverige-norge-2014-2020", MUNICIPALITY, date(2016, 1, 1), UNKNOWN, "interreg-2014-svensk-part"),
    ("interreg-sverige-norge-2021-2027", {**MUNICIPALITY, **PRE, **TOPIC, "partners": (SWEDISH,)}, TODAY, MET, ""),
    ("interreg-sverige-norge-2021-2027", {**MUNICIPALITY, **PRE}, TODAY, UNKNOWN, "interreg-2021-svensk-part"),
    ("interreg-sverige-norge-2021-2027", {"lacking": (SWEDISH,)}, TODAY, UNMET, "interreg-2021-svensk-part"),
    (
        "interreg-sverige-norge-2021-2027",
        {**MUNICIPALITY, "partners": (), "partners_complete": True},
        TODAY,
        UNMET,
        "interreg-2021-svensk-part",
    ),
    ("interreg-sverige-norge-2021-2027", VESTLAND, TODAY, UNMET, "interreg-2021-sted"),
    ("interreg-sverige-norge-2021-2027", {"fylkesnummer": "31"}, TODAY, UNKNOWN, "interreg-2021-sted"),
    ("interreg-sverige-norge-2021-2027", MUNICIPALITY, date(2028, 1, 1), UNMET, "interreg-2021-periode"),
    ("innovasjonsprosjekt-i-offentlig-sektor", {**MUNICIPALITY, "starts_on": "2026-12"}, TODAY, MET, ""),
    (
        "innovasjonsprosjekt-i-offentlig-sektor",
        COMPANY,
        TODAY,
        UNMET,
        "innovasjonsprosjekt-i-offentlig-sektor-eier",
    ),
    (
        "innovasjonsprosjekt-i-offentlig-sektor",
        MUNICIPALITY,
        TODAY,
        UNKNOWN,
        "innovasjonsprosjekt-i-offentlig-sektor-2026-oppstart",
    ),
    (
        "innovasjonsprosjekt-i-offentlig-sektor",
        MUNICIPALITY,
        # A start that a past call asked for says nothing of the next.
        date(2027, 5, 2),
        MET,
        "",
    ),
    ("forprosjekt-i-offentlig-sektor", {**MUNICIPALITY, **PRE, "purposes": ()}, TODAY, MET, ""),
    ("forprosjekt-i-offentlig-sektor", COMPANY, TODAY, UNMET, "forprosjekt-i-offentlig-sektor-2023-soker"),
    (
        "forprosjekt-i-offentlig-sektor",
        {**MUNICIPALITY, "purposes": ("research",)},
        TODAY,
        UNMET,
        "forprosjekt-i-offentlig-sektor-ikke-forskning",
    ),
    (
        "forprosjekt-i-offentlig-sektor",
        {**MUNICIPALITY, **PRE},
        TODAY,
        UNKNOWN,
        "forprosjekt-i-offentlig-sektor-ikke-forskning",
    ),
    ("forkommersiell-anskaffelse", {**MUNICIPALITY, "stage": "procurement"}, TODAY, MET, ""),
    ("forkommersiell-anskaffelse", {**MUNICIPALITY, **PRE}, TODAY, UNMET, "forkommersiell-anskaffelse-steg"),
    ("forkommersiell-anskaffelse", {"stage": "procurement"}, TODAY, UNKNOWN, "forkommersiell-anskaffelse-kjoper"),
    ("skattefunn", COMPANY, TODAY, MET, ""),
    ("skattefunn", MUNICIPALITY, TODAY, UNMET, "skattefunn-soker"),
    ("skattefunn", {"applicant_type": "cluster"}, TODAY, UNKNOWN, "skattefunn-soker"),
    ("prosjektskjonn", MUNICIPALITY, TODAY, MET, ""),
    ("prosjektskjonn", {**MUNICIPALITY, "fylkesnummer": "46"}, TODAY, UNMET, "prosjektskjonn-2021-sted"),
    ("prosjektskjonn", {"applicant_type": "municipality"}, TODAY, UNKNOWN, "prosjektskjonn-2021-sted"),
    ("regionale-utviklingsmidler-trondelag", {"own_share": 50}, TODAY, MET, ""),
    (
        "regionale-utviklingsmidler-trondelag",
        {"own_share": 20},
        TODAY,
        UNMET,
        "regionale-utviklingsmidler-trondelag-sats",
    ),
    (
        "regionale-utviklingsmidler-trondelag",
        MUNICIPALITY,
        TODAY,
        UNKNOWN,
        "regionale-utviklingsmidler-trondelag-sats",
    ),
    (
        "pilot-helse",
        {"words": ("nye", "helsetjenester"), "stage": "main_project", "partners": (*PUBLIC_AND_PRIVATE,)},
        TODAY,
        MET,
        "",
    ),
    # A rule of topics is never unmet: that no known word was used does not show what a need is about.
    ("pilot-helse", {"words": ("lokalmat",)}, TODAY, UNKNOWN, "pilot-helse-tema"),
    ("pilot-helse", {}, TODAY, UNKNOWN, "pilot-helse-tema"),
    ("offentlig-sektor-phd", PHD, TODAY, MET, ""),
    (
        "offentlig-sektor-phd",
        {**PHD, "no_earlier_doctorate": False},
        TODAY,
        UNMET,
        "offentlig-sektor-phd-ingen-doktorgrad",
    ),
    ("offentlig-sektor-phd", {**PHD, "public_share": 79}, TODAY, UNMET, "offentlig-sektor-phd-offentlig-andel"),
    ("offentlig-sektor-phd", {**PHD, "partners": None}, TODAY, UNKNOWN, "offentlig-sektor-phd-2026-gradsinstitusjon"),
    ("offentlig-sektor-phd", PHD, date(2027, 1, 5), MET, ""),
    (
        "naerings-phd",
        {
            **COMPANY,
            "stage": "phd",
            "candidate_employed": True,
            "partners": ({"type": "university"},),
            "starts_on": "2026-12",
        },
        TODAY,
        MET,
        "",
    ),
    ("naerings-phd", PHD, TODAY, UNMET, "naerings-phd-soker"),
    ("naerings-phd", {**COMPANY, "stage": "phd"}, TODAY, UNKNOWN, "naerings-phd-ansatt"),
    ("rff-midt-norge", {**MUNICIPALITY, "stage": "qualification", "purposes": ()}, date(2019, 9, 1), MET, ""),
    (
        "rff-midt-norge",
        {**MUNICIPALITY, "purposes": ("networking",)},
        date(2019, 9, 1),
        UNMET,
        "rff-midt-2019-ikke-til",
    ),
    (
        "rff-midt-norge",
        {"applicant_type": "university", "partners": (), "partners_complete": True},
        date(2019, 9, 1),
        UNMET,
        "rff-midt-2019-bare-sammen",
    ),
    ("rff-midt-norge", MUNICIPALITY, date(2019, 9, 1), UNKNOWN, "rff-midt-2019-steg"),
    ("rff-trondelag", {**MUNICIPALITY, "stage": "qualification", "partners": (APPROVED,)}, TODAY, MET, ""),
    (
        "rff-trondelag",
        {"applicant_type": "county_municipality", "fylkesnummer": "46"},
        TODAY,
        UNMET,
        "rff-trondelag-sted",
    ),
    (
        "rff-trondelag",
        {**MUNICIPALITY, "stage": "qualification"},
        TODAY,
        UNKNOWN,
        "rff-trondelag-kvalifiseringsstotte-2024-forskning",
    ),
]


@pytest.mark.parametrize(("slug", "told", "day", "verdict", "decides"), PROMISES)
def test_the_rules_of_a_scheme_come_to(
    slug: str, told: dict[str, Any], day: date, verdict: Verdict, decides: str
) -> None:
    judged = rules_among(judge_scheme(SCHEMES[slug], Facts.model_validate(told), day))
    assert overall(judged) is verdict
    if decides:
        assert f"criterion:{decides}" in {one.criterion_id for one in judged if one.verdict is verdict}


@pytest.mark.parametrize(
    ("slug", "day", "verdict"),
    [
        ("forkommune", date(2017, 5, 24), MET),
        ("forkommune", date(2017, 5, 25), UNKNOWN),
        ("forkommune", TODAY, UNMET),
        ("forregion", TODAY, UNKNOWN),
        ("distriktforsk", TODAY, UNKNOWN),
        ("horisont-2020", TODAY, UNMET),
        ("horisont-europa", TODAY, UNKNOWN),
        ("interreg-sverige-norge-2014-2020", TODAY, UNMET),
        ("interreg-sverige-norge-2021-2027", date(2024, 9, 15), MET),
        ("interreg-sverige-norge-2021-2027", date(2024, 9, 16), UNKNOWN),
        ("innovasjonsprosjekt-i-offentlig-sektor", date(2025, 8, 12), MET),
        ("innovasjonsprosjekt-i-offentlig-sektor", date(2025, 9, 24), MET),
        ("innovasjonsprosjekt-i-offentlig-sektor", date(2025, 9, 25), UNKNOWN),
        ("forprosjekt-i-offentlig-sektor", TODAY, UNKNOWN),
        ("forkommersiell-anskaffelse", TODAY, UNKNOWN),
        ("skattefunn", TODAY, UNKNOWN),
        ("prosjektskjonn", date(2020, 9, 2), UNKNOWN),
        ("regionale-utviklingsmidler-trondelag", TODAY, UNKNOWN),
        ("pilot-helse", TODAY, UNKNOWN),
        ("offentlig-sektor-phd", TODAY, MET),
        ("offentlig-sektor-phd", date(2027, 2, 1), UNKNOWN),
        ("naerings-phd", TODAY, MET),
        ("rff-midt-norge", TODAY, UNMET),
        ("rff-trondelag", date(2024, 10, 2), MET),
        ("rff-trondelag", date(2024, 10, 3), UNKNOWN),
    ],
)
def test_the_dates_of_a_scheme_say(slug: str, day: date, verdict: Verdict) -> None:
    assert judge_scheme(SCHEMES[slug], Facts(), day)[0].verdict is verdict


def test_every_scheme_promised_on_is_promised_met_and_unknown_and_unmet() -> None:
    promised = {slug for slug, *_ in PROMISES}
    assert {slug for slug, *_, verdict, _ in PROMISES if verdict is MET} == promised
    assert {slug for slug, *_, verdict, _ in PROMISES if verdict is UNKNOWN} == promised
    # Only rules of topics can never be unmet, and one scheme's others are about who takes part.
    assert {slug for slug, *_, verdict, _ in PROMISES if verdict is UNMET} == promised - {"pilot-helse"}


def test_a_rule_is_left_out_before_it_holds_and_for_those_it_is_not_for() -> None:
    doctorate, scheme = Facts(no_earlier_doctorate=False), SCHEMES["offentlig-sektor-phd"]
    rule = "criterion:offentlig-sektor-phd-ingen-doktorgrad"
    assert rule not in {one.criterion_id for one in judge_scheme(scheme, doctorate, date(2022, 12, 31))}
    assert rule in {one.criterion_id for one in judge_scheme(scheme, doctorate, date(2023, 1, 1))}
    company = judge_scheme(SCHEMES["distriktforsk"], Facts.model_validate(COMPANY), TODAY)
    assert "criterion:distriktforsk-2022-erfaring" not in {one.criterion_id for one in company}


@pytest.mark.parametrize(
    ("stage", "call"),
    [("pre_project", "forstudie"), ("small_scale", "smaskala"), ("main_project", "hovedprosjekt-2024")],
)
def test_of_several_calls_the_one_that_suits_is_judged(stage: ProjectStage, call: str) -> None:
    found = judged_call(SCHEMES["interreg-sverige-norge-2021-2027"], Facts(stage=stage), TODAY)
    assert found is not None
    assert found.id == f"call:interreg-sverige-norge-2021-2027-{call}"


def rule(kind: str, **fields: Any) -> Criterion:  # noqa: ANN401
    data = {"id": "criterion:a", "kind": kind, "text": text("En regel."), "source": SOURCE, **fields}
    found: Criterion = TypeAdapter(Criterion).validate_python(data)
    return found


@pytest.mark.parametrize(
    ("shares", "verdict"), [(None, UNKNOWN), ([("municipality", 22)], UNMET), ([("municipality", 30)], MET)]
)
def test_a_kind_of_party_carries_its_share_of_the_costs(shares: list[Any] | None, verdict: Verdict) -> None:
    parts = None if shares is None else [{"type": kind, "percent": percent} for kind, percent in shares]
    thirty = rule("cost_share", party_types=["municipality"], minimum=30)
    assert judge(thirty, Facts.model_validate({"cost_shares": parts}), TODAY).verdict is verdict


@pytest.mark.parametrize(("share", "verdict"), [(None, UNKNOWN), (19, UNMET), (20, MET)])
def test_an_own_contribution_is_a_share_that_the_applicant_can_cover(share: int | None, verdict: Verdict) -> None:
    own = rule("own_contribution", minimum=20)
    assert judge(own, Facts.model_validate({"own_share": share}), TODAY).verdict is verdict


def test_two_parties_are_asked_for_and_the_applicant_counts_as_one() -> None:
    two, one = rule("required_party", party_types=["municipality"], minimum=2), Party(type=ActorType.MUNICIPALITY)
    alone = Facts(applicant_type=ActorType.MUNICIPALITY)
    assert judge(two, alone, TODAY).verdict is UNKNOWN
    assert judge(two, alone.model_copy(update={"partners": (one,)}), TODAY).verdict is MET


def test_a_research_partner_is_not_taken_to_be_approved() -> None:
    approved = rule("required_party", approved_research_org=True)
    assert judge(approved, Facts(partners=(Party(type=ActorType.UNIVERSITY),)), TODAY).verdict is UNKNOWN


def test_the_one_missing_fact_that_decides_is_asked_for() -> None:
    scheme = SCHEMES["interreg-sverige-norge-2021-2027"]
    judged = judge_scheme(scheme, Facts.model_validate({**MUNICIPALITY, **PRE, **TOPIC}), TODAY)
    missing = deciding_fact(judged)
    assert missing is not None
    assert missing.fact is Fact.PARTNERS
    assert deciding_fact(judge_scheme(scheme, Facts(), TODAY)) is None
    assert missing_facts(judge_scheme(scheme, Facts(), TODAY))[0].fact is Fact.PLACE
    assert missing_facts(judge_scheme(scheme, Facts(lacking=(SWEDISH,)), TODAY)) == ()


def test_what_the_dates_say_is_known_from_the_rules_wherever_it_stands() -> None:
    scheme = next(iter(SCHEMES.values()))
    judged = judge_scheme(scheme, Facts(), date(2026, 12, 1))
    turned = judged[::-1]
    assert [one.is_of_dates for one in judged] == [True, *[False] * (len(judged) - 1)]
    assert set(rules_among(turned)) == set(rules_among(judged)) == set(judged[1:])
    assert takes_applications(turned) is takes_applications(judged) is (judged[0].verdict is Verdict.MET)
    assert takes_applications(())


def test_no_rules_are_all_met_and_the_worst_verdict_decides() -> None:
    assert overall(()) is MET
    assert overall(rules_among(judge_scheme(instrument("s", "S"), Facts(), TODAY))) is MET


def optional(values: Any) -> Any:  # noqa: ANN401
    return st.none() | values


PARTIES = st.builds(
    Party,
    type=optional(st.sampled_from(ActorType)),
    country=optional(st.sampled_from(["NO", "SE"])),
    approved_research_org=optional(st.booleans()),
)
PERCENT = st.integers(0, 100).map(Decimal)
ADDED: dict[str, Any] = {
    "applicant_type": st.sampled_from(ActorType),
    "fylkesnummer": st.sampled_from(["50", "46", "34", "31"]),
    "partners": st.lists(PARTIES, max_size=3).map(tuple),
    "public_share": PERCENT,
    "own_share": PERCENT,
    "stage": st.sampled_from(ProjectStage),
    "rd_experience": st.sampled_from(Experience),
    "recent_project": st.booleans(),
    "no_earlier_doctorate": st.booleans(),
    "candidate_employed": st.booleans(),
    "starts_on": st.sampled_from(["2026", "2026-09", "2026-12-01", "2030"]),
    "months": st.integers(1, 60),
    "purposes": st.lists(st.sampled_from(Purpose), max_size=2).map(tuple),
    "words": st.lists(st.sampled_from(["helse", "lokalmat", "hospital"]), max_size=2).map(tuple),
    "talked_to_broker": st.booleans(),
}
FACTS = st.builds(Facts, **{name: optional(values) for name, values in ADDED.items()})
ANY_RULE = st.sampled_from(sorted(RULES)).map(RULES.__getitem__)
DAYS = st.dates(date(2014, 1, 1), date(2030, 1, 1))
BY_ITS_FACT = st.sampled_from(sorted(ADDED)).flatmap(lambda name: st.tuples(st.just(name), ADDED[name]))


def with_fact(facts: Facts, name: str, value: object) -> Facts:
    """Return facts with one more; what was told stays told."""
    if name == "partners" and isinstance(value, tuple):
        return facts.model_copy(update={name: (*(facts.partners or ()), *value)})
    return facts if getattr(facts, name) is not None else facts.model_copy(update={name: value})


@given(ANY_RULE, FACTS, DAYS, BY_ITS_FACT)
def test_what_a_fact_has_settled_no_further_fact_unsettles(
    criterion: Criterion, facts: Facts, day: date, added: tuple[str, object]
) -> None:
    before = judge(criterion, facts, day).verdict
    after = judge(criterion, with_fact(facts, *added), day).verdict
    assert before is UNKNOWN or after is before


RANK = {UNMET: 0, UNKNOWN: 1, MET: 2}


@given(st.sampled_from(sorted(SCHEMES)), FACTS, DAYS, BY_ITS_FACT)
def test_a_met_fact_never_worsens_the_verdict_on_a_scheme(
    slug: str, facts: Facts, day: date, added: tuple[str, object]
) -> None:
    scheme, more = SCHEMES[slug], with_fact(facts, *added)
    rules = [one for _, one in criteria_of(scheme)]
    if all(judge(one, more, day).verdict is not UNMET or judge(one, facts, day).verdict is UNMET for one in rules):
        before, after = overall(judge_scheme(scheme, facts, day)), overall(judge_scheme(scheme, more, day))
        assert RANK[after] >= RANK[before]


@given(ANY_RULE, DAYS)
def test_without_a_fact_only_the_day_can_refuse(criterion: Criterion, day: date) -> None:
    assert judge(criterion, Facts(), day).verdict is not UNMET or criterion.kind == "period"


IN_PART = {"fylkesnummer": ["50", "46"], "kommunenummer": ["4647", "4640"]}


@pytest.mark.parametrize(
    ("county", "municipality", "verdict"),
    [
        ("46", "4647", Verdict.MET),
        ("46", "4618", Verdict.UNMET),
        ("46", None, Verdict.UNKNOWN),
        ("50", "5001", Verdict.MET),
        ("50", None, Verdict.MET),
        ("11", "1108", Verdict.UNMET),
    ],
)
def test_of_a_county_only_the_municipalities_that_belong_may_apply(
    county: str, municipality: str | None, verdict: Verdict
) -> None:
    facts = Facts(fylkesnummer=county, kommunenummer=municipality, country="NO")
    assert judge(rule("applicant_place", **IN_PART), facts, TODAY).verdict is verdict


def test_a_county_of_which_only_a_part_may_belong_stays_unsure_within_that_part() -> None:
    maybe = rule("applicant_place", fylkesnummer=["50"], unsure_fylkesnummer=["46"], kommunenummer=["4647"])
    verdicts = {
        number: judge(maybe, Facts(fylkesnummer="46", kommunenummer=number, country="NO"), TODAY).verdict
        for number in ("4647", "4618")
    }
    assert verdicts == {"4647": Verdict.UNKNOWN, "4618": Verdict.UNMET}
