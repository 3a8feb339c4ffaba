"""A case moves by itself: letter out, answer in by a link, the asker told, meeting, files; and every step undone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from assistant.access.accounts import AccountRole
from assistant.access.profiles import Profile, Profiles
from assistant.cases.cases import Case, CaseReason, CaseState
from assistant.cases.partner_answers import LinkPurpose, SignedLinks
from assistant.cases.reach import reach_of
from assistant.cases.updates import CaseUpdates
from assistant.desk.notifications import notify_askers, reassign_cases_of_absent, remind_of_meetings
from assistant.mail.carrier import Carrier
from assistant.mail.queue import MailState
from assistant.platform.people import Asker, Channel
from assistant.platform.settings import Settings
from assistant.platform.workdays import NORWAY
from assistant.service.container import Runtime
from assistant.service.messages import ActionType, UserAction, UserMessage
from assistant.service.privacy import erase, kept_of
from corpus.clock import utc_now
from tests.mail.servers import Kept, mail_server
from tests.web.conftest import BASE, HERE, LogIn

QUESTION = "hvem kan hjelpe med tidlig oppdagelse av sepsis?"
KARI = Asker(channel=Channel.WEB, tenant="web", user="visitor:kari")
ASKER = "fou@verdal.example"
PARTNER = "forskning@sykehus.example"


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def settings(filled_home: Path, kept: Kept) -> Iterator[Settings]:
    with mail_server(kept) as port:
        yield Settings.model_validate(
            {"home": filled_home, "smtp_host": "127.0.0.1", "smtp_port": port, "smtp_tls": "none",
             "mail_sender": "megling@fylke.example", "mail_undo_minutes": 0, "web_base_url": "http://127.0.0.1:8000",
             "web_login_rate": "1000/minute"}
        )  # fmt: skip


@pytest.fixture
def browsers(app: FastAPI) -> Callable[..., TestClient]:
    """Browsers on an app that does nothing by itself: each test says when letters are carried and askers told."""

    def open_browser() -> TestClient:
        return TestClient(
            app,
            base_url=BASE,
            client=HERE,
            follow_redirects=False,
            raise_server_exceptions=False,
            headers={"Accept-Language": "nb"},
        )

    return open_browser


@pytest.fixture
def case(runtime: Runtime) -> Case:
    return opened(runtime)


def opened(runtime: Runtime, reply_to: str | None = f'{{"contact": "{ASKER}", "by_mail": true}}') -> Case:
    runtime.service.set_profile(KARI, language=None, kommunenummer="5038")
    reply = runtime.service.handle(UserMessage(key="1", asker=KARI, conversation="c", text=QUESTION))
    assert reply.log_id is not None
    act = UserAction(key="2", asker=KARI, log_id=reply.log_id, record_id="actor:helse-nord-trondelag",
              verb=ActionType.INTRODUCE, reply_to=reply_to)  # fmt: skip
    case = runtime.service.act(act).case
    assert case is not None
    return case


@pytest.fixture
def broker(log_in: LogIn) -> TestClient:
    return log_in(AccountRole.BROKER)


def form_of(browser: TestClient, case: Case) -> dict[str, str]:
    """What the letter's form on the case page holds."""
    page = browser.get(f"/desk/cases/{case.id}").text
    found = re.search(r'<form class="sheet".*?</form>', page, re.DOTALL)
    assert found is not None
    fields = dict(re.findall(r'<input[^>]*? name="(\w+)"[^>]*? value="([^"]*)"', found[0]))
    fields |= {name: value for value, name in re.findall(r'<input[^>]*? value="([^"]*)"[^>]*? name="(\w+)"', found[0])}
    fields.pop("with_sketch", None)
    body = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", found[0], re.DOTALL)
    assert body is not None
    return {name: unescape(value) for name, value in {**fields, "body": body[1]}.items()}


def carry(runtime: Runtime) -> int:
    return Carrier(runtime.mail, runtime.settings).carry()


def send(browser: TestClient, runtime: Runtime, case: Case, **changed: str) -> None:
    form = form_of(browser, case) | {"to": PARTNER} | changed
    assert browser.post(f"/desk/cases/{case.id}/letter/send", data=form).status_code == 303
    carry(runtime)


