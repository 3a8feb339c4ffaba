"""The municipality of who asks is no partner of its own; one that the question asks about stays one."""

from __future__ import annotations

import pytest

from assistant.dialogue.understanding import Question, understand
from assistant.funding.verdicts import Facts
from assistant.matching.own_places import standing_of


@pytest.mark.parametrize(
    "asked",
    [
        "flere skal sykle til jobb i en mellomstor by Haugesund",
        "eldre er ensomme i kommunen vår, Haugesund",
        "Vi er Haugesund kommune og vil ha flere til å sykle",
        "more people should cycle in the town Haugesund",
    ],
)
def test_a_place_that_only_tells_who_asks_is_where_they_stand(asked: str) -> None:
    assert standing_of(understand(Question(text=asked))) == ("1106",)


def test_what_was_told_before_holds_when_the_name_is_said_again() -> None:
    told = Facts(kommunenummer="1106", fylkesnummer="11")
    assert "1106" in standing_of(understand(Question(text="Haugesund: flere på sykkel til jobb"), told))


def test_a_place_that_is_asked_about_can_be_suggested() -> None:
    assert standing_of(understand(Question(text="hva har Haugesund kommune gjort for å få flere til å sykle"))) == ()
