"""The manifest of the Slack app, with the addresses of one installation put in.

Invariant: scopes, events and commands stand in `manifest.yaml` alone; what the code asks of Slack is checked against
them in the tests.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

EVENTS_PATH = "/slack/events"
INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"


def manifest(url: str | None = None, *, socket: bool = False) -> dict[str, Any]:
    """Return the manifest.

    Args:
        url: Where Slack reaches the installation, such as ``https://mellomrom.example.no``.
        socket: Whether the installation calls out to Slack instead.
    """
    import yaml

    text = (files(__package__) / "manifest.yaml").read_text(encoding="utf-8")
    made: dict[str, Any] = yaml.safe_load(text)
    settings = made["settings"]
    settings["socket_mode_enabled"] = socket
    if url and not socket:
        events = f"{url.rstrip('/')}{EVENTS_PATH}"
        settings["event_subscriptions"]["request_url"] = events
        settings["interactivity"]["request_url"] = events
        for command in made["features"]["slash_commands"]:
            command["url"] = events
    if url:
        made["oauth_config"]["redirect_urls"] = [f"{url.rstrip('/')}{REDIRECT_PATH}"]
    return made


def scopes() -> tuple[str, ...]:
    """Return the bot scopes that the app asks for."""
    return tuple(manifest()["oauth_config"]["scopes"]["bot"])


def rendered(made: dict[str, Any]) -> str:
    """Return a manifest as the text that Slack's form takes."""
    import yaml

    return yaml.safe_dump(made, allow_unicode=True, sort_keys=False, width=120)
