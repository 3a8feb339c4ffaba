"""Addresses that are safe to send a browser to."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

_MAX_ADDRESS = 2_000


def safe_next(address: str | None, otherwise: str = "/") -> str:
    """Return an address on this site, or ``otherwise`` where what was given leads anywhere else."""
    if not address or len(address) > _MAX_ADDRESS or not address.startswith("/") or address.startswith("//"):
        return otherwise
    # Browsers read a backslash as a slash, and leave out control characters before they look.
    if "\\" in address or any(ord(char) < 0x21 or ord(char) == 0x7F for char in address):
        return otherwise
    parts = urlsplit(address)
    return otherwise if parts.scheme or parts.netloc or parts.path.startswith("//") else address


def with_query(path: str, query: str, **changes: str | None) -> str:
    """Return a path with a query in which some values are set, or left out where they are None."""
    kept = [(key, value) for key, value in parse_qsl(query, keep_blank_values=True) if key not in changes]
    kept += [(key, value) for key, value in changes.items() if value is not None]
    return f"{path}?{urlencode(kept)}" if kept else path
