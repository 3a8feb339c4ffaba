"""Files on a case.

Invariant: a file is of a kind that we know, by its name and by how it begins, and is given back only as something to
save: it is never opened, run or shown here. Its name is a name and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import delete, func, select

from assistant.cases.cases import CaseError
from assistant.cases.events import bump_version, case_row
from assistant.history.tables import CaseFileRow
from assistant.mail.composing import file_name
from assistant.platform.keys import opaque_id
from corpus.clock import utc_now
from corpus.database import Database
from corpus.text import Frozen

MAX_BYTES = 5_000_000
MOST_FILES = 20
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
KINDS = {
    "pdf": (b"%PDF-",),
    "docx": (_ZIP,), "xlsx": (_ZIP,), "pptx": (_ZIP,), "odt": (_ZIP,), "ods": (_ZIP,),
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpg": (b"\xff\xd8\xff",), "jpeg": (b"\xff\xd8\xff",),
    "txt": (), "csv": (),
}  # fmt: skip
"""The kinds of files that are taken, by the end of their name, with how each begins; text begins with anything."""


class CaseFileError(CaseError):
    """A file cannot be put on a case; `case.file.<why>` in the catalogs."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The file cannot be put on the case: {why}.")
        self.why = why


class CaseFile(Frozen):
    """A file on a case, without what it holds."""

    id: str
    name: str
    size: int
    added_by: str
    added_at: datetime


class CaseFiles:
    """The files in a database."""

    def __init__(self, database: Database, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._now = now

    def add(self, case_id: str, name: str, content: bytes, by: str) -> CaseFile:
        """Put a file on a case.

        Raises:
            UnknownCaseError: no case has that id.
            CaseFileError: it is too large, empty, of another kind than we take, or one too many.
        """
        kept = checked(name, content)
        with self._database.writing() as session:
            case = case_row(session, case_id)
            count = select(func.count()).select_from(CaseFileRow).where(CaseFileRow.case_id == case_id)
            if (session.scalar(count) or 0) >= MOST_FILES:
                raise CaseFileError("many")
            row = CaseFileRow(
                id=opaque_id(),
                case_id=case_id,
                name=kept,
                size=len(content),
                content=content,
                added_by=by,
                added_at=self._now(),
            )
            session.add(row)
            bump_version(case, self._now())
            return _file(row)

    def of(self, case_id: str) -> list[CaseFile]:
        """Return the files on a case, the oldest first."""
        columns = (CaseFileRow.id, CaseFileRow.name, CaseFileRow.size, CaseFileRow.added_by, CaseFileRow.added_at)
        query = select(*columns).where(CaseFileRow.case_id == case_id).order_by(CaseFileRow.added_at, CaseFileRow.id)
        with self._database.reading() as session:
            return [CaseFile.model_validate(row._asdict()) for row in session.execute(query)]

    def content(self, case_id: str, file_id: str) -> tuple[str, bytes] | None:
        """Return the name of a file on a case and what it holds; None where there is no such file."""
        with self._database.reading() as session:
            row = session.get(CaseFileRow, file_id)
            return (row.name, row.content) if row is not None and row.case_id == case_id else None

    def remove(self, case_id: str, file_id: str) -> None:
        """Take a file off a case."""
        with self._database.writing() as session:
            session.execute(delete(CaseFileRow).where(CaseFileRow.id == file_id, CaseFileRow.case_id == case_id))


def checked(name: str, content: bytes) -> str:
    """Return the name of a file as it is kept.

    Raises:
        CaseFileError: it is too large, empty, or of another kind than we take.
    """
    kept = file_name(name)
    end = kept.rpartition(".")[2].lower() if "." in kept else ""
    if end not in KINDS:
        raise CaseFileError("kind")
    if not content:
        raise CaseFileError("empty")
    if len(content) > MAX_BYTES:
        raise CaseFileError("large")
    begins = KINDS[end]
    if begins and not content.startswith(begins):
        raise CaseFileError("other")
    if not begins and (b"\0" in content[:4_096] or content.startswith((b"MZ", b"\x7fELF", _ZIP, _OLE))):
        raise CaseFileError("other")
    return kept


def _file(row: CaseFileRow) -> CaseFile:
    return CaseFile.model_validate({name: getattr(row, name) for name in CaseFile.model_fields})
