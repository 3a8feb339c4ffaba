"""The inbox, installations, consents under way, and where a case is shown."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "slack_inbox",
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("job", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(32), nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_slack_inbox"),
    )
    op.create_index("ix_slack_inbox_done_at", "slack_inbox", ["done_at"])
    op.create_table(
        "slack_installation",
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("installed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", name="pk_slack_installation"),
    )
    op.create_table(
        "slack_consent",
        sa.Column("state_hash", sa.String(64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name="pk_slack_consent"),
    )
    op.create_table(
        "slack_case_message",
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("ts", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_slack_case_message"),
    )


def downgrade() -> None:
    op.drop_table("slack_case_message")
    op.drop_table("slack_consent")
    op.drop_table("slack_installation")
    op.drop_table("slack_inbox")
