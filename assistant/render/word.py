"""A paper as a Word document, with Word's own headings, lists and tables, so that it can be read aloud and edited.

Invariant: nothing that people wrote is read as markup, and what XML cannot hold is left out.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from assistant.render.paper import Bars, Block, Grid, Heading, Paper, Paragraph, Points, longest, printable

if TYPE_CHECKING:
    from docx.document import Document as Page

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_BLOCK = "\N{FULL BLOCK}"
_BLOCKS = 24
"""Blocks of the longest bar."""


def docx_bytes(paper: Paper) -> bytes:
    """Return a paper as a Word document."""
    from docx import Document
    from docx.shared import Cm, Pt

    document: Page = Document()
    for part in document.sections:
        part.left_margin = part.right_margin = Cm(2)
        part.top_margin = part.bottom_margin = Cm(1.8)
        part.footer.paragraphs[0].text = printable(paper.footer)
    style: Any = document.styles["Normal"]
    style.font.size = Pt(10)
    style.paragraph_format.space_after = Pt(3)
    document.add_heading(printable(paper.title), level=1)
    for block in paper.blocks:
        _put(document, block)
    document.core_properties.title = printable(paper.title)[:255]
    document.core_properties.author = "Mellomrom"
    document.core_properties.language = paper.language
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _put(document: Page, block: Block) -> None:
    match block:
        case Heading(text=text, level=level):
            document.add_heading(printable(text), level=min(level, 9))
        case Paragraph(text=text, is_strong=is_strong):
            run = document.add_paragraph().add_run(printable(text))
            run.bold = is_strong
        case Points(points=points):
            for point in points:
                document.add_paragraph(printable(point), style="List Bullet")
        case Grid(head=head, rows=rows):
            if rows:
                _table(document, head, rows)
        case Bars():
            _bars(document, block)


def _bars(document: Page, chart: Bars) -> None:
    full = longest(chart.bars)
    rows = [(bar.label, _BLOCK * round(_BLOCKS * (bar.value or 0) / full), bar.told) for bar in chart.bars]
    if rows:
        _table(document, (chart.about, "", ""), rows)


def _table(document: Page, head: tuple[str, ...], rows: Any) -> None:  # noqa: ANN401 (tuples of cells)
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    table = document.add_table(rows=0, cols=len(head), style="Light List Accent 1")
    for number, row in enumerate((head, *rows)):
        for cell, value in zip(table.add_row().cells, row, strict=True):
            cell.text = printable(str(value))
            if number and not isinstance(value, str):
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    document.add_paragraph()
