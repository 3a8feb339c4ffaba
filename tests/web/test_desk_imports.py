"""Importing on the desk: looked at first, brought in as drafts, taken back; by brokers alone and without JavaScript."""

from __future__ import annotations

import re
from html import unescape

import pytest
from starlette.testclient import TestClient

from assistant.access.accounts import AccountRole
from assistant.platform.messages import messages
from assistant.service.container import Runtime
from corpus.importing.columns import KINDS, fields_of
from corpus.importing.items import RowRejection
from corpus.importing.planning import RowOutcome
from corpus.importing.runs import ImportState, imports
from corpus.importing.sources import SOURCES
from corpus.records import CurationState, Kind
from corpus.store import RecordStore
from corpus.text import Language
from tests.corpus.importing.bring import orgnr
from tests.records import actor
from tests.web.conftest import LogIn

HERE = "/desk/records/import"
A, B = orgnr(99000001), orgnr(99000002)
ROWS = f"Bedriftsnavn;Orgnr;Sted;Fritekst\nBlåfjell AS;{A};Levanger;Bølger\nKollen AS;{B[:-1]}x;Levanger;=1+1\n"
ACTOR = "actor:blafjell-as"


@pytest.fixture
def broker(log_in: LogIn) -> TestClient:
    return log_in(AccountRole.BROKER)


@pytest.fixture
def store(runtime: Runtime) -> RecordStore:
    return runtime.store


def upload(broker: TestClient, text: str | bytes = ROWS, source: str = "spreadsheet", name: str = "liste.csv") -> str:
    content = text.encode() if isinstance(text, str) else text
    answer = broker.post(HERE, data={"source": source}, files={"file": (name, content)})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_importing_is_for_brokers_alone(client: TestClient, log_in: LogIn, store: RecordStore) -> None:
    contact = log_in(AccountRole.CONTACT)
    for path in (HERE, f"{HERE}/x", f"{HERE}/x/left-out.csv", f"{HERE}/x/left-out.xlsx"):
        assert client.get(path).status_code == 303
        assert contact.get(path).status_code == 403
    for path in ("/x", "/x/undo", "/x/publish", "/x/same", "/proposals/1"):
        assert client.post(HERE + path, data={"do": "apply", "key": "k", "action": "take"}).status_code == 401
        assert contact.post(HERE + path, data={"do": "apply", "key": "k", "action": "take"}).status_code == 403
    assert (
        contact.post(HERE, data={"source": "spreadsheet"}, files={"file": ("x.csv", b"navn\nx\n")}).status_code == 403
    )
    assert imports(store) == []


def test_a_file_is_looked_at_tried_brought_in_and_taken_back(broker: TestClient, store: RecordStore) -> None:
    before = store.revision()
    page = upload(broker)
    shown = unescape(broker.get(page).text)
    assert "Bølger" in shown
    assert re.search(r'<option value="orgnr" selected>', shown)
    fields = ["name", "orgnr", "municipality", "expertise"]
    tried = broker.post(page, data={"kind": "actor", "field": fields, "do": "try", "save_as": "vår liste"})
    assert tried.status_code == 200
    assert ACTOR in tried.text
    assert "Organisasjonsnummeret er feil" in tried.text
    assert store.revision() == before
    assert broker.post(page, data={"kind": "actor", "field": fields, "do": "apply"}).status_code == 303
    record = store.get(ACTOR).record
    assert record.state is CurationState.DRAFT
    assert "Bølger" in str(record)
    done = broker.get(page)
    assert "1 nye" in done.text
    assert "vår liste" in broker.get(upload(broker)).text
    left_out = broker.get(f"{page}/left-out.csv").content.decode("utf-8-sig")
    assert "bad_orgnr" in left_out
    assert "'=1+1" in left_out
    assert broker.get(f"{page}/left-out.xlsx").content[:2] == b"PK"
    assert broker.post(f"{page}/undo").status_code == 303
    assert ACTOR not in store.ids(Kind.ACTOR, None)
    assert [one.state for one in imports(store)] == [ImportState.UNDONE]


def test_what_columns_hold_is_chosen_and_another_kind_is_guessed_anew(broker: TestClient, store: RecordStore) -> None:
    page = upload(broker, "Ordning;Frist\nStønad til sjøbad;2027-01-01\n")
    assert re.search(r'<option value="instrument" selected>', broker.get(page).text)
    broker.post(page, data={"kind": "idea", "field": ["name", "deadline"], "do": "choose"})
    shown = broker.get(page).text
    assert re.search(r'<option value="idea" selected>', shown)
    assert not re.search(r'<option value="deadline"', shown)


