"""A body's own view of its record: what it may say, and what that would change.

Invariant: only what answers show, or are to show, is here, and only some of it can be proposed otherwise; nothing of
what brokers keep around a record is here. An address is signed with the installation's secret, so that none can be
made up.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from assistant.desk.forms import Node, Posted, form_of, is_empty, posted_of, read_form
from assistant.desk.records import validate_record
from assistant.platform.keys import Keys
from corpus.errors import InvalidRecordError, Problem
from corpus.files import Record, kind_of, to_plain
from corpus.importing.fields import values_of
from corpus.limits import over_limits
from corpus.partners import PartnerLink
from corpus.records import Confidence

OPEN = ("name", "summary", "url", "contacts")
"""The fields of a record that the body itself may propose otherwise."""
_PURPOSE = "partner-link"
_SIGNED = 40
"""Hexadecimal digits of a signature."""


def token_of(link: PartnerLink, keys: Keys) -> str:
    """Return what stands in the address of a link."""
    signature = keys.hashed(_PURPOSE, link.id, link.record_id, link.ends_on.isoformat())[:_SIGNED]
    return f"{link.id}.{signature}"


def is_signed(token: str, link: PartnerLink, keys: Keys) -> bool:
    """Tell whether an address is one that was made here for a link."""
    return hmac.compare_digest(token.encode(), token_of(link, keys).encode())


def partner_form(record: Record, posted: Posted | None = None) -> tuple[Node, ...]:
    """Return the fields that a body may say otherwise, as they are or as it typed them."""
    plain = record.model_dump(mode="json", include=set(OPEN)) if posted is None else _plain_from_post(record, posted)
    return tuple(node for node in form_of(kind_of(record.id), plain) if node.name in OPEN)


def proposed_record(record: Record, posted: Posted, today: date) -> dict[str, Any]:
    """Return what would change by what a body says, by the path of the value; what it leaves empty stays.

    Args:
        record: The record as it is.
        posted: The form that `shown` gives, filled in.
        today: The day that it is said.

    Raises:
        InvalidRecordError: something of it cannot be so; each fault is told.
    """
    before = to_plain(record)
    proposed = {name: value for name, value in _plain_from_post(record, posted).items() if not is_empty(value)}
    changed = validate_record(kind_of(record.id), record.id, {**before, **proposed})
    # Texts in other languages are the broker's to write; what the record refers to is not looked at here.
    problems = [
        Problem.of(record.id, record.id, path, fault)
        for path, fault in over_limits(changed)
        if path.partition(".")[0] in OPEN
    ]
    if problems:
        raise InvalidRecordError("\n".join(map(str, problems)), problems)
    return dict(_differences(before, to_plain(changed), today))


def _differences(before: dict[str, Any], after: dict[str, Any], today: date) -> Iterator[tuple[str, Any]]:
    names = [name for name in OPEN if name != "contacts"]
    old, new = (values_of({name: one[name] for name in names if name in one}) for one in (before, after))
    yield from ((path, value) for path, value in new.items() if old.get(path) != value)
    # The body is its own source, by its own pages where it has some.
    ref = after.get("url") or next(iter(after["name"].values()))
    own = {"ref": ref, "as_of": today.isoformat(), "mark": Confidence.VERIFIED.value}
    for was, contact in zip(before.get("contacts") or (), after.get("contacts") or (), strict=False):
        if {**was, "source": None} != {**contact, "source": None}:
            [path] = values_of({"contacts": [was]})
            yield path, {**contact, "source": own}


def _plain_from_post(record: Record, posted: Posted) -> dict[str, Any]:
    """Return the open fields as plain data: as the record has them, but for what was posted of them."""
    kind = kind_of(record.id)
    theirs = {name: values for name, values in posted.items() if _is_open(name)}
    own = posted_of([node for node in form_of(kind, record.model_dump(mode="json")) if node.name in OPEN])
    read = read_form(kind, {**own, **theirs})
    return {name: value for name, value in read.items() if name in OPEN}


def _is_open(name: str) -> bool:
    parts: Sequence[str] = name.split(".")
    return parts[0] in OPEN and "source" not in parts
