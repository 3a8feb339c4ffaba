"""What is kept of people, found, given out or taken away.

Invariant: taking away leaves the log whole and its figures right; only words, and the tie to whoever wrote them, go.
What is given out is what the person may see on the pages: nothing that brokers wrote among themselves, and nobody's
name. Of what was taken away nothing is left in the database's files, and a backup from before does not bring it back.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from assistant.cases.absences import absences_naming, forget_absences, forget_past_absences
from assistant.cases.cases import events_for_asker
from assistant.history.tables import (
    AskerRow,
    CaseRow,
    ConversationRow,
    ErasedRow,
    LogRow,
    NeedPairRow,
    SavedNeedRow,
    TextRow,
)
from assistant.mail.queue import forget_old_mail
from assistant.platform.workdays import norwegian_day
from assistant.service.saved_rows import forget_saved
from assistant.service.stored_answers import StoredAnswer
from corpus.clock import utc_now
from corpus.comments import comments_naming, forget_comments, forget_comments_by_id
from corpus.database import Database
from corpus.importing.runs import forget as forget_imports
from corpus.importing.runs import forget_rows_by_id, forget_rows_naming, rows_naming
from corpus.persons import Person, forget_overdue, forget_persons, persons_named

if TYPE_CHECKING:
    from assistant.cases.referrals import Referrals
    from assistant.history.log_entries import LogEntry
    from assistant.history.matchlog import MatchLog
    from assistant.platform.people import Asker
    from assistant.service.container import Runtime

TIME_IS_UP = "retention"
"""Who is named in a case's history for words whose time was up."""
_CASE = {"id", "log_id", "record_id", "question", "note", "reply_to", "kommunenummer", "language", "state",
         "state_since", "opened_at"}  # fmt: skip
_ENTRY = {"log_id", "at", "kind", "outcome", "channel", "language", "kommunenummer", "about", "record_id", "payload",
          "text"}  # fmt: skip


class ErasureReport(NamedTuple):
    """What was taken away."""

    texts: int
    cases: int


class PurgeReport(NamedTuple):
    """What was taken away because its time was up."""

    texts: int
    cases: int
    askers: int
    imports: int
    """Imports whose rows or file went."""
    persons: int = 0
    """Named persons at bodies whose last day is past."""
    comments: int = 0


class PersonErasureReport(NamedTuple):
    """What was taken away of a named person at a body."""

    persons: int
    comments: int
    rows: int
    """Rows that imports had left out and that named them."""


class IdentifiedAsker(NamedTuple):
    """Somebody as an operator finds them."""

    pseudonym: str
    channels: tuple[str, ...]
    first: datetime | None
    last: datetime | None
    entries: int
    cases: int


def purge(database: Database, log: MatchLog, before: datetime) -> int:
    """Take away texts and threads from before a moment; return how many texts."""
    with database.writing() as session:
        session.execute(delete(ConversationRow).where(ConversationRow.updated_at < before))
        return log.forget_texts(session, before)


def purge_all(runtime: Runtime, before: datetime, cases_before: datetime) -> PurgeReport:
    """Take away whatever was kept until now and may not be any longer.

    Args:
        runtime: Where it is kept.
        before: Texts, threads, rows that imports left out and the tie to people who have not asked since go, where
            they are older.
        cases_before: The words of cases that nothing has happened to since go.
    """
    texts = purge(runtime.database, runtime.service.log, before)
    imports = forget_imports(runtime.database, before)
    with runtime.database.writing() as session:
        cases = runtime.referrals.forget_words(session, cases_before, TIME_IS_UP)
        forget_old_mail(session, cases_before)
        forget_past_absences(session, norwegian_day())
        _forget_pairs(session, before)
        askers = _forget_ties(session, before)
        persons = forget_overdue(session, norwegian_day())
        comments = forget_comments(session, cases_before)
    runtime.database.leave_no_trace()
    return PurgeReport(texts, cases, askers, imports, persons, comments)


def person_kept(runtime: Runtime, contact: str) -> dict[str, Any]:
    """Return what is kept of a named person, by name or e-mail address, and what else names them."""
    persons = persons_named(runtime.database, contact)
    return {
        "persons": [person.model_dump(mode="json") for person in persons],
        "comments": [
            one.model_dump(mode="json") for one in comments_naming(runtime.database, _names(persons, contact))
        ],
        "import_rows": rows_naming(runtime.database, _names(persons, contact)),
        "absences": [
            one.model_dump(mode="json") for one in absences_naming(runtime.database, _names(persons, contact))
        ],
    }


