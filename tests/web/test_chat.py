"""The chat as a browser without JavaScript goes through it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from assistant.access.accounts import AccountRole
from assistant.cases.cases import CaseReason, CaseState
from assistant.cases.reach import reach_of
from assistant.history.log_entries import EntryKind
from assistant.service.container import Runtime
from corpus.curation import move
from corpus.records import Kind
from corpus.tables import Action
from tests.web.conftest import LogIn

SEPSIS = "hvem kan hjelpe med tidlig oppdagelse av sepsis?"
FUNDING = "støtte til forskning i kommunen"


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None
    return found[1]


def ask(client: TestClient, text: str, after: str = "") -> str:
    """Ask as the form does; return the id of the answer that it led to."""
    key = field(client.get(f"/a/{after}" if after else "/").text, "key")
    answer = client.post("/ask", data={"text": text, "key": key, "after": after})
    assert answer.status_code == 303
    found = re.match(r"/a/([0-9a-f]{16})#a-", answer.headers["Location"])
    assert found is not None
    return found[1]


def act(client: TestClient, log_id: str, verb: str, **more: str | list[str]) -> Response:
    return client.post(f"/a/{log_id}/act", data={"verb": verb} | more)


def records(page: str) -> list[str]:
    """Return the suggestions that can be ticked."""
    found = re.findall(r'type="checkbox" id="[^"]*" form="act-[^"]*" name="record" value="([^"]*)"', page)
    assert found
    return found


def first_record(page: str) -> str:
    return records(page)[0]


def test_a_question_leads_to_an_answer_with_reasons_and_sources(client: TestClient) -> None:
    page = client.get(f"/a/{ask(client, SEPSIS)}").text
    assert SEPSIS in page
    assert "Helse Nord-Trøndelag" in page
    assert "hvorfor?" in page
    assert re.search(r'<p class="summary">Snakk først med <b>Helse Nord-Trøndelag HF</b>, som foreslo «', page)
    assert "Kilde: TFoU-arbeidsnotat 2017:106" in page
    assert "sterkt treff" in page


def test_an_answer_page_is_small_and_shows_four_rows_of_a_kind_at_most(client: TestClient) -> None:
    for question in (SEPSIS, FUNDING, "klimatilpasning og overvann", "who can help with climate adaptation?"):
        page = client.get(f"/a/{ask(client, question)}").text
        assert len(page.encode()) <= 60_000
        for section in page.split('<section class="rows"')[1:]:
            opened = re.sub(r'<details class="folded-rows.*?</details>\s*</section>', "", section, flags=re.DOTALL)
            assert opened.count('class="answer-row"') <= 4


def test_what_the_asker_is_taken_for_is_changed_by_a_link_that_begins_the_sentence(client: TestClient) -> None:
    log_id = ask(client, SEPSIS)
    page = client.get(f"/a/{log_id}").text
    assert "En kommune, sted ikke sagt" in page
    [link] = re.findall(r'href="(/a/[^"]*text=vi%20er%20fra%20)#text"', page)
    begun = client.get(link).text
    assert re.search(r'<textarea id="text"[^>]* autofocus>\nvi er fra </textarea>', begun)
    hostile = client.get("/", params={"text": "</textarea><script>alert(1)</script>"}).text
    assert "<script>alert" not in hostile


def test_the_first_page_tells_what_the_base_covers_as_it_is_now(client: TestClient, runtime: Runtime) -> None:
    def partners() -> int:
        told = re.search(r"(\d+) mulige partnere, \d+ ordninger som kan gi penger, og \d+ ideer", client.get("/").text)
        assert told is not None
        return int(told[1])

    before = partners()
    assert before == len(runtime.store.ids(Kind.ACTOR))
    move(runtime.store, ["actor:tlab"], Action.RETIRE, by="test")
    assert partners() == before - 1


def test_the_suggestions_ticked_each_become_a_case_and_none_ticked_asks_about_the_whole(
    client: TestClient, runtime: Runtime
) -> None:
    log_id = ask(client, SEPSIS)
    chosen = records(client.get(f"/a/{log_id}").text)[:2]
    act(client, log_id, "introduce", record=chosen, note="Vi er fire kommuner", key="a" * 32)
    assert {case.record_id for case in runtime.referrals.cases()} == set(chosen)
    page = client.get(f"/a/{log_id}").text
    assert page.count("megleren har saken") == 2
    assert not set(chosen) & set(records(page))
    act(client, log_id, "introduce", key="b" * 32)
    assert [case.record_id for case in runtime.referrals.cases() if case.record_id is None] == [None]
    assert "Du spurte megleren" in client.get(f"/a/{log_id}").text


def test_what_was_ticked_is_kept_where_a_note_about_a_person_is_asked_about_first(
    client: TestClient, runtime: Runtime
) -> None:
    log_id = ask(client, SEPSIS)
    chosen = records(client.get(f"/a/{log_id}").text)[:2]
    note = "Min mor på 84 år, Kari Nordmann, har demens og fikk sepsis"
    warned = act(client, log_id, "introduce", record=chosen, note=note)
    assert runtime.referrals.cases() == []
    assert re.findall(r'name="record" value="([^"]*)"', warned.text) == chosen
    act(client, log_id, "introduce", record=chosen, note=note, confirmed="true")
    assert {case.record_id for case in runtime.referrals.cases()} == set(chosen)


def test_to_refuse_none_asks_which(client: TestClient, runtime: Runtime) -> None:
    log_id = ask(client, SEPSIS)
    answer = client.post(f"/a/{log_id}/act", data={"verb": "not_for_us"}, headers={"HX-Request": "true"})
    assert re.search(r'<p class="receipt" tabindex="-1" data-focus[^>]*>Kryss av minst ett', answer.text)
    assert list(runtime.service.log.entries(kind=EntryKind.ACT)) == []


def test_an_earlier_answer_of_a_thread_is_told_in_short_with_the_way_to_it(client: TestClient) -> None:
    first = ask(client, SEPSIS)
    page = client.get(f"/a/{ask(client, 'bare i Trøndelag', after=first)}").text
    assert f'href="/a/{first}#a-{first}"' in page
    assert f'form="act-{first}"' not in page
    assert f'form="act-{first}"' in client.get(f"/a/{first}").text


def test_schemes_tell_how_their_rules_stand(client: TestClient) -> None:
    page = client.get(f"/a/{ask(client, FUNDING)}").text
    assert 'data-verdict="met"' in page
    assert 'data-verdict="unknown"' in page
    assert "Ikke avklart" in page


def test_an_ended_scheme_tells_what_took_over(client: TestClient) -> None:
    page = client.get(f"/a/{ask(client, 'Horisont 2020')}").text
    assert "Horisont Europa" in page
    assert "Ordningen ble avsluttet" in page


def test_what_is_said_next_refines_the_same_thread(client: TestClient) -> None:
    first = ask(client, SEPSIS)
    second = ask(client, "bare i Trøndelag", after=first)
    page = client.get(f"/a/{second}").text
    assert page.index(SEPSIS) < page.index("bare i Trøndelag")
    assert "Nå viser jeg bare partnere i Trøndelag." in page


def test_the_same_form_sent_twice_asks_once(client: TestClient, runtime: Runtime) -> None:
    key = field(client.get("/").text, "key")
    sent = {"text": SEPSIS, "key": key}
    assert client.post("/ask", data=sent).headers["Location"] == client.post("/ask", data=sent).headers["Location"]
    assert len(list(runtime.service.log.entries(kind=EntryKind.QUESTION))) == 1


@pytest.mark.parametrize(("text", "said"), [("hjelp", "help"), ("   ", "empty"), ("hei", "greeting"), ("?", "help")])
def test_what_is_no_question_gets_a_reply_that_can_be_reloaded(client: TestClient, text: str, said: str) -> None:
    answer = client.post("/ask", data={"text": text})
    assert answer.headers["Location"] == f"/?said={said}#said"
    assert 'id="said"' in client.get(answer.headers["Location"]).text


def test_whom_to_talk_to_can_be_asked_from_there(client: TestClient) -> None:
    log_id = ask(client, "kan jeg snakke med et menneske?")
    assert "Spør megleren" in client.get(f"/a/{log_id}").text
    act(client, log_id, "ask_broker", note="Ring meg gjerne")
    assert "Spørsmål til megleren" in client.get("/mine").text


def test_asking_to_be_introduced_opens_one_case_that_its_asker_follows(client: TestClient, runtime: Runtime) -> None:
    log_id = ask(client, SEPSIS)
    record = first_record(client.get(f"/a/{log_id}").text)
    for _ in range(2):
        answer = act(client, log_id, "introduce", record=record, note="Vi er fire kommuner", contact="kari@kommune.no")
        assert answer.headers["Location"].startswith(f"/a/{log_id}#")
    [case] = runtime.referrals.cases()
    assert (case.record_id, case.note) == (record, "Vi er fire kommuner")
    assert reach_of(case).contact == "kari@kommune.no"
    assert "megleren har saken" in client.get(f"/a/{log_id}").text
    runtime.referrals.note(case.id, "intern vurdering", by="megler")
    runtime.referrals.note(case.id, "Sykehuset svarer i mars", by="megler", for_asker=True)
    runtime.referrals.move(case.id, CaseState.SENT, by="megler")
    runtime.referrals.move(case.id, CaseState.DECLINED, by="megler", reason=CaseReason.CAPACITY, note="hemmelig")
    page = client.get(f"/mine/{case.id}").text
    for told in ("Sykehuset svarer i mars", "Sendt til partneren", "Mangler kapasitet"):
        assert told in page
    assert "intern vurdering" not in page
    assert "hemmelig" not in page
    assert f"/mine/{case.id}" in client.get("/mine").text


def test_an_account_is_named_to_the_broker(log_in: LogIn, runtime: Runtime) -> None:
    browser = log_in(AccountRole.CONTACT)
    log_id = ask(browser, SEPSIS)
    act(browser, log_id, "introduce", record=first_record(browser.get(f"/a/{log_id}").text))
    [case] = runtime.referrals.cases()
    assert reach_of(case).name == "contact 1"


def test_not_for_us_is_noted_with_its_reason(client: TestClient) -> None:
    log_id = ask(client, SEPSIS)
    record = first_record(client.get(f"/a/{log_id}").text)
    act(client, log_id, "not_for_us", record=record, reason="know_them_already")
    assert "Notert: ikke for dere (Vi kjenner dem fra før)." in client.get(f"/a/{log_id}").text


def test_more_like_something_is_a_new_answer_in_the_thread(client: TestClient) -> None:
    log_id = ask(client, SEPSIS)
    record = first_record(client.get(f"/a/{log_id}").text)
    answer = act(client, log_id, "more_like_this", record=record)
    location = answer.headers["Location"]
    assert not location.startswith(f"/a/{log_id}")
    page = client.get(location).text
    assert "Dette ligner på" in page
    assert SEPSIS in page


def test_helpful_is_noted(client: TestClient) -> None:
    log_id = ask(client, SEPSIS)
    act(client, log_id, "helpful")
    assert "Takk, det er notert." in client.get(f"/a/{log_id}").text


def test_an_answer_is_read_by_others_only_once_it_is_shared(
    client: TestClient, browsers: Callable[..., TestClient]
) -> None:
    log_id = ask(client, SEPSIS)
    other = browsers()
    assert other.get(f"/s/{log_id}").status_code == 404
    act(client, log_id, "share")
    assert f"http://127.0.0.1:8000/s/{log_id}" in client.get(f"/a/{log_id}").text
    page = other.get(f"/s/{log_id}")
    assert SEPSIS in page.text
    assert "<form" not in page.text.split("<main", 1)[1].split("</main>")[0]
    assert page.headers["X-Robots-Tag"] == "noindex"


def test_what_is_printed_is_unfolded(client: TestClient) -> None:
    page = client.get(f"/a/{ask(client, SEPSIS)}/print").text
    details = re.findall(r"<details[^>]*>", page)
    assert details
    assert all(" open" in one for one in details)
    assert "<input" not in page.split("<main", 1)[1].split("</main>")[0]


def test_nobody_sees_or_touches_what_another_asked(
    client: TestClient, browsers: Callable[..., TestClient], log_in: LogIn, runtime: Runtime
) -> None:
    log_id = ask(client, SEPSIS)
    record = first_record(client.get(f"/a/{log_id}").text)
    act(client, log_id, "introduce", record=record)
    [case] = runtime.referrals.cases()
    asked_too = browsers()
    ask(asked_too, FUNDING)
    for other in (browsers(), asked_too, log_in(AccountRole.CONTACT)):
        assert other.get(f"/a/{log_id}").status_code == 404
        assert other.get(f"/a/{log_id}/print").status_code == 404
        assert other.get(f"/mine/{case.id}").status_code == 404
        assert act(other, log_id, "introduce", record=record).status_code == 404
        assert act(other, log_id, "share").status_code == 404
        assert other.post("/ask", data={"text": "bare i Trøndelag", "after": log_id}).status_code == 404
        assert SEPSIS not in other.get("/mine").text
    assert len(runtime.referrals.cases()) == 1


def test_anothers_form_key_gives_no_ones_reply(client: TestClient, browsers: Callable[..., TestClient]) -> None:
    sent = {"text": SEPSIS, "key": "0" * 32}
    mine, theirs = client.post("/ask", data=sent), browsers().post("/ask", data=sent)
    assert mine.headers["Location"] != theirs.headers["Location"]


def test_what_is_kept_of_somebody_is_given_out_and_taken_away(client: TestClient, runtime: Runtime) -> None:
    log_id = ask(client, SEPSIS)
    act(client, log_id, "introduce", record=first_record(client.get(f"/a/{log_id}").text), contact="kari@kommune.no")
    given = client.get("/mine/kept.json")
    assert given.headers["Content-Disposition"].startswith("attachment")
    assert given.json()["cases"][0]["question"] == SEPSIS
    assert client.post("/mine/erase").status_code == 303
    assert "Det er slettet." in client.get("/mine").text
    assert client.get(f"/a/{log_id}").status_code == 404
    [case] = runtime.referrals.cases()
    assert (case.question, reach_of(case).contact) == ("", None)
    assert runtime.service.log.verify() > 0


HOSTILE = [
    "<script>alert(1)</script> sepsis",
    '"><img src=x onerror=alert(1)> sepsis',
    "{{ 7777 * 7777 }} {% raw %} sepsis",
    "sepsis </textarea></form><svg onload=alert(1)>",
    "javascript:alert(1) sepsis \x00\x07\u202e",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_written_stays_text(client: TestClient, runtime: Runtime, text: str) -> None:
    log_id = ask(client, text)
    record = first_record(client.get(f"/a/{log_id}").text) if "record" in client.get(f"/a/{log_id}").text else ""
    act(client, log_id, "ask_broker", note=text, contact=text)
    act(client, log_id, "share")
    [case] = runtime.referrals.cases()
    runtime.referrals.note(case.id, text, by="megler", for_asker=True)
    assert record is not None
    for path in (f"/a/{log_id}", f"/a/{log_id}/print", f"/s/{log_id}", "/mine", f"/mine/{case.id}"):
        page = client.get(path)
        assert page.status_code == 200
        body = page.text.split("<main", 1)[1]
        for fault in ("<script", "<img", "<svg", "onerror=alert(1)>", "60481729"):
            assert fault not in body, path


def test_a_header_cannot_be_written_by_a_question(client: TestClient) -> None:
    answer = client.post("/ask", data={"text": "sepsis\r\nSet-Cookie: stolen=1", "after": ""})
    assert "stolen" not in str(answer.headers)
    answer = client.post("/ask", data={"text": "sepsis", "after": "x\r\nSet-Cookie: stolen=1"})
    assert answer.status_code == 404
    assert "stolen" not in str(answer.headers)


@pytest.mark.parametrize(
    "sent",
    [
        {"verb": "destroy"},
        {},
        {"verb": "introduce", "record": "actor:nowhere"},
        {"verb": "not_for_us", "reason": "because"},
        {"verb": "ask_broker", "note": "x" * 2_001},
        {"verb": "more_like_this"},
    ],
)
def test_what_cannot_be_done_is_refused_and_changes_nothing(
    client: TestClient, runtime: Runtime, sent: dict[str, str]
) -> None:
    log_id = ask(client, SEPSIS)
    answer = client.post(f"/a/{log_id}/act", data=sent)
    assert 400 <= answer.status_code < 500
    assert runtime.referrals.cases() == []
    assert list(runtime.service.log.entries(kind=EntryKind.ACT)) == []


def test_a_very_long_question_is_answered_and_told_to_be_shortened(client: TestClient) -> None:
    page = client.get(f"/a/{ask(client, 'sepsis ' * 2_000)}").text
    assert "så jeg leste bare begynnelsen" in page


def test_the_answer_is_in_the_language_of_the_question_until_one_is_chosen(client: TestClient) -> None:
    log_id = ask(client, "who can help with sepsis early warning?")
    page = client.get(f"/a/{log_id}").text
    assert '<html lang="nb"' in page
    assert re.search(rf'id="a-{log_id}" lang="en"', page)
    assert "strong match" in page
    page = client.get(f"/a/{log_id}?lang=nn").text
    assert re.search(rf'id="a-{log_id}" lang="nn"', page)
    assert "sterkt treff" in page
    assert "kvifor?" in page
    assert re.search(r"Snakk først med <b[^>]*>Helse Nord-Trøndelag HF</b>, som føreslo", page)


def test_a_language_asked_for_in_words_is_that_of_the_pages_too(client: TestClient) -> None:
    first = ask(client, SEPSIS)
    client.get("/?lang=nb")
    ask(client, "på nynorsk, takk", after=first)
    assert '<html lang="nn"' in client.get("/mine").text


@pytest.mark.parametrize(
    ("given", "shown"),
    [("5038 Verdal", "5038"), ("5038", "5038"), ("bergen", "4601 Bergen"), ("", "")],
)
def test_where_somebody_asks_from_is_remembered(client: TestClient, given: str, shown: str) -> None:
    client.post("/mine/municipality", data={"municipality": given})
    page = client.get("/mine").text
    assert "Lagret." in page
    assert re.search(rf'name="municipality" type="text" value="{shown}[^"]*"', page)


def test_a_municipality_that_cannot_be_is_told(client: TestClient) -> None:
    client.post("/mine/municipality", data={"municipality": "<b>Atlantis</b>"})
    page = client.get("/mine").text
    assert "Vi kjenner ingen kommune «&lt;b&gt;Atlantis&lt;/b&gt;»." in page


def test_htmx_gets_the_page_at_once_with_what_to_go_to_marked(client: TestClient) -> None:
    answer = client.post("/ask", data={"text": SEPSIS}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    log_id = answer.headers["HX-Push-Url"].removeprefix("/a/")
    assert re.search(rf'id="a-{log_id}-heading" tabindex="-1" data-focus', answer.text)


def test_too_many_questions_are_refused(app: FastAPI, client: TestClient) -> None:
    app.state.web.limits.add("ask", "2/minute")
    told = [client.post("/ask", data={"text": "sepsis"}).status_code for _ in range(4)]
    assert told == [303, 303, 303, 429], "the first one counts for the address, the others for its session"


def test_who_takes_no_cookie_is_counted_by_address(
    app: FastAPI, browsers: Callable[..., TestClient], runtime: Runtime
) -> None:
    app.state.web.limits.add("ask", "2/minute")
    told = [browsers().post("/ask", data={"text": "sepsis"}).status_code for _ in range(3)]
    assert told == [303, 303, 429]


def test_answers_are_counted_but_not_what_was_asked(client: TestClient) -> None:
    ask(client, SEPSIS)
    told = client.get("/metrics").text
    assert 'mellomrom_answers_total{channel="web",outcome="matched"} 1.0' in told
    assert "sepsis" not in told
