"""The migrations of the web make the tables that its code expects, on both databases."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from assistant.channels.web.migrations import WEB
from assistant.channels.web.tables import Base
from corpus.database import Database
from corpus.migrations import CORPUS


def test_head_is_the_newest_migration() -> None:
    assert ScriptDirectory.from_config(WEB.alembic_config()).get_heads() == [WEB.head]


def test_the_migrations_make_the_tables_that_the_code_expects(url: str) -> None:
    Database(url, (CORPUS, WEB)).close()
    own = set(Base.metadata.tables)
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": lambda name, kind, _: kind != "table" or name in own}
        )
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()
