"""The broker's list of what waits: one list, what is due first; whatever is done there can be undone."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from starlette.testclient import TestClient

from assistant.access.accounts import AccountRole
from assistant.cases.cases import Case, CaseState, NewCase, PartnerAnswer
from assistant.cases.partner_answers import PartnerAnswers
from assistant.desk.catalogue import Catalogue
from assistant.desk.due_checks import CheckFilter, list_due_checks
from assistant.desk.freshness import in_order
from assistant.desk.queue import PER_PAGE, QueueQuery, WorkView, work_queue
from assistant.desk.search import search_desk
from assistant.desk.work_items import StateTone, WorkItem
from assistant.platform.messages import messages
from assistant.platform.people import Asker, Channel
from assistant.platform.workdays import norwegian_day
from assistant.render.cases import case_topic
from assistant.service.container import Runtime
from assistant.service.messages import ActionType, UserAction, UserMessage
from corpus.text import Language
from tests.web.conftest import LogIn

NB = messages(Language.NB)
KARI = Asker(channel=Channel.WEB, tenant="web", user="visitor:kari")


def opened(runtime: Runtime, number: int = 1, record: str = "actor:helse-nord-trondelag") -> Case:
    text = "hvem kan hjelpe med tidlig oppdagelse av sepsis?"
    reply = runtime.service.handle(UserMessage(key=f"q{number}", asker=KARI, conversation=f"c{number}", text=text))
    act = UserAction(
        key=f"a{number}",
        asker=KARI,
        log_id=str(reply.log_id),
        record_id=record,
        verb=ActionType.INTRODUCE,
        reply_to='{"name": "Kari", "contact": "fou@verdal.example"}',
    )
    case = runtime.service.act(act).case
    assert case is not None
    return case


def unanswered(runtime: Runtime, text: str = "best pizza in Oslo") -> None:
    runtime.service.handle(UserMessage(key=text, asker=KARI, conversation=text, text=text))


def rows(runtime: Runtime, view: WorkView = WorkView.MINE, broker: str = "Berit") -> list[WorkItem]:
    return list(work_queue(runtime, Catalogue(runtime.store), QueueQuery(broker, view), NB).items)


@pytest.fixture
def broker(log_in: LogIn) -> TestClient:
    return log_in(AccountRole.BROKER)


def test_cases_and_needs_stand_in_one_list_with_what_is_next(runtime: Runtime) -> None:
    case = opened(runtime)
    unanswered(runtime)
    first, second = rows(runtime)
    assert (first.key, first.partner, first.next) == (
        f"case:{case.id}",
        "Helse Nord-Trøndelag HF",
        "Skriv til partneren",
    )
    assert (second.title, second.state, second.detail) == ("best pizza in Oslo", "Svar mangler", "Spurt 1 gang")


def test_mine_is_what_i_follow_up_and_what_nobody_does(runtime: Runtime) -> None:
    case = opened(runtime)
    assert [row.key for row in rows(runtime)] == [f"case:{case.id}"]
    runtime.referrals.assign(case.id, "Anders", by="Anders")
    assert rows(runtime) == []
    assert [row.owner for row in rows(runtime, WorkView.ALL)] == ["Anders"]
    assert [row.owner for row in rows(runtime, broker="Anders")] == ["Anders"]


def test_what_is_over_its_date_is_told_and_stands_first(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    case = opened(runtime)
    assert rows(runtime, WorkView.OVERDUE) == []
    later = norwegian_day() + timedelta(days=40)
    monkeypatch.setattr("assistant.desk.queue.norwegian_day", lambda *_: later)
    (row,) = rows(runtime, WorkView.OVERDUE)
    assert row.key == f"case:{case.id}"
    assert row.tone is StateTone.OVER
    assert "40 dager" in row.state
    assert row.due_on is not None
    assert row.due_on <= later


def test_views_that_hold_nothing_are_not_shown(broker: TestClient, runtime: Runtime) -> None:
    page = broker.get("/desk").text
    assert "0 ting venter på deg" in page
    assert "view=overdue" not in page
    assert "view=needs" not in page
    unanswered(runtime)
    assert "view=needs" in broker.get("/desk").text


def test_rows_are_seen_to_together_and_all_of_it_is_undone_by_one_button(broker: TestClient, runtime: Runtime) -> None:
    case = opened(runtime)
    unanswered(runtime)
    keys = [row.key for row in rows(runtime)]
    answer = broker.post("/desk/queue", data={"row": keys, "view": "mine"}, follow_redirects=False)
    assert answer.status_code == 303
    page = unescape(broker.get(answer.headers["location"]).text)
    assert "Utført: 2." in page
    assert runtime.referrals.get(case.id).assigned_to == "broker 1"
    assert "best pizza in Oslo" not in page
    receipt = re.search(r'name="receipt" value="([^"]+)"', page)
    assert receipt is not None
    undone = broker.post("/desk/queue/undo", data={"receipt": receipt[1], "view": "mine"})
    assert "Angret. Det er som før." in broker.get(undone.headers["location"]).text
    assert runtime.referrals.get(case.id).assigned_to is None
    assert "best pizza in Oslo" in broker.get("/desk").text


def test_what_a_colleague_has_seen_to_is_left_as_it_is(broker: TestClient, runtime: Runtime) -> None:
    case = opened(runtime)
    (row,) = rows(runtime)
    runtime.referrals.assign(case.id, "Anders", by="Anders")
    broker.post("/desk/queue", data={"row": row.key})
    assert "Ingenting ble endret" in broker.get("/desk").text
    broker.post("/desk/queue/undo", data={"receipt": f":{case.id}"})
    assert runtime.referrals.get(case.id).assigned_to == "Anders"


@pytest.mark.parametrize("row", ["", "case:", "case:nothing", "need:x y", "record:actor:ntnu", "\ud800:", "x" * 5_000])
def test_rows_that_are_none_change_nothing(broker: TestClient, runtime: Runtime, row: str) -> None:
    case = opened(runtime)
    form = {"row": row.encode("utf-8", "surrogatepass")}
    assert broker.post("/desk/queue", data=form, follow_redirects=False).status_code == 303
    assert runtime.referrals.get(case.id) == case


@pytest.mark.parametrize("receipt", ["", ":", "::", "x:y,z", ",,,:,,,"])
def test_a_receipt_that_is_none_takes_nothing_back(broker: TestClient, receipt: str) -> None:
    answer = broker.post("/desk/queue/undo", data={"receipt": receipt}, follow_redirects=False)
    assert answer.status_code in {303, 422}


def test_a_long_list_has_pages_and_a_page_beyond_the_last_is_the_last(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    years_later = norwegian_day() + timedelta(days=3_000)
    monkeypatch.setattr("assistant.desk.queue.norwegian_day", lambda *_: years_later)
    catalogue = Catalogue(runtime.store)
    first = work_queue(runtime, catalogue, QueueQuery("Berit", WorkView.RECORDS), NB)
    last = work_queue(runtime, catalogue, QueueQuery("Berit", WorkView.RECORDS, 9_999), NB)
    assert len(first.items) == PER_PAGE
    assert last.page == first.pages
    assert {row.key for row in last.items}.isdisjoint(row.key for row in first.items)


def test_search_finds_everything_and_the_exact_name_first(broker: TestClient, runtime: Runtime) -> None:
    case = opened(runtime)
    unanswered(runtime)
    found = search_desk(runtime, Catalogue(runtime.store), "NTNU", NB)
    assert found.records[0].href == "/desk/records/actor:ntnu"
    assert found.records_total > 1
    assert f"/desk/cases/{case.id}" in broker.get("/desk/search?q=sepsis").text
    assert "best pizza in Oslo" in broker.get("/desk/search?q=PIZZA").text
    assert "Ingenting har alle ordene" in broker.get("/desk/search?q=finnesikkexyz").text
    assert broker.get("/desk/search").status_code == 200


def test_numbers_are_told_as_people_count() -> None:
    assert [NB.count("queue.asked_times", number) for number in (1, 2)] == ["Spurt 1 gang", "Spurt 2 ganger"]
    assert messages(Language.EN).count("queue.asked_times", 1) == "Asked once"


def test_an_answer_that_nobody_has_acted_on_stands_on_its_row(runtime: Runtime) -> None:
    case = opened(runtime)
    runtime.referrals.move(case.id, CaseState.SENT, by="Berit")
    PartnerAnswers(runtime.database).take(case.id, PartnerAnswer.MAYBE, None)
    (row,) = rows(runtime)
    assert (row.state, row.next, row.tone) == ("Svarte «kanskje»", "Les svaret", StateTone.SOON)
    runtime.referrals.move(case.id, CaseState.TAKEN, by="Berit")
    (row,) = rows(runtime)
    assert row.state == "Partneren har sagt ja"


def test_a_partner_who_answered_by_mail_is_told_as_such(runtime: Runtime) -> None:
    case = opened(runtime)
    with runtime.database.writing() as session:
        PartnerAnswers(runtime.database).taken(session, case.id, PartnerAnswer.WRITTEN, "Vi ringer i morgen.", "mail")
    (row,) = rows(runtime)
    assert row.state == NB.text("queue.answered_by_mail")


def test_records_to_check_stand_in_the_order_of_the_check_list_what_is_needed_most_first(runtime: Runtime) -> None:
    catalogue = Catalogue(runtime.store)
    due = catalogue.due(norwegian_day())
    last = in_order([one for one in due if one.record_id.startswith("actor:")], {})[-1]
    log_id = str(runtime.service.handle(UserMessage(key="q", asker=KARI, conversation="c", text="sepsis?")).log_id)
    with runtime.database.writing() as session:
        new = NewCase(log_id=log_id, record_id=last.record_id, question="sepsis?", note=None, asker="k", channel="web",
                      tenant="web", reply_to=None, kommunenummer=None, language=Language.NB)  # fmt: skip
        runtime.referrals.opened(session, new)
    listed = [item.key.removeprefix("record:") for item in rows(runtime, WorkView.RECORDS)]
    checked = [one.due.record_id for one in list_due_checks(runtime, catalogue, CheckFilter(), 1, NB).items]
    assert listed[: len(checked)] == checked
    assert last.record_id in checked


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("Vi er Inderøy kommune. hvem kan hjelpe med sepsis?", "hvem kan hjelpe med sepsis?"),
        ("Hei, vi er Nord-Fron kommune: lekkasjer i vannettet", "lekkasjer i vannettet"),
        ("Vi er Inderøy kommune og sliter med sepsis.", "Vi er Inderøy kommune og sliter med sepsis."),
        ("vi er Inderøy kommune.", "vi er Inderøy kommune."),
    ],
)
def test_a_topic_leaves_out_a_first_sentence_that_only_tells_who_asks(question: str, topic: str) -> None:
    assert case_topic(question) == topic
