"""One working day, in browsers and with real mail: from a need to a grant, by way of what goes wrong on the way.

An asker asks and saves the need. A broker writes to the partner; the letter comes back, is written anew, taken back and
sent. The partner says *maybe* by the link in the letter, a colleague takes over, a meeting is set, the partner says
*yes*, and the application is granted; then the saved need wakes. What was typed once is there wherever it is needed.
"""

from __future__ import annotations

import email
import email.policy
import imaplib
import re
import socket
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from email.message import EmailMessage
from html import unescape
from pathlib import Path

import pytest
import time_machine
from playwright.sync_api import Locator, Page, expect

from assistant.access.accounts import AccountRole
from assistant.desk.due_checks import parse_date, record_new_date
from assistant.desk.incoming_mail import read_answers
from assistant.mail.queue import MailState
from assistant.platform.workdays import norwegian_day
from assistant.saved.digest import Digest, saved_needs_of
from corpus.records import Kind
from tests.attacks.test_incoming_mail import BOUNCE, OURS
from tests.browser.conftest import PATIENCE_MS, OpenPage, Served, check_page, serving
from tests.conftest import CORPUS_DAY
from tests.mail.dovecot import PASSWORD, USER, mailbox
from tests.mail.servers import Kept, mail_server

KARI, WRONG, PARTNER = "fou@inderoy.example", "postmotak@sykehus.example", "forskning@sykehus.example"
BODIL, BERIT = "bodil@fylke.example", "berit@fylke.example"
NEED = "Vi er Inderøy kommune. Hvem kan hjelpe oss med tidlig oppdagelse av sepsis, og hva kan betale?"
HOSPITAL = "actor:helse-nord-trondelag"


@pytest.fixture
def imap() -> Iterator[int]:
    with mailbox() as port:
        yield port


@pytest.fixture
def post() -> Iterator[Post]:
    kept = Kept()
    with mail_server(kept) as port:
        yield Post(kept, port)


@pytest.fixture
def day() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(CORPUS_DAY, tick=True) as clock:
        yield clock


@pytest.fixture
def served(shipped_home: Path, tmp_path: Path, post: Post, imap: int, day: time_machine.Traveller) -> Iterator[Served]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        told = {
            "web_base_url": f"http://127.0.0.1:{listener.getsockname()[1]}",
            "smtp_host": "127.0.0.1", "smtp_port": post.port, "smtp_tls": "none",
            "mail_sender": "megling@fylke.example", "imap_host": "127.0.0.1", "imap_port": imap, "imap_tls": "none",
            "imap_user": USER, "imap_password": PASSWORD, "mail_undo_minutes": 2,
        }  # fmt: skip
        with serving(shipped_home, tmp_path, listener, **told) as opened:
            yield opened


class Post:
    """The letters that the mail server has taken."""

    def __init__(self, kept: Kept, port: int) -> None:
        self.port = port
        self._kept = kept

    def to(self, receiver: str, told: str, part: str = "text/plain") -> EmailMessage:
        """Wait for a letter to somebody that holds some words and a part of some type; return the newest such."""
        until = time.monotonic() + PATIENCE_MS / 1000
        while True:
            theirs = [one for one in self._letters() if one["to"] == receiver and told in text_of(one)]
            found = [one for one in theirs if any(each.get_content_type() == part for each in one.walk())]
            if found:
                return found[-1]
            assert time.monotonic() < until, [(one["to"], one["subject"]) for one in self._letters()]
            time.sleep(0.1)

    def count(self, receiver: str) -> int:
        return sum(one["to"] == receiver for one in self._letters())

    def _letters(self) -> list[EmailMessage]:
        return [email.message_from_bytes(raw, policy=email.policy.default) for raw in list(self._kept.raw)]


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    return f"{letter['subject']}\n{body.get_content() if body else ''}"


def link_in(letter: EmailMessage, part: str) -> str:
    found = re.search(rf"http\S*{part}\S*", text_of(letter))
    assert found is not None, text_of(letter)
    return found[0]


class Typing:
    """Hands that type: nothing twice."""

    def __init__(self) -> None:
        self.typed: list[str] = []

    def __call__(self, field: Locator, text: str) -> None:
        assert text not in self.typed, f"{text!r} has to be typed again"
        self.typed.append(text)
        field.fill(text)


