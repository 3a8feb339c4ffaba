"""Days on the command line, read as the desk reads them.

Invariant: a text is one day, or it is refused with what was expected; no year is guessed.
"""

from __future__ import annotations

from datetime import date

import typer


def typed_day(text: str) -> date:
    """Return the day that a text is, such as ``2026-12-20``, ``20.12.2026``, ``20. desember 2026`` or ``i dag``.

    Raises:
        typer.BadParameter: it is no day.
    """
    from assistant.platform.typed_dates import day_told
    from assistant.platform.workdays import norwegian_day

    try:
        return day_told(text, norwegian_day())
    except ValueError as error:
        raise typer.BadParameter(f"got {text!r}, expected a day such as 2026-11-25, 25.11.2026 or today") from error
