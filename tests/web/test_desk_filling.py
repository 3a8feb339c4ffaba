"""Records are filled in by people: a name is enough to begin with, what is missing is told, ids are nobody's work."""

from __future__ import annotations

from html import unescape

import pytest
from starlette.testclient import TestClient

from assistant.access.accounts import AccountRole
from assistant.desk.forms import form_of, posted_of
from assistant.platform.workdays import norwegian_day
from assistant.service.container import Runtime
from corpus.drafts import draft_of, drafts
from corpus.errors import UnknownRecordError
from corpus.records import Actor, Confidence, CurationState, FundingInstrument, Kind
from corpus.store import RecordStore
from tests.web.conftest import LogIn

DRAFT = "actor:fjordlaben"
SCHEME = "instrument:offentlig-sektor-phd"
WHOLE = {
    "name.nb": "Fjordlaben", "name.en": "The Fjord Lab", "summary.nb": "Prøver ut utstyr.", "summary.en": "Tries gear.",
    "actor_type": "company", "url": "https://fjordlaben.example/", "sources.0.ref": "https://fjordlaben.example/om",
}  # fmt: skip


@pytest.fixture
def broker(log_in: LogIn) -> TestClient:
    return log_in(AccountRole.BROKER)


@pytest.fixture
def store(runtime: Runtime) -> RecordStore:
    return runtime.store


def test_a_name_alone_is_a_draft_that_nothing_but_the_desk_sees(broker: TestClient, store: RecordStore) -> None:
    before = store.revision()
    saved = broker.post("/desk/records/new?kind=actor", data={"name.nb": "Fjordlaben", "do": "save"})
    assert saved.headers["Location"] == f"/desk/records/{DRAFT}"
    assert [one.record_id for one in drafts(store)] == [DRAFT]
    assert store.revision() == before
    assert store.find(DRAFT) is None
    page = unescape(broker.get(f"/desk/records/{DRAFT}").text)
    for path in ("actor_type", "summary", "sources", "name.en"):
        assert f'href="#f-{path}"' in page
    listed = broker.get("/desk/records?state=draft").text
    assert "Fjordlaben" in listed
    assert f'value="{DRAFT}"' not in listed
    again = broker.post("/desk/records/new?kind=actor", data={"name.nb": "Fjordlaben"})
    assert again.headers["Location"] == f"/desk/records/{DRAFT}-2"


def test_a_draft_becomes_a_record_when_nothing_is_missing_any_more(broker: TestClient, store: RecordStore) -> None:
    broker.post("/desk/records/new?kind=actor", data={"name.nb": "Fjordlaben"})
    broker.post(f"/desk/records/{DRAFT}", data={**WHOLE, "actor_type": "", "version": "1", "do": "publish"})
    assert "Lagret, men ikke publisert" in broker.get(f"/desk/records/{DRAFT}").text
    assert broker.post(f"/desk/records/{DRAFT}", data={**WHOLE, "version": "2", "do": "publish"}).status_code == 303
    record = store.get(DRAFT).record
    assert isinstance(record, Actor)
    assert record.state is CurationState.PUBLISHED
    assert draft_of(store, DRAFT) is None
    # Read on the body's own pages, today; the record is as sure as its source.
    assert (record.sources[0].mark, record.sources[0].as_of) == (Confidence.VERIFIED, norwegian_day().isoformat())
    assert record.confidence is Confidence.VERIFIED


def test_nothing_is_saved_without_a_name_and_what_was_typed_stays(broker: TestClient, store: RecordStore) -> None:
    page = broker.post("/desk/records/new?kind=actor", data={"url": "https://fjordlaben.example/"})
    assert page.status_code == 422
    assert "Skriv et navn" in page.text
    assert "https://fjordlaben.example/" in page.text
    for wrong in ("actor:../x", "idea:x", "actor:" + "x" * 200, "actor:Å", "?"):
        page = broker.post("/desk/records/new?kind=actor", data={"name.nb": "Fjordlaben", "record_id": wrong})
        assert page.status_code == 422
        assert 'id="record_id-error"' in page.text
    assert drafts(store) == []


def test_an_address_that_is_none_is_no_failure(broker: TestClient) -> None:
    told = {**WHOLE, "url": "http://[", "sources.0.ref": "http://[", "do": "publish"}
    assert broker.post("/desk/records/new?kind=actor", data=told).status_code in {303, 422}
    assert broker.get("/desk/records?state=published&q=Fjordlaben").status_code == 200


