"""Needs that nothing fitted well or that were not understood: like ones together, until a broker deals with them.

Invariant: nothing here tells who asked. A need is open until it is dealt with, and can be opened again; what was asked
is not kept longer for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from sqlalchemy import delete, func, select

from assistant.desk.letters import Letter
from assistant.history.log_entries import EntryKind, LogEntry, LogLine
from assistant.history.matchlog import MatchLog
from assistant.history.tables import LogRow, NeedDealtRow, TextRow
from assistant.matching.answers import Outcome
from assistant.platform.areas import Area
from assistant.platform.keys import opaque_id
from assistant.platform.language import detect_language
from assistant.platform.messages import messages
from assistant.render.replies import reply_text
from assistant.render.summary import summary_text
from assistant.service.container import Runtime
from assistant.service.messages import ActionType, ReplyKind
from assistant.service.stored_answers import StoredAnswer, question_in
from corpus.clock import utc_now
from corpus.text import Language
from corpus.vocabulary import Concept
from index.analysis import normalise
from index.encoders import Encoder
from index.scoring.ranking import MatchConfidence

LIKE = 0.55
"""The cosine from which two questions are of one need.

Of the development questions that ask for one thing in three languages, 7 pairs in 10 are above it; of those that ask
for different things, 1 pair in 900."""
_NAMED_BY = 8
"""Questions of a group that it is named by."""
MOST_READ = 2_000
"""Questions that are looked at, the newest; more than a broker could deal with."""
_UNMET = (Outcome.NO_MATCH, Outcome.UNCERTAIN)
_TURNED_DOWN = (ActionType.NOT_FOR_US, ActionType.NOT_HELPFUL)


class Resolution(StrEnum):
    """How a need was dealt with."""

    HANDLED = "handled"
    """A record was made, or somebody was found."""
    DISMISSED = "dismissed"
    """It is nothing for us."""


class UnmetNeed(NamedTuple):
    """Questions of one need."""

    question: str
    """The one that is most like the others."""
    others: Sequence[str]
    """Other ways in which it was asked."""
    log_ids: Sequence[str]
    times: int
    """Threads that it was asked in; what was said of an answer is not asked again."""
    askers: int
    languages: Sequence[str]
    municipalities: int
    newest: datetime
    unsure: int
    """How many of them were answered, though not surely."""


class ResolvedBatch(NamedTuple):
    """Needs that a broker dealt with in one go."""

    together: str
    how: Resolution
    by: str
    at: datetime
    question: str | None
    """One of the questions, as long as it is kept."""
    times: int


def open_needs(runtime: Runtime, since: datetime | None = None, area: Area = Area()) -> list[UnmetNeed]:  # noqa: B008 (frozen)
    """Return the needs of an area that nobody has dealt with, those of most askers first.

    They are worked out once for what is asked, dealt with and forgotten, since every page of the queue tells of them.
    """
    log = runtime.service.log
    with runtime.database.reading() as session:
        newest = select(func.max(LogRow.id)).scalar_subquery()
        texts = select(func.count()).select_from(TextRow).scalar_subquery()
        dealt = select(func.count(), func.max(NeedDealtRow.at))
        state = (since, area.places, *session.execute(dealt.add_columns(newest, texts)).one())
    kept = _KEPT.setdefault(log, {})
    if (known := kept.get(state)) is None:
        for older in [one for one in kept if one[2:] != state[2:] or len(kept) > _STATES_KEPT]:
            kept.pop(older, None)
        known = kept[state] = _open_needs(runtime, since, area)
    return list(known)


_KEPT: WeakKeyDictionary[MatchLog, dict[tuple[object, ...], list[UnmetNeed]]] = WeakKeyDictionary()
"""By log, and by what it held, the needs as they were worked out."""
_STATES_KEPT = 4


def _open_needs(runtime: Runtime, since: datetime | None, area: Area) -> list[UnmetNeed]:
    with runtime.database.reading() as session:
        done = set(session.scalars(select(NeedDealtRow.log_id)))
    found = [one for one in _unmet(runtime, since) if one.log_id not in done and area.covers(one.kommunenummer)]
    asked = [(entry, question) for entry in found if (question := question_in(entry.text)) and question.strip()]
    return grouped(asked, runtime.keeper.encoder)


def grouped(asked: Sequence[tuple[LogLine | LogEntry, str]], encoder: Encoder) -> list[UnmetNeed]:
    """Return questions by need: each joins the need that it is most like, or begins one of its own."""
    by_text: dict[str, list[tuple[LogLine | LogEntry, str]]] = {}
    for entry, question in asked:
        by_text.setdefault(normalise(question), []).append((entry, question))
    # What is asked most often leads; then the order of the texts decides, so that it is the same every time.
    texts = sorted(by_text, key=lambda text: (-len(by_text[text]), text))
    vectors = encoder.encode_queries([by_text[text][0][1] for text in texts]) if texts else np.empty((0, encoder.dim))
    leaders: list[int] = []
    members: dict[int, list[int]] = {}
    for number in range(len(texts)):
        cosines = vectors[leaders] @ vectors[number] if leaders else np.empty(0)
        nearest = int(np.argmax(cosines)) if len(cosines) else -1
        if nearest >= 0 and cosines[nearest] >= LIKE:
            members[leaders[nearest]].append(number)
        else:
            leaders.append(number)
            members[number] = [number]
    needs = [_need([by_text[texts[number]] for number in some]) for some in members.values()]
    return sorted(needs, key=lambda need: (-need.askers, -need.times, -need.newest.timestamp()))


def named(need: UnmetNeed, runtime: Runtime, language: Language) -> str:
    """Return what a group of questions is called: the concepts that most of them name, the rare ones first.

    Empty where they name none; then only their own words tell what they are about.
    """
    searcher = runtime.keeper.searcher()
    counts: Counter[str] = Counter()
    for question in (need.question, *need.others)[:_NAMED_BY]:
        counts.update({one.concept_id for one in searcher.mentions(question, detect_language(question))})
    least = max(counts.values(), default=0)
    best = sorted((one for one, times in counts.items() if times == least), key=lambda one: (searcher.uses(one), one))
    concepts = (runtime.store.find(one) for one in best[:2])
    labels = [one.pref_label.best(language).text for one in concepts if isinstance(one, Concept)]
    return messages(language).listed(labels) if labels else ""


def resolve_needs(
    runtime: Runtime, log_ids: Iterable[str], how: Resolution, by: str, together: str | None = None
) -> int:
    """Note that a broker has dealt with some needs; return how many were open. Others' notes are left alone.

    Args:
        runtime: What stands behind the desk.
        log_ids: Of the answers that met no need.
        how: How they were dealt with.
        by: The name of the broker.
        together: What it can be taken back by; a new one where None.
    """
    log = runtime.service.log
    unmet = sorted(entry.log_id for entry in log.having(list(set(log_ids))) if _is_unmet(log, entry))
    with runtime.database.writing() as session:
        done = set(session.scalars(select(NeedDealtRow.log_id).where(NeedDealtRow.log_id.in_(unmet))))
        real = [log_id for log_id in unmet if log_id not in done]
        together, now = together or opaque_id(), utc_now()
        session.add_all(NeedDealtRow(log_id=one, together=together, how=how, by=by, at=now) for one in real)
    return len(real)


def reopen_needs(runtime: Runtime, together: str) -> int:
    """Open needs again that were dealt with together; return how many."""
    with runtime.database.writing() as session:
        gone = session.execute(
            delete(NeedDealtRow).where(NeedDealtRow.together == together).returning(NeedDealtRow.log_id)
        )
        return len(gone.all())


def resolved_batches(runtime: Runtime, limit: int = 20) -> list[ResolvedBatch]:
    """Return what was dealt with of late, the newest first."""
    with runtime.database.reading() as session:
        rows = session.scalars(select(NeedDealtRow).order_by(NeedDealtRow.at.desc()).limit(MOST_READ)).all()
    together: dict[str, list[NeedDealtRow]] = {}
    for row in rows:
        together.setdefault(row.together, []).append(row)
    latest = list(together.items())[:limit]
    questions = {
        entry.log_id: shown.question
        for entry in runtime.service.log.having([some[0].log_id for _, some in latest])
        if (shown := StoredAnswer.read(entry))
    }
    return [
        ResolvedBatch(key, Resolution(some[0].how), some[0].by, some[0].at, questions.get(some[0].log_id), len(some))
        for key, some in latest
    ]


def fund_letter(question: str, receiver: str, signer: str | None, language: Language) -> Letter:
    """Return a letter that tells a fund of a need that no scheme pays for; it tells nobody's name."""
    catalog = messages(language)
    values = {"need": question, "receiver": receiver or catalog.text("needs.letter.you"), "broker": signer or "…"}
    return Letter(
        subject=catalog.text("needs.fund.subject", need=question[:80]),
        body=catalog.text("needs.fund.body", **values),
        language=language,
    )


