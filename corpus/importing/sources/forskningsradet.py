"""The Research Council of Norway's open data: applications, and Norwegian participation in EU programmes.

Invariant: only what was granted is a project; an application that was turned down, or is not decided, is refused.
Either file comes with commas or semicolons, with names of columns in either spelling; columns are found by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from corpus.importing.errors import ImportFileError
from corpus.importing.files import SourceFile
from corpus.importing.items import Outcome, RejectedRow, RowRejection
from corpus.importing.sources.shared import Project, body, body_ref, checked_orgnr, source, type_of
from corpus.importing.tables import Row, open_table
from corpus.importing.values import clean_text, day_of, language_of, municipality_of, place_of, sum_of, year_of
from corpus.records import ActorType
from corpus.text import Language

_GRANTED = frozenset({"bevilgning", "avsluttet"})
_PROGRAMMES = {
    "h2020": "Horisont 2020",
    "heu": "Horisont Europa",
    "he": "Horisont Europa",
    "fp7": "EUs 7. rammeprogram",
}
_ROLES = {"coordinator": "coordinator"}


def read(file: SourceFile) -> Iterator[Outcome]:
    """Yield the bodies and projects of either file, or of every one in a folder.

    Raises:
        ImportFileError: one is neither, or the folder holds none.
    """
    if not file.path.is_dir():
        yield from _table(file)
        return
    paths = sorted(file.path.rglob("*.csv"))
    if not paths:
        raise ImportFileError(f"{file.name}: expected files that end in .csv in the folder, got none.")
    for path in paths:
        yield from _table(file._replace(path=path, name=path.name))


def _table(file: SourceFile) -> Iterator[Outcome]:
    table = open_table(file.path)
    columns = {name.casefold(): name for name in table.columns}
    if "prosjektnummer" in columns and "prosjektfase" in columns:
        yield from _applications(file, table.rows())
    elif "prosjektnr" in columns and "rammeprogram" in columns:
        yield from _participation(file, table.rows())
    else:
        raise ImportFileError(
            f"{file.name}: expected the columns prosjektnummer and prosjektfase (applications), or Prosjektnr and "
            f"Rammeprogram (EU participation), got {', '.join(table.columns[:8])}."
        )


def _lowered(row: Row) -> dict[str, str]:
    return {name.casefold(): value for name, value in row.items()}


def _orgnr(
    number: int, row: Mapping[str, str], title: str, code: str | None, raw: dict[str, str]
) -> tuple[str | None, RejectedRow | None]:
    """Return the organisation number of who took part, and why the row is refused, None where it is not."""
    orgnr, wrong = checked_orgnr(row.get("organisasjonsnummer", ""))
    if not title or not code:
        return None, RejectedRow(number, RowRejection.NO_NAME, "", raw)
    if wrong:
        return None, RejectedRow(number, RowRejection.BAD_ORGNR, row["organisasjonsnummer"], raw)
    return orgnr, None


def _applications(file: SourceFile, rows: Iterator[tuple[int, Row]]) -> Iterator[Outcome]:
    read_in = source("Forskningsradet/open-data soknader", "Norges forskningsråd, søknader", file.as_of)
    met: set[str] = set()
    for number, cells in rows:
        row = _lowered(cells)
        title = clean_text(row.get("prosjekttittel"))
        raw = {"name": title, **cells}
        if row.get("prosjektfase", "").casefold() not in _GRANTED:
            yield RejectedRow(number, RowRejection.REJECTED, row.get("prosjektfase", ""), raw)
            continue
        if row.get("prosjektansvarlig_type", "Organisasjon").casefold() == "person":
            yield RejectedRow(number, RowRejection.PERSON, "", {"name": ""})
            continue
        name = clean_text(row.get("prosjektansvarlig_navn"))
        orgnr, refused = _orgnr(number, row, title, row.get("prosjektnummer"), raw)
        if refused:
            yield refused
            continue
        if name and (orgnr or name) not in met:
            met.add(orgnr or name)
            yield _body(number, name, orgnr, row.get("sektor", ""), row.get("kommunenummer"), file)
        activity = row.get("aktivitet") or row.get("utlysningsaktivitet") or ""
        event = {
            "nb": f"Forskningsrådet{', ' + activity if activity else ''}",
            "nn": f"Forskingsrådet{', ' + activity if activity else ''}",
            "en": f"Research Council of Norway{', ' + activity if activity else ''}",
        }
        project = Project(
            number, "research_council", row["prosjektnummer"], title, "forskningsradet", event, read_in,
            began=day_of(row.get("prosjektstart")), ended=day_of(row.get("prosjektslutt")),
            url=f"https://prosjektbanken.forskningsradet.no/project/FORISS/{row['prosjektnummer']}",
            grant={"amount": _text(row.get("tildelt_belop")), "year": year_of(row.get("prosjektstart"))},
        )  # fmt: skip
        if name:
            project.add_part(body_ref(name, orgnr), "coordinator")
        yield project.item(file.as_of)


def _participation(file: SourceFile, rows: Iterator[tuple[int, Row]]) -> Iterator[Outcome]:
    """Yield bodies first, then projects: a project stands in a row for each of those who took part."""
    read_in = source("Forskningsradet/open-data bevilgningereu", "Norges forskningsråd, EU-deltakelse", file.as_of)
    projects: dict[str, Project] = {}
    met: set[str] = set()
    for number, cells in rows:
        row = _lowered(cells)
        title, code = clean_text(row.get("prosjektnavn")), row.get("prosjektnr", "")
        name = clean_text(row.get("organisasjonsnavn"))
        raw = {"name": title, **cells}
        orgnr, refused = _orgnr(number, row, title, code, raw)
        if refused:
            yield refused
            continue
        if name and (orgnr or name) not in met:
            met.add(orgnr or name)
            yield _body(number, name, orgnr, row.get("fou sektor", ""), row.get("adresse kommunenummer"), file)
        if code not in projects:
            projects[code] = _eu_project(number, code, title, row, read_in)
        if name:
            role = _ROLES.get(row.get("organisasjon rolle", "").casefold(), "partner")
            projects[code].add_part(body_ref(name, orgnr), role, _granted(row))
    for project in projects.values():
        yield project.item(file.as_of)


def _eu_project(number: int, code: str, title: str, row: Mapping[str, str], read_in: dict[str, object]) -> Project:
    programme = _PROGRAMMES.get(row.get("rammeprogram", "").casefold(), row.get("rammeprogram", "") or "EU")
    english = {"Horisont 2020": "Horizon 2020", "Horisont Europa": "Horizon Europe"}.get(programme, programme)
    language = language_of(title, Language.EN)
    return Project(
        number, "cordis", code, title, "forskningsradet-eu",
        {"nb": programme, "nn": programme, "en": english}, dict(read_in),
        began=day_of(row.get("kontrakt startdato")), ended=day_of(row.get("kontrakt sluttdato")), language=language,
        topic=clean_text(row.get("topic")), acronym=row.get("prosjektkortnavn", ""),
        url=f"https://cordis.europa.eu/project/id/{code}" if code.isdigit() else None,
        grant={"currency": "EUR", "year": year_of(row.get("kontrakt signeringsdato"))},
    )  # fmt: skip


def _granted(row: Mapping[str, str]) -> dict[str, str] | None:
    amount = sum_of(row.get("innvilget beløp organisasjon eur"))
    return (
        {"nb": f"Innvilget: {amount} EUR", "nn": f"Innvilga: {amount} EUR", "en": f"Granted: {amount} EUR"}
        if amount
        else None
    )


def _body(number: int, name: str, orgnr: str | None, sector: str, code: str | None, file: SourceFile) -> Outcome:
    actor_type = type_of(name, sector)
    if actor_type is ActorType.MUNICIPALITY and municipality_of(code) is None:
        actor_type = ActorType.STATE_BODY
    read_in = source("Forskningsradet/open-data", "Norges forskningsråd, åpne data", file.as_of)
    more = {"actor_type": actor_type, "place": place_of(code)}
    return body(number, name, orgnr, more, [read_in], weak=True)


def _text(amount: str | None) -> str | None:
    found = sum_of(amount)
    return str(found) if found else None
