"""Whatever form is refused, and for whatever fault, the words that somebody wrote in it come back on the page."""

from __future__ import annotations

from html import unescape

import pytest
from starlette.testclient import TestClient

from assistant.access.accounts import AccountRole
from assistant.service.container import Runtime
from tests.web.conftest import LogIn
from tests.web.test_chat import SEPSIS, ask, first_record

WORDS = "Det tok en time å skrive <dette> & det skal ikke bort"
LONG = f"{WORDS} " + "og videre " * 5_000
RECORD = "/desk/records/actor:helse-nord-trondelag"
FORMS = {
    "a note, too long": ("{case}/note", {"text": LONG}),
    "a move to nowhere": ("{case}/move", {"state": "flown", "version": "1", "note": WORDS}),
    "a move without its version": ("{case}/move", {"state": "sent", "note": WORDS}),
    "a move without its reason": ("{case}/move", {"state": "dropped", "version": "1", "note": WORDS}),
    "a letter, too long": ("{case}/letter", {"body": LONG, "letter_version": "0"}),
    "a letter of no version": ("{case}/letter", {"body": WORDS, "letter_version": "x"}),
    "a letter in no language": ("{case}/letter", {"body": WORDS, "language": "xx", "letter_version": "0"}),
    "a letter to nobody": ("{case}/letter/send", {"to": "kari", "body": WORDS, "subject": "S", "letter_version": "0"}),
    "a comment, too long": (f"{RECORD}/comments", {"text": LONG}),
    "a person without a basis": (f"{RECORD}/persons", {"name": "Kari Prøve", "basis_note": WORDS, "role": WORDS}),
    "a record moved with a note, too long": (f"{RECORD}/move", {"to": "published", "version": "1", "note": LONG}),
    "an act that is none": ("{answer}/act", {"verb": "fly", "note": WORDS}),
    "an introduction with a note, too long": (
        "{answer}/act", {"verb": "introduce", "record": "{record}", "note": LONG},
    ),
}  # fmt: skip


@pytest.fixture
def addresses(client: TestClient, runtime: Runtime) -> dict[str, str]:
    log_id = ask(client, SEPSIS)
    record = first_record(client.get(f"/a/{log_id}").text)
    client.post(f"/a/{log_id}/act", data={"verb": "introduce", "record": record, "note": "Vi er to"})
    (case,) = runtime.referrals.cases()
    return {"case": f"/desk/cases/{case.id}", "answer": f"/a/{log_id}", "record": record}


@pytest.mark.parametrize("form", FORMS)
def test_what_was_written_comes_back(client: TestClient, log_in: LogIn, addresses: dict[str, str], form: str) -> None:
    address, fields = FORMS[form]
    browser = client if address.startswith("{answer}") else log_in(AccountRole.BROKER)
    refused = browser.post(
        address.format(**addresses),
        data={name: value.replace("{record}", addresses["record"]) for name, value in fields.items()},
    )
    assert 400 <= refused.status_code < 500
    assert WORDS in unescape(refused.text)
    assert WORDS not in refused.text, "what is written stays text"
