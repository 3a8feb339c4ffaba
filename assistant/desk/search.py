"""Search over all that brokers work with: records, cases and needs without a good answer.

Invariant: what is called exactly what was typed stands first, then what begins so, then what only holds the words.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

from assistant.desk.catalogue import Catalogue, RecordFilter
from assistant.desk.needs import open_needs
from assistant.platform.messages import Messages
from assistant.platform.workdays import norwegian_day
from assistant.render.cases import case_title, state_sentence
from assistant.service.container import Runtime
from corpus.places import municipality_name
from index.analysis import normalise

MOST = 20
"""Found of each kind that are shown."""


class DeskHit(NamedTuple):
    """Something that was found."""

    title: str
    detail: str
    href: str


class DeskSearchResult(NamedTuple):
    """What was found, the best first, and how many there are of each."""

    records: Sequence[DeskHit]
    records_total: int
    cases: Sequence[DeskHit]
    cases_total: int
    needs: Sequence[DeskHit]
    needs_total: int

    @property
    def total(self) -> int:
        """Return how many were found in all."""
        return self.records_total + self.cases_total + self.needs_total


class _Rank(IntEnum):
    EXACT = 0
    BEGINS = 1
    HOLDS = 2


def search_desk(runtime: Runtime, catalogue: Catalogue, words: str, catalog: Messages) -> DeskSearchResult:
    """Return the records, cases and needs that all words stand in; nothing where there are no words."""
    asked = normalise(words).strip()
    if not asked:
        return DeskSearchResult((), 0, (), 0, (), 0)
    lines = catalogue.find(RecordFilter(q=words), catalog.language, norwegian_day())
    lines.sort(key=lambda line: _rank(asked, line.called))
    cases_total, cases = runtime.referrals.page(None, words, 0, MOST)
    shown = runtime.store.get_many([case.record_id for case in cases if case.record_id])
    needs = [need for need in open_needs(runtime) if all(word in normalise(need.question) for word in asked.split())]
    return DeskSearchResult(
        records=[
            DeskHit(line.name(catalog.language), catalog.text(f"records.kind.{line.kind}"), f"/desk/records/{line.id}")
            for line in lines[:MOST]
        ],
        records_total=len(lines),
        cases=[
            DeskHit(
                case.question or case_title(case, shown.get(case.record_id or ""), catalog),
                " · ".join(
                    filter(
                        None,
                        (
                            case_title(case, shown.get(case.record_id or ""), catalog),
                            municipality_name(case.kommunenummer),
                            state_sentence(case, catalog),
                        ),
                    )
                ),
                f"/desk/cases/{case.id}",
            )
            for case in cases
        ],
        cases_total=cases_total,
        needs=[
            DeskHit(need.question, catalog.count("queue.asked_times", need.times), f"/desk/needs#{need.log_ids[0]}")
            for need in needs[:MOST]
        ],
        needs_total=len(needs),
    )


def _rank(asked: str, names: Sequence[str]) -> _Rank:
    """Return how well names, normalised, are what was asked for."""
    if asked in names:
        return _Rank.EXACT
    return _Rank.BEGINS if any(name.startswith(asked) for name in names) else _Rank.HOLDS
