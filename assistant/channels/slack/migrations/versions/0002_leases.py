"""Who has a job of the inbox under way, and until when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("slack_inbox", sa.Column("owner", sa.String(32), nullable=True))
    op.add_column("slack_inbox", sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("slack_inbox", "leased_until")
    op.drop_column("slack_inbox", "owner")
