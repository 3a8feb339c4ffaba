"""A letter is sent once or told of: whatever server, process or line fails on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from assistant.mail.addresses import MailAddressError
from assistant.mail.carrier import Carrier
from assistant.mail.queue import (
    LEASE,
    MAX_FILES_BYTES,
    WAITS,
    Attachment,
    MailOffError,
    MailQueue,
    MailSizeError,
    MailState,
    NewMail,
    forget_mail,
    forget_old_mail,
)
from assistant.platform.settings import Settings
from corpus.database import Database
from tests.assistant.services import Clock
from tests.mail.conftest import SENDER
from tests.mail.servers import Kept, mail_server

TO = "post@partner.example"


def states(queue: MailQueue, reference: str = "case:1") -> list[MailState]:
    return [one.state for one in queue.of(reference)]


def test_a_letter_comes_as_it_was_written_with_its_files(
    queue: MailQueue, mail_settings: Settings, kept: Kept, clock: Clock
) -> None:
    body = "Hei,\n\n.en linje med punktum\nvi søker hjelp – «æøå».\n"
    mail = queue.enqueue(TO, "Søknad om hjelp", body, [Attachment(name="skisse.docx", media_type="application/x-test",
                                                                   content=b"\0\1")], "case:1")  # fmt: skip
    assert queue.is_waiting()
    assert Carrier(queue, mail_settings, clock).carry() == 1
    (message,) = kept.messages
    assert (message["to"], message["from"], message["subject"]) == (TO, f"Mellomrom <{SENDER}>", "Søknad om hjelp")
    assert message["message-id"] == mail.message_id
    plain = message.get_body()
    assert plain is not None
    assert plain.get_content().splitlines() == body.splitlines()
    (file,) = message.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("skisse.docx", b"\0\1")
    assert states(queue) == [MailState.SENT]
    assert not queue.is_waiting()
    assert Carrier(queue, mail_settings, clock).carry() == 0


def test_what_is_refused_for_now_is_tried_again_and_for_good_is_told(
    queue: MailQueue, mail_settings: Settings, kept: Kept, clock: Clock
) -> None:
    kept.refuse = lambda to: "451 later" if "busy" in to else "550 no such box" if "gone" in to else None
    for to in ("busy@p.example", "gone@p.example", TO):
        queue.enqueue(to, "Hei", "Hei", reference="case:1")
    carrier = Carrier(queue, mail_settings, clock)
    assert carrier.carry() == 1
    assert sorted(states(queue)) == [MailState.FAILED, MailState.QUEUED, MailState.SENT]
    assert [one.fault for one in queue.troubled()] == ["550 no such box"]
    clock.now += WAITS[0]
    kept.refuse = lambda _: None
    assert carrier.carry() == 1
    assert sorted(states(queue)) == [MailState.FAILED, MailState.SENT, MailState.SENT]
    assert queue.again(queue.troubled()[0].id)
    assert carrier.carry() == 1
    assert len({message["message-id"] for message in kept.messages}) == 3


def test_a_server_that_is_away_loses_nothing_and_is_not_asked_for_ever(queue: MailQueue, clock: Clock) -> None:
    away = Settings.model_validate(
        {"smtp_host": "127.0.0.1", "smtp_port": 9, "smtp_tls": "none", "mail_sender": SENDER}
    )
    mail = queue.enqueue(TO, "Hei", "Hei", reference="case:1")
    for wait in WAITS:
        assert Carrier(queue, away, clock).carry() == 0
        assert states(queue) == [MailState.QUEUED]
        clock.now += wait
    assert Carrier(queue, away, clock).carry() == 0
    found = queue.get(mail.id)
    assert found is not None
    assert (found.state, "127.0.0.1:9" in str(found.fault)) == (MailState.FAILED, True)


def test_of_a_process_that_was_killed_others_take_over_what_had_not_gone_out_and_tell_of_the_rest(
    database: Database, queue: MailQueue, mail_settings: Settings, kept: Kept, clock: Clock
) -> None:
    killed = MailQueue(database, SENDER, clock)
    queue.enqueue(TO, "claimed", "Hei", reference="case:1")
    queue.enqueue(TO, "handing", "Hei", reference="case:1")
    for going_out in (False, True):
        mail = killed.claim()
        assert mail is not None
        assert not going_out or killed.hand_over(mail.id)
    assert Carrier(queue, mail_settings, clock).carry() == 0
    clock.now += LEASE + timedelta(seconds=1)
    assert Carrier(queue, mail_settings, clock).carry() == 1
    assert sorted(states(queue)) == [MailState.SENT, MailState.UNSURE]
    assert len(kept.raw) == 1
    # Whoever was thought dead and is not sends nothing a second time.
    for mail in queue.of("case:1"):
        assert not killed.hand_over(mail.id)
        assert not killed.sent(mail.id)


def test_a_line_that_breaks_while_the_text_goes_out_is_told_and_not_tried_again(
    queue: MailQueue, mail_settings: Settings, kept: Kept, clock: Clock
) -> None:
    def broken() -> str:
        raise ConnectionResetError

    kept.answer = broken
    queue.enqueue(TO, "Hei", "Hei", reference="case:1")
    Carrier(queue, mail_settings, clock).carry()
    kept.answer = lambda: "250 OK"
    clock.now += WAITS[-1]
    assert Carrier(queue, mail_settings, clock).carry() == 0 or states(queue) == [MailState.SENT]
    assert len(kept.raw) <= 1


def test_a_letter_can_be_taken_back_while_it_waits_and_not_after(
    queue: MailQueue, mail_settings: Settings, kept: Kept, clock: Clock, database: Database
) -> None:
    with database.writing() as session:
        first = queue.put(session, NewMail(to=TO, subject="Hei", body="Hei", wait=timedelta(minutes=2), key="a"))
        again = queue.put(session, NewMail(to=TO, subject="Hei", body="Hei", key="a"))
        second = queue.put(session, NewMail(to=TO, subject="Hei", body="Hei", key="b"))
    assert first.id == again.id
    assert Carrier(queue, mail_settings, clock).carry() == 1
    assert queue.cancel(first.id)
    assert not queue.cancel(second.id)
    clock.now += timedelta(minutes=3)
    assert Carrier(queue, mail_settings, clock).carry() == 0
    assert len(kept.raw) == 1


def test_words_and_receivers_go_at_a_wish_and_when_their_time_is_up(
    queue: MailQueue, database: Database, clock: Clock
) -> None:
    file = Attachment(name="a.txt", media_type="text/plain", content=b"hemmelig")
    asked = queue.enqueue(TO, "Om oss", "Ord", [file], "case:1")
    old = queue.enqueue(TO, "Gammelt", "Ord", [file], "case:2")
    with database.writing() as session:
        assert forget_mail(session, ["case:1"]) == 1
    clock.now += timedelta(days=400)
    new = queue.enqueue(TO, "Nytt", "Ord", reference="case:3")
    with database.writing() as session:
        assert forget_old_mail(session, clock.now - timedelta(days=365)) == 1
    for mail in (asked, old):
        found = queue.get(mail.id)
        assert found is not None
        assert (found.to, found.subject, found.body, found.state) == ("", "", "", MailState.CANCELLED)
        assert queue.files(mail.id) == []
    assert queue.claim() == queue.get(new.id)


def test_what_cannot_be_sent_is_refused_before_anything_is_kept(queue: MailQueue, database: Database) -> None:
    with pytest.raises(MailAddressError):
        queue.enqueue("kari", "Hei", "Hei", reference="case:1")
    file = Attachment(name="a", media_type="text/plain", content=b"x" * (MAX_FILES_BYTES + 1))
    with pytest.raises(MailSizeError):
        queue.enqueue(TO, "Hei", "Hei", [file], "case:1")
    with pytest.raises(MailOffError):
        MailQueue(database, None).enqueue(TO, "Hei", "Hei", reference="case:1")
    assert queue.of("case:1") == []


def test_a_wrong_password_is_told_without_the_password(queue: MailQueue, clock: Clock, kept: Kept) -> None:
    with mail_server(kept, password="right-one") as port:
        told = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_tls": "none", "mail_sender": SENDER,
                "smtp_user": "megling"}  # fmt: skip
        queue.enqueue(TO, "Hei", "Hei", reference="case:1")
        Carrier(queue, Settings.model_validate({**told, "smtp_password": "wrong-one"}), clock).carry()
        (mail,) = queue.of("case:1")
        assert mail.state is MailState.QUEUED
        assert "does not know this user or password" in str(mail.fault)
        assert "wrong-one" not in str(mail.fault)
        clock.now += WAITS[0]
        assert Carrier(queue, Settings.model_validate({**told, "smtp_password": "right-one"}), clock).carry() == 1
