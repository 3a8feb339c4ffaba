"""Words of the trade and what they mean, for whoever does not use them every day.

Invariant: an explanation stands on pages that were read, and in all three languages. A word is found as it is written
in the glossary, inflected at the end, or by its abbreviation; the longest that fits is meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

from pydantic import Field

from assistant.dialogue.cues import tokens_of
from corpus.files import read_yaml
from corpus.text import Frozen, LangText

_INFLECTED = 3
"""Letters that an inflection adds at most."""
_STEM_FROM = 5
"""Letters of a word that may be inflected; a shorter one is an abbreviation."""


class Page(Frozen):
    """A public page that an explanation was read in."""

    title: Annotated[str, Field(min_length=1)]
    address: Annotated[str, Field(pattern=r"^https?://\S+$")]
    read: date
    """The day it was read."""


class Term(Frozen):
    """A word with what it means."""

    id: str
    name: LangText
    also: tuple[str, ...]
    """Other ways to write it, in any language."""
    text: LangText
    sources: Annotated[tuple[Page, ...], Field(min_length=1)]
    """The pages that say so between them."""


@cache
def glossary() -> tuple[Term, ...]:
    """Return every word that is explained."""
    plain: Any = read_yaml(files("assistant.dialogue").joinpath("glossary.yaml").read_text(encoding="utf-8"))
    return tuple(Term.model_validate(one) for one in plain)


def term_by_id(term_id: str) -> Term | None:
    """Return a word by its id."""
    return next((one for one in glossary() if one.id == term_id), None)


def term_in(tokens: Sequence[str]) -> tuple[Term, range] | None:
    """Return the word of the glossary that a turn names, and where it stands; None where it names none."""
    # Nearly all of them begin unlike any word of the turn.
    begun = {token[:2] for token in tokens}
    near = ((wanted, term) for wanted, term in _terms_by_tokens() if wanted[0][:2] in begun)
    found = [(len(wanted), -place, term) for wanted, term in near for place in _places(wanted, tokens)]
    if not found:
        return None
    length, place, term = max(found, key=lambda one: one[:2])
    return term, range(-place, -place + length)


@cache
def _terms_by_tokens() -> tuple[tuple[tuple[str, ...], Term], ...]:
    ways = {
        (tokens_of(said), term.id): term
        for term in glossary()
        for said in (*term.also, *(one.text for one in term.name.items()))
    }
    return tuple((wanted, term) for (wanted, _), term in ways.items())


def _places(wanted: Sequence[str], tokens: Sequence[str]) -> list[int]:
    return [
        place
        for place in range(len(tokens) - len(wanted) + 1)
        if all(_is(one, other) for one, other in zip(wanted, tokens[place:], strict=False))
    ]


def _is(wanted: str, written: str) -> bool:
    if wanted == written:
        return True
    return len(wanted) >= _STEM_FROM and written.startswith(wanted) and len(written) - len(wanted) <= _INFLECTED
