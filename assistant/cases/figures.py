"""The money, the application and the decision of a case.

Invariant: sums are whole kroner, and none is made up: what was not told is not there.
"""

from __future__ import annotations

import re
from datetime import date

from assistant.cases.cases import CaseError
from assistant.cases.events import case_row
from assistant.history.tables import CaseFiguresRow
from assistant.platform.user_text import bounded
from corpus.database import Database
from corpus.text import Frozen

MOST_KRONER = 100_000_000_000
MAX_REFERENCE = 120
_SUM = re.compile(r"\d{1,3}(?:[ .\u00a0\u202f]\d{3})+|\d{1,12}")


class AmountError(CaseError):
    """What should be a sum in kroner is none."""

    def __init__(self, got: str) -> None:
        super().__init__(f"Got {got[:40]!r}, expected a sum in whole kroner, such as 500 000. Mend it.")
        self.got = got[:40]


class CaseFigures(Frozen):
    """What is known of a case's money, application and decision."""

    applied: int | None = None
    granted: int | None = None
    application: str | None = None
    """What the funder calls the application."""
    decision_on: date | None = None


def parse_kroner(text: str) -> int | None:
    """Return the sum that somebody typed, or None where there is none.

    Raises:
        SumError: it is not a sum in whole kroner.
    """
    plain = re.sub(r"\s*(?:kr\.?|kroner|nok|,-)\s*$", "", text.strip(), flags=re.IGNORECASE)
    plain = re.sub(r"^(?:kr\.?|nok)\s*", "", plain, flags=re.IGNORECASE)
    if not plain:
        return None
    if not _SUM.fullmatch(plain):
        raise AmountError(text)
    value = int(re.sub(r"\D", "", plain))
    if value > MOST_KRONER:
        raise AmountError(text)
    return value


class Figures:
    """The figures in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, case_id: str) -> CaseFigures:
        """Return what is known of a case."""
        with self._database.reading() as session:
            row = session.get(CaseFiguresRow, case_id)
            return CaseFigures() if row is None else figures_of(row)

    def save(self, case_id: str, figures: CaseFigures) -> None:
        """Keep what is known of a case, all of it anew.

        Raises:
            UnknownCaseError: no case has that id.
        """
        reference = " ".join(bounded(figures.application or "", MAX_REFERENCE).text.split()) or None
        with self._database.writing() as session:
            case_row(session, case_id)
            session.merge(
                CaseFiguresRow(case_id=case_id, **figures.model_dump(exclude={"application"}), application=reference)
            )


def figures_of(row: CaseFiguresRow) -> CaseFigures:
    """Return the figures of a case as their row holds them."""
    return CaseFigures.model_validate({name: getattr(row, name) for name in CaseFigures.model_fields})
