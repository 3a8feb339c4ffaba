"""CORDIS: EU projects with Norwegian participants, of project.csv and organization.csv.

Invariant: columns are read by name, since releases differ; a project comes in only where somebody from Norway took
part, and only those who are from Norway come in with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from corpus.importing.errors import ImportFileError
from corpus.importing.files import SourceFile
from corpus.importing.items import Outcome, RejectedRow, RowRejection, ref
from corpus.importing.sources.shared import Project, body, source, type_of
from corpus.importing.tables import Row, SourceTable, open_table
from corpus.importing.values import (
    clean_text,
    day_of,
    language_of,
    orgnr_of,
    place_of,
    plain_text,
    sum_of,
    url_of,
    year_of,
)
from corpus.records import ActorType
from corpus.text import Language

_KINDS = {
    "HES": ActorType.UNIVERSITY,
    "REC": ActorType.RESEARCH_INSTITUTE,
    "PRC": ActorType.COMPANY,
    "PUB": ActorType.STATE_BODY,
    "OTH": ActorType.ASSOCIATION,
}
_PROGRAMMES = {
    "H2020": ("Horisont 2020", "Horizon 2020"),
    "HORIZON": ("Horisont Europa", "Horizon Europe"),
    "FP7": ("EUs 7. rammeprogram", "the 7th Framework Programme"),
}


def read(file: SourceFile) -> Iterator[Outcome]:
    """Yield the Norwegian bodies, and the projects they took part in."""
    with file.member("organization.csv", "organisation.csv") as bodies, file.member("project.csv") as projects:
        found = (bodies, projects) if bodies or projects else _tables_of(file)
        parts: dict[str, list[Row]] = {}
        if found[0] is not None:
            yield from _bodies(open_table(found[0]), file, parts)
        if found[1] is not None:
            yield from _projects(open_table(found[1]), file, parts, found[0] is None)


def _tables_of(file: SourceFile) -> tuple[Path | None, Path | None]:
    columns = set(open_table(file.path).columns) if not file.path.is_dir() else set()
    if {"organisationID", "name"} <= columns:
        return file.path, None
    if {"id", "acronym", "title"} <= columns:
        return None, file.path
    raise ImportFileError(f"{file.name}: expected organization.csv and project.csv, in a zip, a folder or alone.")


def _bodies(table: SourceTable, file: SourceFile, parts: dict[str, list[Row]]) -> Iterator[Outcome]:
    met: set[str] = set()
    for number, row in table.rows():
        if row.get("country", "").upper() != "NO":
            continue
        name, pic = clean_text(row.get("name")), row.get("organisationID", "")
        if not name:
            yield RejectedRow(number, RowRejection.NO_NAME, "", row)
            continue
        parts.setdefault(row.get("projectID", ""), []).append(row)
        if pic in met:
            continue
        met.add(pic)
        read_in = source("https://cordis.europa.eu", "CORDIS", _as_of(row, file))
        more = {
            "actor_type": type_of(name, "", _KINDS.get(row.get("activityType", "").upper(), ActorType.COMPANY)),
            "place": place_of(None, row.get("city")),
            "url": url_of(row.get("organizationURL")),
            "identifiers": [{"scheme": "pic", "value": pic}] if pic else [],
            "aliases": [{"text": clean_text(row["shortName"]), "kind": "acronym"}] if row.get("shortName") else [],
        }
        if more["actor_type"] is ActorType.MUNICIPALITY and not more["place"]:
            more["actor_type"] = ActorType.STATE_BODY
        yield body(number, name, orgnr_of(row.get("vatNumber")), more, [read_in], weak=True)


def _projects(table: SourceTable, file: SourceFile, parts: dict[str, list[Row]], alone: bool) -> Iterator[Outcome]:
    for number, row in table.rows():
        code, title = row.get("id", ""), clean_text(row.get("title"))
        if not alone and code not in parts:
            continue
        if not title or not code:
            yield RejectedRow(number, RowRejection.NO_NAME, "", row)
            continue
        programme = row.get("frameworkProgramme", "").upper()
        names = next((names for begins, names in _PROGRAMMES.items() if programme.startswith(begins)), ("EU", "EU"))
        amount = sum_of(row.get("ecMaxContribution"))
        project = Project(
            number, "cordis", code, title, "cordis", {"nb": names[0], "nn": names[0], "en": names[1]},
            source(f"https://cordis.europa.eu/project/id/{code}", "CORDIS", _as_of(row, file)),
            began=day_of(row.get("startDate")), ended=day_of(row.get("endDate")),
            language=language_of(title, Language.EN),
            about=plain_text(row.get("objective")), url=f"https://cordis.europa.eu/project/id/{code}",
            acronym=row.get("acronym", ""),
            grant={
                "amount": str(amount) if amount else None, "currency": "EUR",
                "year": year_of(row.get("ecSignatureDate") or row.get("startDate")),
            },
        )  # fmt: skip
        for part in parts.get(code, ()):
            number_of = orgnr_of(part.get("vatNumber"))
            who = ref(f"orgnr:{number_of}" if number_of else "", f"pic:{part.get('organisationID')}")
            project.add_part(who, "coordinator" if part.get("role", "").lower() == "coordinator" else "partner")
        yield project.item(file.as_of)


def _as_of(row: Row, file: SourceFile) -> date:
    updated = day_of(row.get("contentUpdateDate"))
    return date.fromisoformat(updated) if updated and len(updated) == 10 else file.as_of
