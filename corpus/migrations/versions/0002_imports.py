"""Imports: what each brought in, where a value is from, what is offered, and what was decided."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

RECORD_ID = sa.String(80).with_variant(sa.String(80, collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "import_run",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_hash", sa.String(80), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("left_out", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_import_run"),
    )
    op.create_index("ix_import_run_file_hash", "import_run", ["file_hash"])
    op.create_index("ix_import_run_state", "import_run", ["state"])
    op.create_table(
        "import_change",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("import_id", sa.String(16), nullable=False),
        sa.Column("record_id", RECORD_ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_import_change"),
        sa.UniqueConstraint("import_id", "record_id", "version", name="uq_import_change_import_id_record_id_version"),
    )
    op.create_index("ix_import_change_record_id", "import_change", ["record_id"])
    op.create_table(
        "field_origin",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("record_id", RECORD_ID, nullable=False),
        sa.Column("path", sa.String(255), nullable=False),
        sa.Column("import_id", sa.String(16), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("value_hash", sa.String(80), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("imported_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_field_origin"),
        sa.UniqueConstraint("record_id", "path", "import_id", name="uq_field_origin_record_id_path_import_id"),
    )
    op.create_index("ix_field_origin_import_id", "field_origin", ["import_id"])
    op.create_table(
        "import_proposal",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("record_id", RECORD_ID, nullable=False),
        sa.Column("path", sa.String(255), nullable=False),
        sa.Column("import_id", sa.String(16), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("offered", sa.Text(), nullable=False),
        sa.Column("offered_hash", sa.String(80), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_import_proposal"),
        sa.UniqueConstraint("record_id", "path", "offered_hash", name="uq_import_proposal_record_id_path_offered_hash"),
    )
    op.create_index("ix_import_proposal_import_id", "import_proposal", ["import_id"])
    op.create_index("ix_import_proposal_state", "import_proposal", ["state"])
    op.create_table(
        "import_decision",
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("record_id", RECORD_ID, nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_import_decision"),
    )
    op.create_table(
        "import_mapping",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("columns", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_import_mapping"),
    )


def downgrade() -> None:
    for table in (
        "import_mapping", "import_decision", "import_proposal", "field_origin", "import_change", "import_run",
    ):
        op.drop_table(table)
