"""Whatever column of whatever table can hold words or names, it is decided when they go, and they do."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Column, Date, DateTime, MetaData, String, Table, create_engine, insert, select

from assistant.platform.settings import Settings
from assistant.runtime.bootstrap import open_runtime
from assistant.service.privacy import erase_under, kept_under
from tests.assistant.conftest import Command

OLD = datetime(2020, 1, 1)
WHO, ENTRY, CASE, THREAD = "0123456789abcdef", "an-entry-of-them", "a-case-of-theirs", "a thread of theirs"
"""The asker, and what is theirs, as the columns of all tables name them."""
_THEIRS = {"asker": WHO, "pseudonym": WHO, "log_id": ENTRY, "about": ENTRY, "case_id": CASE, "conversation": THREAD}
_READ_BACK: dict[str, dict[str, object]] = {
    # What is packed is read by its own format; the column beside it holds the marker.
    "conversation": {"key": THREAD, "packed": None},
    "log_text": {"packed": None},
    "log_entry": {"kind": "question", "language": "nb", "payload": "{}", "packed": None, "channel": "web"},
    "case_file": {"id": CASE, "state": "asked", "language": "nb", "channel": "web", "kommunenummer": "5038"},
    "case_event": {"action": "told", "from_state": "asked", "to_state": "sent", "reason": "other"},
    "import_run": {"state": "applied", "counts": "{}", "options": "{}"},
    "web_session": {"account_id": None},
    "web_login_link": {"account_id": "marker web_account id"},
    "slack_inbox": {"done_at": None},
    "teams_inbox": {"done_at": None},
    "case_attachment": {"id": "a-file-of-theirs"},
    "saved_need": {
        "facts": "{}",
        "refinement": "{}",
        "notices": "[]",
        "known": "{}",
        "muted": "[]",
        "news": "[]",
        "every": "week",
        "language": "nb",
        "id": "a-need-of-theirs",
    },
    "mail_out": {"id": "a-mail-to-them-1", "state": "sent", "reference": "case:a-case-of-theirs"},
    "mail_out_file": {"mail_id": "a-mail-to-them-1"},
    "web_profile": {"account_id": "marker web_account id", "language": "nb"},
    "erased": {"pseudonym": "ffffffffffffffff"},
}
"""What the product reads back, so that a marker cannot stand in its place."""

_BESIDE = {
    "mail_out": {"id": "a-mail-to-them-2", "key": "2", "message_id": "2", "reference": "saved:a-need-of-theirs"},
}
"""A second row of a table that hangs on more than one other."""

RECORDS = "of organisations and of who edits them: for as long as the records are there"
STAFF = "of who works here: for as long as they do"
CLOSED = "an id, a hash or a word of a closed list: nobody's words"
STAYS: dict[str, dict[str, str]] = {
    "record": dict.fromkeys(("id", "kind", "state", "payload", "content_hash", "shipped_hash", "updated_by"), RECORDS),
    "revision": dict.fromkeys(("record_id", "actor", "action", "note", "changes", "snapshot"), RECORDS),
    "import_run": dict.fromkeys(("id", "source", "file_name", "file_hash", "started_by"), RECORDS),
    "import_change": dict.fromkeys(("import_id", "record_id"), CLOSED),
    "field_origin": dict.fromkeys(("record_id", "path", "import_id", "source", "value_hash"), CLOSED),
    "import_proposal": dict.fromkeys(
        ("record_id", "path", "import_id", "source", "offered", "offered_hash", "state"), RECORDS
    ),
    "import_decision": dict.fromkeys(("key", "record_id", "decided_by"), RECORDS),
    "import_mapping": dict.fromkeys(("name", "kind", "columns"), RECORDS),
    "log_entry": dict.fromkeys(
        ("key", "tenant", "kommunenummer", "record_id", "outcome", "fingerprint", "encoder", "version", "digest"),
        CLOSED,
    ),
    "case_file": {"record_id": CLOSED, "tenant": CLOSED, "assigned_to": STAFF},
    "case_event": {"by": STAFF},
    "case_reply": dict.fromkeys(("answer", "way"), CLOSED),
    "case_told": {"way": CLOSED},
    "case_member": {"member_id": CLOSED},
    "mark": {"name": CLOSED},
    "index_generation": dict.fromkeys(("kin", "manifest"), RECORDS),
    "index_file": dict.fromkeys(("data", "digest"), RECORDS),
    "index_vectors": {"lineage": CLOSED},
    "mail_out": dict.fromkeys(("key", "message_id", "owner"), CLOSED),
    "mail_in": dict.fromkeys(("key", "kind", "reference"), CLOSED),
    "draft": dict.fromkeys(("id", "plain", "updated_by"), RECORDS),
    "partner_link": dict.fromkeys(("id", "made_by", "record_id"), RECORDS),
    "web_rate": {"key": CLOSED},
    "link_check": {"address": RECORDS, "state": CLOSED},
    "need_dealt": {"together": CLOSED, "how": CLOSED, "by": STAFF},
    "web_account": dict.fromkeys(("id", "issuer", "subject", "name", "role", "area"), STAFF),
    "web_profile": dict.fromkeys(("name", "title", "organisation", "phone", "email", "deputy"), STAFF),
    "web_token": dict.fromkeys(("id", "name", "token_hash", "scopes", "created_by"), STAFF),
    "slack_installation": dict.fromkeys(("workspace", "name", "secret"), STAFF),
    "slack_consent": {"state_hash": CLOSED},
    "slack_case_message": dict.fromkeys(("channel", "ts"), CLOSED),
    "teams_case_message": dict.fromkeys(("thread", "message"), CLOSED),
}
"""What is left, by table and column, when everybody's time is up, with the reason that it may be."""
OF_ASKERS = {
    "asker", "conversation", "log_text", "case_file", "case_event", "case_letter", "case_attachment", "case_meeting",
    "case_figures", "case_watch", "saved_need", "mail_out", "mail_out_file",
}  # fmt: skip
"""The tables that hold what askers wrote, what was written of them, or how they are reached."""
NOT_GIVEN_OUT = {
    "asker": {"address": "the hash they are known by"},
    "conversation": {"state": "what the thread came to, made of the questions that are given out"},
    "case_file": {"tenant": CLOSED, "assigned_to": STAFF},
    "case_event": {"by": STAFF},
    "mail_out": dict.fromkeys(
        "to_address reply_to subject body html calendar fault owner key message_id".split(), "who it was sent to has it"
    ),
    "mail_out_file": dict.fromkeys(("name", "media_type", "content"), "who it was sent to has it"),
    "case_figures": {"application": "among brokers and the funder"},
    "case_letter": dict.fromkeys(
        ("to_address", "subject", "body", "language", "saved_by"), "among brokers and the partner"
    ),
    "case_attachment": dict.fromkeys(("name", "content", "added_by"), "among brokers"),
    "case_watch": dict.fromkeys(("broker", "language"), STAFF),
    "case_meeting": dict.fromkeys(("id", "place", "state", "proposed"), "among brokers and the partner"),
}


