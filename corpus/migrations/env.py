"""Run by Alembic: hands it our tables and the connection, whose open transaction encloses every migration."""

from __future__ import annotations

from alembic import context

from corpus.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    # SQLite cannot alter a column in place; Alembic then copies the table.
    render_as_batch=True,
)
context.run_migrations()
