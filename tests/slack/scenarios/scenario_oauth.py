"""S3: two workspaces install the app through a browser, use it with tokens of their own, and one leaves."""

from __future__ import annotations

import json
import re
import sqlite3
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from tests.slack.calls import SECRET, event, mention, post
from tests.slack.processes import Product, call, until
from tests.slack.two_workspaces import CLIENT_ID, CLIENT_SECRET, TEAMS, TwoWorkspaces
from tests.slack.window import CHROMIUM, QUIET, WAIT

expect.set_options(timeout=WAIT)
QUESTION = "hvem kan hjelpe med tidlig oppdagelse av sepsis?"


@pytest.fixture(scope="module")
def workspaces(folder: Path, port: int) -> Iterator[TwoWorkspaces]:
    opened = TwoWorkspaces(folder, f"http://127.0.0.1:{port}/slack/oauth_redirect")
    yield opened
    opened.stop()


@pytest.fixture(scope="module")
def product(workspaces: TwoWorkspaces, served_home: Path, folder: Path, port: int) -> Iterator[Product]:
    environment = {
        "MELLOMROM_SLACK_CLIENT_ID": CLIENT_ID,
        "MELLOMROM_SLACK_CLIENT_SECRET": CLIENT_SECRET,
        "MELLOMROM_SLACK_SIGNING_SECRET": SECRET,
        "MELLOMROM_SLACK_TOKEN_KEY": Fernet.generate_key().decode(),
        "MELLOMROM_SLACK_REDIRECT_URL": f"http://127.0.0.1:{port}/slack/oauth_redirect",
        "MELLOMROM_SLACK_API_URL": f"{workspaces.url}/api/",
        "MELLOMROM_SLACK_AUTHORIZE_URL": f"{workspaces.url}/oauth/v2/authorize",
    }
    served = Product(served_home, folder, port, environment)
    yield served
    served.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield opened
        opened.close()


def consent(page: Page, product: Product, workspaces: TwoWorkspaces, number: int) -> None:
    call(f"{workspaces.url}/_choose/{number}")
    page.goto(f"{product.url}/slack/install")
    page.get_by_role("link").first.click()
    page.get_by_role("button", name="Kari").first.click()


def installed(product: Product) -> dict[str, str]:
    return {row["workspace"]: row["name"] for row in product.rows("slack_installation")}


def test_two_workspaces_install_the_app(product: Product, workspaces: TwoWorkspaces, browser: Browser) -> None:
    for number in (0, 1):
        page = browser.new_page()
        consent(page, product, workspaces, number)
        expect(page.get_by_text("Thank you!")).to_be_visible()
        page.close()
    assert installed(product) == {TEAMS[0]: "Kommune 1", TEAMS[1]: "Kommune 2"}


def test_their_tokens_lie_nowhere_in_the_clear(product: Product) -> None:
    connection = sqlite3.connect(product.home / "mellomrom.sqlite3")
    dump = "\n".join(connection.iterdump())
    connection.close()
    assert "xoxb-" not in dump
    assert "xoxb-" not in product.program.said()


def test_each_is_answered_with_its_own_token(product: Product, workspaces: TwoWorkspaces) -> None:
    for team in TEAMS:
        body = json.loads(mention(QUESTION))
        body["team_id"] = team
        body["event"]["channel"] = "C000000001"
        assert post(product.url, json.dumps(body).encode()).status == 200
    until(lambda: all(row["done_at"] for row in product.rows("slack_inbox")))
    assert [row["failure"] for row in product.rows("slack_inbox")] == [None, None]
    for number in (0, 1):
        assert "Helse Nord-Trøndelag" in call(f"{workspaces._programs[number][1]}/?tab=messages&channel=C000000001")


def test_a_consent_that_somebody_else_began_is_refused(
    product: Product, workspaces: TwoWorkspaces, browser: Browser
) -> None:
    page = browser.new_page()
    call(f"{workspaces.url}/_choose/0")
    page.goto(f"{product.url}/slack/install")
    page.get_by_role("link").first.click()
    page.context.clear_cookies()
    with page.expect_response(lambda said: "/slack/oauth_redirect" in said.url) as answered:
        page.get_by_role("button", name="Kari").first.click()
    assert answered.value.status == 400
    page.close()


@pytest.mark.parametrize("query", ["", "?code=x", "?code=x&state=made-up"])
def test_a_consent_that_was_never_given_is_refused(product: Product, query: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{product.url}/slack/oauth_redirect{query}", timeout=10)
    assert refused.value.code in {400, 401, 500}
    assert "Traceback" not in refused.value.read().decode()


def test_a_workspace_that_grants_too_little_is_told_in_the_log_and_harms_nobody(
    product: Product, workspaces: TwoWorkspaces, browser: Browser
) -> None:
    page = browser.new_page()

    def less(route: Route) -> None:
        route.continue_(url=re.sub(r"chat(:|%3A)write(,|%2C)?", "", route.request.url))

    page.route(re.compile("/oauth/v2/authorize"), less)
    consent(page, product, workspaces, 0)
    expect(page.get_by_text("Thank you!")).to_be_visible()
    page.close()
    body = json.loads(mention(QUESTION))
    body["team_id"] = TEAMS[0]
    body["event"]["channel"] = "C000000001"
    assert post(product.url, json.dumps(body).encode()).status == 200
    until(lambda: all(row["done_at"] for row in product.rows("slack_inbox")))
    assert [row["failure"] is not None for row in product.rows("slack_inbox")].count(True) == 1
    assert "missing_scope" in product.program.said()
    assert call(f"{product.url}/healthz")


def test_a_workspace_that_leaves_is_forgotten_and_the_other_stays(product: Product) -> None:
    for kind, more in (("app_uninstalled", {}), ("tokens_revoked", {"tokens": {"bot": ["UB1"]}})):
        body = json.loads(event(kind, **more))
        body["team_id"] = TEAMS[1]
        assert post(product.url, json.dumps(body).encode()).status == 200
    until(lambda: list(installed(product)) == [TEAMS[0]])
    body = json.loads(mention(QUESTION))
    body["team_id"] = TEAMS[1]
    assert post(product.url, json.dumps(body).encode()).status == 200
    assert len(product.rows("slack_inbox")) == 3
