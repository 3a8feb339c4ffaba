"""A broker keeps the base true in steps of one click: what is due has its source beside it, and a check says who."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from starlette.testclient import TestClient

from assistant.access.accounts import AccountRole
from assistant.cases.cases import Case
from assistant.desk.changed_calls import schemes_under
from assistant.desk.due_checks import touches
from assistant.desk.freshness import RecordUsage
from assistant.platform.people import Asker, Channel
from assistant.platform.workdays import norwegian_day
from assistant.saved.needs import Every, SavedNeeds
from assistant.service.container import Runtime
from assistant.service.messages import ActionType, UserAction, UserMessage
from corpus.records import FundingInstrument
from corpus.store import RecordStore
from corpus.tables import LinkRow
from tests.web.conftest import LogIn

SCHEME = "instrument:rff-nordland"
ADDRESS = "https://fond.example/utlysning"


@pytest.fixture
def broker(log_in: LogIn) -> TestClient:
    return log_in(AccountRole.BROKER)


@pytest.fixture
def store(runtime: Runtime) -> RecordStore:
    return runtime.store


@pytest.fixture
def case(runtime: Runtime) -> Case:
    """A case about a partner, whose answer showed schemes too."""
    kari = Asker(channel=Channel.WEB, tenant="web", user="visitor:kari")
    asked = UserMessage(key="1", asker=kari, conversation="c", text="hvem kan hjelpe med tidlig oppdagelse av sepsis?")
    log_id = runtime.service.handle(asked).log_id
    assert log_id is not None
    act = UserAction(
        key="2", asker=kari, log_id=log_id, record_id="actor:helse-nord-trondelag", verb=ActionType.INTRODUCE
    )
    opened = runtime.service.act(act).case
    assert opened is not None
    return opened


def shown(broker: TestClient, query: str = "") -> list[str]:
    page = broker.get(f"/desk/check{query}")
    assert page.status_code == 200
    return re.findall(r'<h2><a [^>]*href="/desk/records/([^"]+)"', page.text)


def told(store: RecordStore, days: int = 200) -> str:
    return (norwegian_day() + timedelta(days=days)).isoformat()


def test_the_list_is_for_brokers_alone(client: TestClient, log_in: LogIn, store: RecordStore) -> None:
    contact, before = log_in(AccountRole.CONTACT), store.revision()
    assert (client.get("/desk/check").status_code, contact.get("/desk/check").status_code) == (303, 403)
    for browser, status in ((client, 401), (contact, 403)):
        for act in ("true", "date", "undo"):
            assert browser.post(f"/desk/check/{SCHEME}/{act}", data={"version": "1"}).status_code == status
    assert store.revision() == before


def test_what_is_due_comes_with_its_source_and_a_click_says_that_it_is_still_true(
    broker: TestClient, store: RecordStore
) -> None:
    query = "?kind=instrument"
    first = shown(broker, query)[0]
    page = unescape(broker.get(f"/desk/check{query}").text)
    record = store.get(first).record
    assert isinstance(record, FundingInstrument)
    assert f'href="{record.url}" target="_blank"' in page

    back = broker.post(f"/desk/check/{first}/true{query}", data={"version": "1"})
    assert back.headers["location"] == f"/desk/check{query}"
    assert first not in shown(broker, query)
    (newest,) = store.history(first)[1:]
    assert (newest.action, list(newest.changes)) == ("check", ["checked_on"])
    assert newest.by.startswith("broker")
    assert f"{newest.by}, " in unescape(broker.get("/desk/check").text)

    broker.post(f"/desk/check/{first}/undo", data={"version": "2"})
    assert shown(broker, query)[0] == first
    assert store.get(first).record == record


def test_a_new_deadline_is_written_in_place_with_where_it_stands(broker: TestClient, store: RecordStore) -> None:
    typed = {"version": "1", "on": told(store), "address": ADDRESS, "same_rules": "true"}
    assert broker.post(f"/desk/check/{SCHEME}/date?page=2", data=typed).headers["location"] == "/desk/check?page=2"
    record = store.get(SCHEME).record
    assert isinstance(record, FundingInstrument)
    deadline = record.calls[-1].deadlines[0]
    assert (deadline.on.isoformat(), deadline.source.ref) == (typed["on"], ADDRESS)
    assert store.history(SCHEME)[-1].action == "check"


@pytest.mark.parametrize(
    ("on", "address", "said"),
    [
        ("", ADDRESS, "ingen dato"),
        ("i morgen", ADDRESS, "ingen dato"),
        ("31.02.2027", ADDRESS, "ingen dato"),
        ("2020-01-01", ADDRESS, "er passert"),
        ("2999-01-01", ADDRESS, "tre år fram"),
        ("future", "javascript:alert(1)", "ingen nettadresse"),
        ("future", "", "ingen nettadresse"),
    ],
)
def test_what_cannot_be_a_deadline_is_told_and_what_was_typed_comes_back(
    broker: TestClient, store: RecordStore, on: str, address: str, said: str
) -> None:
    last = shown(broker, "?kind=instrument")[-1]
    data = {"version": "1", "on": told(store) if on == "future" else on, "address": address}
    page = broker.post(f"/desk/check/{last}/date?kind=instrument", data=data)
    assert page.status_code == 422
    assert said in page.text
    assert f'value="{data["address"]}"' in page.text
    assert store.get(last).version == 1


def test_whoever_is_late_changes_nothing(broker: TestClient, store: RecordStore) -> None:
    broker.post(f"/desk/check/{SCHEME}/true", data={"version": "1"})
    before = store.revision()
    for act, data in (("true", {}), ("date", {"on": told(store), "address": ADDRESS}), ("undo", {})):
        version = "9" if act == "undo" else "1"
        assert broker.post(f"/desk/check/{SCHEME}/{act}", data={"version": version, **data}).status_code == 303
    assert store.revision() == before


def test_dead_links_and_what_cases_rest_on_come_first(
    broker: TestClient, runtime: Runtime, store: RecordStore, case: Case
) -> None:
    record = store.get(SCHEME).record.model_dump()
    gone = LinkRow(address=record["url"], state="gone", status=404, checked_at=datetime.now(UTC),
                   failing_since=norwegian_day())  # fmt: skip
    with store.database.writing() as session:
        session.add(gone)
    assert shown(broker)[0] == SCHEME
    assert "død lenke" in unescape(broker.get("/desk/check").text)
    assert "actor:helse-nord-trondelag" in shown(broker, "?cases=true")
    asker = Asker(channel=Channel.WEB, tenant="web", user="visitor:kari")
    SavedNeeds(runtime.database, runtime.service, runtime.keys).save(asker, case.log_id, Every.WEEK, None)
    touched = touches(runtime.database, runtime.service.log, runtime.referrals.still_open())
    assert touched["actor:helse-nord-trondelag"] == RecordUsage((case.id,), 1, 1)
    assert "lagrede behov som følger dette: 1" in unescape(broker.get("/desk/check?cases=true").text)
    assert f'href="/desk/cases/{case.id}"' in broker.get("/desk/check?cases=true").text


def test_a_change_of_a_call_marks_the_open_cases_that_rest_on_it_until_a_broker_has_seen_it(
    broker: TestClient, runtime: Runtime, store: RecordStore, case: Case
) -> None:
    scheme_id = min(schemes_under(runtime.service.log, [case])[case.id])
    for days in (200, 207):
        typed = {"version": str(store.get(scheme_id).version), "on": told(store, days), "address": ADDRESS}
        broker.post(f"/desk/check/{scheme_id}/date", data=typed)
    changed = re.compile(r"Fristen for .+ er endret fra .+ til .+\.")
    page = unescape(broker.get("/desk").text)
    assert (page.count(">utlysning endret<"), "1 utlysning endret" in page) == (1, True)
    for path in ("/desk", f"/desk/cases/{case.id}"):
        assert changed.search(unescape(broker.get(path).text)), path
    broker.post(f"/desk/cases/{case.id}/seen")
    for path in ("/desk", f"/desk/cases/{case.id}"):
        assert not changed.search(unescape(broker.get(path).text)), path
    assert "Har sett at utlysningen er endret" in broker.get(f"/desk/cases/{case.id}").text


def test_a_number_of_a_page_that_is_none_shows_the_list(broker: TestClient) -> None:
    assert broker.get("/desk/check?page=0").status_code == 422
    data = {"version": "1", "on": "x", "address": ADDRESS}
    assert broker.post(f"/desk/check/{SCHEME}/date?page=²&kind=nothing", data=data).status_code == 422
    assert broker.post("/desk/check/instrument:nothing/true", data={"version": "1"}).status_code == 404


def test_a_broker_sees_what_was_used_of_late_and_how_old_its_newest_source_is(
    broker: TestClient, runtime: Runtime, case: Case
) -> None:
    used = shown(broker, "?used=true")
    resting = touches(runtime.database, runtime.service.log, runtime.referrals.still_open())
    assert used
    assert all(resting[record_id].is_used for record_id in used)
    assert not set(shown(broker, "?why=never")) <= set(used)
    old = unescape(broker.get("/desk/check?why=old_source").text)
    assert "nyeste kilde er fra" in old
    assert "burde vært sjekket" in old


def test_what_is_due_goes_on_over_pages_and_a_filter_comes_along(broker: TestClient) -> None:
    pages = [shown(broker, f"?kind=actor&page={number}") for number in (1, 2)]
    assert not set(pages[0]) & set(pages[1])
    assert all(one.startswith("actor:") for page in pages for one in page)
    assert shown(broker, "?page=2&lang=nn")
