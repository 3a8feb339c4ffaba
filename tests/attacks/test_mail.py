"""Nothing typed begins a header, names a second receiver or is read as markup; half a mail server is told."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.mail.addresses import MAX_LINK, MailAddressError, checked_address, mail_link, one_line
from assistant.mail.composing import as_html, composed, file_name
from assistant.mail.queue import Attachment, MailState, QueuedMail
from assistant.platform.settings import SettingsError, load_settings

AT = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
HOSTILE = (
    "Hei\r\nBcc: spy@evil.example", "Hei\nSubject: other", "Hei\rTo: x@evil.example", "a\x00b", "\u2028Bcc: x@y.no",
    "=?utf-8?q?=0ABcc:_x=40y.no?=", "x" * 5_000, "<script>alert(1)</script>",
)  # fmt: skip
_TEXTS = st.text(st.characters(codec="utf-8"), max_size=3_000)


def mail(**changed: object) -> QueuedMail:
    plain = {"id": "1", "reference": None, "message_id": "<1@fylke.example>", "to": "post@partner.example",
             "reply_to": None, "subject": "Hei", "body": "Hei", "html": None, "calendar": None, "automatic": True,
             "state": MailState.CLAIMED, "tries": 1, "due_at": AT, "created_at": AT, "changed_at": AT,
             "fault": None}  # fmt: skip
    return QueuedMail.model_validate(plain | changed)


@given(st.one_of(st.sampled_from(HOSTILE), _TEXTS))
def test_whatever_is_typed_adds_no_header(typed: str) -> None:
    files = [Attachment(name=typed, media_type="text/plain", content=b"x")]
    raw = composed(mail(subject=typed, body=typed), files, "megling@fylke.example", typed, AT)
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert sorted(name.lower() for name in message) == sorted(
        ["from", "to", "subject", "date", "message-id", "auto-submitted", "x-auto-response-suppress", "mime-version",
         "content-type"]
    )  # fmt: skip
    assert message["to"] == "post@partner.example"
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))


@pytest.mark.parametrize(
    "text",
    [
        "", "kari", "a@b", "a@b.no, c@d.no", "a@b.no\nBcc: c@d.no", "a@b.no?bcc=c@d.no", "<a@b.no>", "a b@c.no",
        "a@b.no;c@d.no", "å@b.no", "a@å.no", "a@-b.no", "a..b@c.no", "x" * 65 + "@b.no", "a@b.no%0abcc:c@d.no",
        '"a"@b.no',
    ],
)  # fmt: skip
def test_what_is_not_one_address_is_refused(text: str) -> None:
    with pytest.raises(MailAddressError):
        checked_address(text)


@given(_TEXTS, st.sampled_from(HOSTILE))
def test_a_link_into_a_mail_program_holds_one_receiver_and_is_short_enough(body: str, subject: str) -> None:
    from urllib.parse import parse_qs, urlsplit

    link = mail_link("post@partner.example", subject, body, "(resten)")
    parts = urlsplit(link.url)
    assert parts.path == "post@partner.example"
    assert set(parse_qs(parts.query, keep_blank_values=True)) == {"subject", "body"}
    assert len(link.url) <= MAX_LINK
    assert link.shortened or parse_qs(parts.query, keep_blank_values=True)["body"][0].split() == body.split()


def test_text_is_not_read_as_markup() -> None:
    html = as_html('<img src=x onerror=a()>\n\nhttps://fylke.example/r/1?a=b&c="><b>', "nb")
    assert "<img" not in html
    assert "<b>" not in html
    assert '<a href="https://fylke.example/r/1?a=b&amp;c=">' in html


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"), ("C:\\temp\\søknad.docx", "søknad.docx"), ("a\r\nb.pdf", "a b.pdf"),
        ("", "vedlegg"),
        ("...", "vedlegg"), ("x" * 300 + ".pdf", "x" * 80 + ".pdf"), ("fdp\u202e.exe", "fdp.exe"),
        ('a";b.txt', "a__b.txt"),
    ],
)  # fmt: skip
def test_a_files_name_is_a_name_and_nothing_else(name: str, kept: str) -> None:
    assert file_name(name) == kept


def test_a_line_has_no_end() -> None:
    assert one_line("a\r\nb\u2028c\x00d") == "a b c d"


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"SMTP_HOST": "mail.example"}, "MELLOMROM_MAIL_SENDER"),
        ({"MAIL_SENDER": "a@b.no"}, "MELLOMROM_SMTP_HOST"),
        ({"SMTP_HOST": "m", "MAIL_SENDER": "a@b.no", "SMTP_USER": "u"}, "MELLOMROM_SMTP_PASSWORD"),
        ({"SMTP_HOST": "m", "MAIL_SENDER": "a@b.no", "SMTP_PASSWORD": "hush"}, "MELLOMROM_SMTP_USER"),
        ({"SMTP_HOST": "m", "MAIL_SENDER": "a@b.no", "SMTP_USER": "u", "SMTP_PASSWORD": "hush", "SMTP_TLS": "none"},
         "MELLOMROM_SMTP_TLS"),
        ({"SMTP_HOST": "m", "MAIL_SENDER": "a@b.no", "SMTP_TLS": "sometimes"}, "MELLOMROM_SMTP_TLS"),
        ({"SMTP_HOST": "m", "MAIL_SENDER": "a@b.no", "SMTP_PORT": "0"}, "MELLOMROM_SMTP_PORT"),
        ({"SMTP_HOST": "m", "MAIL_SENDER": "a@b.no, c@d.no"}, "MELLOMROM_MAIL_SENDER"),
        ({"SMTP_HOTS": "m"}, "MELLOMROM_SMTP_HOST"),
        ({"IMAP_HOST": "m"}, "MELLOMROM_SMTP_HOST"),
        ({"IMAP_USER": "m"}, "MELLOMROM_IMAP_HOST"),
    ],
)  # fmt: skip
def test_half_a_mail_server_is_told(monkeypatch: pytest.MonkeyPatch, given: dict[str, str], named: str) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"MELLOMROM_{name}", value)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert named in str(refused.value)
    assert "hush" not in str(refused.value)
