"""What a person types loses what would identify somebody before anything is stored.

Invariant: it runs before a text is logged, searched or kept; what it takes away is nowhere afterwards.
"""

from __future__ import annotations

import re
from typing import NamedTuple

REMOVED = "[…]"
"""What stands where something was taken away; the same in every language."""

_NATIONAL_ID = re.compile(r"(?<!\d)\d{6}[ .-]?\d{5}(?!\d)")
_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
# Eight digits that begin as Norwegian numbers do, as they are usually grouped; or any number with its country's code.
_PHONE = re.compile(
    r"(?<![\w+])(?:(?:\+|00)47[ ]?)?(?:[2-9]\d[ ]?\d{2}[ ]?\d{2}[ ]?\d{2}|[489]\d{2}[ ]\d{2}[ ]\d{3})(?!\d)"
    r"|(?<![\w+])\+\d{1,3}(?:[ ]?\d){6,12}(?!\d)"
)
_PATIENT = re.compile(
    r"\b(?:pasient\w*|brukar\w*|bruker\w*|eleven|barnet|klient\w*|patient|client|pupil)\b"
    r"[^.?!]{0,20}\b(?:heter|heiter|ved namn|ved navn|født|fødd|named|called|born)\b"
    r"|\b(?:fødselsnummer|fødselsnr|personnummer|national id)\b",
    re.IGNORECASE,
)


class Redacted(NamedTuple):
    """A text without what would identify somebody."""

    text: str
    removed: bool
    """Whether anything was taken away."""
    personal: bool
    """Whether it seems to be about a certain person, so that the asker should be warned."""


def redact(text: str) -> Redacted:
    """Return a text without national identity numbers, e-mail addresses and phone numbers."""
    kept = text
    for pattern in (_NATIONAL_ID, _EMAIL, _PHONE):
        kept = pattern.sub(REMOVED, kept)
    removed = kept != text
    return Redacted(kept, removed, removed or bool(_PATIENT.search(text)))
