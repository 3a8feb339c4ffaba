"""What an import says set against what a record says, field by field.

Invariant: a value is written over only where it is what an earlier import wrote; what a person wrote, or took away,
stays, and what the import has instead is an offer. The items of a list are told apart by what they are of, so that a
list can grow from several sources.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from corpus.fingerprint import hash_of_payload

_INNER = frozenset({"place", "reach", "origin", "scope"})
"""Fields with fields of their own, each compared alone; texts in several languages are so by themselves."""
_LANGUAGES = frozenset({"nb", "nn", "en"})
_IDENTITY = ("id", "actor", "target", "instrument", "scheme", "reference", "ref")
Values = dict[str, Any]
"""Plain values by path: ``summary.nb``, ``aliases[NTNU]``."""


class Offer(NamedTuple):
    """A value that an import has in place of what a person wrote."""

    path: str
    value: Any


class MergedRecord(NamedTuple):
    """What becomes of a record by an import."""

    plain: dict[str, Any]
    written: Values
    """The values that the import wrote."""
    offers: list[Offer]


def digest(value: Any) -> str:  # noqa: ANN401 (a plain value)
    """Return the hash of a plain value."""
    return hash_of_payload(json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


def values_of(plain: Mapping[str, Any]) -> Values:
    """Return the values of a record given as plain data, by path."""
    return dict(_values(plain))


def combined(
    current: Mapping[str, Any], offered: Mapping[str, Any], owned: Mapping[str, str], soft: frozenset[str]
) -> MergedRecord:
    """Return what becomes of a record by what an import says of it.

    Args:
        current: The record as plain data.
        offered: What the import says.
        owned: By path, the hash of what imports wrote there last.
        soft: Fields of the import that are never offered in place of another value.
    """
    now = values_of(current)
    written: Values = {}
    offers: list[Offer] = []
    for path, value in _values(offered):
        have = now.get(path)
        if have == value:
            continue
        if path not in now:
            # What an import wrote and is not there any more, a person took away.
            if path not in owned:
                written[path] = value
        elif owned.get(path) == digest(have):
            written[path] = value
        elif path.partition(".")[0].partition("[")[0] not in soft:
            offers.append(Offer(path, value))
    return MergedRecord(with_values(current, written), written, offers)


def with_values(plain: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return plain data with values put in by path; a value of None takes out what is there."""
    made = json.loads(json.dumps(plain))
    for path, value in values.items():
        _put(made, path, value)
    return made  # type: ignore[no-any-return]  # what was a mapping is one


def _values(plain: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in plain.items():
        if isinstance(value, Mapping) and (name in _INNER or value.keys() <= _LANGUAGES):
            yield from ((f"{name}.{inner}", item) for inner, item in value.items())
        elif isinstance(value, list):
            seen: set[str] = set()
            for item in value:
                key = f"{name}[{_identity(item)}]"
                if key not in seen:
                    seen.add(key)
                    yield key, item
        else:
            yield name, value


def _identity(item: Any) -> str:  # noqa: ANN401 (a plain value)
    """Return what tells an item of a list from the others, short enough to be a path."""
    text = ""
    if isinstance(item, Mapping):
        text = next((str(item[name]) for name in _IDENTITY if item.get(name)), "")
        if "scheme" in item:
            text = f"{item['scheme']}:{item.get('value')}"
        elif isinstance(item.get("text"), str):
            text = item["text"]
    else:
        text = str(item)
    if not text or len(text) > 200:
        text = hashlib.sha256(json.dumps(item, sort_keys=True).encode()).hexdigest()[:16]
    return text


def _put(plain: dict[str, Any], path: str, value: Any) -> None:  # noqa: ANN401 (a plain value)
    if path.endswith("]"):
        name, _, identity = path[:-1].partition("[")
        items = plain.setdefault(name, [])
        at = next((n for n, item in enumerate(items) if _identity(item) == identity), None)
        if value is None:
            plain[name] = [item for n, item in enumerate(items) if n != at]
        elif at is None:
            items.append(value)
        else:
            items[at] = value
        holder, key = plain, name
    elif "." in path:
        key, _, inner = path.partition(".")
        holder = plain
        within = plain.setdefault(key, {})
        if value is None:
            within.pop(inner, None)
        else:
            within[inner] = value
    else:
        holder, key = plain, path
        holder[key] = value
    if holder.get(key) in (None, {}, []):
        holder.pop(key, None)
