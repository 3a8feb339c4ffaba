"""A source's own address is asked politely, page by page, into a file that its mapper reads; errors say how."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from xlsxwriter import Workbook

from corpus.importing.errors import FetchError, ImportFileError, UnknownImportError
from corpus.importing.fetching import ENDPOINTS, NEEDS_QUERY, Endpoint, FetchPolicy, fetched
from corpus.importing.files import SourceFile
from corpus.importing.items import ImportItem
from corpus.importing.sources import SOURCES
from tests.corpus.importing.bring import orgnr

TODAY = date(2026, 11, 30)
QUICK = FetchPolicy(pause=0.0, timeout=2.0)
Reply = Callable[[str, dict[str, str], bytes], tuple[int, bytes]]


class Api:
    """A server that answers as it is told to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        self.reply: Reply = lambda *_: (404, b"")
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.answer()

            def do_POST(self) -> None:
                self.answer()

            def answer(self) -> None:
                parts = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                api.asked.append((parts.path, query, body))
                status, content = api.reply(parts.path, query, body)
                self.send_response(status)
                self.send_header("Retry-After", "0")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"

    def stands_for(self, name: str, monkeypatch: pytest.MonkeyPatch, **changed: int) -> Endpoint:
        """Put itself in place of a source's own address."""
        real = ENDPOINTS[name]

        def here(address: str) -> str:
            parts = urlsplit(address)
            return f"{self.address}{parts.path}{'?' + parts.query if parts.query else ''}"

        ours = real._replace(address=here(real.address), also=tuple(map(here, real.also)))
        ours = ours._replace(full=changed.get("full", real.full), pages=changed.get("pages", real.pages))
        monkeypatch.setitem(ENDPOINTS, name, ours)
        return ours


