"""The records of one answer: each read once, and followed to what they lead to today.

Invariant: records are looked up by id and added to what is shared with other answers, never gone through, so that a
question costs what its answer holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from assistant.funding.schemes import NamedRecord
from corpus.files import Record
from corpus.records import Actor, FundingInstrument, ProjectIdea, RelationType, Role
from corpus.store import RecordStore
from corpus.text import LangText


class AnswerRecords:
    """Reads records for one answer."""

    def __init__(self, store: RecordStore, cache: dict[str, Record]) -> None:
        """Read from a store.

        Args:
            store: Where records are.
            cache: Records read for other answers, by id; shared with whoever else is answered now, and added to.
        """
        self._store = store
        self._known = cache
        self._records: dict[str, Record] = {}

    @property
    def by_id(self) -> Mapping[str, Record]:
        """The records read so far."""
        return self._records

    def fetch(self, ids: Iterable[str]) -> None:
        """Read records that were not read yet; ids that no record has are passed over."""
        wanted = sorted(set(ids) - self._records.keys())
        self._records |= {i: found for i in wanted if (found := self._known.get(i)) is not None}
        if unknown := [i for i in wanted if i not in self._records]:
            found_now = self._store.get_many(unknown)
            self._records |= found_now
            self._known.update(found_now)

    def follow(self, frontier: set[str], known: set[str]) -> set[str]:
        """Read the records that some lead to, and those that these lead to; return their ids."""
        followed: set[str] = set()
        while frontier:
            frontier = {target for i in frontier for target in _linked(self._records.get(i))} - known - followed
            self.fetch(frontier)
            followed |= frontier
        return followed

    def names(self, ids: Iterable[str]) -> dict[str, LangText]:
        """Return by id the names of those schemes and projects that were read."""
        records = (self._records.get(i) for i in ids)
        return {record.id: record.name for record in records if isinstance(record, FundingInstrument | ProjectIdea)}

    def actor(self, actor_id: str) -> Actor | None:
        """Return an actor that was read; None where there is none with that id."""
        record = self._records.get(actor_id)
        return record if isinstance(record, Actor) else None

    def named_actor(self, actor_id: str | None) -> NamedRecord | None:
        """Return an actor that was read by its name; None likewise."""
        actor = self.actor(actor_id) if actor_id else None
        return NamedRecord(id=actor.id, name=actor.name) if actor else None

    def present_body(self, actor: Actor) -> Actor:
        """Return the body that carries on an actor's work today, or the actor itself."""
        seen = {actor.id}
        while actor.dissolved_on:
            later = (link.target for link in actor.relations if link.type is RelationType.SUCCEEDED_BY)
            found = next((body for body in map(self.actor, later) if body and body.id not in seen), None)
            if found is None:
                break
            actor = found
            seen.add(actor.id)
        return actor


def _linked(record: Record | None) -> set[str]:
    """Return the ids of what took over from a record and of who is behind it."""
    match record:
        case Actor():
            return {link.target for link in record.relations if link.type is RelationType.SUCCEEDED_BY}
        case FundingInstrument():
            owners = {actor for actor in (record.owner, record.administrator) if actor}
            return owners | {later.instrument for later in record.successors}
        case ProjectIdea():
            owners = {Role.PROPOSER, Role.COORDINATOR}
            return {part.actor for part in record.participants if part.role in owners}
        case _:
            return set()
