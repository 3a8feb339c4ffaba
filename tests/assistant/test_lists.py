"""What is told in one list reads as a list: commas, and one word before the last."""

from __future__ import annotations

import pytest

from assistant.platform.messages import messages
from corpus.text import Language


@pytest.mark.parametrize(
    ("language", "items", "told"),
    [
        (Language.NB, ["familie og foreldre", "barnehagen"], "familie, foreldre og barnehagen"),
        (Language.NN, ["vêr og klima", "planar"], "vêr, klima og planar"),
        (Language.NB, ["båt, havn og kyst", "næringsutvikling"], "båt, havn, kyst og næringsutvikling"),
        (Language.NB, ["barn", "barn og unge"], "barn og unge"),
        (Language.EN, ["child and family welfare", "schools"], "child and family welfare and schools"),
        (
            Language.EN,
            ["child and family welfare", "arts and cultural life"],
            "child and family welfare as well as arts and cultural life",
        ),
        (Language.NB, ["helse- og omsorgstjenester", "frivillige"], "helse- og omsorgstjenester og frivillige"),
        (Language.NB, ["Møre og Romsdal", "Vestland"], "Møre og Romsdal og Vestland"),
        (Language.NB, ["skole"], "skole"),
        (Language.NB, [], ""),
    ],
)
def test_subjects_are_told_as_one_list(language: Language, items: list[str], told: str) -> None:
    assert messages(language).listed_subjects(items) == told


def test_a_list_of_names_keeps_each_whole() -> None:
    catalog = messages(Language.NB)
    assert catalog.listed(["Møre og Romsdal", "Troms", "Vestland"]) == "Møre og Romsdal, Troms, og Vestland"
    assert catalog.listed(["Møre og Romsdal", "Vestfold og Telemark"]) == "Møre og Romsdal samt Vestfold og Telemark"
