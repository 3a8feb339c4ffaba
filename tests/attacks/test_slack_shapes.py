"""Whatever shape a signed call has, it is answered without a failure, and what can be read of it is answered to."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.cases.cases import CaseReason
from assistant.channels.slack import payloads, shapes
from assistant.channels.slack.jobs import packed, unpacked
from assistant.service.messages import ActionType, RejectionReason
from tests.slack.calls import FORM, event, interaction
from tests.slack.conftest import api, here, runtime, settings
from tests.slack.here import Here

__all__ = ["api", "here", "runtime", "settings"]

_NAMES = """
    type event user team channel enterprise id text ts thread_ts subtype channel_type bot_id attachments actions value
    action_id block_id view state values private_metadata container message blocks elements response_url trigger_id
    team_id enterprise_id user_id event_id authorizations is_share about place marks
""".split()
_word = st.text(max_size=5) | st.sampled_from(["message", "im", "app_mention", "D1"])
_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | _word,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_NAMES), inner, max_size=6),
    max_leaves=20,
)
_bodies = st.dictionaries(st.sampled_from(_NAMES), _anything, max_size=8)


@given(_bodies)
def test_no_shape_breaks_the_reading(body: dict[str, Any]) -> None:
    shapes.is_known(body)
    jobs = [
        payloads.ask_from_event(body),
        payloads.ask_from_command(body),
        payloads.ask_from_modal(body, "x"),
        payloads.act_from_click(body),
        payloads.feedback_from_click(body),
        payloads.more_from_click(body),
        payloads.act_from_modal(body, ActionType.NOT_FOR_US, RejectionReason.OTHER, None),
        payloads.move_from_click(body),
        payloads.move_from_modal(body, CaseReason.OTHER, None),
    ]
    payloads.metadata(body)
    payloads.submitted(body, "text", "text")
    for job in jobs:
        if job is not None:
            assert unpacked(packed(job)) == job or packed(unpacked(packed(job))) == packed(job)


def _event(inside: object, **more: object) -> bytes:
    body = {"type": "event_callback", "team_id": "T01TEST", "event_id": "Ev1", "event": inside, **more}
    return json.dumps(body).encode()


_DIRECT = {"type": "message", "channel_type": "im", "user": "U1", "channel": "D1", "ts": "1.1"}
ODD = {
    "no event": _event(None),
    "a list of events": _event([]),
    "an event that is a text": _event("message"),
    "an event without a type": _event({}),
    "a type that is a number": _event({"type": 7}),
    "a user that is a number": _event({**_DIRECT, "user": 7}),
    "a text that is an object": _event({**_DIRECT, "text": {"a": 1}}),
    "a channel of letters nobody has": _event({"type": "app_mention", "user": "U1", "channel": "\ud800", "ts": "1.1"}),
    "a team that is a list": _event({"type": "message"}, team_id=["T"]),
    "authorizations that are a number": _event({"type": "message"}, authorizations=7),
    "very deep": b'{"event": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "no type at all": b"{}",
}


@pytest.fixture(scope="module")
def odd_clicks() -> list[bytes]:
    plain: dict[str, Any] = {"type": "block_actions", "team": {"id": "T01TEST"}, "user": {"id": "U1"}}
    actions: list[Any] = [None, 7, [], [7], [{}], [{"action_id": 7, "block_id": 8}], {"action_id": "x"}]
    views: list[Any] = [None, 7, [], {}, {"callback_id": 7, "state": []}, {"state": {"values": 7}}]
    submitted = {"type": "view_submission", "team": {"id": "T01TEST"}, "user": "U1"}
    return [
        *(interaction({**plain, "actions": one}) for one in actions),
        *(interaction({**submitted, "view": one}) for one in views),
    ]


def test_no_signed_call_is_answered_with_a_failure(
    here: Here, odd_clicks: list[bytes], caplog: pytest.LogCaptureFixture
) -> None:
    for name, body in ODD.items():
        assert here.post(body).status < 500, name
    for body in odd_clicks:
        assert here.post(body, FORM).status < 500, body
    assert "Traceback" not in caplog.text


def test_a_half_character_is_answered_and_not_logged(here: Here, caplog: pytest.LogCaptureFixture) -> None:
    words = "hvem kan hjelpe med tidlig oppdagelse av sepsis \ud800 på sykehjemmet hemmelig?"
    said = here.post(event("message", channel_type="im", user="U01KARI", channel="D01", ts="1795580009.1", text=words))
    assert said.status == 200
    assert "Helse Nord-Trøndelag" in here.told("chat.postMessage")[0]["text"]
    assert "hemmelig" not in caplog.text


def test_a_mention_that_is_put_in_later_is_answered_once(here: Here) -> None:
    def told(**more: Any) -> int:
        stamp = "1795580077.1"
        mention = {"user": "U01KARI", "channel": "C01FOU", "ts": stamp, "text": "<@U0BOT> sepsis", **more}
        return here.post(event("app_mention", **mention)).status

    assert [told(edited={"user": "U01KARI", "ts": "1795580078.1"}), told(), told()] == [200, 200, 200]
    here.told("chat.postMessage")
    here.post(event("app_mention", user="U01KARI", channel="C01FOU", ts="1795580079.1", text="<@U0BOT> skole"))
    assert len(here.told("chat.postMessage", 2)) == 2
