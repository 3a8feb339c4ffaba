"""Conversations through Slack: each reply is a message in the thread, and a choice is a button that goes on."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest

from tests.evaluation.spoken import SPOKEN
from tests.slack.calls import mention
from tests.slack.here import Here

THREAD = "1795581000.000001"


@pytest.mark.usefixtures("corpus_day")
def test_conversations_go_on_in_their_threads(here: Here) -> None:
    count = 0
    for number, turns in enumerate(SPOKEN.values(), start=1):
        thread = f"1795581{number:03}.000001"
        for place, (said, wanted) in enumerate(turns):
            more = {"thread_ts": thread} if place else {"ts": thread}
            assert here.post(mention(said, **more)).status == 200
            count += 1
            sent = here.told("chat.postMessage", count)[-1]
            assert wanted in json.dumps(sent, ensure_ascii=False).casefold(), (said, sent)
            assert sent["thread_ts"] == thread


def test_a_choice_is_a_button_that_goes_on_from_there(here: Here) -> None:
    here.post(mention("hvem kan noe om overvann?", ts=THREAD))
    here.told("chat.postMessage", 1)
    here.post(mention("den greia", thread_ts=THREAD))
    asked = here.told("chat.postMessage", 2)[-1]
    blocks = asked["blocks"] if isinstance(asked["blocks"], list) else json.loads(asked["blocks"])
    buttons = next(block for block in blocks if block.get("block_id") == "choices")["elements"]
    human = buttons[-1]
    click = {
        "type": "block_actions", "user": {"id": "U01KARI"}, "team": {"id": "T01TEST"}, "trigger_id": "t1",
        "api_app_id": "A01APP", "channel": {"id": "C01FOU"},
        "message": {"ts": "1795581000.000009", "thread_ts": THREAD},
        "actions": [{"action_id": human["action_id"], "value": human["value"], "action_ts": "1795581000.1",
                     "block_id": "choices", "type": "button"}],
    }  # fmt: skip
    body = urlencode({"payload": json.dumps(click)}).encode()
    assert here.post(body, "application/x-www-form-urlencoded").status == 200
    told = here.told("chat.postMessage", 3)[-1]
    assert "kompetansemegler" in json.dumps(told, ensure_ascii=False).casefold()
