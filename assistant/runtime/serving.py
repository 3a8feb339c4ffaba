"""Where this installation is served from this machine, for commands that print links to it.

Invariant: what is kept is the address that a server last listened at; where it has ended since, a link to it leads on
when it is started there again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.platform.settings import Settings

_FILE = "address.txt"
_LONGEST = 200


def remember_served(settings: Settings, address: str) -> None:
    """Remember where the server listens; a home that cannot be written has no such memory."""
    try:
        (settings.home / _FILE).write_text(address, encoding="utf-8")
    except OSError:
        return


def last_served(settings: Settings) -> str | None:
    """Return where the server last listened, or None where none has."""
    try:
        found = (settings.home / _FILE).read_text(encoding="utf-8")[:_LONGEST].strip()
    except (OSError, UnicodeDecodeError):
        return None
    return found if found.startswith("http://") else None
