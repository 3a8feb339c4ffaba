"""One line out of a longer text: its most telling sentence, ended where a sentence or a clause ends.

Invariant: what is kept stands word for word in the text; where something was left out of a sentence, an ellipsis says
so.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from corpus.text import Language
from index.analysis import STOPWORDS, stem, words

LINE = 150
"""Characters of the one line that a suggestion is shown with."""
MORE = " …"
_SENTENCE_END = re.compile(r"(?<=[.!?…])[»”\")]*\s+(?=[A-ZÆØÅÄÖ0-9«“(])|\n+")
_ABBREVIATION = re.compile(r"(?:\b(?:bl\.a|f\.eks|jf|nr|ca|kap|pkt|inkl|St|Dr|dr|e\.g|i\.e|No|no|vs)\.|\b[A-ZÆØÅ]\.)$")
_CLAUSE_END = re.compile(
    r"[;,:](?= )| – | (?=\()| (?=(?:og|men|som|slik at|for å|fordi|når|and|but|which|who|so that|because)\b)"
)
_LEAST_KEPT = 0.4
"""The share of the room that a clause fills at least; a shorter one would say too little."""
_TELLING_LETTERS = 4
"""Letters that a word has at least to say what a sentence is about."""


def sentences(text: str) -> list[str]:
    """Return the sentences of a text."""
    complete: list[str] = []
    start = 0
    for end in _SENTENCE_END.finditer(text):
        piece = text[start : end.end()].strip()
        if piece and not _ABBREVIATION.search(piece):
            complete.append(piece)
            start = end.end()
    if rest := text[start:].strip():
        complete.append(rest)
    return complete


def shortened(text: str, limit: int = LINE) -> str:
    """Return a text of at most ``limit`` characters, cut where a clause ends, or else a word."""
    if len(text) <= limit:
        return text
    room = text[: limit - len(MORE) + 1]
    ends = [end.start() for end in _CLAUSE_END.finditer(room) if end.start() >= _LEAST_KEPT * limit]
    ends = [end for end in ends if _is_balanced(room[:end])] or ends
    word = room.rfind(" ")
    kept = room[: ends[-1]] if ends else room[:word] if word > 0 else room[:-1]
    return kept.rstrip(" ,;:–.(«“") + MORE


def _is_balanced(text: str) -> bool:
    return all(text.count(opening) == text.count(closing) for opening, closing in ("()", "«»", "“”"))


def telling_words(texts: Iterable[str], language: Language) -> frozenset[str]:
    """Return the stems of the words that say what texts are about."""
    return frozenset(
        stem(word, language)
        for text in texts
        for word in words(text)
        if len(word) >= _TELLING_LETTERS and word not in STOPWORDS[language]
    )


def telling_sentence(text: str, about: Collection[str], language: Language, besides: str = "") -> str:
    """Return the sentence of a text that holds most of some stems, the first of those that hold as many.

    Args:
        text: What to choose from.
        about: Stems of what is asked for.
        language: The language of the text.
        besides: What stands beside the sentence already, such as a name; a sentence that is no more is passed over.
    """
    found = [sentence for sentence in sentences(text) if sentence.rstrip(".") != besides] or [text]
    return max(found, key=lambda one: len({stem(word, language) for word in words(one)}.intersection(about)))
