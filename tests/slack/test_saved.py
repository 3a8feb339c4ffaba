"""Needs saved in Slack: by a button or in words, told of in a direct message, stopped by one click."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from assistant.channels.slack import payloads
from assistant.channels.slack.jobs import cleared, packed, unpacked
from assistant.desk.couplings import ask_both
from assistant.platform.messages import messages
from assistant.platform.people import Asker, Channel
from assistant.render.saved import NewsLine, SavedShown, SavedVerb
from assistant.render.slack_actions import AboutSaved, ActionId, about_saved
from assistant.render.slack_saved import render_news, render_saved
from assistant.render.slack_views import Home, render_home
from assistant.saved.digest import Digest, saved_needs_of
from assistant.saved.needs import Every, SavedNeed, SavedNeeds
from assistant.service.privacy import erase, kept_of
from corpus.clock import utc_now
from corpus.text import Language
from tests.saved import couple, publish_partner
from tests.slack.answers import HOSTILE
from tests.slack.calls import FORM, click, command, event, mention
from tests.slack.here import Here
from tests.slack.oracles import assert_message, assert_view
from tests.slack.processes import until

QUESTION = "hvem kan hjelpe med tidlig oppdagelse av sepsis på sykehjem?"
KARI = Asker(channel=Channel.SLACK, tenant="T01TEST", user="U01KARI")
OLA = Asker(channel=Channel.SLACK, tenant="T01TEST", user="U02OLA")
SHOWN = SavedShown(
    need_id="n", log_id="l", question=QUESTION, every="week", saved_on="1. mai 2026", until="1. mai 2027",
    lines=(NewsLine(record_id="actor:ntnu", told="Ny mulig partner: NTNU."),),
)  # fmt: skip


def buttons(message: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every button of a message."""
    blocks = message["blocks"]
    found = [element for block in blocks if block["type"] == "actions" for element in block["elements"]]
    return [*found, *(block["accessory"] for block in blocks if block.get("accessory"))]


def button(message: dict[str, Any], action: str) -> dict[str, Any]:
    return next(one for one in buttons(message) if one["action_id"] == action)


def saved_by(here: Here, asker: Asker = KARI) -> list[SavedNeed]:
    return saved_needs_of(here.runtime).of(asker)


def save(here: Here, user: str = "U01KARI", asker: Asker = KARI) -> tuple[SavedNeed, dict[str, Any]]:
    """Ask in a channel, save it by the button, and return the need and what was told of it."""
    here.post(mention(QUESTION))
    pressed = button(here.told("chat.postMessage")[0], ActionId.SAVE)
    here.post(click(ActionId.SAVE, pressed["value"], f"{here.api.url}/hook/save", user=user), FORM)
    told = here.told("hook")[-1]
    (need,) = saved_by(here, asker)
    return need, told


def tell_news(here: Here, count: int = 1) -> list[dict[str, Any]]:
    """Have a new partner turn up, look a week on, and return the direct messages that tell of it."""
    for number in range(count):
        publish_partner(here.runtime, f"laget{number}")
    later = utc_now() + timedelta(days=8)
    needs = SavedNeeds(here.runtime.database, here.runtime.service, here.runtime.keys, lambda: later)
    digest = Digest(here.runtime, needs)
    digest.look()
    before = len(here.api.of("chat.postMessage"))
    digest.tell([here.channel.news])
    return here.api.of("chat.postMessage")[before:]


def test_a_need_is_saved_by_a_button_and_told_of_in_a_direct_message_once(here: Here) -> None:
    need, told = save(here)
    assert_message({"text": told["text"], "blocks": told["blocks"]})
    assert "høyst én gang i uka" in told["text"]
    assert (need.question, need.every, need.address) == (QUESTION, Every.WEEK, None)
    (news,) = tell_news(here)
    assert_message(news)
    assert news["channel"] == "DU01KARI"
    assert "Ny mulig partner: Laget0 mot sepsis." in news["text"]
    assert not saved_needs_of(here.runtime).untold(10)
    assert Digest(here.runtime, saved_needs_of(here.runtime)).tell([here.channel.news]) == 0


def test_who_did_not_ask_can_save_what_the_channel_sees_and_hears_of_it_themselves(here: Here) -> None:
    _, _ = save(here, user="U02OLA", asker=OLA)
    assert saved_by(here) == []
    (news,) = tell_news(here)
    assert news["channel"] == "DU02OLA"


