"""Every message fits what Slack takes, whatever an answer holds; what is data never becomes markup."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.matching.answers import Outcome
from assistant.render.block_kit import MORE, escape, fit, plain, travelled
from assistant.render.slack import MOST, SHOWN, Marked, render_answer, render_more, render_text, render_why
from assistant.render.slack_actions import About, AboutCase, ActionId, about, about_case
from corpus.records import Kind
from corpus.text import Language
from index.scoring.ranking import MatchConfidence
from tests.slack.answers import HOSTILE, PLAIN, answer
from tests.slack.oracles import assert_message, faults

NOTES = ["Jeg er en automatisk assistent.", "Ikke skriv <!channel> her."]
ASKS = ["Hvem er dere?", "Hva er problemet?"]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("count", range(61))
def test_a_message_of_any_number_of_suggestions_is_taken(count: int, language: Language) -> None:
    told = answer(count, language=language)
    assert_message(render_answer(told, "log-1", notes=NOTES, questions=ASKS, private=bool(count % 2)))
    assert_message(render_answer(told, None))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_message_of_any_text_is_taken(kind: str, language: Language) -> None:
    for count in (1, 3, 9, 60):
        told = answer(count, HOSTILE[kind], language)
        for outcome in Outcome:
            made = told.model_copy(update={"outcome": outcome})
            assert_message(render_answer(made, "log-1", notes=[HOSTILE[kind]], questions=[HOSTILE[kind]], private=True))


@given(text=st.text(min_size=1, max_size=400), count=st.integers(0, 60), language=st.sampled_from(Language))
@settings(max_examples=60, deadline=None)
def test_a_message_of_any_characters_is_taken(text: str, count: int, language: Language) -> None:
    told = answer(count, text.encode("utf-8", "replace").decode() or ".", language)
    assert_message(render_answer(told, "log-1", notes=[text], questions=[text], private=True))


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("start", [0, 3, 18, 19, 20, 500])
def test_a_page_of_more_is_taken(kind: str, start: int) -> None:
    for one in (Kind.ACTOR, Kind.INSTRUMENT, Kind.IDEA):
        assert_message(render_more(answer(60, HOSTILE[kind]), "log-1", one, start))


def buttons(blocks: list[dict[str, Any]], action: str) -> list[dict[str, Any]]:
    elements = [e for block in blocks for e in (*block.get("elements", []), block.get("accessory", {}))]
    return [e for e in elements if e.get("action_id") == action]


def test_paging_shows_every_suggestion_once() -> None:
    told, start, seen = answer(60), 0, []
    blocks = render_answer(told, "log-1")["blocks"]
    while True:
        page = buttons(blocks, ActionId.INTRODUCE)
        seen += [about(b["value"]) for b in page if "|actor:" in b["value"]]
        more = [about(b["value"]) for b in buttons(blocks, ActionId.SHOW_MORE)]
        following = next((one for one in more if one and one.record_id == Kind.ACTOR.value), None)
        if following is None:
            break
        assert following.start > start
        start = following.start
        blocks = render_more(told, "log-1", Kind.ACTOR, start)["blocks"]
    assert [one.record_id for one in seen if one] == [partner.id for partner in told.partners]


def test_plain_suggestions_are_told_with_fact_date_and_buttons_and_what_stands_behind_is_a_click_away() -> None:
    told = answer(9, "Fall hos eldre")
    blocks = render_answer(told, "log-1")["blocks"]
    said = json.dumps(blocks, ensure_ascii=False)
    for sentence in (
        "Snakk først med Fall hos eldre",
        "Partnere",
        "Ordninger som kan gi penger",
        "Lignende ideer",
        "godt treff",
        "frist 15. feb. 2027",
        "Se heller på",
    ):
        assert sentence in said
    assert "Handler om det samme" not in said
    for action in (ActionId.INTRODUCE, ActionId.WHY, ActionId.NOT_FOR_US, ActionId.MORE_LIKE_THIS):
        assert len(buttons(blocks, action)) == 3 * SHOWN
    assert len(buttons(blocks, ActionId.ASK_BROKER)) == 1
    assert len(buttons(blocks, ActionId.FEEDBACK)) == 1
    behind = render_why(told, "actor:n-0")
    assert behind is not None
    said = json.dumps(behind["blocks"], ensure_ascii=False)
    for sentence in ("Handler om det samme", "Kilde: ", "Neste steg"):
        assert sentence in said


@pytest.mark.parametrize("count", [0, 1, 9, 60])
def test_an_answer_takes_no_more_than_thirty_blocks(count: int) -> None:
    told = answer(count)
    for private in (False, True):
        assert len(render_answer(told, "log-1", notes=NOTES, questions=ASKS, private=private)["blocks"]) <= MOST == 30


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_stands_behind_a_suggestion_of_any_text_is_taken(kind: str) -> None:
    told = answer(3, HOSTILE[kind])
    for record_id in ("actor:n-0", "instrument:n-1", "idea:n-2"):
        behind = render_why(told, record_id)
        assert behind is not None
        assert_message(behind)
    assert render_why(told, "actor:nowhere") is None


def test_what_is_only_possible_is_a_click_away_with_its_number() -> None:
    told = answer(9)
    weak = [one.model_copy(update={"confidence": MatchConfidence.POSSIBLE}) for one in told.partners[1:]]
    folded = told.model_copy(update={"partners": (told.partners[0], *weak)})
    blocks = render_answer(folded, "log-1")["blocks"]
    assert len([one for one in buttons(blocks, ActionId.INTRODUCE) if "|actor:" in one["value"]]) == 1
    [more] = buttons(blocks, ActionId.SHOW_MORE)
    assert more["text"]["text"] == "2 svakere treff"
    following = about(more["value"])
    assert following is not None
    page = json.dumps(render_more(folded, "log-1", Kind.ACTOR, following.start), ensure_ascii=False)
    assert "*2. " in page
    assert "*3. " in page


def test_only_a_private_answer_can_be_shared() -> None:
    told = answer(3)
    assert buttons(render_answer(told, "log-1", private=True)["blocks"], ActionId.SHARE)
    assert not buttons(render_answer(told, "log-1")["blocks"], ActionId.SHARE)


def test_what_was_done_stands_in_place_of_the_buttons() -> None:
    told = answer(3)
    mark = Marked(record_id="actor:n-0", text="<@U1> ba om kontakt")
    blocks = render_answer(told, "log-1", marks=[mark])["blocks"]
    assert faults(blocks) == []
    assert len(buttons(blocks, ActionId.INTRODUCE)) == 2
    assert "<@U1> ba om kontakt" in json.dumps(blocks, ensure_ascii=False)


def test_the_text_alone_is_the_summary_or_says_that_there_are_none() -> None:
    assert render_answer(answer(3), "log-1")["text"].startswith(f"Snakk først med {PLAIN}")
    assert "ikke noe godt treff" in render_answer(answer(0), "log-1")["text"]


def test_no_emoji_carries_meaning() -> None:
    for language in Language:
        said = json.dumps(render_answer(answer(9, language=language), "log-1", private=True))
        assert ":+1:" not in said
        assert "\\ud83" not in said


def test_data_is_told_word_for_word() -> None:
    assert escape("a & <!channel>\u202e") == "a &amp; &lt;!channel&gt; "
    assert render_text("<@U1> & co")["text"] == "&lt;@U1&gt; &amp; co"


@pytest.mark.parametrize("text", HOSTILE.values())
@pytest.mark.parametrize("limit", [30, 200, 3_000])
def test_a_cut_text_keeps_within_the_limit_and_is_marked(text: str, limit: int) -> None:
    kept = fit(text, limit)
    assert travelled(kept) - 2 <= limit
    assert kept == escape(text) or kept.endswith(MORE)
    assert not kept.removesuffix(MORE).endswith(("&", "&a", "&am", "&amp", "&l", "&lt", "&g", "&gt"))


def test_a_text_is_cut_at_a_word() -> None:
    assert fit("tidlig oppdagelse av sepsis", 25) == f"tidlig oppdagelse{MORE}"
    assert plain("tidlig oppdagelse", 8)["text"] == "tidlig…"


@pytest.mark.parametrize("value", ["", "x", "a|b", "a|b|c", "|b|1", "a|b|c|d", "a|b|-1", PLAIN])
def test_a_value_that_is_none_of_ours_is_refused(value: str) -> None:
    assert about(value) is None
    assert about_case(value) is None or value == "never"


def test_what_a_button_is_about_comes_back_as_it_went() -> None:
    one = About(log_id="l-1", record_id="actor:ntnu", start=3)
    assert about(one.packed()) == one
    case = AboutCase(case_id="c-1", version=4)
    assert about_case(case.packed()) == case


def test_the_judges_refuse_what_is_wrong() -> None:
    assert faults([{"type": "sektion", "text": {"type": "mrkdwn", "text": "x"}}])
    assert faults([{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}])
    assert faults([{"type": "section", "text": {"type": "mrkdwn", "text": "x"}, "colour": "red"}])
