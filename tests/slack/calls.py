"""Calls as Slack makes them: signed, over HTTP."""

from __future__ import annotations

import itertools
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, NamedTuple

from slack_sdk.signature import SignatureVerifier

SECRET = "test-signing-secret"
_numbers = itertools.count(1)


class Said(NamedTuple):
    """What a call was answered with."""

    status: int
    text: str
    seconds: float

    @property
    def json(self) -> Any:
        return json.loads(self.text)


def signed(body: bytes, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    """Return the headers that Slack signs a body with."""
    timestamp = str(int(time.time() if at is None else at))
    signature = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=body)
    return {"x-slack-request-timestamp": timestamp, "x-slack-signature": str(signature)}


def post(url: str, body: bytes, kind: str = "application/json", headers: dict[str, str] | None = None) -> Said:
    """Post a body with a signature, or with other headers in its place."""
    made = urllib.request.Request(
        f"{url}/slack/events", body, {"content-type": kind, **(signed(body) if headers is None else headers)}
    )
    begun = time.monotonic()
    try:
        with urllib.request.urlopen(made, timeout=30) as said:
            return Said(said.status, said.read().decode(), time.monotonic() - begun)
    except urllib.error.HTTPError as error:
        return Said(error.code, error.read().decode(), time.monotonic() - begun)


def mention(
    text: str, *, event_id: str | None = None, user: str = "U01KARI", ts: str | None = None, **more: Any
) -> bytes:
    """Return a mention in a channel."""
    number = next(_numbers)
    stamp = ts or f"1795580000.{number:06}"
    event = {"type": "app_mention", "user": user, "text": f"<@U0BOT> {text}", "ts": stamp, "channel": "C01FOU",
             "event_ts": stamp, **more}  # fmt: skip
    body = {"type": "event_callback", "team_id": "T01TEST", "api_app_id": "A01APP", "event": event,
            "event_id": event_id or f"Ev{number}", "event_time": 1795580000}  # fmt: skip
    return json.dumps(body).encode()


def event(kind: str, **more: Any) -> bytes:
    """Return any other event."""
    body = {"type": "event_callback", "team_id": "T01TEST", "api_app_id": "A01APP", "event_id": f"Ev{next(_numbers)}",
            "event": {"type": kind, **more}}  # fmt: skip
    return json.dumps(body).encode()


def command(text: str, url: str, name: str = "/mellomrom", user: str = "U01KARI") -> bytes:
    """Return a command; the answer goes to ``url``."""
    form = {"command": name, "text": text, "team_id": "T01TEST", "user_id": user, "channel_id": "C01FOU",
            "response_url": url, "trigger_id": f"trigger.{next(_numbers)}", "token": "t"}  # fmt: skip
    return urllib.parse.urlencode(form).encode()


def interaction(payload: dict[str, Any]) -> bytes:
    """Return a click, or what is submitted in a modal."""
    return urllib.parse.urlencode({"payload": json.dumps(payload)}).encode()


def click(
    action_id: str, value: str, url: str, *, user: str = "U01KARI", action_ts: str | None = None, **more: Any
) -> bytes:
    """Return a click on a button of a message in a channel."""
    action = {"type": "button", "action_id": action_id, "block_id": "b", "value": value,
              "action_ts": action_ts or f"1795580001.{next(_numbers):06}"}  # fmt: skip
    payload = {"type": "block_actions", "team": {"id": "T01TEST"}, "user": {"id": user}, "channel": {"id": "C01FOU"},
               "container": {"type": "message", "message_ts": "1795580000.5", "channel_id": "C01FOU"},
               "message": {"ts": "1795580000.5", "thread_ts": "1795580000.4", "blocks": []}, "response_url": url,
               "trigger_id": f"trigger.{next(_numbers)}", "actions": [action], **more}  # fmt: skip
    return interaction(payload)


FORM = "application/x-www-form-urlencoded"