def test_a_letter_goes_out_signed_with_facts_for_its_receiver_and_a_sketch(
    broker: TestClient, runtime: Runtime, kept: Kept, case: Case
) -> None:
    told = {"name": "Anne Megler", "title": "kompetansemegler", "organisation": "Fylket", "phone": "74 00 00 00",
            "email": "anne@fylke.example"}  # fmt: skip
    assert broker.post("/desk/profile", data=told).status_code == 303
    form = form_of(broker, case)
    assert "Dere foreslo «" in form["body"]
    saved = broker.post(f"/desk/cases/{case.id}/letter", data=form | {"body": form["body"] + "\n\nMitt tillegg."},
                        headers={"Accept": "application/json"})  # fmt: skip
    assert saved.json()["version"] == 1
    send(broker, runtime, case, with_sketch="1")
    (message,) = kept.messages
    plain = message.get_body(("plain",))
    html = message.get_body(("html",))
    assert plain is not None
    assert html is not None
    text = plain.get_content()
    assert (message["to"], message["reply-to"]) == (PARTNER, "anne@fylke.example")
    assert "Verdal kommune" in message["subject"]
    for said in (QUESTION, "Mitt tillegg.", "Anne Megler, kompetansemegler, Fylket", "74 00 00 00", "/reply/"):
        assert said in text
    for unsaid in ("Ligner på", "Kilde:", "§3.2", "l.40"):
        assert unsaid not in text
    assert ">Ja, ta kontakt</a>" in html.get_content()
    sketches = {one.get_filename(): one.get_content()[:4] for one in message.iter_attachments()}
    assert sketches == {"prosjektskisse.pdf": b"%PDF", "prosjektskisse.docx": b"PK\x03\x04"}
    assert runtime.referrals.get(case.id).state is CaseState.SENT
    assert f"Brev sendt til {PARTNER}" in broker.get(f"/desk/cases/{case.id}").text


def test_a_second_click_sends_nothing(broker: TestClient, runtime: Runtime, kept: Kept, case: Case) -> None:
    form = form_of(broker, case) | {"to": PARTNER}
    answers = [broker.post(f"/desk/cases/{case.id}/letter/send", data=form).status_code for _ in range(2)]
    assert answers == [303, 409]
    carry(runtime)
    assert len(kept.raw) == 1


def test_what_two_brokers_write_is_shown_to_both(log_in: LogIn, runtime: Runtime, case: Case) -> None:
    first, second = log_in(AccountRole.BROKER), log_in(AccountRole.BROKER)
    form = form_of(first, case)
    assert second.post(f"/desk/cases/{case.id}/letter", data=form | {"body": "Kollegaens"}).status_code == 303
    refused = first.post(f"/desk/cases/{case.id}/letter", data=form | {"body": "Mitt eget"})
    assert refused.status_code == 409
    assert "Kollegaens" in refused.text
    assert "Mitt eget" in refused.text
    by_itself = first.post(f"/desk/cases/{case.id}/letter", data=form, headers={"Accept": "application/json"})
    assert (by_itself.json()["conflict"], "broker 2" in by_itself.json()["told"]) == (True, True)
    assert form_of(first, case)["body"] == "Kollegaens"


@pytest.mark.parametrize("to", ["", "kari", "a@b.no, c@d.no", "a@b.no\r\nBcc: x@y.no"])
def test_a_receiver_that_is_none_is_told_and_what_was_written_stays(
    broker: TestClient, runtime: Runtime, case: Case, to: str
) -> None:
    form = form_of(broker, case) | {"to": to, "body": "Alt jeg skrev"}
    refused = broker.post(f"/desk/cases/{case.id}/letter/send", data=form)
    assert (refused.status_code, "Alt jeg skrev" in refused.text) == (422, True)
    assert runtime.referrals.get(case.id).state is CaseState.ASKED


def link_in(kept: Kept, path: str) -> str:
    plain = kept.messages[-1].get_body(("plain",))
    assert plain is not None
    found = re.search(rf"http://127\.0\.0\.1:8000(/{path}/[^\s?]+)", plain.get_content())
    assert found is not None
    return found[1]


def test_an_answer_that_a_case_does_not_stand_as_is_told_where_it_stands(
    broker: TestClient, client: TestClient, runtime: Runtime, kept: Kept, case: Case
) -> None:
    send(broker, runtime, case)
    link = link_in(kept, "reply")
    told = []
    for answer in ("maybe", "yes", "not_for_us"):
        client.post(link, data={"answer": answer})
        found = re.search(r"Partneren svarte sist: [^.]*", unescape(broker.get(f"/desk/cases/{case.id}").text))
        told.append(found and found[0])
    assert told == ["Partneren svarte sist: kanskje", None, "Partneren svarte sist: ikke noe for oss"]


