"""Projects of NVA, or of Cristin, which NVA took over: one, a list, or a search reply in JSON.

Invariant: who leads, takes part in, made or can be written to about a project is a person, and none of it is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from corpus.importing.errors import ImportFileError
from corpus.importing.files import SourceFile
from corpus.importing.items import Outcome, RejectedRow, RowRejection, first
from corpus.importing.sources.shared import Project, body_ref, source
from corpus.importing.values import clean_text, day_of, language_of, plain_text, year_of
from corpus.text import Language

_LANGUAGES = {"nob": Language.NB, "nno": Language.NN, "eng": Language.EN, "nb": Language.NB, "nn": Language.NN,
              "en": Language.EN, "no": Language.NB}  # fmt: skip
_EVENT = {
    "nb": "Nasjonalt vitenarkiv",
    "nn": "Nasjonalt vitenarkiv",
    "en": "the Norwegian research information archive",
}


def read(file: SourceFile) -> Iterator[Outcome]:
    """Yield the projects of either shape."""
    data = file.json()
    if isinstance(data, dict) and isinstance(data.get("hits"), list):
        data = data["hits"]
    for number, one in enumerate(data if isinstance(data, list) else [data], start=1):
        if not isinstance(one, dict):
            raise ImportFileError(f"{file.name}: expected projects, got {type(one).__name__}.")
        if "cristin_project_id" in one:
            yield _cristin(number, one, file)
        elif "identifiers" in one or "@context" in one or str(one.get("type", "")) == "Project":
            yield _nva(number, one, file)
        else:
            raise ImportFileError(f"{file.name}: expected projects of NVA or Cristin, got {', '.join(list(one)[:6])}.")


def _nva(number: int, one: Mapping[str, Any], file: SourceFile) -> Outcome:
    title = clean_text(one.get("title"))
    code = (
        first(
            str(known.get("value") or "")
            for known in one.get("identifiers") or ()
            if known.get("type") == "CristinIdentifier"
        )
        or str(one.get("id") or "").rstrip("/").rpartition("/")[2]
    )
    if not title or not code:
        return RejectedRow(number, RowRejection.NO_NAME)
    language = _LANGUAGES.get(str(one.get("language") or "").rpartition("/")[2]) or language_of(title)
    project = _project(number, code, title, language, str(one.get("id") or ""), file)
    project.began, project.ended = day_of(one.get("startDate")), day_of(one.get("endDate"))
    texts = {**(one.get("academicSummary") or {}), **(one.get("popularScientificSummary") or {})}
    project.about = _in_language(texts, language)
    for funding in one.get("funding") or one.get("newFunding") or ():
        labels = funding.get("labels") or {}
        _grant(project, first((labels.get("nb"), labels.get("en"))), labels.get("en"), funding.get("identifier"))
    amount = (one.get("fundingAmount") or {}) if isinstance(one.get("fundingAmount"), Mapping) else {}
    _amount(project, amount.get("value"), amount.get("currency"))
    coordinating = one.get("coordinatingInstitution") or {}
    _parts(
        project, coordinating.get("labels") or coordinating.get("name"), one.get("institutionsResponsibleForResearch")
    )
    return project.item(file.as_of)


def _cristin(number: int, one: Mapping[str, Any], file: SourceFile) -> Outcome:
    titles = one.get("title") or {}
    main = str(one.get("main_language") or next(iter(titles), ""))
    title, code = clean_text(titles.get(main) or first(titles.values())), str(one["cristin_project_id"])
    if not title or not code:
        return RejectedRow(number, RowRejection.NO_NAME)
    language = _LANGUAGES.get(main) or language_of(title)
    project = _project(number, code, title, language, str(one.get("url") or ""), file)
    project.began, project.ended = day_of(one.get("start_date")), day_of(one.get("end_date"))
    texts = {**(one.get("academic_summary") or {}), **(one.get("popular_scientific_summary") or {})}
    project.about = _in_language(texts, language)
    for funding in one.get("project_funding_sources") or ():
        names = funding.get("funding_source_name") or {}
        name = first((names.get("nb"), names.get("en"), str(funding.get("funding_source_code") or "")))
        _grant(project, name, names.get("en"), funding.get("project_code"))
    amount = one.get("total_funding_amount") or {}
    _amount(project, amount.get("amount"), amount.get("currency_code"))
    institution = (one.get("coordinating_institution") or {}).get("institution") or {}
    _parts(project, institution.get("institution_name"), None)
    return project.item(file.as_of)


def _project(number: int, code: str, title: str, language: Language, url: str, file: SourceFile) -> Project:
    read_in = source(url if url.startswith("https://") else f"nva project {code}", "Nasjonalt vitenarkiv", file.as_of)
    return Project(
        number, "cristin", code, title, "nva", dict(_EVENT), read_in, language=language,
        url=url if url.startswith("https://") else None,
    )  # fmt: skip


def _in_language(texts: Mapping[str, str], language: Language) -> str:
    """Return a summary in the language of the title, as text; HTML is what they come as."""
    wanted = next((text for code, text in texts.items() if _LANGUAGES.get(code) is language and text), "")
    return plain_text(wanted)


def _grant(project: Project, name: str, english: str | None, reference: object) -> None:
    if name and not project.grant.get("name"):
        project.grant |= {
            "name": {"nb": name, "en": english or name},
            "reference": str(reference) if reference else project.number,
            "year": year_of(project.began),
        }


def _amount(project: Project, value: object, currency: object) -> None:
    if isinstance(value, int | float) and value > 0 and currency in {"NOK", "EUR"}:
        project.grant |= {"amount": str(round(value)), "currency": str(currency)}


def _parts(project: Project, coordinating: object, responsible: object) -> None:
    found = [(coordinating, "coordinator")]
    if isinstance(responsible, list):
        found += [(one.get("labels") or one.get("name"), "partner") for one in responsible if isinstance(one, Mapping)]
    for labels, role in found:
        name = (
            clean_text(first((labels.get("nb"), labels.get("en"), *labels.values())))
            if isinstance(labels, Mapping)
            else ""
        )
        if name:
            project.add_part(body_ref(name, None), role)
