"""What is wrong with the catalogs: a message that a language lacks, or that names other values than the others.

Invariant: a build in which somebody would read a key, or another language than theirs, is refused. Nothing else of
the product is imported here, so that the build can run it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.messages.catalog import Message

LANGUAGES = ("nb", "nn", "en")
_VALUE = re.compile(r"\{\w+\}")


def faults(paths: Iterable[Path]) -> list[str]:
    """Return what is wrong with catalogs at ``<language>/LC_MESSAGES/<area>.po``, one sentence each."""
    read = {(path.parts[-3], path.stem): _texts(path) for path in paths}
    found = []
    for area in sorted({area for _, area in read}):
        keys = sorted({key for language in LANGUAGES for key in read.get((language, area), {})})
        for key in keys:
            texts = {language: read.get((language, area), {}).get(key) for language in LANGUAGES}
            lacking = [language for language, text in texts.items() if not text]
            if lacking:
                found.append(f"{area}.po: {key} has no text in {', '.join(lacking)}")
            elif len({frozenset(_VALUE.findall(str(text))) for text in texts.values()}) > 1:
                found.append(f"{area}.po: {key} has not the same values to fill in in all languages")
    return found


def _texts(path: Path) -> dict[str, str]:
    """Return the messages of a catalog; one that is marked as a guess counts as missing."""
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        catalog = read_po(file, abort_invalid=True)
    return {_key(one): "" if one.fuzzy else _text(one) for one in catalog if one.id}


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _text(message: Message) -> str:
    """Return what a message says, its forms for one and for many one after the other; nothing where a form lacks."""
    forms = [message.string] if isinstance(message.string, str) else list(message.string or [""])
    return "\n".join(forms) if all(forms) else ""
