"""A report in words: the sentence on top, the names of its rows, and the papers that are made of it.

Invariant: words tell no figure that the report itself does not; what is hidden there is said to be hidden here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

from assistant.cases.cases import CaseState
from assistant.desk.reports import STOPPED, Report, ReportRow, ReportSubject, ReportTable
from assistant.matching.answers import Outcome
from assistant.platform.areas import Area
from assistant.platform.messages import Messages
from assistant.render.paper import Bar, Bars, Block, Heading, Paper, Paragraph
from assistant.render.sentences import theme_name
from corpus.places import load_places, municipality_name
from index.analysis import normalise


class Audience(StrEnum):
    """Whom a yearly report is for."""

    COUNTY = "county"
    """The county and its director."""
    RFF = "rff"
    """The board of the regional research fund."""
    KSF = "ksf"
    """Kommunenes strategiske forskningsorgan."""


_TOLD: Mapping[Audience, Sequence[ReportSubject]] = MappingProxyType(
    {
        Audience.COUNTY: tuple(ReportSubject),
        Audience.RFF: (
            ReportSubject.THEMES,
            ReportSubject.MONEY,
            ReportSubject.COUNTIES,
            ReportSubject.SIZES,
            ReportSubject.OUTCOMES,
            ReportSubject.STOPPED,
            ReportSubject.REASONS,
            ReportSubject.REFUSED,
        ),
        Audience.KSF: (
            ReportSubject.THEMES,
            ReportSubject.ANSWERED,
            ReportSubject.MONEY,
            ReportSubject.COUNTIES,
            ReportSubject.SIZES,
            ReportSubject.OUTCOMES,
            ReportSubject.REASONS,
        ),
    }
)
"""What each audience decides on, in the order of its report."""


_FILE_PLACES = 60
"""Characters of places in the name of a file."""


def row_label(subject: ReportSubject, label: str, catalog: Messages) -> str:
    """Return what a row is called."""
    if not label:
        return catalog.text(
            "reports.none_theme" if subject in {ReportSubject.THEMES, ReportSubject.MONEY} else "reports.none"
        )
    match subject:
        case ReportSubject.THEMES | ReportSubject.MONEY:
            return theme_name(label, catalog)
        case ReportSubject.MONTHS:
            return catalog.date(label)
        case ReportSubject.MUNICIPALITIES:
            name = municipality_name(label)
            return catalog.text("reports.municipality", name=name, number=label) if name else label
        case ReportSubject.COUNTIES:
            return county_name(label) or label
        case ReportSubject.SIZES:
            least, _, most = label.partition("-")
            key = "between" if least and most else "over" if least else "under"
            numbers = {"least": catalog.number(int(least or 0)), "most": catalog.number(int(most or 0) + 1)}
            return catalog.text(f"reports.size.{key}", **numbers)
        case ReportSubject.ANSWERED:
            return catalog.text(f"reports.outcome.{label}")
        case ReportSubject.REFUSED:
            return catalog.text(f"not_for_us.{label}")
        case ReportSubject.OUTCOMES | ReportSubject.STOPPED:
            return catalog.text("reports.outcome.stopped" if label == STOPPED else f"case.state.{label}")
        case ReportSubject.REASONS:
            return catalog.text(f"case.reason.{label}")


def place_names(area: Area, catalog: Messages) -> str:
    """Return what the places of an area are called; the whole country where there are none."""
    return catalog.listed(area.names()) if area.places else catalog.text("reports.whole")


def county_name(number: str | None) -> str:
    """Return the name of a county; empty where there is none of that number."""
    county = load_places().county(number) if number else None
    return county.name if county else ""


def shown_rows(table: ReportTable) -> list[ReportRow]:
    """Return the rows of a table, without the months before anybody asked."""
    rows = list(table.rows)
    if table.subject is ReportSubject.MONTHS:
        while len(rows) > 1 and rows[0].number == 0:
            rows.pop(0)
    return rows


def told_number(row: ReportRow, catalog: Messages) -> str:
    """Return the number of a row with its share, or that it is not shown."""
    if row.number is None:
        return catalog.text("reports.hidden")
    number = catalog.number(row.number)
    return number if row.share is None else f"{number} ({round(100 * row.share)} %)"


def headline(figures: Report, catalog: Messages) -> str:
    """Return what happened, in a few sentences that a busy reader can stop after."""
    text = catalog.text
    months = figures.table(ReportSubject.MONTHS)
    total = months.total if months else None
    where = place_names(figures.area, catalog)
    period = {
        "first": catalog.date(f"{figures.period.first:%Y-%m}"),
        "last": catalog.date(f"{figures.period.last:%Y-%m}"),
    }
    if not total:
        return text("reports.says.nothing" if total == 0 else "reports.says.few", **period)
    if figures.municipalities:
        asked = catalog.count("reports.says.asked_by", total, municipalities=figures.municipalities, **period)
    else:
        asked = catalog.count("reports.says.asked", total, **period)
    sentences = [asked if figures.area.is_everywhere else f"{where}: {asked}"]
    theme = _largest(figures.table(ReportSubject.THEMES))
    if theme is not None and theme.label:
        name = row_label(ReportSubject.THEMES, theme.label, catalog)
        sentences.append(text("reports.says.theme", theme=name, percent=round(100 * (theme.share or 0))))
    sentences += _answered(figures, catalog)
    sentences += _came_of_it(figures, catalog)
    lacking = _largest(figures.table(ReportSubject.MONEY))
    if lacking is not None and lacking.label and lacking.number:
        name = row_label(ReportSubject.MONEY, lacking.label, catalog)
        sentences.append(text("reports.says.money", theme=name, number=catalog.number(lacking.number)))
    return " ".join(sentences)


def report_paper(figures: Report, catalog: Messages, audience: Audience | None = None) -> Paper:
    """Return a report as a paper, whole or for an audience."""
    text = catalog.text
    where = place_names(figures.area, catalog)
    year = str(figures.period.first.year)
    title = (
        text(f"reports.yearly.{audience}", where=where, year=year) if audience else text("reports.paper", where=where)
    )
    subjects = _TOLD[audience] if audience else tuple(ReportSubject)
    tables = [one for subject in subjects if (one := figures.table(subject)) is not None]
    blocks: list[Block] = [Paragraph(headline(figures, catalog), is_strong=True)]
    if audience:
        blocks.append(Paragraph(text(f"reports.yearly.{audience}.what")))
    blocks += money_blocks(figures, catalog)
    for table in tables:
        blocks += _table_blocks(table, catalog)
    blocks += [Heading(text("reports.waited")), Paragraph(waited(figures, catalog))]
    blocks += [Heading(text("reports.about")), Paragraph(text("reports.rule")), Paragraph(text("reports.how"))]
    period = f"{catalog.date(figures.period.first.isoformat())} – {catalog.date(figures.period.last.isoformat())}"
    return Paper(title, catalog.language, tuple(blocks), f"Mellomrom · {where[:1].upper()}{where[1:]} · {period}")


def money_blocks(figures: Report, catalog: Messages) -> Iterator[Block]:
    """Yield what was applied for and granted, where it is told."""
    if figures.money is None:
        return
    yield Heading(catalog.text("reports.money"))
    for name, kroner in figures.money._asdict().items():
        if kroner is not None:
            yield Paragraph(catalog.text(f"reports.money.{name}", kroner=catalog.number(kroner)))


def waited(figures: Report, catalog: Messages) -> str:
    """Return how long it took until a case moved."""
    if figures.first_reply is None:
        return catalog.text("reports.waited.few")
    low, median, high = map(catalog.number, figures.first_reply)
    return catalog.text("reports.waited.told", low=low, median=median, high=high)


def file_name(figures: Report, suffix: str, catalog: Messages, audience: Audience | None = None) -> str:
    """Return what a file of a report is called: what it is, of where, and of when, in letters that any system takes."""
    where = _plain(place_names(figures.area, catalog))[:_FILE_PLACES]
    what = _plain(catalog.text("reports.file.yearly" if audience else "reports.file"))
    when = f"{figures.period.first:%Y}" if audience else f"{figures.period.first:%Y-%m}-{figures.period.last:%Y-%m}"
    return "-".join(filter(None, (what, audience, where, when))) + suffix


def _plain(text: str) -> str:
    letters = normalise(text).replace("æ", "ae").replace("ø", "o").replace("å", "a")
    return "-".join("".join(char if char.isascii() and char.isalnum() else " " for char in letters).split())


def _table_blocks(table: ReportTable, catalog: Messages) -> Iterator[Block]:
    name = catalog.text(f"reports.table.{table.subject}")
    yield Heading(name)
    if not table.rows:
        yield Paragraph(catalog.text("reports.empty" if table.total == 0 else "reports.too_few"))
        return
    yield Bars(
        name,
        tuple(
            Bar(row_label(table.subject, row.label, catalog), row.number, told_number(row, catalog))
            for row in shown_rows(table)
        ),
    )


def _largest(table: ReportTable | None) -> ReportRow | None:
    rows = [row for row in table.rows if row.number] if table else []
    return max(rows, key=lambda row: row.number or 0, default=None)


def _answered(figures: Report, catalog: Messages) -> Iterator[str]:
    table = figures.table(ReportSubject.ANSWERED)
    row = next((one for one in table.rows if one.label == Outcome.MATCHED), None) if table else None
    if row is not None and row.share is not None:
        yield catalog.text("reports.says.answered", percent=round(100 * row.share))


def _came_of_it(figures: Report, catalog: Messages) -> Iterator[str]:
    table = figures.table(ReportSubject.OUTCOMES)
    if table is None or not table.total:
        return
    yield catalog.count("reports.says.cases", table.total)
    granted = next((one.number for one in table.rows if one.label == CaseState.GRANTED), None)
    if granted:
        yield catalog.count("reports.says.granted", granted)
