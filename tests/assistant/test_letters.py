"""The letter of introduction says what is known, in the receiver's language, and names nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.desk.letters import letter_of, receiver_language
from assistant.platform.settings import Settings
from assistant.runtime.bootstrap import open_runtime
from assistant.service.container import Runtime
from assistant.service.messages import ActionType, UserAction, UserMessage
from corpus.text import Language
from tests.assistant.conftest import Command
from tests.assistant.services import KARI
from tests.records import actor

pytestmark = pytest.mark.usefixtures("corpus_day")


@pytest.fixture
def runtime(filled_home: Path) -> Runtime:
    return open_runtime(Settings(home=filled_home, broker_contact="Kompetansemegler Berit, tlf. 74 00 00 00"))


def opened(runtime: Runtime, question: str, record_id: str | None, note: str | None = None) -> str:
    runtime.service.set_profile(KARI, language=None, kommunenummer="5038")
    reply = runtime.service.handle(UserMessage(key=question, asker=KARI, conversation="c", text=question))
    assert reply.log_id is not None
    verb = ActionType.INTRODUCE if record_id else ActionType.ASK_BROKER
    act = UserAction(key="a", asker=KARI, log_id=reply.log_id, record_id=record_id, verb=verb, note=note)
    case = runtime.service.act(act).case
    assert case is not None
    return case.id


def test_a_partner_is_written_to_with_question_reason_and_source(runtime: Runtime) -> None:
    case_id = opened(runtime, "who can help with sepsis early warning?", "actor:helse-nord-trondelag", "We are three.")
    letter = letter_of(runtime, case_id)
    assert letter.language is Language.NB
    assert letter.subject.startswith("Verdal kommune søker samarbeid")
    for said in (
        "who can help with sepsis early warning?",
        "We are three.",
        "Dere foreslo «",
        "Berit",
    ):
        assert said in letter.whole
    assert "{" not in letter.whole
    english = letter_of(runtime, case_id, Language.EN)
    assert "seeks cooperation" in english.subject
    assert "Kind regards" in english.whole


def test_a_scheme_is_asked_about(runtime: Runtime) -> None:
    question = "støtte til en ansatt som vil ta doktorgrad"
    assert (
        "før neste utlysning" in letter_of(runtime, opened(runtime, question, "instrument:offentlig-sektor-phd")).body
    )


def test_of_an_idea_one_would_like_to_hear(runtime: Runtime) -> None:
    letter = letter_of(runtime, opened(runtime, "har noen tenkt på sepsis?", "idea:akutt-sykdom-sepsis"), Language.NN)
    assert "vil høyre om" in letter.subject


def test_a_question_to_the_broker_has_a_letter_too(runtime: Runtime) -> None:
    letter = letter_of(runtime, opened(runtime, "hvem kan hjelpe med sepsis?", None, "Kan dere ringe?"))
    assert "Kan dere ringe?" in letter.whole
    assert "{" not in letter.subject + letter.whole


def test_a_body_abroad_is_written_to_in_english() -> None:
    assert receiver_language(actor("jamtland", "Jämtland", place={"country": "SE"})) is Language.EN
    assert receiver_language(actor("verdal", "Verdal")) is Language.NB
    assert receiver_language(None) is Language.NB


def test_the_broker_gets_a_case_through_from_a_terminal(runtime: Runtime, mellomrom: Command) -> None:
    case_id = opened(runtime, "hvem kan hjelpe med sepsis?", "actor:helse-nord-trondelag")
    assert case_id in mellomrom("followup", "list").out
    assert "sent" in mellomrom("followup", "move", case_id, "sent").out
    refused = mellomrom("followup", "move", case_id, "granted")
    assert refused.code == 1
    assert "taken, declined, no_reply, dropped" in refused.err
    assert mellomrom("followup", "note", case_id, "De svarer i morgen").code == 0
    due = mellomrom("followup", "due", "--today", "2099-01-01")
    assert f"{case_id}  due" in due.out
    assert "after 45 working days" in due.out
    shown = mellomrom("followup", "show", case_id).out
    assert "De svarer i morgen" in shown
    assert "asked → sent" in shown
    assert "søker samarbeid" in mellomrom("followup", "letter", case_id).out
    exported = mellomrom("followup", "export").out.splitlines()
    assert exported[0].startswith("\ufeffid;state;")
    assert exported[1].startswith(f"{case_id};sent;")
    assert mellomrom("followup", "move", case_id, "declined", "--reason", "capacity").code == 0
    assert case_id not in mellomrom("followup", "list").out
    assert case_id in mellomrom("followup", "list", "--all").out
