"""Every card is one that Teams takes, whatever an answer holds, by Microsoft's own parser; data is no markup."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.platform.messages import messages
from assistant.render.adaptive import MAX_SIZE, fit, size_of
from assistant.render.rows import OPEN
from assistant.render.saved import NewsLine, SavedShown
from assistant.render.teams import AnswerOptions, render_answer, render_more
from assistant.render.teams_actions import Verb, row_at
from assistant.render.teams_cards import (
    AskedAtHome,
    CaseAtHome,
    CaseForBrokers,
    CaseMove,
    Home,
    render_case,
    render_contact,
    render_home,
    render_welcome,
)
from assistant.render.teams_saved import render_news, render_saved
from assistant.service.messages import ActionType, PastAction, Reply, ReplyKind
from corpus.records import Kind
from corpus.text import Language
from tests.slack.answers import HOSTILE, answer
from tests.teams.fake_teams import buttons, elements, said_in

TOKEN = "t" * 100
DAY = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
DONE = [PastAction(verb=ActionType.INTRODUCE, record_id="actor:n-0", reason=None, case_id="c", at=DAY)]
PLACES_OF_DATA = {"text", "fallbackText", "value", "token", "row", "withheld", "number"}
"""Where data may stand: the text of a run, what is shown where no card can be, what stands in a field, and a button."""


def shown(text: str, **more: Any) -> AnswerOptions:
    return AnswerOptions(TOKEN, notes=[text], questions=[text], notice=text, draft=text, can_share=True, **more)


def cards_of(text: str, counts: range | tuple[int, ...], language: Language = Language.NB) -> list[dict[str, Any]]:
    """Return every sort of card with a text in every place that data has."""
    made = [render_answer(answer(count, text, language), shown(text, done=DONE)) for count in counts]
    made += [
        render_more(answer(60, text, language), shown(text), kind, start)
        for kind in answer(3).order
        for start in (0, 5, 20)
    ]
    catalog, reply = messages(language), Reply(kind=ReplyKind.CONTACT, language=language, log_id="l", notes=())
    asked = AskedAtHome(token=TOKEN, question=text, at=DAY, outcome=text)
    case = CaseAtHome(title=text, state=text, at=DAY)
    lines = tuple(NewsLine(record_id=f"actor:{number}", told=text) for number in range(3))
    saved = SavedShown(
        need_id="n", log_id="l", question=text, every="day", saved_on="1. mai", until="2. mai", lines=lines
    )
    home = Home(
        token=TOKEN,
        cases=(case,) * 12,
        questions=(asked,) * 12,
        saved=((saved, TOKEN),) * 12,
        municipality=text,
        notice=text,
    )
    way = CaseMove(state="dropped", words="Legg bort", reasons=(("timing", "Feil tid"),))
    return [
        *made,
        render_home(catalog, home),
        render_contact(reply, text, TOKEN, text),
        render_saved(catalog, saved, TOKEN),
        render_news(catalog, saved, TOKEN, text),
        render_welcome(catalog, TOKEN, personal=True),
        render_case(
            catalog,
            CaseForBrokers(
                token=TOKEN,
                case_id=text,
                title=text,
                facts=(text, text, text),
                ways=(way, way.model_copy(update={"state": "declined"}), CaseMove(state="sent", words="Sendt")),
                notice=text,
            ),
        ),
    ]


def assert_card(card: dict[str, Any], text: str) -> None:
    """Assert that a card is no larger than it may be, and that data stands where no Markdown is read."""
    assert size_of(card) <= MAX_SIZE
    marker = fit(text, 60)[:20].strip()
    for one in elements(card):
        for name, value in one.items():
            if isinstance(value, str) and len(marker) > 3 and marker in value:
                assert name in PLACES_OF_DATA, (one["type"], name)
                assert one.get("type") != "TextBlock", one
    ids = [one["id"] for one in elements(card) if "id" in one]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("kind", HOSTILE)
def test_any_text_fits_and_is_no_markup(kind: str) -> None:
    for card in cards_of(HOSTILE[kind], (0, 1, 3, 9, 60)):
        assert_card(card, HOSTILE[kind])


@given(text=st.text(min_size=1, max_size=400), count=st.integers(0, 60), language=st.sampled_from(Language))
@settings(max_examples=40, deadline=None)
def test_any_characters_fit(text: str, count: int, language: Language) -> None:
    said = text.encode("utf-8", "replace").decode() or "."
    assert_card(render_answer(answer(count, said, language), shown(said)), said)


@pytest.mark.teams
def test_microsofts_parser_finds_nothing_wrong_with_any_card_and_something_with_a_bad_one() -> None:
    made = [card for language in Language for card in cards_of("Fall hos eldre", range(61), language)]
    made += [card for text in HOSTILE.values() for card in cards_of(text, (0, 1, 3, 9, 60))]
    bad = {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "Nope"}, {"type": "Input.Text"}]}
    done = subprocess.run(
        ["node", str(Path(__file__).parent / "parse_cards.cjs")],
        input=json.dumps([*made, bad]),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    *found, of_bad = json.loads(done.stdout)
    assert len(found) == len(made) > 300
    assert [one for one in found if one] == []
    assert len(of_bad) >= 2


def test_an_answer_has_its_summary_dense_rows_and_what_stands_behind_each() -> None:
    told = answer(9)
    card = render_answer(told, shown("Hva nå?", done=DONE)._replace(draft=""))
    said = said_in(card)
    for sentence in (
        "Snakk først med Forebygging",
        "Partnere",
        "Ordninger som kan gi penger",
        "godt treff",
        "frist 15. feb. 2027",
        "Handler om det samme",
        "Kilde: ",
        "Neste steg",
        "Bedt om kontakt 30. nov. 2026",
        "Hvorfor er dette ikke for dere?",
    ):
        assert sentence in said
    # What was asked for already cannot be asked for or chosen once more.
    introduced = {one["data"]["row"] for one in buttons(card, Verb.INTRODUCE)}
    assert introduced == {f"{kind}.{n}" for kind in told.order for n in (1, 2, 3)} - {"actor.1"}
    picks = {one["id"] for one in elements(card) if one.get("type") == "Input.Toggle"}
    assert picks == {f"pick.{row}" for row in introduced}
    assert card["body"][0]["type"] == "Container"
    assert render_answer(told, AnswerOptions(""))["body"]
    assert buttons(render_answer(told, AnswerOptions("")), Verb.INTRODUCE) == []


def test_paging_shows_every_suggestion_once() -> None:
    told, seen = answer(60), []
    card = render_answer(told, AnswerOptions(TOKEN))
    while True:
        seen += [one["data"]["row"] for one in buttons(card, Verb.INTRODUCE) if one["data"]["row"].startswith("actor")]
        more = [row_at(one["data"]["row"]) for one in buttons(card, Verb.SHOW_MORE)]
        following = next((one for one in more if one and one.kind is Kind.ACTOR), None)
        if following is None:
            break
        card = render_more(told, AnswerOptions(TOKEN), Kind.ACTOR, following.position)
    assert seen == [f"actor.{number}" for number in range(1, 21)]
    assert len(seen) > OPEN
