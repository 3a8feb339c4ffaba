"""Catalogs as text (.po) become what gettext reads (.mo)."""

from __future__ import annotations

import io
from importlib.resources import files
from pathlib import Path

from assistant.locales.checking import faults
from corpus.errors import MellomromError


class CatalogError(MellomromError):
    """A catalog lacks what another has."""


def catalog_paths() -> list[Path]:
    """Return the texts of all catalogs."""
    return sorted(Path(str(files("assistant") / "locales")).glob("*/LC_MESSAGES/*.po"))


def compiled(path: Path) -> bytes:
    """Return what gettext reads for a catalog's text."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        catalog = read_po(file, locale=path.parts[-3], abort_invalid=True)
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def compile_catalogs() -> None:
    """Write every catalog's compiled form beside its text.

    Raises:
        CatalogError: a message lacks a language.
    """
    if wrong := faults(catalog_paths()):
        raise CatalogError("\n".join(["The catalogs are not whole; nothing was written.", *wrong]))
    for path in catalog_paths():
        path.with_suffix(".mo").write_bytes(compiled(path))
