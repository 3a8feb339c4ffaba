"""Contacts at bodies who are away: until which day, and who is written to meanwhile.

Invariant: an absence is of one address of one record and ends by itself; the day after its last day the row goes, so
that nothing is kept of anybody for longer than it is of use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.orm import Session

from assistant.history.tables import ContactAbsenceRow
from assistant.mail.addresses import is_address
from assistant.platform.keys import opaque_id
from assistant.platform.workdays import norwegian_day
from corpus.clock import utc_now
from corpus.database import Database
from corpus.errors import MellomromError
from corpus.text import Frozen

LONGEST = timedelta(days=366)
"""How long somebody may be away; who is away for longer is no longer the contact."""


class AbsenceFault(StrEnum):
    """What is wrong with an absence; `absence.fault.<value>` in the catalogs."""

    ADDRESS = "address"
    """It is of no e-mail address."""
    UNTIL = "until"
    """It ends before today, or more than a year on."""
    DEPUTY = "deputy"
    """Who is written to meanwhile is no e-mail address, or the same one."""


class AbsenceError(MellomromError):
    """An absence cannot be noted as it was given."""

    def __init__(self, fault: AbsenceFault, got: str) -> None:
        super().__init__(f"The absence cannot be noted: {fault.value}, got {got[:80]!r}.")
        self.fault = fault
        self.got = got[:80]


class ContactAbsence(Frozen):
    """A contact who is away."""

    id: str
    record_id: str
    address: str
    until: date
    """The last day away."""
    deputy: str
    """The address that is written to meanwhile; empty where nobody has told one."""
    noted_by: str
    noted_at: datetime


class ContactAbsences:
    """The absences in a database."""

    def __init__(self, database: Database, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._now = now

    def note(self, record_id: str, address: str, until: date | None, deputy: str, by: str) -> ContactAbsence:
        """Note that whoever reads an address of a record is away; what was noted of it before gives way.

        However an address is spelled, in capitals or not, it is the same.

        Args:
            record_id: The body.
            address: The e-mail address that nobody reads.
            until: The last day away.
            deputy: The e-mail address that is written to meanwhile; empty where there is none.
            by: The broker.

        Raises:
            AbsenceError: an address or the day cannot be so.
        """
        address, deputy, today = address.strip().lower(), deputy.strip(), norwegian_day(self._now())
        if not is_address(address):
            raise AbsenceError(AbsenceFault.ADDRESS, address)
        if until is None or not today <= until <= today + LONGEST:
            raise AbsenceError(AbsenceFault.UNTIL, until.isoformat() if until else "")
        if deputy and (not is_address(deputy) or deputy.lower() == address):
            raise AbsenceError(AbsenceFault.DEPUTY, deputy)
        absence = ContactAbsence(
            id=opaque_id(),
            record_id=record_id,
            address=address,
            until=until,
            deputy=deputy,
            noted_by=by,
            noted_at=self._now(),
        )
        with self._database.writing() as session:
            session.execute(delete(ContactAbsenceRow).where(*_is_of(record_id, address)))
            session.add(ContactAbsenceRow(**absence.model_dump()))
        return absence

    def take_back(self, record_id: str, address: str) -> bool:
        """Note that a contact is there again; tell whether they were away."""
        gone = delete(ContactAbsenceRow).where(*_is_of(record_id, address))
        with self._database.writing() as session:
            return bool(session.execute(gone.returning(ContactAbsenceRow.address)).all())

    def of(self, record_id: str) -> dict[str, ContactAbsence]:
        """Return who is away today at a body, by the address in small letters."""
        today = norwegian_day(self._now())
        query = select(ContactAbsenceRow).where(
            ContactAbsenceRow.record_id == record_id, ContactAbsenceRow.until >= today
        )
        with self._database.reading() as session:
            return {row.address.casefold(): _absence(row) for row in session.scalars(query)}


def _is_of(record_id: str, address: str) -> tuple[ColumnElement[bool], ...]:
    """Return what tells the absence of an address, however it is spelled; earlier releases kept it as it was typed."""
    same = func.lower(ContactAbsenceRow.address) == address.strip().lower()
    return ContactAbsenceRow.record_id == record_id, same


def absences_naming(database: Database, addresses: Iterable[str]) -> list[ContactAbsence]:
    """Return the absences that any of some addresses stands in, as who is away or as who is written to."""
    wanted = [one.strip().lower() for one in addresses]
    naming = or_(func.lower(ContactAbsenceRow.address).in_(wanted), func.lower(ContactAbsenceRow.deputy).in_(wanted))
    with database.reading() as session:
        return [_absence(row) for row in session.scalars(select(ContactAbsenceRow).where(naming))]


def forget_absences(session: Session, ids: Iterable[str]) -> int:
    """Take absences away; return how many there were."""
    gone = delete(ContactAbsenceRow).where(ContactAbsenceRow.id.in_(list(ids))).returning(ContactAbsenceRow.id)
    return len(session.execute(gone).all())


def forget_past_absences(session: Session, today: date) -> int:
    """Take away the absences that have ended; return how many."""
    gone = delete(ContactAbsenceRow).where(ContactAbsenceRow.until < today).returning(ContactAbsenceRow.address)
    return len(session.execute(gone).all())


def _absence(row: ContactAbsenceRow) -> ContactAbsence:
    return ContactAbsence.model_validate({name: getattr(row, name) for name in ContactAbsence.model_fields})
