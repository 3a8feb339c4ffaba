"""Links by which bodies see their own records and propose changes, for a time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

RECORD_ID = sa.String(80).with_variant(sa.String(80, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "partner_link",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("record_id", RECORD_ID, nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_partner_link"),
    )
    op.create_index("ix_partner_link_record_id", "partner_link", ["record_id"])