@pytest.fixture
def api() -> Iterator[Api]:
    opened = Api()
    thread = threading.Thread(target=opened.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield opened
    opened.server.shutdown()
    opened.server.server_close()
    thread.join()


def body(number: int) -> dict[str, object]:
    return {
        "organisasjonsnummer": orgnr(99000001 + number),
        "navn": f"BLÅFJELL {number}",
        "organisasjonsform": {"kode": "ORGL"},
    }


def test_pages_are_put_together_as_the_mapper_reads_them(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def reply(path: str, query: dict[str, str], _: bytes) -> tuple[int, bytes]:
        at = int(query["page"]) * 2
        return 200, json.dumps({"_embedded": {"enheter": [body(n) for n in range(at, min(at + 2, 5))]}}).encode()

    api.reply = reply
    api.stands_for("brreg", monkeypatch, full=2)
    seen: list[int] = []
    with fetched("brreg", TODAY, manners=QUICK, progress=seen.append) as file:
        names = [one for one in SOURCES["brreg"].read(file) if isinstance(one, ImportItem)]
        assert file.as_of == TODAY
        path = file.path
    assert len(names) == 5
    assert (seen, not path.exists()) == ([2, 4, 5], True)
    assert [query["page"] for _, query, _ in api.asked] == ["0", "1", "2"]
    assert "ENK" not in api.asked[0][1]["organisasjonsform"]


def test_more_than_an_address_gives_out_is_told_and_never_cut(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    api.reply = lambda *_: (200, json.dumps({"hits": [{"type": "Project"}]}).encode())
    api.stands_for("nva", monkeypatch, full=1, pages=3)
    with pytest.raises(FetchError, match="has more"), fetched("nva", TODAY, "vann", QUICK):
        pass
    assert [query["query"] for _, query, _ in api.asked] == ["vann"] * 3


def test_what_is_posted_and_what_lies_at_two_addresses_comes_too(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def reply(path: str, query: dict[str, str], posted: bytes) -> tuple[int, bytes]:
        if path.endswith("/search"):
            return (200, b'{"results": []}') if b"31094502" in posted else (400, b"")
        told = {"codeChanges": []} if path.endswith("/changes") else {"codes": [{"code": "5037", "name": "Levanger"}]}
        return 200, json.dumps(told).encode()

    api.reply = reply
    api.stands_for("eu-funding", monkeypatch)
    api.stands_for("klass", monkeypatch)
    with fetched("eu-funding", TODAY, manners=QUICK) as file:
        assert list(SOURCES["eu-funding"].read(file)) == []
    assert api.asked[0][1]["text"] == "***"
    with fetched("klass", TODAY, manners=QUICK) as file:
        assert len(list(SOURCES["klass"].read(file))) == 1
    assert (api.asked[1][1]["date"], len(api.asked)) == ("2026-11-30", 3)


def test_a_file_is_downloaded_as_it_is(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    api.reply = lambda *_: (200, b"PK whatever")
    api.stands_for("cordis", monkeypatch)
    with fetched("cordis", TODAY, manners=QUICK) as file:
        assert (file.path.read_bytes(), file.name) == (b"PK whatever", "cordis-horizon.zip")


def test_both_files_of_the_research_council_come_and_are_read(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        "/Forskningsradet/open-data/main/datasets/soknader2/dataset.csv": (
            "prosjektnummer,prosjekttittel,prosjektfase,prosjektstart,prosjektansvarlig_type,prosjektansvarlig_navn,"
            "organisasjonsnummer,sektor,kommunenummer,aktivitet,tildelt_belop\r\n"
            f"321001,Rent vann i bygda,Bevilgning,2024,Organisasjon,BLÅFJELL AS,{orgnr(99000001)},Næringsliv,5037,,"
            "4000000\r\n321002,Ikke støttet,Avslag,2024,Organisasjon,BLÅFJELL AS,,Næringsliv,5037,,\r\n"
        ),
        "/Forskningsradet/open-data/main/datasets/bevilgningereu/dataset.csv": (
            "Prosjektnr;Rammeprogram;Prosjektnavn;Organisasjonsnavn;Organisasjonsnummer;Adresse Kommunenummer\r\n"
            f"101001;HEU;Water for all;BLÅFJELL AS;{orgnr(99000001)};301\r\n"
        ),
    }
    api.reply = lambda path, *_: (200, files[path].encode()) if path in files else (404, b"")
    api.stands_for("forskningsradet", monkeypatch)
    with fetched("forskningsradet", TODAY, manners=QUICK) as file:
        outcomes = list(SOURCES["forskningsradet"].read(file))
        digest, path = file.digest(), file.path
    assert len([one for one in outcomes if isinstance(one, ImportItem)]) == 4
    assert len(outcomes) == 5
    assert digest
    assert not path.exists()


def test_a_folder_without_files_of_the_research_council_is_told(tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match="got none"):
        list(SOURCES["forskningsradet"].read(SourceFile(tmp_path, "mappe", TODAY)))


def test_every_interreg_project_is_asked_for_as_a_spreadsheet(
    api: Api, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told = tmp_path / "told.xlsx"
    with Workbook(told) as book:
        book.add_worksheet("Info")
        for name, rows in {
            "Projects": [["project_acronym", "project_name", "programme"], ["NORDLYS", "Light", "Interreg Aurora"]],
            "Partners": [
                ["project_acronym", "partner_name", "country", "country_code", "town", "type"],
                ["NORDLYS", "Blåbygd kommune", "Norway", "NO", "Levanger", "Lead partner"],
            ],
        }.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    api.reply = lambda *_: (200, told.read_bytes())
    api.stands_for("keep", monkeypatch)
    with fetched("keep", TODAY, manners=QUICK) as file:
        assert len([one for one in SOURCES["keep"].read(file) if isinstance(one, ImportItem)]) == 2
    ((path, _, posted),) = api.asked
    assert (path, json.loads(posted)["response_type"]) == ("/api/search/projects/", "excel")
    assert ENDPOINTS["keep"].patience > QUICK.timeout


def test_organisations_of_ror_are_looked_for_in_norway(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def reply(_: str, query: dict[str, str], __: bytes) -> tuple[int, bytes]:
        place = {"geonames_id": 3133880, "geonames_details": {"country_code": "NO", "name": "Trondheim"}}
        items = [
            {
                "id": f"https://ror.org/0aaaaaa{int(query['page']) * 10 + number}",
                "names": [{"value": f"Vanninstitutt {query['page']}{number}", "lang": None, "types": ["ror_display"]}],
                "locations": [place],
                "status": "active",
                "types": ["facility"],
                "links": [],
                "external_ids": [],
                "admin": {"last_modified": {"date": "2025-10-28", "schema_version": "2.1"}},
            }
            for number in range(2 if query["page"] == "1" else 1)
        ]
        return 200, json.dumps({"number_of_results": 3, "time_taken": 7, "items": items, "meta": {}}).encode()

    api.reply = reply
    api.stands_for("ror", monkeypatch, full=2)
    with fetched("ror", TODAY, "vann", QUICK) as file:
        assert len([one for one in SOURCES["ror"].read(file) if isinstance(one, ImportItem)]) == 3
    assert [query for _, query, _ in api.asked] == [
        {"query": "vann", "filter": "country.country_code:NO", "page": page} for page in ("1", "2")
    ]


def test_los_is_downloaded_and_read(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    term = '<Concept path="ord/havn"><PrefLabel lang="nb">Havn</PrefLabel><Definition>*</Definition></Concept>'
    api.reply = lambda *_: (200, f'<Skos xmlns="urn:fdc:difi.no:2019:data:Skos-1">{term}</Skos>'.encode())
    api.stands_for("los", monkeypatch)
    with fetched("los", TODAY, manners=QUICK) as file:
        assert len([one for one in SOURCES["los"].read(file) if isinstance(one, ImportItem)]) == 1
    assert api.asked[0][0].endswith("/source.xml")


def test_what_breaks_off_between_two_files_brings_nothing(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    api.reply = lambda path, *_: (404, b"") if "bevilgningereu" in path else (200, b"prosjektnummer\n")
    api.stands_for("forskningsradet", monkeypatch)
    with pytest.raises(FetchError, match="answered 404"), fetched("forskningsradet", TODAY, manners=QUICK):
        pass
    assert len(api.asked) == 2


def test_a_busy_server_is_asked_again_and_then_left_alone(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    busy = iter([429, 503])
    api.reply = lambda *_: (next(busy, 200), b'{"codes": [], "codeChanges": []}')
    api.stands_for("klass", monkeypatch)
    with fetched("klass", TODAY, manners=QUICK):
        assert len(api.asked) == 4
    api.reply = lambda *_: (503, b"")
    with pytest.raises(FetchError, match="answered 503"), fetched("klass", TODAY, manners=QUICK):
        pass
    assert len(api.asked) == 7


@pytest.mark.parametrize(
    ("status", "content", "said"),
    [(404, b"", "answered 404"), (200, b"<html>", "expected JSON"), (200, b"[1]", "expected fields")],
)
def test_what_is_not_expected_is_told_with_where_it_is_documented(
    api: Api, monkeypatch: pytest.MonkeyPatch, status: int, content: bytes, said: str
) -> None:
    api.reply = lambda *_: (status, content)
    ours = api.stands_for("klass", monkeypatch)
    with pytest.raises(FetchError, match=said) as error, fetched("klass", TODAY, manners=QUICK):
        pass
    assert ours.documentation in str(error.value)


def test_without_a_network_or_an_address_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ENDPOINTS, "klass", ENDPOINTS["klass"]._replace(address="http://127.0.0.1:9/x"))
    with pytest.raises(FetchError, match="cannot be reached"), fetched("klass", TODAY, manners=QUICK):
        pass
    with pytest.raises(UnknownImportError, match="has no address"), fetched("skos", TODAY):
        pass
    for name in NEEDS_QUERY:
        with pytest.raises(UnknownImportError, match="--query"), fetched(name, TODAY):
            pass


def test_every_address_is_of_a_source_and_documented() -> None:
    for name, endpoint in ENDPOINTS.items():
        assert name in SOURCES
        assert endpoint.documentation.startswith("https://")
        assert endpoint.address.startswith("https://")
        assert bool(endpoint.items) == bool(endpoint.page and endpoint.full)