def tables(database_url: str) -> dict[str, Table]:
    """Return the tables that there really are."""
    found = MetaData()
    engine = create_engine(database_url)
    found.reflect(engine)
    engine.dispose()
    # What versions there are, and how the secret is known again, is written by the product alone.
    ours = {"meta", "sqlite_sequence"}
    return {name: table for name, table in found.tables.items() if name not in ours and "alembic" not in name}


def marker(column: Column[object]) -> str:
    return f"marker {column.table.name} {column.name}"


def filled(table: Table) -> dict[str, object]:
    """Return a row from long ago with a marker in whatever could hold words."""
    row: dict[str, object] = {}
    for column in table.columns:
        match column.type:
            case String():
                row[column.name] = _THEIRS.get(column.name, marker(column))
            case DateTime():
                row[column.name] = OLD
            case Date():
                row[column.name] = OLD.date()
            case _:
                row[column.name] = marker(column).encode() if str(column.type) == "BLOB" else 1
    return row | _READ_BACK.get(table.name, {})


@pytest.fixture
def settings(home: Path, small_corpus: Path) -> Settings:
    """A home whose every table holds a row of somebody's from long ago."""
    settings = Settings(home=home)
    open_runtime(settings).close()
    engine = create_engine(settings.store_url)
    with engine.begin() as connection:
        for table in tables(settings.store_url).values():
            connection.execute(table.delete())
            connection.execute(insert(table).values(filled(table)))
            if beside := _BESIDE.get(table.name):
                connection.execute(insert(table).values(filled(table) | beside))
    engine.dispose()
    return settings


def marked(settings: Settings) -> dict[str, set[str]]:
    """Return by table the columns whose marker is still there."""
    engine, found = create_engine(settings.store_url), {}
    with engine.connect() as connection:
        for name, table in tables(settings.store_url).items():
            rows = list(connection.execute(select(table)).mappings())
            left = {
                column.name
                for column in table.columns
                if any(row[column.name] in (marker(column), marker(column).encode()) for row in rows)
            }
            if left:
                found[name] = left
    engine.dispose()
    return found


def test_what_is_left_when_its_time_is_up_is_what_may_stay(settings: Settings, mellomrom: Command) -> None:
    before = marked(settings)
    assert before.keys() >= OF_ASKERS
    done = mellomrom("privacy", "purge")
    assert done.code == 0, done.err
    left = {f"{table}.{column}" for table, columns in marked(settings).items() for column in columns}
    may_stay = {f"{table}.{column}" for table, columns in STAYS.items() for column in columns}
    assert " ".join(sorted(left - may_stay)) == ""
    assert " ".join(sorted(may_stay - left)) == ""


def test_what_is_left_of_whoever_is_erased_is_what_may_stay(settings: Settings) -> None:
    before = marked(settings)
    with open_runtime(settings) as runtime:
        given = json.dumps(kept_under(runtime, WHO), default=str)
        erase_under(runtime, WHO, by="test")
    after = marked(settings)
    left = {f"{table}.{column}" for table in OF_ASKERS for column in after.get(table, ())}
    assert left == {f"{table}.{column}" for table in OF_ASKERS for column in STAYS.get(table, ())}
    lacking = {
        f"{table}.{column}"
        for table in OF_ASKERS
        for column in before[table]
        if f"marker {table} {column}" not in given
    }
    assert " ".join(sorted(lacking)) == " ".join(
        sorted(f"{table}.{column}" for table, columns in NOT_GIVEN_OUT.items() for column in columns)
    )
