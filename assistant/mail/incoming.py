"""An incoming letter, read: what it answers, of what kind it is, and its own words as plain text.

Invariant: nothing in a letter is believed but what it refers to, and that only names letters of ours. Markup is read as
text and never kept; nothing is fetched, opened or run. A letter of any shape is read in time that grows with its size,
of which no more than `MAX_BYTES` is looked at.
"""

from __future__ import annotations

import email
import email.policy
import hashlib
import re
from collections.abc import Iterable
from email.errors import MessageError
from email.message import Message
from enum import StrEnum
from html.parser import HTMLParser

from assistant.platform.user_text import bounded
from corpus.text import Frozen

MAX_BYTES = 1_000_000
MAX_TEXT = 1_800
"""Characters of a letter's own words that are kept."""
_MOST_PARTS = 50
_MOST_REFERENCES = 30
_ID = re.compile(r"<[^<>\s]{3,190}>")
_QUOTE = re.compile(
    r"^(?:>|-{2,} ?(?:Original|Opprinnelig|Opphavleg|Videresendt|Forwarded)|_{10,}$"
    r"|(?:On|Den|På|Fra|Frå|From|Sendt|Sent)\b.{0,200}(?:wrote|skrev|skreiv|:)\s*$"
    r"|(?:Fra|Frå|From): .{0,200}$)",
    re.IGNORECASE,
)
_AWAY = re.compile(
    r"^(?:automatisk svar|autosvar|automatic reply|out of (?:the )?office|fravær|fråvær|ikke på kontoret|borte)\b",
    re.IGNORECASE,
)


class IncomingKind(StrEnum):
    """What sort of letter it is."""

    REPLY = "reply"
    AUTOMATIC = "automatic"
    """Nobody wrote it: somebody is away, or a program confirms."""
    BOUNCE = "bounce"
    """A letter of ours did not arrive (RFC 3464)."""
    DELAY = "delay"
    """A letter of ours has not arrived yet."""


class Incoming(Frozen):
    """An incoming letter, read."""

    key: str
    """The hash of what tells it from others."""
    kind: IncomingKind
    references: tuple[str, ...]
    """Message-IDs of letters that it answers, or that came back."""
    marked: str
    """Where a mark of ours may stand: the subject and whom it was sent to."""
    text: str
    """Its own words, without what they answer."""
    fault: str = ""
    """Why a letter of ours did not arrive."""


def read_mail(raw: bytes) -> Incoming:
    """Return an incoming letter, read; whatever it holds, this raises nothing."""
    raw = raw[:MAX_BYTES]
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    parts = _parts(message)
    status = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    own_id = _header(message, "Message-ID")
    references = _ids([_header(message, "In-Reply-To"), _header(message, "References")])
    kind, fault = IncomingKind.REPLY, ""
    if status is not None:
        kind, fault = _delivery(status)
        references = _returned(parts) or references
    elif _is_automatic(message):
        kind = IncomingKind.AUTOMATIC
    to = " ".join(_header(message, name) for name in ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To"))
    return Incoming(
        key=hashlib.sha256(own_id.encode("utf-8", "replace") if own_id else raw).hexdigest(),
        kind=kind,
        references=references,
        marked=f"{_header(message, 'Subject')} {to}"[:4_000],
        text=own_words(_text(parts)),
        fault=fault,
    )


def own_words(text: str) -> str:
    """Return what somebody wrote in an answer, without the letter that they answer, of at most `MAX_TEXT`."""
    kept: list[str] = []
    for line in text[: 20 * MAX_TEXT].splitlines():
        if _QUOTE.match(line.strip()[:300]):
            break
        kept.append(line.rstrip())
    plain = re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()
    return bounded(plain, MAX_TEXT).text


def _parts(message: Message) -> list[Message]:
    parts: list[Message] = []
    for part in message.walk():
        parts.append(part)
        if len(parts) >= _MOST_PARTS:
            break
    return parts


def _header(message: Message, name: str) -> str:
    """Return a header as one line, decoded as far as it can be."""
    from email.header import decode_header, make_header

    value = str(message.get(name, ""))[:4_000]
    try:
        decoded = str(make_header(decode_header(value)))
    except (MessageError, LookupError, ValueError):
        decoded = value
    return " ".join(bounded(decoded, 2_000).text.split())


def _ids(values: Iterable[str]) -> tuple[str, ...]:
    ids = [one for value in values for one in _ID.findall(value)]
    return tuple(dict.fromkeys(ids))[:_MOST_REFERENCES]


def _is_automatic(message: Message) -> bool:
    submitted = _header(message, "Auto-Submitted").lower()
    precedence = _header(message, "Precedence").lower()
    marks = ("X-Autoreply", "X-Autorespond", "X-Auto-Response-From")
    return (
        submitted not in {"", "no"}
        or precedence in {"auto_reply", "bulk", "junk", "list"}
        or any(message.get(name) for name in marks)
        or bool(_AWAY.match(_header(message, "Subject")))
    )


def _delivery(status: Message) -> tuple[IncomingKind, str]:
    """Return whether a letter came back for good, and what was said."""
    payload = status.get_payload()
    blocks = payload if isinstance(payload, list) else []
    action = " ".join(_header(block, "Action").lower() for block in blocks if isinstance(block, Message))
    diagnosis = " ".join(
        _header(block, name) for block in blocks if isinstance(block, Message) for name in ("Status", "Diagnostic-Code")
    )
    kind = IncomingKind.BOUNCE if "failed" in action or not action.strip() else IncomingKind.DELAY
    return kind, bounded(" ".join(diagnosis.split()), 300).text


def _returned(parts: list[Message]) -> tuple[str, ...]:
    """Return the Message-IDs of the letter that came back."""
    ids: list[str] = []
    for part in parts:
        match part.get_content_type():
            case "message/rfc822":
                payload = part.get_payload()
                inner = payload[0] if isinstance(payload, list) and payload else None
                ids += [_header(inner, "Message-ID")] if isinstance(inner, Message) else []
            case "text/rfc822-headers":
                headers = email.message_from_string(_decoded(part), policy=email.policy.compat32)
                ids.append(_header(headers, "Message-ID"))
    return _ids(ids)


def _text(parts: list[Message]) -> str:
    for wanted in ("text/plain", "text/html"):
        for part in parts:
            if part.get_content_type() == wanted and "attachment" not in _header(part, "Content-Disposition").lower():
                text = _decoded(part)
                return text if wanted == "text/plain" else html_text(text)
    return ""


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    charset = part.get_content_charset() or "utf-8"
    try:
        return payload.decode(charset, "replace")
    except (LookupError, ValueError):
        return payload.decode("latin-1")


class _Reader(HTMLParser):
    """Takes the text out of HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.kept: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in {"script", "style", "head", "title", "template"}:
            self._hidden += 1
        elif tag in {"br", "p", "div", "tr", "li", "blockquote", "hr"}:
            self.kept.append("\n> " if tag == "blockquote" else "\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style", "head", "title", "template"}:
            self._hidden = max(0, self._hidden - 1)
        elif tag in {"p", "div", "tr", "li"}:
            self.kept.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.kept.append(" ".join(data.split()) if data.strip() else " ")


def html_text(html: str) -> str:
    """Return the text of HTML, without whatever is not shown."""
    reader = _Reader()
    reader.feed(html[:MAX_BYTES])
    return "".join(reader.kept)
