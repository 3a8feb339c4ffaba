"""An inhabitant's own errand is the municipality's to answer; a need of a municipality never is one."""

from __future__ import annotations

import pytest

from assistant.dialogue.conversation import ConversationState, Intent
from assistant.dialogue.turn_parser import parse_turn


@pytest.mark.parametrize(
    "text",
    [
        "når får jeg svar på byggesøknaden min", "hvordan søker jeg om barnehageplass",
        "hvor betaler jeg eiendomsskatten?",
        "jeg vil klage på eiendomsskatten min", "kan jeg få bostøtte",
        "når blir søppelet mitt hentet",
        "når får eg svar på søknaden min", "korleis søkjer eg om sjukeheimsplass",
        "kvar er bossdunken min",
        "when is my building application answered", "how do I apply for housing benefit",
        "where do I pay my property tax",
        "can I get a parking permit", "I want to complain about my invoice",
        "når går bussen til Oslo", "kva tid går ferja", "når kommer neste buss",
        "when is the next train to Bergen",
        "åpningstider i svømmehallen", "opningstider på biblioteket", "hva er åpningstidene på rådhuset",
        "opening hours at the library", "når åpner biblioteket", "når stenger gjenvinningsstasjonen",
        "er svømmehallen åpen i dag", "when does the swimming pool open",
        "weather tomorrow in Tromsø",
        "blir det fint vær i morgen", "korleis blir vêret i helga", "klage på parkeringsbot",
        "how do I appeal a parking fine", "min søknad", "hvordan klager jeg på parkeringsbot",
        "rutetider til Hitra",
    ],
)  # fmt: skip
def test_an_errand_of_ones_own_is_heard(text: str) -> None:
    assert parse_turn(text, ConversationState()).intent is Intent.ERRAND


@pytest.mark.parametrize(
    "text",
    [
        "vi vil korte ned ventetiden på byggesøknader", "hvem kan hjelpe oss med saksbehandling av byggesaker",
        "flere sykehjemsplasser", "me treng fleire barnehageplassar", "how can we process building applications faster",
        "hvordan søker jeg om prosjektmidler", "jeg jobber i kommunen med byggesak",
        "robot i byggesaker",
        "utvide åpningstidene på biblioteket", "meråpent bibliotek, hvem har gjort det",
        "bussen til skolen går for sjelden",
        "flere avganger med hurtigbåt", "svømmehallen bruker for mye strøm",
        "hvem kan hjelpe med åpningstider i svømmehallen",
        "ekstremvær og flom", "weather warnings for our municipality",
        "når skolen stenger på bygda, hva gjør andre",
        "mange klager på parkering i sentrum", "vi får mange klager på byggesaker",
        "how can libraries stay open longer",
        "varsling av uvær til innbyggere", "tog i stedet for fly", "barnehager åpner for sent for skiftarbeidere",
        "når går vi over til utslippsfrie busser", "ferje på hydrogen",
        "lengre åpningstid i barnehagen",
        "innbyggerne venter lenge på bostøtte", "søppel langs veiene",
        "my municipality floods every spring",
    ],
)  # fmt: skip
def test_a_need_is_no_errand(text: str) -> None:
    assert parse_turn(text, ConversationState()).intent is not Intent.ERRAND


@pytest.mark.parametrize(
    "text",
    [
        "rutetabell for skoleskyss",
        "jeg vil søke penger til søppelkasser",
        "hvordan kan jeg få ned regning for strøm i skolen",
        "Hvordan kan jeg forklare eiendomsskatt bedre",
        "how can I cut property tax complaints",
    ],
)
def test_who_wants_something_done_better_or_paid_for_has_a_need(text: str) -> None:
    assert parse_turn(text, ConversationState()).intent is Intent.QUESTION
