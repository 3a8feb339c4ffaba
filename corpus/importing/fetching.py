"""Downloading what a source gives out, where there is a network; nothing needs it.

Invariant: only addresses of `ENDPOINTS` are asked, one question at a time with a pause between; what comes is put into
one file of the shape that the source's mapper reads, and is not looked into further. What breaks off leaves nothing.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from corpus.importing.errors import FetchError, UnknownImportError
from corpus.importing.files import SourceFile

if TYPE_CHECKING:
    from httpx2 import Client, Response

Progress = Callable[[int], None]
LARGEST = 500_000_000
"""Bytes that are downloaded at most."""
TRIES = 3
_BUSY = (429, 503)
_AGENT = "Mellomrom (imports open data)"


class Endpoint(NamedTuple):
    """Where a source's own API gives out what its importer reads."""

    address: str
    documentation: str
    """Where its owner tells how it is asked."""
    parameters: Mapping[str, str] = MappingProxyType({})
    """Sent with each question; ``{today}`` stands for the day, ``{query}`` for what was asked for."""
    items: str = ""
    """The list in each reply, as keys parted by dots; empty where the reply is the file."""
    page: str = ""
    """The parameter that numbers the pages."""
    first: int = 0
    """The number of the first page."""
    full: int = 0
    """How many items a full page has."""
    pages: int = 100
    """Pages that are given out at most."""
    posted: str = ""
    """What is posted as the field ``query``, where it is asked by POST."""
    wish: Mapping[str, Any] = MappingProxyType({})
    """What is posted as JSON for a file, where it is asked by POST."""
    name: str = "download.json"
    """What the file is called."""
    also: tuple[str, ...] = ()
    """Other addresses whose replies, or files, are laid beside this one's."""
    patience: float = 0.0
    """Seconds without a byte that it is known to need, where that is more than the manners'."""


class FetchPolicy(NamedTuple):
    """How an address is asked."""

    pause: float = 1.0
    """Seconds between two questions, and before one that is asked again."""
    timeout: float = 60.0
    """Seconds without a byte after which it is given up."""


POLITE = FetchPolicy()

_EVERY_INTERREG_PROJECT = {
    "projects": {
        "status": None,
        "prizes": False,
        "only_projects_with_documents": False,
        "project_details": {"start": [], "without_start": False, "end": [], "without_end": False},
        "project_budget": {"range": [], "without_budget": False},
        "themes": {"list": [], "type": "or"},
        "macro_regional_strategies": [],
        "only_infrastructure_financed": False,
    },
    "programmes": {"type": [], "period": [], "available": []},
    "partners": {
        "status": [],
        "type": [],
        "nuts_lead": [],
        "nuts_partner": [],
        "nuts_search_type": "both",
        "selectedAreas": {},
    },
    "contribution_2014_2020": {
        "specific_objectives": {"thematic_objectives": [], "thematic_priorities": []},
        "thematic_objectives_eni": [],
    },
    "contribution_2021_2027": {
        "specific_objectives": [],
        "intervention": [],
        "common_output_indicators": [],
        "common_result_indicators": [],
    },
    "search": {"list": [], "type": None, "fields": [], "rawSearchString": ""},
    "documents": {"document_lang": [], "languages": [], "types": [], "name": "", "search": ""},
    "project_lang": [],
    "project_desc_lang": [],
    "languages": [],
    "translation_languages": [],
    "thematic_objectives_eni": [],
    "location": None,
    "response_type": "excel",
}
"""What keep.eu's own page of projects asks for when nothing is chosen and a spreadsheet is wanted. Every part stands
there: what a choice that is left out means is not documented."""

