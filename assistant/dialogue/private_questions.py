"""The form of a question that somebody asks for themselves: when, where, and whether they may.

Invariant: the form alone settles nothing, since somebody may write so for a municipality; it is one sign among others
that nothing here answers it.
"""

from __future__ import annotations

import re

from index.analysis import normalise

_ONE = r"(?:jeg|eg|æ|man|ein|en|i)"
_OPENS = (
    r"(?:er|går|gjeng|blir|vert|kommer|kjem|åpner|opnar|stenger|stengjer|har|skal|må|kan|får|starter|startar|begynner"
    r"|byrjar|hentes|henter|hentar|tømmes|tømmer)"
)
_WHERE = r"(?:hvor|kor|kvar|where) (?:er|finner|finn|kan|får|søker|søkjer|betaler|betalar|is|are|do|can)"
_FORMS = (
    rf"(?:når|kva tid|hva tid|hvilken tid) {_OPENS}",
    r"(?:hvor|kor|kvar) (?:ligger|ligg)",
    rf"{_WHERE} (?:{_ONE}|det|den|the)",
    rf"(?:kan|må|får|har|skal|bør|can|must|may|do|should|am|could) {_ONE}",
    rf"(?:hvordan|korleis|how) (?:får|søker|søkjer|klager|klagar|betaler|betalar|melder|finner|do) {_ONE}",
    r"er det (?:lov|åpent|ope)",
    r"what time",
    r"when (?:is|are|does|do|will|can)",
)
_PRIVATE = re.compile(rf"^(?:{'|'.join(_FORMS)})\b")
_TOGETHER = re.compile(
    r"\b(?:vi|oss|vår|vårt|våre|we|us|our|ours|kommunen|kommuna|hvem|kven|who|noen|nokon|someone|anyone|hjelp\w*|help)\b"
)
"""Words of somebody who speaks for others, or looks for somebody to help."""


def has_private_form(text: str) -> bool:
    """Tell whether a question has the form of one that somebody asks for themselves."""
    said = normalise(text)
    return _PRIVATE.search(said) is not None and _TOGETHER.search(said) is None
