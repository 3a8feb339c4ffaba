"""Named persons at bodies, for brokers alone and for a time; and what brokers write to each other about records."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

RECORD_ID = sa.String(80).with_variant(sa.String(80, collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "contact_person",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("record_id", RECORD_ID, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("lawful_basis", sa.String(24), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("notified_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_contact_person"),
    )
    op.create_index("ix_contact_person_record_id", "contact_person", ["record_id"])
    op.create_index("ix_contact_person_ends_on", "contact_person", ["ends_on"])
    op.create_table(
        "record_comment",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("record_id", RECORD_ID, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_record_comment"),
    )
    op.create_index("ix_record_comment_record_id", "record_comment", ["record_id"])
    op.create_index("ix_record_comment_at", "record_comment", ["at"])
