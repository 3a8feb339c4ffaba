"""What a person types loses what would identify somebody before anything is stored.

Invariant: it runs before a text is logged, searched or kept; what it takes away is nowhere afterwards. What stays is
left as it was typed: only what is looked at is brought into one form first, so that no odd space, dash, digit or
invisible character hides a number.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import NamedTuple

from assistant.platform.identifiers import identifiers
from assistant.platform.own_health import mentions_own_health
from assistant.platform.person_mentions import mentions_person

REMOVED = "[…]"
"""What stands where something was taken away; the same in every language."""
_DASHES = {"Pd"}
_SPACES = {"Zs"}
_UNSEEN = {"Cf", "Mn"}


class Redacted(NamedTuple):
    """A text without what would identify somebody."""

    text: str
    removed: bool
    """Whether anything was taken away."""
    personal: bool
    """Whether it seems to be about a certain person, who is named or whose day of birth is told, so that whoever wrote
    it is asked first."""


def redact(text: str) -> Redacted:
    """Return a text without national identity numbers, e-mail addresses and phone numbers."""
    plain, places = _plain(text)
    spans = [(places[start], places[end - 1] + 1) for start, end in identifiers(plain)]
    kept, last = [], 0
    for start, end in spans:
        kept += [text[last:start], REMOVED]
        last = end
    kept.append(text[last:])
    return Redacted("".join(kept), bool(spans), mentions_person(plain) or mentions_own_health(plain))


def _plain(text: str) -> tuple[str, list[int]]:
    """Return a text in one form, and for each of its characters the place that it has in the text as typed."""
    chars, places = [], []
    for place, char in enumerate(text):
        plain = char if char.isascii() else _plain_char(char)
        if plain:
            chars.append(plain)
            places.append(place)
    return "".join(chars), places


@lru_cache(maxsize=4_096)
def _plain_char(char: str) -> str:
    """Return one character for one, or none for what is not seen."""
    category = unicodedata.category(char)
    if category in _UNSEEN:
        return ""
    if category in _SPACES:
        return " "
    if category in _DASHES or char == "−":
        return "-"
    if category == "Nd":
        return str(unicodedata.digit(char))
    composed = unicodedata.normalize("NFKC", char)
    return composed if len(composed) == 1 else char
