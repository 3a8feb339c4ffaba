"""What an earlier release stored of an answer is read by this one, and says what it said."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from assistant.history.log_entries import EntryKind, LogEntry
from assistant.service.stored_answers import StoredAnswer, question_in
from corpus.text import Language

STORED = (Path(__file__).parent / "answer_of_an_earlier_release.txt").read_text(encoding="utf-8")
"""As the log kept it before ideas told their years."""


def test_an_answer_of_an_earlier_release_is_shown_with_the_years_that_it_told() -> None:
    assert question_in(STORED) == "hvem kan hjelpe med tidlig oppdagelse av sepsis?"
    kept = StoredAnswer.read(entry(STORED))
    assert kept is not None
    assert kept.reply.answer is not None
    assert [(idea.id, idea.years) for idea in kept.reply.answer.ideas][:1] == [("idea:akutt-sykdom-sepsis", "2016")]
    assert StoredAnswer.read(entry(kept.written())) == kept


def test_years_that_nobody_knows_stay_unknown_when_an_answer_is_stored() -> None:
    kept = StoredAnswer.read(entry(STORED))
    assert kept is not None
    assert kept.reply.answer is not None
    undated = tuple(idea.model_copy(update={"years": None}) for idea in kept.reply.answer.ideas)
    reply = kept.reply.model_copy(update={"answer": kept.reply.answer.model_copy(update={"ideas": undated})})
    again = StoredAnswer.read(entry(kept.model_copy(update={"reply": reply}).written() + " "))
    assert again is not None
    assert again.reply.answer is not None
    assert {idea.years for idea in again.reply.answer.ideas} == {None}


def entry(text: str) -> LogEntry:
    return LogEntry(
        key="k", kind=EntryKind.ANSWER, channel="web", tenant="web", asker="a", conversation="c", kommunenummer=None,
        language=Language.NB, outcome="matched", id=1, log_id="1", at=datetime(2026, 11, 30, tzinfo=UTC), version="1",
        text=text,
    )  # fmt: skip
