"""Names in somebody's spreadsheet to the records that they may be of, with how alike they are.

Invariant: a match is only said to be certain where a number says so, or one record alone has exactly that name.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from assistant.desk.catalogue import Catalogue, RecordLine
from corpus.importing.matching import folded
from corpus.importing.values import orgnr_of
from corpus.records import CurationState, Kind
from corpus.text import Language

TYPES = {Kind.ACTOR: "Actor", Kind.INSTRUMENT: "Funding scheme", Kind.IDEA: "Project or idea"}
LEAST = 60.0
"""The likeness (0-100) from which a record is told."""


class ReconciliationQuery(NamedTuple):
    """What somebody wants to find."""

    text: str
    kinds: tuple[Kind, ...]
    most: int
    orgnr: str = ""


def suggested(catalogue: Catalogue, prefix: str, most: int) -> list[dict[str, Any]]:
    """Return the records that somebody may be typing the name of: those that have all its words, the likest first."""
    from rapidfuzz import fuzz

    words, wanted = folded(prefix).split(), folded(prefix)
    found = [
        (max(fuzz.ratio(wanted, folded(name)) for name in (*line.names.values(), *line.aliases)), line)
        for line in catalogue.lines()
        if line.kind in TYPES and line.state is CurationState.PUBLISHED and line.names and _begins(line, words)
    ]
    found.sort(key=lambda one: (-one[0], one[1].id))
    return [
        {
            "id": line.id,
            "name": line.name(Language.NB),
            "notable": [{"id": line.kind.value, "name": TYPES[line.kind]}],
        }
        for _, line in found[:most]
    ]


def _begins(line: RecordLine, words: list[str]) -> bool:
    return bool(words) and any(
        all(any(part.startswith(word) for part in parts) for word in words)
        for name in (*line.names.values(), *line.aliases)
        for parts in [folded(name).split()]
    )


def reconciled(catalogue: Catalogue, asked: ReconciliationQuery) -> list[dict[str, Any]]:
    """Return the records that may be meant, the likest first, in the shape of the specification."""
    from rapidfuzz import fuzz

    wanted, number = folded(asked.text), orgnr_of(asked.orgnr) or orgnr_of(asked.text)
    scored: list[tuple[float, RecordLine]] = []
    for line in catalogue.lines():
        if line.kind not in asked.kinds or line.state is not CurationState.PUBLISHED:
            continue
        names = [folded(name) for name in (*line.names.values(), *line.aliases)]
        score = max((fuzz.token_sort_ratio(wanted, name) for name in names if name), default=0.0) if wanted else 0.0
        if number and line.orgnr:
            score = 100.0 if line.orgnr == number else 0.0
        if score >= LEAST:
            scored.append((score, line))
    scored.sort(key=lambda one: (-one[0], one[1].id))
    certain = [line.id for score, line in scored if score == 100.0]
    return [
        {
            "id": line.id,
            "name": line.name(Language.NB),
            "type": [{"id": line.kind.value, "name": TYPES[line.kind]}],
            "score": round(score, 1),
            "match": certain == [line.id],
        }
        for score, line in scored[: asked.most]
    ]