def erase_person(runtime: Runtime, contact: str) -> PersonErasureReport:
    """Take away what is kept of a named person, also where a backup brings it back."""
    persons = persons_named(runtime.database, contact)
    names = _names(persons, contact)
    comments = comments_naming(runtime.database, names)
    # A row has no number of its own: of an import that named them, a backup brings back none.
    ids = [
        *(person.id for person in persons),
        *(comment.id for comment in comments),
        *rows_naming(runtime.database, names),
        *(absence.id for absence in absences_naming(runtime.database, names)),
    ]
    with runtime.database.writing() as session:
        found = PersonErasureReport(
            forget_persons(session, ids), forget_comments_by_id(session, ids), forget_rows_naming(session, names)
        )
        forget_absences(session, ids)
        for one in ids:
            session.merge(ErasedRow(pseudonym=one, at=utc_now()))
    runtime.database.leave_no_trace()
    return found


def _names(persons: Iterable[Person], contact: str) -> set[str]:
    return {
        contact.strip(),
        *(person.name for person in persons),
        *(person.email for person in persons if person.email),
    }


def kept_of(runtime: Runtime, asker: Asker) -> dict[str, Any]:
    """Return everything that is kept of somebody, as they may see it."""
    pseudonym = runtime.service.pseudonym_of(asker)
    profile = None if pseudonym is None else runtime.service.profile(asker).model_dump(mode="json")
    return {"profile": profile, **_export(runtime, pseudonym)}


def kept_under(runtime: Runtime, pseudonym: str) -> dict[str, Any]:
    """Return everything that is kept under a pseudonym, as whoever it belongs to may see it."""
    with runtime.database.reading() as session:
        row = session.scalar(select(AskerRow).where(AskerRow.pseudonym == pseudonym))
        profile = {"language": row.language, "kommunenummer": row.kommunenummer} if row else None
    return {"profile": profile, **_export(runtime, pseudonym)}


def find(runtime: Runtime, identifier: str) -> IdentifiedAsker | None:
    """Return whoever a case, an entry of the log or the code on their own page belongs to.

    Args:
        runtime: Where to look.
        identifier: The id of a case, of a question, an answer or an act, or the code that the page "mine" shows.
    """
    identifier = identifier.strip()
    with runtime.database.reading() as session:
        pseudonym = (
            session.scalar(select(CaseRow.asker).where(CaseRow.id == identifier))
            or session.scalar(select(LogRow.asker).where(LogRow.log_id == identifier))
            or session.scalar(select(AskerRow.pseudonym).where(AskerRow.pseudonym == identifier))
            or session.scalar(select(LogRow.asker).where(LogRow.asker == identifier).limit(1))
        )
    if pseudonym is None:
        return None
    entries = list(runtime.service.log.entries(asker=pseudonym))
    channels = tuple(dict.fromkeys(entry.channel for entry in entries))
    moments = [entry.at for entry in entries]
    cases = len(runtime.referrals.cases(asker=pseudonym))
    return IdentifiedAsker(
        pseudonym, channels, min(moments, default=None), max(moments, default=None), len(entries), cases
    )


def erase(runtime: Runtime, asker: Asker, by: str) -> ErasureReport | None:
    """Take away what somebody wrote and the tie to them; return what, or None where nothing is kept of them."""
    pseudonym = runtime.service.pseudonym_of(asker)
    return None if pseudonym is None else erase_under(runtime, pseudonym, by)


def erase_under(runtime: Runtime, pseudonym: str, by: str) -> ErasureReport:
    """Take away what was written under a pseudonym, by brokers too, and the tie to whoever it belonged to."""
    return erase_again(runtime.database, runtime.service.log, runtime.referrals, [(pseudonym, utc_now())], by)


