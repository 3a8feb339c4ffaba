"""The migrations of each owner make the tables that its code expects, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import MetaData, create_engine, inspect

from assistant.access import tables as web
from assistant.access.migrations import WEB
from assistant.channels.slack import tables as slack
from assistant.channels.slack.migrations import SLACK
from assistant.channels.teams import tables as teams
from assistant.channels.teams.migrations import TEAMS
from assistant.history import tables as cases
from assistant.history.migrations import CASES
from assistant.mail import tables as mail
from assistant.mail.migrations import MAIL
from corpus import tables as corpus
from corpus.database import Database
from corpus.migrations import CORPUS, MigrationSet

OWNERS = {"corpus": CORPUS, "cases": CASES, "slack": SLACK, "teams": TEAMS, "web": WEB, "mail": MAIL}
EXPECTED = {
    "corpus": corpus.Base.metadata,
    "cases": cases.Base.metadata,
    "slack": slack.Base.metadata,
    "teams": teams.Base.metadata,
    "web": web.Base.metadata,
    "mail": mail.Base.metadata,
}


@pytest.mark.parametrize("owned", OWNERS.values(), ids=OWNERS)
def test_head_is_the_newest_migration_and_there_is_one(owned: MigrationSet) -> None:
    from alembic.script import ScriptDirectory

    assert ScriptDirectory.from_config(owned.alembic_config()).get_heads() == [owned.head]
    assert owned.knows(owned.head)
    assert not owned.knows("9999")


@pytest.mark.parametrize("owner", OWNERS)
def test_the_migrations_make_the_tables_that_the_code_expects(url: str, owner: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    Database(url, tuple(OWNERS.values())).close()
    expected: MetaData = EXPECTED[owner]
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": lambda name, kind, _: kind != "table" or name in expected.tables}
        )
        assert compare_metadata(context, expected) == []
    engine.dispose()


def columns_of(url: str) -> dict[tuple[str, str], tuple[str, bool, bool]]:
    """Return by table and column its type, whether it may be empty, and whether the database fills it itself."""
    engine = create_engine(url)
    seen = inspect(engine)
    found = {
        (table, column["name"]): (str(column["type"]), column["nullable"], column["default"] is not None)
        for table in seen.get_table_names()
        for column in seen.get_columns(table)
    }
    engine.dispose()
    return found


@pytest.mark.parametrize("owned", OWNERS.values(), ids=OWNERS)
def test_what_an_older_release_is_said_to_go_on_with_was_only_added_to(url: str, owned: MigrationSet) -> None:
    from alembic import command

    engine = create_engine(url)
    with engine.begin() as connection:
        command.upgrade(owned.alembic_config(connection), owned.serves)
    before = columns_of(url)
    with engine.begin() as connection:
        owned.upgrade(connection)
    engine.dispose()
    after = columns_of(url)
    assert {name: after.get(name) for name in before} == before
    tables = {table for table, _ in before}
    added = {name: column for name, column in after.items() if name not in before and name[0] in tables}
    assert [name for name, (_, may_be_empty, is_filled) in added.items() if not (may_be_empty or is_filled)] == []
