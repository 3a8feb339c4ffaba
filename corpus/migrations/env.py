"""Run by Alembic for every set: hands it the connection, whose open transaction encloses every migration."""

from __future__ import annotations

from alembic import context

attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    version_table=attributes["version_table"],
    # SQLite cannot alter a column in place; Alembic then copies the table.
    render_as_batch=True,
)
context.run_migrations()
