"""Pairs of needs that are alike, and cases that several municipalities follow together."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "need_pair",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("first_log", sa.String(length=16), nullable=False),
        sa.Column("second_log", sa.String(length=16), nullable=False),
        sa.Column("first_asker", sa.String(length=16), nullable=False),
        sa.Column("second_asker", sa.String(length=16), nullable=False),
        sa.Column("first_kommunenummer", sa.String(length=4), nullable=True),
        sa.Column("second_kommunenummer", sa.String(length=4), nullable=True),
        sa.Column("first_key", sa.String(length=16), nullable=False),
        sa.Column("second_key", sa.String(length=16), nullable=False),
        sa.Column("likeness", sa.Integer(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("first_answer", sa.String(length=3), nullable=True),
        sa.Column("second_answer", sa.String(length=3), nullable=True),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("case_id", sa.String(length=16), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_need_pair"),
        sa.UniqueConstraint("first_log", "second_log", name="uq_need_pair_first_log_second_log"),
        sa.UniqueConstraint("first_key", name="uq_need_pair_first_key"),
        sa.UniqueConstraint("second_key", name="uq_need_pair_second_key"),
    )
    for column in ("second_log", "first_asker", "second_asker", "state", "found_at"):
        op.create_index(f"ix_need_pair_{column}", "need_pair", [column])
    op.create_table(
        "case_member",
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("member_id", sa.String(length=16), nullable=False),
        sa.Column("told_event", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "member_id", name="pk_case_member"),
    )
    op.create_index("ix_case_member_member_id", "case_member", ["member_id"])
    op.create_table(
        "mark",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_mark"),
    )


def downgrade() -> None:
    op.drop_table("mark")
    op.drop_table("case_member")
    op.drop_table("need_pair")
