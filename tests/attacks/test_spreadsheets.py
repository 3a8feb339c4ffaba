"""What is written for a spreadsheet opens rightly in a Norwegian one, and no cell of it is a formula anywhere."""

from __future__ import annotations

import csv
import io
import re
import sys
import zipfile
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from assistant.access.accounts import AccountRole
from assistant.platform.exports import ExportFormat, csv_bytes, excel_bytes, export, safe_cell
from tests.assistant.conftest import Command
from tests.web.conftest import LogIn

BEGINNINGS = "=+-@\uff1d\uff0b\uff0d\uff20"
PARTED_BY = ("", ";", ",", "\t", "|", "\n", "\r", '";"', '","', "; ", ', "')


def _cells(line: str, delimiter: str) -> list[str]:
    """Return what a spreadsheet makes of a line that is not meant for its delimiter: no regard for quotes."""
    return re.split(rf"[{delimiter}\r\n]", line)


@pytest.mark.parametrize(("parted", "begins"), list(product(PARTED_BY, BEGINNINGS)))
def test_no_part_of_a_cell_begins_a_formula(parted: str, begins: str) -> None:
    cell = str(safe_cell(f"velferd{parted}{begins}HYPERLINK(0)" if parted else f"{begins}1+1"))
    for delimiter in (";", ",", "\t", "|"):
        for part in _cells(cell, re.escape(delimiter)):
            assert not part.lstrip(' "').startswith(tuple(BEGINNINGS))


@given(st.text(alphabet=f"{BEGINNINGS};,\t\r\n|\"' ab1", max_size=12))
def test_no_text_at_all_does(text: str) -> None:
    cell = str(safe_cell(text))
    assert re.search(rf"(?:^|[;,\t\r\n|])[\s\"]*[{re.escape(BEGINNINGS)}]", cell) is None


@pytest.mark.parametrize("kept", ["2026-11-25", "Nord-Trøndelag", "a = b", "kari@kommune.example", "C++", 7, -7])
def test_what_is_no_formula_stays_as_it_is(kept: object) -> None:
    assert safe_cell(kept) == kept


def test_a_norwegian_spreadsheet_finds_the_columns_and_the_letters() -> None:
    content = csv_bytes([{"navn": "Nærøy; og så", "tall": 3}], ["navn", "tall"])
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert rows == [["navn", "tall"], ["Nærøy; og så", "3"]]


def test_a_file_that_output_is_sent_into_is_the_same_as_one_that_is_named(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"navn": "Nærøy"}]
    for form in ExportFormat:
        named = tmp_path / f"named.{form}"
        export(named, rows, ["navn"], form)
        with (tmp_path / "sent").open("w", encoding="cp1252") as out:
            monkeypatch.setattr(sys, "stdout", out)
            export(None, rows, ["navn"], form)
        if form is not ExportFormat.XLSX:
            assert (tmp_path / "sent").read_bytes() == named.read_bytes()
        else:
            assert zipfile.is_zipfile(tmp_path / "sent")


@pytest.mark.parametrize("cell", ["=1+1", "x" * 40_000, "\ud800", "\0\x01", "http://x.no", "=HYPERLINK(0)"])
def test_no_text_breaks_an_excel_file_or_is_a_formula_in_it(cell: str) -> None:
    content = excel_bytes("Saker", [{"a": cell}], ["a"])
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        shared = book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet
    assert len(re.findall("<si>", shared)) == 2


class TestDesk:
    @pytest.mark.parametrize("path", ["/desk/cases", "/desk/reports"])
    def test_excel_is_offered_wherever_csv_is(self, log_in: LogIn, path: str) -> None:
        broker = log_in(AccountRole.BROKER)
        page = broker.get(path).text
        assert f"{path}.csv" in page
        assert f"{path}.xlsx" in page
        assert broker.get(f"{path}.csv").content.startswith(b"\xef\xbb\xbf")
        assert zipfile.is_zipfile(io.BytesIO(broker.get(f"{path}.xlsx").content))

    def test_they_are_for_brokers(self, client: TestClient) -> None:
        assert client.get("/desk/cases.xlsx").status_code == 303


@pytest.mark.parametrize("command", [("followup", "export"), ("log", "export"), ("log", "report")])
@pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl"])
def test_the_command_line_writes_them_all(
    filled_home: Path, tmp_path: Path, mellomrom: Command, command: tuple[str, str], form: str
) -> None:
    mellomrom("ask", "hvem kan hjelpe med sepsis?")
    out = tmp_path / f"out.{form}"
    assert mellomrom(*command, "--format", form, "--out", str(out)).code == 0
    content = out.read_bytes()
    if form == "xlsx":
        assert zipfile.is_zipfile(out)
    else:
        assert content.startswith(b"\xef\xbb\xbf") is (form == "csv")
