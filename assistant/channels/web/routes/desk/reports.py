"""Reports on the broker's desk, on the page, as CSV, for Excel, for Word and as PDF: the same figures in all."""

from __future__ import annotations

from datetime import date
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from assistant.channels.web.context import Web, WebContext
from assistant.channels.web.downloads import CSV, EXCEL, download
from assistant.channels.web.routes.desk.sight import CurrentSight, Sight
from assistant.desk.report_scope import Period, ReportError, Scope, last_year, period_of
from assistant.desk.report_words import Audience, file_name, headline, money_blocks, report_paper, row_label, shown_rows
from assistant.desk.reports import Report, report
from assistant.platform.areas import Area
from assistant.platform.exports import csv_bytes, spreadsheet
from assistant.platform.messages import Messages, messages
from assistant.platform.municipalities import municipality_facts
from assistant.platform.workdays import norwegian_day
from assistant.render.pdf import MEDIA_TYPE as PDF
from assistant.render.pdf import pdf_bytes
from assistant.render.word import MEDIA_TYPE as WORD
from assistant.render.word import docx_bytes
from corpus.places import load_places

router = APIRouter(prefix="/desk/reports")
Month = Annotated[str, Query(max_length=20)]
CountyNumber = Annotated[str, Query(max_length=2)]
_COLUMNS = ("table", "label", "number", "percent")
_PAPERS = {"docx": (WORD, docx_bytes), "pdf": (PDF, pdf_bytes)}
_YEARS = 5
"""Years back that a yearly report is offered of."""


class Choice(NamedTuple):
    """What a report is to be of, as an address asks for it."""

    sight: Sight
    first: str
    """The first month as it was typed; empty where none was."""
    last: str
    county: str
    """The number of the county that was chosen; empty for what the broker follows."""

    def period(self) -> Period:
        """Return the period.

        Raises:
            ReportError: what was typed are no months, or in the wrong order.
        """
        return period_of(self.first, self.last, norwegian_day())

    def area(self) -> Area:
        """Return the county that was chosen, or what the broker follows.

        Raises:
            ReportError: there is no such county.
        """
        if self.county and load_places().county(self.county) is None:
            raise ReportError(f"Got the county {self.county!r}, expected the number of one, such as 50.")
        return Area(places=(self.county,)) if self.county else self.sight.area


def _choice(sight: CurrentSight, first: Month = "", last: Month = "", county: CountyNumber = "") -> Choice:
    return Choice(sight, first, last, county)


Chosen = Annotated[Choice, Depends(_choice)]
"""A parameter of a route that is given what its report is to be of."""


@router.get("")
def reports(
    request: Request,
    web: WebContext,
    chosen: Chosen,
) -> Response:
    """Show the figures of a period."""
    catalog = messages(request.state.language)
    fault = None
    today = norwegian_day()
    try:
        period = chosen.period()
    except ReportError:
        period = last_year(today)
        fault = catalog.text("reports.wrong_period", first=chosen.first, last=chosen.last)
    try:
        area = chosen.area()
    except ReportError:
        area, fault = Area(), catalog.text("reports.wrong_county", county=chosen.county)
    figures = _report(web, period, area)
    return web.pages.render(
        request,
        "desk/reports.html",
        422 if fault else 200,
        sight=chosen.sight,
        county=chosen.county if fault is None else "",
        report=figures,
        says=headline(figures, catalog),
        money=[one for one in money_blocks(figures, catalog) if hasattr(one, "is_strong")],
        label=lambda subject, label: row_label(subject, label, catalog),
        rows=shown_rows,
        number=catalog.number,
        counties=[(one.number, one.name) for one in load_places().counties],
        audiences=list(Audience),
        years=[today.year - back for back in range(_YEARS)],
        fault=fault,
    )


@router.get(".csv")
def as_csv(
    request: Request,
    web: WebContext,
    chosen: Chosen,
) -> Response:
    """Return the figures of a period as CSV."""
    catalog = messages(request.state.language)
    figures = _report(web, chosen.period(), chosen.area())
    rows = (dict(zip(_COLUMNS, row, strict=True)) for rows in _sheets(catalog, figures).values() for row in rows[1:])
    return download(file_name(figures, ".csv", catalog), csv_bytes(rows, _COLUMNS), CSV)


