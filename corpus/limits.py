"""How long the texts of a record may be, how many items its lists may have, and which characters it may hold.

Invariant: whatever is written passes here (`corpus.check`); what is read back does not, so that a store from before
the limits still opens. Every limit is some times more than any record of this release takes, and far less than what
makes searching slow.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pydantic import BaseModel

from corpus.faults import Fault

LONGEST_WORD = 64
"""Letters; no word of a language here has as many."""
MOST_ITEMS = 200
MOST_IN_ALL = 200_000
"""Characters of all texts of a record."""
_WORD = re.compile(rf"[^\W_]{{{LONGEST_WORD + 1},}}")
_LANGUAGES = frozenset({"nb", "nn", "en"})


class Limit(NamedTuple):
    """How much a text may hold."""

    characters: int
    words: int


LINE = Limit(300, 40)
"""Names, labels, and whatever is not told otherwise."""
QUESTION = Limit(500, 80)
PARAGRAPHS = Limit(4_000, 600)
ADDRESS = Limit(500, 60)
LIMITS: Mapping[str, Limit] = {
    "asked_as": QUESTION,
    "note": PARAGRAPHS,
    "ref": ADDRESS,
    "url": ADDRESS,
    "title": ADDRESS,
    **dict.fromkeys(("summary", "text", "problem", "need", "work", "knowledge_need", "follow_up"), PARAGRAPHS),
}
"""By the name of the field."""
_ADDRESSES = frozenset({"ref", "url", "email", "id"})
"""Fields that may hold an address, which is no word."""


def over_limits(record: BaseModel) -> Iterator[tuple[str, Fault]]:
    """Yield each field that holds more than it may, with what is wrong."""
    total, is_told = 0, False
    for path, name, value in _values(record, "", ""):
        if isinstance(value, tuple):
            if len(value) > MOST_ITEMS:
                yield path, Fault("items_many", {"count": str(len(value)), "most": str(MOST_ITEMS)})
            continue
        total += len(value)
        if (fault := _too_much(name, value)) is not None:
            is_told = True
            yield path, fault
    if total > MOST_IN_ALL and not is_told:
        yield "(record)", Fault("record_long", {"length": str(total), "most": str(MOST_IN_ALL)})


def _too_much(name: str, text: str) -> Fault | None:
    limit = LIMITS.get(name, LINE)
    if len(text) > limit.characters:
        return Fault("text_long", {"length": str(len(text)), "most": str(limit.characters)})
    if (count := len(text.split())) > limit.words:
        return Fault("text_words", {"count": str(count), "most": str(limit.words)})
    if name not in _ADDRESSES and (found := _WORD.search(text)):
        values = {"got": found[0][:20], "length": str(len(found[0])), "most": str(LONGEST_WORD)}
        return Fault("word_long", values)
    if not text.isprintable() and (char := next((one for one in text if _is_hidden(one)), None)) is not None:
        return Fault("text_hidden", {"got": f"U+{ord(char):04X}"})
    return None


def _is_hidden(char: str) -> bool:
    # Line ends and tabs are written; soft hyphens and joiners come with what is pasted, and reorder nothing.
    if char.isprintable() or char in "\n\t\u00ad\u200c\u200d":
        return False
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def _values(value: object, path: str, name: str) -> Iterator[tuple[str, str, str | tuple[object, ...]]]:
    """Yield every text and list that holds something below a value, with its path and the name of its limit's field."""
    if isinstance(value, BaseModel):
        for field in type(value).model_fields:
            if below := getattr(value, field):
                yield from _values(below, f"{path}.{field}" if path else field, name if field in _LANGUAGES else field)
    elif isinstance(value, tuple):
        yield path, name, value
        for position, item in enumerate(value):
            yield from _values(item, f"{path}.{position}", name)
    elif isinstance(value, str):
        yield path, name, str(value)
