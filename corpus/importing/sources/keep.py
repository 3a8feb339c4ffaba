"""Interreg projects of keep.eu: a spreadsheet with a sheet of projects and one of partners.

Invariant: a project's money is never divided over its partners; no sum is not a sum of nothing. The headings were not
seen in any file that could be read here, so columns are found by what their names hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from corpus.importing.errors import ImportFileError
from corpus.importing.files import SourceFile
from corpus.importing.items import Outcome, RejectedRow, RowRejection, ref
from corpus.importing.sources.shared import Project, body, body_ref, source, type_of
from corpus.importing.tables import Row, SourceTable, open_table, sheets_of
from corpus.importing.values import clean_text, day_of, language_of, orgnr_of, place_of, plain_text, sum_of, year_of
from corpus.records import ActorType
from corpus.text import Language

_PROJECT = {
    "acronym": ("project acronym", "acronym"),
    "title": ("project name", "project title", "name", "title"),
    "programme": ("programme",),
    "about": ("project description", "description", "summary"),
    "began": ("start date", "start"),
    "ended": ("end date", "end"),
    "budget": ("total budget", "expenditure"),
    "url": ("keep link", "project url", "url"),
    "number": ("project id", "keep id"),
}
_PARTNER = {
    "acronym": ("project acronym", "acronym"),
    "name": ("partner name", "official name", "organisation name", "partner"),
    "english": ("name in english", "english"),
    "country": ("country",),
    "town": ("town", "city"),
    "role": ("lead partner", "role", "type"),
    "pic": ("pic",),
    "number": ("national id", "national identifier", "vat", "beneficiary id"),
}


def read(file: SourceFile) -> Iterator[Outcome]:
    """Yield the Norwegian partners, and the projects that have one."""
    projects, partners = _sheets(file)
    parts: dict[str, list[tuple[str, str]]] = {}
    columns = _columns(partners.columns, _PARTNER)
    met: set[str] = set()
    for number, row in partners.rows():
        partner = {field: row[column] for field, column in columns.items()}
        if partner.get("country", "").casefold() not in {"no", "norway", "norge", "no - norway", "norway (no)"}:
            continue
        name = clean_text(partner.get("name"))
        if not name:
            yield RejectedRow(number, RowRejection.NO_NAME, "", row)
            continue
        pic = re.sub(r"\D", "", partner.get("pic", "").removesuffix(".0"))
        orgnr = orgnr_of(re.sub(r"^id-NO-|^NO\s*", "", partner.get("number", ""), flags=re.IGNORECASE))
        who = ref(f"orgnr:{orgnr}" if orgnr else "", f"pic:{pic}" if pic else "") or body_ref(name, None)
        lead = "lead" in partner.get("role", "").casefold()
        parts.setdefault(_key(partner.get("acronym", "")), []).append((who, "coordinator" if lead else "partner"))
        if who not in met:
            met.add(who)
            yield _body(number, name, orgnr, pic, partner.get("town"), file)
    columns = _columns(projects.columns, _PROJECT)
    for number, row in projects.rows():
        cells = {field: row[column] for field, column in columns.items()}
        took_part = parts.get(_key(cells.get("acronym", "")))
        if took_part:
            yield _project(number, cells, took_part, file, row)


def _sheets(file: SourceFile) -> tuple[SourceTable, SourceTable]:
    """Return the sheet of projects and that of partners: by their names, else the second and the third."""
    names = sheets_of(file.path)
    found = [next((name for name in names if word in name.casefold()), None) for word in ("project", "partner")]
    if None in found and len(names) >= 3:
        found = [found[0] or names[1], found[1] or names[2]]
    if found[0] is None or found[1] is None or found[0] == found[1]:
        raise ImportFileError(f"{file.name}: expected a sheet of projects and one of partners, got {', '.join(names)}.")
    return open_table(file.path, found[0]), open_table(file.path, found[1])


def _columns(columns: Sequence[str], wanted: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """Return by field the column whose name is one of its names, else the first that holds one."""
    plain = {column: " ".join(re.findall(r"\w+", column.casefold())) for column in columns}
    found: dict[str, str] = {}
    for exact in (True, False):
        for field, names in wanted.items():
            for name in names:
                fits = (
                    c
                    for c, text in plain.items()
                    if c not in found.values() and (text == name if exact else name in text)
                )
                if field not in found and (column := next(fits, None)) is not None:
                    found[field] = column
    return found


def _key(acronym: str) -> str:
    return clean_text(acronym).casefold()


def _body(number: int, name: str, orgnr: str | None, pic: str, town: str | None, file: SourceFile) -> Outcome:
    actor_type, place = type_of(name, "", ActorType.ASSOCIATION), place_of(None, town)
    if actor_type is ActorType.MUNICIPALITY and place is None:
        actor_type = ActorType.STATE_BODY
    more = {
        "actor_type": actor_type,
        "place": place,
        "identifiers": [{"scheme": "pic", "value": pic}] if pic else [],
    }
    return body(number, name, orgnr, more, [source("https://keep.eu", "keep.eu", file.as_of)], weak=True)


def _project(number: int, cells: Row, parts: Sequence[tuple[str, str]], file: SourceFile, raw: Row) -> Outcome:
    title = clean_text(cells.get("title")) or clean_text(cells.get("acronym"))
    if not title:
        return RejectedRow(number, RowRejection.NO_NAME, "", raw)
    programme = clean_text(cells.get("programme")) or "Interreg"
    budget = sum_of(cells.get("budget"))
    url = cells.get("url", "") if cells.get("url", "").startswith("https://") else None
    code = cells.get("number", "").removesuffix(".0") or f"{programme}: {clean_text(cells.get('acronym'))}"
    project = Project(
        number, "keep", code, title,
        "keep", {"nb": programme, "nn": programme, "en": programme},
        source(url or "https://keep.eu", "keep.eu", file.as_of),
        began=day_of(cells.get("began")), ended=day_of(cells.get("ended")), language=language_of(title, Language.EN),
        about=plain_text(cells.get("about")), url=url, acronym=clean_text(cells.get("acronym")),
        grant={"amount": str(budget) if budget else None, "currency": "EUR", "year": year_of(cells.get("began"))},
    )  # fmt: skip
    for who, role in parts:
        project.add_part(who, role)
    return project.item(file.as_of)
