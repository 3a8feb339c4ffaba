"""In Slack whoever writes of a certain person is warned, and sends it all the same by one press; until then nothing of
it is stored."""

from __future__ import annotations

import json
from typing import Any

import pytest
import time_machine

from assistant.channels.slack.jobs import AskJob
from assistant.channels.slack.places import SlackPlace
from assistant.channels.slack.withheld import Withheld
from assistant.channels.withholding import SECONDS
from assistant.platform.keys import Keys
from assistant.platform.messages import messages
from assistant.render.slack_views import render_not_for_us_modal, with_warning
from corpus.text import Language
from tests.attacks.test_personal_data import PERSONAL, stored
from tests.slack.calls import FORM, click, command, interaction, mention
from tests.slack.here import Here
from tests.slack.oracles import assert_message, assert_view
from tests.slack.processes import until
from tests.slack.test_serving import QUESTION, answered

_PLACE = SlackPlace(team="T01TEST", user="U01KARI", channel="C01FOU", thread="1.1")
_JOB = AskJob(key="slack:message:1", place=_PLACE, conversation="slack:T01TEST:C01FOU:1.1", text=PERSONAL)
_WITHHELD = Withheld(Keys(b"the secret of this installation"))


def pressed(message: dict[str, Any], url: str, user: str = "U01KARI") -> bytes:
    """Return a click on the one button of a warning."""
    (button,) = next(block for block in message["blocks"] if block["type"] == "actions")["elements"]
    return click(button["action_id"], button["value"], url, user=user)


def test_a_mention_is_withheld_and_answered_in_its_thread_once_it_is_sent_all_the_same(here: Here) -> None:
    here.post(mention(f"{PERSONAL} Ring 73 59 50 00", ts="1795580000.000077"))
    (warning,) = here.told("chat.postMessage")
    assert_message(warning)
    assert warning["channel"] == "DU01KARI"
    assert "Nordmann" not in json.dumps(warning)
    assert "Nordmann" not in stored(here.runtime)
    hook = f"{here.api.url}/hook/1"
    assert here.post(pressed(warning, hook, user="U02OLA"), FORM).status == 200
    assert len(here.told("hook")) == 1
    assert "Nordmann" not in stored(here.runtime)
    for _ in range(2):
        assert here.post(pressed(warning, hook), FORM).status == 200
    answer = here.told("chat.postMessage", 2)[1]
    assert (answer["channel"], answer["thread_ts"]) == ("C01FOU", "1795580000.000077")
    kept = stored(here.runtime)
    assert "Nordmann" in kept
    assert "73 59 50 00" not in kept
    replaced = [one for one in here.api.of("hook") if one.get("replace_original")]
    assert "actions" not in {block["type"] for block in replaced[0]["blocks"]}
    # Pressed twice, sent once.
    here.post(mention(QUESTION, ts="1795580000.000078"))
    assert len(here.told("chat.postMessage", 3)) == 3


def test_what_was_asked_alone_is_answered_alone(here: Here) -> None:
    here.post(command(PERSONAL, f"{here.api.url}/hook/1"), FORM)
    (warning,) = here.told("hook")
    assert warning["response_type"] == "ephemeral"
    assert "Nordmann" not in stored(here.runtime)
    here.post(pressed(warning, f"{here.api.url}/hook/2"), FORM)
    answer = until(lambda: next((one for one in here.api.of("hook") if "Nordmann" in one["text"] + str(one)), None))
    assert answer["response_type"] == "ephemeral"
    assert here.api.of("chat.postMessage") == []


def test_a_window_asks_once_more_and_keeps_what_stands_in_it(here: Here) -> None:
    def submitted(view: dict[str, Any], values: dict[str, Any]) -> bytes:
        shown = {**view, "id": "V1", "hash": "h", "state": {"values": values}}
        return interaction({"type": "view_submission", "team": {"id": "T01TEST"}, "user": {"id": "U01KARI"},
                            "view": shown})  # fmt: skip

    log_id, _ = answered(here)
    here.post(click("ask_broker", f"{log_id}||0", f"{here.api.url}/hook/1"), FORM)
    view = here.told("views.open")[0]["view"]
    values: dict[str, Any] = {"text": {"text": {"type": "plain_text_input", "value": PERSONAL}}}
    said = here.post(submitted(view, values), FORM).json
    assert said["response_action"] == "update"
    assert_view(said["view"])
    assert PERSONAL in json.dumps(said["view"], ensure_ascii=False)
    assert said["view"]["private_metadata"] == view["private_metadata"]
    assert here.runtime.referrals.cases() == []
    assert "Nordmann" not in stored(here.runtime)
    ticked = {"type": "checkboxes", "selected_options": [{"text": {"type": "plain_text", "text": "x"}, "value": "yes"}]}
    assert here.post(submitted(said["view"], values | {"confirmed": {"confirmed": ticked}}), FORM).text == ""
    (case,) = until(here.runtime.referrals.cases)
    assert case.note == PERSONAL


def test_only_its_writer_opens_it_within_the_hour_and_here() -> None:
    _WITHHELD.keep(_JOB)
    sealed = _WITHHELD.take(_JOB.key)
    assert sealed is not None
    assert _WITHHELD.take(_JOB.key) is None
    opened = _WITHHELD.opened(sealed, _PLACE)
    assert opened is not None
    assert (opened.text, opened.confirmed, opened.place) == (PERSONAL, True, _PLACE)
    assert _WITHHELD.opened(sealed, _PLACE.model_copy(update={"user": "U02OLA"})) is None
    assert _WITHHELD.opened(sealed, _PLACE.model_copy(update={"team": "T02"})) is None
    assert _WITHHELD.opened(f"{sealed[:-8]}AAAAAAA=", _PLACE) is None
    assert Withheld(Keys(b"the secret of another one")).opened(sealed, _PLACE) is None
    import time

    with time_machine.travel(time.time() + SECONDS + 5):
        assert _WITHHELD.opened(sealed, _PLACE) is None


def test_a_long_question_of_words_fits_the_button_and_noise_is_sent_to_a_window(here: Here) -> None:
    sentences = (
        "Vi lurer på hvordan hjemmetjenesten kan oppdage slikt tidligere, og hvem som har prøvd det før oss. "
        "Kommunen har sytten tusen innbyggere, to legesentre og et helsehus med tolv senger, men få sykepleiere. "
        "Finnes det midler til et forprosjekt, og bør nabokommunene være med når søknaden skrives i februar? "
    )
    long = f"{PERSONAL} {sentences * 7}"[:2_000]
    _WITHHELD.keep(_JOB.model_copy(update={"key": "long", "text": long}))
    assert _WITHHELD.take("long") is not None
    noise = "".join(chr(0x4E00 + (n * 7919) % 20_000) for n in range(1_900))
    here.post(mention(f"{PERSONAL} {noise}"))
    (warning,) = here.told("chat.postMessage")
    assert_message(warning)
    here.post(pressed(warning, f"{here.api.url}/hook/1"), FORM)
    assert here.told("views.open")[0]["view"]["callback_id"] == "ask_modal"


@pytest.mark.parametrize("language", Language)
def test_a_choice_made_before_the_warning_stays(language: Language) -> None:
    catalog = messages(language)
    view = with_warning(catalog, render_not_for_us_modal(catalog, "{}", [("a", "A"), ("b", "B")], "b", PERSONAL))
    assert_view(view)
    (chosen,) = [
        block["element"]["initial_option"]["value"] for block in view["blocks"] if block.get("block_id") == "reason"
    ]
    assert chosen == "b"
