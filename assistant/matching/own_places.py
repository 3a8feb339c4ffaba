"""The places that only tell who asks: nobody is a partner of their own.

Invariant: the municipality of who asks is never suggested to itself, wherever and whenever it was told; a place that
the question asks about stays one that can be suggested.
"""

from __future__ import annotations

import re

from assistant.dialogue.understanding import Understanding
from corpus.places import Municipality, load_places
from corpus.records import ActorType
from index.analysis import normalise

_OURS = (
    r"(?:by|byen|bygd|bygda|kommune|kommunen|kommunen vår|kommunen min|vår kommune|småby|småkommune|bykommune|øykommune"
    r"|city|town|village|municipality|our municipality)"
)
"""Words for a place of one's own that its name follows at once: *in a small town Haugesund*."""


def standing_of(understanding: Understanding) -> tuple[str, ...]:
    """Return the numbers of the places of a question that only tell who asks, as read and as told before."""
    need, facts = understanding.need, understanding.facts
    own = facts.fylkesnummer if facts.applicant_type is ActorType.COUNTY_MUNICIPALITY else facts.kommunenummer
    found = [*need.context_places, *([own] if own else []), *_in_apposition(need.text)]
    wished = {need.place.kommunenummer or need.place.fylkesnummer} if need.place else set()
    return tuple(number for number in dict.fromkeys(found) if number not in wished)


def _in_apposition(text: str) -> list[str]:
    lowered = normalise(text)
    return [
        place.number
        for place in load_places().find(text)
        if isinstance(place, Municipality)
        and re.search(rf"\b{_OURS},? \(?{re.escape(normalise(place.name))}\b", lowered)
    ]
