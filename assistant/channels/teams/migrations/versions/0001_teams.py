"""The inbox, and where a case is shown."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "teams_inbox",
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("job", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("owner", sa.String(32), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(32), nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_teams_inbox"),
    )
    op.create_index("ix_teams_inbox_done_at", "teams_inbox", ["done_at"])
    op.create_table(
        "teams_case_message",
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("thread", sa.String(512), nullable=False),
        sa.Column("message", sa.String(128), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_teams_case_message"),
    )


def downgrade() -> None:
    op.drop_table("teams_case_message")
    op.drop_table("teams_inbox")
