"""Named persons and comments are for brokers alone, for a time; no answer, export or index ever holds them."""

from __future__ import annotations

import json
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from assistant.access.accounts import AccountRole
from assistant.platform.workdays import norwegian_day
from assistant.service.container import Runtime
from assistant.service.privacy import erase_again, erase_person, erasures, person_kept, purge_all
from corpus.clock import utc_now
from corpus.comments import comments_of
from corpus.importing.runs import left_out_of
from corpus.persons import persons_of
from corpus.tables import CommentRow, ContactPersonRow, ImportRow
from tests.web.conftest import LogIn

RECORD = "actor:ntnu"
NAME = "Åse Prøvesen"
TODAY = norwegian_day()


def person(**changed: str) -> dict[str, str]:
    given = {
        "role": "Forskningsrådgiver", "name": NAME, "email": "ase@ntnu.example", "lawful_basis": "consent",
        "source": "sagt på telefon", "notified_on": TODAY.isoformat(), "ends_on": (TODAY + timedelta(90)).isoformat(),
    }  # fmt: skip
    return given | changed


@pytest.fixture
def broker(log_in: LogIn) -> TestClient:
    return log_in(AccountRole.BROKER)


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("lawful_basis", "", "Må fylles ut"),
        ("source", "", "Må fylles ut"),
        ("notified_on", "", "Må fylles ut"),
        ("ends_on", "", "Må fylles ut"),
        ("ends_on", (TODAY + timedelta(1_000)).isoformat(), "Siste dag må være"),
        ("email", "åse", "e-postadresse"),
    ],
)
def test_nobody_is_kept_without_a_basis_a_source_a_notice_and_an_end(
    broker: TestClient, runtime: Runtime, field: str, typed: str, told: str
) -> None:
    page = broker.post(f"/desk/records/{RECORD}/persons", data=person(**{field: typed}))
    assert page.status_code == 422
    assert told in unescape(page.text)
    assert NAME in page.text
    assert persons_of(runtime.database, RECORD, TODAY) == []


def test_a_person_is_seen_by_brokers_alone(
    broker: TestClient, client: TestClient, log_in: LogIn, runtime: Runtime
) -> None:
    revision = runtime.store.revision()
    assert broker.post(f"/desk/records/{RECORD}/persons", data=person()).status_code == 303
    broker.post(f"/desk/records/{RECORD}/comments", data={"text": f"{NAME} svarer fort <script>"})
    page = broker.get(f"/desk/records/{RECORD}").text
    assert page.count(NAME) >= 2
    assert "svarer fort &lt;script&gt;" in page
    assert runtime.store.revision() == revision
    # Nothing else is what an export writes.
    assert not any(NAME in record.model_dump_json() for record in runtime.store.records(state=None))
    asked = client.post("/ask", data={"text": f"{NAME} ved NTNU", "key": "0" * 32})
    answer = client.get(asked.headers["Location"]).text
    assert "ase@ntnu.example" not in answer
    assert "Forskningsrådgiver" not in answer
    for path in (f"/{RECORD}/persons", f"/{RECORD}/comments"):
        assert log_in(AccountRole.CONTACT).post(f"/desk/records{path}", data=person()).status_code == 403
    # A colleague reads a comment, and may not take it away.
    colleague, written = log_in(AccountRole.BROKER), comments_of(runtime.database, RECORD)[0]
    colleague.post(f"/desk/records/{RECORD}/comments/{written.id}/remove")
    assert comments_of(runtime.database, RECORD) == [written]
    broker.post(f"/desk/records/{RECORD}/comments/{written.id}/remove")
    assert comments_of(runtime.database, RECORD) == []


def test_a_person_goes_after_the_last_day_and_at_their_wish_also_out_of_a_backup(
    broker: TestClient, runtime: Runtime
) -> None:
    broker.post(f"/desk/records/{RECORD}/persons", data=person())
    broker.post(f"/desk/records/{RECORD}/persons", data=person(name="Ola Utgått"))
    broker.post(f"/desk/records/{RECORD}/comments", data={"text": f"Ring {NAME}."})
    with runtime.database.writing() as session:
        for row in session.scalars(select(ContactPersonRow).where(ContactPersonRow.name == "Ola Utgått")):
            row.ends_on = TODAY - timedelta(1)
    assert [one.name for one in persons_of(runtime.database, RECORD, TODAY)] == [NAME]
    assert purge_all(runtime, utc_now() - timedelta(1), utc_now() - timedelta(1)).persons == 1
    kept = person_kept(runtime, NAME.upper())
    assert [one["email"] for one in kept["persons"]] == ["ase@ntnu.example"]
    assert len(kept["comments"]) == 1
    with runtime.database.reading() as session:
        [as_it_was] = [
            {name.key: getattr(row, name.key) for name in ContactPersonRow.__table__.columns}
            for row in session.scalars(select(ContactPersonRow))
        ]
    assert erase_person(runtime, "ase@ntnu.example") == (1, 1, 0)
    with runtime.database.writing() as session:
        session.add(ContactPersonRow(**as_it_was))
    erase_again(runtime.database, runtime.service.log, runtime.referrals, [(as_it_was["id"], utc_now())], by="restore")
    with runtime.database.reading() as session:
        assert session.scalars(select(ContactPersonRow)).all() == []
        assert session.scalars(select(CommentRow)).all() == []


def test_a_person_goes_out_of_the_rows_that_an_import_left_out_too(runtime: Runtime) -> None:
    rows = [
        {"row": 2, "name": "Kollen", "cells": {"Kontakt": f'"{NAME.upper()}", ase@ntnu.example'}},
        {"row": 3, "name": "Blåfjell", "cells": {"Kontakt": "post@blafjell.example"}},
    ]
    run = {"id": "an-import", "source": "spreadsheet", "file_name": "x.csv", "file_hash": "", "started_by": "ola"}
    now = {"state": "applied", "started_at": utc_now(), "options": "{}", "counts": "{}"}
    with runtime.database.writing() as session:
        session.add(ImportRow(**run, **now, left_out=json.dumps(rows)))
    assert [one["row"] for one in person_kept(runtime, NAME)["import_rows"]["an-import"]] == [2]
    assert erase_person(runtime, NAME) == (0, 0, 1)
    assert [one["row"] for one in left_out_of(runtime.store, "an-import")] == [3]
    assert person_kept(runtime, NAME)["import_rows"] == {}
    # A backup from before brings them back, and nobody knows which rows named whom.
    with runtime.database.writing() as session:
        session.execute(update(ImportRow).values(left_out=json.dumps(rows)))
    erased = erasures(runtime.database)
    assert "an-import" in [one for one, _ in erased]
    erase_again(runtime.database, runtime.service.log, runtime.referrals, erased, by="restore")
    assert left_out_of(runtime.store, "an-import") == []
