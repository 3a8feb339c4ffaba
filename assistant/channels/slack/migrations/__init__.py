"""The migrations of Slack's tables."""

from __future__ import annotations

from corpus.migrations import MigrationSet

SLACK = MigrationSet(
    "assistant.channels.slack.migrations", head="0002", version_table="alembic_version_slack", serves="0002"
)
"""The tables of `assistant.channels.slack.tables`."""