def test_who_saved_a_need_is_asked_there_whether_to_do_it_with_another_municipality(here: Here) -> None:
    save(here)
    pair = couple(here.runtime, QUESTION)
    ask_both(here.runtime, pair.id, "Berit")
    needs = saved_needs_of(here.runtime)
    before = len(here.api.of("chat.postMessage"))
    assert Digest(here.runtime, needs).tell([here.channel.news]) == 1
    (asked,) = here.api.of("chat.postMessage")[before:]
    assert_message(asked)
    assert asked["channel"] == "DU01KARI"
    assert "En annen kommune vil det samme" in asked["text"]
    assert "Verdal" not in asked["text"]
    assert Digest(here.runtime, needs).tell([here.channel.news]) == 0


def test_a_question_that_slack_does_not_take_is_asked_later(here: Here) -> None:
    save(here)
    ask_both(here.runtime, couple(here.runtime, QUESTION).id, "Berit")
    needs = saved_needs_of(here.runtime)
    here.api.plan("chat.postMessage", (200, {"ok": False, "error": "account_inactive"}, {}))
    assert Digest(here.runtime, needs).tell([here.channel.news]) == 0
    assert Digest(here.runtime, needs).tell([here.channel.news]) == 1


def test_there_are_at_most_three_lines_and_what_is_not_relevant_stays_away(here: Here) -> None:
    need, _ = save(here)
    (news,) = tell_news(here, count=5)
    mutes = [one for one in buttons(news) if one["action_id"] == f"{ActionId.SAVED}:{SavedVerb.MUTE}"]
    assert len(mutes) == 3
    about = about_saved(mutes[0]["value"])
    assert about is not None
    here.post(click(mutes[0]["action_id"], mutes[0]["value"], f"{here.api.url}/hook/mute"), FORM)
    instead = here.told("hook", 2)[-1]
    assert instead["replace_original"] is True
    assert len([one for one in buttons(instead) if one["action_id"] == mutes[0]["action_id"]]) == 2
    assert saved_by(here)[0].muted == (about.record_id,)
    assert need.id == about.need_id


def test_one_click_stops_it_and_only_its_owner_can(here: Here) -> None:
    _, told = save(here)
    stop = button(told, f"{ActionId.SAVED}:{SavedVerb.STOP}")
    here.post(click(stop["action_id"], stop["value"], f"{here.api.url}/hook/ola", user="U02OLA"), FORM)
    assert "ikke lagret dette" in here.told("hook", 2)[-1]["text"]
    assert len(saved_by(here)) == 1
    here.post(click(stop["action_id"], stop["value"], f"{here.api.url}/hook/kari"), FORM)
    assert "du får ikke flere meldinger" in here.told("hook", 3)[-1]["text"]
    assert saved_by(here) == []
    assert tell_news(here) == []
    here.post(click(f"{ActionId.SAVED}:{SavedVerb.DAY}", stop["value"], f"{here.api.url}/hook/late"), FORM)
    assert "stoppet fra før" in here.told("hook", 4)[-1]["text"]


def test_how_often_is_changed_by_one_click_and_back_by_another(here: Here) -> None:
    _, told = save(here)
    daily = button(told, f"{ActionId.SAVED}:{SavedVerb.DAY}")
    here.post(click(daily["action_id"], daily["value"], f"{here.api.url}/hook/day"), FORM)
    now = here.told("hook", 2)[-1]
    assert "høyst én gang om dagen" in now["text"]
    assert saved_by(here)[0].every is Every.DAY
    assert button(now, f"{ActionId.SAVED}:{SavedVerb.WEEK}")["value"] == daily["value"]


def test_words_in_a_thread_save_its_need_and_only_who_wrote_them_sees_what_is_kept(here: Here) -> None:
    here.post(mention(QUESTION, ts="1795580000.000042"))
    here.told("chat.postMessage")
    here.post(mention("lagre dette", ts="1795580000.000043", thread_ts="1795580000.000042"))
    direct, in_thread = here.told("chat.postMessage", 3)[1:]
    assert (direct["channel"], in_thread["channel"]) == ("DU01KARI", "C01FOU")
    assert QUESTION in str(direct["blocks"])
    assert QUESTION not in str(in_thread["blocks"])
    assert [need.question for need in saved_by(here)] == [QUESTION]


def test_words_in_a_direct_message_are_answered_there(here: Here) -> None:
    direct = {"channel": "D9", "channel_type": "im", "user": "U01KARI"}
    here.post(event("message", text=QUESTION, ts="1795580000.7", **direct))
    here.told("chat.postMessage")
    here.post(event("message", text="lagre", ts="1795580000.8", thread_ts="1795580000.7", **direct))
    told = here.told("chat.postMessage", 2)[-1]
    assert (told["channel"], told["thread_ts"]) == ("D9", "1795580000.7")
    assert button(told, f"{ActionId.SAVED}:{SavedVerb.STOP}")