def test_an_answer_by_link_needs_the_button_moves_the_case_and_is_told_to_the_asker(
    broker: TestClient, client: TestClient, runtime: Runtime, kept: Kept, case: Case
) -> None:
    send(broker, runtime, case)
    link = link_in(kept, "reply")
    for answer in ("yes", "maybe", "not_now"):
        assert client.get(f"{link}?a={answer}").status_code == 200
    assert runtime.referrals.get(case.id).state is CaseState.SENT
    assert client.post(link, data={"answer": "maybe", "note": "Hvor mange?"}).status_code == 303
    assert runtime.referrals.get(case.id).state is CaseState.SENT
    assert client.post(link, data={"answer": "yes"}).status_code == 303
    assert runtime.referrals.get(case.id).state is CaseState.TAKEN
    page = unescape(broker.get(f"/desk/cases/{case.id}").text)
    assert "Svar fra partneren: kanskje" in page
    assert "Hvor mange?" in page
    kept.raw.clear()
    assert notify_askers(runtime) == 2
    assert notify_askers(runtime) == 0
    carry(runtime)
    assert [message["to"] for message in kept.messages] == [ASKER, ASKER]
    plain = kept.messages[-1].get_body(("plain",))
    assert plain is not None
    assert "Partneren har sagt ja" in plain.get_content()
    assert "Hvor mange?" not in plain.get_content()
    stop = link_in(kept, "stop")
    assert client.get(stop).status_code == 200
    assert reach_of(runtime.referrals.get(case.id)).mail == ASKER
    assert "ikke flere e-poster" in client.post(stop).text
    assert reach_of(runtime.referrals.get(case.id)).mail is None


def test_a_step_waits_two_weeks_for_a_way_out_and_then_stands_on_the_page_alone(runtime: Runtime, case: Case) -> None:
    runtime.referrals.move(case.id, CaseState.SENT, by="b")

    def due_after(days: int) -> list[str]:
        later = CaseUpdates(runtime.database, timedelta(), now=lambda: utc_now() + timedelta(days=days))
        return [step.case.id for step in later.due()]

    assert due_after(13) == [case.id]
    assert due_after(15) == []


def test_a_no_offers_the_next_candidate(broker: TestClient, client: TestClient, runtime: Runtime, case: Case) -> None:
    token = SignedLinks(runtime.keys).token(LinkPurpose.ANSWER, case.id, 5)
    client.post(f"/reply/{token}", data={"answer": "ask_other", "note": "Spør klinikken"})
    declined = runtime.referrals.get(case.id)
    assert declined.state is CaseState.DECLINED
    page = broker.get(f"/desk/cases/{case.id}").text
    offered = re.findall(r'name="record" value="([^"]+)"', page)
    assert offered
    assert case.record_id not in offered
    opened_next = broker.post(f"/desk/cases/{case.id}/next", data={"record": offered[0]})
    new = runtime.referrals.get(opened_next.headers["location"].rsplit("/", 1)[-1])
    assert (new.record_id, new.question, new.reply_to, new.assigned_to) == (
        offered[0], case.question, case.reply_to, "broker 1",
    )  # fmt: skip
    assert broker.post(f"/desk/cases/{case.id}/next", data={"record": offered[0]}).status_code == 404


def test_a_link_is_for_one_thing_for_a_time_and_by_us_alone(client: TestClient, runtime: Runtime, case: Case) -> None:
    links = SignedLinks(runtime.keys)
    good = links.token(LinkPurpose.ANSWER, case.id, 5)
    past = SignedLinks(runtime.keys, lambda: utc_now() - timedelta(days=10)).token(LinkPurpose.ANSWER, case.id, 5)
    about, until, signature = good.split("-")
    forged = [
        past,
        links.token(LinkPurpose.STOP, case.id, 5),
        f"{about}-{int(until, 16) + 400:x}-{signature}",
        f"{'0' * 16}-{until}-{signature}",
        f"{about}-{until}-{'0' * 32}",
        f"{about}-ffffff-{signature}",
        good.upper(),
        f"{good}x",
        "x",
        "%00",
    ]
    for token in forged:
        assert client.get(f"/reply/{token}").status_code == 410, token
        assert client.post(f"/reply/{token}", data={"answer": "yes"}).status_code == 410, token
    for answer in ("written", "granted", ""):
        refused = client.post(f"/reply/{good}", data={"answer": answer})
        assert refused.status_code in {410, 422}
    assert runtime.referrals.get(case.id).version == case.version
    assert client.post(f"/reply/{good}", data={"answer": "yes", "note": "x" * 3_000}).status_code == 422
    for _ in range(30):
        client.post(f"/reply/{good}", data={"answer": "maybe"})
    assert len(runtime.referrals.events(case.id)) <= 21
    erase(runtime, KARI, by="test")
    assert client.get(f"/reply/{good}").status_code == 410


