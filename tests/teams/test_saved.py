"""Needs saved in Teams: by a button or in words, told of in the chat with the bot, stopped by one click."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from assistant.desk.couplings import ask_both
from assistant.platform.people import Asker, Channel
from assistant.saved.digest import Digest, saved_needs_of
from assistant.saved.needs import Every, SavedNeed, SavedNeeds
from corpus.clock import utc_now
from tests.saved import couple, publish_partner
from tests.slack.processes import until
from tests.teams.conftest import Here
from tests.teams.fake_teams import CHANNEL, KARI, OLA, TENANT, buttons, said_in

QUESTION = "hvem kan hjelpe med tidlig oppdagelse av sepsis på sykehjem?"
ASKER = Asker(channel=Channel.TEAMS, tenant=TENANT, user="aad-kari")
ALONE, THREAD = "a:with-29-kari", f"{CHANNEL};messageid=17"


def saved_by(here: Here, asker: Asker = ASKER) -> list[SavedNeed]:
    return saved_needs_of(here.runtime).of(asker)


def used(here: Here, button: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Use a button and return what the client is given."""
    said = here.tell(here.teams.click(button, "1", **more))
    assert said.status == 200
    shown: dict[str, Any] = said.body
    return shown


def tell_news(here: Here, count: int = 1) -> dict[str, Any] | None:
    """Have new partners turn up, look a week on, and return the card that tells of them."""
    for number in range(count):
        publish_partner(here.runtime, f"laget{number}")
    later = utc_now() + timedelta(days=8)
    needs = SavedNeeds(here.runtime.database, here.runtime.service, here.runtime.keys, lambda: later)
    before = len(here.teams.cards(ALONE))
    digest = Digest(here.runtime, needs)
    digest.look()
    digest.tell([here.news])
    cards = here.teams.cards(ALONE)[before:]
    assert len(cards) < 2
    return cards[-1] if cards else None


def test_a_need_is_saved_by_a_button_and_told_of_by_a_card_of_its_own_once(here: Here) -> None:
    here.tell(here.teams.message(QUESTION))
    told = used(here, buttons(here.answered(), "save")[0])
    assert told["value"]
    card = here.answered(count=2)
    assert "høyst én gang i uka" in said_in(card)
    (need,) = saved_by(here)
    assert (need.question, need.every) == (QUESTION, Every.WEEK)
    news = tell_news(here)
    assert news is not None
    assert "Ny mulig partner: Laget0 mot sepsis." in said_in(news)
    assert "Ny mulig partner" in news["fallbackText"]
    assert tell_news(here, count=0) is None


def test_there_are_at_most_three_lines_and_what_is_not_relevant_stays_away(here: Here) -> None:
    here.tell(here.teams.message(QUESTION))
    used(here, buttons(here.answered(), "save")[0])
    here.answered(count=2)
    news = tell_news(here, count=5)
    assert news is not None
    mutes = buttons(news, "saved.mute")
    assert len(mutes) == 3
    instead = used(here, mutes[0], conversation=ALONE)["value"]
    assert "Du hører ikke mer om den." in said_in(instead)
    assert len(buttons(instead, "saved.mute")) == 2
    assert saved_by(here)[0].muted == (mutes[0]["data"]["record"],)
    assert until(here.teams.updated)


def test_one_click_stops_it_how_often_is_changed_by_another_and_neither_by_anybody_else(here: Here) -> None:
    here.tell(here.teams.message(QUESTION))
    used(here, buttons(here.answered(), "save")[0])
    card = here.answered(count=2)
    daily = used(here, buttons(card, "saved.day")[0])["value"]
    assert "høyst én gang om dagen" in said_in(daily)
    assert saved_by(here)[0].every is Every.DAY
    assert "ikke lagret dette" in str(used(here, buttons(card, "saved.stop")[0], sender=OLA)["value"])
    assert len(saved_by(here)) == 1
    assert "for gammel" in str(used(here, buttons(card, "saved.stop")[0], conversation="a:other"))
    assert len(saved_by(here)) == 1
    assert "du får ikke flere meldinger" in said_in(used(here, buttons(daily, "saved.stop")[0])["value"])
    assert saved_by(here) == []
    assert "fra før" in said_in(used(here, buttons(daily, "saved.week")[0])["value"])


