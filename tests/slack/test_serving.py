"""Over signed HTTP: who is let in, what is taken in once, and what a slow or failing search, or Slack, does."""

from __future__ import annotations

import dataclasses
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from assistant.access.accounts import AccountRole, Accounts
from assistant.access.profiles import Profile, Profiles
from assistant.platform.settings import Settings
from assistant.platform.workdays import norwegian_day
from assistant.render.slack_actions import About, AboutCase, ActionId
from assistant.service.container import Runtime
from assistant.service.messages import ActionReceipt, Reply, UserAction, UserMessage
from assistant.service.service import Service
from corpus.text import Language
from tests.slack.calls import FORM, click, command, event, interaction, mention, signed
from tests.slack.fake_api import FakeApi
from tests.slack.here import Here, served
from tests.slack.oracles import assert_message, assert_view
from tests.slack.processes import until

QUESTION = "hvem kan hjelpe med tidlig oppdagelse av sepsis?"
SOON = 3.0
"""Seconds that Slack waits for its acknowledgement; it takes some hundredths where the machine is idle."""


class Altered:
    """A service that is slow or fails where it is told to."""

    def __init__(self, service: Service, seconds: float = 0.0, failures: int = 0) -> None:
        self._service = service
        self._seconds = seconds
        self._failures = failures
        self.asked = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._service, name)

    def handle(self, incoming: UserMessage) -> Reply:
        self.asked += 1
        time.sleep(self._seconds)
        if self.asked <= self._failures:
            raise RuntimeError("the search broke")
        return self._service.handle(incoming)

    def act(self, act: UserAction) -> ActionReceipt:
        return self._service.act(act)


def altered(runtime: Runtime, **how: Any) -> tuple[Runtime, Altered]:
    service = Altered(runtime.service, **how)
    return dataclasses.replace(runtime, service=service), service  # type: ignore[arg-type]


def inbox(here: Here) -> list[tuple[Any, ...]]:
    with here.runtime.database.reading() as session:
        found = session.execute(text("SELECT key, job, done_at, failure FROM slack_inbox ORDER BY received_at"))
        return [tuple(row) for row in found]


def all_done(here: Here, count: int) -> list[tuple[Any, ...]]:
    def done() -> list[tuple[Any, ...]] | None:
        rows = inbox(here)
        return rows if len(rows) >= count and all(row[2] for row in rows) else None

    return until(done)


def answered(here: Here) -> tuple[str, list[dict[str, Any]]]:
    """Ask, and return the log id and the blocks of the answer."""
    here.post(mention(QUESTION))
    blocks: list[dict[str, Any]] = here.told("chat.postMessage")[-1]["blocks"]
    value = next(e["value"] for b in blocks if b["type"] == "actions" for e in b["elements"])
    return value.split("|")[0], blocks


def test_a_mention_is_acknowledged_at_once_and_answered_in_its_thread(here: Here) -> None:
    said = here.post(mention(QUESTION, ts="1795580000.000042"))
    assert (said.status, said.seconds < SOON) == (200, True)
    message = here.told("chat.postMessage")[0]
    assert (message["channel"], message["thread_ts"]) == ("C01FOU", "1795580000.000042")
    assert_message(message)
    assert "Helse Nord-Trøndelag" in message["text"]


