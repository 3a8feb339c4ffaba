"""Catalogs as text (.po) become what gettext reads (.mo), which a build makes and no repository keeps.

Invariant: a compiled catalog names the text it was made from by its digest, so that one which is older than its text
can be told. Nothing else of the product is imported here, so that the build can run it.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from pathlib import Path

FOLDER = Path(__file__).parent


def catalog_paths(folder: Path = FOLDER) -> list[Path]:
    """Return the texts of all catalogs in a folder of languages."""
    return sorted(folder.glob("*/LC_MESSAGES/*.po"))


def digest(path: Path) -> str:
    """Return what tells a catalog's text from every other text."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def compiled(path: Path) -> bytes:
    """Return what gettext reads for a catalog's text; its header says which text that is."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        catalog = read_po(file, locale=path.parts[-3], abort_invalid=True)
    catalog.project, catalog.version = "Mellomrom", digest(path)
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def compile_catalogs(paths: Iterable[Path]) -> list[Path]:
    """Write the compiled form of each catalog beside its text; return what was written."""
    written = []
    for path in paths:
        target = path.with_suffix(".mo")
        target.write_bytes(compiled(path))
        written.append(target)
    return written
