"""What stands on paper: headings, sentences, points, tables and bars, the same for Word and for PDF.

Invariant: whatever people wrote is text here, never markup, and a paper can be written whatever it holds.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from corpus.text import Language


class Heading(NamedTuple):
    """A heading below the title."""

    text: str
    level: int = 2
    """From 2, which is the level below the title."""


class Paragraph(NamedTuple):
    """A sentence or more."""

    text: str
    is_strong: bool = False
    """Whether it is what a reader in a hurry should read."""


class Points(NamedTuple):
    """A list."""

    points: tuple[str, ...]


class Grid(NamedTuple):
    """A table; cells that are no text are numbers, and stand to the right."""

    head: tuple[str, ...]
    rows: tuple[tuple[str | int, ...], ...]
    widths: tuple[int, ...] = ()
    """How the columns share the width; alike where empty."""


class Bar(NamedTuple):
    """A bar of a chart."""

    label: str
    value: int | None
    """None where it is not told; then there is no bar."""
    told: str
    """What stands beside it: the number, or that it is not shown."""


class Bars(NamedTuple):
    """A chart of bars that lie, each with its label and its number in words, so that nobody has to see the bars."""

    about: str
    bars: tuple[Bar, ...]


Block = Heading | Paragraph | Points | Grid | Bars


class Paper(NamedTuple):
    """What is written out."""

    title: str
    language: Language
    blocks: tuple[Block, ...]
    footer: str = ""
    """Stands at the foot of every page."""


def printable(text: str) -> str:
    """Return a text without what paper cannot hold, with letters and their marks as one sign where there is one."""
    whole = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode("utf-8"))
    return "".join(char for char in whole if char.isprintable() or char in "\n\t").replace("\t", " ")


def longest(bars: Sequence[Bar]) -> int:
    """Return the value that fills the width of a chart."""
    return max((bar.value or 0 for bar in bars), default=0) or 1
