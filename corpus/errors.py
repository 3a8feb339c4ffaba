"""Errors of the corpus, each with what was got, what was expected and how to mend it.

MellomromError
└── CorpusError
    ├── RecordFileError      a file of records cannot be read
    ├── InvalidRecordError   a record does not meet the model
    ├── UnknownRecordError   no record has the id asked for
    ├── EditConflictError    someone else changed the record first
    └── StoreError           the database cannot be opened, read or written
        ├── NewerStoreError  the database was made by a newer release
        └── BusyStoreError   another process holds the database
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Self

from corpus.faults import Fault


class Problem(NamedTuple):
    """Something wrong in a file of records, with where it is and how it reads to a person."""

    file: str
    record: str
    field: str
    message: str
    """In English."""
    fault: Fault | None = None
    """The same by code, for who reads another language; None where it is about no value."""

    @classmethod
    def of(cls, file: str, record: str, field: str, fault: Fault) -> Self:
        """Return a problem with a value."""
        return cls(file, record, field, str(fault), fault)

    def __str__(self) -> str:
        return f"{self.file}: {self.record}: {self.field}: {self.message}"


class MellomromError(Exception):
    """Base of every error that a user can be told about; its text names the remedy."""


class CorpusError(MellomromError):
    """Base of the errors of this package."""


class RecordFileError(CorpusError):
    """A file of records is missing, unreadable or not the YAML that was expected."""


class InvalidRecordError(CorpusError):
    """A record has a missing, unknown or malformed field."""

    def __init__(self, told: str, problems: Iterable[Problem] = ()) -> None:
        super().__init__(told)
        self.problems = tuple(problems)
        """What is wrong, one by one, where that is known."""


class UnknownRecordError(CorpusError):
    """No record in the store has the id that was asked for."""


class EditConflictError(CorpusError):
    """A record was changed by someone else between being read and being written."""


class StoreError(CorpusError):
    """The database cannot be opened, read or written."""


class NewerStoreError(StoreError):
    """The database has a migration that this release does not know."""


class BusyStoreError(StoreError):
    """Another process holds the database longer than we are willing to wait."""


class UnreachableStoreError(BusyStoreError):
    """The server of the database does not answer now; what was under way is to be tried again."""


class UnreadableValueError(Exception):
    """A value in the database is not of its column's kind, as happens where the file was damaged."""
