"""Conversations through the web: each reply stands on the page that the turn leads to."""

from __future__ import annotations

from html import unescape

import pytest
from starlette.testclient import TestClient

from tests.evaluation.spoken import SPOKEN
from tests.web.test_chat import field


@pytest.mark.usefixtures("corpus_day")
@pytest.mark.parametrize("name", SPOKEN)
def test_a_conversation_goes_on_from_page_to_page(client: TestClient, name: str) -> None:
    after, page = "", client.get("/").text
    for said, wanted in SPOKEN[name]:
        sent = client.post("/ask", data={"text": said, "key": field(page, "key"), "after": after})
        assert sent.status_code == 303, said
        after = sent.headers["location"].partition("#")[0].removeprefix("/a/")
        page = unescape(client.get(f"/a/{after}").text)
        turn = page.rpartition('<section class="turn"')[2]
        assert wanted in turn.casefold(), (said, turn)
        assert said in turn


def test_what_could_be_meant_is_a_click_away_without_a_script(client: TestClient) -> None:
    key = field(client.get("/").text, "key")
    first = client.post("/ask", data={"text": "hvem kan noe om overvann?", "key": key}).headers["location"]
    after = first.partition("#")[0].removeprefix("/a/")
    key = field(client.get(f"/a/{after}").text, "key")
    told = client.post("/ask", data={"text": "den greia", "key": key, "after": after}).headers["location"]
    page = client.get(told.partition("#")[0]).text
    turn = page.rpartition('<section class="turn"')[2]
    assert turn.count('class="ds-chip" name="text"') == 3
    assert 'action="/ask"' in turn
    assert field(turn, "after")
