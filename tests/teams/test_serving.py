"""What people do in Teams, end to end: the product served, and the connector that it sends to, over real HTTP."""

from __future__ import annotations

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from assistant.channels.teams.jobs import AskJob
from assistant.channels.teams.places import TeamsPlace
from assistant.channels.teams.withheld import Withheld
from assistant.channels.withholding import SECONDS
from assistant.history.log_entries import EntryKind, LogEntry
from assistant.platform.people import Asker, Channel
from assistant.platform.settings import Settings
from tests.slack.processes import until
from tests.teams.conftest import Here, served
from tests.teams.fake_teams import BROKERS, CHANNEL, OLA, TENANT, FakeTeams, buttons, elements, said_in

PERSONAL = "Kari Nordmann født 12.03.1950 har demens, hvem kan hjelpe henne?"
QUESTION = "hvem kan hjelpe med tidlig oppdagelse av sepsis?"
THREAD = f"{CHANNEL};messageid=17"
TOLD, CARD = "application/vnd.microsoft.activity.message", "application/vnd.microsoft.card.adaptive"


def used(here: Here, button: dict[str, Any], fields: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Use a button and return what the client is given."""
    said = here.tell(here.teams.click(button, "1", fields, **more))
    assert said.status == 200
    shown: dict[str, Any] = said.body
    return shown


def place_at(here: Here, conversation: str) -> TeamsPlace:
    """Return where Kari is."""
    return TeamsPlace(
        tenant=TENANT, user="aad-kari", account="29:kari", service=here.teams.service, conversation=conversation,
        personal=False,
    )  # fmt: skip


def answers(here: Here) -> list[LogEntry]:
    return [one for one in here.runtime.service.log.entries() if one.kind is EntryKind.ANSWER]


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
    assert re.search(r"[2-9]\. ", said_in(here.answered(count=2)))
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
    here.tell(here.teams.message(PERSONAL))
    assert "bestemt person" in said_in(here.answered())
    assert "Nordmann" not in json.dumps(here.teams.sent())
    assert answers(here) == []


def test_whoever_means_it_sends_it_anyway_once_and_where_they_wrote(here: Here) -> None:
    here.tell(here.teams.message(PERSONAL, conversation=THREAD))
    button = buttons(here.answered(THREAD), "send_anyway")[0]
    strangers: list[dict[str, Any]] = [{"sender": OLA, "conversation": THREAD}, {"conversation": "a:kari"}]
    for stranger in strangers:
        assert "for gammel" in here.tell(here.teams.click(button, "1", **stranger)).body["value"]
    assert "Sendt som det er" in said_in(used(here, button, conversation=THREAD)["value"])
    assert "Snakk først med" in said_in(here.answered(THREAD, count=2))
    used(here, button, conversation=THREAD)
    assert len(answers(here)) == 1


def test_what_was_withheld_can_be_sent_for_an_hour_by_the_one_who_wrote_it(here: Here) -> None:
    withheld, place = Withheld(here.runtime.keys), place_at(here, THREAD)
    withheld.keep(AskJob(key="k", place=place, conversation="c", text="Ola, tlf 91234567, har demens"))
    sealed = withheld.take("k")
    assert sealed is not None
    assert withheld.take("k") is None
    job = withheld.opened(sealed, place)
    assert job is not None
    assert (job.confirmed, "91234567" in job.text) == (True, False)
    for other in ({"user": "aad-ola"}, {"tenant": "t2"}, {"conversation": "19:other"}):
        assert withheld.opened(sealed, place.model_copy(update=other)) is None
    with time_machine.travel(time.time() + SECONDS + 5):
        assert withheld.opened(sealed, place) is None


def test_a_note_about_a_certain_person_is_taken_once_it_is_said_to_be_meant(here: Here) -> None:
    here.tell(here.teams.message(QUESTION))
    ask = buttons(here.answered(), "ask_broker")[0]
    note = {"note": "Gjelder Kari Nordmann født 12.03.1950"}
    again = used(here, ask, note)["value"]
    assert [one["id"] for one in elements(again) if one.get("id") == "confirmed"] == ["confirmed"]
    assert here.runtime.referrals.cases() == []
    used(here, buttons(again, "ask_broker")[0], {**note, "confirmed": "true", "pick.actor.1": "true"})
    assert len(here.runtime.referrals.cases()) == 1


def test_in_the_dialog_too_what_is_meant_is_sent_as_it_is(here: Here) -> None:
    invoke = {**here.teams.message(""), "type": "invoke", "name": "composeExtension/submitAction"}
    command = {"messagePayload": {"body": {"content": ""}}, "commandId": "find"}

    def sent(**fields: str) -> dict[str, Any]:
        value = {**command, "data": {"need": PERSONAL, **fields}}
        told: dict[str, Any] = here.tell({**invoke, "id": f"dialog-{len(fields)}", "value": value}).body["task"]
        return told

    dialog = sent()["value"]["card"]["content"]
    assert [one["id"] for one in elements(dialog) if one.get("type") == "Input.Toggle"] == ["confirmed"]
    assert "i chatten" in sent(confirmed="true")["value"]
    assert "Snakk først med" in said_in(here.answered("a:with-29-kari"))


def test_what_is_not_understood_has_buttons_for_what_may_be_meant(here: Here) -> None:
    here.tell(here.teams.message("hvem kan noe om overvann?"))
    here.answered()
    here.tell(here.teams.message("den greia"))
    choices = buttons(here.answered(count=2), "choose")
    assert 2 <= len(choices) <= 3
    assert said_in(used(here, choices[-1])["value"]).strip()
    assert until(lambda: "kompetansemegler" in json.dumps(here.teams.sent()[2:], ensure_ascii=False).casefold())
    wrong = {**choices[0], "data": {**choices[0]["data"], "number": "9"}}
    assert "for gammel" in used(here, wrong)["value"]


def test_two_needs_in_one_message_get_two_answers(here: Here) -> None:
    here.tell(here.teams.message(f"1. {QUESTION}\n2. hvordan forebygge fall hos eldre som bor hjemme?"))
    here.answered(count=2)
    assert "epsis" in json.dumps(here.teams.cards()[0])
    assert "fall" in json.dumps(here.answered(count=2))


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
