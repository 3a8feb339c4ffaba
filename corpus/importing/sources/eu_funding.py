"""Topics of the EU Funding & Tenders portal: the JSON reply of its search.

Invariant: a topic comes once for each language and is one scheme; its English row is what is read, deadlines too. Of a
call's budget only the rows of the topic itself are its money.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from corpus.importing.errors import ImportFileError
from corpus.importing.files import SourceFile
from corpus.importing.items import ImportItem, Outcome, RejectedRow, RowRejection, without_empty
from corpus.importing.sources.shared import names, source
from corpus.importing.values import clean_text, day_of, plain_text, shortened, sum_of
from corpus.records import Kind
from corpus.text import slug_of

_GRANTS = frozenset({"1", "2", "8"})
_CLOSED = "31094503"
_PORTAL = "https://ec.europa.eu/info/funding-tenders/opportunities/portal/screen/opportunities/topic-details/"


def read(file: SourceFile) -> Iterator[Outcome]:
    """Yield the topics, one each."""
    data = file.json()
    if not isinstance(data, dict) or not isinstance(data.get("results"), list):
        raise ImportFileError(f"{file.name}: expected the reply of the portal's search, with results.")
    topics: dict[str, tuple[int, dict[str, Any]]] = {}
    for number, one in enumerate(data["results"], start=1):
        metadata = one.get("metadata") or {}
        identifier = _first_value(metadata, "identifier")
        if _first_value(metadata, "type") not in _GRANTS:
            yield RejectedRow(number, RowRejection.NOT_ASKED_FOR, "tender", {"name": identifier})
        elif not identifier:
            yield RejectedRow(number, RowRejection.NO_NAME)
        elif identifier not in topics or _first_value(metadata, "language") == "en":
            topics[identifier] = (topics.get(identifier, (number,))[0], one)
    for identifier, (number, one) in topics.items():
        yield _scheme(number, identifier, one, file)


def _first_value(metadata: Mapping[str, Any], name: str) -> str:
    values = metadata.get(name)
    value = values[0] if isinstance(values, list) and values else values
    return clean_text(str(value)) if isinstance(value, str | int) else ""


def _scheme(number: int, identifier: str, one: Mapping[str, Any], file: SourceFile) -> Outcome:
    metadata = one.get("metadata") or {}
    title = (
        plain_text(_first_value(metadata, "title"))
        or clean_text(one.get("title"))
        or clean_text(one.get("summary"))
        or identifier
    )
    about = shortened(plain_text(_raw(metadata, "descriptionByte")) or plain_text(one.get("content")) or title, 900)
    read_in = source(f"{_PORTAL}{identifier}", "EU Funding & Tenders", file.as_of)
    days = _deadlines(metadata)
    status = _first_value(metadata, "sortStatus") or _first_value(metadata, "status")
    closed = status == _CLOSED
    call = {
        "id": f"call:{slug_of(identifier)}",
        "title": names(title),
        "url": f"{_PORTAL}{identifier}",
        "opens_on": day_of(_first_value(metadata, "startDate")),
        "deadline_type": "fixed" if days else "unknown",
        "deadlines": [{"on": day, "source": read_in} for day in days],
        "closed_on": days[-1] if closed and days else None,
        "amounts": _amounts(metadata, identifier, read_in),
        "sources": [read_in],
    }
    plain = {
        "name": names(title),
        "summary": {"en": shortened(about, 300)},
        "aliases": [{"text": identifier, "kind": "alias"}],
        "url": f"{_PORTAL}{identifier}",
        "identifiers": [{"scheme": "eu_topic", "value": identifier}],
        "scope": {"level": "eu"},
        "purpose": {"text": {"en": about}, "source": read_in},
        "standing": "ended" if closed and days else "running",
        "ended_on": days[-1] if closed and days else None,
        "standing_source": read_in,
        "calls": [call],
        "sources": [read_in],
        "confidence": "verified",
    }
    soft = frozenset({"confidence", "standing_source"})
    return ImportItem(number, Kind.INSTRUMENT, (f"eu_topic:{identifier}",), without_empty(plain), soft)


def _raw(metadata: Mapping[str, Any], name: str) -> str:
    values = metadata.get(name)
    return str(values[0]) if isinstance(values, list) and values else str(values or "")


def _loaded(metadata: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 (JSON in a string)
    try:
        return json.loads(_raw(metadata, name))
    except ValueError:
        return None


def _deadlines(metadata: Mapping[str, Any]) -> list[str]:
    """Return the days on which a topic closes; several where it has stages."""
    found = {day for text in metadata.get("deadlineDate") or () if (day := day_of(str(text)))}
    for action in _loaded(metadata, "actions") or ():
        if isinstance(action, dict):
            found |= {day for text in action.get("deadlineDates") or () if (day := day_of(str(text)))}
    return sorted(day for day in found if len(day) == 10)


def _amounts(metadata: Mapping[str, Any], identifier: str, read_in: dict[str, Any]) -> list[dict[str, Any]]:
    overview = _loaded(metadata, "budgetOverview")
    by_action = overview.get("budgetTopicActionMap", {}) if isinstance(overview, dict) else {}
    rows = [
        row
        for some in by_action.values()
        if isinstance(some, list)
        for row in some
        if isinstance(row, dict) and str(row.get("action", "")).partition(" ")[0] == identifier
    ]
    budget = sum(
        amount for row in rows for text in (row.get("budgetYearMap") or {}).values() if (amount := sum_of(str(text)))
    )
    made = [{"kind": "call_budget", "maximum": str(budget), "unit": "EUR", "source": read_in}] if budget else []
    lows = [amount for row in rows if (amount := sum_of(str(row.get("minContribution") or "")))]
    highs = [amount for row in rows if (amount := sum_of(str(row.get("maxContribution") or "")))]
    if lows or highs:
        each = {"minimum": str(min(lows)) if lows else None, "maximum": str(max(highs)) if highs else None}
        made.append({"kind": "per_project", **{k: v for k, v in each.items() if v}, "unit": "EUR", "source": read_in})
    return made