def test_what_a_command_answered_can_be_saved_too(here: Here) -> None:
    here.post(command(QUESTION, f"{here.api.url}/hook/asked"), FORM)
    pressed = button(here.told("hook")[-1], ActionId.SAVE)
    here.post(click(ActionId.SAVE, pressed["value"], f"{here.api.url}/hook/save"), FORM)
    assert "Lagret." in here.told("hook", 2)[-1]["text"]


def test_the_home_lists_what_is_saved_and_stops_it(here: Here) -> None:
    here.post(event("app_home_opened", user="U01KARI", channel="D1", tab="home"))
    assert "Lagrede behov" not in str(here.told("views.publish")[-1])
    save(here)
    here.post(event("app_home_opened", user="U01KARI", channel="D1", tab="home"))
    view = here.told("views.publish", 2)[-1]["view"]
    assert_view(view)
    assert "Lagrede behov" in str(view)
    stop = button(view, ActionId.STOP_AT_HOME)
    here.post(click(ActionId.STOP_AT_HOME, stop["value"], "", container={"type": "view", "view_id": "V1"}), FORM)
    assert "Lagrede behov" not in str(here.told("views.publish", 3)[-1])
    assert saved_by(here) == []


def test_news_that_slack_does_not_take_are_told_later_and_those_of_last_week_no_more(here: Here) -> None:
    save(here)
    here.api.plan("chat.postMessage", *[(200, {"ok": False, "error": "account_inactive"}, {})] * 2)
    assert tell_news(here)[0]["channel"] == "DU01KARI"
    needs = SavedNeeds(
        here.runtime.database, here.runtime.service, here.runtime.keys, lambda: utc_now() + timedelta(days=30)
    )
    assert len(needs.untold(10)) == 1
    assert Digest(here.runtime, needs).tell([here.channel.news]) == 0
    assert needs.untold(10) == []
    assert saved_by(here)[0].news


def test_a_click_on_an_answer_that_is_gone_or_no_need_saves_nothing(here: Here) -> None:
    for number, value in enumerate(("nothing||0", "x", ""), start=1):
        here.post(click(ActionId.SAVE, value, f"{here.api.url}/hook/{number}"), FORM)
        assert here.told("hook", number)[-1]["text"]
    assert saved_by(here) == []


def test_where_they_are_reached_is_given_out_and_erased(here: Here) -> None:
    save(here)
    assert "U01KARI" in kept_of(here.runtime, KARI)["saved"][0]["reply_to"]
    erase(here.runtime, KARI, by="asker")
    assert saved_needs_of(here.runtime).all() == []


def test_a_saved_need_told_twice_is_one(here: Here) -> None:
    here.post(mention(QUESTION))
    value = button(here.told("chat.postMessage")[0], ActionId.SAVE)["value"]
    for _ in range(3):
        here.post(click(ActionId.SAVE, value, f"{here.api.url}/hook/save", action_ts="1795580001.1"), FORM)
    until(lambda: saved_by(here))
    assert len(here.told("hook")) == 1
    assert len(saved_by(here)) == 1


@pytest.mark.parametrize("value", ["", "a", "a|b|c", "|actor:x", None, 7])
def test_a_value_that_is_none_of_ours_decides_nothing(value: Any) -> None:
    body = {"team": {"id": "T1"}, "user": {"id": "U1"},
            "actions": [{"action_id": "saved:stop", "value": value, "action_ts": "1"}]}  # fmt: skip
    assert payloads.saved_from_click(body) is None
    body["actions"] = [{"action_id": "saved:fly", "value": "n|", "action_ts": "1"}]
    assert payloads.saved_from_click(body) is None


def test_what_is_decided_is_the_same_after_a_restart() -> None:
    about = AboutSaved(need_id="n", record_id="actor:ntnu").packed()
    body = {"team": {"id": "T1"}, "user": {"id": "U1"},
            "actions": [{"action_id": "saved:mute", "value": about, "action_ts": "1"}]}  # fmt: skip
    job = payloads.saved_from_click(body)
    assert job is not None
    assert (job.verb, job.record_id) == (SavedVerb.MUTE, "actor:ntnu")
    assert unpacked(packed(job)) == cleared(job)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", HOSTILE)
def test_every_message_of_a_saved_need_is_taken(language: Language, kind: str) -> None:
    catalog, text = messages(language), HOSTILE[kind]
    lines = tuple(NewsLine(record_id=f"actor:{number}", told=text) for number in range(3))
    for shown in (SHOWN, SHOWN.model_copy(update={"question": text, "lines": lines}),
                  SHOWN.model_copy(update={"every": "day", "lines": ()})):  # fmt: skip
        assert_message(render_saved(catalog, shown))
        assert_message(render_news(catalog, shown))
        assert_view(render_home(catalog, Home(saved=(shown,) * 60)))
