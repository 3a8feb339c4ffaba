"""What every answer carries and every request passes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.testclient import TestClient

from assistant.platform.settings import Settings
from assistant.runtime.app import create_app
from assistant.service.container import Runtime
from tests.web.conftest import AWAY, BASE

PAGES = ("/login", "/about", "/privacy", "/accessibility")


def test_health_and_readiness_are_told(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ok"}


def test_figures_are_for_this_machine_alone(client: TestClient, browsers: Callable[..., TestClient]) -> None:
    client.get("/about")
    told = client.get("/metrics").text
    assert 'mellomrom_http_requests_total{method="GET",route="/about",status="200"} 1.0' in told
    assert browsers(client=AWAY).get("/metrics").status_code == 404


def test_what_a_caller_makes_up_becomes_no_label(client: TestClient) -> None:
    client.request("PROPFIND", "/made-up-path")
    told = client.get("/metrics").text
    assert 'method="(other)"' in told
    assert "PROPFIND" not in told
    assert "made-up" not in told


@pytest.mark.parametrize("path", [*PAGES, "/nowhere", "/static/app.css", "/healthz"])
def test_every_answer_tells_the_browser_what_not_to_do(passer_by: TestClient, path: str) -> None:
    headers = passer_by.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "server" not in headers


def test_pages_are_not_kept_but_files_are(passer_by: TestClient) -> None:
    page = passer_by.get("/about")
    assert page.headers["Cache-Control"] == "no-store"
    address = next(part for part in page.text.split('"') if part.startswith("/static/app.css?v="))
    assert passer_by.get(address).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert passer_by.get("/static/app.css").headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", PAGES)
def test_pages_have_no_script_or_style_of_their_own(passer_by: TestClient, path: str) -> None:
    page = passer_by.get(path).text
    assert "<style" not in page
    assert " style=" not in page
    assert " onclick=" not in page
    assert page.count("<script") == page.count("<script src=")


@pytest.mark.parametrize(
    ("accept", "cookie", "query", "shown"),
    [
        ("nn", None, "", "nn"),
        ("no,en;q=0.5", None, "", "nb"),
        ("nb-NO", None, "", "nb"),
        ("de, en;q=0.8, nn;q=0.9", None, "", "nn"),
        ("de", None, "", "nb"),
        ("en", "nn", "", "nn"),
        ("en", "nn", "?lang=nb", "nb"),
        ("en;q=0", "xx", "?lang=../..", "nb"),
    ],
)
def test_the_language_is_the_one_asked_for(
    passer_by: TestClient, accept: str, cookie: str | None, query: str, shown: str
) -> None:
    if cookie:
        passer_by.cookies.set("mellomrom_language", cookie)
    page = passer_by.get(f"/about{query}", headers={"Accept-Language": accept})
    assert f'<html lang="{shown}"' in page.text
    assert page.headers["Content-Language"] == shown


def test_a_language_once_chosen_stays_chosen(passer_by: TestClient) -> None:
    passer_by.get("/about?lang=en")
    assert '<html lang="en"' in passer_by.get("/privacy").text


def test_the_language_switch_keeps_the_page_and_what_it_was_asked(passer_by: TestClient) -> None:
    page = passer_by.get("/about?x=1&lang=nb").text
    assert 'href="/about?x=1&amp;lang=nn"' in page


def test_errors_are_told_in_the_readers_language(passer_by: TestClient) -> None:
    page = passer_by.get("/nowhere?lang=nn")
    assert page.status_code == 404
    assert "Sida finst ikkje" in page.text


def test_an_error_for_htmx_leaves_what_is_there(passer_by: TestClient) -> None:
    told = passer_by.get("/nowhere", headers={"HX-Request": "true"})
    assert told.headers["HX-Retarget"] == "#alerts"
    assert 'id="error"' in told.text


def test_a_failure_inside_is_told_by_its_number_alone(
    app: FastAPI, client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise RuntimeError("secret detail")

    app.add_api_route("/broken", broken)
    answer = client.get("/broken")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert answer.headers["X-Request-ID"] in answer.text
    assert answer.headers["Content-Security-Policy"]
    assert "secret detail" in caplog.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": BASE}, 303),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:9999"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_what_changes_something_comes_from_our_own_pages(
    passer_by: TestClient, headers: dict[str, str], status: int
) -> None:
    assert passer_by.post("/logout", headers=headers).status_code == status


def test_another_site_cannot_be_pointed_at_the_app(browsers: Callable[..., TestClient]) -> None:
    assert browsers(base="http://evil.example").get("/about").status_code == 421
    assert browsers(base="http://10.0.0.9").get("/healthz").status_code == 200


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_what_is_too_large_is_refused(passer_by: TestClient, headers: dict[str, str]) -> None:
    answer = passer_by.post("/preferences", data={"theme": "x" * 1_100_000}, headers=headers)
    assert answer.status_code == 413
    assert "for stort" in answer.text


def test_what_turns_out_too_large_is_refused_too(passer_by: TestClient) -> None:
    def parts() -> Iterator[bytes]:
        yield b"theme="
        for _ in range(20):
            yield b"x" * 65_536

    sent = {"Content-Type": "application/x-www-form-urlencoded"}
    assert passer_by.post("/preferences", content=parts(), headers=sent).status_code == 413


def test_too_many_requests_are_told_when_to_come_back(client: TestClient) -> None:
    answers = [client.get("/login/link/nothing") for _ in range(25)]
    assert {answer.status_code for answer in answers} == {410, 429}
    assert int(answers[-1].headers["Retry-After"]) >= 1


def test_logs_hold_no_query_and_no_address(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "mellomrom.web")
    client.get("/about?q=hemmelig-behov")
    ours = [str(record.msg) for record in caplog.records if record.name == "mellomrom.web"]
    assert len(ours) == 1
    assert "'route': '/about'" in ours[0]
    assert "hemmelig" not in ours[0]
    assert "127.0.0.1" not in ours[0]


@pytest.mark.parametrize("theme", ["light", "dark", "auto"])
def test_colours_are_as_chosen(passer_by: TestClient, theme: str) -> None:
    assert passer_by.post("/preferences", data={"theme": theme, "next": "/about"}).headers["Location"] == "/about"
    assert f'data-color-scheme="{theme}"' in passer_by.get("/about").text


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2f..%2fsettings.py"])
def test_files_are_only_those_meant(passer_by: TestClient, path: str) -> None:
    assert passer_by.get(path).status_code == 404


def test_a_collector_asks_each_machine_by_its_own_name_with_the_token_alone(
    runtime: Runtime, settings: Settings
) -> None:
    served = settings.model_copy(update={"web_metrics_token": SecretStr("collected")})
    with TestClient(create_app(served, runtime), base_url="http://one:8000") as collector:
        asked = [
            collector.get("/metrics", headers={"Authorization": f"Bearer {token}"}) for token in ("collected", "x")
        ]
        assert [answer.status_code for answer in asked] == [200, 404]
        assert collector.get("/metrics").status_code == 421
