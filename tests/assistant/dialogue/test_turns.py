"""What people type after an answer is read as what it asks, however it is worded, and a need stays a need."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.dialogue.conversation import Aspect, ConversationState, Intent, ListedSuggestion, Turn
from assistant.dialogue.examples import NAME, likely_act
from assistant.dialogue.knowledge_base import KnowledgeBase
from assistant.dialogue.turn_parser import parse_turn
from assistant.funding.verdicts import Fact, Missing
from corpus.text import Language

HERE = Path(__file__).parent


def _read(name: str) -> Any:  # noqa: ANN401 (what YAML holds)
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))


THREADS = {
    name: ConversationState(
        question=one["question"],
        language=Language(one["language"]),
        shown=tuple(ListedSuggestion.model_validate(item) for item in one["shown"]),
        pending=(Missing(fact=Fact.PLACE, values=()),) if one["asks_place"] else (),
    )
    for name, one in _read("threads.yaml").items()
}
TURNS = [(family, thread, said) for family, turns in _read("turns.yaml").items() for thread, said in turns]


@pytest.fixture(scope="module")
def base(shipped_home: Path) -> Iterator[KnowledgeBase]:
    """The words and names of the shipped records."""
    from assistant.matching.knowledge_base import IndexedKnowledgeBase
    from assistant.platform.settings import Settings
    from assistant.runtime.bootstrap import open_store
    from index.encoders import load_encoder
    from index.manager import IndexManager

    settings = Settings(home=shipped_home)
    with open_store(settings) as store:
        keeper = IndexManager(store, load_encoder(settings.encoder), settings.index_folder)
        yield IndexedKnowledgeBase(keeper.searcher())
        keeper.close()


def family_of(turn: Turn) -> str:
    """Return what a turn was read as, in the words of turns.yaml."""
    match turn.intent:
        case Intent.TERMS:
            return f"terms {' '.join(turn.aspects)}"
        case Intent.FILTER:
            return f"filter {'open' if turn.open_now else 'smaller' if turn.smallest else 'types'}"
        case Intent.LANGUAGE:
            return f"language {turn.language}"
        case intent:
            return intent.value


@pytest.mark.parametrize(("family", "thread", "said"), TURNS)
def test_a_turn_is_read_as_what_it_asks(family: str, thread: str, said: str, base: KnowledgeBase) -> None:
    got = family_of(parse_turn(said, THREADS[thread], base))
    # Whoever asks two things of a scheme at once is told both.
    assert got == family or (family.startswith("terms ") and set(family.split()) <= set(got.split()))


@pytest.mark.parametrize("family", sorted({family for family, _, _ in TURNS}))
def test_each_family_is_told_in_several_wordings(family: str) -> None:
    said = [one for name, _, one in TURNS if name == family]
    assert len(said) == len(set(said)) >= 2


@pytest.mark.parametrize(
    ("said", "thread", "no"),
    [
        ("jeg mener dette er viktig for hele kommunen", "leaks", Intent.MEANT),
        ("hva mente du med nr 2", "leaks", Intent.MEANT), ("ikke penger, bare partnere", "leaks", Intent.MEANT),
        ("rettelse, vi er fra Hamar", "leaks", Intent.MEANT), ("is this what they asked for", "refugees", Intent.MEANT),
        ("vi har ikke snakket med dem", "leaks", Intent.DISMISS),
        ("er norsk vann for langt unna", "leaks", Intent.DISMISS),
        ("har noen snakket med sintef før", "leaks", Intent.DISMISS),
        ("is that irrelevant", "refugees", Intent.DISMISS),
        ("kan vi søke på engelsk", "leaks", Intent.LANGUAGE), ("norwegian partners only", "refugees", Intent.LANGUAGE),
        ("residents who don't speak norwegian, who can help", "refugees", Intent.LANGUAGE),
        ("hvem forsker på effekten av hjemmebesøk", "leaks", Intent.OUTCOME),
        ("kan vi få penger", "leaks", Intent.OUTCOME),
        ("when do they get back to us", "refugees", Intent.UNDO),
        ("no money for this?", "refugees", Intent.EXCLUDE),
    ],
)  # fmt: skip
def test_the_same_words_of_something_else_are_not_read_so(
    said: str, thread: str, no: Intent, base: KnowledgeBase
) -> None:
    assert parse_turn(said, THREADS[thread], base).intent is not no


def test_what_is_put_right_takes_the_place_of_what_was_said_and_is_not_said_twice(base: KnowledgeBase) -> None:
    turn = parse_turn("sorry, I meant young refugees", THREADS["refugees"], base)
    assert turn.text == "we want to help young refugees into work. who can we work with, and what money is there?"


def test_a_turn_that_no_rule_reads_is_taken_for_what_turns_like_it_were() -> None:
    assert likely_act("har dei ei nettside".split()) == "reach"
    assert likely_act("kan ein liten by få dette".split()) == "qualify"
    assert likely_act(["fortell", "litt", "mer", "om", NAME]) == "more_about"


def test_what_is_like_nothing_is_taken_for_nothing() -> None:
    assert likely_act("sandstrand og palmer".split()) is None


@pytest.mark.parametrize(
    ("said", "aspect"),
    [("når går fristen ut?", Aspect.DEADLINE), ("what is the maximum amount?", Aspect.AMOUNT)],
)
def test_what_is_asked_of_a_scheme_is_kept_apart(said: str, aspect: Aspect, base: KnowledgeBase) -> None:
    assert aspect in parse_turn(said, THREADS["refugees"], base).aspects


def test_a_number_alone_means_a_partner_and_says_that_other_lists_have_it(base: KnowledgeBase) -> None:
    turn = parse_turn("hvorfor nr 1?", THREADS["leaks"], base)
    assert turn.items == THREADS["leaks"].shown[:1]
    assert turn.numbered is THREADS["leaks"].shown[0].kind
    assert parse_turn("hvorfor ordning 1?", THREADS["leaks"], base).numbered is None


@pytest.mark.parametrize(
    "said",
    [
        "vi er en kommune ved Haugesund",
        "ringer fra haugesund",
        "kommunen vår er Haugesund",
        "me høyrer til Haugesund",
        "I work for Haugesund municipality",
        "dette gjelder Haugesund",
        "Haugesund by",
        "for Haugesund sin del",
    ],
)  # fmt: skip
def test_where_somebody_is_is_understood_however_it_is_told(said: str, base: KnowledgeBase) -> None:
    turn = parse_turn(said, THREADS["nurses"], base)
    assert turn.facts is not None
    assert turn.facts.place == "Haugesund"


def test_a_wish_for_a_county_is_no_answer_to_where_one_is(base: KnowledgeBase) -> None:
    turn = parse_turn("bare i Trøndelag", THREADS["dementia"], base)
    assert turn.intent is Intent.PLACE
    assert turn.place is not None
    assert turn.place.required


@pytest.mark.parametrize("thread", sorted(THREADS))
def test_a_need_that_is_told_once_more_is_asked_anew(thread: str, base: KnowledgeBase) -> None:
    assert parse_turn(THREADS[thread].question or "", THREADS[thread], base).intent is Intent.QUESTION


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("me har alt prata med FHI", Intent.EXCLUDE), ("har allerede kontaktet FHI, de hadde ikke tid", Intent.EXCLUDE),
        ("vi har allerede fått penger fra Husbanken", Intent.EXCLUDE), ("vi har med SINTEF", Intent.FACT),
        ("vi er interkommunalt selskap", Intent.FACT), ("vi er et IKS", Intent.FACT),
        ("det var feil, vi mener spillvann", Intent.MEANT), ("det gjelder egentlig spillvann", Intent.MEANT),
        ("det var feil", Intent.UNDO), ("vi har prøvd lekkasjelytting uten hell", Intent.ADDITION),
        ("hva sier forskningen", Intent.ADDITION),
        ("vi ønsker et samarbeid med en forsker", Intent.ADDITION), ("kven kan evaluere det", Intent.ADDITION),
        ("rådmannen vil ha et svar innen fredag", Intent.UNCLEAR),
        ("saken skal opp i kommunestyret i mars", Intent.UNCLEAR),
        ("vi trenger noen som kan snakke med pårørende om demens", Intent.QUESTION),
        ("vil ikke ha doktorgrad", Intent.UNCLEAR), ("vi er med i helsefellesskapet", Intent.UNCLEAR),
        ("jeg er masterstudent", Intent.UNCLEAR), ("vi er et privat sykehjem", Intent.UNCLEAR),
        ("vi er bekymret for selvmord blant unge", Intent.QUESTION),
        ("vi er i gang med å lage en plan for demensomsorg", Intent.QUESTION),
    ],
)  # fmt: skip
def test_what_somebody_tells_of_their_case_keeps_the_thread(said: str, intent: Intent, base: KnowledgeBase) -> None:
    assert parse_turn(said, THREADS["leaks"], base).intent is intent


@pytest.mark.parametrize(
    ("question", "said", "text"),
    [
        ("flom i elva", "hva med havna", "flom i havna"),
        ("mobbing i skolen", "og for barnehagen?", "mobbing i skolen – barnehagen"),
        ("bullying at school", "how about kindergartens", "bullying at kindergartens"),
        ("ensomme eldre", "det var feil, vi mener ungdom som dropper ut av skolen", "ungdom som dropper ut av skolen"),
        ("ensomme eldre", "Vi snakker om barn som ikke får plass i barnehagen", "barn som ikke får plass i barnehagen"),
        ("ensomme eldre", "jeg mente barn, ikke eldre", "ensomme barn"),
    ],
)  # fmt: skip
def test_the_same_is_asked_for_somebody_else(question: str, said: str, text: str, base: KnowledgeBase) -> None:
    thread = THREADS["leaks"].model_copy(update={"question": question})
    turn = parse_turn(said, thread, base)
    assert (turn.intent, turn.text) == (Intent.MEANT, text)
    assert parse_turn("hva med brann", thread, base).intent is Intent.QUESTION
