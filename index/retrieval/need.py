"""What is asked of the index: a need, understood but not yet answered.

Invariant: a need says nothing of channels, people or how an answer looks; the same need always finds the same
records in the same index.
"""

from __future__ import annotations

from corpus.records import ActorType, Kind
from corpus.text import Frozen, Language
from index.storage.passages import SEARCHED_KINDS


class PlaceWish(Frozen):
    """A place that a question names, and what it means by it."""

    name: str
    fylkesnummer: str | None = None
    kommunenummer: str | None = None
    required: bool = False
    """Whether only partners there will do; otherwise nearness only weighs in."""


class Need(Frozen):
    """A question as the index sees it."""

    text: str
    """The question, cut and cleaned, without the words that only frame it."""
    language: Language
    kinds: tuple[Kind, ...] = SEARCHED_KINDS
    """The kinds to look for."""
    applicant: ActorType = ActorType.MUNICIPALITY
    """Who would apply for money; a municipality where the question does not say otherwise."""
    fylkesnummer: str | None = None
    """The county of who asks, whose schemes for any theme are always judged."""
    asked_kind: Kind | None = None
    """The kind the question asks for in so many words, if it does."""
    is_private: bool = False
    """Whether it has the form of a question that somebody asks for themselves: when, where, and whether they may."""
    place: PlaceWish | None = None
    context_places: tuple[str, ...] = ()
    """Numbers of municipalities and counties that are named only as where the asker stands, not as what is sought."""
