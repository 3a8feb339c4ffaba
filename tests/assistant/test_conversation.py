"""What somebody's next words mean: a question is never lost, and a refinement is taken only where it is one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.dialogue.conversation import ConversationState, Intent, ListedSuggestion, Turn, refined
from assistant.dialogue.refinement import Refinement
from assistant.dialogue.turn_parser import parse_turn
from corpus.records import Kind
from corpus.text import Language

SHOWN = (
    ListedSuggestion(id="actor:a", kind=Kind.ACTOR, name="NTNU"),
    ListedSuggestion(id="actor:b", kind=Kind.ACTOR, name="Nord universitet"),
    ListedSuggestion(id="instrument:c", kind=Kind.INSTRUMENT, name="RFF Trøndelag"),
    ListedSuggestion(id="idea:d", kind=Kind.IDEA, name="Skolebuss"),
)
ANSWERED = ConversationState(question="hvem kan hjelpe med sepsis?", language=Language.NB, shown=SHOWN)


def read(text: str, state: ConversationState = ANSWERED) -> Turn:
    return parse_turn(text, state)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("hjelp", Intent.HELP), ("Hjelp!", Intent.HELP), ("?", Intent.HELP), ("help", Intent.HELP),
        ("hva kan du?", Intent.HELP), ("kva kan du hjelpe meg med?", Intent.HELP), ("what can you do?", Intent.HELP),
        ("hei", Intent.GREETING), ("God morgon!", Intent.GREETING), ("hello", Intent.GREETING),
        ("takk!", Intent.THANKS), ("tusen takk for hjelpa", Intent.THANKS), ("thanks a lot", Intent.THANKS),
        ("hvem hos dere kan jeg snakke med?", Intent.CONTACT), ("kven hos dykk kan eg snakke med?", Intent.CONTACT),
        ("kan jeg få snakke med et menneske?", Intent.CONTACT), ("can I talk to a human?", Intent.CONTACT),
        ("Kan eg få snakke med kompetansemeklaren", Intent.CONTACT),
        ("på nynorsk, takk", Intent.LANGUAGE), ("in English, please", Intent.LANGUAGE), ("bokmål", Intent.LANGUAGE),
        ("kan du svare på engelsk?", Intent.LANGUAGE),
        ("nytt spørsmål", Intent.RESTART), ("start over", Intent.RESTART),
    ],
)  # fmt: skip
def test_what_means_the_same_wherever_it_is_said(text: str, intent: Intent) -> None:
    assert read(text).intent is intent
    assert read(text, ConversationState()).intent is intent


@pytest.mark.parametrize(
    ("text", "name", "required"),
    [
        ("bare i Trøndelag", "Trøndelag", True), ("only in Trøndelag", "Trøndelag", True),
        ("berre i Verdal kommune, takk", "Verdal", True), ("hva med Trøndelag?", "Trøndelag", False),
        ("kva med i Verdal?", "Verdal", False), ("what about Nord-Fron?", "Nord-Fron", False),
        ("kun partnere i Trøndelag", "Trøndelag", True), ("er det noen i Verdal", "Verdal", False),
    ],
)  # fmt: skip
def test_a_place_narrows_the_need(text: str, name: str, required: bool) -> None:
    turn = read(text)
    assert turn.intent is Intent.PLACE
    assert turn.place is not None
    assert (turn.place.name, turn.place.required) == (name, required)


def test_anywhere_takes_the_place_back() -> None:
    near = refined(ANSWERED, read("bare i Verdal"))
    assert near.refinement.place is not None
    assert refined(near, read("hele landet")).refinement.place is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("hva med penger?", Kind.INSTRUMENT), ("what about funding?", Kind.INSTRUMENT),
        ("kva med støtte?", Kind.INSTRUMENT), ("og ordninger?", Kind.INSTRUMENT),
        ("finnes det midler", Kind.INSTRUMENT),
        ("hva med partnere?", Kind.ACTOR), ("and partners?", Kind.ACTOR), ("hvem?", Kind.ACTOR),
        ("noen lignende ideer?", Kind.IDEA), ("any similar ideas?", Kind.IDEA), ("vis ideer", Kind.IDEA),
    ],
)  # fmt: skip
def test_a_kind_turns_the_answer(text: str, kind: Kind) -> None:
    turn = read(text)
    assert (turn.intent, turn.kind) == (Intent.KIND, kind)


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("flere som nummer to", "actor:b"), ("more like number two", "actor:b"), ("fleire som nr. 1", "actor:a"),
        ("mer som den første", "actor:a"), ("more like the second one", "actor:b"),
        ("noe som ordning 1", "instrument:c"),
        ("flere som idé nummer 1", "idea:d"), ("flere som NTNU", "actor:a"), ("more like #2", "actor:b"),
    ],
)  # fmt: skip
def test_more_like_one_means_the_one_that_stood_there(text: str, item: str) -> None:
    turn = read(text)
    assert (turn.intent, [one.id for one in turn.items]) == (Intent.LIKE, [item])
    after = refined(ANSWERED, turn)
    assert after.refinement.like == item
    assert item in after.refinement.without


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("ikke dette", ["actor:a", "actor:b"]), ("ikkje desse", ["actor:a", "actor:b"]),
        ("not these", ["actor:a", "actor:b"]), ("ikke nummer to", ["actor:b"]), ("not the first one", ["actor:a"]),
        ("noe annet", ["actor:a", "actor:b"]), ("ikke NTNU", ["actor:a"]), ("uten Nord universitet", ["actor:b"]),
        ("ikke ordning 1", ["instrument:c"]),
    ],
)  # fmt: skip
def test_what_is_turned_down_is_left_out(text: str, items: list[str]) -> None:
    turn = read(text)
    assert (turn.intent, [one.id for one in turn.items]) == (Intent.DISMISS, items)
    assert list(refined(ANSWERED, turn).refinement.without) == items


def test_more_leaves_out_what_was_seen() -> None:
    assert refined(ANSWERED, read("vis flere")).refinement.without == ("actor:a", "actor:b")
    assert refined(ANSWERED, read("flere ordninger")).refinement.without == ("instrument:c",)


@pytest.mark.parametrize(
    "text",
    [
        "hvem kan hjelpe oss med fall i hjemmet?",
        "har noen prøvd droner i Trøndelag?",
        "vi i Verdal trenger hjelp med ungdom som faller fra",
        "only one teacher knows how to use the new tools, who can train the others?",
        "flere eldre enn før faller hjemme, hva kan vi gjøre?",
        "ikke nok sykepleiere i distriktene",
        "takk for sist, vi lurer på hvem som kan noe om lokalmat",
        "kven kan noko om språk i barnehagen på nynorsk?",
        "hei, hvem forsker på ensomhet?",
    ],
)
def test_whatever_is_not_plainly_something_else_is_a_question(text: str) -> None:
    turn = read(text)
    assert turn.intent is Intent.QUESTION
    assert turn.text == text


@pytest.mark.parametrize("text", ["bare i Trøndelag", "hva med penger?", "flere som nummer to", "ikke dette", "flere"])
def test_without_an_answer_there_is_nothing_to_refine(text: str) -> None:
    assert read(text, ConversationState()).intent in {Intent.QUESTION, Intent.UNCLEAR}


@pytest.mark.parametrize("text", ["og for eldre hjemme", "men særlig for barn", "and in the evening"])
def test_words_that_go_on_from_the_question_are_added(text: str) -> None:
    turn = read(text)
    assert turn.intent is Intent.ADDITION
    assert refined(ANSWERED, turn).question == f"{ANSWERED.question}\n{text}"


def test_what_was_asked_back_is_answered_in_any_words() -> None:
    asked = ANSWERED.model_copy(update={"wants_words": True})
    assert read("eldre som bor alene blir funnet for sent", asked).intent is Intent.ADDITION


def test_words_added_end_what_was_like_something() -> None:
    like = refined(ANSWERED, read("flere som nummer to"))
    assert refined(like, read("og for barn")).refinement.like is None


@given(st.text(max_size=300))
def test_reading_a_turn_never_fails(text: str) -> None:
    turn = read(text)
    state = refined(ANSWERED, turn)
    assert state.question
    assert isinstance(state.refinement, Refinement)
