"""Only what Teams has signed for this bot, from a tenant whose people may ask, is taken in; real keys, real HTTP."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlalchemy import text

from assistant.channels.teams.channel import create_teams
from assistant.platform.settings import Settings, SettingsError
from tests.homes import copy_home
from tests.slack.processes import until
from tests.teams.conftest import Here, served
from tests.teams.fake_teams import APP, TENANT, FakeTeams, post

OTHER_KEY = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
OTHER_TENANT = "99999999-bbbb-cccc-dddd-eeeeeeeeeeee"
NEVER_FETCHED: dict[str, Callable[[FakeTeams], str | None]] = {
    "none": lambda _: None,
    "no token at all": lambda _: "x.y.z",
    "of bytes that are none": lambda _: "øøø",
    "very long": lambda _: "a" * 60_000,
    "signed by nobody": lambda teams: jwt.encode(
        jwt.decode(teams.token(), options={"verify_signature": False}), "", "none", {"kid": teams.key_id}
    ),
    "signed with a word": lambda teams: teams.token(algorithm="HS256", key="a word that is long enough for it"),
    "for another bot": lambda teams: teams.token(aud="22222222-2222-3333-4444-555555555555"),
    "for several": lambda teams: teams.token(aud=[APP, "x"]),
    "for a name that cannot be written": lambda teams: teams.token(aud="\ud800"),
    "for nobody": lambda teams: teams.token(aud=None),
    "from another issuer": lambda teams: teams.token(iss="https://sts.windows.net/t/"),
    "from a tenant's own issuer": lambda teams: teams.token(
        iss=f"https://login.microsoftonline.com/{TENANT}/v2.0", tid=TENANT
    ),
    "from nobody": lambda teams: teams.token(iss=None),
    "ended": lambda teams: teams.token(exp=int(time.time()) - 400),
    "without an end": lambda teams: teams.token(exp=None),
    "with an end that is none": lambda teams: teams.token(exp="tomorrow"),
    "not begun": lambda teams: teams.token(nbf=int(time.time()) + 400),
    "for no service": lambda teams: teams.token(serviceurl=None),
    "for another service": lambda teams: teams.token(serviceurl="https://evil.example/teams/"),
    "for another path of the service": lambda teams: teams.token(serviceurl=f"{teams.url}/other/"),
}


@pytest.fixture(scope="module")
def at(shipped_home: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The channel served once for all of these, since none of them leaves anything behind."""

    from tests.ports import free_port

    teams = FakeTeams(free_port())
    home = tmp_path_factory.mktemp("guard") / "home"
    copy_home(shipped_home, home)
    settings = Settings(
        home=home,
        teams_app_id=APP,
        teams_app_secret="s",
        teams_tenants=TENANT,
        teams_service_url=teams.service,
        teams_login_url=teams.url,
        teams_openid_url=f"{teams.url}/v1/.well-known/openidconfiguration",
    )
    with served(settings, teams) as here:
        until(lambda: len(teams.fetched) == 2)
        yield here
    teams.close()


def inbox(here: Here) -> int:
    with here.runtime.database.reading() as session:
        return int(session.scalar(text("SELECT count(*) FROM teams_inbox")) or 0)


@pytest.mark.parametrize("name", NEVER_FETCHED)
def test_a_token_that_cannot_be_right_is_refused_without_a_key_being_fetched(at: Here, name: str) -> None:
    fetched = len(at.teams.fetched)
    said = post(f"{at.url}/teams/messages", at.teams.message("hei"), NEVER_FETCHED[name](at.teams))
    assert said.status == 401
    assert (len(at.teams.fetched), inbox(at)) == (fetched, 0)


