"""What a later turn of a conversation adds to a need.

Invariant: a refinement only narrows or turns what the question itself asks for; without one, nothing changes.
"""

from __future__ import annotations

from corpus.records import Kind
from corpus.text import Frozen
from index.retrieval.need import Need, PlaceWish


class Refinement(Frozen):
    """What was said after the question."""

    kind: Kind | None = None
    """The kind of answer that is wanted now."""
    place: PlaceWish | None = None
    without: tuple[str, ...] = ()
    """Ids of records that are not to be suggested again."""
    like: str | None = None
    """Id of a record that more like it is wanted of."""

    def applied(self, need: Need, example: str | None = None) -> Need:
        """Return a need as it is after this.

        Args:
            need: What the question itself asks for.
            example: What the record says that more like it is wanted of, in the language of the need.
        """
        changed: dict[str, object] = {}
        if self.kind:
            changed["asked_kind"] = self.kind
        if self.place:
            changed["place"] = self.place
        if example:
            changed |= {"text": example, "context_places": ()}
            changed |= {"kinds": (self.kind,)} if self.kind else {}
        return need.model_copy(update=changed)
