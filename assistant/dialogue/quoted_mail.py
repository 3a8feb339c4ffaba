"""What somebody wrote themselves of a mail that answers or passes on another.

Invariant: a text that is nothing but what it quotes is left as it is.
"""

from __future__ import annotations

import re

_MARKED = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
"""A line that a mail program marks as another's."""
_BEGINS = re.compile(
    r"^[ \t]*(?:-{2,} ?(?:original message|opprinnelig melding|opphavleg melding|videresendt melding|vidaresend melding"
    r"|forwarded message)\b"
    r"|(?:fra|frå|from): [^\n]*\n[ \t]*(?:sendt|dato|til|sent|date|to): "
    r"|(?:den|on) [^\n]{6,80} (?:skrev|skreiv|wrote) ?:?[ \t]*$)",
    re.IGNORECASE | re.MULTILINE,
)
"""Where the mail that was answered begins."""


def newest_of(text: str) -> str:
    """Return a text without the mail that it answers, of which the newest stands first."""
    begins = _BEGINS.search(text)
    own = _MARKED.sub("", text[: begins.start()] if begins else text).strip()
    return own or text
