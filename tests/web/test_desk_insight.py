"""Needs, reports and vocabulary on the desk: for brokers alone, of nobody, and acted on in a click."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from html import unescape

import pytest
from starlette.testclient import TestClient

from assistant.access.accounts import AccountRole
from assistant.desk.needs import Resolution, open_needs, resolve_needs
from assistant.matching.answers import Outcome
from assistant.platform.people import Asker, Channel
from assistant.platform.workdays import norwegian_day
from assistant.service.container import Runtime
from assistant.service.messages import ActionType, UserAction, UserMessage
from corpus.vocabulary import Concept
from tests.assistant.test_paper import read, words_in
from tests.web.conftest import LogIn

PIANO = ("hvem stemmer piano?", "kven stemmer piano?", "hvem stemmer et piano?")
PIZZA = "=best pizza <script>alert(1)</script> in town"
PATHS = ("/desk/needs", "/desk/reports", "/desk/reports.csv", "/desk/reports.xlsx", "/desk/reports.pdf",
         "/desk/reports/yearly/county.docx?year=2026", "/desk/vocabulary",
         "/desk/needs/invitation?question=x")  # fmt: skip


@pytest.fixture
def asked(runtime: Runtime) -> Runtime:
    for number, text in enumerate([*PIANO, *PIANO, PIZZA]):
        asker = Asker(channel=Channel.WEB, tenant="web", user=f"visitor:{number}")
        runtime.service.set_profile(asker, language=None, kommunenummer="5038")
        runtime.service.handle(UserMessage(key=f"q{number}", asker=asker, conversation=f"c{number}", text=text))
    return runtime


@pytest.fixture
def broker(log_in: LogIn) -> TestClient:
    return log_in(AccountRole.BROKER)


def test_they_are_for_brokers_alone(client: TestClient, log_in: LogIn) -> None:
    contact = log_in(AccountRole.CONTACT)
    for path in PATHS:
        assert client.get(path).status_code == 303
        assert contact.get(path).status_code == 403
    for path in ("/desk/needs/deal", "/desk/needs/take-back", "/desk/vocabulary/labels"):
        assert client.post(path).status_code == 401
        assert contact.post(path).status_code == 403


def test_like_questions_are_one_need_and_nobody_is_told_of(broker: TestClient, asked: Runtime) -> None:
    needs = open_needs(asked)
    assert [(need.times, need.askers, need.municipalities) for need in needs] == [(6, 6, 1), (1, 1, 1)]
    page = unescape(broker.get("/desk/needs").text)
    assert "Spurt 6 ganger av 6." in page
    assert "visitor:" not in page
    assert "<script>alert" not in broker.get("/desk/needs").text


def test_a_need_that_is_dealt_with_is_gone_until_it_is_opened_again(broker: TestClient, asked: Runtime) -> None:
    piano, pizza = open_needs(asked)
    broker.post("/desk/needs/deal", data={"how": "handled", "need": " ".join([*piano.log_ids, "nothing"])})
    broker.post("/desk/needs/deal", data={"how": "dismissed", "need": " ".join(piano.log_ids)})
    assert open_needs(asked) == [pizza]
    page = broker.get("/desk/needs").text
    assert "(6) gjort noe med" in page
    together = re.search(r'name="together" value="([^"]+)"', page)
    assert together is not None
    broker.post("/desk/needs/take-back", data={"together": together[1]})
    assert open_needs(asked) == [piano, pizza]


def test_today_tells_of_the_needs_that_are_open_alone(broker: TestClient, asked: Runtime) -> None:
    assert re.search(r"Ubesvarte behov <span[^>]*>2<", broker.get("/desk").text)
    piano, _ = open_needs(asked)
    broker.post("/desk/needs/deal", data={"how": "handled", "need": " ".join(piano.log_ids)})
    page = broker.get("/desk").text
    assert re.search(r"Ubesvarte behov <span[^>]*>1<", page)
    assert piano.question not in unescape(page)


SEPSIS = "hvem kan hjelpe med tidlig oppdagelse av sepsis?"


def test_whatever_is_turned_down_or_not_helpful_is_a_need(runtime: Runtime) -> None:
    kari = Asker(channel=Channel.WEB, tenant="web", user="visitor:kari")
    for verb in (ActionType.NOT_FOR_US, ActionType.NOT_HELPFUL):
        reply = runtime.service.handle(UserMessage(key=verb, asker=kari, conversation=verb, text=SEPSIS))
        assert reply.answer is not None
        assert reply.answer.outcome is Outcome.MATCHED
        assert open_needs(runtime) == []
        first = reply.answer.partners[0].id if verb is ActionType.NOT_FOR_US else None
        runtime.service.act(UserAction(key=verb, asker=kari, log_id=str(reply.log_id), record_id=first, verb=verb))
        (need,) = open_needs(runtime)
        assert need.log_ids == [reply.log_id]
        assert resolve_needs(runtime, need.log_ids, Resolution.HANDLED, "b") == 1
    assert open_needs(runtime) == []


def test_what_was_not_understood_is_a_need_with_its_thread_and_what_was_said_of_an_answer_is_none(
    broker: TestClient, runtime: Runtime
) -> None:
    kari = Asker(channel=Channel.WEB, tenant="web", user="visitor:kari")
    for thread, texts in (("u", (SEPSIS, "hvorfor nummer 1", "xyzzyplugh")), ("v", (SEPSIS, "bare universiteter"))):
        for text in texts:
            runtime.service.handle(UserMessage(key=thread + text, asker=kari, conversation=thread, text=text))
    (need,) = open_needs(runtime)
    assert need.question == "xyzzyplugh"
    page = unescape(broker.get(f"/desk/needs/thread/{need.log_ids[0]}").text)
    assert page.index(SEPSIS) < page.index("hvorfor nummer 1") < page.index("xyzzyplugh")
    assert "visitor:" not in page
    assert broker.get("/desk/needs/thread/nothing").status_code == 404


def test_more_answers_than_a_form_has_fields_are_dealt_with_at_once(broker: TestClient, asked: Runtime) -> None:
    piano, pizza = open_needs(asked)
    many = " ".join([*piano.log_ids, *(f"{number:016x}" for number in range(2_000))])
    assert broker.post("/desk/needs/deal", data={"how": "handled", "need": many}).status_code == 303
    assert open_needs(asked) == [pizza]


def test_what_was_answered_well_is_no_open_need(broker: TestClient, asked: Runtime) -> None:
    kari = Asker(channel=Channel.WEB, tenant="web", user="visitor:kari")
    reply = asked.service.handle(
        UserMessage(key="s", asker=kari, conversation="s", text="hvem kan hjelpe med tidlig oppdagelse av sepsis?")
    )
    broker.post("/desk/needs/deal", data={"how": "handled", "need": str(reply.log_id)})
    assert "sepsis" not in broker.get("/desk/needs").text


def test_a_record_is_begun_and_a_letter_written_from_a_need(broker: TestClient, asked: Runtime) -> None:
    page = unescape(broker.get("/desk/needs").text)
    begun = re.search(r'href="(/desk/records/new\?kind=idea&question=[^"]+piano[^"]*)"', page)
    assert begun is not None
    assert "piano" in broker.get(begun[1]).text
    for language, words in (
        ("nb", "Vi fant ingen"),
        ("nn", "Vi fann ingen"),
        ("en", "We found nobody"),
    ):
        query = {"question": PIANO[0], "to": "actor:ks", "letter": language}
        letter = unescape(broker.get("/desk/needs/invitation", params=query).text)
        assert words in letter
        assert PIANO[0] in letter
        assert "KS" in letter


def test_a_group_of_needs_is_named_and_a_fund_can_be_told_of_it(broker: TestClient, runtime: Runtime) -> None:
    asker = Asker(channel=Channel.WEB, tenant="web", user="visitor:fund")
    text = "hvem vil betale for sepsis hos en pianostemmer?"
    reply = runtime.service.handle(UserMessage(key="fund", asker=asker, conversation="fund", text=text))
    act = UserAction(key="fund act", asker=asker, log_id=reply.log_id or "", verb=ActionType.NOT_HELPFUL)
    runtime.service.act(act)
    page = unescape(broker.get("/desk/needs").text)
    assert re.search(r">[^<«]*[Ss]epsis[^<]*</h2>", page)
    assert f"«{text}»" in page
    letter = unescape(broker.get("/desk/needs/invitation", params={"question": text, "kind": "fund"}).text)
    assert "Et behov ingen ordning dekker" in letter
    assert "mailto:?subject=" in letter
    offered = re.findall(r'<option value="(actor:[^"]+)"', letter)
    assert "actor:norges-forskningsrad" in offered or any("forskning" in one for one in offered)
    assert len(offered) < len(
        re.findall(r'<option value="actor:', broker.get(f"/desk/needs/invitation?question={text}").text)
    )


def test_the_same_figures_stand_on_the_page_in_csv_and_in_excel_and_small_ones_in_none(
    broker: TestClient, asked: Runtime
) -> None:
    page = unescape(broker.get("/desk/reports").text)
    assert "Verdal kommune (5038)" in page
    answer = broker.get("/desk/reports.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"))
    municipalities = {row["label"]: row["number"] for row in rows if row["table"] == "Behov per kommune"}
    assert municipalities == {"Verdal kommune (5038)": "7", "Til sammen": "7"}
    months = [row["number"] for row in rows if row["table"] == "Behov per måned"]
    assert months[-2:] == ["7", "7"]
    assert not {row["number"] for row in rows} & {"1", "2", "3", "4"}
    book = broker.get("/desk/reports.xlsx")
    with zipfile.ZipFile(io.BytesIO(book.content)) as parts:
        sheets = [name for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
        texts = [parts.read(name).decode() for name in (*sheets, "xl/sharedStrings.xml")]
    assert len(sheets) == 10
    assert "Verdal kommune (5038)" in texts[-1]
    assert "<f>" not in "".join(texts)


def test_word_and_pdf_say_what_the_page_says_and_files_are_named_by_place_and_time(
    broker: TestClient, asked: Runtime
) -> None:
    page = unescape(broker.get("/desk/reports?first=2026-01&last=2030-12&county=50").text)
    says = re.search(r'id="says"><strong>(.*?)</strong>', page)
    assert says is not None
    assert says[1].startswith("Trøndelag: 7 behov kom inn")
    for form in ("docx", "pdf", "xlsx", "csv"):
        answer = broker.get(f"/desk/reports.{form}?first=2026-01&last=2030-12&county=50")
        assert answer.status_code == 200
        named = f'attachment; filename="rapport-trondelag-2026-01-2030-12.{form}"'
        assert answer.headers["content-disposition"] == named
        if form in {"docx", "pdf"}:
            told = words_in(answer.content) if form == "docx" else read(answer.content)[1]
            told = " ".join(told.split())
            assert says[1] in told
            assert "Verdal kommune (5038)" in told
    assert broker.get("/desk/reports.exe").status_code == 404
    assert broker.get("/desk/reports?county=77").status_code == 422
    assert broker.get("/desk/reports.pdf?county=77").status_code == 422


def test_who_decides_on_the_next_year_gets_a_file_of_the_last(broker: TestClient, asked: Runtime) -> None:
    year = norwegian_day().year
    for audience, form in (("county", "docx"), ("rff", "pdf"), ("ksf", "xlsx")):
        answer = broker.get(f"/desk/reports/yearly/{audience}.{form}?year={year}&county=50")
        assert answer.status_code == 200
        assert f'"arsrapport-{audience}-trondelag-{year}.{form}"' in answer.headers["content-disposition"]
    pages, told = read(broker.get(f"/desk/reports/yearly/rff.pdf?year={year}").content)
    assert pages >= 1
    assert f"Årsrapport til regionalt forskningsfond, hele landet {year}" in " ".join(told.split())
    assert "Behov per kommune" not in told
    assert broker.get(f"/desk/reports/yearly/nobody.pdf?year={year}").status_code == 422


@pytest.mark.parametrize("query", ["first=x", "first=2026-13", "first=2026-05&last=2026-01"])
def test_a_period_that_is_none_is_told(broker: TestClient, query: str) -> None:
    assert broker.get(f"/desk/reports?{query}").status_code == 422
    assert broker.get(f"/desk/reports.csv?{query}").status_code == 422


def test_concepts_are_found_by_their_words_with_how_many_records_speak_of_them(broker: TestClient) -> None:
    page = unescape(broker.get("/desk/vocabulary?q=blodforgiftning").text)
    row = re.search(r'<tr id="concept-sepsis">.*?<td>(\d+)</td></tr>', page, re.DOTALL)
    assert row is not None
    assert int(row[1]) > 0


def test_a_word_that_three_have_used_and_no_concept_knows_is_added_to_one(broker: TestClient, asked: Runtime) -> None:
    page = unescape(broker.get("/desk/vocabulary").text)
    assert 'name="word" value="piano"' in page
    assert "pizza" not in page
    added = {"concept": "concept:sepsis", "word": "piano", "language": "nb"}
    broker.post("/desk/vocabulary/labels", data=added)
    concept = asked.store.get("concept:sepsis").record
    assert isinstance(concept, Concept)
    assert "piano" in concept.alt_labels.nb
    assert 'name="word" value="piano"' not in unescape(broker.get("/desk/vocabulary").text)
    before = asked.store.revision()
    broker.post("/desk/vocabulary/labels", data={**added, "concept": "actor:ks"})
    assert asked.store.revision() == before
    assert "Ingenting ble endret" in broker.get("/desk/vocabulary").text