def test_slack_makes_sure_of_the_address(unmoved: Here) -> None:
    said = unmoved.post(b'{"type": "url_verification", "challenge": "abc", "token": "t"}')
    assert (said.status, said.json) == (200, {"challenge": "abc"})


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-slack-signature": "v0=abc", "x-slack-request-timestamp": "1"},
        signed(b"another body"),
        signed(mention(QUESTION, event_id="EvX", ts="1.1"), secret="another secret"),
        signed(mention(QUESTION, event_id="EvX", ts="1.1"), at=time.time() - 600),
        {**signed(b""), "x-slack-request-timestamp": "nonsense"},
        {**signed(b""), "x-slack-signature": "v0=\xe6"},
    ],
)
def test_who_is_not_slack_is_refused_and_nothing_is_taken_in(unmoved: Here, headers: dict[str, str]) -> None:
    said = unmoved.post(mention(QUESTION, event_id="EvX", ts="1.1"), headers=headers)
    assert said.status == 401
    assert inbox(unmoved) == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", "application/json"),
        (b"[1, 2]", "application/json"),
        (b"", "application/json"),
        (b"payload=%7B", FORM),
        (b"payload=[]", FORM),
        (b"nonsense", FORM),
    ],
)
def test_a_signed_body_that_cannot_be_read_is_refused_as_such(unmoved: Here, body: bytes, kind: str) -> None:
    said = unmoved.post(body, kind)
    assert said.status == 400
    assert "Traceback" not in said.text


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"type": "event_callback"}',
        b'{"type": "event_callback", "team_id": "T01TEST", "event": {"type": "app_mention"}}',
        b'{"type": "event_callback", "team_id": "T01TEST", "event": {"type": "never_heard_of"}}',
        event("message", channel="C01FOU", channel_type="channel", user="U01KARI", text="hei", ts="1.1"),
        event("message", channel="D1", channel_type="im", subtype="message_changed", ts="1.1"),
        event("app_home_opened"),
    ],
)
def test_what_is_none_of_our_business_is_left_alone(unmoved: Here, body: bytes) -> None:
    assert unmoved.post(body).status in {200, 404}
    assert inbox(unmoved) == []


def test_an_event_told_many_times_at_once_is_one_row_and_one_answer(here: Here) -> None:
    body = mention(QUESTION, event_id="EvOnce")
    with ThreadPoolExecutor(20) as threads:
        said = list(threads.map(lambda _: here.post(body), range(40)))
    assert {one.status for one in said} == {200}
    assert len(all_done(here, 1)) == 1
    again = here.post(body, headers={**signed(body), "x-slack-retry-num": "1", "x-slack-retry-reason": "http_timeout"})
    assert again.status == 200
    assert len(inbox(here)) == 1
    assert len(here.told("chat.postMessage")) == 1


def test_a_retry_of_what_never_arrived_is_answered(here: Here) -> None:
    body = mention(QUESTION)
    here.post(body, headers={**signed(body), "x-slack-retry-num": "1", "x-slack-retry-reason": "timeout"})
    assert len(here.told("chat.postMessage")) == 1


def test_a_slow_search_keeps_nobody_waiting(settings: Settings, runtime: Runtime, api: FakeApi) -> None:
    slow, _ = altered(runtime, seconds=4.0)
    with served(settings, slow, api) as here:
        said = [here.post(mention(QUESTION)), here.post(command(QUESTION, f"{api.url}/hook/1"), FORM)]
        assert [one.status for one in said] == [200, 200]
        assert max(one.seconds for one in said) < SOON
        here.told("chat.postMessage")
        here.told("hook")
        assert here.api.of("assistant.threads.setStatus")[0]["status"] == "leter i basen …"


def test_what_breaks_is_told_with_a_reference_and_the_next_is_answered(
    settings: Settings, runtime: Runtime, api: FakeApi, caplog: pytest.LogCaptureFixture
) -> None:
    broken, _ = altered(runtime, failures=1)
    with served(settings, broken, api) as here:
        here.post(command(QUESTION, f"{api.url}/hook/1"), FORM)
        told = here.told("hook")[0]
        [(_, job, _, failure)] = all_done(here, 1)
        assert job is None
        assert failure in told["text"]
        assert failure in caplog.text
        assert "RuntimeError" not in told["text"]
        here.post(command(QUESTION, f"{api.url}/hook/2"), FORM)
        assert_message(here.told("hook", 2)[1])


def test_slack_asking_to_wait_or_failing_costs_no_answer(here: Here) -> None:
    here.api.plan(
        "chat.postMessage",
        (429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "1"}),
        (503, {"ok": False, "error": "service_unavailable"}, {}),
    )
    here.post(mention(QUESTION))
    assert len(here.told("chat.postMessage", 3)) == 3
    assert [row[3] for row in all_done(here, 1)] == [None]


def test_slack_failing_for_long_is_tried_again_later(here: Here) -> None:
    here.api.plan("chat.postMessage", *[(500, {"ok": False, "error": "internal_error"}, {})] * 5)
    here.post(mention(QUESTION))
    assert_message(here.told("chat.postMessage", 6, 40)[5])
    assert [row[3] for row in all_done(here, 1)] == [None]


