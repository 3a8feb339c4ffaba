"""What people do in Teams, end to end: the product served, and the connector that it sends to, over real HTTP."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from assistant.platform.people import Asker, Channel
from assistant.platform.settings import Settings
from tests.slack.processes import until
from tests.teams.conftest import Here, served
from tests.teams.fake_teams import BROKERS, CHANNEL, OLA, TENANT, FakeTeams, buttons, elements, said_in

QUESTION = "hvem kan hjelpe med tidlig oppdagelse av sepsis?"
THREAD = f"{CHANNEL};messageid=17"
TOLD, CARD = "application/vnd.microsoft.activity.message", "application/vnd.microsoft.card.adaptive"


def used(here: Here, button: dict[str, Any], fields: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Use a button and return what the client is given."""
    said = here.tell(here.teams.click(button, "1", fields, **more))
    assert said.status == 200
    shown: dict[str, Any] = said.body
    return shown


def test_somebody_asks_chooses_and_asks_the_broker_in_a_chat(here: Here) -> None:
    teams = here.teams
    asked = teams.message(QUESTION)
    assert [here.tell(asked).status for _ in range(3)] == [200, 200, 200]
    card = here.answered()
    assert "Snakk først med" in said_in(card)
    assert any(body.get("type") == "typing" for _, _, body, _ in teams.calls)
    assert {authorization for _, _, _, authorization in teams.calls} == {"Bearer bot-token"}

    refused = used(here, buttons(card, "not_for_us")[0], {"reason": "timing"})
    assert "Kryss først av" in said_in(refused["value"])
    shown = used(here, buttons(card, "not_for_us")[0], {"reason": "timing", "pick.instrument.1": "true"})
    assert shown["type"] == CARD
    assert "Ikke for dere" in said_in(shown["value"])
    assert "Velg en grunn" in said_in(used(here, buttons(card, "not_for_us")[0], {"pick.actor.1": "true"})["value"])

    ask = buttons(card, "ask_broker")[0]
    assert "Skriv noen ord" in said_in(used(here, ask)["value"])
    personal = used(here, ask, {"note": "Gjelder Kari Nordmann født 12.03.1950"})["value"]
    assert "Ingenting er lagret ennå" in said_in(personal)
    assert "Kari Nordmann" in json.dumps(personal)
    assert here.runtime.referrals.cases() == []
    picked = {"note": "Vi vil prøve i høst", "pick.actor.1": "true", "pick.idea.1": "true", "pick.idea.9": "false"}
    assert "Takk! Kompetansemegleren har fått saken" in said_in(used(here, ask, picked)["value"])
    assert len(here.runtime.referrals.cases()) == 2
    assert {case.note for case in here.runtime.referrals.cases()} == {"Vi vil prøve i høst"}
    click = teams.click(buttons(card, "introduce")[0], "1")
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda _: here.tell(click).body, range(4)))
    assert [one["type"] for one in told].count(CARD) >= 1
    again = next(one for one in told if one["type"] == CARD)
    assert len(here.runtime.referrals.cases()) == 2
    assert "alt bedt om" in said_in(again["value"])
    assert "Bedt om kontakt" in said_in(again["value"])
    assert until(lambda: len(teams.updated()) >= 3)

    more = buttons(card, "show_more")[0]
    used(here, more)
    assert "2. " in said_in(here.answered(count=2))
    like = next(one for one in buttons(card, "more_like_this") if one["data"]["row"].startswith("idea"))
    used(here, like)
    assert "ligner på" in said_in(here.answered(count=3))
    assert "Takk, det er notert" in said_in(used(here, buttons(card, "helpful")[0])["value"])
    here.tell(teams.message("bare i Trøndelag"))
    assert "Trøndelag" in said_in(here.answered(count=4))


