"""Answers are read from a real mail server, once each, and put on the case that they are about."""

from __future__ import annotations

import imaplib
from collections.abc import Iterator
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path

import pytest

from assistant.cases.cases import Case, CaseState, PartnerAnswer
from assistant.cases.partner_answers import PartnerAnswers, SignedLinks
from assistant.desk.incoming_mail import read_answers, take_mail
from assistant.mail.imap import ImapError
from assistant.mail.queue import MailState, QueuedMail
from assistant.platform.people import Asker, Channel
from assistant.platform.settings import Settings
from assistant.runtime.bootstrap import open_runtime
from assistant.service.container import Runtime
from assistant.service.messages import ActionType, UserAction, UserMessage
from tests.attacks.test_incoming_mail import BOUNCE, OURS
from tests.mail.dovecot import PASSWORD, USER, mailbox

KARI = Asker(channel=Channel.WEB, tenant="web", user="visitor:kari")


@pytest.fixture
def imap() -> Iterator[int]:
    with mailbox() as port:
        yield port


@pytest.fixture
def runtime(filled_home: Path) -> Iterator[Runtime]:
    told = {"home": filled_home, "smtp_host": "127.0.0.1", "smtp_tls": "none", "mail_sender": "megling@fylke.example"}
    with closing(open_runtime(Settings.model_validate(told))) as opened:
        yield opened


@pytest.fixture
def case(runtime: Runtime) -> Case:
    reply = runtime.service.handle(UserMessage(key="1", asker=KARI, conversation="c", text="hjelp med sepsis?"))
    assert reply.log_id is not None
    act = UserAction(key="2", asker=KARI, log_id=reply.log_id, record_id="actor:helse-nord-trondelag",
              verb=ActionType.INTRODUCE)  # fmt: skip
    opened = runtime.service.act(act).case
    assert opened is not None
    return opened


def sent(runtime: Runtime, case: Case, reference: str = "case") -> QueuedMail:
    mail = runtime.mail.enqueue("post@partner.example", "Hei", "Hei", reference=f"{reference}:{case.id}")
    assert runtime.mail.claim() is not None
    assert runtime.mail.hand_over(mail.id)
    assert runtime.mail.sent(mail.id)
    return mail


def answer(text: str, **headers: str) -> bytes:
    message = EmailMessage()
    for name, value in {"From": "x@partner.example", "Subject": "Re: Hei", "Message_ID": "<1@p>", **headers}.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def told(runtime: Runtime, case: Case) -> list[str]:
    return [f"{event.action}: {event.note}" for event in runtime.referrals.events(case.id)[1:]]


def test_answers_come_from_a_real_server_once(runtime: Runtime, case: Case, imap: int) -> None:
    mail = sent(runtime, case)
    more = {"imap_host": "127.0.0.1", "imap_port": imap, "imap_tls": "none", "imap_user": USER,
            "imap_password": PASSWORD}  # fmt: skip
    object.__setattr__(runtime, "settings", Settings.model_validate(runtime.settings.model_dump() | more))
    with imaplib.IMAP4("127.0.0.1", imap, timeout=10) as client:
        client.login(USER, PASSWORD)
        for raw in (
            answer("Ja, gjerne.", In_Reply_To=mail.message_id),
            answer("Er borte.", Message_ID="<2@p>", In_Reply_To=mail.message_id, Auto_Submitted="auto-replied"),
            answer("Reklame", Message_ID="<3@p>"),
        ):
            client.append("INBOX", "", "", raw)
    assert (read_answers(runtime), read_answers(runtime)) == (3, 0)
    assert told(runtime, case) == ["replied: Ja, gjerne.", "noted: Automatisk svar: Er borte."]
    assert PartnerAnswers(runtime.database).last(case.id) is PartnerAnswer.WRITTEN
    assert runtime.referrals.get(case.id).state is CaseState.ASKED
    wrong = Settings.model_validate(runtime.settings.model_dump() | {"imap_folder": 'Ingen"mappe'})
    object.__setattr__(runtime, "settings", wrong)
    with pytest.raises(ImapError, match="MELLOMROM_IMAP_HOST"):
        read_answers(runtime)


def test_an_answer_names_its_case_by_reference_subject_or_address_and_by_nothing_else(
    runtime: Runtime, case: Case
) -> None:
    mark = SignedLinks(runtime.keys).mark(case.id)
    forged = f"m{case.id}{'0' * 12}"
    for number, (headers, taken) in enumerate(
        [
            ({"Subject": f"SV: Hei [{mark}]"}, "reply"),
            ({"To": f"megling+{mark}@fylke.example"}, "reply"),
            ({"Subject": f"Hei [{mark.upper()}]"}, "reply"),
            ({"Subject": f"Hei [{forged}]"}, "unknown"),
            ({"Subject": f"Hei {case.id}"}, "unknown"),
            ({"In_Reply_To": f"<{case.id}@fylke.example>"}, "unknown"),
        ]
    ):
        assert take_mail(runtime, answer("Svar", **{"Message_ID": f"<{number}@p>", **headers})) == taken
    assert told(runtime, case) == ["replied: Svar"] * 3
    asked = sent(runtime, case, "asker")
    take_mail(runtime, answer("Takk", Message_ID="<9@p>", In_Reply_To=asked.message_id))
    assert told(runtime, case)[-1] == "noted: Den som spurte, svarer: Takk"


def test_a_letter_that_came_back_is_told_as_failed_once(runtime: Runtime, case: Case) -> None:
    mail = sent(runtime, case)
    bounce = BOUNCE.replace(OURS.encode(), mail.message_id.encode())
    for raw in (bounce.replace(b"failed", b"delayed"), bounce, bounce):
        take_mail(runtime, raw)
    found = runtime.mail.get(mail.id)
    assert found is not None
    assert (found.state, "no such user" in str(found.fault)) == (MailState.FAILED, True)
    assert told(runtime, case) == []
