"""What an error of ours is to whoever caused it: something they can mend, or a failure inside they are not told of.

Invariant: this is the one table of it; every channel of programs reads it.
"""

from __future__ import annotations

from assistant.cases.cases import CaseError, StaleCaseError, TransitionError, UnknownCaseError
from assistant.desk.report_scope import ReportError
from assistant.history.log_entries import UnknownEntryError
from assistant.matching.consortium import ConsortiumError
from assistant.platform.errors import EmptyQuestionError
from assistant.service.messages import (
    PersonalDataError,
    UnknownAnswerError,
    UnknownMunicipalityError,
    UnknownSuggestionError,
)
from corpus.errors import (
    BusyStoreError,
    CorpusError,
    EditConflictError,
    InvalidRecordError,
    MellomromError,
    StoreError,
    UnknownRecordError,
)

STATUSES: tuple[tuple[type[MellomromError], int], ...] = (
    (BusyStoreError, 503),
    (UnknownAnswerError, 404),
    (UnknownSuggestionError, 404),
    (UnknownCaseError, 404),
    (UnknownEntryError, 404),
    (UnknownRecordError, 404),
    (StaleCaseError, 409),
    (TransitionError, 409),
    (EditConflictError, 409),
    (CaseError, 422),
    (ConsortiumError, 422),
    (EmptyQuestionError, 422),
    (InvalidRecordError, 422),
    (ReportError, 422),
    (StoreError, 500),
    (CorpusError, 422),
    (UnknownMunicipalityError, 422),
    (PersonalDataError, 422),
)
"""What an error of ours is in HTTP, the first that fits; any other is a failure inside."""


def status_of(error: Exception) -> int:
    """Return what an error is in HTTP."""
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 500)
