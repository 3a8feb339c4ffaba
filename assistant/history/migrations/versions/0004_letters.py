"""Letters, partners' answers, what askers were told, figures, meetings and files of cases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('case_letter',
    sa.Column('case_id', sa.String(length=16), nullable=False),
    sa.Column('to_address', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('with_sketch', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('saved_by', sa.Text(), nullable=False),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('case_id', name='pk_case_letter')
    )
    op.create_table('case_reply',
    sa.Column('event_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('case_id', sa.String(length=16), nullable=False),
    sa.Column('answer', sa.String(length=16), nullable=False),
    sa.Column('way', sa.String(length=8), nullable=False),
    sa.PrimaryKeyConstraint('event_id', name='pk_case_reply')
    )
    op.create_index('ix_case_reply_case_id', 'case_reply', ['case_id'], unique=False)
    op.create_table('case_told',
    sa.Column('event_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('way', sa.String(length=8), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('event_id', name='pk_case_told')
    )
    # What happened before this release was told, or was not, in its own way.
    op.execute(
        "INSERT INTO case_told (event_id, way, at) "
        "SELECT id, 'before', at FROM case_event WHERE action IN ('moved', 'told')"
    )
    op.create_table('case_figures',
    sa.Column('case_id', sa.String(length=16), nullable=False),
    sa.Column('applied', sa.BigInteger(), nullable=True),
    sa.Column('granted', sa.BigInteger(), nullable=True),
    sa.Column('application', sa.Text(), nullable=True),
    sa.Column('decision_on', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('case_id', name='pk_case_figures')
    )
    op.create_table('case_meeting',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('case_id', sa.String(length=16), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('proposed', sa.Text(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('reminded_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name='pk_case_meeting')
    )
    op.create_index('ix_case_meeting_case_id', 'case_meeting', ['case_id'], unique=False)
    op.create_index('ix_case_meeting_starts_at', 'case_meeting', ['starts_at'], unique=False)
    op.create_table('case_attachment',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('case_id', sa.String(length=16), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('added_by', sa.Text(), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name='pk_case_attachment')
    )
    op.create_index('ix_case_attachment_case_id', 'case_attachment', ['case_id'], unique=False)


def downgrade() -> None:
    for table in ('case_attachment', 'case_meeting', 'case_figures', 'case_told', 'case_reply', 'case_letter'):
        op.drop_table(table)
