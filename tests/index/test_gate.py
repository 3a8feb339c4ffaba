from __future__ import annotations

import numpy as np
import pytest

from corpus.records import Kind
from corpus.text import Language
from index.retrieval.fusion import Candidate
from index.retrieval.names import NameHit
from index.retrieval.need import Need
from index.retrieval.retrievers import Query
from index.scoring.gate import (
    MOST_ODDS,
    WORDS_OF_SEARCH,
    AnswerabilityClassifier,
    Feature,
    features_of,
    says_only_a_name,
)
from index.storage.concepts import Mention


def query(text: str, *mentions: Mention, asked: Kind | None = None) -> Query:
    need = Need(text=text, language=Language.NB, asked_kind=asked)
    return Query(need, np.zeros(2, dtype=np.float32), mentions, {})


def test_kinds_that_agree_count_for_more_than_one_that_fits_by_chance() -> None:
    alone = features_of(query("fisk"), {}, {Kind.ACTOR: 0.9, Kind.IDEA: 0.02, Kind.INSTRUMENT: 0.02})
    together = features_of(query("fisk"), {}, {Kind.ACTOR: 0.5, Kind.IDEA: 0.5, Kind.INSTRUMENT: 0.5})
    assert together[Feature.AGREEMENT] == pytest.approx(0.0)
    assert alone[Feature.AGREEMENT] < together[Feature.AGREEMENT]


@pytest.mark.parametrize("scores", [{}, {Kind.ACTOR: 0.0}])
def test_nothing_found_is_the_worst_sign(scores: dict[Kind, float]) -> None:
    assert features_of(query("fisk"), {}, scores)[Feature.AGREEMENT] == -MOST_ODDS


def test_the_record_that_knows_most_of_the_words_is_the_sign() -> None:
    found = [
        Candidate(record_id=f"actor:{share}", kind=Kind.ACTOR, parts={"words": share, "name": 1 - share}, total=0)
        for share in (0.2, 0.7)
    ]
    signs = features_of(query("fisk"), {Kind.ACTOR: found}, {})
    assert (signs[Feature.WORDS], signs[Feature.NAMED]) == (0.7, 0.8)


@pytest.mark.parametrize(
    ("asked", "sign"),
    [
        (query("hvem kan fisk", asked=Kind.ACTOR), 1.0),
        (query("fisk", Mention("concept:fisk", "fisk", 1.0)), 1.0),
        (query("om fisk", Mention("concept:fisk", "fisk", 1.0)), 1.0),
        (query("torsk og sei", Mention("concept:fisk", "torsk", 1.0, ("sei",))), 1.0),
        (query("fisker", Mention("concept:fisk", "fisker", 0.8)), 0.0),
        (query("fisk middag", Mention("concept:fisk", "fisk", 1.0)), 0.0),
        (query("om"), 0.0),
    ],
)
def test_a_question_asks_for_us_by_a_kind_of_answer_or_by_nothing_but_concepts(asked: Query, sign: float) -> None:
    assert features_of(asked, {}, {})[Feature.ASKED] == sign


def test_a_bare_name_is_asked_for_as_a_bare_concept_is() -> None:
    named = query("hva er fiskelaget")._replace(names=(NameHit("actor:a", "Fiskelaget", 1.0),))
    assert features_of(named, {}, {})[Feature.ASKED] == 1.0
    guessed = named._replace(names=(NameHit("actor:a", "Fiskelaget", 0.9),))
    assert features_of(guessed, {}, {})[Feature.ASKED] == 0.0


def test_a_need_is_described_and_a_search_is_not_expected_to_be() -> None:
    short, long = query("vondt hode"), query("gamle rør lekker under gata hver vinter")
    assert features_of(short, {}, {})[Feature.LENGTH] < features_of(long, {}, {})[Feature.LENGTH]
    search = query("fisk", Mention("concept:fisk", "fisk", 1.0))
    assert features_of(search, {}, {})[Feature.LENGTH] == pytest.approx(np.log1p(WORDS_OF_SEARCH))


@pytest.mark.parametrize(
    ("text", "sign"),
    [("vi mangler folk", 1.0), ("our pipes leak", 1.0), ("kommunen mangler folk", 1.0), ("jeg mangler folk", 0.0)],
)
def test_who_speaks_for_others_or_of_a_municipality_has_a_need_that_is_ours(text: str, sign: float) -> None:
    assert features_of(query(text), {}, {})[Feature.SPEAKS_FOR] == sign


def test_a_gate_opens_from_its_least_sum() -> None:
    gate = AnswerabilityClassifier(weights={Feature.WORDS: 2.0}, least=1.0)
    assert gate.accepts({Feature.WORDS: 0.5, Feature.ASKED: 0.0})
    assert not gate.accepts({Feature.WORDS: 0.4, Feature.ASKED: 9.0})


def test_a_search_for_a_concept_counts_the_records_that_speak_of_it_in_other_words() -> None:
    found = {Kind.ACTOR: [Candidate(record_id="actor:a", kind=Kind.ACTOR, parts={"concepts": 0.6}, total=0)]}
    search = query("fisk", Mention("concept:fisk", "fisk", 1.0))
    assert features_of(search, found, {})[Feature.WORDS] == 0.6
    assert features_of(query("fisk middag"), found, {})[Feature.WORDS] == 0.0


def test_a_question_without_a_subject_asks_for_nothing() -> None:
    assert features_of(query("hva er det"), {}, {Kind.ACTOR: 0.9})[Feature.AGREEMENT] == -MOST_ODDS


def test_the_form_of_a_private_question_is_a_sign_of_its_own() -> None:
    asked = query("når går bussen")
    private = asked._replace(need=asked.need.model_copy(update={"is_private": True}))
    assert features_of(asked, {}, {})[Feature.FOR_OTHERS] == 1.0
    assert features_of(private, {}, {})[Feature.FOR_OTHERS] == 0.0


def test_small_words_between_concepts_make_a_search_none_the_less() -> None:
    turnover, nurses = Mention("concept:t", "turnover", 1.0), Mention("concept:s", "sykepleiere", 1.0)
    among = features_of(query("turnover blant sykepleiere", turnover, nurses), {}, {})
    assert among[Feature.ASKED] == 1.0
    assert features_of(query("turnover zebra sykepleiere", turnover, nurses), {}, {})[Feature.ASKED] == 0.0


@pytest.mark.parametrize(
    ("text", "name", "score", "is_all"),
    [
        ("rff trondelag", "RFF Trøndelag", 0.92, True),
        ("hva er rff trondelag", "RFF Trøndelag", 0.92, True),
        ("rff trondelag og skogbruk", "RFF Trøndelag", 0.92, False),
        ("levangr", "Levanger", 0.92, False),
        ("FHI", "FHI", 1.0, True),
        ("FHI og rotter", "FHI", 1.0, False),
    ],
)
def test_a_question_that_is_nothing_but_a_name_is_known_for_it(
    text: str, name: str, score: float, is_all: bool
) -> None:
    assert says_only_a_name(query(text)._replace(names=(NameHit("instrument:a", name, score),))) is is_all
