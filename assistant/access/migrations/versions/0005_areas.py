"""Which counties and municipalities a broker follows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("web_account", sa.Column("area", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("web_account", "area")
