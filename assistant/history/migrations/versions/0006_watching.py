"""Brokers who follow a case that a colleague has."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_watch",
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("broker", sa.String(length=200), nullable=False),
        sa.Column("told_to", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "broker", name="pk_case_watch"),
    )
    op.create_index("ix_case_watch_broker", "case_watch", ["broker"])


def downgrade() -> None:
    op.drop_table("case_watch")
