"""The migrations of the mail's tables."""

from __future__ import annotations

from corpus.migrations import MigrationSet

MAIL = MigrationSet("assistant.mail.migrations", head="0001", version_table="alembic_version_mail", serves="0001")
"""The tables of `assistant.mail.tables`."""
