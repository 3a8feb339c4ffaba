"""The numbered migrations of the store, one set for SQLite and PostgreSQL.

Invariant: a migration that was released is never changed, only followed by another; each runs in the caller's
transaction, so that one that fails leaves nothing behind. `HEAD` is repeated here so that a store which is already
up to date opens without importing Alembic.

To add one: change `corpus.tables`, write ``versions/000N_what.py`` and set `HEAD`. The tests compare all three.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

HEAD = "0001"


def alembic_config(connection: Connection | None = None) -> Config:
    """Return what Alembic needs to know; there is no ``alembic.ini``."""
    from alembic.config import Config

    config = Config()
    # A percent sign would be read as the start of a placeholder.
    config.set_main_option("script_location", str(files("corpus") / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def knows(version: str) -> bool:
    """Tell whether this release has the migration of that number."""
    from alembic.script import ScriptDirectory

    numbers = {script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()}
    return version in numbers


def upgrade(connection: Connection) -> None:
    """Bring the store up to `HEAD` within the transaction that the connection is in."""
    from alembic import command

    command.upgrade(alembic_config(connection), "head")
