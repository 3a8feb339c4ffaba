"""Copies of a home that was made once, which cost little more than the database in it."""

from __future__ import annotations

import shutil
from pathlib import Path

_NEVER_CHANGED = (".faiss", "passages.sqlite3")
"""How the files of an index end that are large and, once written, only read: an index that follows has its own."""


def copy_home(made: Path, home: Path) -> None:
    """Copy a home; large files of its index are links, which also need not be verified again in this process."""
    from index.storage.persistence import link

    def copied(source: str, target: str) -> None:
        if source.endswith(_NEVER_CHANGED):
            link(Path(source), Path(target))
        else:
            shutil.copy2(source, target)

    shutil.copytree(made, home, copy_function=copied)
