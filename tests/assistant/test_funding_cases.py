"""The cases a broker meets, asked through the product: who may apply, what is missing, what came after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from assistant.dialogue.understanding import Question
from assistant.funding.rule_sentences import question_back, verdict_sentence
from assistant.funding.schemes import SchemeStatus
from assistant.funding.verdicts import Fact, Facts, Verdict
from assistant.matching.answers import Answer, Scheme
from assistant.matching.matchmaker import Matchmaker
from assistant.platform.people import Asker, Channel
from assistant.platform.settings import Settings
from assistant.render.replies import questions_back
from assistant.runtime.bootstrap import open_runtime
from assistant.service.messages import Reply, UserMessage
from tests.assistant.conftest import Command

Ask = Callable[..., Answer]
TODAY = date(2026, 11, 25)


@pytest.fixture
def ask(filled_home: Path) -> Ask:
    from assistant.runtime.bootstrap import open_index_manager, open_store

    settings = Settings(home=filled_home)
    store = open_store(settings)
    keeper = open_index_manager(settings, store)

    def answer(text: str, today: date = TODAY, facts: Facts | None = None) -> Answer:
        return Matchmaker(store, keeper, lambda: today).answer(Question(text=text), facts=facts)

    return answer


def scheme(answer: Answer, slug: str) -> Scheme:
    return next(one for one in answer.schemes if one.id == f"instrument:{slug}")


def told(found: Scheme, verdict: Verdict, answer: Answer) -> list[str]:
    return [verdict_sentence(one, answer.language) for one in found.eligibility if one.verdict is verdict]


def test_a_municipality_of_trondelag_asks_for_interreg_without_and_with_a_swedish_partner(ask: Ask) -> None:
    without = ask("Vi er en kommune i Trøndelag uten svensk partner, kan vi søke Interreg?")
    found = scheme(without, "interreg-sverige-norge-2021-2027")
    assert found.overall is Verdict.UNMET
    assert "Dette mangler: en partner fra Sverige." in told(found, Verdict.UNMET, without)
    unsaid = ask("Vi er en kommune i Trøndelag, kan vi søke Interreg?")
    found = scheme(unsaid, "interreg-sverige-norge-2021-2027")
    assert "Vi vet ikke om dette er på plass: en partner fra Sverige." in told(found, Verdict.UNKNOWN, unsaid)
    with_one = ask("Vi er en kommune i Trøndelag og har en svensk partner, kan vi søke Interreg?")
    found = scheme(with_one, "interreg-sverige-norge-2021-2027")
    assert "Dette er på plass: en partner fra Sverige." in told(found, Verdict.MET, with_one)
    assert found.overall is Verdict.UNKNOWN


def test_a_company_cannot_apply_for_innovasjonsprosjekt_i_offentlig_sektor(ask: Ask) -> None:
    answer = ask("Vi er en bedrift, kan vi søke Innovasjonsprosjekt i offentlig sektor?")
    found = scheme(answer, "innovasjonsprosjekt-i-offentlig-sektor")
    assert told(found, Verdict.UNMET, answer) == ["Dere er en bedrift, og kan ikke søke."]
    assert any(one.overall is not Verdict.UNMET for one in answer.schemes)


def test_a_candidate_with_a_doctorate_is_ruled_out_of_the_public_sector_phd(ask: Ask) -> None:
    answer = ask("Kandidaten har doktorgrad fra før, kan vi få Offentlig sektor-ph.d.?")
    assert "Kandidaten har doktorgrad fra før." in told(scheme(answer, "offentlig-sektor-phd"), Verdict.UNMET, answer)


def test_a_county_that_asks_for_rff_in_another_region_is_outside_the_area(ask: Ask) -> None:
    answer = ask("Vestland fylkeskommune vil søke RFF Trøndelag, kan vi det?")
    found = scheme(answer, "rff-trondelag")
    assert found.overall is Verdict.UNMET
    # A line that shows no written form, from a county that writes nynorsk, is answered in it.
    assert "De held til utanfor området: Vestland." in told(found, Verdict.UNMET, answer)


def test_forkommune_in_2017_and_today(ask: Ask) -> None:
    then = scheme(ask("kan vi søke FORKOMMUNE?", date(2017, 5, 1)), "forkommune")
    assert then.status is not SchemeStatus.ENDED
    assert then.overall is not Verdict.UNMET
    answer = ask("kan vi søke FORKOMMUNE?")
    now = scheme(answer, "forkommune")
    assert (now.status, now.overall) == (SchemeStatus.ENDED, Verdict.UNMET)
    assert now.successor is not None
    assert now.successor.id in {one.id for one in answer.schemes}


def test_a_call_that_closes_between_two_days_is_open_on_the_one_and_not_on_the_other(ask: Ask) -> None:
    question = "kan vi søke Interreg Sverige–Norge 2021–2027?"
    before = scheme(ask(question, date(2024, 9, 15)), "interreg-sverige-norge-2021-2027")
    after = scheme(ask(question, date(2024, 9, 16)), "interreg-sverige-norge-2021-2027")
    assert (before.status, before.deadline) == (SchemeStatus.OPEN, date(2024, 9, 15))
    assert after.status is SchemeStatus.CLOSED
    assert after.deadline is None


@pytest.mark.parametrize("day", [TODAY, date(2027, 5, 24)])
@pytest.mark.parametrize(
    "written", ["Interreg Sverige-Norge", "Interreg Norge–Sverige", "Interreg Sweden-Norway", "Interreg 2021 2027"]
)
def test_the_programme_that_runs_comes_before_the_one_that_ended_however_its_name_is_written(
    ask: Ask, written: str, day: date
) -> None:
    order = [one.id for one in ask(written, day).schemes]
    running, ended = (f"instrument:interreg-sverige-norge-{years}" for years in ("2021-2027", "2014-2020"))
    assert order[0] == running
    assert ended not in order or order.index(running) < order.index(ended)


def test_a_name_is_the_same_however_its_words_are_joined(ask: Ask) -> None:
    for written in ("RFF Trøndelag", "RFF-Trøndelag", "rff trøndelag"):
        assert ask(written).schemes[0].id == "instrument:rff-trondelag"


def test_a_body_that_the_base_has_under_another_countys_name_is_not_the_one_that_was_named(ask: Ask) -> None:
    named = [
        one.id for one in ask("Nordland fylkeskommune").partners if any(why.kind == "named" for why in one.reasons)
    ]
    assert "actor:rogaland-fylkeskommune" not in named


@pytest.mark.parametrize(
    "question",
    [
        "hvilke ordninger gir støtte til en ansatt som vil ta doktorgrad?",
        "penger til forprosjekt om velferdsteknologi",
        "vi er en bedrift og trenger penger til forskning på bioøkonomi",
        "funding for research in a small municipality",
        "stønad til forsking på fråfall i skulen",
        "hvem gir støtte til innovasjon i bedrifter?",
        "skattefradrag for forskning",
        "vi er et sykehus som vil forske på sepsis, hvem gir penger?",
    ],
)
@pytest.mark.parametrize("today", [TODAY, date(2017, 5, 1), date(2030, 1, 1)])
def test_no_scheme_that_shuts_the_asker_out_is_among_the_first_three(ask: Ask, question: str, today: date) -> None:
    answer = ask(question, today)
    first = [one for one in answer.schemes[:3] if not any(reason.kind == "named" for reason in one.reasons)]
    assert [one.id for one in first if one.overall is Verdict.UNMET] == []


@pytest.mark.usefixtures("corpus_day")
def test_what_would_settle_a_scheme_is_asked_for_and_the_answer_sharpens(filled_home: Path) -> None:
    runtime = open_runtime(Settings(home=filled_home))
    asker = Asker(channel=Channel.WEB, tenant="web", user="kari")

    def say(number: int, text: str) -> Reply:
        return runtime.service.handle(UserMessage(key=str(number), asker=asker, conversation="c", text=text))

    first = say(1, "Vi er en kommune i Trøndelag og vil ha penger fra Interreg")
    asked = "Hva skal dere søke penger til: et forprosjekt, et hovedprosjekt eller noe annet?"
    assert questions_back(first)[0] == asked
    second = say(2, "et forprosjekt")
    assert [note.key for note in second.notes] == ["refined.facts"]
    assert asked not in questions_back(second)
    assert second.answer is not None
    found = scheme(second.answer, "interreg-sverige-norge-2021-2027")
    assert "Dere søker penger til et forprosjekt, og det passer." in told(found, Verdict.MET, second.answer)
    third = say(3, "hva med partnere?")
    assert third.answer is not None
    assert third.answer.facts.stage == "pre_project"
    runtime.close()


def test_the_municipality_that_somebody_chose_counts(filled_home: Path) -> None:
    runtime = open_runtime(Settings(home=filled_home))
    asker = Asker(channel=Channel.WEB, tenant="web", user="kari")
    runtime.service.set_profile(asker, language=None, kommunenummer="5038")
    asked = UserMessage(key="1", asker=asker, conversation="c", text="penger fra RFF Trøndelag")
    answer = runtime.service.handle(asked).answer
    assert answer is not None
    assert "Dere holder til på rett sted: Verdal." in told(scheme(answer, "rff-trondelag"), Verdict.MET, answer)
    runtime.close()


def test_an_answer_in_the_terminal_shows_rules_with_sign_and_sentence(filled_home: Path, mellomrom: Command) -> None:
    out = " ".join(
        mellomrom("ask", "--why", "Vi er en bedrift, kan vi søke Innovasjonsprosjekt i offentlig sektor?").out.split()
    )
    assert "✗ Dere er en bedrift, og kan ikke søke. Regelen: «" in out
    assert "Sjekk alltid utlysningen." in out


def test_every_question_back_is_a_question_in_every_language(ask: Ask) -> None:
    for text in ("kan vi søke Interreg?", "kan vi få støtte til ein doktorgrad?", "can we apply for funding from RFF?"):
        answer = ask(text)
        assert len(answer.asks) <= 2
        for missing in answer.asks:
            assert question_back(missing, answer.language).endswith("?")
    assert ask("hvem kan hjelpe med sepsis?").asks == ()


def test_a_fact_that_is_known_is_not_asked_for(ask: Ask) -> None:
    known = Facts.model_validate({"stage": "pre_project", "starts_on": "2026-12"})
    asked = {one.fact for one in ask("Vi er en kommune i Trøndelag, kan vi søke Interreg?", facts=known).asks}
    assert not asked & {Fact.STAGE, Fact.STARTS_ON}
