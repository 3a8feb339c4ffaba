"""The migrations of conversations and cases make the tables that the code expects, on both databases."""

from __future__ import annotations

from sqlalchemy import create_engine

from assistant.migrations import CASES
from assistant.tables import Base
from corpus.database import Database
from corpus.migrations import CORPUS


def test_head_is_the_newest_migration() -> None:
    from alembic.script import ScriptDirectory

    assert ScriptDirectory.from_config(CASES.alembic_config()).get_heads() == [CASES.head]


def test_the_migrations_make_the_tables_that_the_code_expects(url: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    Database(url, (CORPUS, CASES)).close()
    own = set(Base.metadata.tables)
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": lambda name, kind, _: kind != "table" or name in own}
        )
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()
