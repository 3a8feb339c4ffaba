"""What is to be done is heard where it is said: to build, to mend, to try, to study, to run, to meet."""

from __future__ import annotations

import re

import pytest

from assistant.dialogue.facts import activities_named
from assistant.dialogue.work_words import ACTIVITIES
from corpus.records import Activity
from index.analysis import normalise

INVESTMENT, TRIAL, RESEARCH = Activity.INVESTMENT, Activity.TRIAL, Activity.RESEARCH


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("penger til å bygge ny gang- og sykkelvei", INVESTMENT),
        ("pengar til å byggje om kaia", INVESTMENT),
        ("støtte til å restaurere et samfunnshus", INVESTMENT),
        ("svømmehallen må pusses opp", INVESTMENT),
        ("vi må setje i stand den gamle brua", INVESTMENT),
        ("pengar til å halde ved like turstiar", INVESTMENT),
        ("gjøre om en skole til boliger", INVESTMENT),
        ("penger til lekeplass i Eidskog", INVESTMENT),
        ("money to renovate the municipal theatre", INVESTMENT),
        ("funding to build affordable housing", INVESTMENT),
        ("penger til å teste ut drone", TRIAL),
        ("prøve en ny modell for oppfølging", TRIAL),
        ("forskning på hvordan sykepleiere bruker tiden", RESEARCH),
        ("research on the wellbeing of foster children", RESEARCH),
        ("midlar til drift av fritidsklubb", Activity.SERVICE),
        ("penger til å drive språkkafé", Activity.SERVICE),
        ("lage en plan for friluftsliv", Activity.PLANNING),
        ("exchange experience with Swedish municipalities", Activity.NETWORK),
        ("søke EU-penger til klimatilpasning", Activity.EU_CONSORTIUM),
    ],
)
def test_what_is_to_be_done_is_heard(text: str, wanted: Activity) -> None:
    assert activities_named(normalise(text)) == (wanted,)


@pytest.mark.parametrize(
    "text",
    [
        "bygge kompetanse om demens",
        "bygge opp et fagmiljø",
        "hvordan bygge tillit til kommunen",
        "build trust among residents",
        "hva sier forskning om mobbing",
        "what does research say about bullying",
        "bibliotek som lånebod for verktøy og utstyr",
        "rehabilitering etter slag",
        "gjenbruk av byggematerialer",
    ],
)
def test_what_is_not_to_be_done_is_not_heard(text: str) -> None:
    assert activities_named(normalise(text)) == ()


def test_a_network_is_nothing_to_be_built() -> None:
    assert activities_named("bygge nettverk") == (Activity.NETWORK,)


@pytest.mark.parametrize("pattern", ACTIVITIES.values())
@pytest.mark.parametrize("text", ["bygge " * 700, "bygge " + "a" * 4_000, "penger til " + "a-" * 2_000, "forsk" * 800])
def test_no_text_is_too_long_to_be_read(pattern: str, text: str) -> None:
    assert re.search(rf"\b(?:{pattern})\b", text) is None or "bygge" in text
