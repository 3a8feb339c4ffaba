"""The migrations of Teams' tables."""

from __future__ import annotations

from corpus.migrations import MigrationSet

TEAMS = MigrationSet(
    "assistant.channels.teams.migrations", head="0001", version_table="alembic_version_teams", serves="0001"
)
"""The tables of `assistant.channels.teams.tables`."""
