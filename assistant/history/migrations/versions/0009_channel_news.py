"""News of saved needs where they were saved, the language of who watches, and contacts who are away."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("saved_need", sa.Column("reply_to", sa.Text(), nullable=True))
    op.add_column("saved_need", sa.Column("is_untold", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("case_watch", sa.Column("language", sa.String(length=2), nullable=False, server_default="nb"))
    op.create_table(
        "contact_absence",
        sa.Column("record_id", sa.String(length=80), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("deputy", sa.String(length=254), nullable=False),
        sa.Column("noted_by", sa.Text(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("record_id", "address", name="pk_contact_absence"),
        sa.UniqueConstraint("id", name="uq_contact_absence_id"),
    )
    op.create_index("ix_contact_absence_until", "contact_absence", ["until"])


def downgrade() -> None:
    op.drop_table("contact_absence")
    op.drop_column("case_watch", "language")
    op.drop_column("saved_need", "is_untold")
    op.drop_column("saved_need", "reply_to")
