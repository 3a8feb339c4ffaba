"""Accounts, links and roles: who gets in, as what, and what is remembered of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi import APIRouter, FastAPI
from starlette.testclient import TestClient

from assistant.access.accounts import AccountError, AccountRole, Accounts
from assistant.channels.web.access import needs
from corpus.clock import utc_now
from tests.web.conftest import AWAY, LogIn, enter, new_browser


@pytest.fixture
def accounts(app: FastAPI) -> Accounts:
    found: Accounts = app.state.web.accounts
    return found


def close_parts(app: FastAPI) -> None:
    """Add parts to the web that are not for everyone."""
    for role in AccountRole:
        router = APIRouter(prefix=f"/for-{role}", dependencies=[needs(role)])

        @router.api_route("/page", methods=["GET", "POST"])
        def page() -> str:
            return "inside"

        app.include_router(router)


@pytest.fixture
def closed(app: FastAPI) -> None:
    close_parts(app)


@pytest.fixture(scope="module")
def at_the_door(standing: FastAPI) -> dict[AccountRole | None, TestClient]:
    """Browsers before closed parts, by the role that they are logged in with."""
    close_parts(standing)
    opened: dict[AccountRole | None, TestClient] = {None: new_browser(standing)}
    for role in AccountRole:
        opened[role] = new_browser(standing)
        enter(standing, opened[role], role.value, role)
    return opened


@pytest.mark.parametrize("has", [None, *AccountRole])
@pytest.mark.parametrize("needed", AccountRole)
def test_a_part_is_closed_to_whoever_lacks_its_role(
    at_the_door: dict[AccountRole | None, TestClient], has: AccountRole | None, needed: AccountRole
) -> None:
    browser = at_the_door[has]
    answer = browser.get(f"/for-{needed}/page?x=1")
    if has is None:
        assert answer.status_code == 303
        assert answer.headers["Location"] == f"/login?next=%2Ffor-{needed}%2Fpage%3Fx%3D1"
        assert browser.post(f"/for-{needed}/page").status_code == 401
    else:
        assert answer.status_code == (200 if has.covers(needed) else 403)


def test_a_change_of_role_holds_from_the_next_page_on(closed: None, log_in: LogIn, accounts: Accounts) -> None:
    browser = log_in(AccountRole.BROKER)
    assert browser.get("/for-broker/page").status_code == 200
    accounts.set_role(accounts.find("broker 1").id, AccountRole.CONTACT, by="test")
    assert browser.get("/for-broker/page").status_code == 403


def test_a_closed_account_is_logged_out_everywhere_and_stays_out(
    closed: None, log_in: LogIn, accounts: Accounts, client: TestClient
) -> None:
    browser = log_in(AccountRole.BROKER)
    account = accounts.find("broker 1")
    token = accounts.make_link(account.id, by="test", loopback_only=True)
    accounts.set_active(account.id, active=False, by="test")
    assert browser.get("/for-broker/page").status_code == 303
    assert client.post(f"/login/link/{token}").status_code == 410


def test_a_link_works_once(accounts: Accounts, browsers: Callable[..., TestClient]) -> None:
    token = accounts.make_link(accounts.add("Kari", AccountRole.BROKER, by="test").id, by="test", loopback_only=True)
    first, second = browsers(), browsers()
    assert first.get(f"/login/link/{token}").status_code == 200, "looking does not use it up"
    assert first.post(f"/login/link/{token}").status_code == 303
    assert second.post(f"/login/link/{token}").status_code == 410
    assert second.get(f"/login/link/{token}").status_code == 410
    assert "Kari" not in second.get("/about").text


def test_a_link_for_this_machine_works_on_no_other(accounts: Accounts, browsers: Callable[..., TestClient]) -> None:
    token = accounts.make_link(accounts.add("Kari", AccountRole.BROKER, by="test").id, by="test", loopback_only=True)
    assert browsers(client=AWAY).post(f"/login/link/{token}").status_code == 410
    forwarded = {"X-Forwarded-For": "192.0.2.7"}
    assert browsers().post(f"/login/link/{token}", headers=forwarded).status_code == 410
    assert browsers().post(f"/login/link/{token}").status_code == 303


def test_a_link_expires(accounts: Accounts, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    token = accounts.make_link(accounts.add("Kari", AccountRole.BROKER, by="test").id, by="test", loopback_only=True)
    later = utc_now() + timedelta(minutes=31)
    monkeypatch.setattr("assistant.access.accounts.utc_now", lambda: later)
    assert client.post(f"/login/link/{token}").status_code == 410


def test_logging_in_gives_the_session_a_new_id(accounts: Accounts, client: TestClient) -> None:
    client.cookies.set("mellomrom", "planted-by-somebody-else")
    token = accounts.make_link(accounts.add("Kari", AccountRole.BROKER, by="test").id, by="test", loopback_only=True)
    answer = client.post(f"/login/link/{token}")
    cookie = answer.headers["Set-Cookie"]
    assert "planted" not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_session_that_was_logged_out_is_worth_nothing(
    closed: None, log_in: LogIn, browsers: Callable[..., TestClient]
) -> None:
    browser = log_in(AccountRole.BROKER)
    kept = browser.cookies["mellomrom"]
    browser.post("/logout")
    thief = browsers()
    thief.cookies.set("mellomrom", kept)
    assert thief.get("/for-broker/page").status_code == 303


def test_no_secret_stands_in_the_database(accounts: Accounts, client: TestClient, app: FastAPI) -> None:
    from sqlalchemy import text

    token = accounts.make_link(accounts.add("Kari", AccountRole.BROKER, by="test").id, by="test", loopback_only=True)
    client.post(f"/login/link/{token}")
    with app.state.web.runtime.database.reading() as session:
        for table in ("web_session", "web_login_link", "web_audit"):
            held = str(session.execute(text(f"SELECT * FROM {table}")).all())
            assert token not in held
            assert client.cookies["mellomrom"] not in held


def test_logins_refusals_and_roles_are_remembered(accounts: Accounts, client: TestClient) -> None:
    account = accounts.add("Kari", AccountRole.CONTACT, by="root")
    accounts.set_role(account.id, AccountRole.ADMIN, by="root")
    client.post(f"/login/link/{accounts.make_link(account.id, by='root', loopback_only=True)}")
    client.post("/logout")
    client.post("/login/link/nothing")
    told = [(entry.event.value, entry.by) for entry in reversed(accounts.audit())]
    assert told == [
        ("account_added", "root"),
        ("role_changed", "root"),
        ("link_made", "root"),
        ("login", account.id),
        ("logout", account.id),
        ("login_refused", "link"),
    ]


@pytest.mark.parametrize("name", ["", " ", "x" * 201])
def test_a_name_that_is_none_is_refused(accounts: Accounts, name: str) -> None:
    with pytest.raises(AccountError, match="expected 1 to 200 characters"):
        accounts.add(name, AccountRole.CONTACT, by="test")


def test_two_accounts_of_one_name_are_refused(accounts: Accounts) -> None:
    accounts.add("Kari", AccountRole.CONTACT, by="test")
    with pytest.raises(AccountError, match="already"):
        accounts.add("kari", AccountRole.BROKER, by="test")


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "x",
        "/a\r\nb",
    ],
)
def test_nobody_is_sent_to_another_site(passer_by: TestClient, address: str) -> None:
    assert passer_by.post("/preferences", data={"theme": "dark", "next": address}).headers["Location"] == "/"


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("Åse Nordmann", "åse nordmann"),
        ("Øyvind", "ØYVIND"),
        ("Ægir", "ægir"),
        ("Élise", "e\u0301lise"),
        ("Kari", "kari"),
    ],
)
def test_a_name_of_any_letters_is_one_account_however_it_is_written(accounts: Accounts, name: str, same: str) -> None:
    first = accounts.ensure_local(name, AccountRole.BROKER, by="test")
    assert accounts.ensure_local(name, AccountRole.BROKER, by="test") == first
    assert accounts.ensure_local(same, AccountRole.BROKER, by="test").id == first.id
    with pytest.raises(AccountError, match="There is an account named"):
        accounts.add(same, AccountRole.CONTACT, by="test")
    assert accounts.find(same).id == first.id
