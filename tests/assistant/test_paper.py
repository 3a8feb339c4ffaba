"""What is written on paper can be read, by people and by programs, whatever stands in it."""

from __future__ import annotations

import io

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdfium2 import PdfDocument

from assistant.render.paper import Bar, Bars, Grid, Heading, Paper, Paragraph, Points
from assistant.render.pdf import pdf_bytes
from assistant.render.word import docx_bytes
from corpus.text import Language

LETTERS = "æøåÆØÅ áčđŋšŧž ÁČĐŊŠŦŽ ïöä ǥǧǩʒǯ"


def paper(*blocks: object, title: str = "Hva kommunene spurte om") -> Paper:
    return Paper(title=title, language=Language.NB, blocks=blocks, footer="Mellomrom")  # type: ignore[arg-type]


def read(content: bytes) -> tuple[int, str]:
    """Return the number of pages of a PDF, and its text as a reader's program finds it."""
    document = PdfDocument(content)
    try:
        return len(document), " ".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()


def words_in(content: bytes) -> str:
    """Return all text of a Word document."""
    document = Document(io.BytesIO(content))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


def test_a_pdf_holds_norwegian_and_sami_letters_as_letters() -> None:
    _, told = read(pdf_bytes(paper(Paragraph(LETTERS), title=LETTERS)))
    assert set(LETTERS) - set(told) == set()


def test_both_kinds_of_file_hold_every_block() -> None:
    blocks = (
        Paragraph("Det viktigste.", is_strong=True),
        Heading("Tema"),
        Points(("et punkt", "et annet")),
        Grid(("Kommune", "Antall"), (("Verdal", 12), ("Inderøy", 7)), (3, 1)),
        Bars("Tema", (Bar("Helse", 12, "12 (60 %)"), Bar("Natur", None, "vises ikke"))),
    )
    _, as_pdf = read(pdf_bytes(paper(*blocks)))
    as_word = words_in(docx_bytes(paper(*blocks)))
    for word in ("spurte", "viktigste", "Tema", "punkt", "Verdal", "12", "Helse", "60 %", "vises ikke"):
        assert word in as_pdf, word
        assert word in as_word, word


def test_a_long_table_goes_on_over_pages_and_repeats_its_head() -> None:
    pages, told = read(pdf_bytes(paper(Grid(("Kommune", "Antall"), tuple((f"Sted {n}", n) for n in range(200))))))
    assert pages > 3
    assert told.count("Kommune\u0020") + told.count("Kommune\r") >= pages


def test_what_people_wrote_is_never_markup() -> None:
    written = "**fet** <b>fet</b> --strek-- [lenke](https://eksempel.no)"
    _, told = read(pdf_bytes(paper(Paragraph(written), Grid(("a",), ((written,),)))))
    assert told.replace("\r\n", " ").count(written) == 2


def test_a_sign_without_a_letter_is_shown_as_one_that_says_so() -> None:
    _, told = read(pdf_bytes(paper(Paragraph("hei \N{GRINNING FACE} der"))))
    assert "hei \N{WHITE SQUARE} der" in told


@pytest.mark.parametrize("language", list(Language))
def test_a_pdf_tells_its_title_and_language(language: Language) -> None:
    content = pdf_bytes(Paper("Årsrapport", language, ()))
    document = PdfDocument(content)
    assert document.get_metadata_value("Title") == "Årsrapport"
    document.close()
    assert b"/Lang (" + {"nb": b"nb-NO", "nn": b"nn-NO"}.get(language, b"en") in content
    assert b"/DisplayDocTitle true" in content


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=300))
def test_no_text_breaks_a_file(text: str) -> None:
    blocks = (
        Paragraph(text),
        Heading(text),
        Points((text,)),
        Grid((text, text), ((text, 1),)),
        Bars(text, (Bar(text, 3, text),)),
    )
    pages, _ = read(pdf_bytes(paper(*blocks, title=text)))
    assert pages >= 1
    assert docx_bytes(paper(*blocks, title=text)).startswith(b"PK")
