from __future__ import annotations

import pytest

from assistant.dialogue.private_questions import has_private_form


@pytest.mark.parametrize(
    "text",
    [
        "Når åpner svømmehallen?",
        "når går bussen til Oslo",
        "Kva tid opnar biblioteket i dag?",
        "Hvor ligger rådhuset?",
        "Kor finn eg skjema for byggesøknad",
        "Kan jeg brenne hageavfall?",
        "Må eg søkje om å felle eit tre?",
        "Hvordan klager jeg på en parkeringsbot?",
        "Er det lov å bade i Mjøsa?",
        "What time does the library close?",
        "When is the rubbish collected",
        "How do I get a parking permit?",
    ],
)
def test_when_where_and_whether_one_may_is_asked_for_oneself(text: str) -> None:
    assert has_private_form(text)


@pytest.mark.parametrize(
    "text",
    [
        "Når vi graver i veien, hvem kan si hvor rørene ligger?",
        "Når får vi svar fra Forskningsrådet?",
        "Hvor mange elever faller fra, og hvem forsker på det?",
        "Kan vi bruke data til å se hvem som trenger hjelp?",
        "Hvordan får kommunen flere til å kildesortere?",
        "Korleis rekrutterer ein til brannvesenet?",
        "How can we keep teachers?",
        "Where has this been tried?",
        "åpningstider på biblioteket uten betjening",
        "Hvor finner jeg noen som kan hjelpe med fremmede arter?",
        "Hvordan kan jeg få flere eldre til å trene?",
        "Kor finn eg nokon som kan rotter?",
        "kan KI svare innbyggerne",
    ],
)
def test_a_need_of_a_municipality_has_another_form(text: str) -> None:
    assert not has_private_form(text)
