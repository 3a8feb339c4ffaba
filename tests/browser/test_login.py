"""Logging in by a provider in a browser: there and back under the policy of our pages."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from assistant.access.accounts import AccountRole
from tests.browser.conftest import ROOT, Served, check_page, serving
from tests.ports import free_port


@pytest.fixture(scope="module")
def served(shipped_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app with the provider `oidc-provider` of npm."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = free_port()
        callback = f"http://127.0.0.1:{listener.getsockname()[1]}/login/oidc/callback"
        node = shutil.which("node")
        if node is None:
            pytest.skip("node is missing: install Node.js")
        command = [node, str(ROOT / "tests/browser/provider.mjs"), str(port), callback]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as provider:
            assert provider.stdout is not None
            assert any("listening" in line for line in provider.stdout)
            told = {
                "oidc_issuer": f"http://127.0.0.1:{port}",
                "oidc_client_id": "mellomrom",
                "oidc_client_secret": "a secret for the tests",
                "oidc_name": "Testkommunen",
                "oidc_broker_role": "broker",
                "oidc_contact_role": "contact",
            }
            with serving(shipped_home, tmp_path_factory.mktemp("served"), listener, **told) as opened:
                yield opened
            provider.kill()


def log_in(page: Page, name: str) -> None:
    page.goto("/mine")
    page.get_by_role("link", name="Logg inn").first.click()
    check_page(page)
    page.get_by_role("link", name="Logg inn med Testkommunen").click()
    page.locator("input[name=login]").fill(name)
    page.locator("input[name=password]").fill("anything")
    page.locator("button[type=submit]").click()
    page.locator("button[type=submit]").click()


def test_a_broker_logs_in_and_comes_back_to_the_page(page: Page, served: Served) -> None:
    log_in(page, "kari")
    expect(page).to_have_url(f"{served.address}/mine")
    expect(page.get_by_role("alert")).to_contain_text("Du er logget inn som kari fra kommunen.")
    [account] = served.app.state.web.accounts.list()
    assert account.role is AccountRole.BROKER
    page.get_by_role("button", name="Logg ut").click()
    expect(page.get_by_role("link", name="Logg inn")).to_be_visible()


def test_who_has_no_role_is_told(page: Page, served: Served) -> None:
    log_in(page, "ola")
    expect(page.get_by_text("Du har ikke fått noen rolle her.")).to_be_visible()
    check_page(page)
    assert "ola" not in {account.subject for account in served.app.state.web.accounts.list()}
