"""Records on the desk: found, changed, tried, compared and published by brokers alone; nothing typed is lost."""

from __future__ import annotations

import re
from html import unescape

import pytest
from starlette.testclient import TestClient

from assistant.access.accounts import AccountRole
from assistant.desk.forms import Widget, form_of, leaves, posted_of
from assistant.platform.workdays import norwegian_day
from assistant.service.container import Runtime
from corpus.files import kind_of
from corpus.records import Actor, CurationState
from corpus.store import RecordStore
from tests.records import actor
from tests.web.conftest import LogIn

IDEA = "idea:responssenter"
NEW = {
    "name.nb": "Hunder på besøk", "summary.nb": "Hunder besøker sykehjem.", "problem.nb": "Ensomhet",
    "need.nb": "Selskap", "confidence": "assumed", "sources.0.ref": "en e-post", "sources.0.mark": "assumed",
    "origin.event.nb": "en e-post", "origin.on": "2026", "version": "0",
}  # fmt: skip
ENGLISH = {
    "name.en": "Dogs",
    "summary.en": "Dogs visit.",
    "problem.en": "Loneliness",
    "need.en": "Company",
    "origin.event.en": "mail",
}
NEW_ID = "idea:hunder-pa-besok"


@pytest.fixture
def broker(log_in: LogIn) -> TestClient:
    return log_in(AccountRole.BROKER)


@pytest.fixture
def store(runtime: Runtime) -> RecordStore:
    return runtime.store


def form_with(store: RecordStore, record_id: str, **changed: str) -> dict[str, object]:
    stored = store.get(record_id)
    posted: dict[str, object] = {**posted_of(form_of(kind_of(record_id), stored.record.model_dump(mode="json")))}
    return {
        **posted,
        "version": str(stored.version),
        **{name.replace("__", "."): text for name, text in changed.items()},
    }


def test_the_records_are_for_brokers_alone(client: TestClient, log_in: LogIn, store: RecordStore) -> None:
    contact = log_in(AccountRole.CONTACT)
    before = store.revision()
    for path in ("", "/new", f"/{IDEA}", f"/{IDEA}/history", f"/{IDEA}/merge?other=idea:studentdatabase"):
        assert client.get(f"/desk/records{path}").status_code == 303
        assert contact.get(f"/desk/records{path}").status_code == 403
    for path in (
        "/bulk",
        "/new?kind=idea",
        f"/{IDEA}",
        f"/{IDEA}/move",
        f"/{IDEA}/checked",
        f"/{IDEA}/restore",
        f"/{IDEA}/merge",
    ):
        assert client.post(f"/desk/records{path}", data={"do": "save"}).status_code == 401
        assert contact.post(f"/desk/records{path}", data={"do": "save"}).status_code == 403
    assert store.revision() == before


@pytest.mark.parametrize(
    ("query", "there", "gone"),
    [
        ("q=sepsis", "Helse Nord-Trøndelag HF", "Akset"),
        ("kind=instrument", "FORKOMMUNE", "Stjørdal kommune"),
        ("theme=bioeconomy&kind=actor", "Partnerskap Namdal", "KUN"),
        ("state=draft", "Ingen oppføringer passer", "Stjørdal kommune"),
        ("sort=changed&kind=actor&q=Stjørdal", "Stjørdal kommune", "FORKOMMUNE"),
    ],
)
def test_records_are_found_by_words_and_filters(broker: TestClient, query: str, there: str, gone: str) -> None:
    page = unescape(broker.get(f"/desk/records?{query}").text)
    assert there in page
    assert gone not in page


def test_a_new_record_is_a_draft_that_questions_do_not_find_until_it_is_published(
    broker: TestClient, store: RecordStore, runtime: Runtime
) -> None:
    assert broker.post("/desk/records/new?kind=idea", data=NEW).headers["Location"] == f"/desk/records/{NEW_ID}"
    assert store.get(NEW_ID).record.state is CurationState.DRAFT
    refused = broker.post(f"/desk/records/{NEW_ID}/move", data={"action": "publish"})
    assert refused.status_code == 422
    assert "Teksten mangler på dette språket" in refused.text
    assert broker.post(f"/desk/records/{NEW_ID}", data={**NEW, **ENGLISH, "version": "1"}).status_code == 303
    assert broker.post(f"/desk/records/{NEW_ID}/move", data={"action": "publish"}).status_code == 303
    assert store.get(NEW_ID).record.state is CurationState.PUBLISHED
    history = unescape(broker.get(f"/desk/records/{NEW_ID}/history").text)
    assert re.findall(r"Versjon (\d): (?:publisert|endret|laget)", history) == ["3", "2", "1"]


