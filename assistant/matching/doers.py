"""Who did what is needed now, where nobody else fits: they are the ones to talk to.

Invariant: somebody is a partner by a project only where its record says what they did in it; the asker's own
municipality is none, nor is who only paid or sat at the table.
"""

from __future__ import annotations

from collections.abc import Collection

from assistant.funding.rules import HOME
from assistant.matching.answer_records import AnswerRecords
from assistant.matching.answers import Idea
from corpus.records import Actor, ActorType, CurationState, Kind, ProjectIdea, Role
from index.scoring.ranking import MatchConfidence
from index.scoring.reasons import Match, Reason, ReasonKind

_DID = (Role.COORDINATOR, Role.PROPOSER, Role.EXAMPLE, Role.PARTNER, Role.FOLLOW_UP, Role.KNOWLEDGE_PARTNER)
"""The roles of those who did something, the most telling first."""


def doer_of(idea: Idea, records: AnswerRecords, own_places: Collection[str]) -> Match | None:
    """Return who did a project as a match by what they did in it; None where nobody is known to be there still.

    Of those who had the same role, a municipality comes first, since it had the need itself.

    Args:
        idea: The project, as it is shown.
        records: Those of the answer; what is missing is read.
        own_places: The numbers of the municipality and county of who asks.
    """
    record = records.by_id.get(idea.id)
    if not isinstance(record, ProjectIdea):
        return None
    records.fetch(part.actor for part in record.participants)
    found: list[tuple[int, bool, Actor, Role]] = []
    for part in record.participants:
        body = records.actor(part.actor)
        if part.role not in _DID or body is None or not _is_there(body, own_places):
            continue
        found.append((_DID.index(part.role), body.actor_type is not ActorType.MUNICIPALITY, body, part.role))
    if not found:
        return None
    _, _, body, role = min(found, key=lambda one: one[:2])
    return Match(
        record_id=body.id,
        kind=Kind.ACTOR,
        score=idea.score,
        confidence=MatchConfidence.GOOD,
        reasons=(Reason(kind=ReasonKind.TOOK_PART, idea=idea.id, role=role),),
        evidence=idea.evidence[:1],
        parts={},
    )


def _is_there(body: Actor, own_places: Collection[str]) -> bool:
    """Tell whether a body is in the base today, still stands, in Norway, and is not who asks."""
    if body.state is not CurationState.PUBLISHED:
        return False
    place = body.place
    if place is None:
        return body.dissolved_on is None
    area = {
        ActorType.MUNICIPALITY: place.kommunenummer,
        ActorType.COUNTY_MUNICIPALITY: place.fylkesnummer,
    }.get(body.actor_type)
    return body.dissolved_on is None and place.country == HOME and area not in own_places
