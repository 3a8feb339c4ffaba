"""The message catalogs: texts (.po), and what a build made of them (.mo).

Invariant: what is read is what the text says today. A compiled catalog that is missing or was made from an older text
is made anew in memory, so that a checkout speaks the same whether or not it was ever installed.
"""

from __future__ import annotations

import gettext
import io
import struct
from pathlib import Path

from assistant.locales.compiling import FOLDER, catalog_paths, compiled, digest


def translations(language: str, folder: Path = FOLDER) -> gettext.NullTranslations:
    """Return the messages of all areas in a language, as one."""
    merged = gettext.NullTranslations()
    for path in catalog_paths(folder):
        if path.parts[-3] == language:
            one = _read(path)
            one.add_fallback(merged)
            merged = one
    return merged


def _read(path: Path) -> gettext.GNUTranslations:
    """Return a catalog by its text's path."""
    try:
        with path.with_suffix(".mo").open("rb") as file:
            ready = gettext.GNUTranslations(file)
    except (OSError, ValueError, struct.error):
        ready = None  # there is none, or it is damaged
    if ready is not None and ready.info().get("project-id-version", "").endswith(digest(path)):
        return ready
    return gettext.GNUTranslations(io.BytesIO(compiled(path)))
