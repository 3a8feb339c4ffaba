"""Finds which open needs are alike, as new ones come in.

Invariant: each need of the log is held once against those that are open: cases that have not ended, saved needs, and
what was asked of late that no broker has dealt with. Nobody is coupled with themselves or with their own municipality,
and no need becomes more pairs than a broker would look at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, aliased

from assistant.cases.cases import ENDED, CaseState
from assistant.coupling.couplings import Couplings, NewPair
from assistant.coupling.likeness import ALIKE, LEAST_DIRECTION, likeness, need_of
from assistant.dialogue.conversation import Intent
from assistant.history.log_entries import EntryKind
from assistant.history.packing import Kept
from assistant.history.tables import CaseRow, LogRow, MarkRow, NeedDealtRow, SavedNeedRow, TextRow
from assistant.matching.answers import Outcome
from assistant.platform.errors import EmptyQuestionError
from assistant.service.container import Runtime
from assistant.service.stored_answers import question_in
from corpus.clock import utc_now
from index.analysis import normalise
from index.search_result import Portrait
from index.searcher import Searcher

OPEN_FOR = timedelta(days=90)
"""How long what was asked, and neither followed up nor saved, is held open."""
AT_ONCE = 200
"""New needs that are looked at in one go; the rest wait for the next time."""
MOST_OPEN = 4_000
"""Needs of the log that new ones are held against, the newest."""
MOST_PAIRS = 3
"""Pairs that one need becomes."""
_LOOKED_AT = 12
"""Needs that point the same way which are looked at more closely."""
_SAME = 0.85
"""The cosine of directions from which somebody, or their municipality, asks the same again."""
_MARK = "coupling"


class OpenNeed(NamedTuple):
    """A need that a new one may be like."""

    log_id: str
    asker: str
    """A pseudonym."""
    kommunenummer: str | None
    question: str
    at: datetime


class CoupleFinder:
    """Holds new needs against those that are open; keeps what costs much to work out from one time to the next."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._couplings = Couplings(runtime.database)
        self._searcher: Searcher | None = None
        self._directions: dict[str, np.ndarray[tuple[int], np.dtype[np.float32]]] = {}
        self._portraits: dict[str, Portrait] = {}

    def look(self, limit: int = AT_ONCE) -> int:
        """Look at the needs that are new, at most so many; return how many pairs were found."""
        since = utc_now() - OPEN_FOR
        with self._runtime.database.reading() as session:
            mark = session.get(MarkRow, _MARK)
            rows = session.execute(_asked(since).where(LogRow.id > (mark.number if mark else 0)).limit(limit)).all()
            last = rows[-1].id if rows else None
            new = _needs(rows)
            pool = open_needs(session, since) if new else []
        if last is None:
            return 0
        pairs = self._pairs(new, pool)
        with self._runtime.database.writing() as session:
            session.merge(MarkRow(name=_MARK, number=last))
            return self._couplings.add(session, pairs)

    def _pairs(self, new: Sequence[OpenNeed], pool: Sequence[OpenNeed]) -> list[NewPair]:
        searcher = self._runtime.keeper.searcher()
        if searcher is not self._searcher:
            self._searcher, self._directions, self._portraits = searcher, {}, {}
        known = {one.log_id: one for one in pool}
        held = [one for one in known.values() if self._direction(one) is not None]
        if not held:
            return []
        matrix = np.stack([self._directions[one.question] for one in held])
        pairs: list[NewPair] = []
        for one in new:
            if one.log_id in known and self._direction(one) is not None:
                pairs += self._of(known[one.log_id], held, matrix @ self._directions[one.question])
        kept = {one.question for one in held}
        self._directions = {question: way for question, way in self._directions.items() if question in kept}
        self._portraits = {question: one for question, one in self._portraits.items() if question in kept}
        return pairs

    def _of(
        self, one: OpenNeed, held: Sequence[OpenNeed], cosines: np.ndarray[tuple[int], np.dtype[np.float32]]
    ) -> list[NewPair]:
        """Return the pairs of a need with those that were there before it, the likest first."""
        before = [number for number, other in enumerate(held) if (other.at, other.log_id) < (one.at, one.log_id)]
        if any(cosines[number] >= _SAME and not _may_be_coupled(one, held[number]) for number in before):
            return []
        near = sorted((number for number in before if cosines[number] >= LEAST_DIRECTION), key=lambda n: -cosines[n])
        others = [held[number] for number in near if _may_be_coupled(one, held[number])]
        best: dict[str, tuple[float, OpenNeed]] = {}
        for other in others[:_LOOKED_AT]:
            alike = likeness(self._portrait(one), self._portrait(other))
            # Of what one municipality, or one asker without any, has asked, only the likest.
            whose = other.kommunenummer or other.asker
            if alike >= ALIKE and alike > best.get(whose, (0.0, other))[0]:
                best[whose] = alike, other
        ranked = sorted(best.values(), key=lambda pair: -pair[0])[:MOST_PAIRS]
        return [
            NewPair(
                first_log=other.log_id,
                second_log=one.log_id,
                first_asker=other.asker,
                second_asker=one.asker,
                first_kommunenummer=other.kommunenummer,
                second_kommunenummer=one.kommunenummer,
                likeness=alike,
            )
            for alike, other in ranked
        ]

    def _direction(self, one: OpenNeed) -> np.ndarray[tuple[int], np.dtype[np.float32]] | None:
        if one.question not in self._directions:
            assert self._searcher is not None  # noqa: S101 (set before anything is looked at)
            try:
                self._directions[one.question] = self._searcher.direction(need_of(one.question))
            except EmptyQuestionError:
                return None
        return self._directions[one.question]

    def _portrait(self, one: OpenNeed) -> Portrait:
        if one.question not in self._portraits:
            assert self._searcher is not None  # noqa: S101 (set before anything is looked at)
            self._portraits[one.question] = self._searcher.portrait(need_of(one.question))
        return self._portraits[one.question]


