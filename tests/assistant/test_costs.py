"""What an answer costs the database, and that nothing is worked out twice that could be told once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from sqlalchemy import Engine, event, select

from assistant.funding.calendar import Calendar
from assistant.funding.schemes import SchemeStatus
from assistant.history.packing import Kept
from assistant.history.tables import TextRow
from corpus.curation import write_one
from corpus.tables import RecordRow
from tests.assistant.services import KARI, Small
from tests.records import instrument


@contextmanager
def statements() -> Iterator[list[str]]:
    """Give the SQL statements that are sent to any database meanwhile."""
    sent: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def asked_in(sent: list[str]) -> list[str]:
    """Return the statements without those that only open a transaction and take its turn."""
    return [one for one in sent if not one.startswith(("BEGIN", "SET LOCAL", "SELECT pg_advisory"))]


def test_an_answer_takes_ten_statements_in_two_transactions(small: Small) -> None:
    small.say("hvem kan hjelpe med sepsis?")
    for text in ("hvem kan hjelpe med sepsis?", "og hva med Trøndelag?"):
        with statements() as sent:
            small.say(text)
        assert len([one for one in sent if one.startswith("BEGIN")]) <= 2
        assert len(asked_in(sent)) <= 10, sent


def test_showing_a_thread_takes_three_statements_however_long_it_is(small: Small) -> None:
    for text in ("hvem kan hjelpe med sepsis?", "og hva med Trøndelag?", "flere"):
        reply = small.say(text)
    assert reply.log_id is not None
    with statements() as sent:
        turns = small.service.thread(reply.log_id, KARI)
    assert len(turns) == 3
    assert len(asked_in(sent)) <= 3, sent


def test_what_was_erased_is_not_shown_from_memory(small: Small) -> None:
    reply = small.say("hvem kan hjelpe med sepsis?")
    assert reply.log_id is not None
    assert small.service.answer_of(reply.log_id) is not None
    with small.database.writing() as session:
        pseudonym = small.service.pseudonym_of(KARI)
        assert pseudonym is not None
        small.service.log.forget_texts_of(session, pseudonym)
    assert small.service.answer_of(reply.log_id) is None


def test_a_scheme_is_worked_out_once_for_a_day_and_anew_when_it_is_changed() -> None:
    calendar = Calendar(date(2026, 11, 30))
    scheme = instrument("s", "S")
    assert calendar.on(scheme) is calendar.on(scheme)
    ended = scheme.model_copy(update={"ended_on": "2020"})
    assert calendar.on(ended).status is SchemeStatus.ENDED
    assert not calendar.on(scheme).has_ended


def test_a_list_of_questions_reads_no_answer(small: Small) -> None:
    small.say("hvem kan hjelpe med sepsis?")
    small.say("hvem leser med barn?", conversation="c2")
    with small.database.writing() as session:
        for row in session.scalars(select(TextRow)):
            told = Kept(row.text, row.packed).text
            if told.startswith("asked:"):
                row.text, row.packed = told.partition("\n")[0] + "\nzlib85:cannot be read", None
    listed = small.service.asked_by(KARI, 5)
    assert [one.question for one in listed] == ["hvem leser med barn?", "hvem kan hjelpe med sepsis?"]


def test_saving_a_record_reads_only_those_it_touches(small: Small) -> None:
    ids = small.store.ids()
    changed = small.store.get(ids[0])
    with small.database.writing() as session:
        for row in session.scalars(select(RecordRow).where(RecordRow.id == ids[-1])):
            row.payload = "{}"
    record = changed.record.model_copy(update={"checked_on": date(2026, 11, 30)})
    saved = write_one(small.store, record, "test", expected_version=changed.version)
    assert saved.version == changed.version + 1
