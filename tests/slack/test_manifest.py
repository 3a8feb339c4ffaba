"""The manifest is one that Slack takes, asks for the fewest scopes, and names what the code listens for."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.channels.slack.manifest import manifest, rendered, scopes
from assistant.render.slack_actions import CallbackId
from tests.slack.oracles import schema

LIMITS = {"name": 35, "description": 140, "long_description": 4_000}
MINIMAL = {"app_mentions:read", "assistant:write", "chat:write", "commands", "im:history", "im:write", "mpim:history"}


def faults(made: dict[str, Any]) -> list[str]:
    known_gap = "'assistant:write' is not one of"
    errors = schema("manifest", "Manifest").iter_errors(made)
    return [f"{e.json_path}: {e.message}" for e in errors if not e.message.startswith(known_gap)]


@pytest.mark.parametrize("made", [manifest(), manifest("https://m.example.no/"), manifest(socket=True)])
def test_slack_takes_the_manifest(made: dict[str, Any]) -> None:
    assert faults(made) == []
    shown = made["display_information"]
    for name, limit in LIMITS.items():
        assert 1 <= len(shown[name]) <= limit
    agent = made["features"]["agent_view"]
    assert len(agent["agent_description"]) <= 300
    assert 1 <= len(agent["suggested_prompts"]) <= 4
    for shortcut in made["features"]["shortcuts"]:
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150
    for command in made["features"]["slash_commands"]:
        assert command["command"].startswith("/")
        assert len(command["command"]) <= 32


def test_the_judge_refuses_a_scope_or_an_event_that_does_not_exist() -> None:
    made = manifest()
    made["oauth_config"]["scopes"]["bot"].append("channels:everything")
    made["settings"]["event_subscriptions"]["bot_events"].append("app_dreamt")
    assert len(faults(made)) == 2


def test_no_more_scopes_are_asked_for_than_the_features_need() -> None:
    assert set(scopes()) == MINIMAL
    assert not manifest()["settings"]["token_rotation_enabled"]


def test_an_address_is_put_in_everywhere_it_is_needed() -> None:
    made = manifest("https://m.example.no")
    events = "https://m.example.no/slack/events"
    assert made["settings"]["event_subscriptions"]["request_url"] == events
    assert made["settings"]["interactivity"]["request_url"] == events
    assert [command["url"] for command in made["features"]["slash_commands"]] == [events]
    assert made["oauth_config"]["redirect_urls"] == ["https://m.example.no/slack/oauth_redirect"]


def test_socket_mode_needs_no_address() -> None:
    made = manifest(socket=True)
    assert made["settings"]["socket_mode_enabled"]
    assert "request_url" not in made["settings"]["event_subscriptions"]


def test_what_is_printed_reads_back_as_the_same() -> None:
    import yaml

    assert yaml.safe_load(rendered(manifest("https://m.example.no"))) == manifest("https://m.example.no")


def test_the_shortcuts_are_those_that_the_code_knows() -> None:
    known = {CallbackId.FIND_FOR_MESSAGE.value, CallbackId.ASK_ANYWHERE.value}
    assert {one["callback_id"] for one in manifest()["features"]["shortcuts"]} == known
