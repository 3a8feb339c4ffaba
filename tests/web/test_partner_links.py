"""A body sees its own record by a signed link and proposes changes; a broker decides; nobody else gets in."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from assistant.access.accounts import AccountRole
from assistant.desk.imports import offered
from assistant.platform.workdays import norwegian_day
from assistant.service.container import Runtime
from corpus.comments import comments_of
from corpus.partners import links_of
from corpus.records import Actor
from corpus.tables import PartnerLinkRow
from corpus.text import Language
from tests.web.conftest import LogIn

RECORD = "actor:ntnu"


@pytest.fixture
def broker(log_in: LogIn) -> TestClient:
    return log_in(AccountRole.BROKER)


@pytest.fixture
def address(broker: TestClient) -> str:
    broker.post(f"/desk/records/{RECORD}/links")
    found = re.search(r'value="https?://[^/"]+(/partner/[^"]+)"', broker.get(f"/desk/records/{RECORD}").text)
    assert found
    return found[1]


def test_what_a_body_proposes_waits_for_a_broker_who_takes_or_declines_it(
    broker: TestClient, client: TestClient, runtime: Runtime, address: str
) -> None:
    before = runtime.store.get(RECORD).record
    for language, told in (("nb", "Ingenting endres før"), ("nn", "Ingenting blir endra"), ("en", "Nothing changes")):
        assert told in client.get(f"{address}?lang={language}").text
    said = {
        "summary.nb": "Norges største universitet. <b>", "url": "https://www.ntnu.example/", "message": "Ring oss.",
        "state": "retired", "confidence": "assumed", "orgnr": "1", "name.en": "",
    }  # fmt: skip
    assert client.post(address, data=said).status_code == 303
    assert runtime.store.get(RECORD).record == before
    waiting = {one.path: one for one in offered(runtime.store, Language.NB, RECORD)}
    assert set(waiting) == {"summary.nb", "url"}
    assert [one.text for one in comments_of(runtime.database, RECORD)] == ["Ring oss."]
    page = broker.get(f"/desk/records/{RECORD}").text
    assert "Norges største universitet. &lt;b&gt;" in page
    assert "Virksomheten selv" in page
    for path, action in (("summary.nb", "take"), ("url", "decline")):
        decided = broker.post(f"/desk/records/import/proposals/{waiting[path].number}", data={"action": action})
        assert decided.headers["Location"] == f"/desk/records/{RECORD}"
    record = runtime.store.get(RECORD).record
    assert isinstance(record, Actor)
    assert isinstance(before, Actor)
    assert record.summary.nb == "Norges største universitet. <b>"
    assert record.url == before.url
    client.post(address, data=said)
    assert offered(runtime.store, Language.NB, RECORD) == [], "what was declined is not proposed again"


def test_what_cannot_be_so_is_told_beside_its_field(client: TestClient, runtime: Runtime, address: str) -> None:
    page = client.post(f"{address}?lang=nn", data={"url": "ikkje ei adresse", "summary.nb": "Ny tekst."})
    assert page.status_code == 422
    assert 'id="f-url-error"' in page.text
    assert "Ny tekst." in page.text
    assert offered(runtime.store, Language.NN, RECORD) == []


def test_an_address_that_was_not_signed_here_or_is_past_its_day_opens_nothing(
    broker: TestClient, client: TestClient, runtime: Runtime, address: str
) -> None:
    [link] = links_of(runtime.store, RECORD, norwegian_day())
    last = "0" if address[-1] != "0" else "1"
    forged = [f"/partner/{link.id}", f"/partner/{link.id}.", f"{address}0", f"{address[:-1]}{last}", "/partner/å"]
    forged.append("/partner/" + "x" * 5_000)
    for one in forged:
        assert client.get(one).status_code == 404
        assert client.post(one, data={"url": "https://x.example/"}).status_code == 404
    with runtime.database.writing() as session:
        row = session.scalars(select(PartnerLinkRow)).one()
        row.ends_on = norwegian_day() - timedelta(1)
    assert client.get(address).status_code == 404
    with runtime.database.writing() as session:
        # A day that was moved in the database is not what was signed.
        session.scalars(select(PartnerLinkRow)).one().ends_on = norwegian_day() + timedelta(900)
    assert client.get(address).status_code == 404
    broker.post(f"/desk/records/{RECORD}/links")
    newer = unescape(broker.get(f"/desk/records/{RECORD}").text)
    found = [one for one in re.findall(r"/partner/[0-9a-f.]+", newer) if link.id not in one]
    assert client.get(found[0]).status_code == 200
    stopped = found[0].removeprefix("/partner/").partition(".")[0]
    broker.post(f"/desk/records/{RECORD}/links/{stopped}/stop")
    assert client.get(found[0]).status_code == 404
