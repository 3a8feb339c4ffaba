from __future__ import annotations

import pytest

from assistant.platform.language import detect_language
from corpus.text import Language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hvem kan hjelpe oss med å skaffe flere læreplasser?", Language.NB),
        ("Kven kan hjelpe oss med å skaffe fleire læreplassar?", Language.NN),
        ("Who can help us find more apprenticeships?", Language.EN),
        ("Vi trenger noen som kan måle luftkvalitet", Language.NB),
        ("Vi treng nokon som kan måle luftkvalitet", Language.NN),
        ("elevane i kommunane", Language.NN),
        ("funding for air quality sensors", Language.EN),
        ("Korleis får vi til samskaping?", Language.NN),
        ("ensomme eldre som bor hjemme", Language.NB),
        ("einsame eldre som bur heime", Language.NN),
        ("barnevern: for mange konsulentar", Language.NN),
        ("grunnlag for nye arbeidsplassar", Language.NN),
        ("seminar om kommentarer i februar", Language.NB),
        ("ansvar for vikarer", Language.NB),
        ("similar projects", Language.EN),
        ("Kan kommunen framleis søkje Interreg?", Language.NN),
        ("Kan kommunen fortsatt delta i Interreg?", Language.NB),
    ],
)
def test_the_language_of_a_question_is_told(text: str, language: Language) -> None:
    assert detect_language(text) is language


@pytest.mark.parametrize("text", ["", "12345", "🙂", "kommune"])
def test_what_could_be_either_is_bokmal(text: str) -> None:
    assert detect_language(text) is Language.NB