def test_a_move_is_undone_before_anybody_is_told_and_corrected_after(
    broker: TestClient, runtime: Runtime, kept: Kept, case: Case
) -> None:
    here = f"/desk/cases/{case.id}"
    form = form_of(broker, case) | {"to": PARTNER}
    broker.post(f"{here}/letter/send", data=form)
    version = runtime.referrals.get(case.id).version
    assert broker.post(f"{here}/undo", data={"version": version}).status_code == 303
    undone = runtime.referrals.get(case.id)
    assert (undone.state, undone.state_since) == (CaseState.ASKED, case.state_since)
    assert [mail.state for mail in runtime.mail.of(f"case:{case.id}")] == [MailState.CANCELLED]
    assert carry(runtime) == 0
    assert notify_askers(runtime) == 0
    assert runtime.referrals.moves([case.id]) == {}
    send(broker, runtime, case)
    version = runtime.referrals.get(case.id).version
    assert broker.post(f"{here}/undo", data={"version": version}).status_code == 422
    assert runtime.referrals.get(case.id).state is CaseState.SENT
    assert broker.post(f"{here}/undo", data={"version": version - 1, "note": "Feil"}).status_code == 303
    assert runtime.referrals.get(case.id).state is CaseState.SENT
    assert broker.post(f"{here}/undo", data={"version": version, "note": "Feil mottaker"}).status_code == 303
    assert runtime.referrals.get(case.id).state is CaseState.ASKED
    kept.raw.clear()
    assert notify_askers(runtime) == 2
    carry(runtime)
    plain = kept.messages[-1].get_body(("plain",))
    assert plain is not None
    assert "var feil" in plain.get_content()
    assert "Feil mottaker" not in plain.get_content()


def test_an_ended_case_is_undone_too(broker: TestClient, runtime: Runtime, case: Case) -> None:
    runtime.referrals.move(case.id, CaseState.DROPPED, by="b", reason=CaseReason.OTHER)
    version = runtime.referrals.get(case.id).version
    assert broker.post(f"/desk/cases/{case.id}/undo", data={"version": version}).status_code == 303
    assert runtime.referrals.get(case.id).state is CaseState.ASKED


def test_a_case_is_taken_given_and_let_go_and_goes_to_a_colleague_by_itself(
    log_in: LogIn, runtime: Runtime, case: Case
) -> None:
    first, second = log_in(AccountRole.BROKER), log_in(AccountRole.BROKER)
    here = f"/desk/cases/{case.id}/assign"

    def assigned(browser: TestClient, **form: str) -> str | None:
        browser.post(here, data={"version": str(runtime.referrals.get(case.id).version), **form})
        return runtime.referrals.get(case.id).assigned_to

    assert assigned(first, do="take") == "broker 1"
    assert assigned(first, do="give", to="broker 2") == "broker 2"
    assert assigned(first, do="give", to="nobody") == "broker 2"
    assert assigned(second, do="drop") is None
    assert assigned(second, do="take") == "broker 2"
    today = date(2026, 5, 4)
    away = {"absent_from": "2026-05-04", "absent_until": "2026-05-08", "deputy": "broker 1"}
    assert second.post("/desk/profile", data=away | {"absent_until": "2026-05-01"}).status_code == 422
    assert second.post("/desk/profile", data=away | {"deputy": "broker 2"}).status_code == 422
    assert second.post("/desk/profile", data=away).status_code == 303
    profiles = Profiles(runtime.database)
    assert reassign_cases_of_absent(runtime, profiles, today - timedelta(days=1)) == 0
    assert reassign_cases_of_absent(runtime, profiles, today + timedelta(days=4)) == 1
    assert runtime.referrals.get(case.id).assigned_to == "broker 1"