ENDPOINTS: dict[str, Endpoint] = {
    "brreg": Endpoint(
        "https://data.brreg.no/enhetsregisteret/api/enheter",
        "https://data.brreg.no/enhetsregisteret/api/dokumentasjon/no/index.html",
        {"organisasjonsform": "KOMM,FYLK,ORGL,STAT,SF,KF,IKS,FKF", "size": "500"},
        items="_embedded.enheter",
        page="page",
        full=500,
        pages=20,
        name="enheter.json",
    ),
    "klass": Endpoint(
        "https://data.ssb.no/api/klass/v1/classifications/131/codesAt?date={today}",
        "https://data.ssb.no/api/klass/v1/api-guide.html",
        also=("https://data.ssb.no/api/klass/v1/classifications/131/changes?from=2016-01-01",),
        name="klass-131.json",
    ),
    "nva": Endpoint(
        "https://api.nva.unit.no/cristin/project",
        "https://github.com/BIBSYSDEV/nva-cristin-service",
        {"query": "{query}", "results": "100"},
        items="hits",
        page="page",
        full=100,
        first=1,
        name="projects.json",
    ),
    "eu-funding": Endpoint(
        "https://api.tech.ec.europa.eu/search-api/prod/rest/search",
        "https://ec.europa.eu/info/funding-tenders/opportunities/portal/screen/support/apis",
        {"apiKey": "SEDIA", "text": "{query}", "pageSize": "100"},
        items="results",
        page="pageNumber",
        full=100,
        first=1,
        posted='{"bool":{"must":[{"terms":{"type":["1","2","8"]}},{"terms":{"status":["31094501","31094502"]}}]}}',
        name="topics.json",
    ),
    "cordis": Endpoint(
        "https://cordis.europa.eu/data/cordis-HORIZONprojects-csv.zip",
        "https://data.europa.eu/data/datasets/cordis-eu-research-projects-under-horizon-europe-2021-2027",
        name="cordis-horizon.zip",
    ),
    "forskningsradet": Endpoint(
        "https://raw.githubusercontent.com/Forskningsradet/open-data/main/datasets/soknader2/dataset.csv",
        "https://github.com/Forskningsradet/open-data",
        also=("https://raw.githubusercontent.com/Forskningsradet/open-data/main/datasets/bevilgningereu/dataset.csv",),
        name="open-data.csv",
    ),
    "keep": Endpoint(
        "https://keep.eu/api/search/projects/",
        "https://keep.eu/projects/",
        wish=_EVERY_INTERREG_PROJECT,
        name="keep.xlsx",
        patience=300.0,
    ),
    "ror": Endpoint(
        "https://api.ror.org/v2/organizations",
        "https://ror.readme.io/docs/rest-api",
        {"query": "{query}", "filter": "country.country_code:NO"},
        items="items",
        page="page",
        full=20,
        first=1,
        pages=500,
        name="organizations.json",
    ),
    "los": Endpoint(
        "https://raw.githubusercontent.com/Informasjonsforvaltning/los/HEAD/source.xml",
        "https://github.com/Informasjonsforvaltning/los",
        name="source.xml",
    ),
}
"""The sources that can be fetched, each with where its owner documents it."""
ANYTHING = {"eu-funding": "***"}
"""What a source understands as everything."""
NEEDS_QUERY = frozenset({"nva", "ror"})
"""Sources that give nothing out without words to look for, or, as ROR says of a filter alone, leave some out."""


@contextmanager
def fetched(
    source: str,
    today: date,
    query: str = "",
    manners: FetchPolicy = POLITE,
    progress: Progress | None = None,
) -> Iterator[SourceFile]:
    """Give what a source gives out today, as a file that is gone afterwards.

    Raises:
        UnknownImportError: the source has no address to fetch from, or needs words to look for.
        FetchError: it cannot be reached, refuses, or answers with what is not expected.
    """
    from httpx2 import Client, HTTPError, InvalidURL, Timeout

    endpoint = ENDPOINTS.get(source)
    if endpoint is None:
        raise UnknownImportError(
            f"{source} has no address to fetch from. Download the file yourself, and give it in place of --fetch. "
            f"These can be fetched: {', '.join(ENDPOINTS)}."
        )
    if source in NEEDS_QUERY and not query.strip():
        raise UnknownImportError(f"{source} needs words to look for: give --query, such as --query velferdsteknologi.")
    values = {"today": today.isoformat(), "query": query.strip() or ANYTHING.get(source, "")}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / endpoint.name
        client = Client(
            timeout=Timeout(max(manners.timeout, endpoint.patience)),
            follow_redirects=True,
            headers={"User-Agent": _AGENT, "Accept": "application/json, */*"},
        )
        with client:
            try:
                _download(client, endpoint, values, path, _Pace(manners.pause, progress))
            except (HTTPError, InvalidURL, OSError) as error:
                host = urlsplit(endpoint.address).hostname
                raise FetchError(
                    f"{host} cannot be reached ({type(error).__name__}), so nothing was imported. Try again where "
                    f"there is a network (behind a proxy, set HTTPS_PROXY), or download the file and give it in place "
                    f"of --fetch; see {endpoint.documentation}."
                ) from error
        yield SourceFile(path, endpoint.name, today)


class _Pace(NamedTuple):
    pause: float
    progress: Progress | None


