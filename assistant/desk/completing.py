"""What a broker need not type: ids, the day a source was read and how well it carries, and sources said once.

Invariant: nothing that was typed is changed; what is filled in follows from what was typed, and is shown on the form
when it comes back, to be corrected.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from corpus.files import MODELS
from corpus.records import Confidence, Kind
from corpus.terms import Source
from corpus.text import slug_of

_ID_ROOM = 44
"""Letters of a record's own id that ids of its calls and rules begin with."""


def completed(kind: Kind, record_id: str, plain: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Return plain data with what follows from it.

    Args:
        kind: What it is a record of.
        record_id: Its id.
        plain: What a form said.
        today: The day on which new sources were read.
    """
    made: dict[str, Any] = _with_sources(dict(plain), str(plain.get("url") or ""), today)
    first = next(iter(made.get("sources") or ()), None)
    if first and "ref" in first:
        made = _with_source_of_record(MODELS[kind], made, first)
        if not made.get("confidence") and kind is not Kind.CONCEPT:
            made["confidence"] = first.get("mark")
    _name_parts(made, record_id.partition(":")[2][:_ID_ROOM].strip("-"))
    return made


def _with_sources(value: Any, own: str, today: date) -> Any:  # noqa: ANN401 (plain data of any shape)
    if isinstance(value, list):
        return [_with_sources(item, own, today) for item in value]
    if not isinstance(value, dict):
        return value
    made = {name: _with_sources(item, own, today) for name, item in value.items()}
    # Every source that was there has a mark: one without was typed now.
    if isinstance(made.get("ref"), str) and made.keys() <= set(Source.model_fields) and "mark" not in made:
        made = {"as_of": today.isoformat(), **made, "mark": _mark_of(made["ref"], own).value}
    return made


def _mark_of(ref: str, own: str) -> Confidence:
    """Return how well a source carries: on the body's own pages it is the primary one."""
    host, home = (_host_of(one) for one in (ref, own))
    return Confidence.VERIFIED if host and host == home else Confidence.SECONDARY


def _host_of(address: str) -> str:
    try:
        return urlsplit(address).netloc.removeprefix("www.")
    except ValueError:
        # Such as half an address of IPv6; the form tells so when it is read.
        return ""


def _with_source_of_record(model: Any, value: dict[str, Any], source: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401
    """Return plain data with the record's first source wherever a statement was given none of its own."""
    from assistant.desk.forms import inner_model

    made = dict(value)
    for name, info in model.model_fields.items():
        given = made.get(name)
        inner = inner_model(info.annotation, given)
        if inner is Source and info.is_required() and not given:
            made[name] = dict(source)
        elif inner is not None and isinstance(given, dict) and given:
            made[name] = _with_source_of_record(inner, given, source)
        elif inner is not Source and isinstance(given, list):
            made[name] = [
                _with_source_of_record(one, item, source)
                if isinstance(item, dict) and (one := inner_model(info.annotation, item)) is not None
                else item
                for item in given
            ]
    if "sources" in model.model_fields and not made.get("sources"):
        made["sources"] = [dict(source)]
    return made


def _name_parts(plain: dict[str, Any], slug: str) -> None:
    """Give calls and rules that have none an id, by the record's own and what they are."""
    taken = {part["id"] for part in _parts(plain) if part.get("id")}
    for part in _parts(plain):
        if not part.get("id"):
            sort = "criterion" if "kind" in part else "call"
            label = part.get("kind") or part.get("year") or slug_of(_first_text(part.get("title")))[:20].strip("-")
            part["id"] = _free(f"{sort}:{slug}-{slug_of(str(label)) or 'ny'}", taken)
            taken.add(part["id"])


def _parts(plain: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from (one for one in plain.get("criteria") or () if isinstance(one, dict))
    for call in plain.get("calls") or ():
        yield call
        yield from (one for one in call.get("criteria") or () if isinstance(one, dict))


def _free(wanted: str, taken: set[str]) -> str:
    numbers = iter(range(2, 10_000))
    name = wanted
    while name in taken:
        name = f"{wanted}-{next(numbers)}"
    return name


def _first_text(text: Any) -> str:  # noqa: ANN401 (plain data of any shape)
    return next((str(one) for one in text.values() if one), "") if isinstance(text, Mapping) else ""