def invitation(question: str, receiver: str, broker: str | None, language: Language) -> Letter:
    """Return a letter that asks a body whether a need is something for it; it tells nobody's name."""
    catalog = messages(language)
    values = {"need": question, "receiver": receiver or catalog.text("needs.letter.you"), "broker": broker or "…"}
    return Letter(
        subject=catalog.text("needs.letter.subject", need=question[:80]),
        body=catalog.text("needs.letter.body", **values),
        language=language,
    )


class TranscriptTurn(NamedTuple):
    """A turn of a thread as a broker reads it."""

    at: datetime
    asked: str | None
    """What was written; None where it is gone, or something was done."""
    said: str
    """What was replied, in short."""
    is_meant: bool
    """Whether it is the turn that met no need."""


def thread_around(runtime: Runtime, log_id: str) -> list[TranscriptTurn]:
    """Return the turns of the thread that an answer stands in, in order; nothing where it is not there any more."""
    log = runtime.service.log
    entry = next(log.having([log_id]), None)
    if entry is None:
        return []
    with runtime.database.reading() as session:
        entries = log.in_thread(session, entry.conversation, None)
    asked = {one.log_id: one.text for one in entries if one.kind is EntryKind.QUESTION}
    return [
        TranscriptTurn(one.at, asked.pop(one.about or "", None), _reply_summary(shown), one.log_id == log_id)
        for one in entries
        if (shown := StoredAnswer.read(one))
    ]


