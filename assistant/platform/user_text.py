"""What somebody typed, made fit to be read: in one Unicode form, without what would hide or reorder it, and cut.

Invariant: this runs before anything else looks at a text, so that what it takes time to search, hold against patterns
or keep is never more than the limit. It is itself linear in the limit, whatever the text: no more than twice the limit
is looked at, and no more marks upon one letter than a language has.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator, model_validator

from corpus.text import Frozen

MAX_QUESTION = 2_000
"""Characters of a question, with what is added to it in its thread, that are read."""
_LOOKED_AT = 2
"""Raw characters looked at for each that is kept: letters written as a letter and a mark become one."""
_FIRST_MARK = "\u0300"
_MARKS = 10
"""Marks kept upon one letter. Ordering a longer run takes time by the square of its length."""
_GAP = re.compile(r"\s{9,}")
"""White space so long that it tells no more than a space or a new line does."""
_SIGNS = re.compile(r"([^\w\s]{80})[^\w\s]+")
"""Signs in a row beyond those that a line drawn with them has."""
_CUT_BACK = 80
"""Characters that a cut goes back at most, so that no word or number is left in half."""
_NUMBER = " 0123456789.,:/+()-–‐"


class Bounded(NamedTuple):
    """A text as it is read."""

    text: str
    shortened: bool
    """Whether its end was left unread."""


def bounded(text: str, limit: int = MAX_QUESTION) -> Bounded:
    """Return a text as it is read, of at most so many characters.

    Letters that only look otherwise become the plain ones (NFKC), half surrogates become question marks, control
    characters spaces; characters that are not seen but hide or reorder others are left out. Of white space and of signs
    in a row only so much is read as tells something.
    """
    text = text.strip()
    looked_at = text[: _LOOKED_AT * limit]
    read = unicodedata.normalize("NFKC", _few_marks(looked_at))[: _LOOKED_AT * limit + 1]
    if not read.isprintable():
        read = "".join(map(_visible, read))
    read = _SIGNS.sub(r"\1", _GAP.sub(_gap, read)).strip()
    if len(text) == len(looked_at) and len(read) <= limit:
        return Bounded(read, shortened=False)
    return Bounded(_cut(read, limit), shortened=True)


def lowered(text: str) -> str:
    """Return a text in small letters, each at the place it had.

    A pattern of many words is looked for in this several times as fast as regardless of case in the text itself, since
    only then the first letter tells which of them cannot stand at a place.
    """
    small = text.lower()
    if len(small) == len(text):
        return small
    return "".join(one if len(one := char.lower()) == 1 else char for char in text)


def _few_marks(text: str) -> str:
    if max(text, default="") < _FIRST_MARK:
        return text
    kept, run = [], 0
    for char in text:
        run = run + 1 if unicodedata.combining(char) else 0
        if run <= _MARKS:
            kept.append(char)
    return "".join(kept)


def _visible(char: str) -> str:
    if char.isprintable() or char in "\n\t":
        return char
    match unicodedata.category(char):
        case "Cf":
            return ""
        case "Zl" | "Zp":
            return "\n"
        case "Cs":
            return "?"
        case "Co" | "Cn":
            return char
        case _:
            return " "


def _gap(match: re.Match[str]) -> str:
    return "\n" if "\n" in match[0] else " "


def _cut(text: str, limit: int) -> str:
    kept = text[:limit]
    if len(text) > limit:
        start = limit - min(_CUT_BACK, limit)
        back = max(kept.rfind(" ", start), kept.rfind("\n", start))
        # Half of an identity number would not be known for one any more.
        kept = kept[:back].rstrip(_NUMBER) if back > 0 else kept
    return kept.strip()


def _readable(text: object) -> object:
    return bounded(text).text if isinstance(text, str) else text


Typed = Annotated[str, BeforeValidator(_readable)]
"""What somebody typed, as it is read."""


class TypedText(Frozen):
    """What somebody wrote to us, cut as it comes in; whatever holds such a text is made of this."""

    text: str
    shortened: bool = False
    """Whether its end was left unread."""

    @model_validator(mode="before")
    @classmethod
    def _shortened(cls, given: Any) -> Any:  # noqa: ANN401 (whatever the value is made from)
        if not isinstance(given, dict) or not isinstance(given.get("text"), str):
            return given
        text, shortened = bounded(given["text"])
        return {**given, "text": text, "shortened": bool(given.get("shortened")) or shortened}
