"""Needs that somebody has saved, to hear when something changes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_need",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("log_id", sa.String(length=16), nullable=False),
        sa.Column("asker", sa.String(length=16), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("every", sa.String(length=8), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("is_confirmed", sa.Boolean(), nullable=False),
        sa.Column("known", sa.Text(), nullable=False),
        sa.Column("muted", sa.Text(), nullable=False),
        sa.Column("news", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_until", sa.Date(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saved_need"),
        sa.UniqueConstraint("asker", "log_id", name="uq_saved_need_asker_log_id"),
    )
    op.create_index("ix_saved_need_asker", "saved_need", ["asker"])
    op.create_index("ix_saved_need_looked_at", "saved_need", ["looked_at"])


def downgrade() -> None:
    op.drop_table("saved_need")