def test_help_and_settings_are_cards_and_a_choice_holds(here: Here) -> None:
    teams = here.teams
    added = {**teams.message(""), "type": "installationUpdate", "action": "add"}
    member = {**teams.message(""), "type": "conversationUpdate", "membersAdded": [{"id": added["recipient"]["id"]}]}
    assert (here.tell(added).status, here.tell(member).status) == (200, 200)
    welcome = here.answered()
    assert "For eksempel" in said_in(welcome)
    home = used(here, buttons(welcome, "home")[0])["value"]
    assert "Ingen saker ennå" in said_in(home)
    saved = used(here, buttons(home, "settings")[0], {"language": "nn", "municipality": "Verdal"})["value"]
    assert "Lagra." in said_in(saved)
    wrong = used(here, buttons(home, "settings")[0], {"language": "nn", "municipality": "Ingensteds"})["value"]
    assert "Ingensteds" in said_in(wrong)
    profile = here.runtime.service.profile(Asker(channel=Channel.TEAMS, tenant=TENANT, user="aad-kari"))
    assert (profile.language, profile.kommunenummer) == ("nn", "5038")
    here.tell(teams.message(QUESTION))
    here.answered(count=2)
    here.tell(teams.message("mine saker"))
    home = here.answered(count=3)
    assert QUESTION in said_in(home)
    used(here, buttons(home, "show_again")[0])
    assert "Helse Nord-Trøndelag HF" in said_in(here.answered(count=4))
    here.tell(teams.message("hjelp"))
    assert "Til dømes" in said_in(here.answered(count=5))
    assert len(teams.cards()) == 5


def test_in_a_channel_it_hears_who_mentions_it_keeps_the_thread_and_tells_all_what_was_done(here: Here) -> None:
    teams = here.teams
    assert here.tell(teams.message(QUESTION, conversation=THREAD, entities=[])).status == 200
    assert here.tell(teams.message(QUESTION, conversation=THREAD)).status == 200
    card = here.answered(THREAD)
    assert (len(teams.cards()), buttons(card, "share")) == (1, [])
    used(here, buttons(card, "introduce")[0], conversation=THREAD, sender=OLA)
    assert "Ola Aune ba om kontakt: " in here.told(lambda text: "ba om kontakt" in text, THREAD)
    here.tell(teams.message("mine saker", conversation=THREAD))
    assert "bare i en chat med deg alene" in here.told(lambda text: "alene" in text, THREAD)


def test_what_a_message_says_is_asked_for_in_a_dialog_and_answered_alone(here: Here) -> None:
    teams = here.teams
    message = {
        "messagePayload": {"body": {"content": f"<div><at id='0'>Per</at> {QUESTION}</div>"}},
        "commandId": "find",
    }
    invoke = {**teams.message("", conversation=THREAD), "type": "invoke", "name": "composeExtension/fetchTask"}
    dialog = here.tell({**invoke, "value": message}).body["task"]["value"]["card"]["content"]
    assert next(one for one in elements(dialog) if one.get("id") == "need")["value"] == QUESTION
    sent = {**invoke, "name": "composeExtension/submitAction", "value": {**message, "data": {"need": QUESTION}}}
    empty = {**sent, "value": {**message, "data": {"need": " . "}}}
    assert "Skriv noen ord" in said_in(here.tell(empty).body["task"]["value"]["card"]["content"])
    personal = {**sent, "value": {**message, "data": {"need": "Kari Nordmann født 12.03.1950 har demens"}}}
    assert here.tell(personal).body["task"]["type"] == "continue"
    assert "i chatten" in here.tell(sent).body["task"]["value"]
    assert "Snakk først med" in said_in(here.answered("a:with-29-kari"))
    assert len(teams.cards()) == 1


def test_brokers_see_a_case_move_it_and_its_asker_is_told(here: Here) -> None:
    teams = here.teams
    here.tell(teams.message(QUESTION))
    button = buttons(here.answered(), "introduce")[0]
    # Brokers cannot be told at once: they are when it is tried again, and once.
    teams.planned["POST"] = [(503, {"Retry-After": "60"})]
    used(here, button)
    begun = next(body for _, path, body, _ in teams.calls if path == "/v3/conversations")
    assert begun["channelData"]["channel"]["id"] == BROKERS
    assert [path for _, path, _, _ in teams.calls].count("/v3/conversations") == 2
    case = begun["activity"]["attachments"][0]["content"]
    assert QUESTION in said_in(case)
    assert here.told(lambda text: "Utkast til brev" in text)
    thread = f"{BROKERS};messageid=9"
    sent = next(one for one in buttons(case, "move") if one["data"]["row"] == "sent")
    stolen = used(here, sent, conversation=THREAD)
    assert (stolen["type"], "for gammel" in stolen["value"]) == (TOLD, True)
    moved = used(here, sent, conversation=thread, sender=OLA)
    assert "Ola Aune flyttet saken" in said_in(moved["value"])
    assert "Nytt i saken din" in here.told(lambda text: "Nytt i saken" in text, "a:with-29-kari")
    stale = used(here, sent, conversation=thread, sender=OLA)["value"]
    assert "Sak " in said_in(stale)
    assert [one.state for one in here.runtime.referrals.cases()] == ["sent"]