def erase_again(
    database: Database, log: MatchLog, referrals: Referrals, erased: Iterable[tuple[str, datetime]], by: str
) -> ErasureReport:
    """Take away what was written under pseudonyms and remember that it was, also where a backup brought it back."""
    texts = cases = 0
    with database.writing() as session:
        erased = list(erased)
        # Of named persons at bodies it is the row's own id that is remembered.
        ids = [pseudonym for pseudonym, _ in erased]
        forget_persons(session, ids)
        forget_comments_by_id(session, ids)
        forget_rows_by_id(session, ids)
        forget_absences(session, ids)
        for pseudonym, at in erased:
            texts += log.forget_texts_of(session, pseudonym)
            cases += referrals.erase(session, pseudonym, by)
            threads = select(LogRow.conversation).where(LogRow.asker == pseudonym)
            session.execute(delete(ConversationRow).where(ConversationRow.key.in_(threads)))
            forget_saved(session, pseudonym)
            session.execute(delete(NeedPairRow).where(_is_of(pseudonym)))
            session.execute(delete(AskerRow).where(AskerRow.pseudonym == pseudonym))
            session.merge(ErasedRow(pseudonym=pseudonym, at=at))
    database.leave_no_trace()
    return ErasureReport(texts, cases)


def erasures(database: Database) -> list[tuple[str, datetime]]:
    """Return the pseudonyms whose words were taken away at somebody's wish, with when, oldest first."""
    with database.reading() as session:
        rows = session.scalars(select(ErasedRow).order_by(ErasedRow.at, ErasedRow.pseudonym))
        return [(row.pseudonym, row.at) for row in rows]


def _export(runtime: Runtime, pseudonym: str | None) -> dict[str, Any]:
    if pseudonym is None:
        return {"log": [], "cases": [], "saved": [], "coupled": []}
    return {
        "log": [
            entry.model_dump(mode="json", include=_ENTRY) | _as_shown(entry)
            for entry in runtime.service.log.entries(asker=pseudonym)
        ],
        "cases": [
            case.model_dump(mode="json", include=_CASE)
            | {
                "events": [
                    event.model_dump(mode="json") for event in events_for_asker(runtime.referrals.events(case.id))
                ]
            }
            for case in runtime.referrals.cases(asker=pseudonym)
        ],
        "saved": _saved(runtime.database, pseudonym),
        "coupled": _coupled(runtime.database, pseudonym),
    }


def _coupled(database: Database, pseudonym: str) -> list[dict[str, Any]]:
    """Return what somebody was asked about doing something together with another, whom it does not name."""
    query = select(NeedPairRow).where(_is_of(pseudonym), NeedPairRow.asked_at.is_not(None))
    with database.reading() as session:
        return [
            {
                "log_id": row.first_log if is_first else row.second_log,
                "asked_at": row.asked_at,
                "answer": row.first_answer if is_first else row.second_answer,
                "case_id": row.case_id,
            }
            for row in session.scalars(query)
            for is_first in (row.first_asker == pseudonym,)
        ]


def _is_of(pseudonym: str) -> ColumnElement[bool]:
    return or_(NeedPairRow.first_asker == pseudonym, NeedPairRow.second_asker == pseudonym)


def _forget_pairs(session: Session, before: datetime) -> None:
    """Forget the pairs of needs that were found before a moment; a case that came of one stays without it."""
    session.execute(delete(NeedPairRow).where(NeedPairRow.found_at < before))


def _saved(database: Database, pseudonym: str) -> list[dict[str, Any]]:
    """Return the needs that somebody has saved, with where they are told of them."""
    columns = (
        "id",
        "question",
        "facts",
        "refinement",
        "every",
        "address",
        "reply_to",
        "notices",
        "created_at",
        "kept_until",
    )
    with database.reading() as session:
        rows = session.scalars(select(SavedNeedRow).where(SavedNeedRow.asker == pseudonym)).all()
        return [{name: getattr(row, name) for name in columns} for row in rows]


def _as_shown(entry: LogEntry) -> dict[str, Any]:
    """Return what an answer showed in place of the form in which it is stored."""
    shown = StoredAnswer.read(entry)
    return {"text": shown.reply.model_dump(mode="json", exclude_defaults=True)} if shown else {}


def _forget_ties(session: Session, before: datetime) -> int:
    """Forget who was behind pseudonyms that nothing has been asked under since a moment and no words are kept of."""
    since = select(LogRow.asker).where(LogRow.at >= before)
    with_texts = select(LogRow.asker).join(TextRow, TextRow.log_id == LogRow.log_id)
    with_words = select(CaseRow.asker).where(CaseRow.question != "").union(select(SavedNeedRow.asker))
    gone = delete(AskerRow).where(
        AskerRow.updated_at < before,
        AskerRow.pseudonym.not_in(since),
        AskerRow.pseudonym.not_in(with_texts),
        AskerRow.pseudonym.not_in(with_words),
    )
    return len(session.execute(gone.returning(AskerRow.pseudonym)).all())
