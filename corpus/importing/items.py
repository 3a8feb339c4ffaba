"""What a source says, row by row, before anybody knows which record it is of.

Invariant: an item is plain data of one record without its id; it refers to other records by what their source calls
them (`Ref`), and never holds a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from corpus.records import Kind

REF = "@"
"""What a reference to a body begins with that is not yet an id: ``@orgnr:974767880``."""


class RowRejection(StrEnum):
    """Why a row is not brought in."""

    NO_NAME = "no_name"
    BAD_ORGNR = "bad_orgnr"
    PERSON = "person"
    """A person, or a personal grant."""
    SOLE_PROPRIETOR = "sole_proprietor"
    REJECTED = "rejected"
    """An application that was not granted, or is not decided yet."""
    FOREIGN = "foreign"
    CLOSED_DOWN = "closed_down"
    NOT_ASKED_FOR = "not_asked_for"
    """Of a sort that is not imported from this source."""
    REPEATED = "repeated"
    """The same thing stands in an earlier row."""
    FAULTY = "faulty"
    """A value that the record cannot hold."""
    MAYBE_KNOWN = "maybe_known"
    """It may be of a record that is there; a person decides."""
    GIVEN_UP = "given_up"
    """A person merged it away or took it out."""


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that is not brought in."""

    row: int
    reason: RowRejection
    detail: str = ""
    raw: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportItem:
    """What a source says of one record."""

    row: int
    """The first row that it stands in; 0 for what a source does not count."""
    kind: Kind
    keys: tuple[str, ...]
    """What it is called elsewhere, surest first: ``orgnr:974767880``, ``ror:…``; the first names it in its source."""
    plain: dict[str, Any]
    soft: frozenset[str] = frozenset()
    """Fields that are made up for want of better: they fill what is empty, and are never offered instead."""
    weak: bool = False
    """Whether it is only there so that others can refer to it; it adds nothing to a record that is there."""
    raw: Mapping[str, str] = field(default_factory=dict)
    """The cells of its row, for whoever has to mend it; empty where a source has none of its own."""
    publish: bool = False
    """Whether its source has all that a published record needs, so that the rule may publish it."""


Outcome = ImportItem | RejectedRow


def ref(*keys: str) -> str:
    """Return how an item refers to a body by the surest of its keys; nothing where there is none."""
    return next((f"{REF}{key}" for key in keys if key), "")


def without_empty(plain: Any) -> Any:  # noqa: ANN401 (plain data of any shape)
    """Return plain data without what is empty."""
    if isinstance(plain, Mapping):
        kept = {name: without_empty(value) for name, value in plain.items()}
        return {name: value for name, value in kept.items() if value not in (None, "", {}, [], ())}
    if isinstance(plain, list | tuple):
        return [value for value in map(without_empty, plain) if value not in (None, "", {}, [])]
    return plain


def first(texts: Iterable[str | None]) -> str:
    """Return the first text that is not empty."""
    return next((text for text in texts if text), "")