def open_needs(session: Session, since: datetime) -> list[OpenNeed]:
    """Return the needs that are open, each once: cases, saved needs, and what was asked since a moment."""
    recent = session.execute(_asked(since).order_by(None).order_by(LogRow.id.desc()).limit(MOST_OPEN)).all()
    cases = session.scalars(
        select(CaseRow).where(CaseRow.state.in_([one.value for one in CaseState if one not in ENDED]))
    )
    followed = [
        OpenNeed(one.log_id, one.asker, one.kommunenummer, one.question, one.opened_at) for one in cases if one.question
    ]
    saved = session.execute(
        select(SavedNeedRow, LogRow.kommunenummer).outerjoin(LogRow, LogRow.log_id == SavedNeedRow.log_id)
    )
    kept = [OpenNeed(one.log_id, one.asker, number, one.question, one.created_at) for one, number in saved]
    # What is in several places is taken as the case has it, which a broker may have mended.
    return list({one.log_id: one for one in (*_needs(recent), *kept, *followed)}.values())


def _asked(since: datetime) -> Select[int, str, str, str | None, datetime, str, bytes | None]:
    """Return the query for what was asked since a moment and no broker has dealt with, the oldest first."""
    question = aliased(LogRow)
    return (
        select(LogRow.id, LogRow.log_id, LogRow.asker, LogRow.kommunenummer, LogRow.at, TextRow.text, TextRow.packed)
        .join(TextRow, TextRow.log_id == LogRow.log_id)
        .join(question, LogRow.about == question.log_id)
        .where(
            LogRow.kind == EntryKind.ANSWER,
            LogRow.at >= since,
            LogRow.outcome.in_([one.value for one in Outcome]),
            question.kind == EntryKind.QUESTION,
            question.outcome == Intent.QUESTION,
            ~exists().where(NeedDealtRow.log_id == LogRow.log_id),
        )
        .order_by(LogRow.id)
    )


def _needs(rows: Iterable[object]) -> list[OpenNeed]:
    needs = []
    for row in rows:
        question = question_in(Kept(row.text, row.packed).text)  # type: ignore[attr-defined]
        if question and normalise(question).strip():
            needs.append(OpenNeed(row.log_id, row.asker, row.kommunenummer, question, row.at))  # type: ignore[attr-defined]
    return needs


def _may_be_coupled(one: OpenNeed, other: OpenNeed) -> bool:
    same_place = one.kommunenummer is not None and one.kommunenummer == other.kommunenummer
    return one.asker != other.asker and not same_place