def test_in_a_channel_what_is_kept_is_told_alone_and_news_come_there(here: Here) -> None:
    here.tell(here.teams.message(QUESTION, conversation=THREAD))
    card = here.answered(THREAD)
    told = used(here, buttons(card, "save")[0], conversation=THREAD, sender=OLA)
    assert "chat med deg alene" in told["value"]
    assert QUESTION in said_in(here.answered("a:with-29-ola"))
    assert len(here.teams.cards(THREAD)) == 1
    here.tell(here.teams.message("lagre dette", conversation=THREAD, sender=KARI))
    here.told(lambda text: "chat med deg alene" in text, THREAD)
    assert QUESTION in said_in(here.answered(ALONE))
    assert [need.question for need in saved_by(here)] == [QUESTION]
    news = tell_news(here)
    assert news is not None
    assert "Ny mulig partner" in said_in(news)
    assert "Ny mulig partner" in said_in(here.answered("a:with-29-ola", count=2))


def test_who_saved_a_need_is_asked_there_whether_to_do_it_with_another_municipality(here: Here) -> None:
    here.tell(here.teams.message(QUESTION))
    used(here, buttons(here.answered(), "save")[0])
    here.answered(count=2)
    ask_both(here.runtime, couple(here.runtime, QUESTION).id, "Berit")
    needs = saved_needs_of(here.runtime)
    assert Digest(here.runtime, needs).tell([here.news]) == 1
    asked = here.told(lambda text: "En annen kommune vil det samme" in text, ALONE)
    assert "Verdal" not in asked
    assert Digest(here.runtime, needs).tell([here.news]) == 0


def test_words_in_a_chat_save_its_need(here: Here) -> None:
    here.tell(here.teams.message(QUESTION))
    here.answered()
    here.tell(here.teams.message("lagre dette"))
    assert "høyst én gang i uka" in said_in(here.answered(count=2))
    assert [need.question for need in saved_by(here)] == [QUESTION]


def test_somebodys_own_card_lists_what_is_saved_and_stops_it(here: Here) -> None:
    here.tell(here.teams.message("mine saker"))
    assert "Lagrede behov" not in said_in(here.answered())
    here.tell(here.teams.message(QUESTION))
    used(here, buttons(here.answered(count=2), "save")[0])
    here.answered(count=3)
    here.tell(here.teams.message("mine saker"))
    home = here.answered(count=4)
    assert "Lagrede behov" in said_in(home)
    after = used(here, buttons(home, "saved.stop")[0])["value"]
    assert "Lagrede behov" not in said_in(after)
    assert "du får ikke flere meldinger" in said_in(after)
    assert saved_by(here) == []


@pytest.mark.parametrize("verb", ["saved", "saved.", "saved.fly", "saved.stop.stop", "save.stop", "move"])
def test_a_verb_that_is_none_of_ours_decides_nothing(here: Here, verb: str) -> None:
    here.tell(here.teams.message(QUESTION))
    used(here, buttons(here.answered(), "save")[0])
    button = buttons(here.answered(count=2), "saved.stop")[0]
    assert used(here, {**button, "verb": verb})["value"]
    assert len(saved_by(here)) == 1


def test_only_what_was_saved_in_teams_is_told_there(here: Here) -> None:
    teams = {"to": "teams", "tenant": "t", "user": "u", "account": "a", "service": "s"}
    slack = {"to": "slack", "team": "t", "user": "u"}
    assert [here.news.reaches(json.dumps(one)) for one in (teams, slack)] == [True, False]
    assert not here.news.reaches("")
