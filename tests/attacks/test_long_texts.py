"""However much somebody writes, it is read to its limit, told so, and what was cut is nowhere afterwards."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text as sql
from starlette.testclient import TestClient

from assistant.access.tokens import TokenScope
from assistant.cases.cases import NoteError
from assistant.channels.slack import payloads
from assistant.channels.slack.jobs import packed
from assistant.channels.terminal import batch_result
from assistant.channels.web.middleware import OPEN_BODY_BYTES
from assistant.history.packing import Kept
from assistant.platform.messages import messages
from assistant.platform.settings import Settings
from assistant.platform.user_text import MAX_QUESTION, bounded
from assistant.service.container import Runtime
from assistant.service.messages import ActionType, ReplyKind
from assistant.service.service import MAX_TURNS
from corpus.text import Language
from tests.assistant.services import Small

CUT = "hemmeligheten"
LONG = "sepsis i kommunen " * 300 + CUT
SHORTENED = messages(Language.NB).text("note.shortened", limit=MAX_QUESTION)
HIDDEN = "\u202e\u2066\u2069\u200b\u200f\ufeff\u00ad"


@given(st.text(max_size=300) | st.text(alphabet="\ufdfa\u3316a\u0301 ", max_size=900))
def test_what_is_read_is_never_more_than_the_limit_and_reading_it_again_changes_nothing(text: str) -> None:
    read = bounded(text, 200)
    assert len(read.text) <= 200
    assert bounded(read.text, 200) == (read.text, False)


@pytest.mark.parametrize("unit", ["\u0327\u0301", "\ufdfa", "\u3316", "\ud800", "a\u0301", "1", " ", "\u202e"])
def test_reading_takes_no_longer_for_a_text_of_a_million_characters(unit: str) -> None:
    text = "a" + unit * (1_000_000 // len(unit))
    started = time.thread_time()
    bounded(text)
    assert time.thread_time() - started < 0.1


def test_nothing_that_is_not_seen_hides_or_reorders_what_is_read() -> None:
    assert bounded(f"vi {HIDDEN}trenger\0hjelp\ud800").text == "vi trenger hjelp?"
    assert bounded("linje\r\nto\u2028tre").text.split() == ["linje", "to", "tre"]


@pytest.mark.parametrize("number", ["01019012345", "010190 12345", "912 34 567", "kari@kommune.example"])
def test_a_cut_leaves_no_half_number_or_address(number: str) -> None:
    for room in range(1, len(number)):
        text = "ord " * 495
        text += "o" * (MAX_QUESTION - len(text) - room - 1) + " " + number + " og mer"
        kept = bounded(text)
        assert kept.shortened
        assert not any(part in kept.text for part in ("0101", "912", "kari"))


def _stored(small: Small) -> str:
    with small.database.reading() as session:
        texts = session.execute(sql("SELECT text, packed FROM log_text")).all()
        states = session.execute(sql("SELECT state, packed FROM conversation")).all()
    return "\n".join(Kept(*row).text for row in (*texts, *states))


def test_what_was_cut_is_told_and_stored_nowhere(small: Small) -> None:
    reply = small.say(LONG)
    assert reply.answer is not None
    assert reply.answer.shortened
    assert CUT not in _stored(small)
    assert CUT not in reply.model_dump_json()


def test_a_thread_grows_no_longer_than_a_question_may_be(small: Small) -> None:
    small.say("vi trenger hjelp mot sepsis")
    shortened = False
    for _ in range(120):
        reply = small.say("og " + "sepsis i kommunen " * 2)
        assert reply.answer is not None
        shortened = shortened or reply.answer.shortened
        if shortened:
            break
    assert shortened
    with small.database.reading() as session:
        [[state, packed]] = session.execute(sql("SELECT state, packed FROM conversation")).all()
    assert len(json.loads(Kept(state, packed).text)["question"]) <= MAX_QUESTION


def test_after_many_turns_a_thread_goes_on_as_a_new_one_and_says_so(small: Small) -> None:
    small.say("vi trenger hjelp mot sepsis")
    with small.database.writing() as session:
        session.execute(sql("UPDATE conversation SET version = :most"), {"most": MAX_TURNS})
    first, second = small.say("hva med skoler?"), small.say("hva med penger?")
    assert [note.key for note in first.notes] == ["thread_full"]
    assert "thread_full" not in [note.key for note in second.notes]
    with small.database.reading() as session:
        assert session.scalar(sql("SELECT count(*) FROM conversation")) == 2


def test_a_note_that_is_too_long_is_refused_and_not_cut(small: Small) -> None:
    reply = small.say("sepsis")
    with pytest.raises(NoteError, match="2,000"):
        small.do(reply, ActionType.ASK_BROKER, note=LONG)
    assert small.referrals.cases() == []


class TestEveryChannel:
    @pytest.fixture
    def settings(self, filled_home: Any) -> Settings:
        return Settings(home=filled_home, embed_origins="https://www.example.org")

    def test_the_page_says_that_only_the_beginning_was_read(self, client: TestClient) -> None:
        page = client.get(client.post("/ask", data={"text": LONG}).headers["Location"])
        assert SHORTENED in page.text
        assert CUT not in page.text

    def test_the_page_for_other_sites_too(self, client: TestClient) -> None:
        page = client.post("/embed", data={"text": LONG})
        assert SHORTENED in page.text
        assert CUT not in page.text

    def test_a_program_is_told(self, client: TestClient, app: FastAPI) -> None:
        token, _ = app.state.web.tokens.add("test", [TokenScope.ASK], 1, "test")
        answer = client.post("/api/v1/ask", json={"question": LONG}, headers={"authorization": f"Bearer {token}"})
        assert answer.json()["shortened"] is True
        assert CUT not in answer.text

    def test_a_batch_is_told(self, runtime: Runtime) -> None:
        result = batch_result(runtime.matchmaker, LONG, None, 3)
        assert result["shortened"] is True
        assert CUT not in json.dumps(result)

    @pytest.mark.parametrize("path", ["/ask", "/embed", "/api/v1/ask", "/login"])
    def test_no_more_is_taken_in_than_a_question_can_need(self, client: TestClient, path: str) -> None:
        assert client.post(path, content=b"text=" + b"&" * OPEN_BODY_BYTES).status_code == 413


def test_what_slack_sends_is_cut_before_it_is_kept() -> None:
    event = {"type": "message", "channel_type": "im", "user": "U1", "channel": "D1", "ts": "1.1"}
    for words in (LONG, "&amp; " * 100_000 + CUT, "<@U1|" * 100_000 + CUT):
        job = payloads.ask_from_event({"team_id": "T1", "event": {**event, "text": words}})
        assert job is not None
        assert job.shortened
        assert CUT not in packed(job)
        assert len(job.text) <= MAX_QUESTION


def test_an_empty_text_of_any_length_is_no_question(small: Small) -> None:
    assert small.say(" \u200b\0" * 100_000).kind is ReplyKind.EMPTY
