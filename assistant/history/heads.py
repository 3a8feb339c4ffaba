"""The newest entry of the log as it was last seen, kept beside the database, so that a tail cut off is noticed.

Invariant: the file is replaced whole, and never by an older head than the one it tells of unless a backup is restored.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from corpus.text import Frozen

FILE = "log.head"


class Head(Frozen):
    """The newest entry of a log."""

    number: int
    """How many entries had been made up to it, by the database's own count."""
    at: datetime
    digest: str
    """Of the entry and so of all before it."""


def read_head(home: Path) -> Head | None:
    """Return the head that a home remembers; None where there is none, or it cannot be read."""
    try:
        return Head.model_validate_json((home / FILE).read_bytes())
    except (OSError, ValidationError):
        return None


def write_head(home: Path, head: Head | None, *, restored: bool = False) -> None:
    """Remember a head; an older one than is remembered only where a backup was restored."""
    known = read_head(home)
    if head is None or (known is not None and known.number >= head.number and not restored):
        return
    draft = home / f"{FILE}.{secrets.token_hex(4)}"
    try:
        draft.write_text(head.model_dump_json(), encoding="utf-8")
        draft.replace(home / FILE)
    finally:
        draft.unlink(missing_ok=True)
