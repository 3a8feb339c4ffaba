"""The Research Organization Registry: its Norwegian organisations, of a dump or a search reply in JSON (schema 2).

Invariant: only what is active and in Norway comes in; a name without a language is the organisation's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from corpus.importing.errors import ImportFileError
from corpus.importing.files import SourceFile
from corpus.importing.items import ImportItem, Outcome, RejectedRow, RowRejection
from corpus.importing.sources.shared import body, source, type_of
from corpus.importing.values import clean_text, day_of, place_of, url_of
from corpus.records import ActorType

_TYPES = {
    "education": ActorType.UNIVERSITY,
    "healthcare": ActorType.HEALTH_TRUST,
    "company": ActorType.COMPANY,
    "government": ActorType.STATE_BODY,
    "nonprofit": ActorType.FOUNDATION,
    "facility": ActorType.RESEARCH_INSTITUTE,
    "funder": ActorType.STATE_BODY,
}


def read(file: SourceFile) -> Iterator[Outcome]:
    """Yield the organisations."""
    data = file.json()
    items = data.get("items", [data]) if isinstance(data, dict) else data
    for number, one in enumerate(items if isinstance(items, list) else [items], start=1):
        if not isinstance(one, dict) or not isinstance(one.get("names"), list):
            raise ImportFileError(f"{file.name}: expected organisations of ROR's schema 2, each with names.")
        details = [(place.get("geonames_details") or {}) for place in one.get("locations") or ()]
        if not any(place.get("country_code") == "NO" for place in details):
            continue
        yield _body(number, one, details[0], file)


def _body(number: int, one: Mapping[str, Any], place: Mapping[str, Any], file: SourceFile) -> Outcome:
    names = one["names"]
    shown = next((name for name in names if "ror_display" in (name.get("types") or ())), None)
    if shown is None or not clean_text(shown.get("value")):
        return RejectedRow(number, RowRejection.NO_NAME)
    name = clean_text(shown["value"])
    if one.get("status", "active") != "active":
        return RejectedRow(number, RowRejection.CLOSED_DOWN, "", {"name": name})
    by_language = {code: clean_text(label["value"]) for label in names for code in [_language(label)] if code}
    norwegian = by_language.get("nb") or by_language.get("nn") or name
    aliases = [
        {"text": clean_text(other["value"]), "kind": "acronym" if "acronym" in (other.get("types") or ()) else "alias"}
        for other in names
        if clean_text(other["value"]) not in {name, *by_language.values()}
    ]
    types = one.get("types") or ()
    code = str(one["id"]).rstrip("/").rpartition("/")[2]
    actor_type = next((_TYPES[each] for each in types if each in _TYPES), ActorType.RESEARCH_INSTITUTE)
    modified = day_of(((one.get("admin") or {}).get("last_modified") or {}).get("date"))
    as_of = date.fromisoformat(modified) if modified and len(modified) == 10 else file.as_of
    where = place_of(None, place.get("name"))
    actor_type = type_of(norwegian, "", actor_type)
    if actor_type is ActorType.MUNICIPALITY and where is None:
        actor_type = ActorType.STATE_BODY
    more = {
        "actor_type": actor_type,
        "place": where,
        "aliases": aliases,
        "url": next(
            (url_of(link.get("value")) for link in one.get("links") or () if link.get("type") == "website"), None
        ),
        "identifiers": [
            {"scheme": "ror", "value": f"https://ror.org/{code}"},
            *(
                {"scheme": scheme, "value": value}
                for known in one.get("external_ids") or ()
                if (scheme := str(known.get("type"))) in {"wikidata", "fundref"}
                for value in [known.get("preferred") or (known.get("all") or [None])[0]]
                if value
            ),
        ],
    }
    made = body(number, norwegian, None, more, [source(f"https://ror.org/{code}", "ROR", as_of)])
    made.plain["name"] = {"nb": norwegian, "en": by_language.get("en") or name} | (
        {"nn": by_language["nn"]} if "nn" in by_language and "nb" in by_language else {}
    )
    return ImportItem(number, made.kind, made.keys, made.plain, made.soft, publish=True)


def _language(label: Mapping[str, Any]) -> str | None:
    if "label" not in (label.get("types") or ()):
        return None
    return {"no": "nb", "nb": "nb", "nn": "nn", "en": "en"}.get(str(label.get("lang")))
