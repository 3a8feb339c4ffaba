"""Named persons at the bodies that records are of: whom a broker knows there, for a time.

Invariant: a person stands here only with a lawful basis, a source, the day they were told of it, and the last day that
they may be kept, at most two years on; after that day the row goes. Persons are no part of a record, so that nothing
that searches, answers, exports or imports records ever holds one.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import StringConstraints, model_validator
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from corpus.clock import utc_now
from corpus.database import Database
from corpus.faults import fault
from corpus.tables import ContactPersonRow
from corpus.text import Frozen

LONGEST = timedelta(days=731)
"""How long a person may be kept before somebody has to ask them again."""


class LawfulBasis(StrEnum):
    """What allows keeping a person's name (GDPR article 6, first paragraph)."""

    CONSENT = "consent"
    """The person has agreed (a)."""
    CONTRACT = "contract"
    """An agreement with the person needs it (b)."""
    PUBLIC_TASK = "public_task"
    """A task in the public interest that is laid down in law needs it (e)."""


class NewPerson(Frozen):
    """A person as a broker gives them."""

    role: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    """The function they are asked for."""
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    email: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[a-z]{2,}$", max_length=200)] | None = None
    phone: Annotated[str, StringConstraints(pattern=r"^\+?[0-9 ]{3,20}$")] | None = None
    lawful_basis: LawfulBasis
    source: Annotated[str, StringConstraints(min_length=3, max_length=500)]
    """Where the name is from: an address, or who gave it."""
    notified_on: date
    """When the person was told."""
    ends_on: date
    """The last day they may be kept."""

    @model_validator(mode="after")
    def _for_a_time(self) -> NewPerson:
        if not self.notified_on <= self.ends_on <= self.notified_on + LONGEST:
            raise fault("person_time", begin=self.notified_on, end=self.notified_on + LONGEST)
        return self


class Person(NewPerson):
    """A person as they are kept."""

    id: str
    record_id: str
    added_by: str
    added_at: datetime


def add_person(database: Database, record_id: str, person: NewPerson, by: str) -> Person:
    """Keep a person, and return them as they are kept."""
    row = ContactPersonRow(
        id=secrets.token_hex(8), record_id=record_id, added_by=by, added_at=utc_now(), **person.model_dump()
    )
    with database.writing() as session:
        session.add(row)
        session.flush()
        return _person(row)


def persons_of(database: Database, record_id: str, today: date) -> list[Person]:
    """Return the persons at a body who may still be kept, by name."""
    wanted = select(ContactPersonRow).where(ContactPersonRow.record_id == record_id, ContactPersonRow.ends_on >= today)
    with database.reading() as session:
        return [_person(row) for row in session.scalars(wanted.order_by(ContactPersonRow.name))]


def persons_named(database: Database, told: str) -> list[Person]:
    """Return whoever has a name or an e-mail address, however it is cased."""
    wanted = told.strip().casefold()
    # In Python, since SQLite lowers only the letters of ASCII; there are as many as brokers know by name.
    with database.reading() as session:
        return [
            _person(row)
            for row in session.scalars(select(ContactPersonRow).order_by(ContactPersonRow.id))
            if wanted and wanted in {row.name.casefold(), (row.email or "").casefold()}
        ]


def forget_persons(session: Session, ids: Iterable[str]) -> int:
    """Take persons away; return how many there were."""
    gone = delete(ContactPersonRow).where(ContactPersonRow.id.in_(list(ids)))
    return len(session.execute(gone.returning(ContactPersonRow.id)).all())


def forget_overdue(session: Session, today: date) -> int:
    """Take away whoever's last day is past; return how many there were."""
    gone = delete(ContactPersonRow).where(ContactPersonRow.ends_on < today)
    return len(session.execute(gone.returning(ContactPersonRow.id)).all())


def _person(row: ContactPersonRow) -> Person:
    kept: dict[str, Any] = {name: getattr(row, name) for name in Person.model_fields}
    return Person.model_construct(**{**kept, "lawful_basis": LawfulBasis(row.lawful_basis)})
