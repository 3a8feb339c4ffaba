"""Messages stop for whoever says so twice; where to have everything erased is told as the channel has it."""

from __future__ import annotations

import pytest

from assistant.platform.keys import Keys
from assistant.platform.people import Asker, Channel
from assistant.render.replies import note_sentences, reply_sentence
from assistant.saved.needs import Every, SavedNeeds
from assistant.service.messages import ReplyKind
from tests.assistant.services import KARI, OLA, Small


@pytest.fixture
def needs(small: Small) -> SavedNeeds:
    return SavedNeeds(small.database, small.service, Keys(b"k" * 32), small.clock)


def _saved(small: Small, needs: SavedNeeds, asker: Asker) -> None:
    reply = small.say("Hvem kan hjelpe oss med sepsis?", asker, conversation=f"of {asker.user}")
    assert reply.log_id is not None
    needs.save(asker, reply.log_id, Every.WEEK)


def test_messages_stop_for_whoever_says_so_twice_and_for_nobody_else(small: Small, needs: SavedNeeds) -> None:
    _saved(small, needs, KARI)
    _saved(small, needs, OLA)
    asked = small.say("stopp varsler", conversation="other")
    assert asked.kind is ReplyKind.STOP_NEWS
    assert len(asked.choices) == 2
    assert len(needs.of(KARI)) == 1
    assert small.say("ja", conversation="other").kind is ReplyKind.NEWS_STOPPED
    assert needs.of(KARI) == []
    assert len(needs.of(OLA)) == 1


def test_whoever_says_no_keeps_them_whatever_is_said_after(small: Small, needs: SavedNeeds) -> None:
    _saved(small, needs, KARI)
    small.say("stopp varsler", conversation="other")
    assert small.say("nei", conversation="other").kind is ReplyKind.DECLINED
    assert small.say("ja", conversation="other").kind is not ReplyKind.NEWS_STOPPED
    assert len(needs.of(KARI)) == 1


def test_whoever_saved_nothing_is_told_so(small: Small) -> None:
    assert small.say("stop notifications").kind is ReplyKind.NO_NEWS


@pytest.mark.parametrize(("text", "page"), [("slett alt om meg", "/mine"), ("delete everything about me", "/mine")])
def test_whoever_has_a_page_is_told_where_to_erase(small: Small, text: str, page: str) -> None:
    reply = small.say(text)
    assert reply.kind is ReplyKind.ERASURE
    assert page in reply_sentence(reply, None)


@pytest.mark.parametrize("channel", [Channel.SLACK, Channel.TEAMS, Channel.TERMINAL])
def test_elsewhere_whom_to_ask_is_told_with_the_code_that_finds_them(small: Small, channel: Channel) -> None:
    asker = Asker(channel=channel, tenant="T1", user="U1")
    small.say("Hvem kan hjelpe oss med sepsis?", asker)
    reply = small.say("slett alt om meg", asker)
    code = small.service.pseudonym_of(asker)
    assert reply.kind is ReplyKind.ERASURE_ASKED
    assert code is not None
    assert any(code in told for told in note_sentences(reply))