@pytest.mark.parametrize("refusal", ["not_in_channel", "channel_not_found", "is_archived"])
def test_where_the_app_may_not_write_the_asker_gets_a_direct_message(here: Here, refusal: str) -> None:
    here.api.plan("chat.postMessage", (200, {"ok": False, "error": refusal}, {}))
    here.post(mention(QUESTION))
    assert [one["channel"] for one in here.told("chat.postMessage", 2)] == ["C01FOU", "DU01KARI"]


def test_blocks_that_slack_finds_too_long_are_left_out(here: Here) -> None:
    here.api.plan("chat.postMessage", (200, {"ok": False, "error": "msg_blocks_too_long"}, {}))
    here.post(mention(QUESTION))
    assert "blocks" not in here.told("chat.postMessage", 2)[1]


def test_an_answer_address_that_has_expired_becomes_a_direct_message(here: Here) -> None:
    here.api.plan("expired", (404, {"ok": False, "error": "expired_url"}, {}))
    here.post(command(QUESTION, f"{here.api.url}/hook/expired"), FORM)
    assert here.told("chat.postMessage")[0]["channel"] == "DU01KARI"


@pytest.mark.parametrize("refusal", ["unknown_method", "missing_scope", "method_not_supported_for_channel_type"])
def test_a_workspace_without_agent_view_gets_everything_else(here: Here, refusal: str) -> None:
    here.api.always["assistant.threads.setStatus"] = lambda _: (200, {"ok": False, "error": refusal}, {})
    here.api.always["assistant.threads.setSuggestedPrompts"] = lambda _: (200, {"ok": False, "error": refusal}, {})
    here.post(event("app_home_opened", user="U01KARI", channel="D1", tab="messages"))
    for _ in range(3):
        here.post(mention(QUESTION))
    assert len(here.told("chat.postMessage", 3)) == 3
    # It is not asked again for what it does not have.
    assert len(here.api.of("assistant.threads.setStatus")) <= 3
    assert len(here.api.of("assistant.threads.setSuggestedPrompts")) == 1


def test_prompts_are_suggested_without_a_thread(here: Here) -> None:
    here.post(event("app_home_opened", user="U01KARI", channel="D1", tab="messages"))
    asked = here.told("assistant.threads.setSuggestedPrompts")[0]
    assert "thread_ts" not in asked
    assert 1 <= len(asked["prompts"]) <= 4


def test_the_home_is_shown(here: Here) -> None:
    here.post(event("app_home_opened", user="U01KARI", channel="D1", tab="home"))
    shown = here.told("views.publish")[0]
    assert shown["user_id"] == "U01KARI"
    assert_view(shown["view"])


def test_a_command_is_acknowledged_with_nothing_so_that_the_answer_comes_last(here: Here) -> None:
    said = here.post(command(QUESTION, f"{here.api.url}/hook/1"), FORM)
    assert (said.status, said.text) == (200, "")
    answer = here.told("hook")[0]
    assert answer["response_type"] == "ephemeral"
    assert_message(answer)


def test_a_command_that_is_not_ours_is_answered_in_words(here: Here) -> None:
    said = here.post(command("x", f"{here.api.url}/hook/1", name="/annet"), FORM)
    assert said.status == 200
    assert "/mellomrom" in said.json["text"]


def test_a_button_of_another_time_is_answered_in_words(here: Here) -> None:
    for action, value in ((ActionId.INTRODUCE, "x"), ("no_such_button", "y"), (ActionId.INTRODUCE, "nolog|actor:x|0")):
        before = len(here.api.of("hook"))
        assert here.post(click(action, value, f"{here.api.url}/hook/1"), FORM).status == 200
        assert "for gammel" in here.told("hook", before + 1)[-1]["text"]


def test_a_workspace_sees_nothing_of_another(here: Here) -> None:
    log_id, _ = answered(here)
    value = About(log_id=log_id, record_id="actor:ntnu").packed()
    other = click(ActionId.INTRODUCE, value, f"{here.api.url}/hook/1", team={"id": "T02OTHER"})
    assert here.post(other, FORM).status == 200
    assert "for gammel" in here.told("hook")[0]["text"]


