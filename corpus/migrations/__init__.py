"""The numbered migrations of a database, one set for each owner of tables, the same for SQLite and PostgreSQL.

Invariant: a migration that was released is never changed, only followed by another; each runs in the caller's
transaction, so that one that fails leaves nothing behind. A set repeats the number of its newest migration, so that
a database which is already up to date opens without importing Alembic. A database remembers which releases go on with
its tables, so that servers are upgraded one after the other.

To add one: change the owner's tables, write ``versions/000N_what.py`` and set the set's `head`. The tests compare
all three. One that only adds (tables, columns that may be empty or have a default of the server) keeps `serves`; one
that changes or takes away sets `serves` to its own number, and comes a release after the code that needs it no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection


@dataclass(frozen=True)
class MigrationSet:
    """The migrations of one owner of tables."""

    package: str
    """The package whose folder ``versions`` holds them."""
    head: str
    """The number of the newest."""
    version_table: str
    """The table that remembers how far a database has come."""
    serves: str
    """The number of the oldest migration that was the newest of a release which goes on with the tables as they are."""

    def alembic_config(self, connection: Connection | None = None) -> Config:
        """Return what Alembic needs to know; there is no ``alembic.ini``, and all sets share one ``env.py``."""
        from alembic.config import Config

        config = Config()
        # A percent sign would be read as the start of a placeholder.
        config.set_main_option("script_location", str(files("corpus") / "migrations").replace("%", "%%"))
        config.set_main_option("version_locations", str(files(self.package) / "versions").replace("%", "%%"))
        config.set_main_option("path_separator", "newline")
        config.attributes.update(connection=connection, version_table=self.version_table)
        return config

    def knows(self, version: str) -> bool:
        """Tell whether this release has the migration of that number."""
        from alembic.script import ScriptDirectory

        numbers = {script.revision for script in ScriptDirectory.from_config(self.alembic_config()).walk_revisions()}
        return version in numbers

    def upgrade(self, connection: Connection) -> None:
        """Bring a database up to the newest within the transaction that the connection is in."""
        from alembic import command

        command.upgrade(self.alembic_config(connection), "head")


CORPUS = MigrationSet("corpus.migrations", head="0007", version_table="alembic_version", serves="0006")
"""The tables of `corpus.tables`."""