def _download(client: Client, endpoint: Endpoint, values: Mapping[str, str], path: Path, pace: _Pace) -> None:
    if endpoint.items:
        _pages(client, endpoint, values, path, pace)
    elif endpoint.also and path.suffix == ".json":
        together: dict[str, Any] = {}
        for number, address in enumerate((endpoint.address, *endpoint.also)):
            if number:
                time.sleep(pace.pause)
            together |= _object(_request(client, endpoint, address.format(**values), {}, pace), endpoint)
        path.write_text(json.dumps(together), encoding="utf-8")
    elif endpoint.also:
        path.mkdir()
        for number, address in enumerate((endpoint.address, *endpoint.also)):
            if number:
                time.sleep(pace.pause)
            _download_file(client, endpoint, address, path / f"{number}{path.suffix}", pace)
    else:
        _download_file(client, endpoint, endpoint.address, path, pace)


def _pages(client: Client, endpoint: Endpoint, values: Mapping[str, str], path: Path, pace: _Pace) -> None:
    parameters = {name: value.format(**values) for name, value in endpoint.parameters.items()}
    found: list[Any] = []
    *above, last = endpoint.items.split(".")
    for number in range(endpoint.first, endpoint.first + endpoint.pages):
        if number > endpoint.first:
            time.sleep(pace.pause)
        answer = _request(client, endpoint, endpoint.address, parameters | {endpoint.page: str(number)}, pace)
        reply = _object(answer, endpoint)
        for key in above:
            reply = reply.get(key) or {}
        items = reply.get(last) or []
        if not isinstance(items, list):
            raise FetchError(f"{answer.url}: expected a list under {endpoint.items}. See {endpoint.documentation}.")
        found += items
        if pace.progress:
            pace.progress(len(found))
        if len(items) < endpoint.full:
            break
    else:
        raise FetchError(
            f"{endpoint.address} gives out {len(found)} at most, and has more. Look for less with --query, or download "
            f"the whole file and give it in place of --fetch; see {endpoint.documentation}."
        )
    told: Any = {last: found}
    for key in reversed(above):
        told = {key: told}
    path.write_text(json.dumps(told), encoding="utf-8")


def _download_file(client: Client, endpoint: Endpoint, address: str, path: Path, pace: _Pace) -> None:
    size = 0
    wish = endpoint.wish or None
    with client.stream("POST" if wish else "GET", address, json=wish) as answer, path.open("wb") as file:
        _refuse(answer, endpoint)
        for chunk in answer.iter_bytes():
            size += len(chunk)
            if size > LARGEST:
                raise FetchError(f"{address} is larger than {LARGEST // 10**6} MB. Download it, and give it.")
            file.write(chunk)
            if pace.progress:
                pace.progress(size)


def _request(client: Client, endpoint: Endpoint, address: str, parameters: Mapping[str, str], pace: _Pace) -> Response:
    """Return an answer; where the server is busy it is asked again, later."""
    for tried in range(1, TRIES + 1):
        if endpoint.posted:
            posted = {"query": (None, endpoint.posted, "application/json")}
            answer = client.post(address, params=parameters, files=posted)
        else:
            answer = client.get(address, params=parameters or None)
        if answer.status_code not in _BUSY or tried == TRIES:
            break
        time.sleep(min(_wait(answer, pace.pause * 2**tried), 120))
    _refuse(answer, endpoint)
    return answer


def _wait(answer: Response, otherwise: float) -> float:
    told = answer.headers.get("retry-after", "")
    return float(told) if told.isascii() and told.isdigit() else otherwise


def _refuse(answer: Response, endpoint: Endpoint) -> None:
    if answer.status_code >= 400:
        raise FetchError(
            f"{answer.url} answered {answer.status_code}, so nothing was imported. The address may have changed: see "
            f"{endpoint.documentation}, download the file, and give it in place of --fetch."
        )


def _object(answer: Response, endpoint: Endpoint) -> dict[str, Any]:
    if len(answer.content) > LARGEST:
        raise FetchError(f"{answer.url} is larger than {LARGEST // 10**6} MB. Download it, and give it.")
    try:
        found = json.loads(answer.content)
    except (ValueError, RecursionError) as error:
        raise FetchError(f"{answer.url}: expected JSON ({error}). See {endpoint.documentation}.") from error
    if not isinstance(found, dict):
        raise FetchError(f"{answer.url}: expected fields, got a {type(found).__name__}. See {endpoint.documentation}.")
    return found
