"""Whatever is told of a table, no count below the least can be worked out by somebody who knows the rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.desk.disclosure import LEAST, nested_hidden, suppressed_labels

LABELS = "abcd"
COUNTS = st.dictionaries(st.text(max_size=3), st.integers(0, 40), max_size=8)
Told = tuple[object, ...]


def told(counts: Mapping[str, int]) -> tuple[Told, frozenset[str]]:
    """Return all that somebody learns of a table, and the labels that are hidden from them."""
    total = sum(counts.values())
    hidden = suppressed_labels(counts)
    shown = None if hidden is None else tuple((one, counts[one]) for one in counts if one not in hidden)
    return (total if total >= LEAST or not total else None, shown), hidden or frozenset()


def every_table(most: int) -> Iterator[dict[str, int]]:
    for numbers in product(range(most + 1), repeat=len(LABELS)):
        yield dict(zip(LABELS, numbers, strict=True))


def test_of_every_small_table_each_small_count_could_be_another() -> None:
    alike: dict[Told, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for counts in every_table(9):
        learnt, hidden = told(counts)
        for label in hidden:
            alike[learnt][label].add(counts[label])
    assert len(alike) > 100
    for learnt, possible in alike.items():
        for label, values in possible.items():
            assert len(values) > 1 or min(values) >= LEAST, (learnt, label, values)


@given(COUNTS)
def test_what_is_told_is_large_enough_and_nothing_is_hidden_without_need(counts: dict[str, int]) -> None:
    hidden = suppressed_labels(counts)
    small = {label for label, count in counts.items() if 0 < count < LEAST}
    if hidden is None:
        assert small
    else:
        assert small <= hidden
        assert bool(small) == bool(hidden)
        assert all(counts[label] for label in hidden)


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ({"a": 3, "b": 9, "c": 7}, "ac"),
        ({"a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "f": 8}, "abcdef"),
        ({"a": 4, "b": 4, "c": 4, "d": 8, "e": 9}, "abcd"),
        ({"a": 4, "b": 5, "c": 5}, "abc"),
        ({"a": 2, "b": 4, "c": 0}, "ab"),
        ({"a": 1, "b": 1, "c": 1, "d": 1, "e": 1}, None),
        ({"a": 1, "b": 3}, None),
        ({"a": 0}, ""),
    ],
)
def test_what_is_hidden_with_what_is_small(counts: dict[str, int], hidden: str | None) -> None:
    assert suppressed_labels(counts) == (None if hidden is None else frozenset(hidden))


def test_of_counties_and_their_municipalities_each_small_count_could_be_another() -> None:
    alike: dict[Told, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for a, b, c, d in product(range(8), repeat=4):
        counts = {"north": {"a": a, "b": b}, "south": {"c": c, "d": d}}
        flat = {label: count for of in counts.values() for label, count in of.items()}
        sums = {group: sum(of.values()) for group, of in counts.items()}
        hidden = nested_hidden(counts)
        groups = None if hidden.groups is None else tuple(one for one in sums.items() if one[0] not in hidden.groups)
        labels = None if hidden.groups is None else tuple(one for one in flat.items() if one[0] not in hidden.labels)
        total = sum(flat.values())
        if total > 14:  # near the most that these tables can hold, what else it could be made of is not among them
            continue
        learnt: Told = (total if total >= LEAST or not total else None, groups, labels)
        for label in hidden.labels:
            alike[learnt][label].add(flat[label])
        for group in hidden.groups or ():
            alike[learnt][group].add(sums[group])
    assert len(alike) > 50
    for learnt, possible in alike.items():
        for label, values in possible.items():
            assert len(values) > 1 or min(values) >= LEAST, (learnt, label, values)