def test_of_two_who_write_on_a_draft_the_slower_is_told(broker: TestClient, log_in: LogIn, store: RecordStore) -> None:
    broker.post("/desk/records/new?kind=actor", data={"name.nb": "Fjordlaben"})
    theirs = {"name.nb": "Fjordlaben", "summary.nb": "B", "version": "1"}
    log_in(AccountRole.BROKER).post(f"/desk/records/{DRAFT}", data=theirs)
    page = broker.post(f"/desk/records/{DRAFT}", data={**theirs, "summary.nb": "A"})
    assert page.status_code == 409
    draft = draft_of(store, DRAFT)
    assert draft is not None
    assert draft.plain["summary"] == {"nb": "B"}
    assert broker.post(f"/desk/records/{DRAFT}/discard", data={"version": "1"}).status_code == 303
    assert draft_of(store, DRAFT) is not None
    broker.post(f"/desk/records/{DRAFT}/discard", data={"version": "2"})
    with pytest.raises(UnknownRecordError):
        store.get(DRAFT)
    assert draft_of(store, DRAFT) is None


def test_rules_calls_and_amounts_are_filled_in_fields(broker: TestClient, store: RecordStore) -> None:
    stored = store.get(SCHEME)
    nodes = form_of(Kind.INSTRUMENT, stored.record.model_dump(mode="json"))
    form: dict[str, object] = {**posted_of(nodes), "version": str(stored.version)}
    assert isinstance(stored.record, FundingInstrument)
    number = len(stored.record.criteria)
    page = broker.post(
        f"/desk/records/{SCHEME}", data={**form, "do": "add:criteria", "variant:criteria": "funding_rate"}
    ).text
    assert f'name="criteria.{number}.maximum"' in page
    rule = f"criteria.{number}"
    typed = {
        f"{rule}.kind": "funding_rate", f"{rule}.maximum": "50", f"{rule}.text.nb": "Dekker halve.",
        f"{rule}.text.en": "Pays half.",
    }  # fmt: skip
    assert broker.post(f"/desk/records/{SCHEME}", data={**form, **typed}).status_code == 303
    record = store.get(SCHEME).record
    assert isinstance(record, FundingInstrument)
    made = record.criteria[-1]
    assert (made.kind.value, made.id) == ("funding_rate", "criterion:offentlig-sektor-phd-funding-rate")
    assert made.source == record.sources[0]
    wrong = broker.post(f"/desk/records/{SCHEME}", data={**form, **typed, f"{rule}.maximum": "500", "version": "2"})
    assert wrong.status_code == 422
    assert f'id="f-{rule}.maximum-error"' in wrong.text
    hostile = broker.post(f"/desk/records/{SCHEME}", data={**form, f"{rule}.kind": "<x>", "version": "2"})
    assert hostile.status_code == 422


def test_others_are_referred_to_by_their_names(broker: TestClient, store: RecordStore) -> None:
    form = {"name.nb": "Fjordlaben", "relations.0.type": "part_of", "relations.0.target": "ntnu", "los": "folkehelse"}
    broker.post("/desk/records/new?kind=actor", data=form)
    draft = draft_of(store, DRAFT)
    assert draft is not None
    assert draft.plain["relations"][0]["target"] == "actor:ntnu"
    assert draft.plain["los"] == ["folkehelse"]
    page = unescape(broker.get(f"/desk/records/{DRAFT}").text)
    assert "actor:ntnu" not in page
    broker.post(f"/desk/records/{DRAFT}", data={**form, "relations.0.target": "NTUN", "version": "1"})
    page = unescape(broker.get(f"/desk/records/{DRAFT}").text)
    assert "Ingen oppføring heter «NTUN»" in page
    assert "Mente du:" in page
    proposed = unescape(broker.get("/desk/records/names?of=actor&relations.0.target=helse nord-tr").text)
    assert "Helse Nord-Trøndelag" in proposed


@pytest.mark.parametrize("lang", ["nb", "nn", "en"])
def test_every_field_and_choice_has_a_name_in_every_language(broker: TestClient, lang: str) -> None:
    for kind in ("actor", "instrument", "idea", "concept"):
        page = broker.get(f"/desk/records/new?kind={kind}&lang={lang}").text
        assert "records.field." not in page
        assert "records.option." not in page
