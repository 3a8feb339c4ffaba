"""Needs without a good answer that a broker has dealt with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('need_dealt',
    sa.Column('log_id', sa.String(length=16), nullable=False),
    sa.Column('together', sa.String(length=16), nullable=False),
    sa.Column('how', sa.String(length=16), nullable=False),
    sa.Column('by', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('log_id', name='pk_need_dealt')
    )
    op.create_index('ix_need_dealt_together', 'need_dealt', ['together'], unique=False)


def downgrade() -> None:
    op.drop_table('need_dealt')
