"""What a scheme has in common with a need by a broad theme alone does not put it before what is general."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.funding.calendar import Calendar
from assistant.funding.suitability import SchemeNeed, SubjectFit, TopicFit, fit_of
from assistant.funding.verdicts import Facts, Verdict
from assistant.matching.scheme_ranking import FoundScheme, SchemeRanker
from corpus.records import Activity, FundingInstrument, Kind
from index.retrieval.fusion import Candidate
from index.scoring.ranking import MatchConfidence
from tests.records import SOURCE, instrument

NEED = SchemeNeed({"samfunnssikkerhet-og-beredskap": 0.5, "varslingstjenester": 0.4}, (), Calendar(date(2026, 12, 1)))
BROAD = instrument("broad", "Flomposten", los=("samfunnssikkerhet-og-beredskap",))
NARROW = instrument("narrow", "Varselposten", los=("varslingstjenester",))
ANY = instrument("any", "Alleposten", any_topic=True)
NEAR, FAR = 0.9, 0.1


def test_a_theme_of_the_first_level_is_no_topic_in_common() -> None:
    assert NEED.topic(BROAD)[0] is TopicFit.BROAD
    assert NEED.topic(NARROW)[0] is TopicFit.SAME


def test_what_shares_only_a_broad_theme_comes_after_narrower_and_general_ones_unless_it_is_alike() -> None:
    worths = {one.id: fit_of(one, NEED, FAR).worth(Verdict.MET) for one in (BROAD, NARROW, ANY)}
    assert worths[BROAD.id] < min(worths[NARROW.id], worths[ANY.id])
    assert fit_of(BROAD, NEED, NEAR).worth(Verdict.MET) >= fit_of(ANY, NEED, FAR).worth(Verdict.MET)


TODAY = date(2026, 12, 1)
CARE = {"omsorgstjenester": 0.8}
GENERAL = instrument("general", "Alleposten", any_topic=True, activities=["innovation"])
ELDERLY = instrument("elderly", "Døgnposten", los=("omsorgstjenester",), activities=["training"])


def ranked(
    *found: tuple[FundingInstrument, SubjectFit], wanted: tuple[Activity, ...] = (), likeness: float = 0.9
) -> list[str]:
    """Return schemes in the order of an answer; the general one is hardly alike."""
    ranker = SchemeRanker(Facts(activities=wanted or None), Calendar(TODAY), CARE)
    some = [
        FoundScheme(one, Candidate(one.id, Kind.INSTRUMENT, {}, 0.0), likeness, subject=subject)
        for one, subject in found
    ]
    some.append(FoundScheme(GENERAL, Candidate(GENERAL.id, Kind.INSTRUMENT, {}, 0.0), 0.1))
    return [one.scheme.id.removeprefix("instrument:") for one in SchemeRanker.ranked(ranker, some, 5)]


@pytest.mark.parametrize("subject", [SubjectFit.MAIN, SubjectFit.NAMED, SubjectFit.SHARED])
def test_a_scheme_of_the_theme_and_the_subject_comes_before_what_is_for_any_theme(subject: SubjectFit) -> None:
    assert ranked((ELDERLY, subject)) == ["elderly", "general"]


@pytest.mark.parametrize("wanted", [(), (Activity.TRAINING,)])
def test_a_scheme_for_another_group_comes_after_what_is_for_any_theme_though_it_pays_for_what_is_wanted(
    wanted: tuple[Activity, ...],
) -> None:
    assert "elderly" not in ranked((ELDERLY, SubjectFit.ELSEWHERE), wanted=wanted)[:1]


@pytest.mark.parametrize("wanted", [(), (Activity.TRAINING,)])
def test_a_theme_in_common_alone_comes_after_what_is_for_any_theme_however_alike_the_rest_is(
    wanted: tuple[Activity, ...],
) -> None:
    assert ranked((ELDERLY, SubjectFit.UNSHARED), wanted=wanted, likeness=1.0)[0] == "general"


def test_what_a_scheme_is_narrowed_to_first_of_all_makes_it_fit_under_whatever_theme() -> None:
    other = instrument("other", "Samisk post", los=("kultur",))
    assert ranked((other, SubjectFit.MAIN)) == ["other", "general"]
    assert ranked((other, SubjectFit.NAMED))[0] == "general"


def test_a_scheme_for_any_theme_that_is_more_for_others_comes_after_one_that_is_for_all() -> None:
    others = instrument("others", "Sparepenger", any_topic=True, activities=["innovation"])
    assert ranked((others, SubjectFit.ELSEWHERE), likeness=0.1) == ["general", "others"]


def test_what_pays_for_buildings_only_is_worth_less_where_nobody_wants_to_build() -> None:
    building = instrument("building", "Byggeposten", los=("omsorgstjenester",), activities=["investment"])
    unasked = fit_of(building, SchemeNeed(CARE, (), Calendar(TODAY)), NEAR)
    asked = fit_of(building, SchemeNeed(CARE, (Activity.INVESTMENT,), Calendar(TODAY)), NEAR)
    served = fit_of(ELDERLY, SchemeNeed(CARE, (), Calendar(TODAY)), NEAR)
    assert unasked.worth(Verdict.MET) < served.worth(Verdict.MET) < asked.worth(Verdict.MET)


def test_what_a_scheme_pays_for_first_of_all_counts_most() -> None:
    need = SchemeNeed(CARE, (Activity.TRIAL,), Calendar(TODAY))
    kinds: tuple[tuple[str, ...], ...] = (("trial",), ("innovation", "trial"), ("innovation", "research", "trial"))
    schemes = [instrument("a", "A", any_topic=True, activities=some) for some in kinds]
    worths = [fit_of(one, need, NEAR).worth(Verdict.MET) for one in schemes]
    assert worths == sorted(worths, reverse=True)
    assert worths[-1] > fit_of(instrument("a", "A", any_topic=True, activities=["research"]), need, NEAR).worth(
        Verdict.MET
    )


def test_what_was_announced_long_ago_comes_after_what_was_announced_lately() -> None:
    def last_announced(year: int) -> FundingInstrument:
        call = {"id": "call:c", "title": {"nb": "U", "en": "C"}, "year": year, "deadline_type": "unknown"}
        return instrument("c", "C", los=("omsorgstjenester",), calls=[call | {"sources": [SOURCE]}])

    need = SchemeNeed(CARE, (), Calendar(TODAY))
    old, new = (fit_of(last_announced(year), need, NEAR).worth(Verdict.MET) for year in (2019, 2024))
    assert old < new


def last_announced(slug: str, year: int) -> FundingInstrument:
    call = {"id": f"call:{slug}", "title": {"nb": "U", "en": "C"}, "year": year, "deadline_type": "unknown"}
    return instrument(
        slug, slug, los=("omsorgstjenester",), activities=["service"], calls=[call | {"sources": [SOURCE]}]
    )


OLD, NEW = last_announced("old", 2020), last_announced("new", 2024)


def test_what_was_announced_long_ago_never_heads_a_list_where_something_newer_is_as_surely_about_the_need() -> None:
    assert ranked((OLD, SubjectFit.MAIN), (NEW, SubjectFit.MAIN))[:2] == ["new", "old"]
    ranker = SchemeRanker(Facts(), Calendar(TODAY), CARE)
    found = [
        FoundScheme(one, Candidate(one.id, Kind.INSTRUMENT, {}, 0.0), likeness, subject=SubjectFit.MAIN)
        for one, likeness in ((OLD, 0.9), (NEW, 0.6))
    ]
    assert [one.scheme.id for one in ranker.ranked(found, 5)] == [NEW.id, OLD.id]


def test_what_was_announced_long_ago_stays_before_what_is_for_any_theme() -> None:
    assert ranked((OLD, SubjectFit.MAIN)) == ["old", "general"]


def test_what_pays_for_other_work_than_is_wanted_comes_after_what_pays_for_it_and_third_at_the_latest() -> None:
    general = [instrument(f"any-{n}", "Alle", any_topic=True, activities=["trial"]) for n in range(5)]
    some = ranked((NEW, SubjectFit.MAIN), *((one, SubjectFit.SHARED) for one in general), wanted=(Activity.TRIAL,))
    assert some.index("new") == 2


@pytest.mark.parametrize("topic", [SubjectFit.ELSEWHERE, SubjectFit.SETTING, SubjectFit.UNSHARED])
def test_what_is_not_about_the_need_is_never_more_than_possible_however_near(topic: SubjectFit) -> None:
    county = instrument(
        "county",
        "Fylkesposten",
        los=("omsorgstjenester",),
        activities=["training"],
        scope={"level": "county", "fylkesnummer": ["50"]},
    )
    ranker = SchemeRanker(Facts(fylkesnummer="50", activities=(Activity.TRAINING,)), Calendar(TODAY), CARE)
    found = FoundScheme(county, Candidate(county.id, Kind.INSTRUMENT, {}, 0.0), 1.0, subject=topic)
    assert {one.confidence for one in ranker.ranked([found], 5)} <= {MatchConfidence.POSSIBLE}


SCOPE_ABROAD = {"level": "eu", "countries": ["NO", "SE"]}
EUROPEAN = instrument("europe", "Europaposten", los=("omsorgstjenester",), activities=["service"], scope=SCOPE_ABROAD)


def test_what_is_for_work_with_other_countries_heads_a_list_only_where_that_is_asked_for() -> None:
    assert ranked((EUROPEAN, SubjectFit.MAIN)) == ["general", "europe"]
    assert ranked((EUROPEAN, SubjectFit.ASKED)) == ["europe", "general"]


def test_of_what_is_for_any_theme_one_that_can_be_applied_for_heads_the_list() -> None:
    call = {"id": "call:past", "title": {"nb": "U", "en": "C"}, "year": 2023, "deadline_type": "unknown"}
    past = instrument("past", "Gammel", any_topic=True, activities=["innovation"], calls=[call | {"sources": [SOURCE]}])
    month = {"month": 9, "basis": "observed", "years": [2024, 2025], "source": SOURCE}
    coming = instrument("coming", "Ny", any_topic=True, activities=["innovation"], recurrence=[month])
    ranker = SchemeRanker(Facts(), Calendar(TODAY), CARE)
    found = [
        FoundScheme(one, Candidate(one.id, Kind.INSTRUMENT, {}, 0.0), likeness)
        for one, likeness in ((past, 0.5), (coming, 0.1))
    ]
    assert [one.scheme.id for one in ranker.ranked(found, 5)] == [coming.id, past.id]


def test_one_countys_own_money_comes_before_that_of_many() -> None:
    def of(slug: str, counties: list[str]) -> FundingInstrument:
        scope = {"level": "county", "fylkesnummer": counties}
        return instrument(slug, slug, any_topic=True, activities=["service"], scope=scope)

    few, many = of("few", ["31", "32"]), of("many", ["03", "31", "32", "33", "34"])
    ranker = SchemeRanker(Facts(fylkesnummer="31"), Calendar(TODAY), CARE)
    found = [FoundScheme(one, Candidate(one.id, Kind.INSTRUMENT, {}, 0.0), 0.5) for one in (many, few)]
    assert [one.scheme.id for one in ranker.ranked(found, 5)] == [few.id, many.id]


def test_money_for_a_part_of_a_county_waits_for_the_municipality_to_be_told() -> None:
    rule = {
        "id": "criterion:part",
        "kind": "applicant_place",
        "fylkesnummer": ["46"],
        "kommunenummer": ["4640"],
        "text": {"nb": "Sogn.", "en": "Sogn."},
        "source": SOURCE,
    }
    scope = {"level": "county", "fylkesnummer": ["46"]}
    part = instrument("part", "Del", any_topic=True, activities=["service"], scope=scope, criteria=[rule])

    def worth(municipality: str | None) -> float:
        ranker = SchemeRanker(Facts(fylkesnummer="46", kommunenummer=municipality), Calendar(TODAY), CARE)
        return ranker.judged(part, Candidate(part.id, Kind.INSTRUMENT, {}, 0.0)).suitability.worth

    assert worth("4618") < worth(None) < worth("4640")