def test_a_case_without_a_way_back_asks_for_one(broker: TestClient, client: TestClient, runtime: Runtime) -> None:
    page = client.post("/ask", data={"text": QUESTION}, headers={"Accept-Language": "nb"})
    log_id = page.headers["location"].split("#")[0].rsplit("/", 1)[-1]
    client.post(f"/a/{log_id}/act", data={"verb": "ask_broker"})
    (case,) = runtime.referrals.cases()
    assert "Ingen vei tilbake" in broker.get(f"/desk/cases/{case.id}").text
    assert "Megleren kan ikke nå deg" in client.get(f"/mine/{case.id}").text
    assert client.post(f"/mine/{case.id}/reach", data={"contact": "12", "by_mail": "1"}).status_code == 303
    assert runtime.referrals.get(case.id).reply_to is None
    client.post(f"/mine/{case.id}/reach", data={"contact": ASKER, "by_mail": "1"})
    assert reach_of(runtime.referrals.get(case.id)).mail == ASKER
    assert "Ingen vei tilbake" not in broker.get(f"/desk/cases/{case.id}").text
    assert broker.post(f"/mine/{case.id}/reach", data={"contact": "x@y.no"}).status_code == 404


def test_sums_reference_and_decision_are_kept_and_what_is_no_sum_is_told(broker: TestClient, case: Case) -> None:
    here = f"/desk/cases/{case.id}"
    told = {"applied": "kr 1 500 000,-", "granted": "750.000", "application": "2026/123", "decision_on": "2027-02-18"}
    assert broker.post(f"{here}/figures", data=told).status_code == 303
    page = unescape(broker.get(here).text)
    for said in ("1 500 000 kroner", "750 000 kroner", "2026/123", "18. februar 2027"):
        assert said in page
    for wrong in ({"applied": "mye"}, {"granted": "-1"}, {"applied": "1,5 mill"}, {"decision_on": "i morgen"}):
        assert broker.post(f"{here}/figures", data=told | wrong).status_code == 422
    assert "1 500 000 kroner" in unescape(broker.get(here).text)


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("søknad.pdf", b"%PDF-1.7 ...", 303),
        ("../../x.docx", b"PK\x03\x04...", 303),
        ("notat.txt", b"Hei", 303),
        ("virus.exe", b"MZ", 422),
        ("virus.pdf", b"MZ....", 422),
        ("side.html", b"<script>", 422),
        ("bilde.svg", b"<svg onload=a()>", 422),
        ("makro.docm", b"PK\x03\x04", 422),
        ("tom.pdf", b"", 422),
        ("kjør.txt", b"\x7fELF", 422),
        ("stor.txt", b"x" * 5_000_001, 422),
    ],
)
def test_files_are_of_kinds_we_know_and_only_ever_saved(
    broker: TestClient, case: Case, name: str, content: bytes, status: int
) -> None:
    here = f"/desk/cases/{case.id}"
    assert broker.post(f"{here}/attachments", files={"file": (name, content, "text/html")}).status_code == status
    found = re.findall(rf'href="({here}/attachments/[0-9a-f]+)">([^<]+)<', broker.get(here).text)
    assert len(found) == (status == 303)
    for path, shown in found:
        assert "/" not in unescape(shown)
        given = broker.get(path)
        assert given.content == content
        assert given.headers["content-type"] == "application/octet-stream"
        assert given.headers["content-disposition"].startswith("attachment;")
        assert "sandbox" in given.headers["content-security-policy"]
        assert broker.post(f"{path}/remove").status_code == 303
        assert broker.get(path).status_code == 404


