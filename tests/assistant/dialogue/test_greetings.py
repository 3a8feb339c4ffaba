from __future__ import annotations

import pytest

from assistant.dialogue.framing import bare_need
from corpus.files import read_folder, shipped_folder
from corpus.vocabulary import Concept
from index.analysis import words


def test_no_word_of_the_vocabulary_is_taken_for_a_greeting_or_a_courtesy() -> None:
    concepts = [one.record for one in read_folder(shipped_folder())[0] if isinstance(one.record, Concept)]
    labels = {label.text for concept in concepts for label in concept.labels()}
    assert len(labels) > 10_000
    assert {label: bare_need(label) for label in labels if words(bare_need(label)) != words(label)} == {}


@pytest.mark.parametrize(
    "need",
    ["heimesjukepleie i bygda", "heiltid i omsorga", "hip fracture", "kjærestevold", "god dagaktivitet for eldre"],
)
def test_a_word_that_begins_as_a_greeting_does_is_kept_whole(need: str) -> None:
    assert bare_need(need) == need


@pytest.mark.parametrize("greeting", ["Hei! ", "hei, ", "God dag, ", "Hi there! ", "Kjære alle sammen - ", "hei hei "])
def test_a_greeting_is_no_part_of_a_need(greeting: str) -> None:
    assert bare_need(f"{greeting}sjukepleiarar sluttar") == "sjukepleiarar sluttar"
