"""What a scheme says that it does not pay for.

Invariant: a sentence that shuts something out is never taken as one that speaks for it. Only what is said of money
counts: who may not apply is for rules.
"""

from __future__ import annotations

import re
from functools import lru_cache

_NOT = r"(?:ikke|ikkje|aldri)"
_PAID = (
    r"(?:støtt\w*|stønad\w*|gis|gitt|gjev\w*|dekk\w*|dekt\w*|finansier\w*|tilskudd|tilskot|omfatt\w*"
    r"|prioriter\w*|betal\w*)"
)
_EXCLUDES = re.compile(
    rf"\b(?:faller|fall|fell|falt) (?:\w+ )?(?:utenfor|utanfor)\b|\b(?:er|var|blir|ble|vart|vert) (?:utenfor|utanfor)\b"
    rf"|\b{_NOT} (?:\w+ ){{0,2}}{_PAID}\b|\b{_PAID} (?:\w+ )?{_NOT}\b"
    rf"|\b(?:går|gikk|gjekk|er|var|gjelder|gjaldt|gjeld|galdt) {_NOT} (?:til|for)\b|\b{_NOT} til\b|,? {_NOT} for\b"
    rf"|\bunntatt\b|\butelukke\w*|\butelat\w*|\butanom ordninga\b"
    r"|\b(?:not|never) (?:\w+ ){0,2}(?:covered|cover|funded|fund|supported|support|given|eligible|paid|pay|included)\b"
    r"|\b(?:not|never) (?:for|to)\b|\b(?:is|are|was|were|falls?|fell) outside\b|\bexclud\w+|\bwith the exception of\b"
    r"|\bno (?:support|funding|money|grants?) (?:is|are|was|were|for|to)\b",
    re.IGNORECASE,
)
_SENTENCES = re.compile(r"(?<=[.!?;])\s+")
_CONTRAST = re.compile(r"\b(?:men|but)\b|, (?:ikke|ikkje|not)\b", re.IGNORECASE)


def parted(text: str) -> tuple[str, str]:
    """Return the sentences of a text that say what is paid for, or nothing of it, and those that shut something out.

    A sentence that sets the one against the other, *for people, not for books*, is of neither.
    """
    speaking: list[str] = []
    excluding: list[str] = []
    for sentence in _SENTENCES.split(text):
        if not _EXCLUDES.search(sentence):
            speaking.append(sentence)
        elif not _CONTRAST.search(sentence):
            excluding.append(sentence)
    return " ".join(speaking), " ".join(excluding)


@lru_cache(maxsize=8_192)
def excludes(text: str) -> bool:
    """Tell whether a text has a sentence that shuts something out."""
    return _EXCLUDES.search(text) is not None
