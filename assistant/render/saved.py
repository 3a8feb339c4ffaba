"""A saved need as channels show it where people write: plain values, and what its buttons do."""

from __future__ import annotations

from enum import StrEnum

from corpus.text import Frozen


class SavedVerb(StrEnum):
    """What a button of a saved need does."""

    DAY = "day"
    """Tell once a day at most."""
    WEEK = "week"
    """Tell once a week at most."""
    MUTE = "mute"
    """Tell no more of one record."""
    STOP = "stop"


class NewsLine(Frozen):
    """One thing that is new."""

    record_id: str
    told: str
    """As a sentence."""


class SavedShown(Frozen):
    """A saved need."""

    need_id: str
    log_id: str
    question: str
    every: str
    """How often news are told: `day` or `week`."""
    saved_on: str
    """The day it was saved, as it is written in the reader's language."""
    until: str
    """The day until which it is kept, as it is written in the reader's language."""
    lines: tuple[NewsLine, ...] = ()

    @property
    def other_way(self) -> SavedVerb:
        """Return what changes how often news are told."""
        return SavedVerb.WEEK if self.every == SavedVerb.DAY else SavedVerb.DAY
