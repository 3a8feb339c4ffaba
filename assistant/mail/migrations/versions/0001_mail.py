"""Letters on their way, their attachments, and which incoming ones were read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('mail_out',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('key', sa.String(length=120), nullable=True),
    sa.Column('reference', sa.String(length=64), nullable=True),
    sa.Column('message_id', sa.String(length=200), nullable=False),
    sa.Column('to_address', sa.Text(), nullable=False),
    sa.Column('reply_to', sa.Text(), nullable=True),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('html', sa.Text(), nullable=True),
    sa.Column('calendar', sa.Text(), nullable=True),
    sa.Column('automatic', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('owner', sa.String(length=16), nullable=True),
    sa.Column('leased_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('fault', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name='pk_mail_out'),
    sa.UniqueConstraint('key', name='uq_mail_out_key'),
    sa.UniqueConstraint('message_id', name='uq_mail_out_message_id')
    )
    op.create_index('ix_mail_out_changed_at', 'mail_out', ['changed_at'], unique=False)
    op.create_index('ix_mail_out_reference', 'mail_out', ['reference'], unique=False)
    op.create_index('ix_mail_out_state_due_at', 'mail_out', ['state', 'due_at'], unique=False)
    op.create_table('mail_out_file',
    sa.Column('mail_id', sa.String(length=16), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('media_type', sa.String(length=120), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(
        ['mail_id'], ['mail_out.id'], name='fk_mail_out_file_mail_id_mail_out', ondelete='CASCADE'
    ),
    sa.PrimaryKeyConstraint('mail_id', 'position', name='pk_mail_out_file')
    )
    op.create_table('mail_in',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('reference', sa.String(length=64), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('key', name='pk_mail_in')
    )
    op.create_index('ix_mail_in_at', 'mail_in', ['at'], unique=False)
    op.create_index('ix_mail_in_reference', 'mail_in', ['reference'], unique=False)


def downgrade() -> None:
    op.drop_table('mail_in')
    op.drop_table('mail_out_file')
    op.drop_table('mail_out')
