"""The migrations of the web's tables."""

from __future__ import annotations

from corpus.migrations import MigrationSet

WEB = MigrationSet("assistant.access.migrations", head="0006", version_table="alembic_version_web", serves="0004")
"""The tables of `assistant.access.tables`."""
