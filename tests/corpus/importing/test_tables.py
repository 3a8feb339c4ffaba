"""Tables of any office are read as they are written, and every code keeps its zero."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from corpus.importing.errors import ImportFileError
from corpus.importing.tables import delimiter_of, encoding_of, open_table, sheets_of

ROWS = [["Navn", "Kommunenummer", "Orgnr"], ["Blåfjell Øl; AS", "0301", "990000018"]]


def written(path: Path, delimiter: str, encoding: str, newline: str = "\n") -> Path:
    lines = [delimiter.join(f'"{cell}"' if delimiter in cell else cell for cell in row) for row in ROWS]
    path.write_bytes(newline.join([*lines, ""]).encode(encoding))
    return path


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_dialect_of_csv_gives_the_same_cells(tmp_path: Path, delimiter: str, encoding: str, newline: str) -> None:
    table = open_table(written(tmp_path / "x.csv", delimiter, encoding, newline))
    assert list(table.rows()) == [(2, dict(zip(ROWS[0], ROWS[1], strict=True)))]


def test_a_header_of_many_words_with_commas_in_quotation_marks_is_still_of_semicolons() -> None:
    assert delimiter_of('"Navn, kort";"Sted, by";"År"') == ";"
    assert delimiter_of("a,b,c") == ","
    assert delimiter_of("bare ett navn") in ";,\t|"


def test_a_cell_with_line_breaks_is_one_cell(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b'a;b\r\n"to\r\nlinjer";2\r\n')
    assert [cells for _, cells in open_table(path).rows()] == [{"a": "to\r\nlinjer", "b": "2"}]


def test_short_rows_empty_rows_and_nameless_columns_are_borne(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("\na;;a\n1\n\n;;\n1;2;3;4\n", encoding="utf-8")
    table = open_table(path)
    assert table.columns == ("a", "(2)", "a (3)")
    assert [cells for _, cells in table.rows()] == [
        {"a": "1", "(2)": "", "a (3)": ""},
        {"a": "1", "(2)": "2", "a (3)": "3"},
    ]


def test_a_table_is_read_as_often_as_it_is_asked_for(tmp_path: Path) -> None:
    table = open_table(written(tmp_path / "x.csv", ";", "utf-8"))
    assert list(table.rows()) == list(table.rows()) == table.shown()


def test_cells_of_a_spreadsheet_are_what_a_person_reads(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with Workbook(path) as book:
        book.add_worksheet("tom")
        sheet = book.add_worksheet("aktører")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for column, name in enumerate(("Orgnr", "Knr", "Dato", "Sum", "Ja")):
            sheet.write(0, column, name)
        sheet.write_number(1, 0, 990000018)
        sheet.write_string(1, 1, "0301")
        sheet.write_datetime(1, 2, datetime(2024, 5, 1), day)
        sheet.write_number(1, 3, 1.5)
        sheet.write_boolean(1, 4, True)
    assert sheets_of(path) == ["tom", "aktører"]
    assert [cells for _, cells in open_table(path).rows()] == [
        {"Orgnr": "990000018", "Knr": "0301", "Dato": date(2024, 5, 1).isoformat(), "Sum": "1.5", "Ja": "1"}
    ]
    with pytest.raises(ImportFileError, match=r"aktører"):
        open_table(path, "finnes ikke")


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe"])
def test_an_empty_table_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.csv").write_bytes(content)
    with pytest.raises(ImportFileError, match=r"x\.csv"):
        open_table(tmp_path / "x.csv")


def test_what_only_looks_like_a_spreadsheet_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    with pytest.raises(ImportFileError, match="spreadsheet"):
        open_table(tmp_path / "x.xlsx")


def test_the_encoding_is_told_by_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "x"
    for text, encoding, told in (("æ", "utf-8", "utf-8-sig"), ("æ", "cp1252", "cp1252"), ("æ", "utf-16", "utf-16")):
        path.write_bytes(text.encode(encoding))
        assert encoding_of(path) == told