def _reply_summary(shown: StoredAnswer) -> str:
    """Return a reply in short: what an answer comes to, or the words of another reply."""
    reply = shown.reply
    if reply.answer is not None:
        return summary_text(reply.answer, messages(reply.language))
    return reply_text(reply, None)


def _unmet(runtime: Runtime, since: datetime | None) -> list[LogLine | LogEntry]:
    """Return the answers that met no need: those that were not sure, not understood, turned down or not helpful."""
    log = runtime.service.log
    weak = log.weakly_answered(_UNMET, since=since, limit=MOST_READ)
    unclear = log.lines(EntryKind.ANSWER, [ReplyKind.UNCLEAR], since=since, limit=MOST_READ)
    there = {line.log_id for line in (*weak, *unclear)}
    acts = log.lines(EntryKind.ACT, _TURNED_DOWN, since=since, limit=MOST_READ)
    others = dict.fromkeys(act.about for act in acts if act.about and act.about not in there)
    return [*weak, *unclear, *log.having(list(others))]


def _is_unmet(log: MatchLog, entry: LogEntry) -> bool:
    if entry.kind is not EntryKind.ANSWER:
        return False
    if entry.outcome in {*_UNMET, ReplyKind.UNCLEAR}:
        return True
    if entry.outcome == Outcome.MATCHED and not any(
        one["confidence"] == MatchConfidence.STRONG for one in entry.payload.get("suggestions", ())
    ):
        return True
    acts = (log.entries(kind=EntryKind.ACT, outcome=verb, about=entry.log_id, limit=1) for verb in _TURNED_DOWN)
    return any(True for some in acts for _ in some)


def _need(texts: Sequence[Sequence[tuple[LogLine | LogEntry, str]]]) -> UnmetNeed:
    entries = [entry for some in texts for entry, _ in some]
    questions = [some[0][1] for some in texts]
    languages = Counter(entry.language.value for entry in entries)
    return UnmetNeed(
        question=questions[0],
        others=questions[1:],
        log_ids=[entry.log_id for entry in entries],
        times=len({entry.conversation for entry in entries}),
        askers=len({entry.asker for entry in entries}),
        languages=[language for language, _ in languages.most_common()],
        municipalities=len({entry.kommunenummer for entry in entries if entry.kommunenummer}),
        newest=max(entry.at for entry in entries),
        unsure=sum(entry.outcome == Outcome.UNCERTAIN for entry in entries),
    )