def test_drafts_of_an_import_are_published_from_its_page(broker: TestClient, store: RecordStore) -> None:
    page = upload(broker, f"Navn;Orgnr\nBlåfjell AS;{A}\n")
    broker.post(page, data={"kind": "actor", "field": ["name", "orgnr"], "do": "apply"})
    broker.post(f"{page}/publish")
    assert store.get(ACTOR).record.state is CurationState.PUBLISHED


def test_what_a_person_wrote_is_offered_against_on_the_record_and_chosen_there(
    broker: TestClient, store: RecordStore
) -> None:
    store.save(actor("blafjell-as", "Blåfjell AS", orgnr=A, url="https://en.example.no"), by="ola")
    page = upload(broker, f"Navn;Orgnr;Nettside\nBlåfjell AS;{A};to.example.no\n")
    broker.post(page, data={"kind": "actor", "field": ["name", "orgnr", "url"], "do": "apply"})
    assert "https://en.example.no" in str(store.get(ACTOR).record)
    for place in (HERE, f"/desk/records/{ACTOR}"):
        assert "https://to.example.no" in broker.get(place).text
    (path,) = set(
        re.findall(r'action="(/desk/records/import/proposals/\d+)"', broker.get(f"/desk/records/{ACTOR}").text)
    )
    assert broker.post(path, data={"action": "take"}).headers["location"] == f"/desk/records/{ACTOR}"
    assert "https://to.example.no" in str(store.get(ACTOR).record)


def test_a_row_that_may_be_of_a_record_is_decided_once(broker: TestClient, store: RecordStore) -> None:
    store.save(actor("sjo", "Institutt for sjøtransport", actor_type="research_institute"), by="ola")
    rows, fields = f"Navn;Orgnr\nInstitutt for sjøtransporten;{A}\n", ["name", "orgnr"]
    page = upload(broker, rows)
    broker.post(page, data={"kind": "actor", "field": fields, "do": "apply"})
    assert "actor:sjo" in broker.get(page).text
    broker.post(f"{page}/same", data={"key": f"orgnr:{A}", "record": "actor:sjo"})
    again = upload(broker, rows)
    broker.post(again, data={"kind": "actor", "field": fields, "do": "apply"})
    assert A in str(store.get("actor:sjo").record)


@pytest.mark.parametrize(
    ("content", "source", "name"),
    [
        (b"", "spreadsheet", "x.csv"),
        (b"PK\x03\x04", "spreadsheet", "x.xlsx"),
        (b"a;b\n", "nowhere", "x.csv"),
        (b"\n\n", "spreadsheet", "x"),
    ],
)
def test_what_cannot_be_read_is_told_on_the_page(broker: TestClient, content: bytes, source: str, name: str) -> None:
    answer = broker.post(HERE, data={"source": source}, files={"file": (name, content)})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_a_file_that_is_not_of_its_source_is_refused_and_nothing_is_written(
    broker: TestClient, store: RecordStore
) -> None:
    before = store.revision()
    page = upload(broker, b"[1, 2]", "brreg", "x.json")
    assert broker.post(page, data={"do": "apply"}).status_code == 303
    assert 'data-color="danger"' in broker.get(page).text
    assert store.revision() == before


def test_a_name_of_a_file_is_only_a_name(broker: TestClient) -> None:
    page = upload(broker, name="../../<b>liste</b>.csv")
    shown = broker.get(page).text
    assert "<b>" not in shown
    assert "../" not in shown


def test_files_may_be_larger_than_other_requests_but_not_without_end(broker: TestClient) -> None:
    rows = "Navn;Fritekst\n" + "".join(f"Blåfjell {n};{'x' * 100}\n" for n in range(15_000))
    upload(broker, rows)
    too_large = b"x" * 20_500_000
    assert broker.post(HERE, data={"source": "spreadsheet"}, files={"file": ("x.csv", too_large)}).status_code == 413
    assert broker.post("/desk/records/bulk", content=too_large[:2_000_000]).status_code == 413


@pytest.mark.parametrize("language", Language)
def test_every_source_field_verdict_and_reason_has_its_word(language: Language) -> None:
    keys = [f"imports.source.{one}" for one in SOURCES] + [f"imports.reason.{one}" for one in RowRejection]
    keys += [f"imports.verdict.{one}" for one in RowOutcome] + [f"imports.state.{one}" for one in ImportState]
    keys += [f"imports.field.{one}" for kind in KINDS for one in fields_of(kind)]
    assert [key for key in keys if messages(language).text(key) == key] == []
