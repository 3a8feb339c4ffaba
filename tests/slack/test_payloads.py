"""What Slack sends becomes a job with a key of its own, or nothing; what a person wrote comes out as they wrote it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.channels.inbox import MAX_KEY
from assistant.channels.slack import payloads
from assistant.channels.slack.jobs import cleared, packed, unpacked
from assistant.channels.slack.payloads import written
from assistant.channels.slack.routes import readable
from assistant.render.slack_actions import About, ActionId
from assistant.service.messages import ActionType, RejectionReason
from corpus.records import Kind


def mention(**changes: Any) -> dict[str, Any]:
    event = {"type": "app_mention", "user": "U1", "channel": "C1", "ts": "1.1", "text": "<@U0BOT> hvem &amp; hva?"}
    return {"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": {**event, **changes}}


def message(**changes: Any) -> dict[str, Any]:
    return mention(**{"type": "message", "channel": "D1", "channel_type": "im", **changes})


def click(action_id: str = ActionId.INTRODUCE, **changes: Any) -> dict[str, Any]:
    value = About(log_id="log-1", record_id="actor:ntnu").packed()
    action = {"action_id": action_id, "block_id": "about:actor:ntnu", "value": value, "action_ts": "9.1"}
    body = {"type": "block_actions", "team": {"id": "T1"}, "user": {"id": "U1"}, "channel": {"id": "C1"},
            "container": {"type": "message", "message_ts": "1.2"}, "message": {"ts": "1.2", "thread_ts": "1.1"},
            "response_url": "https://hooks.slack.com/x", "trigger_id": "t", "actions": [action]}  # fmt: skip
    return {**body, **changes}


def test_a_mention_is_asked_in_its_thread_where_all_see_it() -> None:
    job = payloads.ask_from_event(mention())
    assert job is not None
    assert (job.text, job.place.thread, job.place.private) == ("hvem & hva?", "1.1", False)
    assert job.conversation == "slack:T1:C1:1.1"
    in_thread = payloads.ask_from_event(mention(thread_ts="0.9", ts="1.4"))
    assert in_thread is not None
    assert in_thread.conversation == "slack:T1:C1:0.9"


FORWARDED = {"is_share": True, "is_msg_unfurl": True, "text": "vi trenger hjelp mot <https://a.no|fall> hos eldre"}


@pytest.mark.parametrize(
    ("body", "asked"),
    [
        (mention(edited={"user": "U1", "ts": "1.2"}), "hvem & hva?"),
        (message(subtype="thread_broadcast", thread_ts="0.9", text="og penger?"), "og penger?"),
        (message(subtype="me_message", text="trenger hjelp"), "trenger hjelp"),
        (message(subtype="file_share", text="se vedlegg"), "se vedlegg"),
        (message(channel="G1", channel_type="mpim", text="hvem kan hjelpe oss?"), "hvem kan hjelpe oss?"),
        (message(text="", attachments=[FORWARDED]), "vi trenger hjelp mot fall hos eldre"),
        (mention(text="<@U0BOT> se", attachments=[FORWARDED]), "se vi trenger hjelp mot fall hos eldre"),
        (
            message(text="<https://a.slack.com/archives/C1/p17955> hvem?", attachments=[FORWARDED]),
            "hvem? vi trenger hjelp mot fall hos eldre",
        ),
        (
            message(text="se <https://a.no>", attachments=[{"text": "A page", "from_url": "https://a.no"}]),
            "se https://a.no",
        ),
    ],
)
def test_however_people_write_to_it_they_are_heard(body: dict[str, Any], asked: str) -> None:
    job = payloads.ask_from_event(body)
    assert job is not None
    assert job.text == asked


def test_a_message_is_one_question_however_often_and_in_whatever_ways_slack_tells_of_it() -> None:
    told = [
        mention(),
        mention(edited={"user": "U1", "ts": "1.2"}),
        {**mention(), "event_id": "Ev2"},
        mention(type="message", channel_type="mpim"),
    ]
    assert len({job.key for body in told if (job := payloads.ask_from_event(body))}) == 1


def test_a_direct_message_is_asked_in_its_thread() -> None:
    job = payloads.ask_from_event(message(text="hei"))
    assert job is not None
    assert (job.place.channel, job.place.thread, job.text) == ("D1", "1.1", "hei")


@pytest.mark.parametrize(
    "body",
    [
        message(subtype="message_changed"),
        message(subtype="message_deleted"),
        message(subtype="bot_message"),
        message(bot_id="B1"),
        message(channel_type="channel"),
        message(user=None),
        mention(bot_id="B1"),
        mention(channel="D1"),
        mention(type="reaction_added"),
        {},
        {"event": None},
    ],
)
def test_bots_edits_and_what_is_said_to_others_are_no_questions(body: dict[str, Any]) -> None:
    assert payloads.ask_from_event(body) is None


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("<@U0BOT> hei", "hei"),
        ("hei <@U2|kari> og <!channel>", "hei og"),
        ("i <#C1|fou-innherred>", "i #fou-innherred"),
        ("<https://ntnu.no|NTNU> og <https://sintef.no>", "NTNU og https://sintef.no"),
        ("a &lt;b&gt; &amp; c &amp;amp;", "a <b> & c &amp;"),
        ("to\nlinjer\t ", "to linjer"),
        ("", ""),
    ],
)
def test_what_a_person_wrote_comes_out_as_they_wrote_it(sent: str, meant: str) -> None:
    assert written(sent) == meant


def test_the_same_thing_told_twice_has_the_same_key_and_another_thing_another() -> None:
    keys = [
        job.key
        for job in (
            payloads.ask_from_event(mention()),
            payloads.ask_from_event(mention(ts="1.9")),
            payloads.act_from_click(click()),
            payloads.act_from_click(click(user={"id": "U2"})),
            payloads.act_from_click(click(team={"id": "T2"})),
            payloads.act_from_click(click(container={"message_ts": "7.7"})),
            payloads.act_from_click(click(ActionId.SHARE)),
        )
        if job
    ]
    assert len(set(keys)) == 7
    again = payloads.act_from_click(click())
    assert again is not None
    assert again.key == keys[2]


def test_a_long_key_is_still_one_of_its_own() -> None:
    long = [payloads.ask_from_event(mention(ts="1" * 400 + end)) for end in "34"]
    keys = [job.key for job in long if job]
    assert len(set(keys)) == 2
    assert all(len(key) <= MAX_KEY for key in keys)


def test_a_click_tells_what_is_to_be_done_and_where_the_answer_goes() -> None:
    job = payloads.act_from_click(click())
    assert job is not None
    assert (job.verb, job.log_id, job.record_id) == (ActionType.INTRODUCE, "log-1", "actor:ntnu")
    assert (job.place.thread, job.place.message, job.place.response_url) == ("1.1", "1.2", "https://hooks.slack.com/x")
    private = payloads.act_from_click(click(container={"message_ts": "1.2", "is_ephemeral": True}, message=None))
    assert private is not None
    assert private.place.private


@pytest.mark.parametrize("value", ["", "x", "a|b|c|d", "|x|0", "log|rec|x", None, 7])
def test_a_value_that_is_none_of_ours_does_nothing(value: Any) -> None:
    body = click()
    body["actions"][0]["value"] = value
    assert payloads.act_from_click(body) is None
    assert payloads.more_from_click(body) is None
    assert payloads.feedback_from_click(body) is None
    assert payloads.move_from_click(body) is None


def test_feedback_and_more_are_read_from_their_buttons() -> None:
    body = click(ActionId.FEEDBACK)
    body["actions"][0]["value"] = About(log_id="log-1").packed() + "|not_helpful"
    feedback = payloads.feedback_from_click(body)
    assert feedback is not None
    assert feedback.verb is ActionType.NOT_HELPFUL
    body["actions"][0]["value"] = About(log_id="log-1", record_id=Kind.IDEA.value, start=3).packed()
    more = payloads.more_from_click(body)
    assert more is not None
    assert (more.record_kind, more.start) == (Kind.IDEA, 3)


def test_a_modal_remembers_where_it_was_opened_from() -> None:
    kept = payloads.metadata(click(ActionId.NOT_FOR_US))
    body = {"team": {"id": "T1"}, "user": {"id": "U1"}, "view": {"id": "V1", "hash": "h", "private_metadata": kept}}
    job = payloads.act_from_modal(body, ActionType.NOT_FOR_US, RejectionReason.TIMING, "etter jul")
    assert job is not None
    assert (job.place.channel, job.place.thread, job.place.message) == ("C1", "1.1", "1.2")
    assert (job.record_id, job.reason, job.note) == ("actor:ntnu", RejectionReason.TIMING, "etter jul")


def test_a_modal_acts_for_the_one_who_submits_it_whatever_it_says() -> None:
    forged = json.dumps({"place": {"team": "T2", "user": "U2", "channel": "C1"}, "about": "log|rec|0"})
    body = {"team": {"id": "T1"}, "user": {"id": "U1"}, "view": {"id": "V1", "private_metadata": forged}}
    job = payloads.act_from_modal(body, ActionType.NOT_FOR_US, RejectionReason.OTHER, None)
    assert job is not None
    assert (job.place.team, job.place.user) == ("T1", "U1")


@pytest.mark.parametrize("kept", ["", "[]", "{", '"x"', '{"about": "x"}'])
def test_a_modal_with_nothing_to_remember_does_nothing(kept: str) -> None:
    body = {"team": {"id": "T1"}, "user": {"id": "U1"}, "view": {"id": "V1", "private_metadata": kept}}
    assert payloads.act_from_modal(body, ActionType.NOT_FOR_US, RejectionReason.OTHER, None) is None
    assert payloads.move_from_modal(body, None, None) is None


def test_a_job_is_the_same_after_a_restart() -> None:
    for job in (payloads.ask_from_event(mention()), payloads.act_from_click(click())):
        assert job is not None
        assert unpacked(packed(job)) == cleared(job)


@pytest.mark.parametrize(
    ("raw", "kind", "good"),
    [
        (b"{}", "application/json", True),
        (b"[]", "application/json", False),
        (b'{"a":', "application/json", False),
        (b"\xff\xfe", "application/json", False),
        (b"null", "application/json", False),
        (b"command=%2Fmellomrom&text=", "application/x-www-form-urlencoded", True),
        (b"payload=%7B%7D", "application/x-www-form-urlencoded", True),
        (b"payload=%5B%5D", "application/x-www-form-urlencoded", False),
        (b"payload=nonsense", "application/x-www-form-urlencoded", False),
        (b"nonsense", "application/x-www-form-urlencoded", False),
        (b"", "application/json", False),
        (b"ssl_check=1&token=x", "application/x-www-form-urlencoded", True),
    ],
)
def test_a_body_that_cannot_be_read_is_known_beforehand(raw: bytes, kind: str, good: bool) -> None:
    assert readable(raw, kind) is good


@given(text=st.text(max_size=60))
def test_no_text_breaks_the_reading(text: str) -> None:
    assert "\n" not in written(text)


@given(
    event=st.dictionaries(st.sampled_from(["type", "channel_type", "subtype", "bot_id", "user"]), st.text(max_size=4))
)
def test_no_event_breaks_the_reading(event: dict[str, str]) -> None:
    payloads.ask_from_event({"team_id": "T1", "event_id": "E", "event": event})