@pytest.fixture
def brokers(served: Served, open_page: OpenPage) -> Callable[[str], Page]:
    def logged_in(name: str) -> Page:
        accounts = served.app.state.web.accounts
        account = accounts.add(name, AccountRole.BROKER, by="test")
        page = open_page()
        page.goto(f"{served.address}/login/link/{accounts.make_link(account.id, by='test', loopback_only=True)}")
        page.locator("main form button").click()
        return page

    return logged_in


def bounce(letter: EmailMessage) -> bytes:
    """What a mail server sends back that knows no such receiver."""
    return BOUNCE.replace(OURS.encode(), str(letter["message-id"]).encode())


def test_a_working_day_from_a_need_to_a_grant(
    served: Served,
    open_page: OpenPage,
    brokers: Callable[[str], Page],
    post: Post,
    imap: int,
    day: time_machine.Traveller,
) -> None:
    write = Typing()

    # An asker asks, wants to be introduced, and saves the need.
    kari = open_page()
    kari.goto(served.address)
    write(kari.locator("#text"), NEED)
    kari.keyboard.press("Enter")
    kari.locator(".turn .summary").wait_for()
    kari.locator(f"input[name=record][value='{HOSPITAL}']").check()
    taking_on = kari.locator("details.act", has_text="Be megleren ta det videre").first
    taking_on.locator("summary").click()
    write(taking_on.locator("input[name=contact]"), KARI)
    taking_on.locator("input[name=by_mail]").check()
    taking_on.locator("button[value=introduce]").click()
    kari.locator(".receipt").first.wait_for()
    (case,) = served.runtime.referrals.cases()
    assert (case.record_id, case.kommunenummer) == (HOSPITAL, "5053")
    kari.reload()
    saving = kari.locator("details.act", has_text="Lagre og si fra")
    saving.locator("summary").click()
    expect(saving.locator("input[name=address]")).to_have_value(KARI)
    saving.locator("select").select_option("day")
    saving.locator("button").click()
    kari.goto(link_in(post.to(KARI, "/saved/"), "/saved/"))
    kari.get_by_role("button", name="Ja").click()

    # A broker tells once who they are, takes the case, and writes to the partner.
    bodil = brokers("Bodil Benk")
    bodil.goto("/desk/profile")
    write(bodil.locator("#organisation"), "Trøndelag fylkeskommune")
    write(bodil.locator("#phone"), "74 00 00 00")
    write(bodil.locator("#email"), BODIL)
    bodil.locator("#county-50").check()
    bodil.locator("main form button").last.click()
    bodil.goto("/desk")
    row = bodil.locator("#queue tbody tr", has_text="sepsis").first
    expect(row).to_contain_text("Inderøy")
    row.locator("input[name=row]").check()
    bodil.locator("#see-to").click()
    bodil.locator("#queue tbody tr", has_text="sepsis").first.locator("th a").click()
    expect(bodil.locator("#body")).to_have_value(re.compile("Inderøy"))
    expect(bodil.locator(".sheet-closing").first).to_contain_text("Trøndelag fylkeskommune")
    page_of_case = bodil.url
    write(bodil.locator("#to"), WRONG)
    send(bodil)
    day.shift(timedelta(minutes=3))
    letter = post.to(WRONG, "Inderøy")
    assert "Bodil Benk" in text_of(letter)

    # The letter comes back; it is written to the right address, taken back, and sent after all.
    with imaplib.IMAP4("127.0.0.1", imap, timeout=10) as box:
        box.login(USER, PASSWORD)
        box.append("INBOX", "", "", bounce(letter))
    assert read_answers(served.runtime) == 1
    bodil.goto(page_of_case)
    expect(bodil.locator(".timeline")).to_contain_text("kom ikke fram")
    write(bodil.locator("#to"), PARTNER)
    send(bodil)
    expect(bodil.locator(".timeline")).to_contain_text(PARTNER)
    bodil.locator(".timeline").get_by_role("button", name="Angre").first.click()
    expect(bodil.locator("#alerts")).to_contain_text("tatt tilbake")
    expect(bodil.locator("#to")).to_have_value(PARTNER)
    send(bodil)
    day.shift(timedelta(minutes=3))
    letter = post.to(PARTNER, "Inderøy")
    assert post.count(PARTNER) == 1
    post.to(KARI, "Sendt")

    # A move by mistake is undone before anybody outside hears of it.
    bodil.locator("#state").select_option("no_reply")
    bodil.locator("form[action$='/move'] button").click()
    expect(bodil.locator("p.next")).to_contain_text("svar")
    bodil.locator("form[action$='/undo'] button").click()
    assert served.runtime.referrals.get(case.id).state == "sent"

    # The partner says maybe by the link; whoever scans the link changes nothing.
    partner = open_page()
    partner.goto(link_in(letter, r"/reply/\S*a=maybe"))
    assert served.runtime.referrals.get(case.id).state == "sent"
    partner.get_by_role("button", name="Send svaret").click()
    expect(partner.get_by_text("Svaret deres er: kanskje")).to_be_visible()
    check_page(partner)

    # A colleague takes over in the middle, and the first broker follows on.
    berit = brokers("Berit Benk")
    berit.goto("/desk/profile")
    write(berit.locator("#email"), BERIT)
    berit.locator("main form button").last.click()
    bodil.goto(page_of_case)
    expect(bodil.locator("p.next")).to_contain_text("kanskje")
    bodil.locator("summary", has_text="Gi videre").click()
    bodil.locator("#give-to").select_option("Berit Benk")
    bodil.locator("form:has(#give-to) button").click()
    bodil.get_by_role("button", name="Følg saken").click()
    expect(bodil.get_by_text("får e-post når den flytter seg")).to_be_visible()
    berit.goto("/desk")
    berit.locator("#queue tbody tr", has_text="sepsis").first.locator("th a").click()
    expect(berit.locator("#to")).to_have_value(PARTNER)

    # Times are proposed; the partner chooses one, and all are invited.
    berit.locator("summary", has_text="møte").click()
    for number, on in enumerate((date(2026, 12, 9), date(2026, 12, 10))):
        write(berit.locator(f"#time-{number}"), f"{on}T10:00")
    write(berit.locator("#meeting-place"), "Rådhuset på Sakshaug")
    berit.locator("form[action$='/meeting'] button").click()
    partner.goto(link_in(post.to(PARTNER, "/meeting/"), "/meeting/"))
    partner.locator("input[name=time]").last.check()
    partner.get_by_role("button", name="Velg").click()
    expect(partner.get_by_role("status").first).to_contain_text("10. desember")
    for receiver in (PARTNER, KARI):
        post.to(receiver, "10. desember", "text/calendar")

    # The partner says yes by the same link; the application is sent and granted.
    partner.goto(link_in(letter, r"/reply/\S*a=yes"))
    partner.get_by_role("button", name="Endre svaret").click()
    assert served.runtime.referrals.get(case.id).state == "taken"
    berit.goto(page_of_case)
    move_on(berit, "application")
    berit.locator("summary", has_text="Beløp").click()
    write(berit.locator("#applied"), "3 000 000")
    write(berit.locator("#application"), "NFR-2026-17")
    berit.locator("form[action$='/figures'] button").click()
    move_on(berit, "granted")
    berit.locator("summary", has_text="Beløp").click()
    expect(berit.locator("#applied")).to_have_value("3000000")
    write(berit.locator("#granted"), "2 500 000")
    berit.locator("form[action$='/figures'] button").click()
    expect(berit.locator("aside")).to_contain_text("2 500 000")
    check_page(berit)
    day.shift(timedelta(minutes=3))
    post.to(KARI, "Innvilget")
    post.to(BODIL, "Innvilget")

    # A call that the saved need is of opens, and its asker hears of it once.
    answer = served.runtime.service.answer_of(case.log_id)
    assert answer is not None
    day.shift(timedelta(days=1))
    scheme = answer.suggestions(Kind.INSTRUMENT)[0].id
    store = served.runtime.store
    told = parse_date("2027-02-18", "https://example.no/utlysning", False, norwegian_day())
    record_new_date(store, scheme, store.get(scheme).version, "Berit Benk", told)
    served.runtime.keeper.searcher(newest=True)
    assert Digest(served.runtime, saved_needs_of(served.runtime)).look() == 1
    news = post.to(KARI, "18. februar 2027")
    assert Digest(served.runtime, saved_needs_of(served.runtime)).look() == 0
    kari.goto(link_in(news, "/saved/"))
    expect(kari.locator("#main")).to_contain_text("18. februar 2027")
    assert served.runtime.mail.troubled() == [] or [one.state for one in served.runtime.mail.troubled()] == [
        MailState.FAILED
    ]
    assert unescape(NEED) == served.runtime.referrals.get(case.id).question


def send(page: Page) -> None:
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#alerts")).to_contain_text("Brevet går om 2 minutter")


def move_on(page: Page, state: str) -> None:
    page.locator("#state").select_option(state)
    page.locator("form[action$='/move'] button").click()
    expect(page.get_by_text("Saken er flyttet.")).to_be_visible()