def test_what_is_wrong_is_told_beside_its_field_and_what_was_typed_comes_back(
    broker: TestClient, store: RecordStore
) -> None:
    before = store.revision()
    saved = broker.post("/desk/records/new?kind=idea", data={**NEW, "origin.on": "i fjor", "need.nb": ""})
    page = broker.get(saved.headers["Location"])
    assert 'href="#f-origin.on"' in page.text
    assert 'value="i fjor"' in page.text
    assert "Hunder besøker sykehjem." in page.text
    assert store.revision() == before


def test_an_id_that_is_taken_is_told(broker: TestClient, store: RecordStore) -> None:
    page = broker.post("/desk/records/new?kind=idea", data={**NEW, "record_id": IDEA})
    assert page.status_code == 409
    assert "Det finnes allerede en slik oppføring" in page.text
    assert store.get(IDEA).version == 1


def test_who_was_slower_sees_the_others_change_and_can_save_over_it(
    broker: TestClient, log_in: LogIn, store: RecordStore
) -> None:
    seen = form_with(store, IDEA, summary__nb="Min tekst.")
    other = log_in(AccountRole.BROKER)
    assert (
        other.post(f"/desk/records/{IDEA}", data=form_with(store, IDEA, summary__nb="Den andres tekst.")).status_code
        == 303
    )
    page = broker.post(f"/desk/records/{IDEA}", data=seen)
    assert page.status_code == 409
    assert "Den andres tekst." in page.text
    assert "Min tekst." in page.text
    assert 'name="version" value="2"' in page.text
    assert "Den andres" in str(store.get(IDEA).record)
    assert broker.post(f"/desk/records/{IDEA}", data={**seen, "version": "2"}).status_code == 303
    assert "Min tekst." in str(store.get(IDEA).record)


@pytest.mark.parametrize("version", ["0", "99"])
def test_who_saves_over_a_version_that_never_was_sees_the_record_as_it_is(
    broker: TestClient, store: RecordStore, version: str
) -> None:
    page = broker.post(f"/desk/records/{IDEA}", data={**form_with(store, IDEA), "name.nb": "Mitt", "version": version})
    assert page.status_code == 409
    assert "Mitt" in page.text
    assert 'name="version" value="1"' in page.text
    assert store.get(IDEA).version == 1


def test_an_older_version_can_be_brought_back(broker: TestClient, store: RecordStore) -> None:
    before = store.get(IDEA).record
    broker.post(f"/desk/records/{IDEA}", data=form_with(store, IDEA, summary__nb="Feil."))
    assert broker.post(f"/desk/records/{IDEA}/restore", data={"version": "1"}).status_code == 303
    assert store.get(IDEA).record == before
    assert store.get(IDEA).version == 3


def test_one_field_of_many_is_changed_as_it_was_shown_and_undone(broker: TestClient, store: RecordStore) -> None:
    some = [IDEA, "idea:studentdatabase"]
    before = {one: store.get(one).record for one in some}
    chosen = {"change": "add_theme", "theme_name": "Folkehelse", "record": [*some, "concept:sepsis"]}
    shown = unescape(broker.post("/desk/records/bulk/preview", data=chosen).text)
    assert "folkehelse" in shown
    assert "1 endres ikke" in shown
    assert {one: store.get(one).record for one in some} == before
    seen = re.findall(r'name="record" value="([^"]+)"', shown)
    assert seen == [f"{one}@1" for one in some]
    told = {"field": "add_theme", "value": "folkehelse", "record": seen}
    done = broker.post("/desk/records/bulk", data=told).headers["Location"]
    assert all("folkehelse" in store.get(one).record.model_dump()["los"] for one in some)
    again = broker.post("/desk/records/bulk", data=told).headers["Location"]
    assert "Ingenting ble endret" in broker.get(again).text, "the button was pressed twice"
    broker.post("/desk/records/bulk", data=told | {"field": "checked_on", "value": "2026-11-30"})
    assert {store.get(one).version for one in some} == {2}, "what was shown is older than what is there"
    assert "Angre alt" in broker.get(done).text
    assert broker.post(f"{done}/undo").status_code == 303
    assert {one: store.get(one).record for one in some} == before


def test_many_are_retired_at_once_and_brought_back(broker: TestClient, store: RecordStore) -> None:
    some = [IDEA, "idea:studentdatabase"]
    told = {"field": "state", "value": "retire", "record": [f"{one}@1" for one in some]}
    done = broker.post("/desk/records/bulk", data=told).headers["Location"]
    assert {store.get(one).record.state for one in some} == {CurationState.RETIRED}
    broker.post(f"{done}/undo")
    assert {store.get(one).record.state for one in some} == {CurationState.PUBLISHED}
    for wrong in ({"change": "state:explode"}, {"change": "name"}):
        assert broker.post("/desk/records/bulk/preview", data={**wrong, "record": some}).status_code == 422
    unknown = {"change": "owner", "owner_name": "Ingen heter dette", "record": ["instrument:rff-trondelag"]}
    broker.post("/desk/records/bulk/preview", data=unknown)
    assert "Ingen oppføring heter" in broker.get("/desk/records").text


