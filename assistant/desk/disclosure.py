"""Which counts of a table may be told without telling of few.

Invariant: whoever knows the rule and all that is told of a table, its total included, still cannot work out a count
below `LEAST`: at least two values stay possible for each. That holds within one report; somebody who subtracts
reports of overlapping periods, or knows a part of the cases from elsewhere, may learn more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

LEAST = 5
"""The least number that is told; smaller ones could point to somebody in a small municipality."""


def suppressed_labels(counts: Mapping[str, int]) -> frozenset[str] | None:
    """Return the labels whose counts are not told; None where not even the labels may be, since there are too few.

    Counts below `LEAST` are hidden. As long as they could be worked out from the total, the next smallest are hidden
    with them, all that are equal at once, so that nothing tells which of those hidden were small. No count at all is
    told as 0. The total is told where it is `LEAST` at least.
    """
    hidden = {label for label, count in counts.items() if 0 < count < LEAST}
    while not _is_safe([counts[label] for label in hidden]):
        left = {label for label, count in counts.items() if count and label not in hidden}
        if not left:
            return None
        smallest = min(counts[label] for label in left)
        hidden |= {label for label in left if counts[label] == smallest}
    return frozenset(hidden)


def _is_safe(counts: Sequence[int]) -> bool:
    """Tell whether no small count among those hidden follows from their sum."""
    if not counts:
        return True
    if len(counts) == 1 or sum(counts) < LEAST:
        return False
    # Where all are small, a sum as low or as high as can be would tell each of them.
    return max(counts) >= LEAST or len(counts) < sum(counts) < len(counts) * (LEAST - 1)