def test_the_message_shortcut_lets_its_reader_see_over_the_text_first(here: Here) -> None:
    payload = {"type": "message_action", "callback_id": "find_for_message", "team": {"id": "T01TEST"},
               "user": {"id": "U01KARI"}, "channel": {"id": "C01FOU"}, "trigger_id": "t.1", "message_ts": "1.1",
               "message": {"ts": "1.1", "text": "Vi trenger hjelp med &lt;fall&gt; <@U2>"}, "action_ts": "1.2",
               "response_url": f"{here.api.url}/hook/shortcut"}  # fmt: skip
    assert here.post(interaction(payload), FORM).status == 200
    view = here.told("views.open")[0]["view"]
    assert_view(view)
    assert view["blocks"][0]["element"]["initial_value"] == "Vi trenger hjelp med <fall>"
    assert inbox(here) == []
    values = {"text": {"text": {"value": QUESTION}}}
    submitted = {"type": "view_submission", "team": {"id": "T01TEST"}, "user": {"id": "U01KARI"},
                 "view": {**view, "id": "V1", "hash": "h", "state": {"values": values}}}  # fmt: skip
    assert here.post(interaction(submitted), FORM).status == 200
    assert_message(here.told("hook")[0])


def test_the_global_shortcut_is_answered_in_a_direct_message(here: Here) -> None:
    payload = {"type": "shortcut", "callback_id": "ask_anywhere", "team": {"id": "T01TEST"}, "user": {"id": "U01KARI"},
               "trigger_id": "t.1", "action_ts": "1.2"}  # fmt: skip
    here.post(interaction(payload), FORM)
    view = here.told("views.open")[0]["view"]
    values = {"text": {"text": {"value": QUESTION}}}
    submitted = {"type": "view_submission", "team": {"id": "T01TEST"}, "user": {"id": "U01KARI"},
                 "view": {**view, "id": "V1", "hash": "h", "state": {"values": values}}}  # fmt: skip
    here.post(interaction(submitted), FORM)
    assert here.told("chat.postMessage")[0]["channel"] == "DU01KARI"


@pytest.mark.parametrize("written", [None, "", " ", "?!"])
def test_a_modal_without_words_is_sent_back_beside_its_field(here: Here, written: str | None) -> None:
    view = {"id": "V1", "hash": "h", "callback_id": "ask_modal", "private_metadata": "{}", "type": "modal",
            "state": {"values": {"text": {"text": {"value": written}}}}}  # fmt: skip
    payload = {"type": "view_submission", "team": {"id": "T01TEST"}, "user": {"id": "U01KARI"}, "view": view}
    said = here.post(interaction(payload), FORM)
    assert said.json["response_action"] == "errors"
    assert list(said.json["errors"]) == ["text"]


def test_what_was_under_way_when_the_process_died_is_answered_by_the_next(
    settings: Settings, runtime: Runtime, api: FakeApi
) -> None:
    from assistant.channels.inbox import Inbox, InboxEvent
    from assistant.channels.slack.jobs import AskJob, packed
    from assistant.channels.slack.places import SlackPlace
    from assistant.channels.slack.tables import InboxRow

    place = SlackPlace(team="T01TEST", user="U01KARI", channel="C01FOU", thread="1.1")
    job = AskJob(key="slack:event:EvBefore", place=place, conversation="slack:T01TEST:C01FOU:1.1", text=QUESTION)
    assert Inbox(runtime.database, InboxRow).take_all([InboxEvent(key=job.key, job=packed(job))]) == [True]
    with served(settings, runtime, api) as here:
        assert here.told("chat.postMessage")[0]["thread_ts"] == "1.1"
        assert len(all_done(here, 1)) == 1


def test_two_who_click_at_once_are_each_told_and_both_marks_stand(here: Here) -> None:
    log_id, blocks = answered(here)
    ids = [b["block_id"].removeprefix("about:") for b in blocks if b.get("block_id", "").startswith("about:")]
    hook = f"{here.api.url}/hook/1"
    bodies = [
        click(ActionId.INTRODUCE, About(log_id=log_id, record_id=record).packed(), hook, user=user)
        for record, user in zip(ids[:2], ("U01KARI", "U02OLA"), strict=True)
    ]
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda body: here.post(body, FORM), bodies))
    said = here.told("hook", 4)
    last = [one for one in said if one.get("replace_original")][-1]
    assert_message(last)
    assert "<@U01KARI>" in str(last["blocks"])
    assert "<@U02OLA>" in str(last["blocks"])


