"""Saved needs: told when something changes, at most three lines, never twice, and stopped by one button."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from assistant.coupling.couplings import Couplings
from assistant.mail.carrier import Carrier
from assistant.mail.queue import MailState
from assistant.platform.messages import messages
from assistant.platform.people import Asker, Channel
from assistant.platform.settings import Settings
from assistant.platform.workdays import norwegian_day
from assistant.saved.digest import Digest, news_sentence
from assistant.saved.needs import MOST, Every, SavedNeed, SavedNeeds, TooManySavedError
from assistant.saved.news import MOST_TOLD, NewsKind
from assistant.service.container import Runtime
from assistant.service.messages import UnknownAnswerError, UserMessage
from assistant.service.privacy import erase, kept_of
from corpus.clock import utc_now
from corpus.records import Call, Deadline, DeadlineType, FundingInstrument
from corpus.tables import RevisionRow
from corpus.text import Language
from tests.assistant.services import Clock
from tests.mail.servers import Kept, mail_server
from tests.records import SOURCE
from tests.saved import couple, publish_partner

KARI = Asker(channel=Channel.WEB, tenant="web", user="visitor:kari")
OLA = Asker(channel=Channel.WEB, tenant="web", user="visitor:ola")
NEED = "hvem kan hjelpe med tidlig oppdagelse av sepsis på sykehjem?"
ADDRESS = "fou@verdal.example"


@pytest.fixture
def kept_mail() -> Kept:
    return Kept()


@pytest.fixture
def settings(filled_home: Path, kept_mail: Kept) -> Iterator[Settings]:
    with mail_server(kept_mail) as port:
        told = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_tls": "none", "mail_sender": "megling@fylke.example"}
        yield Settings.model_validate({"home": filled_home, "web_base_url": "http://127.0.0.1:8000", **told})


@pytest.fixture
def clock() -> Clock:
    clock = Clock()
    clock.now = utc_now()
    return clock


@pytest.fixture
def needs(runtime: Runtime, clock: Clock) -> SavedNeeds:
    return SavedNeeds(runtime.database, runtime.service, runtime.keys, clock)


@pytest.fixture
def digest(runtime: Runtime, needs: SavedNeeds) -> Digest:
    return Digest(runtime, needs)


def answered(runtime: Runtime, asker: Asker = KARI, text: str = NEED, key: str = "1") -> str:
    reply = runtime.service.handle(UserMessage(key=key, asker=asker, conversation=key, text=text))
    assert reply.log_id is not None
    return reply.log_id


def saved(runtime: Runtime, needs: SavedNeeds, every: Every = Every.DAY, address: str | None = None) -> SavedNeed:
    return needs.save(KARI, answered(runtime), every, address)


def open_call(runtime: Runtime, need: SavedNeed) -> tuple[str, date]:
    """Open a call of a scheme that a need knows and that cannot be applied to; return the scheme and the deadline."""
    on = norwegian_day() + timedelta(days=40)
    for record_id in need.known:
        record = runtime.store.find(record_id)
        if isinstance(record, FundingInstrument) and not need.known[record_id].startswith(("open", "rolling")):
            deadline = Deadline(on=on, source=SOURCE)
            call = Call(
                id="call:new",
                title=record.name,
                deadline_type=DeadlineType.FIXED,
                deadlines=(deadline,),
                sources=(SOURCE,),
            )
            runtime.store.save_many([record.model_copy(update={"calls": (*record.calls, call)})], by="Berit")
            return record_id, on
    raise AssertionError(need.known)


def test_a_call_that_opens_and_its_new_deadline_are_told(
    runtime: Runtime, needs: SavedNeeds, digest: Digest, clock: Clock
) -> None:
    need = saved(runtime, needs)
    scheme, on = open_call(runtime, need)
    clock.forward(days=1)
    assert digest.look() == 1
    (news,) = needs.of(KARI)[0].news
    assert (news.kind, news.record_id, news.deadline) == (NewsKind.OPENED, scheme, on)
    assert "kan søkes på nå, med frist" in news_sentence(news, messages(Language.NB))


def test_nothing_new_is_told_where_nothing_has_changed(
    runtime: Runtime, needs: SavedNeeds, digest: Digest, clock: Clock
) -> None:
    saved(runtime, needs)
    for _ in range(3):
        clock.forward(days=1)
        assert digest.look() == 0
    assert needs.of(KARI)[0].news == ()


def test_a_new_partner_is_told_of_however_long_the_index_takes_to_follow(
    runtime: Runtime, needs: SavedNeeds, digest: Digest, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(runtime, needs)
    monkeypatch.setattr("index.manager.PATIENCE", 0.0)
    publish_partner(runtime)
    clock.forward(days=1)
    assert digest.look() == 1


def test_a_new_partner_is_told_of_once(runtime: Runtime, needs: SavedNeeds, digest: Digest, clock: Clock) -> None:
    saved(runtime, needs)
    partner = publish_partner(runtime)
    clock.forward(days=1)
    assert digest.look() == 1
    (news,) = needs.of(KARI)[0].news
    assert (news.kind, news.record_id) == (NewsKind.PARTNER, partner)
    assert digest.look() == 0
    clock.forward(days=1)
    assert digest.look() == 0


TROMSO = {"place": {"kommunenummer": "5501", "fylkesnummer": "55", "name": "Tromsø"}}
UNIVERSITY = {"actor_type": "university"}


@pytest.mark.parametrize(
    ("added", "left_out"),
    [
        ("ikke universitet", UNIVERSITY),
        ("ikke noen i Troms", TROMSO),
        ("bare universiteter", {}),
        ("bare støtteordninger", {}),
    ],
)
def test_what_was_said_besides_the_question_holds_in_news_too(
    runtime: Runtime, needs: SavedNeeds, digest: Digest, clock: Clock, added: str, left_out: dict[str, Any]
) -> None:
    """A partner that is told of otherwise is not where the need, or what was said after it, leaves it out."""
    saved(runtime, needs)
    first = answered(runtime, OLA, key="ola")
    after = UserMessage(key="2", asker=OLA, conversation="ola", text=added)
    narrowed = runtime.service.handle(after).log_id
    assert narrowed is not None
    assert first != narrowed
    needs.save(OLA, narrowed, Every.DAY)
    partner = publish_partner(runtime, **left_out)
    clock.forward(days=1)
    digest.look()
    assert [news.record_id for news in needs.of(KARI)[0].news] == [partner]
    assert needs.of(OLA)[0].news == ()


def test_what_is_left_out_in_the_question_itself_is_left_out_of_news(
    runtime: Runtime, needs: SavedNeeds, digest: Digest, clock: Clock
) -> None:
    needs.save(KARI, answered(runtime, text=f"{NEED} Ikke universiteter."), Every.DAY)
    publish_partner(runtime, "laget")
    publish_partner(runtime, "skolen", **UNIVERSITY)
    clock.forward(days=1)
    digest.look()
    assert [news.record_id for news in needs.of(KARI)[0].news] == ["actor:laget"]


def test_a_need_saved_again_keeps_to_what_was_said_of_it_last(
    runtime: Runtime, needs: SavedNeeds, digest: Digest, clock: Clock
) -> None:
    saved(runtime, needs)
    narrowed = runtime.service.handle(
        UserMessage(key="2", asker=KARI, conversation="1", text="ikke universiteter")
    ).log_id
    assert narrowed is not None
    needs.save(KARI, narrowed, None)
    publish_partner(runtime, **UNIVERSITY)
    clock.forward(days=1)
    digest.look()
    (need,) = needs.of(KARI)
    assert need.news == ()


def test_a_like_need_is_told_of_once_and_names_nobody(
    runtime: Runtime, needs: SavedNeeds, digest: Digest, clock: Clock
) -> None:
    runtime.service.set_profile(KARI, language=None, kommunenummer="5053")
    saved(runtime, needs)
    pair = couple(runtime, NEED)
    clock.forward(days=1)
    assert digest.look() == 1
    (news,) = needs.of(KARI)[0].news
    assert (news.kind, news.record_id) == (NewsKind.LIKE_NEED, pair.id)
    for language in Language:
        told = news_sentence(news, messages(language))
        assert told
        assert "Verdal" not in told
    clock.forward(days=1)
    assert digest.look() == 0


def test_a_like_need_that_a_broker_lets_be_is_no_news(
    runtime: Runtime, needs: SavedNeeds, digest: Digest, clock: Clock
) -> None:
    runtime.service.set_profile(KARI, language=None, kommunenummer="5053")
    saved(runtime, needs)
    pair = couple(runtime, NEED)
    Couplings(runtime.database).dismiss(pair.id, "Berit")
    clock.forward(days=1)
    assert digest.look() == 0


def test_what_only_moved_up_the_ranking_is_no_news(
    runtime: Runtime, needs: SavedNeeds, digest: Digest, clock: Clock
) -> None:
    need = saved(runtime, needs)
    with runtime.database.writing() as session:
        assert needs.told(session, need, (), {})
    clock.forward(days=1)
    assert digest.look() == 0


def test_there_are_at_most_three_lines_however_much_is_new(
    runtime: Runtime, needs: SavedNeeds, digest: Digest, clock: Clock
) -> None:
    saved(runtime, needs)
    for number in range(6):
        publish_partner(runtime, f"laget{number}")
    clock.forward(days=1)
    digest.look()
    assert len(needs.of(KARI)[0].news) == MOST_TOLD


def test_what_is_not_relevant_stays_away(runtime: Runtime, needs: SavedNeeds, digest: Digest, clock: Clock) -> None:
    saved(runtime, needs)
    partner = publish_partner(runtime)
    clock.forward(days=1)
    digest.look()
    needs.mute(needs.of(KARI)[0], partner)
    assert needs.of(KARI)[0].news == ()
    with runtime.database.writing() as session:
        assert needs.told(session, needs.of(KARI)[0], (), {})
    clock.forward(days=1)
    assert digest.look() == 0


def test_once_a_week_is_once_a_week(runtime: Runtime, needs: SavedNeeds, digest: Digest, clock: Clock) -> None:
    saved(runtime, needs, Every.WEEK)
    publish_partner(runtime)
    clock.forward(days=5)
    assert digest.look() == 0
    clock.forward(days=2)
    assert digest.look() == 1


def test_mail_goes_only_to_who_has_confirmed_and_carries_the_news_and_one_link(
    runtime: Runtime, needs: SavedNeeds, digest: Digest, clock: Clock, kept_mail: Kept, client: TestClient
) -> None:
    need = saved(runtime, needs, address=ADDRESS)
    digest.ask_to_confirm(need)
    publish_partner(runtime, "forst")
    clock.forward(days=1)
    assert digest.look() == 1
    carrier = Carrier(runtime.mail, runtime.settings)
    carrier.carry()
    assert [mail["Subject"] for mail in kept_mail.messages] == ["Bekreft at du vil ha beskjed"]
    link = digest.link(need).removeprefix("http://127.0.0.1:8000")
    assert link in kept_mail.messages[0].get_content()
    assert client.get(link).status_code == 200
    assert not needs.of(KARI)[0].is_confirmed
    assert client.post(link, data={"do": "confirm"}).status_code == 303
    later = publish_partner(runtime, "etterpaa")
    with runtime.store.database.writing() as session:
        session.execute(
            update(RevisionRow).where(RevisionRow.record_id == later).values(at=clock.now + timedelta(hours=1))
        )
    clock.forward(days=1)
    assert digest.look() == 1
    carrier.carry()
    told = kept_mail.messages[-1]
    assert told["To"] == ADDRESS
    assert told["Auto-Submitted"] == "auto-generated"
    assert "Ny mulig partner: Etterpaa mot sepsis." in told.get_content()
    assert told.get_content().count("http") == 1
    assert len(kept_mail.messages) == 2


def test_another_address_has_to_be_confirmed_anew(runtime: Runtime, needs: SavedNeeds) -> None:
    need = saved(runtime, needs, address=ADDRESS)
    needs.confirm(need)
    assert needs.save(KARI, need.log_id, Every.WEEK, ADDRESS).is_confirmed
    assert not needs.save(KARI, need.log_id, Every.WEEK, "other@verdal.example").is_confirmed
    assert len(needs.of(KARI)) == 1


def test_a_need_is_saved_from_its_answer_shown_and_stopped_by_one_button(
    client: TestClient, runtime: Runtime, needs: SavedNeeds
) -> None:
    client.post("/ask", data={"text": NEED})
    (asked,) = [entry for entry in runtime.service.log.entries() if entry.kind == "answer"]
    answer = client.post("/saved", data={"log_id": asked.log_id, "every": "day"})
    assert answer.headers["location"] == "/mine#saved"
    page = unescape(client.get("/mine").text)
    assert "Lagrede behov" in page
    (need,) = needs.all()
    link = f"/saved/{need.id}/{needs.token(need.id)}"
    assert link in page
    assert NEED in unescape(client.get(link).text)
    stopped = client.post(link, data={"do": "stop"})
    assert "Stoppet og slettet" in stopped.text
    assert needs.all() == []
    assert client.get(link).status_code == 404


def test_a_bad_address_saves_nothing_and_says_why(client: TestClient, runtime: Runtime, needs: SavedNeeds) -> None:
    client.post("/ask", data={"text": NEED})
    (asked,) = [entry for entry in runtime.service.log.entries() if entry.kind == "answer"]
    for bad in ("kari", "a@b.no, c@d.no", "a@b.no\r\nBcc: x@y.no"):
        assert client.post("/saved", data={"log_id": asked.log_id, "address": bad}).status_code == 303
        assert "ventet én e-postadresse" in unescape(client.get(f"/a/{asked.log_id}").text)
    assert needs.all() == []


def test_a_link_is_of_one_need_alone_and_cannot_be_guessed(
    client: TestClient, runtime: Runtime, needs: SavedNeeds
) -> None:
    need = saved(runtime, needs)
    other = needs.save(KARI, answered(runtime, text="overvann i sentrum", key="2"), Every.DAY, None)
    for path in (
        f"{need.id}/{needs.token(other.id)}",
        f"{need.id}/{'0' * 32}",
        f"{need.id}/ø",
        f"x/{needs.token('x')}",
    ):
        assert client.get(f"/saved/{path}").status_code == 404
        assert client.post(f"/saved/{path}", data={"do": "stop"}).status_code == 404
    assert client.post(f"/saved/{need.id}/{needs.token(need.id)}", data={"do": "fly"}).status_code == 422
    assert len(needs.all()) == 2


def test_nobody_saves_the_need_of_another_or_more_than_there_is_room_for(runtime: Runtime, needs: SavedNeeds) -> None:
    log_id = answered(runtime)
    with pytest.raises(UnknownAnswerError):
        needs.save(OLA, log_id, Every.DAY, None)
    for number in range(MOST):
        needs.save(KARI, answered(runtime, text=f"{NEED} {number}", key=f"n{number}"), Every.DAY, None)
    with pytest.raises(TooManySavedError):
        needs.save(KARI, log_id, Every.DAY, None)


def test_a_need_that_is_asked_and_saved_again_stays_one_as_often_told_as_was_chosen(
    runtime: Runtime, needs: SavedNeeds
) -> None:
    first = saved(runtime, needs, Every.DAY, ADDRESS)
    again = needs.save(KARI, answered(runtime, key="2"), None, reply_to="a chat")
    assert [one.id for one in needs.of(KARI)] == [first.id] == [again.id]
    assert (again.every, again.address, again.reply_to) == (Every.DAY, ADDRESS, "a chat")
    assert saved(runtime, needs, Every.WEEK).every is Every.WEEK


def test_what_is_saved_is_given_out_erased_and_forgotten_in_time(
    runtime: Runtime, needs: SavedNeeds, clock: Clock
) -> None:
    need = saved(runtime, needs, address=ADDRESS)
    (kept,) = kept_of(runtime, KARI)["saved"]
    assert (kept["question"], kept["address"]) == (NEED, ADDRESS)
    clock.forward(days=364)
    assert needs.forget_old() == 0
    needs.keep(need)
    clock.forward(days=300)
    assert needs.forget_old() == 0
    erase(runtime, KARI, by="asker")
    assert needs.all() == []


def test_two_processes_tell_one_piece_of_news_once(
    runtime: Runtime, needs: SavedNeeds, digest: Digest, clock: Clock
) -> None:
    need = saved(runtime, needs, address=ADDRESS)
    needs.confirm(need)
    publish_partner(runtime)
    clock.forward(days=1)
    (seen,) = needs.due(10)
    assert digest.look() == 1
    with runtime.database.writing() as session:
        assert not needs.told(session, seen, (), {})
    assert sum(mail.state is MailState.QUEUED for mail in runtime.mail.of(f"saved:{need.id}")) == 1
