"""A paper as a PDF: A4, with letters of our own, so that it looks alike anywhere and holds Norwegian and Sámi ones.

Invariant: a sign that the letters lack is shown as one that says so; nothing that people wrote is read as markup.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any

from assistant.render.paper import Bars, Block, Grid, Heading, Paper, Paragraph, Points, longest, printable

if TYPE_CHECKING:
    from fpdf import FPDF
    from fpdf.prefs import ViewerPreferences

MEDIA_TYPE = "application/pdf"
_FAMILY = "Inter"
_FONTS = {"": "inter-regular.ttf", "B": "inter-bold.ttf"}
_SIZE, _TITLE, _SMALL = 9.5, 18.0, 8.0
_HEADINGS = {2: 13.0, 3: 11.0}
_MARGIN = 18.0
_INK, _QUIET, _BAR, _LINE = (31, 41, 51), (90, 100, 110), (10, 92, 82), (200, 206, 212)
_FOOTER = 110
"""Characters at the foot of a page."""
_LACKING = "\N{WHITE SQUARE}"
_LABELS, _VALUES = 0.4, 0.17
"""How much of a chart's width the labels and the numbers take."""


def pdf_bytes(paper: Paper) -> bytes:
    """Return a paper as a PDF document."""
    document = _document(paper)
    document.add_page()
    _said(document, paper.title, size=_TITLE, style="B", after=3, level=0)
    for block in paper.blocks:
        _put(document, block)
    return bytes(document.output())


def _document(paper: Paper) -> FPDF:
    from fpdf import FPDF

    class Pages(FPDF):
        def footer(self) -> None:
            self.set_y(-14)
            self.set_font(_FAMILY, size=_SMALL)
            with self.local_context(text_color=_QUIET):
                self.cell(self.epw - 20, 5, " ".join(_clean(paper.footer).split())[:_FOOTER])
                self.cell(20, 5, f"{self.page_no()} / {{nb}}", align="R")

    document = Pages(format="A4")
    document.set_margin(_MARGIN)
    document.set_auto_page_break(True, margin=_MARGIN)
    for style, name in _FONTS.items():
        with as_file(files("assistant.render").joinpath("fonts", name)) as path:
            document.add_font(_FAMILY, style, path)
    document.set_text_color(*_INK)
    document.set_lang({"nb": "nb-NO", "nn": "nn-NO"}.get(paper.language, paper.language))
    document.set_title(_clean(paper.title)[:255])
    document.set_author("Mellomrom")
    document.set_creator("Mellomrom")
    # Readers show the title, not the name of the file, as those who listen to it need.
    document.viewer_preferences = _titled()
    return document


def _titled() -> ViewerPreferences:
    from fpdf.prefs import ViewerPreferences

    return ViewerPreferences(display_doc_title=True)


def _put(document: FPDF, block: Block) -> None:
    match block:
        case Heading(text=text, level=level):
            document.ln(2)
            _said(document, text, size=_HEADINGS.get(level, _SIZE), style="B", after=1.5, level=level - 1)
        case Paragraph(text=text, is_strong=is_strong):
            _said(document, text, size=11 if is_strong else _SIZE, style="B" if is_strong else "", after=1.5)
        case Points(points=points):
            for point in points:
                _point(document, point)
        case Grid():
            _grid(document, block)
        case Bars():
            _bars(document, block)


def _said(
    document: FPDF, text: str, *, size: float, style: str = "", after: float = 0, level: int | None = None
) -> None:
    document.set_font(_FAMILY, style, size)
    text = _clean(text)
    if level is not None:
        if document.will_page_break(size * 2):
            document.add_page()
        document.start_section(" ".join(text.split())[:200] or "–", level=level, strict=False)
    document.multi_cell(0, size * 0.5, text, align="L", new_x="LMARGIN", new_y="NEXT")
    document.ln(after)


def _point(document: FPDF, text: str) -> None:
    document.set_font(_FAMILY, size=_SIZE)
    document.cell(5, _SIZE * 0.5, "•")
    document.multi_cell(document.epw - 5, _SIZE * 0.5, _clean(text), align="L", new_x="LMARGIN", new_y="NEXT")
    document.ln(0.6)


def _grid(document: FPDF, grid: Grid) -> None:
    from fpdf.enums import TableBordersLayout
    from fpdf.fonts import FontFace

    if not grid.rows:
        return
    document.set_font(_FAMILY, size=_SIZE)
    numeric = [all(not isinstance(row[number], str) for row in grid.rows) for number in range(len(grid.head))]
    document.set_draw_color(*_LINE)
    with document.table(
        col_widths=grid.widths or (1,) * len(grid.head),
        text_align=tuple("RIGHT" if one else "LEFT" for one in numeric),
        headings_style=FontFace(emphasis="BOLD"),
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        line_height=_SIZE * 0.5,
        padding=0.8,
    ) as table:
        for row in (grid.head, *grid.rows):
            cells = table.row()
            for cell in row:
                cells.cell(_clean(str(cell)))
    document.ln(2)


def _bars(document: FPDF, chart: Bars) -> None:
    document.set_font(_FAMILY, size=_SIZE)
    full, width = longest(chart.bars), document.epw
    space = width * (1 - _LABELS - _VALUES)
    for bar in chart.bars:
        # A label may need several lines; its bar stands beside the first.
        document.set_x(document.l_margin)
        label = _clean(bar.label)
        height: Any = document.multi_cell(width * _LABELS, 5, label, dry_run=True, output="HEIGHT")
        if document.will_page_break(height):
            document.add_page()
        top = document.get_y()
        document.multi_cell(width * _LABELS, 5, label, align="L")
        if bar.value:
            with document.local_context(fill_color=_BAR):
                document.rect(document.l_margin + width * _LABELS, top + 1, space * bar.value / full, 3, style="F")
        document.set_xy(document.l_margin + width * (1 - _VALUES), top)
        document.cell(width * _VALUES, 5, _clean(bar.told), align="R")
        document.set_xy(document.l_margin, top + height)
    document.ln(2)


def _clean(text: str) -> str:
    held = _held()
    return "".join(char if char == "\n" or ord(char) in held else _LACKING for char in printable(text))


@cache
def _held() -> frozenset[int]:
    """Return the signs that the letters have."""
    from fontTools.ttLib import TTFont

    held: list[set[int]] = []
    for name in _FONTS.values():
        with as_file(files("assistant.render").joinpath("fonts", name)) as path, TTFont(path) as font:
            held.append(set(font.getBestCmap()))
    return frozenset(set.intersection(*held))