@pytest.mark.parametrize(
    "made",
    [
        {
            "channelData": {"tenant": {"id": OTHER_TENANT}},
            "conversation": {"id": "a:x", "conversationType": "personal"},
        },
        {"channelData": {"tenant": {"id": OTHER_TENANT}}},
    ],
    ids=["another", "two that differ"],
)
def test_another_tenant_is_refused_without_a_key_being_fetched(at: Here, made: dict[str, Any]) -> None:
    fetched = len(at.teams.fetched)
    assert at.tell({**at.teams.message("hei"), **made}).status in {400, 403}
    assert (len(at.teams.fetched), inbox(at)) == (fetched, 0)


def test_a_token_signed_with_another_key_is_refused_and_keys_are_not_fetched_for_each(at: Here) -> None:
    assert post(f"{at.url}/teams/messages", at.teams.message("hei"), at.teams.token(key=OTHER_KEY)).status == 401
    fetched = len(at.teams.fetched)
    tokens = [at.teams.token(key=OTHER_KEY, key_id=f"unknown-{number}") for number in range(20)]
    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(lambda one: post(f"{at.url}/teams/messages", at.teams.message("hei"), one).status, tokens))
    assert said == [401] * 20
    assert len(at.teams.fetched) - fetched <= 2
    assert inbox(at) == 0


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"x"', b"{}", b"[" * 100_000, b'{"type": "message"}', b"\xff\xfe"],
    ids=["nothing", "half", "a list", "null", "a word", "empty", "deep", "too little", "no text"],
)
def test_what_is_malformed_is_told_so(at: Here, body: bytes) -> None:
    assert at.tell(body).status == 400


@pytest.mark.parametrize(
    "made",
    [
        {"id": "../../x"},
        {"conversation": {"id": "a:1/../../v3", "tenantId": TENANT}},
        {"conversation": None},
        {"from": {"id": 5}},
        {"from": None},
        {"serviceUrl": "file:///etc/passwd"},
        {"text": ["x"]},
        {"entities": "x"},
        {"channelData": None, "conversation": {"id": "a:1"}},
    ],
    ids=str,
)
def test_an_activity_of_another_shape_is_told_so(at: Here, made: dict[str, Any]) -> None:
    assert at.tell({**at.teams.message("hei"), **made}).status == 400
    assert inbox(at) == 0


def test_clocks_may_differ_and_an_unknown_invoke_or_event_is_left_alone(at: Here) -> None:
    ended = {"exp": int(time.time()) - 200}
    assert at.tell({**at.teams.message(""), "type": "messageUpdate"}, **ended).status == 200
    assert at.tell({**at.teams.message(""), "type": "invoke", "name": "task/fetch", "value": {}}).status == 501
    assert inbox(at) == 0


def test_keys_that_cannot_be_fetched_keep_nobody_else_waiting_and_teams_is_told_to_try_again(
    settings: Settings, teams: FakeTeams
) -> None:
    teams.keys_seconds = 3.0
    with served(settings, teams) as here, ThreadPoolExecutor(1) as pool:
        asked = pool.submit(here.tell, teams.message("hei"))
        began = time.monotonic()
        with urllib.request.urlopen(f"{here.url}/healthz", timeout=5) as said:
            assert said.status == 200
        assert time.monotonic() - began < 2
        assert asked.result().status == 200
    nowhere = settings.model_copy(update={"teams_openid_url": "http://127.0.0.1:9/v1/.well-known/openidconfiguration"})
    with served(nowhere, teams) as here:
        assert here.tell(teams.message("hei")).status == 503


def test_calls_without_proof_are_only_for_this_machine(at: Here) -> None:
    for more in ({"web_base_url": "https://mellomrom.example.no"}, {"teams_app_id": APP}):
        settings = Settings(teams_playground=True).model_copy(update=more)
        with pytest.raises(SettingsError, match="MELLOMROM_TEAMS_PLAYGROUND"):
            create_teams(settings, at.runtime)
    assert create_teams(Settings(), at.runtime) is None
    with pytest.raises(SettingsError, match="MELLOMROM_TEAMS_TENANTS"):
        create_teams(Settings(teams_app_id=APP, teams_app_secret="s"), at.runtime)
