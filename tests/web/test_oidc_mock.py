"""Logging in by `oidc-provider-mock`, a provider that others wrote."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from assistant.access.accounts import AccountRole
from assistant.platform.settings import Settings

with warnings.catch_warnings():
    # It is written for an older Authlib.
    warnings.simplefilter("ignore")
    from oidc_provider_mock import run_server_in_thread

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")


@pytest.fixture
def valid_for() -> timedelta:
    return timedelta(hours=1)


@pytest.fixture
def issuer(valid_for: timedelta) -> Iterator[str]:
    with run_server_in_thread(access_token_max_age=valid_for) as server:
        address = f"http://localhost:{server.server_port}"
        user: dict[str, Any] = {"name": "Kari Nordmann", "roles": ["broker"]}
        httpx2.put(f"{address}/users/kari", json=user).raise_for_status()
        yield address


@pytest.fixture
def settings(filled_home: Path, issuer: str) -> Settings:
    return Settings.model_validate(
        {
            "home": filled_home,
            "oidc_issuer": issuer,
            "oidc_client_id": "mellomrom",
            "oidc_client_secret": "s",
            "oidc_broker_role": "broker",
        }
    )


def come_back(client: TestClient) -> str:
    """Log in at the provider; return where it sends the browser back to."""
    sent = client.get("/login/oidc").headers["Location"]
    answer = httpx2.post(sent, data={"sub": "kari"})
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def test_a_login_goes_through_and_a_replay_does_not(client: TestClient, app: FastAPI) -> None:
    back = come_back(client)
    assert client.get(back).status_code == 303
    [account] = app.state.web.accounts.list()
    assert (account.name, account.role) == ("Kari Nordmann", AccountRole.BROKER)
    assert client.get(back).status_code == 403


@pytest.mark.parametrize("valid_for", [timedelta(minutes=-10)])
def test_a_token_that_has_expired_is_refused(client: TestClient, app: FastAPI) -> None:
    assert client.get(come_back(client)).status_code == 403
    assert app.state.web.accounts.list() == []