@router.get(".xlsx")
def as_spreadsheet(
    request: Request,
    web: WebContext,
    chosen: Chosen,
) -> Response:
    """Return the figures of a period for Excel, a sheet for each table."""
    catalog = messages(request.state.language)
    figures = _report(web, chosen.period(), chosen.area())
    return download(file_name(figures, ".xlsx", catalog), _book(figures, catalog), EXCEL)


@router.get(".{form}")
def as_paper(
    request: Request,
    web: WebContext,
    form: str,
    chosen: Chosen,
) -> Response:
    """Return the figures of a period for Word or as PDF."""
    catalog = messages(request.state.language)
    figures = _report(web, chosen.period(), chosen.area())
    return _written(figures, form, catalog, None)


@router.get("/yearly/{audience}.{form}")
def yearly(
    request: Request,
    web: WebContext,
    chosen: Chosen,
    audience: Audience,
    form: str,
    year: Annotated[int, Query(ge=2020, le=2100)],
) -> Response:
    """Return the figures of a year for those who decide on the next."""
    catalog = messages(request.state.language)
    figures = _report(web, Period(first=date(year, 1, 1), last=date(year, 12, 31)), chosen.area())
    return _written(figures, form, catalog, audience)


def _written(figures: Report, form: str, catalog: Messages, audience: Audience | None) -> Response:
    if form == "xlsx":
        return download(file_name(figures, ".xlsx", catalog, audience), _book(figures, catalog), EXCEL)
    if form not in _PAPERS:
        raise HTTPException(404)
    kind, write = _PAPERS[form]
    return download(
        file_name(figures, f".{form}", catalog, audience), write(report_paper(figures, catalog, audience)), kind
    )


def _report(web: Web, period: Period, area: Area) -> Report:
    scope = Scope(area, municipality_facts(web.settings.municipality_file))
    return report(web.runtime.service.log, web.runtime.referrals, period, scope)


def _book(figures: Report, catalog: Messages) -> bytes:
    about: list[list[object]] = [
        [catalog.text("reports.title")],
        [headline(figures, catalog)],
        [catalog.text("reports.period"), figures.period.first.isoformat(), figures.period.last.isoformat()],
        [catalog.text("regions.area"), ", ".join(figures.area.names()) or catalog.text("regions.everywhere")],
        [catalog.text("reports.rule")],
        [catalog.text("reports.how")],
    ]
    return spreadsheet({catalog.text("reports.about"): about, **_sheets(catalog, figures)})


def _sheets(catalog: Messages, figures: Report) -> dict[str, list[list[object]]]:
    hidden = catalog.text("reports.hidden")
    sheets: dict[str, list[list[object]]] = {}
    for table in figures.tables:
        name = catalog.text(f"reports.table.{table.subject}")
        rows: list[list[object]] = [
            [
                name,
                row_label(table.subject, row.label, catalog),
                hidden if row.number is None else row.number,
                "" if row.share is None else round(100 * row.share),
            ]
            for row in table.rows
        ]
        rows.append([name, catalog.text("reports.total"), hidden if table.total is None else table.total, ""])
        sheets[name] = [_head(catalog), *rows]
    name = catalog.text("reports.money")
    sums = figures.money._asdict() if figures.money else {}
    sum_rows: list[list[object]] = [
        [name, catalog.text(f"reports.money.{which}.label"), hidden if kroner is None else kroner, ""]
        for which, kroner in sums.items()
    ]
    if sum_rows:
        sheets[name] = [_head(catalog), *sum_rows]
    name = catalog.text("reports.waited")
    quartiles = zip(("low", "median", "high"), figures.first_reply or (hidden,) * 3, strict=True)
    waited: list[list[object]] = [
        [name, catalog.text(f"reports.waited.{which}"), days, ""] for which, days in quartiles
    ]
    return {**sheets, name: [_head(catalog), *waited]}


def _head(catalog: Messages) -> list[object]:
    return [catalog.text(f"reports.column.{column}") for column in _COLUMNS]
