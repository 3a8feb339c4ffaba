"""What a broker asks of a case and cannot have is told in the broker's language, with what was typed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.access.accounts import AccountRole
from assistant.cases.cases import CaseError, CaseReason, CaseState
from assistant.platform.messages import messages
from assistant.render.cases import case_fault
from assistant.service.container import Runtime
from assistant.service.messages import ActionType, UserAction
from corpus.text import Language
from tests.assistant.services import Small
from tests.web.conftest import LogIn

CODES = [state.value for state in CaseState] + [reason.value for reason in CaseReason if "_" in reason.value]


def _faults(small: Small) -> list[CaseError]:
    case = small.do(small.say("sepsis"), ActionType.ASK_BROKER).case
    assert case is not None
    move, note = small.referrals.move, small.referrals.note
    found = []
    attempts: tuple[Callable[[], object], ...] = (
        lambda: move(case.id, CaseState.GRANTED, by="b"),
        lambda: move(case.id, CaseState.DROPPED, by="b"),
        lambda: move(case.id, CaseState.SENT, by="b", version=99),
        lambda: note(case.id, " ", by="b"),
        lambda: note(case.id, "x" * 3_000, by="b"),
        lambda: move("nothing", CaseState.SENT, by="b"),
        lambda: move(move(case.id, CaseState.DROPPED, "b", CaseReason.OTHER).id, CaseState.SENT, "b"),
    )
    for attempt in attempts:
        with pytest.raises(CaseError) as raised:
            attempt()
        found.append(raised.value)
    return found


def test_each_is_told_in_every_language_without_a_word_of_the_code(small: Small) -> None:
    faults = _faults(small)
    told = {language: [case_fault(one, messages(language)) for one in faults] for language in Language}
    for sentences in zip(*told.values(), strict=True):
        assert len(set(sentences)) == len(Language)
    for sentence in told[Language.NB] + told[Language.NN]:
        assert not any(f"'{code}'" in sentence or f" {code} " in sentence for code in CODES)
        assert "{" not in sentence
        assert "case.fault" not in sentence


def test_the_desk_tells_it_and_keeps_what_was_typed(log_in: LogIn, runtime: Runtime) -> None:
    from assistant.channels.terminal import incoming_of

    incoming = incoming_of("hvem kan hjelpe med sepsis?", runtime.settings, None, 3, is_question=False)
    reply = runtime.service.handle(incoming)
    receipt = runtime.service.act(
        UserAction(key="k", asker=incoming.asker, log_id=str(reply.log_id), verb=ActionType.ASK_BROKER)
    )
    assert receipt.case is not None
    broker = log_in(AccountRole.BROKER)
    form = {"state": "dropped", "version": "1", "note": "et notat som blir stående"}
    page = broker.post(f"/desk/cases/{receipt.case.id}/move", data=form)
    assert page.status_code == 409
    assert "«Lagt bort» må ha en grunn" in page.text
    assert "et notat som blir stående" in page.text
    assert "needs a reason" not in page.text
