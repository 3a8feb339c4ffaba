"""A cache of what was read of records."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar, cast

_RECORDS_KEPT = 2_000
"""Records whose names and passages are kept in memory between questions."""

Value = TypeVar("Value")


class RecordCache(Generic[Value]):
    """What was read of the records asked for lately; safe to use from several threads.

    It lets go of those read longest ago, never of all at once, and never of what a call is about to return.
    """

    def __init__(self, read: Callable[[Sequence[str]], Mapping[str, Value]]) -> None:
        self._read = read
        self._kept: dict[str, Value] = {}

    def get(self, record_ids: Sequence[str]) -> dict[str, Value]:
        """Return what is known of each of some records, in their order."""
        found = {record_id: self._kept.get(record_id) for record_id in record_ids}
        missing = [record_id for record_id, value in found.items() if value is None]
        if not missing:
            return cast("dict[str, Value]", found)
        new = self._read(missing)
        found.update(new)
        self._kept.update(new)
        if (surplus := len(self._kept) - _RECORDS_KEPT) > 0:
            for record_id in list(self._kept)[:surplus]:
                self._kept.pop(record_id, None)
        return {record_id: value for record_id, value in found.items() if value is not None}
