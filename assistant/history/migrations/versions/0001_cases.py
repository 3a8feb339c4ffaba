"""Askers, conversations, the match log and cases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('asker',
    sa.Column('address', sa.String(length=64), nullable=False),
    sa.Column('pseudonym', sa.String(length=16), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=True),
    sa.Column('kommunenummer', sa.String(length=4), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('address', name='pk_asker'),
    sa.UniqueConstraint('pseudonym', name='uq_asker_pseudonym')
    )
    op.create_table('case_event',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('case_id', sa.String(length=16), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.Text(), nullable=False),
    sa.Column('action', sa.String(length=16), nullable=False),
    sa.Column('from_state', sa.String(length=16), nullable=True),
    sa.Column('to_state', sa.String(length=16), nullable=True),
    sa.Column('reason', sa.String(length=24), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name='pk_case_event'),
    sqlite_autoincrement=True
    )
    op.create_index('ix_case_event_case_id', 'case_event', ['case_id'], unique=False)
    op.create_table('case_file',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('log_id', sa.String(length=16), nullable=False),
    sa.Column('record_id', sa.String(length=80), nullable=False),
    sa.Column('question', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('asker', sa.String(length=16), nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('tenant', sa.String(length=120), nullable=False),
    sa.Column('reply_to', sa.Text(), nullable=True),
    sa.Column('kommunenummer', sa.String(length=4), nullable=True),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('state_since', sa.Date(), nullable=False),
    sa.Column('assigned_to', sa.Text(), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name='pk_case_file'),
    sa.UniqueConstraint('log_id', 'record_id', name='uq_case_file_log_id_record_id')
    )
    op.create_index('ix_case_file_asker', 'case_file', ['asker'], unique=False)
    op.create_index('ix_case_file_opened_at', 'case_file', ['opened_at'], unique=False)
    op.create_index('ix_case_file_state_state_since', 'case_file', ['state', 'state_since'], unique=False)
    op.create_table('conversation',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('key', name='pk_conversation')
    )
    op.create_index('ix_conversation_updated_at', 'conversation', ['updated_at'], unique=False)
    op.create_table('log_entry',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('log_id', sa.String(length=16), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('tenant', sa.String(length=120), nullable=False),
    sa.Column('asker', sa.String(length=16), nullable=False),
    sa.Column('conversation', sa.String(length=64), nullable=False),
    sa.Column('kommunenummer', sa.String(length=4), nullable=True),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('about', sa.String(length=16), nullable=True),
    sa.Column('record_id', sa.String(length=80), nullable=True),
    sa.Column('outcome', sa.String(length=24), nullable=False),
    sa.Column('fingerprint', sa.String(length=80), nullable=True),
    sa.Column('encoder', sa.Text(), nullable=True),
    sa.Column('version', sa.String(length=32), nullable=False),
    sa.Column('payload', sa.Text(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id', name='pk_log_entry'),
    sa.UniqueConstraint('key', name='uq_log_entry_key'),
    sa.UniqueConstraint('log_id', name='uq_log_entry_log_id'),
    sqlite_autoincrement=True
    )
    op.create_index('ix_log_entry_about', 'log_entry', ['about'], unique=False)
    op.create_index('ix_log_entry_asker', 'log_entry', ['asker'], unique=False)
    op.create_index('ix_log_entry_at', 'log_entry', ['at'], unique=False)
    op.create_index('ix_log_entry_conversation', 'log_entry', ['conversation'], unique=False)
    op.create_index('ix_log_entry_kind', 'log_entry', ['kind'], unique=False)
    op.create_index('ix_log_entry_outcome', 'log_entry', ['outcome'], unique=False)
    op.create_table('log_text',
    sa.Column('log_id', sa.String(length=16), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('log_id', name='pk_log_text')
    )
    op.create_index('ix_log_text_at', 'log_text', ['at'], unique=False)
    op.create_table('reminder',
    sa.Column('case_id', sa.String(length=16), nullable=False),
    sa.Column('state_since', sa.Date(), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('case_id', 'state_since', 'days', name='pk_reminder')
    )


def downgrade() -> None:
    op.drop_table('reminder')
    op.drop_index('ix_log_text_at', table_name='log_text')
    op.drop_table('log_text')
    op.drop_index('ix_log_entry_outcome', table_name='log_entry')
    op.drop_index('ix_log_entry_conversation', table_name='log_entry')
    op.drop_index('ix_log_entry_kind', table_name='log_entry')
    op.drop_index('ix_log_entry_at', table_name='log_entry')
    op.drop_index('ix_log_entry_asker', table_name='log_entry')
    op.drop_index('ix_log_entry_about', table_name='log_entry')
    op.drop_table('log_entry')
    op.drop_index('ix_conversation_updated_at', table_name='conversation')
    op.drop_table('conversation')
    op.drop_index('ix_case_file_state_state_since', table_name='case_file')
    op.drop_index('ix_case_file_opened_at', table_name='case_file')
    op.drop_index('ix_case_file_asker', table_name='case_file')
    op.drop_table('case_file')
    op.drop_index('ix_case_event_case_id', table_name='case_event')
    op.drop_table('case_event')
    op.drop_table('asker')
