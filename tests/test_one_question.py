"""One question asked wherever one can ask gives the same records in the same order, and one answer in the log."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp.client import Client

from assistant.access.tokens import Tokens, TokenScope
from assistant.history.log_entries import EntryKind
from assistant.platform.settings import Settings
from assistant.runtime.bootstrap import open_runtime
from tests.homes import copy_home
from tests.mcp.conftest import ids, over_http, over_stdio, told
from tests.ports import free_port
from tests.slack.calls import SECRET, mention
from tests.slack.fake_api import FakeApi
from tests.slack.here import Here, served
from tests.slack.processes import ROOT, until
from tests.teams.fake_teams import APP, TENANT, FakeTeams, post, said_in
from tests.teams.fake_teams import SECRET as TEAMS_SECRET

QUESTION = "hvem kan hjelpe med tidlig oppdagelse av sepsis?"
CHANNELS = ["slack", "teams", "web", "api", "terminal", "mcp", "mcp"]


@pytest.fixture
def teams() -> Iterator[FakeTeams]:
    opened = FakeTeams(free_port())
    yield opened
    opened.close()


@pytest.fixture
def here(shipped_home: Path, tmp_path: Path, teams: FakeTeams) -> Iterator[Here]:
    home = tmp_path / "everywhere"
    copy_home(shipped_home, home)
    api = FakeApi(free_port())
    settings = Settings(
        home=home,
        mcp=True,
        slack_bot_token="xoxb-test-token",  # noqa: S106
        slack_signing_secret=SECRET,
        slack_api_url=f"{api.url}/api/",
        slack_broker_channel="C02MEG",
        teams_app_id=APP,
        teams_app_secret=TEAMS_SECRET,
        teams_tenants=TENANT,
        teams_service_url=teams.service,
        teams_login_url=teams.url,
        teams_openid_url=f"{teams.url}/v1/.well-known/openidconfiguration",
    )
    with open_runtime(settings) as runtime, served(settings, runtime, api) as opened:
        yield opened
    api.close()


def on_the_web(url: str) -> list[str]:
    """Ask as the form does; return the records in the order they are shown in."""
    with httpx2.Client(base_url=url, follow_redirects=True, timeout=30) as browser:
        key = re.search(r'name="key" value="([^"]*)"', browser.get("/").text)
        assert key is not None
        page = browser.post("/ask", data={"text": QUESTION, "key": key[1], "after": ""}).text
    found = re.findall(r'type="checkbox" id="[^"]*" form="act-[^"]*" name="record" value="([^"]*)"', page)
    return list(dict.fromkeys(found))


def in_slack(here: Here) -> list[str]:
    assert here.post(mention(QUESTION)).status == 200
    message = here.told("chat.postMessage")[0]
    return list(dict.fromkeys(re.findall(r"\b(?:actor|instrument|idea):[a-z0-9-]+", json.dumps(message))))


def in_teams(here: Here, teams: FakeTeams) -> list[str]:
    """Ask in a chat; return the names in the order they are shown in."""
    assert post(f"{here.url}/teams/messages", teams.message(QUESTION), teams.token()).status == 200
    [card] = until(teams.cards, 30, "for a card")
    return [name[1] for line in said_in(card).splitlines() if (name := re.fullmatch(r"\d+\. (.*)", line))]


@pytest.mark.slow
def test_one_question_is_answered_alike_wherever_it_is_asked(here: Here, teams: FakeTeams) -> None:
    home, url = here.runtime.settings.home, here.url
    secret, _ = Tokens(here.runtime.database).add("a test", [TokenScope.ASK], 1, by="test")

    async def use(client: Client) -> Any:
        return told(await client.call_tool("find_matches", {"need": QUESTION}))

    shown = in_slack(here)
    named = in_teams(here, teams)
    ticked = on_the_web(url)
    posted = httpx2.post(
        f"{url}/api/v1/ask", json={"question": QUESTION}, headers={"Authorization": f"Bearer {secret}"}, timeout=30
    ).json()
    printed = subprocess.run(
        [sys.executable, "-m", "assistant", "ask", "--json", "--top", "5", QUESTION],
        cwd=ROOT,
        env={"MELLOMROM_HOME": str(home), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    answers = [posted, json.loads(printed.stdout), over_http(f"{url}/mcp", secret, use), over_stdio(home, use)]
    assert all(ids(one) == ids(answers[0]) for one in answers)
    assert [one["score"] for one in answers[2]["partners"]] == [one["score"] for one in answers[0]["partners"]]

    entries = [one for one in here.runtime.service.log.entries() if one.kind is EntryKind.ANSWER]
    assert [one.channel for one in entries] == CHANNELS
    [logged] = {tuple(one["id"] for one in entry.payload["suggestions"]) for entry in entries}
    assert sorted(logged) == sorted(one for kind in ids(answers[0]) for one in kind)
    # What is only possible is folded away in these, so that they show a part, in the order of the whole.
    names = {one["id"]: one["name"] for kind in ("partners", "schemes", "ideas") for one in posted[kind]}
    assert len(set(names.values())) == len(names)
    by_name = {name: one for one, name in names.items()}
    for part in (shown, ticked, [by_name[name] for name in named]):
        assert len(part) >= 3
        assert part == [one for one in logged if one in part]
