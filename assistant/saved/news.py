"""What has changed for a need since it was last looked at.

Invariant: nothing is told twice, and nothing because a ranking shifted: a call is told of when its own dates say
something new, a partner or a project when its record is new or was changed, a like need when it is found. At most
`MOST_TOLD` lines are told at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from enum import StrEnum

from assistant.funding.schemes import SchemeStatus
from assistant.matching.answers import Answer, Scheme
from corpus.text import Frozen, LangText
from index.scoring.ranking import MatchConfidence

MOST_TOLD = 3
_OPEN = {SchemeStatus.OPEN, SchemeStatus.ROLLING}
_TELLING = {SchemeStatus.OPEN, SchemeStatus.ROLLING, SchemeStatus.PLANNED}
_SURE = {MatchConfidence.STRONG, MatchConfidence.GOOD}


class NewsKind(StrEnum):
    """What has happened, the weightiest first."""

    OPENED = "opened"
    """A scheme can be applied to now."""
    DEADLINE = "deadline"
    """The deadline of a scheme has moved, or is known now."""
    LIKE_NEED = "like_need"
    """Somebody elsewhere has a need that is like it."""
    PARTNER = "partner"
    IDEA = "idea"


class News(Frozen):
    """One thing that has happened."""

    kind: NewsKind
    record_id: str
    """Of a like need, the id of the pair that the two make."""
    name: LangText | None = None
    """None of a like need, which nobody is named of before both have said yes."""
    deadline: date | None = None


def states_of(answer: Answer) -> dict[str, str]:
    """Return the state of everything in an answer that news could be of, by the ids of the records."""
    schemes = {scheme.id: _state(scheme) for scheme in answer.schemes}
    return schemes | {one.id: "" for one in (*answer.partners, *answer.ideas)}


def news_in(answer: Answer, known: Mapping[str, str], changed: Collection[str]) -> list[News]:
    """Return what has changed, in no order.

    Args:
        answer: What the need is answered with now.
        known: By record, its state when the need was last looked at.
        changed: The ids of the records that are new or were changed since.
    """
    found = [
        news for scheme in answer.schemes if (news := _of_scheme(scheme, known.get(scheme.id), scheme.id in changed))
    ]
    for kind, some in ((NewsKind.PARTNER, answer.partners), (NewsKind.IDEA, answer.ideas)):
        found += [
            News(kind=kind, record_id=one.id, name=one.name)
            for one in some
            if one.id not in known and one.id in changed and one.confidence in _SURE
        ]
    return found


def of_like_needs(pairs: Iterable[str], known: Collection[str]) -> list[News]:
    """Return that there are like needs, by the ids of the pairs that are not known yet."""
    return [News(kind=NewsKind.LIKE_NEED, record_id=one) for one in pairs if one not in known]


def worth_telling(news: Iterable[News], muted: Collection[str]) -> list[News]:
    """Return what is told of news, the weightiest first, without what nobody wants to hear of."""
    order = list(NewsKind)
    ranked = sorted((one for one in news if one.record_id not in muted), key=lambda one: order.index(one.kind))
    return ranked[:MOST_TOLD]


def _of_scheme(scheme: Scheme, before: str | None, is_changed: bool) -> News | None:
    """Return what is new of a scheme; of one that was not known, only where its record is new or was changed."""
    if before is None and not (is_changed and scheme.confidence in _SURE):
        return None
    now = _state(scheme)
    if now == before or scheme.status not in _TELLING:
        return None
    was_open = before is not None and before.partition(":")[0] in _OPEN
    if scheme.status in _OPEN and not was_open:
        return News(kind=NewsKind.OPENED, record_id=scheme.id, name=scheme.name, deadline=scheme.deadline)
    if scheme.deadline is None:
        return None
    return News(kind=NewsKind.DEADLINE, record_id=scheme.id, name=scheme.name, deadline=scheme.deadline)


def _state(scheme: Scheme) -> str:
    return f"{scheme.status}:{scheme.deadline or ''}"
