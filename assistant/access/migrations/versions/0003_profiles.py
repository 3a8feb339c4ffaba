"""How brokers sign, how they are reached, and when they are away."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('web_profile',
    sa.Column('account_id', sa.String(length=32), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('organisation', sa.Text(), nullable=False),
    sa.Column('phone', sa.Text(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('absent_from', sa.Date(), nullable=True),
    sa.Column('absent_until', sa.Date(), nullable=True),
    sa.Column('deputy', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(
        ['account_id'], ['web_account.id'], name='fk_web_profile_account_id_web_account', ondelete='CASCADE'
    ),
    sa.PrimaryKeyConstraint('account_id', name='pk_web_profile')
    )


def downgrade() -> None:
    op.drop_table('web_profile')
