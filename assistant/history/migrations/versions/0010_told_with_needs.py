"""What was said besides the question of a saved need, and what else than news is told where it was saved."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("saved_need", sa.Column("refinement", sa.Text(), nullable=False, server_default="{}"))
    op.add_column("saved_need", sa.Column("notices", sa.Text(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("saved_need", "notices")
    op.drop_column("saved_need", "refinement")