def test_a_token_is_good_only_in_its_tenant_and_conversation_and_never_says_what_it_is_about(here: Here) -> None:
    teams = here.teams
    here.tell(teams.message(QUESTION))
    card = here.answered()
    button = buttons(card, "introduce")[0]
    log_id = here.runtime.service.log.entries(newest_first=True, limit=1).__next__().log_id
    assert log_id not in json.dumps(card)
    token = button["data"]["token"]
    for other in (
        {**button, "data": {**button["data"], "token": token[:-2] + ("AA" if token[-2:] != "AA" else "BB")}},
        {**button, "data": {**button["data"], "token": None}},
        {**button, "data": {"token": token, "row": "actor.99"}},
        {**button, "data": {"token": token, "row": "x" * 5_000}},
        {**button, "verb": "drop"},
    ):
        assert used(here, other)["type"] == TOLD
    assert used(here, button, conversation="a:ola", sender=OLA)["type"] == TOLD
    assert here.runtime.referrals.cases() == []
    assert used(here, button)["type"] == CARD


def test_what_teams_does_not_take_now_is_sent_again_after_as_long_as_it_asks(here: Here) -> None:
    here.teams.planned["POST"] = [(429, {"Retry-After": "1"}), (502, {}), (412, {})]
    began = time.monotonic()
    here.tell(here.teams.message("hei"))
    until(lambda: len(here.teams.sent()) == 4)
    assert time.monotonic() - began > 1
    assert len({one["text"] for one in here.teams.sent()}) == 1


def test_a_refused_token_is_renewed_and_what_is_refused_for_good_is_not_tried_again(here: Here) -> None:
    here.teams.planned["POST"] = [(401, {}), (200, {}), (403, {})]
    here.tell(here.teams.message("hei"))
    until(lambda: len(here.teams.sent()) == 2)
    here.tell(here.teams.message("hei"))
    until(lambda: len(here.teams.sent()) == 3)
    here.tell(here.teams.message("takk"))
    here.told(lambda text: "Bare hyggelig" in text)
    assert len(here.teams.sent()) == 4


def test_what_is_about_a_certain_person_is_neither_kept_nor_answered(here: Here) -> None:
    here.tell(here.teams.message("Kari Nordmann født 12.03.1950 har demens, hvem kan hjelpe henne?"))
    assert "bestemt person" in here.told(lambda text: "person" in text)
    assert here.teams.cards() == []


def test_a_click_that_takes_long_is_told_so_and_changes_the_card_later(
    settings: Settings, teams: FakeTeams, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.channels.teams.routes.ANSWER_SECONDS", 0.0)
    with served(settings, teams) as here:
        here.tell(teams.message(QUESTION))
        shown = used(here, buttons(here.answered(), "introduce")[0])
        assert (shown["type"], "kommer hit" in shown["value"]) == (TOLD, True)
        changed = until(teams.updated)[0]["attachments"][0]["content"]
        assert "Bedt om kontakt" in said_in(changed)


def test_what_an_earlier_run_took_in_and_did_not_do_is_done(settings: Settings, teams: FakeTeams) -> None:
    from assistant.channels.inbox import Inbox, InboxEvent
    from assistant.channels.teams.activities import read
    from assistant.channels.teams.jobs import packed
    from assistant.channels.teams.payloads import job_of_message
    from assistant.channels.teams.places import place_of
    from assistant.channels.teams.tables import InboxRow
    from assistant.runtime.bootstrap import open_database

    activity = read(teams.message(QUESTION))
    place = place_of(activity) if activity else None
    assert activity is not None
    assert place is not None
    job = job_of_message(activity, place)
    assert job is not None
    database = open_database(settings)
    inbox = Inbox(database, InboxRow)
    inbox.take_all([InboxEvent(key=job.key, job=packed(job))])
    inbox.give_back()
    database.close()
    with served(settings, teams) as here:
        assert "Snakk først med" in said_in(here.answered())
        done = select(InboxRow.job).where(InboxRow.key == job.key, InboxRow.done_at.is_not(None))
        until(lambda: here.runtime.database.value(select(done.exists())))
        assert here.runtime.database.value(done) is None