def test_times_are_proposed_chosen_and_everybody_is_invited_and_reminded(
    broker: TestClient, client: TestClient, runtime: Runtime, kept: Kept, case: Case
) -> None:
    here = f"/desk/cases/{case.id}"
    broker.post("/desk/profile", data={"name": "Anne", "organisation": "Fylket", "email": "anne@fylke.example"})
    broker.post(f"{here}/assign", data={"version": runtime.referrals.get(case.id).version})
    send(broker, runtime, case)
    client.post(link_in(kept, "reply"), data={"answer": "yes"})
    kept.raw.clear()
    soon = (datetime.now(NORWAY) + timedelta(hours=5)).replace(second=0, microsecond=0)
    times = [one.strftime("%Y-%m-%dT%H:%M") for one in (soon, soon + timedelta(days=2))]
    place = "Rom 1\r\nATTENDEE:mailto:spy@evil.example\r\nEND:VEVENT"
    assert broker.post(f"{here}/meeting", data={"time": times, "minutes": "30", "place": place}).status_code == 303
    carry(runtime)
    assert [message["to"] for message in kept.messages] == [PARTNER]
    link = link_in(kept, "meeting")
    options = re.findall(r'name="time" value="([^"]+)"', client.get(link).text)
    assert len(options) == 2
    assert client.post(link, data={"time": "2099-01-01T10:00:00+00:00"}).status_code == 422
    kept.raw.clear()
    assert client.post(link, data={"time": unescape(options[0])}).status_code == 303
    carry(runtime)
    assert sorted(message["to"] for message in kept.messages) == ["anne@fylke.example", PARTNER, ASKER]
    from icalendar import Calendar

    for message in kept.messages:
        part = next(one for one in message.walk() if one.get_content_type() == "text/calendar")
        event: Any = Calendar.from_ical(part.get_content()).walk("VEVENT")[0]
        assert event["dtstart"].dt == soon
        assert [str(one) for one in event["attendee"]] == [f"mailto:{one}" for one in (
            PARTNER, ASKER, "anne@fylke.example")]  # fmt: skip
        assert "ATTENDEE:mailto:spy" in event["location"]
    assert runtime.referrals.get(case.id).state is CaseState.MEETING
    kept.raw.clear()
    profiles = Profiles(runtime.database)
    assert (remind_of_meetings(runtime, profiles), remind_of_meetings(runtime, profiles)) == (2, 0)
    assert broker.get(f"{here}/meeting.ics").headers["content-disposition"].startswith("attachment")
    assert broker.post(f"{here}/meeting/cancel").status_code == 303
    carry(runtime)
    cancelled = [message for message in kept.messages if b"METHOD:CANCEL" in message.as_bytes()]
    assert len(cancelled) == 3
    assert client.get(link).status_code == 410


def test_all_words_of_a_case_and_its_letters_go_at_its_askers_wish(
    broker: TestClient, runtime: Runtime, case: Case
) -> None:
    form = form_of(broker, case) | {"to": PARTNER, "body": "Hemmelig brev"}
    broker.post(f"/desk/cases/{case.id}/letter/send", data=form)
    broker.post(f"/desk/cases/{case.id}/attachments", files={"file": ("a.txt", b"Hemmelig fil", "text/plain")})
    broker.post(f"/desk/cases/{case.id}/figures", data={"application": "Hemmelig nummer"})
    assert kept_of(runtime, KARI)["cases"][0]["reply_to"] == case.reply_to
    erase(runtime, KARI, by="test")
    database = Path(runtime.settings.home / "mellomrom.sqlite3").read_bytes()
    for word in (b"Hemmelig", ASKER.encode(), PARTNER.encode()):
        assert word not in database
    assert carry(runtime) == 0
    assert broker.get(f"/desk/cases/{case.id}").status_code == 200


def test_a_profile_is_its_brokers_own(broker: TestClient, log_in: LogIn, runtime: Runtime) -> None:
    assert log_in(AccountRole.CONTACT).get("/desk/profile").status_code == 403
    assert broker.post("/desk/profile", data={"email": "a@b.no, c@d.no"}).status_code == 422
    assert broker.post("/desk/profile", data={"name": "A\r\nB", "organisation": "F"}).status_code == 303
    assert Profiles(runtime.database).by_name("broker 1") == Profile(name="A B", organisation="F")


def test_where_no_mail_is_set_a_letter_is_opened_or_copied(
    filled_home: Path, case: Case, broker: TestClient, runtime: Runtime
) -> None:
    object.__setattr__(runtime, "mail", type(runtime.mail)(runtime.database, None))
    page = unescape(broker.get(f"/desk/cases/{case.id}").text)
    assert "E-post herfra er ikke satt opp" in page
    assert 'href="mailto:' in page
    assert "letter/send" not in page
    form = form_of(broker, case) | {"to": PARTNER}
    assert broker.post(f"/desk/cases/{case.id}/letter/send", data=form).status_code == 422
    assert runtime.referrals.get(case.id).state is CaseState.ASKED
