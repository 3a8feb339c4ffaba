"""`mellomrom slack …`: an installation is told what it lacks, by name, and that it works, before anybody asks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from cryptography.fernet import Fernet

from assistant.channels.slack.configuration import missing_settings
from assistant.channels.slack.manifest import scopes
from assistant.platform.settings import Settings
from tests.ports import free_port
from tests.slack.fake_api import FakeApi
from tests.slack.processes import ROOT

TOKEN = "xoxb-very-secret"


def mellomrom(home: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("MELLOMROM_")}
    environment = {**kept, "MELLOMROM_HOME": str(home), **{f"MELLOMROM_SLACK_{k}": v for k, v in settings.items()}}
    return subprocess.run(
        [sys.executable, "-m", "assistant", "slack", *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_the_manifest_is_printed_for_http_and_for_socket_mode(tmp_path: Path) -> None:
    http = yaml.safe_load(mellomrom(tmp_path, "manifest", "--url", "https://m.example.no").stdout)
    assert http["settings"]["event_subscriptions"]["request_url"] == "https://m.example.no/slack/events"
    assert yaml.safe_load(mellomrom(tmp_path, "manifest", "--socket").stdout)["settings"]["socket_mode_enabled"]


@pytest.mark.parametrize("arguments", [[], ["--url", "http://m.example.no"], ["--url", "m.example.no"]])
def test_a_manifest_that_could_not_work_is_refused(tmp_path: Path, arguments: list[str]) -> None:
    done = mellomrom(tmp_path, "manifest", *arguments)
    assert done.returncode == 2
    assert "https://" in done.stderr
    assert done.stdout == ""


def test_a_key_is_one_that_can_be_used(tmp_path: Path) -> None:
    Fernet(mellomrom(tmp_path, "key").stdout.strip())


def test_what_is_missing_is_named_with_where_it_is_found(tmp_path: Path) -> None:
    done = mellomrom(tmp_path, "check")
    assert done.returncode == 1
    assert "MELLOMROM_SLACK_BOT_TOKEN" in done.stdout
    assert "MELLOMROM_SLACK_SIGNING_SECRET" in done.stdout
    assert "assistant/docs/slack.md" in done.stderr


def test_a_token_that_slack_knows_is_good(tmp_path: Path, api: FakeApi) -> None:
    done = mellomrom(
        tmp_path, "check", BOT_TOKEN=TOKEN, SIGNING_SECRET="s", API_URL=f"{api.url}/api", BROKER_CHANNEL="C1"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "mellomrom in Innherred (T01TEST)" in done.stdout
    assert TOKEN not in done.stdout


def test_a_token_that_slack_does_not_know_is_told(tmp_path: Path, api: FakeApi) -> None:
    api.always["auth.test"] = lambda _: (200, {"ok": False, "error": "invalid_auth"}, {})
    done = mellomrom(tmp_path, "check", BOT_TOKEN=TOKEN, SIGNING_SECRET="s", API_URL=f"{api.url}/api/")
    assert done.returncode == 1
    assert "invalid_auth" in done.stdout
    assert TOKEN not in done.stdout


def test_scopes_that_were_not_granted_are_named(tmp_path: Path, api: FakeApi) -> None:
    granted = ",".join(one for one in scopes() if one != "commands")
    usual = {"ok": True, "user": "mellomrom", "team": "Innherred", "team_id": "T01TEST"}
    api.always["auth.test"] = lambda _: (200, usual, {"x-oauth-scopes": granted})
    done = mellomrom(tmp_path, "check", BOT_TOKEN=TOKEN, SIGNING_SECRET="s", API_URL=f"{api.url}/api/")
    assert done.returncode == 1
    assert "lacks the scopes commands" in done.stdout


def test_slack_that_cannot_be_reached_is_told_without_a_stack_trace(tmp_path: Path) -> None:
    done = mellomrom(
        tmp_path, "check", BOT_TOKEN=TOKEN, SIGNING_SECRET="s", API_URL=f"http://127.0.0.1:{free_port()}/api/"
    )
    assert done.returncode == 1
    assert "cannot be reached" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_channel_by_name_is_refused(tmp_path: Path, api: FakeApi) -> None:
    done = mellomrom(
        tmp_path, "check", BOT_TOKEN=TOKEN, SIGNING_SECRET="s", API_URL=f"{api.url}/api/", BROKER_CHANNEL="#meglere"
    )
    assert done.returncode == 1
    assert "C0123ABCD" in done.stdout


def test_several_workspaces_need_a_key_and_a_good_one(tmp_path: Path) -> None:
    done = mellomrom(tmp_path, "check", CLIENT_ID="1.2", CLIENT_SECRET="s", SIGNING_SECRET="s")
    assert "MELLOMROM_SLACK_TOKEN_KEY" in done.stdout
    done = mellomrom(tmp_path, "check", CLIENT_ID="1.2", CLIENT_SECRET="s", SIGNING_SECRET="s", TOKEN_KEY="nonsense")
    assert done.returncode == 1
    assert "mellomrom slack key" in done.stdout
    key = Fernet.generate_key().decode()
    done = mellomrom(tmp_path, "check", CLIENT_ID="1.2", CLIENT_SECRET="s", SIGNING_SECRET="s", TOKEN_KEY=key)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "/slack/install" in done.stdout


def test_socket_mode_needs_no_signing_secret() -> None:
    assert missing_settings(Settings(slack_bot_token=TOKEN, slack_app_token="xapp")) == []
