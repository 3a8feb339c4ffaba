"""Which language a page is in: what the address says, else what was chosen before, else what the browser asks for."""

from __future__ import annotations

from corpus.text import Language

COOKIE = "mellomrom_language"
NAMES = {Language.NB: "Bokmål", Language.NN: "Nynorsk", Language.EN: "English"}
"""Each language in itself, as a switch has to show it."""


def language(text: str | None) -> Language | None:
    """Return the language of that name, or None."""
    return Language(text) if text in set(Language) else None


def choose(asked: str | None, chosen: str | None, header: str, otherwise: Language) -> Language:
    """Return the language for a page.

    Args:
        asked: What the address says.
        chosen: What the cookie holds.
        header: The browser's Accept-Language.
        otherwise: The language for whoever asks for none of ours.
    """
    return language(asked) or language(chosen) or _accepted(header) or otherwise


def _accepted(header: str) -> Language | None:
    """Return the first of our languages in a browser's list, which may say ``no`` or ``nb-NO`` for bokmål."""
    wishes: list[tuple[float, int, str]] = []
    for position, part in enumerate(header[:500].split(",")):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        wishes.append((-weight, position, tag.partition("-")[0].strip().lower()))
    for weight, _, tag in sorted(wishes):
        accepted = language("nb" if tag == "no" else tag)
        if accepted and weight < 0:
            return accepted
    return None
