"""What is told in a thread holds: of what was asked, of a scheme's rules and dates, and with a way on that exists."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

from assistant.cases.cases import CaseState
from assistant.desk.case_page import next_key
from assistant.dialogue.conversation import Aspect, ConversationState, Intent, ListedSuggestion
from assistant.dialogue.turn_facts import facts_of_turn
from assistant.dialogue.turn_parser import parse_turn
from assistant.funding.calendar import ExpectedRound, expected_round
from assistant.funding.rule_sentences import verdict_sentence
from assistant.funding.rules import evaluate_rule
from assistant.funding.schemes import NamedRecord, SchemeStatus
from assistant.funding.suitability import Suitability, TopicFit
from assistant.funding.verdicts import Judgement, RuleValue, Verdict
from assistant.matching.answers import Answer, Scheme
from assistant.platform.messages import messages
from assistant.platform.settings import Settings
from assistant.render.fact_sentences import facts_text
from assistant.render.follow_up import follow_up_parts
from assistant.render.replies import note_sentences
from assistant.render.rows import rule_tags_of, tag_of
from assistant.render.sentences import rules, suits
from assistant.render.summary import summary_text
from assistant.render.terminal import TerminalReply
from assistant.service.messages import FollowUpAnswer, FollowUpRow, Reply, ReplyKind
from corpus.criteria import PeriodCriterion
from corpus.records import Kind
from corpus.text import Language
from tests.assistant.services import Small
from tests.assistant.test_freshness import scheme as called
from tests.assistant.test_render import answer, partner, scheme
from tests.records import SOURCE, text

NB = messages(Language.NB)
SHOWN = (
    ListedSuggestion(id="idea:buss", kind=Kind.IDEA, name="Skolebuss"),
    ListedSuggestion(id="actor:dept", kind=Kind.ACTOR, name="NTNU Institutt for bygg- og miljøteknikk"),
    ListedSuggestion(id="actor:sintef", kind=Kind.ACTOR, name="SINTEF Community"),
    ListedSuggestion(id="actor:county", kind=Kind.ACTOR, name="Rogaland fylkeskommune"),
    ListedSuggestion(id="instrument:a", kind=Kind.INSTRUMENT, name="Klimaposten"),
    ListedSuggestion(id="instrument:b", kind=Kind.INSTRUMENT, name="Vannposten"),
)
THREAD = ConversationState(question="lekkasjer i ledningsnettet", language=Language.NB, shown=SHOWN)


def asked(said: str) -> list[str]:
    return [item.id for item in parse_turn(said, THREAD).items]


@pytest.mark.parametrize("said", ["hvem kan betale", "hvem betaler", "kven kan finansiere det", "hvem støtter slikt"])
def test_who_pays_asks_for_schemes(said: str) -> None:
    turn = parse_turn(said, THREAD)
    assert (turn.intent, turn.kind) == (Intent.KIND, Kind.INSTRUMENT)


@pytest.mark.parametrize("only", [Kind.ACTOR, Kind.INSTRUMENT])
def test_an_answer_of_one_kind_says_nothing_of_another(only: Kind) -> None:
    found = answer(ideas=(), only=only)
    others = {"schemes": ()} if only is Kind.ACTOR else {"partners": ()}
    found = found.model_copy(update=others)
    assert "Jeg fant ingen" not in summary_text(found, NB)


@pytest.mark.parametrize(
    ("said", "items"),
    [
        ("kan vi søke?", ["instrument:a"]),
        ("kan vi søke på nr 2? vi er en kommune med 100000 innbyggere", ["instrument:b"]),
        ("do we qualify? we are a municipality in Rogaland with 5000 inhabitants", ["instrument:a"]),
        ("kan vi søke på Vannposten", ["instrument:b"]),
        ("hva kan vi søke på da", ["instrument:a", "instrument:b"]),
    ],
)
def test_whether_somebody_qualifies_is_asked_of_a_scheme(said: str, items: list[str]) -> None:
    assert parse_turn(said, THREAD).intent is Intent.QUALIFY
    assert asked(said) == items


def judged(verdict: Verdict, key: str, *values: RuleValue) -> Judgement:
    return Judgement("c", verdict, text("Minst 20 prosent dekker søkeren."), key, SOURCE, values)


OPEN, CLOSED = judged(Verdict.MET, "status.open"), judged(Verdict.UNKNOWN, "status.closed")
MET = judged(Verdict.MET, "rule.dialogue.met")
SHARE = judged(Verdict.UNKNOWN, "rule.own_share.unknown", RuleValue(name="percent", items=("20",)))


def told(about: Intent, *schemes: Scheme, aspects: tuple[Aspect, ...] = ()) -> list[str]:
    rows = tuple(FollowUpRow(suggestion=one, position=number) for number, one in enumerate(schemes, start=1))
    return [bit.text for bit in follow_up_parts(FollowUpAnswer(about=about, rows=rows, aspects=aspects), NB, None)]


@pytest.mark.parametrize("status", [SchemeStatus.OPEN, SchemeStatus.CLOSED])
@pytest.mark.parametrize(
    "judgements", [(), (MET,), (MET, SHARE), (judged(Verdict.UNKNOWN, "rule.applies_to.unknown"),)]
)
def test_a_verdict_says_what_its_lines_show(status: SchemeStatus, judgements: tuple[Judgement, ...]) -> None:
    dates = OPEN if status is SchemeStatus.OPEN else CLOSED
    lines = told(Intent.QUALIFY, scheme(status, eligibility=(dates, *judgements), overall=Verdict.UNKNOWN))
    assert lines[1].startswith("Kanskje") == any(line.startswith("?") for line in lines)
    assert lines[1].startswith("Ja") == (MET in judgements and SHARE not in judgements)


@pytest.mark.parametrize("about", [Intent.QUALIFY, Intent.TERMS])
@pytest.mark.parametrize("dates", [OPEN, CLOSED])
def test_what_the_dates_say_is_told_from_the_rules_wherever_it_stands(about: Intent, dates: Judgement) -> None:
    aspects = (Aspect.APPLICANTS, Aspect.OWN_SHARE)
    first = scheme(SchemeStatus.CLOSED, eligibility=(dates, MET, SHARE))
    last = scheme(SchemeStatus.CLOSED, eligibility=(MET, SHARE, dates))
    assert told(about, first, aspects=aspects) == told(about, last, aspects=aspects)
    assert rules(first, NB) == rules(last, NB)
    assert rule_tags_of(first, NB) == rule_tags_of(last, NB)


def test_the_name_of_an_owner_is_no_deadline() -> None:
    owner = NamedRecord(id="actor:f", name=text("Fristedet"))
    assert told(Intent.TERMS, scheme(SchemeStatus.CLOSED, owner=owner))[1] == NB.text("told.deadline.unknown")


def test_each_of_several_schemes_has_its_line_also_where_it_is_the_same() -> None:
    plain = scheme(SchemeStatus.ROLLING, eligibility=(OPEN, MET))
    other = plain.model_copy(update={"id": "instrument:o", "name": text("Vannposten")})
    lines = told(Intent.QUALIFY, plain, other)
    assert lines[1] == lines[lines.index("2. Vannposten") + 1]
    unknown = told(Intent.TERMS, plain, other, aspects=(Aspect.AMOUNT,))
    assert unknown.count("Beløpet står ikke i det jeg har lest av utlysningen.") == 2


def test_own_contribution_is_told_as_such() -> None:
    for said in ("og egenandel?", "hvor mye må vi betale selv?"):
        assert parse_turn(said, THREAD).aspects == (Aspect.OWN_SHARE,)
    one = scheme(SchemeStatus.ROLLING, eligibility=(OPEN, SHARE))
    assert told(Intent.TERMS, one, aspects=(Aspect.OWN_SHARE,))[1] == "Egenandel: Minst 20 prosent dekker søkeren."
    assert "Egenandelen står ikke" in told(Intent.TERMS, scheme(SchemeStatus.OPEN), aspects=(Aspect.OWN_SHARE,))[1]


@pytest.mark.parametrize(
    ("said", "start", "met"),
    [
        ("oppstart høsten 2027", "2027-08", True),
        ("vi starter våren 2027", "2027-08", False),
        ("oppstart mars 2028", "2027-08", True),
        ("oppstart 2027", "2027-08", None),
    ],
)
def test_a_start_that_was_told_settles_what_it_can_and_is_not_asked_again(
    said: str, start: str, met: bool | None
) -> None:
    rule = PeriodCriterion.model_validate(
        {"id": "criterion:r", "kind": "period", "text": text("Start"), "source": SOURCE, "start_from": start}
    )
    result = evaluate_rule(rule, facts_of_turn(said), date(2026, 11, 30))
    assert result.verdict is {True: Verdict.MET, False: Verdict.UNMET, None: Verdict.UNKNOWN}[met]
    assert result.missing is None


def test_what_was_told_is_confirmed_as_it_was_told() -> None:
    assert facts_text(facts_of_turn("oppstart høsten 2027"), NB) == "oppstart høsten 2027"
    assert facts_text(facts_of_turn("vi kan dekke egenandel på 30 prosent"), NB) == "30 prosent egenandel"


def test_who_takes_part_is_who_was_said() -> None:
    assert parse_turn("hva med SINTEF da", THREAD).intent is not Intent.FACT
    turn = parse_turn("vi har med NTNU", THREAD)
    assert turn.intent is Intent.FACT
    assert turn.items == ()


def test_what_was_told_is_confirmed_once(small: Small) -> None:
    small.say("sepsis")
    assert " ".join(note_sentences(small.say("vi er 4 kommuner i Trøndelag"))).count("Trøndelag") == 1
    assert "NTNU er med" in " ".join(note_sentences(small.say("vi har med NTNU")))


def test_whoever_gives_a_number_to_be_called_on_is_told_that_it_is_not_kept(small: Small) -> None:
    reply = small.say("ring meg på 91234567")
    assert reply.kind is ReplyKind.CONTACT
    assert "telefonnummer" in " ".join(note_sentences(reply))


def printed(reply: Reply, contact: str | None, address: str | None) -> str:
    buffer = io.StringIO()
    Console(file=buffer, width=400, highlight=False).print(TerminalReply(reply, 3, contact, address=address))
    return buffer.getvalue()


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    ("contact", "address", "way"),
    [
        ("Kari, 22 00 00 00", None, "22 00 00 00"),
        (None, "https://m.example", "https://m.example"),
        (None, None, "serve"),
    ],
)
def test_a_terminal_names_a_way_on_that_is_there(
    language: Language, contact: str | None, address: str | None, way: str
) -> None:
    for reply in (
        Reply(kind=ReplyKind.CONTACT, language=language),
        Reply(kind=ReplyKind.TOLD, language=language, told=FollowUpAnswer(about=Intent.SAVE)),
    ):
        said = printed(reply, contact, address)
        assert way in said
        assert "snakk med megleren" not in said


@pytest.mark.parametrize(
    ("reached", "told"),
    [
        ({"email": "fou@gard.example", "url": "https://gard.example"}, "Til: fou@gard.example"),
        (
            {"email": None, "url": "https://gard.example"},
            "Vi kjenner ingen e-postadresse til dem. Se etter en på nettsiden: https://gard.example",
        ),
        ({"email": None, "url": None}, "Vi kjenner ingen e-postadresse til dem. Megleren kan hjelpe."),
    ],
)
def test_a_draft_goes_to_an_e_mail_address_or_says_that_none_is_known(
    reached: dict[str, str | None], told: str
) -> None:
    row = FollowUpRow(suggestion=partner().model_copy(update=reached), position=1)
    parts = follow_up_parts(FollowUpAnswer(about=Intent.DRAFT, rows=(row,)), NB, None)
    assert told in [part.text for part in parts]
    assert [part.text for part in parts if part.text.startswith("Til: http")] == []


DUE = ExpectedRound(on="2026-11", basis="observed", years=(2024, 2025), source=SOURCE, is_due=True)


def test_a_month_that_has_come_is_not_told_as_coming() -> None:
    one = scheme(SchemeStatus.CLOSED, suitability=Suitability(topic=TopicFit.ANY, expected=DUE))
    found: Answer = answer(partners=(partner(),), schemes=(one,))
    assert "ventes" not in summary_text(found, NB) + tag_of(one, NB).text
    assert "var ventet i november 2026" in summary_text(found, NB)


@pytest.mark.parametrize(
    ("deadline", "on"), [("2025-11-20", "2026-11"), ("2026-10-31", "2027-11"), ("2026-11-05", "2027-11")]
)
def test_a_round_whose_deadline_has_passed_is_next_year(deadline: str, on: str) -> None:
    seen = {"month": 11, "basis": "observed", "years": (2024, 2025), "source": SOURCE}
    found = expected_round(called("s", deadline=deadline, recurrence=[seen]), date(2026, 11, 30))
    assert found is not None
    assert found.on == on


@pytest.mark.parametrize(
    ("today", "on", "is_due"),
    [
        (date(2026, 11, 30), "2026-12-01", False),
        (date(2026, 12, 1), "2026-12", True),
        (date(2026, 12, 2), "2027-12-01", False),
    ],
)
def test_a_day_that_has_come_is_no_day_ahead(today: date, on: str, is_due: bool) -> None:
    seen = {"month": 12, "day": 1, "basis": "observed", "years": (2024, 2025), "source": SOURCE}
    found = expected_round(called("s", deadline="2025-12-01", recurrence=[seen]), today)
    assert found is not None
    assert (found.on, found.is_due) == (on, is_due)
    one = scheme(SchemeStatus.CLOSED, suitability=Suitability(topic=TopicFit.SAME, expected=found))
    told = summary_text(answer(partners=(partner(),), schemes=(one,)), NB)
    assert ("neste frist ventes" in told) is not is_due


def test_no_code_stands_for_a_place() -> None:
    home = judged(Verdict.MET, "rule.applicant_place.met", RuleValue(name="place", items=("NO",)))
    county = judged(Verdict.MET, "rule.applicant_place.met", RuleValue(name="place", items=("34",)))
    assert verdict_sentence(home, Language.NB) == "Dere holder til på rett sted: Norge."
    assert verdict_sentence(county, Language.NB) == "Dere holder til på rett sted: Innlandet."
    assert rules(scheme(SchemeStatus.OPEN, eligibility=(OPEN, home)), NB)


def test_a_name_that_ends_with_a_full_stop_ends_the_sentence() -> None:
    assert NB.text("summary.money.undated", scheme="Offentlig sektor-ph.d.") == (
        "Penger kan komme fra Offentlig sektor-ph.d."
    )


def test_what_a_scheme_is_about_first_of_all_is_named() -> None:
    one = Suitability(topic=TopicFit.SAME, themes=("bygging",), main="omsorgstjenester", activities=("investment",))
    assert suits(one, NB) == ["Betaler investeringer innen omsorgstjenester og bygging."]


def test_an_answer_is_only_promised_where_it_can_come(tmp_path: Path) -> None:
    plain = Settings(home=tmp_path)
    assert next_key(CaseState.SENT, plain) == "case.next.sent_unlinked"
    linked = plain.model_copy(update={"web_base_url": "https://m.example"})
    assert next_key(CaseState.SENT, linked) == "case.next.sent"
