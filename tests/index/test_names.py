from __future__ import annotations

import pytest

from index.analysis import words
from index.retrieval.names import find_names
from index.storage.record_traits import PLACE, Name

NAMES = [
    Name(*name, tuple(words(name[1])))
    for name in [
        ("actor:tfou", "Trøndelag Forskning og Utvikling", "name"),
        ("actor:tfou", "TFoU", "acronym"),
        ("actor:kun", "KUN", "name"),
        ("actor:hunt", "HUNT forskningssenter", "name"),
        ("actor:hunt", "HUNT", "acronym"),
        ("actor:levanger", "Levanger kommune", "name"),
        ("actor:levanger", "Levanger", "alias"),
        ("instrument:h2020", "Horisont 2020", "name"),
        ("instrument:forkommune", "FORKOMMUNE", "name"),
        ("instrument:rff", "RFF Trøndelag", "acronym"),
    ]
]


def named(question: str) -> list[str]:
    return [hit.record_id for hit in find_names(question, NAMES)]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Hva gjør Trøndelag Forskning og Utvikling?", "actor:tfou"),
        ("hva gjør Trøndelag forskning og utviklng", "actor:tfou"),
        ("Kjenner noen til TFoU?", "actor:tfou"),
        ("Har HUNT tall for oss?", "actor:hunt"),
        ("Horisont 2020", "instrument:h2020"),
        ("kan vi søke Forkommune", "instrument:forkommune"),
        ("samarbeid med levanger", "actor:levanger"),
        ("rff trondelag", "instrument:rff"),
    ],
)
def test_a_record_is_found_by_its_name_its_abbreviation_and_a_misspelt_name(question: str, expected: str) -> None:
    assert named(question) == [expected]


@pytest.mark.parametrize(
    "question", ["det gjelder kun de eldste", "we hunt for partners", "kommune", "horisonten er vid"]
)
def test_ordinary_words_are_no_names(question: str) -> None:
    assert named(question) == []


def test_an_abbreviation_alone_is_a_name_in_any_case() -> None:
    assert named("hva er hunt?") == ["actor:hunt"]


def test_an_exact_name_scores_one_and_a_misspelt_one_less() -> None:
    exact = find_names("Trøndelag Forskning og Utvikling", NAMES)[0]
    misspelt = find_names("Trøndelag Forskning og Utviklng", NAMES)[0]
    assert exact.score == pytest.approx(1.0)
    assert 0.86 <= misspelt.score < 1.0


COUNTY = Name("actor:county", "Trøndelag", "alias", ("trøndelag",))


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("hva gjør Trøndelag Forskning og Utvikling?", ["actor:tfou"]),
        ("kan Trøndelag hjelpe oss?", ["actor:county"]),
        ("samarbeider Trøndelag med Trøndelag Forskning og Utvikling?", ["actor:county", "actor:tfou"]),
    ],
)
def test_a_name_that_is_only_said_within_a_longer_one_is_not_asked_for(question: str, expected: list[str]) -> None:
    assert [hit.record_id for hit in find_names(question, [*NAMES, COUNTY])] == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Folk bor spredt over to øyer og fjell imellom", []),
        ("Vi bor på Øyer", ["actor:oyer"]),
        ("hva gjør øyer", ["actor:oyer"]),
    ],
)
def test_who_types_capitals_means_a_place_by_one(question: str, expected: list[str]) -> None:
    place = Name("actor:oyer", "Øyer", PLACE, ("øyer",))
    assert [hit.record_id for hit in find_names(question, [place])] == expected


@pytest.mark.parametrize("text", ["vi vil ha mer digital opplæring", "who can share what they learnt"])
def test_an_abbreviation_that_is_an_everyday_word_is_only_meant_in_capitals(text: str) -> None:
    some = [("digital", "DIGITAL"), ("share", "SHARE")]
    names = [Name(f"actor:{slug}", name, "acronym", tuple(words(name))) for slug, name in some]
    assert find_names(text, names) == []
    assert {hit.record_id for hit in find_names("hva gjør SHARE og DIGITAL?", names)} == {
        "actor:digital",
        "actor:share",
    }


STRANDA = Name("actor:stranda", "Stranda", PLACE, ("stranda",))


@pytest.mark.parametrize(
    ("question", "is_meant"),
    [
        ("Stranda vår forsvinner i stormflo", False),
        ("tang på strand og i hav", False),
        ("søppel på stranda", False),
        ("Hva har Stranda gjort med skred?", True),
        ("stranda kommune", True),
        ("hva gjør stranda", True),
    ],
)
def test_a_municipality_that_is_called_by_a_word_is_named_only_where_the_place_is_meant(
    question: str, *, is_meant: bool
) -> None:
    assert bool(find_names(question, [STRANDA])) is is_meant
