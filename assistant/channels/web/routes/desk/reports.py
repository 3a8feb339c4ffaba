"""Reports on the broker's desk, on the page, as CSV and for Excel: the same figures in all."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from assistant.channels.web.context import Web, WebContext
from assistant.channels.web.downloads import CSV, EXCEL, download
from assistant.channels.web.routes.desk.sight import CurrentSight
from assistant.desk.reports import STOPPED, Period, Report, ReportError, ReportSubject, last_year, period_of, report
from assistant.platform.areas import Area
from assistant.platform.exports import csv_bytes, spreadsheet
from assistant.platform.messages import Messages, messages
from assistant.platform.workdays import norwegian_day
from corpus.places import municipality_name

router = APIRouter(prefix="/desk/reports")
Month = Annotated[str, Query(max_length=7)]
_COLUMNS = ("table", "label", "number", "percent")


@router.get("")
def reports(request: Request, web: WebContext, sight: CurrentSight, first: Month = "", last: Month = "") -> Response:
    """Show the figures of a period."""
    catalog = messages(request.state.language)
    fault = None
    try:
        period = period_of(first, last, norwegian_day())
    except ReportError:
        period, fault = last_year(norwegian_day()), catalog.text("reports.wrong_period", first=first, last=last)
    return web.pages.render(
        request,
        "desk/reports.html",
        422 if fault else 200,
        sight=sight,
        report=_report(web, period, sight.area),
        label=lambda subject, label: _label(catalog, subject, label),
        number=catalog.number,
        fault=fault,
    )


@router.get(".csv")
def as_csv(request: Request, web: WebContext, sight: CurrentSight, first: Month = "", last: Month = "") -> Response:
    """Return the figures of a period as CSV."""
    catalog = messages(request.state.language)
    found = _report(web, period_of(first, last, norwegian_day()), sight.area)
    rows = (dict(zip(_COLUMNS, row, strict=True)) for rows in _sheets(catalog, found).values() for row in rows[1:])
    return download("report.csv", csv_bytes(rows, _COLUMNS), CSV)


@router.get(".xlsx")
def as_spreadsheet(
    request: Request, web: WebContext, sight: CurrentSight, first: Month = "", last: Month = ""
) -> Response:
    """Return the figures of a period for Excel, a sheet for each table."""
    catalog = messages(request.state.language)
    found = _report(web, period_of(first, last, norwegian_day()), sight.area)
    about = [
        [catalog.text("reports.title")],
        [catalog.text("reports.period"), found.period.first.isoformat(), found.period.last.isoformat()],
        [catalog.text("regions.area"), ", ".join(sight.area.names()) or catalog.text("regions.everywhere")],
        [catalog.text("reports.rule")],
    ]
    content = spreadsheet({catalog.text("reports.about"): about, **_sheets(catalog, found)})
    return download("report.xlsx", content, EXCEL)


def _report(web: Web, period: Period, area: Area) -> Report:
    return report(web.runtime.service.log, web.runtime.referrals, period, web.catalogue.theme_finder(), area)


def _sheets(catalog: Messages, found: Report) -> dict[str, list[list[object]]]:
    hidden = catalog.text("reports.hidden")
    sheets: dict[str, list[list[object]]] = {}
    for table in found.tables:
        name = catalog.text(f"reports.table.{table.subject}")
        rows: list[list[object]] = [
            [
                name,
                _label(catalog, table.subject, row.label),
                hidden if row.number is None else row.number,
                "" if row.share is None else round(100 * row.share),
            ]
            for row in table.rows
        ]
        rows.append([name, catalog.text("reports.total"), hidden if table.total is None else table.total, ""])
        sheets[name] = [_head(catalog), *rows]
    name = catalog.text("reports.waited")
    quartiles = zip(("low", "median", "high"), found.first_reply or (hidden,) * 3, strict=True)
    told: list[list[object]] = [[name, catalog.text(f"reports.waited.{which}"), days, ""] for which, days in quartiles]
    return {**sheets, name: [_head(catalog), *told]}


def _head(catalog: Messages) -> list[object]:
    return [catalog.text(f"reports.column.{column}") for column in _COLUMNS]


def _label(catalog: Messages, subject: ReportSubject, label: str) -> str:
    if not label:
        return catalog.text("reports.none")
    match subject:
        case ReportSubject.THEMES:
            return catalog.text(f"records.option.Theme.{label}")
        case ReportSubject.MUNICIPALITIES:
            name = municipality_name(label)
            return f"{name} kommune ({label})" if name else label
        case ReportSubject.ANSWERED:
            return catalog.text(f"reports.outcome.{label}")
        case ReportSubject.REFUSED:
            return catalog.text(f"not_for_us.{label}")
        case ReportSubject.OUTCOMES if label == STOPPED:
            return catalog.text("reports.outcome.stopped")
        case ReportSubject.OUTCOMES | ReportSubject.STOPPED:
            return catalog.text(f"case.state.{label}")
        case ReportSubject.REASONS:
            return catalog.text(f"case.reason.{label}")
        case _:
            return label
