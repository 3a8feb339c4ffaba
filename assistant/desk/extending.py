"""What a spreadsheet can be given of the records that its rows were found to be: properties, by kind of record.

Invariant: only published records are told, and of them no more than an answer tells anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from assistant.desk.reconciliation import TYPES
from assistant.funding.calendar import scheme_on
from corpus.files import Record
from corpus.records import Actor, CurationState, FundingInstrument, IdentifierScheme, Kind, ProjectIdea, RelationType
from corpus.store import RecordStore
from corpus.text import FALLBACKS, LangText, Language

Value = dict[str, str]
"""A cell: a text, a date, or an entity with id and name."""
MOST_IDS, MOST_PROPERTIES = 500, 30
NOTHING: Value = {}


class Property(NamedTuple):
    """Something that a record can be asked for."""

    id: str
    name: str
    kinds: tuple[Kind, ...]
    read: Callable[[Record, date], Iterable[Value]]
    of: Kind | None = None
    """The kind of record that its values are."""


def text(value: object) -> list[Value]:
    """Return a value as the texts of a cell; none where there is none."""
    return [{"str": str(value)}] if value not in {None, ""} else []


def day(on: date | None) -> list[Value]:
    """Return a day as the specification writes it."""
    return [{"date": f"{on.isoformat()}T00:00:00Z"}] if on else []


def entities(ids: Iterable[str | None]) -> list[Value]:
    """Return records by their ids; names are put in afterwards."""
    return [{"id": one, "name": one} for one in dict.fromkeys(ids) if one]


def _name_in(language: Language) -> Callable[[Record, date], Iterable[Value]]:
    return lambda record, _: text(_name(record).get(language))


def _name(record: Record) -> LangText:
    return record.name if isinstance(record, Actor | FundingInstrument | ProjectIdea) else record.pref_label


def _of_actor(read: Callable[[Actor], Iterable[Value]]) -> Callable[[Record, date], Iterable[Value]]:
    return lambda record, _: read(record) if isinstance(record, Actor) else ()


def _of_scheme(read: Callable[[FundingInstrument, date], Iterable[Value]]) -> Callable[[Record, date], Iterable[Value]]:
    return lambda record, today: read(record, today) if isinstance(record, FundingInstrument) else ()


def _of_idea(read: Callable[[ProjectIdea], Iterable[Value]]) -> Callable[[Record, date], Iterable[Value]]:
    return lambda record, _: read(record) if isinstance(record, ProjectIdea) else ()


def _contact(field: str) -> Callable[[Record, date], Iterable[Value]]:
    return _of_actor(lambda actor: text(next((one for c in actor.contacts if (one := getattr(c, field))), None)))


def _deadline(scheme: FundingInstrument, today: date) -> list[Value]:
    call = scheme_on(scheme, today).call
    return day(call.next_deadline(today) if call else None)


_ACTOR, _SCHEME, _IDEA = (Kind.ACTOR,), (Kind.INSTRUMENT,), (Kind.IDEA,)
PROPERTIES = {
    one.id: one
    for one in (
        Property("name_nn", "Name (nynorsk)", tuple(TYPES), _name_in(Language.NN)),
        Property("name_en", "Name (English)", tuple(TYPES), _name_in(Language.EN)),
        Property("summary", "Summary", tuple(TYPES),
                 lambda record, _: text(record.summary.best(Language.NB).text) if hasattr(record, "summary") else ()),
        Property("url", "Web address", tuple(TYPES), lambda record, _: text(getattr(record, "url", None))),
        Property("checked_on", "Last checked", tuple(TYPES),
                 lambda record, _: day(getattr(record, "checked_on", None))),
        Property("orgnr", "Organisasjonsnummer", _ACTOR, _of_actor(lambda actor: text(actor.orgnr))),
        Property("actor_type", "Kind of organisation", _ACTOR, _of_actor(lambda actor: text(actor.actor_type.value))),
        Property("kommunenummer", "Kommunenummer", _ACTOR,
                 _of_actor(lambda actor: text(actor.place and actor.place.kommunenummer))),
        Property("email", "E-mail", _ACTOR, _contact("email")),
        Property("phone", "Telephone", _ACTOR, _contact("phone")),
        Property("ror", "ROR", _ACTOR, _of_actor(lambda actor: [
            value for identifier in actor.identifiers if identifier.scheme is IdentifierScheme.ROR
            for value in text(identifier.value)])),
        Property("successor", "Successor", _ACTOR, _of_actor(lambda actor: entities(
            relation.target for relation in actor.relations if relation.type is RelationType.SUCCEEDED_BY)),
            Kind.ACTOR),
        Property("status", "Status today", _SCHEME,
                 _of_scheme(lambda scheme, today: text(scheme_on(scheme, today).status.value))),
        Property("deadline", "Next deadline", _SCHEME, _of_scheme(_deadline)),
        Property("last_call", "Last announced", _SCHEME,
                 _of_scheme(lambda scheme, today: text(scheme_on(scheme, today).last_call))),
        Property("owner", "Owner", _SCHEME, _of_scheme(lambda scheme, _: entities([scheme.owner])), Kind.ACTOR),
        Property("stage", "Stage", _IDEA, _of_idea(lambda idea: text(idea.stage.value))),
        Property("year", "Year", _IDEA, _of_idea(lambda idea: text(idea.years))),
        Property("participants", "Participants", _IDEA,
                 _of_idea(lambda idea: entities(part.actor for part in idea.participants)), Kind.ACTOR),
    )
}  # fmt: skip
"""The properties by their ids."""


def proposed(kind: Kind | None) -> list[dict[str, str]]:
    """Return the properties of a kind of record, or all."""
    return [{"id": one.id, "name": one.name} for one in PROPERTIES.values() if kind is None or kind in one.kinds]


def extended(store: RecordStore, ids: Sequence[str], wanted: Sequence[str], today: date) -> dict[str, Any]:
    """Return properties of records in the shape of the specification; what is not published or known is empty."""
    properties = [PROPERTIES[one] for one in dict.fromkeys(wanted) if one in PROPERTIES]
    records = store.get_many(list(dict.fromkeys(ids)))
    rows = {
        record_id: {one.id: list(one.read(record, today)) if record is not None else [] for one in properties}
        for record_id in dict.fromkeys(ids)
        for record in [_published(records.get(record_id))]
    }
    names = store.get_many(
        [cell["id"] for row in rows.values() for some in row.values() for cell in some if "id" in cell]
    )
    for row in rows.values():
        for some in row.values():
            for cell in some:
                if "id" in cell and (found := names.get(cell["id"])) is not None:
                    cell["name"] = _name(found).best(FALLBACKS[Language.NB][0]).text
    meta = [{"id": one.id, "name": one.name} | _type(one) for one in properties]
    return {"meta": meta, "rows": rows}


def _type(one: Property) -> dict[str, Any]:
    return {"type": {"id": one.of.value, "name": TYPES[one.of]}} if one.of else {}


def _published(record: Record | None) -> Record | None:
    return record if record is not None and record.state is CurationState.PUBLISHED else None
