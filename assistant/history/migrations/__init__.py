"""The migrations of askers, conversations, the match log and cases."""

from __future__ import annotations

from corpus.migrations import MigrationSet

CASES = MigrationSet("assistant.history.migrations", head="0010", version_table="alembic_version_cases", serves="0008")
"""The tables of `assistant.history.tables`."""
