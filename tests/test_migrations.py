"""The migrations of each owner make the tables that its code expects, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import MetaData, create_engine

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
