"""Two municipalities that want the same find each other, and neither is named before both have said yes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import update
from starlette.testclient import TestClient

from assistant.access.accounts import AccountRole
from assistant.cases.cases import Case, CaseState
from assistant.cases.partner_answers import LinkPurpose, SignedLinks
from assistant.coupling.couplings import Couplings, NeedPair, PairState, PairStateError, Side
from assistant.coupling.finding import CoupleFinder
from assistant.desk.couplings import ask_both, join, pair_link, pair_page, take_answer, tell_members
from assistant.desk.needs import Resolution, resolve_needs
from assistant.desk.notifications import notify_askers
from assistant.history.tables import LogRow, NeedPairRow
from assistant.mail.carrier import Carrier
from assistant.platform.municipalities import MunicipalityFileError
from assistant.platform.people import Asker, Channel
from assistant.platform.settings import Settings
from assistant.runtime.app import create_app
from assistant.saved.digest import saved_needs_of
from assistant.saved.needs import Every
from assistant.service.container import Runtime
from assistant.service.messages import ActionType, UserAction, UserMessage
from assistant.service.privacy import erase, kept_of, purge_all
from corpus.clock import utc_now
from tests.mail.servers import Kept, mail_server
from tests.web.conftest import BASE, HERE, LogIn

KARI = Asker(channel=Channel.WEB, tenant="web", user="visitor:kari")
OLA = Asker(channel=Channel.WEB, tenant="web", user="visitor:ola")
SEPSIS = "hvem kan hjelpe hjemmetjenesten med tidlig oppdagelse av sepsis?"
SAME = "Vi vil oppdage sepsis og blodforgiftning tidlig hos brukere i hjemmetjenesten"
OTHER = "Nesten halvparten av drikkevannet forsvinner i lekkasjer i ledningsnettet"
KARIS, OLAS = "fou@inderoy.example", "post@verdal.example"


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def settings(filled_home: Path, kept: Kept) -> Iterator[Settings]:
    with mail_server(kept) as port:
        yield Settings.model_validate(
            {"home": filled_home, "smtp_host": "127.0.0.1", "smtp_port": port, "smtp_tls": "none",
             "mail_sender": "megling@fylke.example", "mail_undo_minutes": 0, "web_base_url": "http://127.0.0.1:8000"}
        )  # fmt: skip


@pytest.fixture
def browsers(app: FastAPI) -> Callable[..., TestClient]:
    def open_browser() -> TestClient:
        return TestClient(
            app, base_url=BASE, client=HERE, follow_redirects=False, headers={"Accept-Language": "nb"}
        )  # fmt: skip

    return open_browser


@pytest.fixture
def broker(log_in: LogIn) -> TestClient:
    return log_in(AccountRole.BROKER)


def asked(runtime: Runtime, asker: Asker, text: str, number: str | None, key: str) -> str:
    if number:
        runtime.service.set_profile(asker, language=None, kommunenummer=number)
    reply = runtime.service.handle(UserMessage(key=key, asker=asker, conversation=key, text=text))
    assert reply.log_id is not None
    return reply.log_id


def followed(runtime: Runtime, asker: Asker, log_id: str, address: str) -> Case:
    act = UserAction(key=f"act {log_id}", asker=asker, log_id=log_id, record_id=None, verb=ActionType.ASK_BROKER,
              reply_to=f'{{"contact": "{address}", "by_mail": true}}')  # fmt: skip
    case = runtime.service.act(act).case
    assert case is not None
    return case


def found(runtime: Runtime) -> NeedPair:
    """Two alike needs of two municipalities, both with a case and an address, as a pair."""
    first = asked(runtime, KARI, SEPSIS, "5053", "1")
    followed(runtime, KARI, first, KARIS)
    second = asked(runtime, OLA, SAME, "5038", "2")
    followed(runtime, OLA, second, OLAS)
    assert CoupleFinder(runtime).look() == 1
    (pair,) = Couplings(runtime.database).waiting()
    return pair


def told(runtime: Runtime, kept: Kept) -> dict[str, str]:
    """Tell askers what is due, and return what went out by whom it went to."""
    kept.raw.clear()
    tell_members(runtime)
    notify_askers(runtime)
    Carrier(runtime.mail, runtime.settings).carry()
    letters: dict[str, str] = {}
    for message in kept.messages:
        plain = message.get_body(("plain",))
        assert plain is not None
        letters[message["to"]] = letters.get(message["to"], "") + " ".join(plain.get_content().split())
    return letters


def links_in(letters: dict[str, str]) -> dict[str, str]:
    return {to: re.findall(r"/pair/[0-9a-f-]+", letter)[-1] for to, letter in letters.items()}


def test_a_new_need_is_held_against_those_that_are_open_once(runtime: Runtime) -> None:
    finder = CoupleFinder(runtime)
    asked(runtime, KARI, SEPSIS, "5053", "1")
    asked(runtime, KARI, OTHER, "5053", "2")
    assert finder.look() == 0
    second = asked(runtime, OLA, SAME, "5038", "3")
    assert (finder.look(), finder.look(), CoupleFinder(runtime).look()) == (1, 0, 0)
    (pair,) = Couplings(runtime.database).waiting()
    assert (pair.second.log_id, pair.state) == (second, PairState.FOUND)
    assert Couplings(runtime.database).of_need(second) == [pair]


def test_nobody_is_coupled_with_themselves_their_own_municipality_or_what_is_dealt_with(runtime: Runtime) -> None:
    finder = CoupleFinder(runtime)
    first = asked(runtime, KARI, SEPSIS, "5053", "1")
    asked(runtime, KARI, SAME, "5053", "2")
    asked(runtime, OLA, SAME, "5053", "3")
    assert finder.look() == 0
    resolve_needs(runtime, [first], Resolution.DISMISSED, "Berit")
    with runtime.database.reading() as session:
        assert session.query(NeedPairRow).count() == 0


def test_what_a_colleague_asks_again_makes_no_other_pair(runtime: Runtime) -> None:
    finder = CoupleFinder(runtime)
    asked(runtime, KARI, SEPSIS, "5053", "1")
    asked(runtime, OLA, SAME, "5038", "2")
    asked(runtime, KARI.model_copy(update={"user": "visitor:per"}), SAME, "5038", "3")
    assert finder.look() == 1


def test_a_saved_need_stays_open_after_its_log_entry_is_old(runtime: Runtime) -> None:
    first = asked(runtime, KARI, SEPSIS, "5053", "1")
    saved_needs_of(runtime).save(KARI, first, Every.WEEK, None)
    with runtime.database.writing() as session:
        session.execute(update(LogRow).values(at=utc_now() - timedelta(days=200)))
    asked(runtime, OLA, SAME, "5038", "2")
    assert CoupleFinder(runtime).look() == 1


def test_the_broker_sees_the_pair_in_the_queue_and_on_the_case(broker: TestClient, runtime: Runtime) -> None:
    pair = found(runtime)
    queue = unescape(broker.get("/desk").text)
    assert "Like behov: Inderøy og Verdal" in queue
    assert f"/desk/pairs/{pair.id}" in queue
    for case in runtime.referrals.still_open():
        page = unescape(broker.get(f"/desk/cases/{case.id}").text)
        assert f"/desk/pairs/{pair.id}" in page
        assert ("Verdal spurte" in page) is (case.kommunenummer == "5053")
    page = unescape(broker.get(f"/desk/pairs/{pair.id}").text)
    assert "Inderøy og Verdal vil det samme" in page
    assert "Begge i Trøndelag." in page
    assert SEPSIS in page
    assert SAME in page


def test_both_are_asked_where_they_are_told_and_neither_learns_of_the_other(
    broker: TestClient, runtime: Runtime, kept: Kept
) -> None:
    pair = found(runtime)
    assert broker.post(f"/desk/pairs/{pair.id}", data={"do": "ask"}).status_code == 303
    letters = told(runtime, kept)
    assert letters.keys() == {KARIS, OLAS}
    for to, mine, others in ((KARIS, SEPSIS, (SAME, "Verdal")), (OLAS, SAME, (SEPSIS, "Inderøy"))):
        assert mine in letters[to]
        assert all(one not in letters[to] for one in others)
    assert told(runtime, kept) == {}


def test_names_are_told_after_two_yeses_and_one_case_comes_of_it(
    broker: TestClient, client: TestClient, runtime: Runtime, kept: Kept
) -> None:
    pair = found(runtime)
    ask_both(runtime, pair.id, "Berit")
    links = links_in(told(runtime, kept))
    assert "Verdal" not in client.get(links[KARIS]).text
    assert Couplings(runtime.database).get(pair.id).first.answer is None
    assert client.post(links[KARIS], data={"answer": "yes"}).status_code == 303
    page = client.get(links[KARIS]).text
    assert "Verdal" not in page
    assert SAME not in page
    assert told(runtime, kept) == {}
    client.post(links[OLAS], data={"answer": "yes"})
    assert "Inderøy kommune" in client.get(links[OLAS]).text
    letters = told(runtime, kept)
    assert "Verdal kommune vil det samme" in letters[KARIS]
    assert "Inderøy kommune vil det samme" in letters[OLAS]
    answer = broker.post(f"/desk/pairs/{pair.id}", data={"do": "join", "side": "second"})
    joint = runtime.referrals.get(answer.headers["location"].rpartition("/")[2])
    assert joint.kommunenummer == "5038"
    letters = told(runtime, kept)
    assert "Dere leder en felles sak med Inderøy kommune" in letters[OLAS]
    assert "Verdal kommune, som leder den" in letters[KARIS]
    assert "Sammen med Inderøy" in broker.get(f"/desk/cases/{joint.id}").text
    runtime.referrals.move(joint.id, CaseState.SENT, by="Berit")
    assert "Felles sak" in told(runtime, kept)[KARIS]
    assert told(runtime, kept) == {}


def test_a_no_tells_the_other_that_nothing_comes_of_it_and_not_who_it_was(
    client: TestClient, runtime: Runtime, kept: Kept
) -> None:
    pair = found(runtime)
    ask_both(runtime, pair.id, "Berit")
    links = links_in(told(runtime, kept))
    client.post(links[KARIS], data={"answer": "no"})
    letters = told(runtime, kept)
    assert letters.keys() == {OLAS}
    assert "Inderøy" not in letters[OLAS]
    assert client.post(links[OLAS], data={"answer": "yes"}).status_code == 410
    assert Couplings(runtime.database).get(pair.id).state is PairState.DECLINED
    with pytest.raises(PairStateError):
        join(runtime, pair.id, Side.FIRST, "Berit")


def test_who_only_saved_the_need_is_asked_by_mail_and_gets_a_case_of_it(
    broker: TestClient, client: TestClient, runtime: Runtime, kept: Kept
) -> None:
    needs = saved_needs_of(runtime)
    needs.confirm(needs.save(KARI, asked(runtime, KARI, SEPSIS, "5053", "1"), Every.WEEK, KARIS))
    asked(runtime, OLA, SAME, "5038", "2")
    CoupleFinder(runtime).look()
    (pair,) = Couplings(runtime.database).waiting()
    ask_both(runtime, pair.id, "Berit")
    letters = told(runtime, kept)
    assert letters.keys() == {KARIS}
    client.post(links_in(letters)[KARIS], data={"answer": "yes"})
    assert "Vi kan ikke nå dem" in broker.get(f"/desk/pairs/{pair.id}").text
    broker.post(f"/desk/pairs/{pair.id}", data={"do": "yes", "side": "second"})
    case = join(runtime, pair.id, Side.FIRST, "Berit")
    assert (case.kommunenummer, case.record_id, case.state) == ("5053", None, CaseState.ASKED)
    assert {one.kommunenummer for one in runtime.referrals.still_open()} == {"5053", "5038"}


def test_who_saved_the_need_in_a_channel_is_told_of_the_case_there(runtime: Runtime) -> None:
    first = asked(runtime, KARI, SEPSIS, "5053", "1")
    saved = '{"to": "slack", "team": "T1", "user": "U1"}'
    saved_needs_of(runtime).save(KARI, first, Every.WEEK, reply_to=saved)
    followed(runtime, OLA, asked(runtime, OLA, SAME, "5038", "2"), OLAS)
    assert CoupleFinder(runtime).look() == 1
    (pair,) = Couplings(runtime.database).waiting()
    ask_both(runtime, pair.id, "Berit")
    for side in Side:
        take_answer(runtime, pair.id, side, "Berit", yes=True)
    leading = join(runtime, pair.id, Side.FIRST, "Berit")
    assert leading.reply_to == saved


def test_who_asked_on_the_web_finds_the_question_on_their_own_page(client: TestClient, runtime: Runtime) -> None:
    client.post("/mine/municipality", data={"municipality": "5053"})
    client.post("/ask", data={"text": SEPSIS})
    asked(runtime, OLA, SAME, "5038", "2")
    assert CoupleFinder(runtime).look() == 1
    (pair,) = Couplings(runtime.database).waiting()
    ask_both(runtime, pair.id, "Berit")
    mine = client.get("/mine").text
    assert "En annen kommune vil det samme" in mine
    links = re.findall(r"/pair/[0-9a-f-]+", mine)
    assert len(links) == 1
    assert unescape(client.get(links[0]).text).count(SEPSIS) == 1


def test_a_link_is_of_one_side_and_one_purpose(client: TestClient, runtime: Runtime) -> None:
    pair = found(runtime)
    assert client.get(pair_link(runtime, pair.first)).status_code == 410
    ask_both(runtime, pair.id, "Berit")
    assert client.get(pair_link(runtime, pair.first)).status_code == 200
    links = SignedLinks(runtime.keys)
    for token in (
        links.token(LinkPurpose.ANSWER, pair.first.key, 5),
        links.token(LinkPurpose.PAIR, pair.id, 5),
        "x",
        "a" * 90,
    ):
        assert client.post(f"/pair/{token}", data={"answer": "yes"}).status_code in {404, 410}
    assert client.post(pair_link(runtime, pair.first), data={"answer": "maybe"}).status_code == 422
    assert Couplings(runtime.database).get(pair.id).state is PairState.ASKED


def test_a_pair_that_is_none_is_put_away_from_the_queue_and_taken_back(broker: TestClient, runtime: Runtime) -> None:
    pair = found(runtime)
    answer = broker.post("/desk/queue", data={"row": f"pair:{pair.id}"})
    assert Couplings(runtime.database).waiting() == []
    receipt = unescape(answer.headers["location"].partition("undo=")[2])
    broker.post("/desk/queue/undo", data={"receipt": receipt})
    assert Couplings(runtime.database).waiting() == [Couplings(runtime.database).get(pair.id)]
    ask_both(runtime, pair.id, "Berit")
    broker.post(f"/desk/pairs/{pair.id}", data={"do": "dismiss"})
    assert Couplings(runtime.database).get(pair.id).state is PairState.ASKED


def test_pairs_are_given_out_without_the_other_and_go_with_either_ones_words(runtime: Runtime) -> None:
    pair = found(runtime)
    ask_both(runtime, pair.id, "Berit")
    (coupled,) = kept_of(runtime, KARI)["coupled"]
    assert coupled["log_id"] == pair.first.log_id
    assert pair.second.log_id not in str(kept_of(runtime, KARI))
    erase(runtime, OLA, by="asker")
    assert Couplings(runtime.database).waiting() == []
    assert kept_of(runtime, KARI)["coupled"] == []


def test_pairs_go_when_their_time_is_up(runtime: Runtime) -> None:
    found(runtime)
    purge_all(runtime, utc_now() + timedelta(minutes=1), utc_now() - timedelta(days=1))
    assert Couplings(runtime.database).waiting() == []


def test_pages_of_pairs_are_for_brokers_and_their_links_are_known(client: TestClient, broker: TestClient) -> None:
    assert client.get("/desk/pairs/0123456789abcdef").status_code in {303, 401, 403}
    assert broker.get("/desk/pairs/0123456789abcdef").status_code == 404


def test_one_kostra_group_is_told_and_a_file_that_is_none_is_told_at_the_start(
    settings: Settings, runtime: Runtime, tmp_path: Path
) -> None:
    path = tmp_path / "kommuner.csv"
    path.write_text("kommunenummer;innbyggere;kostragruppe\n5053;6800;5\n5038;15000;5\n", "utf-8")
    with_file = replace(runtime, settings=settings.model_copy(update={"municipality_file": path}))
    pair = found(with_file)
    assert pair_page(with_file, pair).same_group
    assert not pair_page(runtime, pair).same_group
    path.write_text("noe annet", "utf-8")
    assert not pair_page(with_file, pair).same_group
    with pytest.raises(MunicipalityFileError, match="kommunenummer"):
        create_app(with_file.settings, with_file)
