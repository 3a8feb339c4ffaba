"""The language in which a broker is told what is new."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("web_profile", sa.Column("language", sa.String(length=2), nullable=True))


def downgrade() -> None:
    op.drop_column("web_profile", "language")
