"""What reading a turn may ask of the records, without knowing how they are kept.

Invariant: reading needs none of it: without a base, nobody is named, and every word could carry a subject.
"""

from __future__ import annotations

from typing import Protocol

from assistant.dialogue.conversation import ListedSuggestion


class KnowledgeBase(Protocol):
    """What the records know of words and names."""

    def named(self, text: str) -> tuple[ListedSuggestion, ...]:
        """Return the records that a text names, each with the name it was found by."""

    def knows(self, word: str) -> bool:
        """Tell whether any record uses a word."""

    def is_subject(self, word: str) -> bool:
        """Tell whether a word is rare enough in the records to tell what a text is about."""

    def likeness(self, one: str, other: str) -> float:
        """Return how near two texts are in meaning, from -1 to 1."""

    def settings(self, text: str) -> tuple[str, ...]:
        """Return the words of a text that only tell whom or where something is for: *barnehagen*, *eldre*."""


class EmptyKnowledgeBase:
    """No records at all."""

    def named(self, text: str) -> tuple[ListedSuggestion, ...]:  # noqa: ARG002 (as the protocol has it)
        """Return nothing."""
        return ()

    def knows(self, word: str) -> bool:  # noqa: ARG002
        """Tell that no word is known."""
        return False

    def is_subject(self, word: str) -> bool:
        """Tell that every word of some letters could carry a subject."""
        return len(word) > 3

    def likeness(self, one: str, other: str) -> float:
        """Return 1 where two texts share a word."""
        return float(bool(set(one.split()) & set(other.split())))

    def settings(self, text: str) -> tuple[str, ...]:  # noqa: ARG002
        """Return nothing."""
        return ()
