"""A letter as the bytes that go out (RFC 5322), made by the standard library.

Invariant: every header is one line of what we hold; whatever somebody typed stands in a body, a subject or an
attachment's name, and nowhere else. A letter without anybody behind it says so, so that no automatic reply comes.
"""

from __future__ import annotations

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from assistant.mail.addresses import MAX_SUBJECT, one_line
from assistant.mail.queue import Attachment, QueuedMail

_POLICY = SMTP.clone(cte_type="7bit")
"""Plain ASCII on the line, whatever the next mail server can take."""
_LINK = re.compile(r"https?://[^\s<>\"]+")
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def composed(mail: QueuedMail, files: list[Attachment], sender: str, name: str, at: datetime) -> bytes:
    """Return a letter as it goes out.

    Args:
        mail: The letter.
        files: Its attachments.
        sender: The address that letters come from.
        name: The name that they come from.
        at: The moment that it is sent.
    """
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(display_name=_header(name, 80), addr_spec=sender)
    message["To"] = Address(addr_spec=mail.to)
    if mail.reply_to:
        message["Reply-To"] = Address(addr_spec=mail.reply_to)
    message["Subject"] = _header(mail.subject, MAX_SUBJECT)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = mail.message_id
    if mail.automatic:
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
    message.set_content(_UNSEEN.sub("", mail.body))
    if mail.html:
        message.add_alternative(_UNSEEN.sub("", mail.html), subtype="html")
    if mail.calendar:
        message.add_alternative(mail.calendar, subtype="calendar", params={"method": _method(mail.calendar)})
    for file in files:
        main, _, sub = file.media_type.partition("/")
        message.add_attachment(file.content, maintype=main, subtype=sub, filename=file_name(_header(file.name, 200)))
    return message.as_bytes()


def _header(text: str, limit: int) -> str:
    """Return a text as it may stand in a header: what looks like an encoded word would be decoded, line ends too."""
    return one_line(text, limit).replace("=?", "= ?")


def _method(calendar: str) -> str:
    match = re.search(r"^METHOD:(REQUEST|CANCEL)\s*$", calendar, re.MULTILINE)
    return match[1] if match else "PUBLISH"


def as_html(text: str, language: str) -> str:
    """Return a text as HTML: paragraphs and links, and nothing that the text says is read as markup."""
    paragraphs = "".join(
        f"<p>{'<br>'.join(map(_line, part.splitlines()))}</p>" for part in re.split(r"\n{2,}", text.strip())
    )
    return (
        f'<!DOCTYPE html><html lang="{escape(language)}"><head><meta charset="utf-8"></head>'
        f'<body style="font-family:sans-serif;font-size:16px;line-height:1.5">{paragraphs}</body></html>'
    )


def _line(text: str) -> str:
    """Return a line as HTML; one that is a label and an address becomes a link with that label."""
    label, _, address = text.rpartition(": ")
    if label and _LINK.fullmatch(address):
        return f'<a href="{escape(address)}">{escape(label)}</a>'
    return _linked(text)


def _linked(text: str) -> str:
    kept, last = [], 0
    for match in _LINK.finditer(text):
        kept.append(escape(text[last : match.start()]))
        kept.append(f'<a href="{escape(match[0])}">{escape(match[0])}</a>')
        last = match.end()
    kept.append(escape(text[last:]))
    return "".join(kept)


def file_name(name: str, otherwise: str = "vedlegg") -> str:
    """Return a file's name as it may be shown and saved: no folder, nothing hidden, of a length that systems take."""
    name = one_line(name, 1_000).replace("\\", "/").rsplit("/", 1)[-1]
    name = re.sub(r'[<>:"|?*%;\x00-\x1f]', "_", name).strip(" .")
    stem, dot, end = name.rpartition(".")
    if not dot:
        return name[:80] or otherwise
    return f"{stem.strip(' .')[:80] or otherwise}.{end[:10]}"
