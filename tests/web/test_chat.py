"""The chat works as plain forms: asked once, gone on from, acted on, and seen by nobody else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from uuid import uuid4

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from assistant.cases import CaseState
from assistant.channels.web.accounts import Role
from assistant.opening import Runtime
from tests.web.conftest import LogIn

QUESTION = "hvem kan hjelpe med tidlig oppdagelse av sepsis?"
HOSPITAL = "actor:helse-nord-trondelag"
HOSTILE = "<script>alert(1)</script> sepsis \"><img src=x onerror=alert(2)> {{7*7}} '"


def ask(client: TestClient, text: str, conversation: str | None = None, key: str | None = None) -> str:
    """Ask, and return the address of the thread."""
    form = {"text": text, "conversation": conversation or uuid4().hex, "key": key or uuid4().hex}
    answer = client.post("/ask", data=form)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).partition("#")[0]


def log_id_of(page: str) -> str:
    return str(re.findall(r'id="a-([0-9a-f]{16})"', page)[-1])


def act(client: TestClient, address: str, verb: str, record: str = "", **more: str) -> str:
    """Do something with the latest answer of a thread, and return the page that follows."""
    form = {"log_id": log_id_of(client.get(address).text), "verb": verb, "record_id": record, "key": uuid4().hex,
            "conversation": address.rpartition("/")[2], **more}  # fmt: skip
    answer = client.post("/act", data=form)
    assert answer.status_code == 303, answer.text
    return str(client.get(answer.headers["location"]).text)


def test_a_question_is_answered_with_cards_reasons_and_sources(client: TestClient) -> None:
    page = client.get(ask(client, QUESTION)).text
    for told in (
        QUESTION,
        "Helse Nord-Trøndelag HF",
        "Handler om det samme: sepsis.",
        "Kilde: TFoU-arbeidsnotat 2017:106",
    ):
        assert told in unescape(page)
    assert page.index("Partnere") < page.index("Ordninger som kan gi penger")


def test_a_scheme_shows_its_rules_with_sign_and_word(client: TestClient) -> None:
    page = unescape(
        client.get(ask(client, "vi er en bedrift, kan vi søke Innovasjonsprosjekt i offentlig sektor?")).text
    )
    assert re.search(r"✗</span>\s*<span[^>]*>Ikke oppfylt:</span> Dere er en bedrift, og kan ikke søke.", page)


def test_a_form_sent_twice_is_answered_once(client: TestClient, runtime: Runtime) -> None:
    conversation, key = uuid4().hex, uuid4().hex
    for _ in range(2):
        ask(client, QUESTION, conversation, key)
    assert len(list(runtime.service.log.entries())) == 2


def test_a_thread_goes_on(client: TestClient) -> None:
    address = ask(client, QUESTION)
    conversation = address.rpartition("/")[2]
    page = client.get(ask(client, "bare i Trøndelag", conversation)).text
    assert "Nå viser jeg bare partnere i Trøndelag." in page
    assert page.count('class="exchange') == 2


def test_an_introduction_becomes_a_case_whose_course_the_asker_sees(client: TestClient, runtime: Runtime) -> None:
    address = ask(client, QUESTION)
    page = act(client, address, "introduce", HOSPITAL, note="Vi er klare", contact="fou@verdal.example")
    assert "Kompetansemegleren har fått saken" in page
    assert "Du har bedt om kontakt" in page
    (case,) = runtime.referrals.cases()
    assert (case.record_id, case.note) == (HOSPITAL, "Vi er klare")
    assert json.loads(case.reply_to or "")["contact"] == "fou@verdal.example"
    runtime.referrals.move(case.id, CaseState.SENT, by="megler")
    runtime.referrals.note(case.id, "De svarer i neste uke", by="megler", for_asker=True)
    runtime.referrals.note(case.id, "Bare for meglere", by="megler")
    mine = client.get("/mine").text
    assert "Sendt til partneren" in mine
    assert "De svarer i neste uke" in mine
    assert "Bare for meglere" not in mine


def test_what_is_asked_for_twice_is_one_case(client: TestClient, runtime: Runtime) -> None:
    address = ask(client, QUESTION)
    act(client, address, "introduce", HOSPITAL)
    assert "alt bedt om" in act(client, address, "introduce", HOSPITAL)
    assert len(runtime.referrals.cases()) == 1


def test_not_for_us_more_like_this_and_the_broker(client: TestClient, runtime: Runtime) -> None:
    address = ask(client, QUESTION)
    assert "Ikke for dere" in act(client, address, "not_for_us", HOSPITAL, reason="wrong_place")
    assert "Megleren har fått spørsmålet" in act(client, address, "ask_broker", note="Kan dere ringe?")
    page = act(client, address, "more_like_this", HOSPITAL)
    assert "Dette ligner på «Helse Nord-Trøndelag HF»." in unescape(page)
    assert [case.record_id for case in runtime.referrals.cases()] == [None]


def test_a_shared_answer_is_seen_by_others_and_tells_nobody_who_asked(
    client: TestClient, browsers: Callable[..., TestClient]
) -> None:
    address = ask(client, QUESTION)
    shared = f"/s/{log_id_of(client.get(address).text)}"
    other = browsers()
    assert other.get(shared).status_code == 404
    assert shared in act(client, address, "share")
    page = other.get(shared)
    assert page.status_code == 200
    assert "Helse Nord-Trøndelag HF" in page.text
    assert "<form" not in page.text.partition("<main")[2].partition("</main>")[0]


def test_nobody_sees_or_touches_a_thread_of_somebody_else(
    client: TestClient, browsers: Callable[..., TestClient], runtime: Runtime, log_in: LogIn
) -> None:
    address = ask(client, QUESTION)
    log_id, conversation = log_id_of(client.get(address).text), address.rpartition("/")[2]
    for other in (browsers(), log_in(Role.CONTACT), log_in(Role.BROKER)):
        ask(other, "noe annet om eldre")
        assert other.get(address).status_code == 404
        form = {"log_id": log_id, "verb": "introduce", "record_id": HOSPITAL, "key": uuid4().hex,
                "conversation": conversation}  # fmt: skip
        assert other.post("/act", data=form).status_code == 404
        assert QUESTION not in other.get("/mine").text
    assert runtime.referrals.cases() == []


def test_a_thread_continues_only_for_its_asker(client: TestClient, browsers: Callable[..., TestClient]) -> None:
    conversation = ask(client, QUESTION).rpartition("/")[2]
    other = browsers()
    page = other.get(ask(other, "bare i Trøndelag", conversation)).text
    assert QUESTION not in page


@pytest.mark.parametrize(
    "form",
    [
        {"text": "x", "conversation": "../../etc/passwd", "key": "0" * 32},
        {"text": "x", "conversation": "0" * 32, "key": "k"},
        {"text": "x", "conversation": "0" * 32 + "\r\nSet-Cookie: a=b", "key": "0" * 32},
        {"text": "x"},
    ],
)
def test_a_form_that_was_tampered_with_is_refused(client: TestClient, form: dict[str, str]) -> None:
    answer = client.post("/ask", data=form)
    assert answer.status_code == 422
    assert "a=b" not in str(answer.headers)


@pytest.mark.parametrize("address", ["/c/nothing", f"/c/{'0' * 32}", "/s/nothing", "/s/..%2f..%2fetc", "/c/%00"])
def test_what_is_not_there_is_not_there(client: TestClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_what_somebody_writes_is_text_and_never_markup(client: TestClient, app: FastAPI) -> None:
    address = ask(client, HOSTILE)
    for page in (client.get(address).text, client.get("/mine").text):
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "{{7*7}}" in page
    act(client, address, "ask_broker", note=HOSTILE, contact=HOSTILE)
    assert "<img src=x" not in client.get("/mine").text


@pytest.mark.parametrize("text", ["", "   ", "?!"])
def test_nothing_to_look_for_is_said_plainly(client: TestClient, text: str) -> None:
    page = client.get(ask(client, text)).text
    assert "Jeg fant ingen ord å lete etter" in page or "Skriv med egne ord" in page


def test_help_is_given_in_one_screen(client: TestClient) -> None:
    assert "Jeg er en automatisk assistent" in client.get(ask(client, "hjelp")).text


def test_a_note_that_is_too_long_is_told(client: TestClient, runtime: Runtime) -> None:
    page = act(client, ask(client, QUESTION), "introduce", HOSPITAL, note="x" * 2_001)
    assert "Merknaden er for lang" in page
    assert runtime.referrals.cases() == []


@pytest.mark.parametrize(
    ("written", "kept"), [("Verdal", "5038"), ("verdal kommune", "5038"), ("5006", "5006"), ("", None)]
)
def test_a_municipality_is_chosen_by_name_or_number(
    client: TestClient, runtime: Runtime, written: str, kept: str | None
) -> None:
    client.post("/mine/municipality", data={"municipality": written})
    ask(client, QUESTION)
    assert {entry.kommunenummer for entry in runtime.service.log.entries()} == {kept}


def test_a_municipality_that_is_none_is_told(client: TestClient) -> None:
    client.post("/mine/municipality", data={"municipality": "<b>Ingensteds</b>"})
    page = client.get("/mine").text
    assert "Jeg kjenner ingen kommune som heter «&lt;b&gt;Ingensteds&lt;/b&gt;»" in page


@pytest.mark.parametrize(
    ("lang", "title"), [("nb", "Finn samarbeid"), ("nn", "Finn samarbeid, midlar"), ("en", "Find partners")]
)
def test_pages_are_in_the_language_chosen_and_stay_where_they_are(client: TestClient, lang: str, title: str) -> None:
    address = ask(client, QUESTION)
    page = client.get(f"{address}?lang={lang}").text
    assert title in page
    assert f'<html lang="{lang}"' in page
    assert f'href="{address}?lang=nn"' in page


def test_asking_too_often_is_told_when_to_come_back(client: TestClient, app: FastAPI) -> None:
    app.state.web.limits.add("ask", "2/minute")
    ask(client, QUESTION)
    ask(client, QUESTION)
    refused = client.post("/ask", data={"text": QUESTION, "conversation": uuid4().hex, "key": uuid4().hex})
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0


def test_another_sites_page_cannot_ask(client: TestClient, runtime: Runtime) -> None:
    form = {"text": QUESTION, "conversation": uuid4().hex, "key": uuid4().hex}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert client.post("/ask", data=form, headers=headers).status_code == 403
    assert list(runtime.service.log.entries()) == []
