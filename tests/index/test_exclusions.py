"""What a scheme does not pay for is never taken as what it pays for."""

from __future__ import annotations

import pytest

from index.scoring.exclusions import excludes, parted


@pytest.mark.parametrize(
    "text",
    [
        "Energisparing og karbonfangst faller utenfor.",
        "Energisparing, karbonfangst og klimatilpassing fall utanfor i 2020.",
        "Penger til selve tiltakene gis ikke (2018).",
        "Ny utbygging dekkes ikke, heller ikke flom som skyldes rør.",
        "Ny utbygging blir ikkje dekt.",
        "Det gis ikke støtte til enkeltbedrifter.",
        "Det blir ikkje gitt støtte til drift.",
        "Forskningsprosjekter støttes ikke.",
        "Ikke til drift og vedlikehold.",
        "Pengane går ikkje til sjølve forskinga.",
        "Research projects are not funded.",
        "New development is not covered.",
        "Energy saving was outside the scheme in 2020.",
        "It does not pay for rebuilding.",
        "There is no support for single companies.",
    ],
)
def test_a_sentence_that_shuts_something_out_is_known(text: str) -> None:
    assert excludes(text)


@pytest.mark.parametrize(
    "text",
    [
        "Støtte til barn og unge som kan falle utenfor.",
        "Dekker lønn til en person som samordner.",
        "Kommunar som ikkje har plan, bør lage ein.",
        "Covers costs that other sources do not meet.",
    ],
)
def test_what_is_only_said_with_a_no_in_it_shuts_nothing_out(text: str) -> None:
    assert not excludes(text)


def test_sentences_are_parted_and_those_of_both_sides_belong_to_neither() -> None:
    text = "Tiltak mot flom støttes. Drift dekkes ikke. Pengene går til folk, ikke til utstyr."
    assert parted(text) == ("Tiltak mot flom støttes.", "Drift dekkes ikke.")
