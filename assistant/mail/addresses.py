"""Addresses and header lines, checked before they come near a message.

Invariant: what passes here is one address and nothing else, or one line of visible characters; neither can begin a
header of its own, name a second receiver or add anything to a `mailto:` link.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from assistant.platform.user_text import bounded
from corpus.errors import MellomromError
from corpus.text import Frozen

MAX_ADDRESS = 254
"""Characters of an address (RFC 5321)."""
MAX_SUBJECT = 200
"""Characters of a subject that are kept."""
MAX_LINK = 1_900
"""Characters of a `mailto:` link: some programs cut longer ones, or refuse them."""
_ADDRESS = re.compile(
    r"\A[A-Za-z0-9_%+-]+(?:\.[A-Za-z0-9_%+-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]*",
    re.ASCII,
)


class MailAddressError(MellomromError):
    """What should be one e-mail address is not."""

    def __init__(self, got: str) -> None:
        super().__init__(f"Got {got[:80]!r}, expected one e-mail address such as post@kommune.no. Mend it.")
        self.got = got[:80]


class MailLink(Frozen):
    """A link that opens a letter in somebody's own mail program."""

    url: str
    shortened: bool
    """Whether the end of the text did not fit."""


def checked_address(text: str) -> str:
    """Return an e-mail address as it is used.

    Raises:
        MailAddressError: it is none, is more than one, or has letters outside ASCII.
    """
    address = text.strip()
    if len(address) > MAX_ADDRESS or not _ADDRESS.fullmatch(address) or len(address.partition("@")[0]) > 64:
        raise MailAddressError(text)
    return address


def is_address(text: str | None) -> bool:
    """Tell whether a text is one e-mail address."""
    try:
        return text is not None and bool(checked_address(text))
    except MailAddressError:
        return False


def one_line(text: str, limit: int = MAX_SUBJECT) -> str:
    """Return a text as one line of visible characters, of at most so many."""
    return " ".join(bounded(text, limit).text.split())


def mail_link(to: str, subject: str, body: str, more: str) -> MailLink:
    """Return a link that opens a letter in a mail program, with everything filled in that fits.

    Args:
        to: The receiver; left open where it is no address.
        subject: Of the letter.
        body: Of the letter.
        more: What stands at the end of a body that did not fit.
    """
    begin = f"mailto:{quote(to, safe='@+') if is_address(to) else ''}?subject={quote(one_line(subject), safe='')}&body="
    # RFC 6068: lines end with CR and LF.
    encoded = _encoded(body)
    if len(begin) + len(encoded) <= MAX_LINK:
        return MailLink(url=begin + encoded, shortened=False)
    end = _encoded(f"\n\n{more}")
    kept = body
    while kept and len(begin) + len(_encoded(kept)) + len(end) > MAX_LINK:
        # At words, and by as much as is too much, since a letter may take nine characters.
        excess = len(begin) + len(_encoded(kept)) + len(end) - MAX_LINK
        kept = kept[: max(0, len(kept) - max(1, excess // 9))]
        kept = kept.rsplit(" ", 1)[0] if " " in kept else ""
    return MailLink(url=begin + _encoded(kept.rstrip()) + end, shortened=True)


def _encoded(text: str) -> str:
    return quote("\r\n".join(text.splitlines()), safe="")
