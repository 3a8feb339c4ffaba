"""Any table of actors, schemes or projects, by a mapping of its columns.

Invariant: a cell goes into the field that somebody chose for its column, and nowhere else; the name of a person in a
column of contacts is left out, the address of a function is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from corpus.importing.columns import chosen, guessed
from corpus.importing.errors import ImportFileError
from corpus.importing.files import SourceFile
from corpus.importing.items import ImportItem, Outcome, RejectedRow, RowRejection, without_empty
from corpus.importing.matching import folded
from corpus.importing.sources.shared import body, body_ref, checked_orgnr, described, names, source, type_of
from corpus.importing.tables import open_table
from corpus.importing.values import (
    clean_text,
    day_of,
    day_passed,
    function_mail,
    language_of,
    orgnr_of,
    place_of,
    sum_of,
    url_of,
    year_of,
)
from corpus.places import County, load_places
from corpus.records import ActorType, Kind
from corpus.text import slug_of

_TYPES = {
    ActorType.MUNICIPALITY: "kommune municipality komm",
    ActorType.COUNTY_MUNICIPALITY: "fylkeskommune fylk",
    ActorType.INTER_MUNICIPAL_BODY: "iks interkommunalt",
    ActorType.STATE_BODY: "stat statlig statleg direktorat etat orgl state directorate government",
    ActorType.COUNTY_GOVERNOR: "statsforvalter statsforvaltar",
    ActorType.HEALTH_TRUST: "helseforetak helseføretak sykehus sjukehus hospital",
    ActorType.UNIVERSITY: "universitet høgskole høgskule høyskole university uoh uh",
    ActorType.RESEARCH_INSTITUTE: "institutt forskningsinstitutt forskingsinstitutt institute instituttsektor research",
    ActorType.SCHOOL: "skole skule school",
    ActorType.COMPANY: "bedrift selskap as asa company næringsliv sme firma",
    ActorType.CLUSTER: "klynge klyngje cluster",
    ActorType.ASSOCIATION: "forening foreining lag association ngo organisasjon frivillig",
    ActorType.FOUNDATION: "stiftelse stifting sti foundation",
    ActorType.NETWORK: "nettverk network",
    ActorType.COMPETENCE_CENTRE: "kompetansesenter kompetansesentre senter centre",
}
_PERSONS = frozenset({"enk", "enkeltpersonforetak", "enkeltpersonføretak", "person", "privatperson", "sole"})
_TURNED_DOWN = frozenset("avslag avslått avvist rejected declined mottatt vurderes trukket withdrawn".split())
_SEPARATORS = re.compile(r"[;\n|•]+|,\s+(?=[A-ZÆØÅ])")


def read(file: SourceFile) -> Iterator[Outcome]:
    """Yield what the rows of a table say."""
    table = open_table(file.path)
    guess = guessed(table.columns, Kind(file.kind) if file.kind else None)
    columns = chosen(table.columns, guess.kind, file.columns) if file.columns else guess.columns
    if "name" not in columns.values():
        raise ImportFileError(
            f"{file.name}: no column is known to hold a name. Its columns are {', '.join(table.columns[:12])}; "
            "choose one with --column 'COLUMN=name', or on the desk."
        )
    makers: dict[Kind, Callable[[int, Mapping[str, str], SourceFile], Outcome | list[Outcome]]] = {
        Kind.ACTOR: _actor, Kind.INSTRUMENT: _scheme, Kind.IDEA: _project,
    }  # fmt: skip
    for number, cells in table.rows():
        row = {field: cells[column] for column, field in columns.items()}
        if not clean_text(row["name"]):
            yield RejectedRow(number, RowRejection.NO_NAME, "", cells)
            continue
        made = makers[guess.kind](number, row, file)
        for one in made if isinstance(made, list) else [made]:
            yield replace(one, raw=cells)


def _actor(number: int, row: Mapping[str, str], file: SourceFile) -> Outcome:
    orgnr, wrong = checked_orgnr(row.get("orgnr", ""))
    if wrong:
        return RejectedRow(number, RowRejection.BAD_ORGNR, row["orgnr"])
    words = set(folded(row.get("type", "")).split()) | ({row["type"].casefold()} if row.get("type") else set())
    if words & _PERSONS:
        is_enk = bool(words & {"enk", "enkeltpersonforetak", "enkeltpersonføretak", "sole"})
        return RejectedRow(number, RowRejection.SOLE_PROPRIETOR if is_enk else RowRejection.PERSON)
    name, read_in = clean_text(row["name"]), _source(row, file)
    actor_type = _type(row.get("type", ""), name)
    place = place_of(row.get("kommunenummer"), row.get("municipality"))
    if actor_type is ActorType.MUNICIPALITY and place is None:
        place = place_of(None, name)
    contact = {
        "role": {"nb": "Virksomhetens adresse", "nn": "Adressa til verksemda", "en": "The organisation's address"},
        "email": function_mail(row.get("email")),
        "source": read_in,
    }
    identifiers = [
        {"scheme": scheme, "value": value}
        for scheme, value in (("ror", row.get("ror", "")), ("pic", row.get("pic", "").removesuffix(".0")))
        if value
    ]
    more = {
        "actor_type": actor_type,
        "place": place,
        "identifiers": identifiers,
        "url": url_of(row.get("url")),
        "summary": _texts(row, "summary") or described(actor_type, place, "; ".join(_listed(row.get("expertise"))[:3])),
        "aliases": [{"text": clean_text(row["acronym"]), "kind": "acronym"}] if row.get("acronym") else [],
        "expertise": _statements(row.get("expertise"), read_in),
        "offers": [{**statement, "kind": "practice"} for statement in _statements(row.get("offers"), read_in)],
        "seeks": [{**statement, "kind": "practice"} for statement in _statements(row.get("seeks"), read_in)],
        "contacts": [contact] if contact["email"] else [],
        "confidence": "secondary",
    }
    made = body(number, name, orgnr, more, [read_in])
    plain = {**made.plain, "name": {**names(made.plain["name"]["nb"]), **_other_names(row)}}
    hard = {"place", "summary"} if _texts(row, "summary") else {"place"}
    return ImportItem(number, Kind.ACTOR, made.keys, without_empty(plain), made.soft - hard, publish=False)


def _scheme(number: int, row: Mapping[str, str], file: SourceFile) -> Outcome:
    name, read_in = clean_text(row["name"]), _source(row, file)
    purpose = clean_text(row.get("purpose") or row.get("summary")) or name
    language = language_of(purpose).value
    deadline = day_of(row.get("deadline"))
    call: dict[str, Any] = {}
    if deadline or row.get("opens") or row.get("applicants") or row.get("amount"):
        amount = sum_of(row.get("amount"))
        year = (deadline or day_of(row.get("opens")) or file.as_of.isoformat())[:4]
        call = {
            "id": f"call:{slug_of(name)[:50]}-{year}",
            "title": names(name),
            "year": int(year) if deadline else None,
            "opens_on": day_of(row.get("opens")),
            "deadline_type": "fixed" if deadline and len(deadline) == 10 else "unknown",
            "deadlines": [{"on": deadline, "source": read_in}] if deadline and len(deadline) == 10 else [],
            "applicants": _statements(row.get("applicants"), read_in, split=False),
            "amounts": [{"kind": "per_project", "maximum": str(amount), "unit": "NOK", "source": read_in}]
            if amount
            else [],
            "sources": [read_in],
        }
    plain = {
        "name": {**names(name), **_other_names(row)},
        "summary": _texts(row, "summary") or {language: purpose},
        "aliases": [{"text": clean_text(row["acronym"]), "kind": "acronym"}] if row.get("acronym") else [],
        "url": url_of(row.get("url")),
        "owner": body_ref(clean_text(row["owner"]), None) if row.get("owner") else None,
        "scope": _scope(row.get("scope", "")),
        "purpose": {"text": {language: purpose}, "source": read_in},
        "standing": "unconfirmed",
        "standing_source": read_in,
        "calls": [call] if call else [],
        "sources": [read_in],
        "confidence": "secondary",
    }
    soft = frozenset({"standing", "standing_source", "confidence", "scope"})
    return ImportItem(number, Kind.INSTRUMENT, (f"name:{folded(name)}",), without_empty(plain), soft)


def _project(number: int, row: Mapping[str, str], file: SourceFile) -> Outcome | list[Outcome]:
    if row.get("status", "").casefold() in _TURNED_DOWN:
        return RejectedRow(number, RowRejection.REJECTED, row["status"])
    name, read_in = clean_text(row["name"]), _source(row, file)
    about = clean_text(row.get("problem") or row.get("summary") or row.get("need")) or name
    language = language_of(f"{name} {about}").value
    began, ended = day_of(row.get("start")), day_of(row.get("end"))
    event = clean_text(row.get("funding")) or file.name
    parts = [(clean_text(row["owner"]), "coordinator")] if row.get("owner") else []
    parts += [(one, "partner") for one in _listed(row.get("partners"))]
    code = clean_text(row.get("number"))
    amount = sum_of(row.get("amount"))
    currency = "EUR" if row.get("currency", "").upper() == "EUR" else "NOK"
    plain = {
        "name": {language: name, **_other_names(row)},
        "summary": _texts(row, "summary") or {language: about},
        "aliases": [{"text": clean_text(row["acronym"]), "kind": "acronym"}] if row.get("acronym") else [],
        "url": url_of(row.get("url")),
        "problem": {language: about},
        "need": {language: clean_text(row["need"])} if row.get("need") else None,
        "follow_up": {language: clean_text(row["follow_up"])} if row.get("follow_up") else None,
        "participants": [
            {"actor": _body_reference(name), "role": role} for name, role in dict(reversed(parts)).items() if name
        ],
        "grants": [
            {
                "name": names(event), "amount": str(amount) if amount else None, "currency": currency,
                "year": year_of(began), "reference": code or None, "source": read_in,
            }
        ] if amount or row.get("funding") else [],
        "started_on": began,
        "ended_on": ended,
        "stage": "idea" if not (amount or began) else "finished" if day_passed(ended, file.as_of) else "running",
        "origin": {"event": names(event), "on": began or file.as_of.isoformat(), "registry": "spreadsheet"},
        "sources": [read_in],
        "confidence": "secondary",
    }  # fmt: skip
    key = f"name:{folded(name)}|{folded(row.get('owner', ''))}{'|' + code if code else ''}"
    soft = frozenset({"stage", "origin", "confidence", "summary", "problem"})
    return ImportItem(number, Kind.IDEA, (key,), without_empty(plain), soft)


def _body_reference(text: str) -> str:
    return body_ref(text, orgnr_of(text)) or text


def _source(row: Mapping[str, str], file: SourceFile) -> dict[str, Any]:
    told = clean_text(row.get("source"))
    return source(told if len(told) >= 3 else file.name.ljust(3, "."), file.name, file.as_of, "secondary")


def _texts(row: Mapping[str, str], field: str) -> dict[str, str]:
    """Return a text in the languages that the table has columns for; one without is of the language that it is in."""
    told = clean_text(row.get(field))
    made = {language_of(told).value: told} if told else {}
    made |= {
        code: clean_text(row[f"{field}_{code}"]) for code in ("nn", "en") if clean_text(row.get(f"{field}_{code}"))
    }
    return made


def _other_names(row: Mapping[str, str]) -> dict[str, str]:
    return {code: clean_text(row[f"name_{code}"]) for code in ("nn", "en") if clean_text(row.get(f"name_{code}"))}


def _listed(text: str | None) -> list[str]:
    return [clean_text(one) for one in _SEPARATORS.split(text or "") if clean_text(one)]


def _statements(text: str | None, read_in: dict[str, Any], *, split: bool = True) -> list[dict[str, Any]]:
    told = _listed(text) if split else [clean_text(text)] if clean_text(text) else []
    return [{"text": {language_of(one).value: one}, "source": read_in} for one in told]


def _type(text: str, name: str) -> ActorType:
    wanted = folded(text)
    for actor_type, words in _TYPES.items():
        if wanted and (wanted == actor_type.value.replace("_", " ") or set(wanted.split()) & set(words.split())):
            return actor_type
    if text.strip().casefold() in {"as", "asa"}:
        return ActorType.COMPANY
    return type_of(name)


def _scope(text: str) -> dict[str, Any]:
    wanted = folded(text)
    if wanted in {"eu", "europa", "europe", "eøs"}:
        return {"level": "eu"}
    counties = [one.number for one in load_places().find(text) if isinstance(one, County)] if wanted else []
    return {"level": "county", "fylkesnummer": counties} if counties else {"level": "national"}