def test_a_record_is_noted_as_held_against_its_sources(broker: TestClient, store: RecordStore) -> None:
    assert 'value="actor:ntnu"' in broker.get("/desk/records?due=true&q=ntnu").text
    assert broker.post("/desk/records/actor:ntnu/checked", data={"version": "1"}).status_code == 303
    assert store.get("actor:ntnu").record.model_dump()["checked_on"] == norwegian_day()
    assert store.history("actor:ntnu")[-1].action == "check"
    assert 'value="actor:ntnu"' not in broker.get("/desk/records?due=true&q=ntnu").text


def test_items_are_added_and_taken_away_without_javascript_or_loss(broker: TestClient, store: RecordStore) -> None:
    form = form_with(store, IDEA, summary__nb="Under arbeid.", do="add:sources")
    page = broker.post(f"/desk/records/{IDEA}", data=form)
    assert "Under arbeid." in page.text
    sources = len(store.get(IDEA).record.sources)
    assert f'name="sources.{sources}.ref"' in page.text
    fewer = broker.post(f"/desk/records/{IDEA}", data={**form, "do": "remove:sources.0"})
    assert f'name="sources.{sources - 1}.ref"' not in fewer.text
    assert store.get(IDEA).version == 1


def test_a_preview_tells_where_the_record_would_come_and_writes_nothing(broker: TestClient, store: RecordStore) -> None:
    before = store.revision()
    page = unescape(
        broker.post("/desk/records/idea:new/preview", data={**NEW, "tried": "hunder på besøk på sykehjem"}).text
    )
    assert "hunder på besøk på sykehjem" in page
    assert "nummer 1" in page
    assert store.revision() == before
    assert "må rettes" in broker.post("/desk/records/idea:new/preview", data={"version": "0"}).text


def test_a_record_much_like_another_is_told_and_the_two_become_one(broker: TestClient, store: RecordStore) -> None:
    store.save(actor("helse-nt", "Helse Nord-Trøndelag HF"), by="kari")
    page = unescape(broker.get("/desk/records/actor:helse-nt").text)
    assert "/desk/records/actor:helse-nt/merge?other=actor:helse-nord-trondelag" in page
    compared = unescape(broker.get("/desk/records/actor:helse-nord-trondelag/merge?other=actor:helse-nt").text)
    assert "Et organ." in compared
    assert (
        broker.post("/desk/records/actor:helse-nord-trondelag/merge", data={"other": "actor:helse-nt"}).status_code
        == 303
    )
    assert store.get("actor:helse-nt").record.state is CurationState.RETIRED
    stays = store.get("actor:helse-nord-trondelag").record
    assert isinstance(stays, Actor)
    assert stays.name.nb == "Helse Nord-Trøndelag HF"


@pytest.mark.parametrize(
    "record_id", [IDEA, "actor:helse-nord-trondelag", "instrument:offentlig-sektor-phd", "concept:sepsis"]
)
def test_hostile_text_in_any_field_of_a_record_stays_text(
    broker: TestClient, store: RecordStore, record_id: str
) -> None:
    hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}"
    kind = kind_of(record_id)
    nodes = form_of(kind, store.get(record_id).record.model_dump(mode="json"))
    typed = {Widget.LINE, Widget.LONG, Widget.LINES}
    names = [
        leaf.path
        for leaf in leaves(nodes)
        if leaf.widget in typed
        and (leaf.language or leaf.name in {"ref", "title", "text"})
        and not leaf.path.startswith("summary_source.")  # one that is not there has no mark either
    ]
    assert len(names) > 5
    form = {**form_with(store, record_id), **dict.fromkeys(names, hostile)}
    assert broker.post(f"/desk/records/{record_id}", data=form).status_code == 303
    pages = [broker.get(f"/desk/records{path}").text for path in ("", f"/{record_id}", f"/{record_id}/history")]
    pages.append(broker.post(f"/desk/records/{record_id}/preview", data={**form, "version": "2"}).text)
    asked = broker.post("/ask", data={"text": "sepsis", "key": "0" * 32})
    pages.append(broker.get(asked.headers["Location"]).text)
    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_an_unknown_record_is_not_there(broker: TestClient) -> None:
    for path in ("/idea:nowhere", "/idea:nowhere/history", "/nonsense"):
        assert broker.get(f"/desk/records{path}").status_code == 404
    assert broker.post(f"/desk/records/{IDEA}", data={"version": "x"}).status_code == 422
    assert broker.post("/desk/records/nonsense/preview", data={"version": "0"}).status_code == 422