def test_what_stands_behind_a_suggestion_is_told_where_it_was_asked_for(here: Here) -> None:
    _, blocks = answered(here)
    buttons = [e for b in blocks if b["type"] == "actions" for e in b["elements"]]
    value = next(one["value"] for one in buttons if one["action_id"] == ActionId.WHY)
    here.post(click(ActionId.WHY, value, f"{here.api.url}/hook/1"), FORM)
    [behind] = here.told("hook")
    assert_message(behind)
    assert "Kilde: " in str(behind["blocks"])
    here.post(click(ActionId.WHY, "nolog|actor:x|0", f"{here.api.url}/hook/2"), FORM)
    assert "blocks" in here.told("hook", 2)[-1]


def test_brokers_are_reminded_in_the_thread_of_a_case_that_waits(here: Here) -> None:
    log_id, _ = answered(here)
    value = About(log_id=log_id, record_id="actor:helse-nord-trondelag").packed()
    here.post(click(ActionId.INTRODUCE, value, f"{here.api.url}/hook/1"), FORM)
    shown = until(lambda: next((one for one in here.api.of("chat.postMessage") if one["channel"] == "C02MEG"), None))
    assert "Følges opp innen" in str(shown["blocks"])
    until(lambda: any("Utkast til brev" in one["text"] for one in here.api.of("chat.postMessage")))
    later = norwegian_day() + timedelta(days=20)
    followup = here.runtime.followup
    assert followup.send(later, [here.channel.notifier]) == 1
    told = [one for one in here.api.of("chat.postMessage") if "Saken har ventet 9 arbeidsdager" in one["text"]]
    assert [one["channel"] for one in told] == ["C02MEG"]
    assert told[0]["thread_ts"]
    assert followup.send(later, [here.channel.notifier]) == 0


def test_who_has_a_case_is_reminded_of_it_in_their_own_language(here: Here) -> None:
    log_id, _ = answered(here)
    value = About(log_id=log_id, record_id="actor:helse-nord-trondelag").packed()
    here.post(click(ActionId.INTRODUCE, value, f"{here.api.url}/hook/1"), FORM)
    until(lambda: any("Utkast til brev" in one["text"] for one in here.api.of("chat.postMessage")))
    runtime = here.runtime
    berit = Accounts(runtime.database).add("Berit", AccountRole.BROKER, by="test")
    Profiles(runtime.database).save(berit, Profile(language=Language.NN))
    (case,) = runtime.referrals.cases()
    runtime.referrals.assign(case.id, berit.name, by=berit.name)
    assert runtime.followup.send(norwegian_day() + timedelta(days=20), [here.channel.notifier]) == 1
    assert any("Saka har venta" in one["text"] for one in here.api.of("chat.postMessage"))


def test_a_broker_moves_a_case_by_its_button_its_asker_is_told_and_an_old_button_moves_nothing(here: Here) -> None:
    log_id, _ = answered(here)
    value = About(log_id=log_id, record_id="actor:helse-nord-trondelag").packed()
    here.post(click(ActionId.INTRODUCE, value, f"{here.api.url}/hook/1"), FORM)
    case = until(lambda: next(iter(here.runtime.referrals.cases()), None))
    button = AboutCase(case_id=case.id, version=case.version).packed()
    elsewhere = click(f"{ActionId.MOVE}:sent", button, f"{here.api.url}/hook/2", user="U03MEGLER")
    here.post(elsewhere, FORM)
    until(lambda: any("Bare meglere kan flytte saker" in one["text"] for one in here.api.of("hook")))
    assert here.runtime.referrals.get(case.id).state == "asked"
    for number in (3, 4):
        pressed = click(
            f"{ActionId.MOVE}:sent", button, f"{here.api.url}/hook/{number}", user="U03MEGLER", channel={"id": "C02MEG"}
        )
        here.post(pressed, FORM)
    until(lambda: any("Sendt til partneren" in one["text"] for one in here.api.of("chat.postMessage")))
    until(lambda: any("Noen andre endret saken" in one["text"] for one in here.api.of("hook")))
    moves = [event for event in here.runtime.referrals.events(case.id) if event.action == "moved"]
    assert [(event.to_state, event.by) for event in moves] == [("sent", "slack:T01TEST:U03MEGLER")]
