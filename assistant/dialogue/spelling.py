"""Words of a need that no record uses for a slip of the pen, or since they are a known word with a common ending.

Invariant: a word that the records use is never changed, and one that could have been meant as several is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.dialogue.knowledge_base import KnowledgeBase

_SHORTEST = 6
"""Letters from which a word is mended; shorter ones are near to too many others."""
_LONGEST = 32
_MOST_WAYS = 160
"""Ways to write unknown words that are looked up of a text, some twenty for each; a text of them is no misspelling."""
_WORD = re.compile(r"[^\W\d_]+")
_ENDINGS = re.compile(
    r"(?P<part>[^\W\d_]{4,28}?)(?P<ending>prosjekt(?:et|er|a)?|satsing(?:en|a|er|ar)?|tiltak(?:et|a|ene)?|opplegg(?:et)?"
    r"|ordning(?:en|a|er|ar)?|arbeid(?:et)?|samarbeid(?:et)?)",
    re.IGNORECASE,
)
"""Endings of compounds that carry no subject of their own."""


def correct_spelling(text: str, base: KnowledgeBase) -> str:
    """Return a text with two letters that changed place, or one doubled or left out of a pair, put right.

    A compound that no record uses and that ends in such as "-prosjekt" is parted, so that its subject is looked for.
    """
    left = _MOST_WAYS

    def one(match: re.Match[str]) -> str:
        nonlocal left
        word = match.group()
        is_name = word[:1].isupper() and match.start() > 0
        if is_name or not _SHORTEST <= len(word) <= _LONGEST or base.knows(word.casefold()):
            return word
        parts = _ENDINGS.fullmatch(word)
        if parts and base.is_subject(parts["part"].casefold()) and base.knows(parts["part"].casefold()):
            return f"{parts['part']} {parts['ending']}"
        ways = set(_near(word.casefold()))
        if len(ways) > left:
            return word
        left -= len(ways)
        meant = {near for near in ways if base.knows(near) and base.is_subject(near)}
        return meant.pop() if len(meant) == 1 else word

    return _WORD.sub(one, text)


def _near(word: str) -> Iterator[str]:
    """Return a word with two neighbours swapped, with one of a pair left out, with one letter doubled."""
    for place in range(1, len(word) - 1):
        one, other = word[place], word[place + 1]
        if one != other:
            yield f"{word[:place]}{other}{one}{word[place + 2 :]}"
        else:
            yield word[:place] + word[place + 1 :]
        yield f"{word[:place]}{one}{word[place:]}"
    yield word + word[-1]
