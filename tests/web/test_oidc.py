"""Logging in by a provider: only by what it signed for this very login; all else is one clean refusal."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI
from pydantic import ValidationError
from starlette.testclient import TestClient

from assistant.access.accounts import AccountRole, Accounts, AuditEvent
from assistant.platform.settings import Settings
from tests.web.provider import CLIENT_ID, LyingProvider


@pytest.fixture
def provider() -> Iterator[LyingProvider]:
    opened = LyingProvider()
    yield opened
    opened.close()


@pytest.fixture
def more() -> dict[str, str]:
    """Settings besides the usual ones; a test overrides it by `parametrize`."""
    return {}


@pytest.fixture
def settings(filled_home: Path, provider: LyingProvider, more: dict[str, str]) -> Settings:
    told = {"issuer": provider.issuer, "client_id": CLIENT_ID, "client_secret": "s", "broker_role": "broker"} | more
    named = {f"oidc_{name}": value.replace("ISSUER", provider.issuer) for name, value in told.items()}
    return Settings.model_validate({"home": filled_home, **named})


@pytest.fixture
def accounts(app: FastAPI) -> Accounts:
    found: Accounts = app.state.web.accounts
    return found


def log_in(client: TestClient, provider: LyingProvider, address: str = "/mine") -> httpx2.Response:
    sent = client.get("/login/oidc", params={"next": address})
    assert sent.status_code == 302
    return client.get(provider.authorize(sent.headers["Location"]))


def refusals(accounts: Accounts) -> list[str]:
    return [entry.detail["why"] for entry in accounts.audit() if entry.event is AuditEvent.LOGIN_REFUSED]


def test_whom_the_provider_vouches_for_is_logged_in_and_comes_back(
    client: TestClient, provider: LyingProvider, accounts: Accounts
) -> None:
    answer = log_in(client, provider)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/mine")
    assert "Du er logget inn som Kari Nordmann." in client.get("/mine").text
    [account] = accounts.list()
    assert (account.issuer, account.subject, account.role) == (provider.issuer, "kari", AccountRole.BROKER)


def test_logging_in_gives_the_session_a_new_id(client: TestClient, provider: LyingProvider) -> None:
    sent = client.get("/login/oidc")
    before = client.cookies["mellomrom"]
    client.get(provider.authorize(sent.headers["Location"]))
    assert client.cookies["mellomrom"] != before


@pytest.mark.parametrize(
    "lie",
    [
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "another-installation"},
        {"aud": None},
        {"exp": int(time.time()) - 600},
        {"exp": None},
        {"nonce": "of another login"},
        {"nonce": None},
        {"sub": None},
    ],
    ids=lambda lie: "-".join(f"{name} {'missing' if value is None else 'wrong'}" for name, value in lie.items()),
)
def test_a_token_that_is_not_for_this_login_is_refused(
    client: TestClient, provider: LyingProvider, accounts: Accounts, lie: dict[str, object]
) -> None:
    provider.claims = lie
    answer = log_in(client, provider)
    assert answer.status_code == 403
    assert "Innloggingen ble ikke godtatt" in answer.text
    assert refusals(accounts) == ["invalid"]
    assert accounts.list() == []
    assert "Logg ut" not in client.get("/").text


@pytest.mark.parametrize("fault", ["forged", "unsigned"])
def test_a_token_that_the_provider_did_not_sign_is_refused(
    client: TestClient, provider: LyingProvider, accounts: Accounts, fault: str
) -> None:
    setattr(provider, fault, True)
    assert log_in(client, provider).status_code == 403
    assert refusals(accounts) == ["invalid"]


def test_a_login_that_came_back_once_cannot_come_back_again(
    client: TestClient, provider: LyingProvider, accounts: Accounts
) -> None:
    back = provider.authorize(client.get("/login/oidc").headers["Location"])
    assert client.get(back).status_code == 303
    client.post("/logout")
    assert client.get(back).status_code == 403
    assert refusals(accounts) == ["invalid"]


def test_a_login_that_another_browser_began_is_refused(
    client: TestClient, browsers: Callable[..., TestClient], provider: LyingProvider
) -> None:
    back = provider.authorize(client.get("/login/oidc").headers["Location"])
    victim = browsers()
    assert victim.get(back).status_code == 403
    victim.get("/login/oidc")
    assert victim.get(back).status_code == 403


@pytest.mark.parametrize("query", ["", "?state=x", "?code=x", "?error=access_denied&error_description=<script>"])
def test_a_return_without_a_login_is_refused(client: TestClient, query: str) -> None:
    answer = client.get(f"/login/oidc/callback{query}")
    assert answer.status_code == 403
    assert "<script>" not in answer.text


@pytest.mark.parametrize("more", [{"contact_role": "contact"}])
def test_who_has_no_role_is_refused(client: TestClient, provider: LyingProvider, accounts: Accounts) -> None:
    for roles in (None, [], "reader", ["reader"]):
        provider.claims = {"roles": roles}
        answer = log_in(client, provider)
        assert answer.status_code == 403
        assert "Du har ikke fått noen rolle her." in answer.text
    assert set(refusals(accounts)) == {"role"}
    assert accounts.list() == []


@pytest.mark.parametrize("more", [{"contact_role": "contact", "admin_role": "admin"}])
@pytest.mark.parametrize(
    ("roles", "role"),
    [(["contact"], AccountRole.CONTACT), ("broker", AccountRole.BROKER), (["contact", "admin"], AccountRole.ADMIN)],
)
def test_the_role_is_the_highest_that_is_claimed(
    client: TestClient, provider: LyingProvider, accounts: Accounts, roles: object, role: AccountRole
) -> None:
    provider.claims = {"roles": roles}
    log_in(client, provider)
    assert accounts.list()[0].role is role


def test_a_role_that_is_claimed_no_longer_is_lost_at_the_next_login(
    client: TestClient, provider: LyingProvider, accounts: Accounts
) -> None:
    log_in(client, provider)
    client.post("/logout")
    provider.claims = {"roles": []}
    log_in(client, provider)
    assert accounts.list()[0].role is AccountRole.CONTACT


ENTRA = {"issuer": "ISSUER/common/v2.0", "tenants": "tenant-a, tenant-b"}


@pytest.mark.parametrize("more", [ENTRA])
@pytest.mark.parametrize(
    ("tenant", "claimed", "status", "why"),
    [
        ("tenant-a", "tenant-a", 303, []),
        ("tenant-b", "tenant-b", 303, []),
        ("tenant-c", "tenant-c", 403, ["invalid"]),
        ("tenant-a", "tenant-c", 403, ["tenant"]),
        ("tenant-a", None, 403, ["tenant"]),
        ("{tenantid}", "tenant-a", 403, ["invalid"]),
    ],
)
def test_of_entras_tenants_only_those_listed_may_log_in(
    client: TestClient,
    provider: LyingProvider,
    accounts: Accounts,
    tenant: str,
    claimed: str | None,
    status: int,
    why: list[str],
) -> None:
    provider.issuer_told = f"{provider.issuer}/{{tenantid}}/v2.0"
    provider.claims = {"iss": f"{provider.issuer}/{tenant}/v2.0", "tid": claimed}
    assert log_in(client, provider).status_code == status
    assert refusals(accounts) == why


def test_an_account_that_was_closed_stays_closed(
    client: TestClient, provider: LyingProvider, accounts: Accounts
) -> None:
    log_in(client, provider)
    accounts.set_active(accounts.list()[0].id, active=False, by="test")
    answer = log_in(client, provider)
    assert answer.status_code == 403
    assert "Kontoen din er stengt." in answer.text


def test_a_provider_that_fails_is_told(client: TestClient, provider: LyingProvider, accounts: Accounts) -> None:
    provider.broken = True
    answer = client.get("/login/oidc")
    assert answer.status_code == 503
    assert "Vi fikk ikke kontakt med innloggingstjenesten." in answer.text
    assert refusals(accounts) == ["provider"]


def test_nobody_is_sent_to_another_site_after_logging_in(client: TestClient, provider: LyingProvider) -> None:
    assert log_in(client, provider, "https://evil.example").headers["Location"] == "/"


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"oidc_issuer": "https://login.example"}, "MELLOMROM_OIDC_CLIENT_ID"),
        (
            {"oidc_issuer": "https://login.microsoftonline.com/common/v2.0", "oidc_client_id": "x"},
            "MELLOMROM_OIDC_TENANTS",
        ),
        (
            {"oidc_issuer": "https://login.microsoftonline.com/organizations/v2.0", "oidc_client_id": "x"},
            "MELLOMROM_OIDC_TENANTS",
        ),
    ],
)
def test_settings_that_would_let_anybody_in_are_refused(told: dict[str, str], expected: str) -> None:
    with pytest.raises(ValidationError, match=expected):
        Settings.model_validate(told)


def test_without_a_provider_there_is_no_such_login(filled_home: Path) -> None:
    from assistant.runtime.app import create_app
    from assistant.runtime.bootstrap import open_runtime

    runtime = open_runtime(Settings(home=filled_home))
    with TestClient(create_app(runtime.settings, runtime), base_url="http://127.0.0.1:8000") as client:
        assert client.get("/login/oidc").status_code == 404
        assert client.get("/login/oidc/callback").status_code == 404
    runtime.close()
