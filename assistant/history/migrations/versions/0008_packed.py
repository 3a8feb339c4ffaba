"""What is typed, shown and kept, packed; rows that are there keep theirs as it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("log_text", "log_entry", "conversation"):
        op.add_column(table, sa.Column("packed", sa.LargeBinary(), nullable=True))
    op.add_column("log_entry", sa.Column("is_sure", sa.Boolean(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("An earlier release cannot read what is packed; go back to a backup from before.")
