"""Which counts of a table may be told without telling of few.

Invariant: whoever knows the rule and all that is told of a table, its total included, still cannot work out a count
below `LEAST`: at least two values stay possible for each. That holds for each table, and for a table of groups beside
one of what they hold; somebody who subtracts reports of overlapping periods or places, holds several such tables
against each other, or knows a part of the cases from elsewhere, may learn more.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

LEAST = 5
"""The least number that is told; smaller ones could point to somebody in a small municipality."""


def suppressed_labels(counts: Mapping[str, int], also: Collection[str] = ()) -> frozenset[str] | None:
    """Return the labels whose counts are not told; None where not even the labels may be, since there are too few.

    Counts below `LEAST` are hidden. As long as they could be worked out from the total, the next smallest are hidden
    with them, all that are equal at once, so that nothing tells which of those hidden were small. No count at all is
    told as 0. The total is told where it is `LEAST` at least.

    Args:
        counts: The counts by their labels.
        also: Labels that are hidden for another table's sake.
    """
    hidden = {label for label, count in counts.items() if 0 < count < LEAST or (count and label in also)}
    while not _is_safe([counts[label] for label in hidden]):
        left = {label for label, count in counts.items() if count and label not in hidden}
        if not left:
            return None
        smallest = min(counts[label] for label in left)
        hidden |= {label for label in left if counts[label] == smallest}
    return frozenset(hidden)


class NestedHidden(NamedTuple):
    """What is not told of two tables of which one is of parts of the other."""

    groups: frozenset[str] | None
    """None where not even their labels may be told."""
    labels: frozenset[str]


def nested_hidden(counts: Mapping[str, Mapping[str, int]]) -> NestedHidden:
    """Return what is not told where both the groups and the labels within them are tables.

    As counties and their municipalities are: no count below `LEAST` follows from the sum of a group and those of its
    labels that are told.
    """
    sums = {group: sum(of.values()) for group, of in counts.items()}
    within = {group: suppressed_labels(of) for group, of in counts.items()}
    groups = suppressed_labels(sums, [group for group, hidden in within.items() if hidden is None])
    labels: set[str] = set()
    for group, of in counts.items():
        hidden = within[group]
        labels |= {one for one in of if of[one]} if groups is None or group in groups or hidden is None else hidden
    return NestedHidden(groups, frozenset(labels))


def is_safe(counts: Sequence[int]) -> bool:
    """Tell whether the sum of counts that are not told may be: no small one among them follows from it."""
    shown = [count for count in counts if count]
    return not shown or min(shown) >= LEAST or _is_safe(shown)


def _is_safe(counts: Sequence[int]) -> bool:
    """Tell whether no small count among those hidden follows from their sum."""
    if not counts:
        return True
    if len(counts) == 1 or sum(counts) < LEAST:
        return False
    # Where all are small, a sum as low or as high as can be would tell each of them.
    return max(counts) >= LEAST or len(counts) < sum(counts) < len(counts) * (LEAST - 1)
