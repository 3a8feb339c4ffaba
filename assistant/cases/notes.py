"""Notes on cases, as they are kept.

Invariant: nothing is kept that identifies people who never used this, and nothing is cut off unseen.
"""

from __future__ import annotations

from assistant.cases.cases import NoteError
from assistant.platform.user_text import bounded

MAX_NOTE = 2_000
"""Characters of a note that are kept."""


def checked_note(text: str | None, *, shortened: bool = False) -> str | None:
    """Return a note as it is kept, or None where there is nothing in it.

    Args:
        text: What was written.
        shortened: Whether its end was left out already.

    Raises:
        NoteError: it is too long.
    """
    from assistant.platform.redaction import redact

    note, cut = bounded(text or "", MAX_NOTE)
    if cut or shortened:
        raise NoteError(f"Got a note of more than {MAX_NOTE:,} characters, expected at most as many. Shorten it.")
    return redact(note).text or None
