"""Whatever comes by mail is read as text, in time, and names nothing but letters of ours."""

from __future__ import annotations

import time
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.mail.incoming import MAX_TEXT, IncomingKind, own_words, read_mail

OURS = "<abc.def@fylke.example>"
BOUNCE = f"""From: MAILER-DAEMON@mail.example
To: megling@fylke.example
Subject: Undelivered Mail
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It did not arrive.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example

Final-Recipient: rfc822; post@partner.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user

--b
Content-Type: message/rfc822

From: megling@fylke.example
Message-ID: {OURS}
Subject: Hei

Hei
--b--
""".replace("\n", "\r\n").encode()


def answer(**headers: str) -> EmailMessage:
    message = EmailMessage()
    told = {"From": "p@partner.example", "To": "megling@fylke.example", "Subject": "Re: Hei", "In-Reply-To": OURS}
    for name, value in {**told, **headers}.items():
        message[name.replace("_", "-")] = value
    message.set_content("Ja, gjerne.\n\nOn Mon, Jan 1 2026 Megleren wrote:\n> Hei\n> Kan dere?\n")
    return message


def test_an_answer_is_its_own_words() -> None:
    mail = read_mail(answer().as_bytes())
    assert (mail.kind, mail.references, mail.text) == (IncomingKind.REPLY, (OURS,), "Ja, gjerne.")


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"}, {"Precedence": "auto_reply"}, {"X_Autoreply": "yes"},
        {"Subject": "Automatisk svar: Hei"}, {"Subject": "Out of office: Hei"},
    ],
)  # fmt: skip
def test_who_is_away_has_not_answered(headers: dict[str, str]) -> None:
    assert read_mail(answer(**headers).as_bytes()).kind is IncomingKind.AUTOMATIC


def test_a_letter_that_came_back_says_which_and_why() -> None:
    mail = read_mail(BOUNCE)
    assert (mail.kind, mail.references) == (IncomingKind.BOUNCE, (OURS,))
    assert "no such user" in mail.fault
    assert read_mail(BOUNCE.replace(b"Action: failed", b"Action: delayed")).kind is IncomingKind.DELAY


def test_markup_is_read_as_text_and_what_is_hidden_is_not_kept() -> None:
    html = (
        "<html><head><title>t</title><style>p{}</style></head><body><p>Ja &lt;b&gt;</p><script>alert(1)</script>"
        "<img src=http://track.example/x.png><p>Ring oss</p></body></html>"
    )
    message = EmailMessage()
    message.set_content(html, subtype="html")
    text = read_mail(message.as_bytes()).text
    assert text.split() == ["Ja", "<b>", "Ring", "oss"]


@given(st.one_of(st.binary(max_size=3_000), st.text(max_size=2_000).map(lambda text: text.encode("utf-8", "replace"))))
def test_nothing_that_comes_makes_reading_fail(raw: bytes) -> None:
    for one in (raw, b"Subject: =?x?q?" + raw, b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n" + raw):
        mail = read_mail(one)
        assert len(mail.text) <= MAX_TEXT
        assert "\0" not in mail.text + mail.marked + mail.fault


@pytest.mark.parametrize(
    "raw",
    [
        b"".join(b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n" % (n, n) for n in range(900)),
        b"References: " + b"<" * 200_000,
        b"Subject: " + b"=?utf-8?q?" * 50_000 + b"\r\n\r\n",
        b"Content-Type: text/html\r\n\r\n" + b"<" * 500_000,
        b"Content-Type: text/html\r\n\r\n" + b"<div>" * 150_000,
        b"\r\n" + b"Den " + b"a " * 300_000,
        b"X: y\r\n" * 100_000,
    ],
)
def test_no_letter_takes_long_to_read(raw: bytes) -> None:
    before = time.process_time()
    read_mail(raw)
    assert time.process_time() - before < 3


def test_what_it_answers_is_left_out_however_it_is_marked() -> None:
    for line in ("-----Original Message-----", "Den 1. mai 2026 skrev Anne:", "Fra: Anne <a@b.no>", "> Hei", "_" * 32):
        assert own_words(f"Ja\n\n{line}\nHei igjen") == "Ja"
