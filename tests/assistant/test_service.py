"""One entry for all channels: what is told twice is answered once, what is stored names nobody, a thread goes on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from assistant.cases.cases import CaseState
from assistant.history.log_entries import EntryKind
from assistant.platform.people import Asker, Channel
from assistant.service.messages import (
    ActionReceiptKind,
    ActionType,
    PersonalDataError,
    RejectionReason,
    ReplyKind,
    UnknownAnswerError,
    UnknownMunicipalityError,
    UnknownSuggestionError,
    UserMessage,
)
from assistant.service.turn_writer import TurnWriter
from corpus.text import Language
from tests.assistant.services import CLINIC, COUNTY, GRANT, HOSPITAL, KARI, MONEY, OLA, VERDAL, Small, ids, open_small

QUESTION = "hvem kan hjelpe oss med sepsis?"


def test_a_question_is_answered_and_logged_with_its_answer(small: Small) -> None:
    reply = small.say(QUESTION)
    assert reply.kind is ReplyKind.ANSWER
    assert HOSPITAL.id in ids(reply)
    question, answer = small.service.log.entries()
    assert (question.kind, question.text) == (EntryKind.QUESTION, QUESTION)
    assert (answer.kind, answer.about, answer.log_id) == (EntryKind.ANSWER, question.log_id, reply.log_id)
    assert [one["id"] for one in answer.payload["suggestions"]] == ids(reply)
    assert answer.fingerprint
    assert answer.encoder == "words"


def test_an_event_told_twice_gets_the_same_reply_and_adds_nothing(small: Small) -> None:
    first = small.say(QUESTION, key="again")
    assert small.say(QUESTION, key="again") == first
    assert len(list(small.service.log.entries())) == 2


def test_the_same_event_told_by_many_at_once_makes_one_answer(small: Small) -> None:
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: small.say(QUESTION, key="at once"), range(8)))
    assert len({reply.log_id for reply in replies}) == 1
    assert len(list(small.service.log.entries())) == 2
    assert small.service.log.verify() == 2


def test_the_same_key_in_another_workspace_is_another_event(small: Small) -> None:
    one, other = (Asker(channel=Channel.SLACK, tenant=tenant, user="U1") for tenant in ("T1", "T2"))
    assert small.say(QUESTION, one, key="Ev1").log_id != small.say(QUESTION, other, key="Ev1").log_id


def test_turns_of_a_thread_at_once_are_all_kept(small: Small) -> None:
    small.say(QUESTION)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda number: small.say(f"hvem måler sepsis {number}"), range(6)))
    assert len(list(small.service.log.entries(kind=EntryKind.QUESTION))) == 7
    assert small.service.log.verify() == 14


def test_what_would_identify_somebody_is_gone_before_anything_is_stored(small: Small) -> None:
    reply = small.say("Ring 91234567 eller skriv til kari@example.no om 01017012345 og sepsis")
    assert [note.key for note in reply.notes] == ["first_time", "redacted"]
    assert reply.answer
    assert "sepsis" in reply.answer.question
    with small.database.reading() as session:
        stored = [
            str(row)
            for table in ("log_entry", "log_text", "conversation", "asker")
            for row in session.execute(sql(f"SELECT * FROM {table}"))
        ]
    for secret in ("91234567", "kari@example.no", "01017012345"):
        assert not any(secret in row for row in stored)


def test_nobody_is_named_in_what_is_stored(small: Small) -> None:
    somebody = Asker(channel=Channel.SLACK, tenant="T1", user="U0SOMEBODY")
    reply = small.say(QUESTION, somebody, conversation="slack:T1:C1:1700000000.000100")
    small.do(reply, ActionType.HELPFUL, somebody)
    with small.database.reading() as session:
        tables = ("log_entry", "log_text", "conversation", "asker")
        stored = "".join(str(row) for table in tables for row in session.execute(sql(f"SELECT * FROM {table}")))
    assert "U0SOMEBODY" not in stored
    assert "1700000000" not in stored


def test_a_question_about_a_certain_person_is_warned_against(small: Small) -> None:
    said = UserMessage(key="k", asker=KARI, conversation="c", text="pasienten heter Kari og har sepsis")
    with pytest.raises(PersonalDataError):
        small.service.handle(said)
    reply = small.service.handle(said.model_copy(update={"confirmed": True}))
    assert "personal_data" in [note.key for note in reply.notes]


def test_only_the_first_question_says_who_answers(small: Small) -> None:
    assert "first_time" in [note.key for note in small.say(QUESTION).notes]
    assert "first_time" not in [note.key for note in small.say("hvem leser med barn?").notes]


def test_a_long_question_is_cut_and_the_answer_says_so(small: Small) -> None:
    reply = small.say("sepsis " * 1_000)
    assert reply.answer is not None
    assert reply.answer.shortened
    assert max(len(entry.text or "") for entry in small.service.log.entries(kind=EntryKind.QUESTION)) <= 2_000


@pytest.mark.parametrize("nothing", ["", "   ", "…", "🚑🚑", "\0\0"])
def test_without_a_word_nothing_is_looked_for(small: Small, nothing: str) -> None:
    assert small.say(nothing).kind is ReplyKind.EMPTY


def test_bytes_that_are_no_text_are_survived(small: Small) -> None:
    assert small.say("sepsis \udcff\0 hos eldre").kind is ReplyKind.ANSWER


def test_a_thread_goes_on_from_its_answer(small: Small) -> None:
    first = small.say(QUESTION)
    assert first.answer is not None
    money = small.say("hva med penger?")
    assert money.answer is not None
    assert set(ids(money)) == {one for one in ids(first) if one.startswith("instrument:")}
    more = small.say("flere som nummer to")
    assert more.notes[0].key == "refined.like"
    assert not {one for one in ids(more) if one.startswith("actor:")}
    nynorsk = small.say("på nynorsk, takk")
    assert nynorsk.language is Language.NN
    assert nynorsk.answer is not None
    assert small.say("kven måler sepsis?").language is Language.NN


def test_what_is_turned_down_is_not_suggested_again(small: Small) -> None:
    first = small.say(QUESTION)
    assert first.answer is not None
    second = small.say("ikke nummer en")
    assert ids(first)[0] not in ids(second)
    assert set(ids(first)) - set(ids(second)) == {ids(first)[0]}


def test_a_new_question_starts_anew(small: Small) -> None:
    turned_down = ids(small.say(QUESTION))[0]
    small.say("ikke nummer en")
    assert turned_down in ids(small.say(QUESTION))


def test_threads_do_not_mix(small: Small) -> None:
    small.say(QUESTION, conversation="one")
    reply = small.say("hva med penger?", conversation="two")
    assert reply.kind is ReplyKind.UNCLEAR


def test_words_added_belong_to_the_question(small: Small) -> None:
    small.say(QUESTION)
    reply = small.say("og for eldre hjemme")
    assert reply.answer is not None
    assert reply.answer.question == f"{QUESTION} og for eldre hjemme"


def test_a_program_is_answered_whatever_it_says(small: Small) -> None:
    from assistant.service.messages import UserMessage

    asked = UserMessage(key="p1", asker=KARI, conversation="p", text="hjelp", is_question=True)
    assert small.service.handle(asked).kind is ReplyKind.ANSWER


def test_help_and_greetings_look_nothing_up(small: Small) -> None:
    assert small.say("hei!").kind is ReplyKind.GREETING
    assert small.say("hjelp").kind is ReplyKind.HELP
    assert small.say("tusen takk").kind is ReplyKind.THANKS
    contact = small.say("hvem hos dere kan jeg snakke med?")
    assert contact.kind is ReplyKind.CONTACT
    assert small.do(contact, ActionType.ASK_BROKER, note="Vi trenger råd").kind is ActionReceiptKind.CASE_OPENED


def test_an_introduction_opens_one_case_however_often_it_is_asked_for(small: Small) -> None:
    reply = small.say(QUESTION)
    first = small.do(reply, ActionType.INTRODUCE, record_id=HOSPITAL.id, note="Vi er klare i mars", reply_to="her")
    assert first.kind is ActionReceiptKind.CASE_OPENED
    assert first.case is not None
    assert (first.case.state, first.case.record_id) == (CaseState.ASKED, HOSPITAL.id)
    assert (first.case.question, first.case.note, first.case.reply_to) == (QUESTION, "Vi er klare i mars", "her")
    again = small.do(reply, ActionType.INTRODUCE, record_id=HOSPITAL.id)
    assert (again.kind, again.case) == (ActionReceiptKind.ALREADY_OPEN, first.case)
    other = small.do(reply, ActionType.INTRODUCE, record_id=CLINIC.id)
    assert other.kind is ActionReceiptKind.CASE_OPENED
    assert {case.record_id for case in small.service.cases_of(KARI)} == {HOSPITAL.id, CLINIC.id}


def test_clicks_at_once_open_one_case(small: Small) -> None:
    reply = small.say(QUESTION)
    with ThreadPoolExecutor(8) as pool:
        clicks = pool.map(lambda _: small.do(reply, ActionType.INTRODUCE, record_id=HOSPITAL.id), range(8))
        kinds = sorted(receipt.kind for receipt in clicks)
    assert kinds == [ActionReceiptKind.ALREADY_OPEN] * 7 + [ActionReceiptKind.CASE_OPENED]
    assert len(small.referrals.cases()) == 1
    assert len(list(small.service.log.entries(kind=EntryKind.ACT))) == 1


def test_a_colleague_who_asks_for_the_same_is_told_that_it_is_asked_for(small: Small) -> None:
    one, other = (Asker(channel=Channel.SLACK, tenant="T1", user=user) for user in ("U1", "U2"))
    reply = small.say(QUESTION, one)
    first = small.do(reply, ActionType.INTRODUCE, one, record_id=HOSPITAL.id)
    second = small.do(reply, ActionType.INTRODUCE, other, record_id=HOSPITAL.id)
    assert (second.kind, second.case) == (ActionReceiptKind.ALREADY_OPEN, first.case)


def test_not_for_us_is_noted_once_with_its_reason(small: Small) -> None:
    reply = small.say(QUESTION)
    first, again = (
        small.do(reply, ActionType.NOT_FOR_US, record_id=HOSPITAL.id, reason=RejectionReason.WRONG_PLACE)
        for _ in range(2)
    )
    assert (first.kind, again.kind) == (ActionReceiptKind.NOTED, ActionReceiptKind.ALREADY_NOTED)
    (act,) = small.service.log.entries(kind=EntryKind.ACT)
    assert (act.outcome, act.record_id, act.payload["reason"]) == ("not_for_us", HOSPITAL.id, "wrong_place")


def test_more_like_this_is_a_new_answer_that_the_thread_goes_on_from(small: Small) -> None:
    reply = small.say(QUESTION)
    receipt = small.do(reply, ActionType.MORE_LIKE_THIS, record_id=MONEY.id)
    assert receipt.reply is not None
    assert ids(receipt.reply) == [GRANT.id]
    small.say("ikke dette")
    assert small.service.log.verify() == 6


def test_nobody_sees_or_touches_the_answer_of_somebody_else(small: Small) -> None:
    reply = small.say(QUESTION)
    assert reply.log_id is not None
    for asker in (OLA, KARI.model_copy(update={"tenant": "other"}), KARI.model_copy(update={"channel": Channel.API})):
        with pytest.raises(UnknownAnswerError):
            small.service.logged(reply.log_id, asker)
        with pytest.raises(UnknownAnswerError):
            small.do(reply, ActionType.INTRODUCE, asker, record_id=HOSPITAL.id)
    assert small.referrals.cases() == []


def test_only_what_was_suggested_can_be_acted_on(small: Small) -> None:
    reply = small.say(QUESTION)
    with pytest.raises(UnknownSuggestionError):
        small.do(reply, ActionType.INTRODUCE, record_id="actor:nobody")


def test_an_answer_is_shared_only_by_its_asker(small: Small) -> None:
    reply = small.say(QUESTION)
    assert reply.log_id is not None
    with pytest.raises(UnknownAnswerError):
        small.service.shared(reply.log_id)
    small.do(reply, ActionType.SHARE)
    assert small.service.shared(reply.log_id).reply == reply


def test_what_somebody_chose_is_kept_and_used(small: Small) -> None:
    small.service.set_profile(KARI, language=Language.EN, kommunenummer="5038")
    reply = small.say(QUESTION)
    assert reply.language is Language.EN
    assert {entry.kommunenummer for entry in small.service.log.entries()} == {"5038"}
    with pytest.raises(UnknownMunicipalityError, match="9999"):
        small.service.set_profile(KARI, language=None, kommunenummer="9999")
    assert small.service.profile(KARI).kommunenummer == "5038"


def test_somebody_sees_their_own_questions_the_newest_first(small: Small) -> None:
    small.say(QUESTION)
    small.say("hvem leser med barn?")
    small.say("hvem måler sepsis?", OLA)
    assert [one.question for one in small.service.questions_of(KARI, 5)] == ["hvem leser med barn?", QUESTION]
    assert [one.question for one in small.service.questions_of(KARI, 1)] == ["hvem leser med barn?"]


def test_a_question_that_nothing_fits_is_asked_about_twice_at_most(small: Small, filled_home: Path) -> None:
    from assistant.platform.settings import Settings
    from assistant.runtime.bootstrap import open_runtime
    from assistant.service.messages import UserMessage

    runtime = open_runtime(Settings(home=filled_home))
    asks: list[str] = []
    for number, said in enumerate(["best pizza in Oslo", "the one with ham", "and cheese"]):
        incoming = UserMessage(key=str(number), asker=KARI, conversation="pizza", text=said)
        asks += [ask.key for ask in runtime.service.handle(incoming).asks]
    runtime.close()
    assert asks == ["problem", "knowledge"]


def test_what_a_crash_leaves_is_a_whole_turn_or_none(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    small.say(QUESTION)
    before = len(list(small.service.log.entries()))

    def fails(*_: object, **__: object) -> str:
        raise RuntimeError("the machine stopped")

    with monkeypatch.context() as patched:
        patched.setattr(TurnWriter, "answered", fails)
        with pytest.raises(RuntimeError):
            small.say("hvem måler sepsis?", key="stopped")
    assert len(list(small.service.log.entries())) == before
    assert small.say("hvem måler sepsis?", key="stopped").kind is ReplyKind.ANSWER


def test_a_service_that_is_opened_anew_goes_on_with_the_thread(small: Small, url: str, tmp_path: Path) -> None:
    small.say(QUESTION)
    again = open_small(url, tmp_path)
    reply = again.say("bare i Trøndelag")
    again.database.close()
    assert reply.notes[0].values == {"place": "Trøndelag"}
    assert set(ids(reply)) == {VERDAL.id, COUNTY.id}


@pytest.mark.parametrize(
    ("first", "language"),
    [
        ("Kven kan hjelpe oss med å oppdage sepsis hjå eldre tidleg?", Language.NN),
        ("Hvem kan hjelpe oss med å oppdage sepsis hos eldre tidlig?", Language.NB),
        ("Who can help us detect sepsis early among the elderly?", Language.EN),
    ],
)
def test_a_line_that_could_be_any_language_keeps_that_of_its_thread(
    small: Small, first: str, language: Language
) -> None:
    assert small.say(first).language is language
    assert small.say("sepsis").language is language
    assert small.say("Levanger").language is language
