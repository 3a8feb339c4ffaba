"""Several counties share an installation: each broker sees theirs by default, and follows cases that others have."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from assistant.access.accounts import AccountRole
from assistant.access.profiles import Profile, Profiles
from assistant.cases.cases import Case, CaseState, NewCase
from assistant.cases.watching import Watching, watch_reference
from assistant.desk.watching import tell_watchers
from assistant.platform.areas import Area, AreaError, area_of, typed_name
from assistant.platform.people import Asker, Channel
from assistant.platform.settings import Settings
from assistant.service.container import Runtime
from assistant.service.messages import UserMessage
from assistant.service.privacy import erase_under
from corpus.text import Language
from tests.web.conftest import LogIn

INDEROY, BERGEN, NOWHERE = "5053", "4601", None
HOSPITAL = "actor:helse-nord-trondelag"


@pytest.fixture
def settings(filled_home: Path) -> Settings:
    told = {"home": filled_home, "smtp_host": "127.0.0.1", "smtp_tls": "none", "mail_sender": "megling@fylke.example",
            "mail_undo_minutes": 0}  # fmt: skip
    return Settings.model_validate(told)


def opened(runtime: Runtime, kommunenummer: str | None, question: str) -> Case:
    new = NewCase(
        log_id=question[:16], record_id=HOSPITAL, question=question, note=None, asker="0123456789abcdef",
        channel="web", tenant="web", reply_to=None, kommunenummer=kommunenummer, language=Language.NB,
    )  # fmt: skip
    with runtime.database.writing() as session:
        case, _ = runtime.referrals.opened(session, new)
    return case


def follows(app: FastAPI, browser: TestClient, *places: str) -> str:
    """Have the broker of a browser follow some places; give their name."""
    accounts = app.state.web.accounts
    account = accounts.list()[-1]
    accounts.set_area(account.id, area_of(places), by="test")
    assert browser.get("/desk").status_code == 200
    return str(account.name)


@pytest.fixture
def broker(log_in: LogIn) -> TestClient:
    return log_in(AccountRole.BROKER)


def test_an_area_is_named_or_numbered_and_knows_the_numbers_of_before() -> None:
    trondelag = area_of(["trøndelag", ""])
    assert (trondelag.places, trondelag.names()) == (("50",), ["Trøndelag"])
    innherred = area_of(["Inderøy", "5037", "5038"])
    assert [trondelag.covers(one) for one in (INDEROY, BERGEN, "1756", NOWHERE)] == [True, False, True, True]
    assert [innherred.covers(one) for one in (INDEROY, "5001")] == [True, False]
    assert not trondelag.covers(NOWHERE, unplaced=False)
    assert Area().covers(BERGEN)
    with pytest.raises(AreaError, match="expected one county or municipality"):
        area_of(["Narnia"])
    with pytest.raises(AreaError, match="give the number"):
        area_of(["Herøy"])
    assert area_of([typed_name("1818"), typed_name(INDEROY)]).places == ("1818", INDEROY)


@pytest.mark.parametrize("path", ["/desk", "/desk/cases", "/desk/cases.csv"])
def test_a_broker_sees_their_own_counties_first_and_all_one_click_away(
    app: FastAPI, runtime: Runtime, broker: TestClient, path: str
) -> None:
    for place, question in ((INDEROY, "sepsis i Inderøy"), (BERGEN, "vann i Bergen"), (NOWHERE, "uten sted")):
        opened(runtime, place, question)
    follows(app, broker, "Trøndelag")
    own, everything = broker.get(path).text, broker.get(f"{path}?area=all").text
    assert ("sepsis i Inderøy" in own, "vann i Bergen" in own, "uten sted" in own) == (True, False, True)
    assert "vann i Bergen" in everything
    if not path.endswith("csv"):
        assert "area=all" in unescape(own)


def test_a_case_of_ones_own_is_seen_wherever_it_is_from(app: FastAPI, runtime: Runtime, broker: TestClient) -> None:
    case = opened(runtime, BERGEN, "vann i Bergen")
    name = follows(app, broker, "Trøndelag")
    runtime.referrals.assign(case.id, name, by=name)
    assert "vann i Bergen" in broker.get("/desk").text


def test_needs_and_reports_are_of_the_same_area(app: FastAPI, runtime: Runtime, broker: TestClient) -> None:
    for number, place in enumerate(("Vi er Inderøy kommune.", "Vi er Bergen kommune.")):
        for again in range(6):
            key = f"{number}-{again}"
            asker = Asker(channel=Channel.WEB, tenant="web", user=f"visitor:{key}")
            text = f"{place} Hvem kan hjelpe oss med sjiraffer nummer {again}?"
            runtime.service.handle(UserMessage(key=key, asker=asker, conversation=key, text=text))
    follows(app, broker, "Trøndelag")
    own, everything = broker.get("/desk/needs").text, broker.get("/desk/needs?area=all").text
    assert "Inderøy" in own
    assert "Bergen" not in own
    assert "Bergen" in everything
    own, everything = broker.get("/desk/reports").text, broker.get("/desk/reports?area=all").text
    assert ("Bergen kommune" in own, "Bergen kommune" in everything) == (False, True)
    assert "Trøndelag" in broker.get("/desk/reports").text


def test_a_broker_chooses_whom_they_follow_up_and_a_wrong_place_is_told(app: FastAPI, broker: TestClient) -> None:
    typed = {"county": ["50", "34"], "municipalities": "Bergen, 1818"}
    assert broker.post("/desk/profile", data=typed).status_code == 303
    account = app.state.web.accounts.list()[-1]
    assert account.area.places == ("1818", "34", "4601", "50")
    page = unescape(broker.get("/desk/profile").text)
    assert "1818, Bergen" in page
    wrong = broker.post("/desk/profile", data={"municipalities": "Herøy"})
    assert (wrong.status_code, "Herøy (1515), Herøy (1818)" in unescape(wrong.text)) == (422, True)
    assert app.state.web.accounts.list()[-1].area == account.area


@pytest.fixture
def watched(app: FastAPI, runtime: Runtime, broker: TestClient) -> tuple[Case, str]:
    """A case that a colleague has and that the broker of the browser watches."""
    case = opened(runtime, INDEROY, "sepsis i Inderøy")
    runtime.referrals.assign(case.id, "Bodil", by="Bodil")
    account = app.state.web.accounts.list()[-1]
    Profiles(runtime.database).save(account, Profile(email="berit@fylke.example"))
    assert broker.post(f"/desk/cases/{case.id}/watch", data={"do": "watch"}).status_code == 303
    return case, account.name


def test_who_watches_a_case_sees_it_in_a_list_and_hears_how_it_moves_once(
    app: FastAPI, runtime: Runtime, broker: TestClient, watched: tuple[Case, str]
) -> None:
    case, name = watched
    follows(app, broker, "Vestland")
    assert "sepsis i Inderøy" in broker.get("/desk?view=watched").text
    assert "sepsis i Inderøy" not in broker.get("/desk?view=mine").text
    runtime.referrals.move(case.id, CaseState.SENT, by="Bodil")
    runtime.referrals.note(case.id, "Blant meglere", by="Bodil")
    profiles = Profiles(runtime.database)
    assert (tell_watchers(runtime, profiles), tell_watchers(runtime, profiles)) == (1, 0)
    (letter,) = runtime.mail.of(watch_reference(case.id))
    assert (letter.to, "Bodil" in letter.body, "sepsis i Inderøy" in letter.body) == ("berit@fylke.example", True, True)
    runtime.referrals.move(case.id, CaseState.NO_REPLY, by=name)
    assert tell_watchers(runtime, profiles) == 0


@pytest.mark.parametrize(
    ("language", "told"),
    [("nb", "Du får dette fordi"), ("nn", "Du får dette fordi du følgjer"), ("en", "You get this because")],
)
def test_who_watches_hears_in_the_language_they_chose_it_in(
    app: FastAPI, runtime: Runtime, broker: TestClient, watched: tuple[Case, str], language: str, told: str
) -> None:
    case, _ = watched
    broker.post(f"/desk/cases/{case.id}/watch", headers={"accept-language": language})
    runtime.referrals.move(case.id, CaseState.SENT, by="Bodil")
    assert tell_watchers(runtime, Profiles(runtime.database)) == 1
    (letter,) = runtime.mail.of(watch_reference(case.id))
    assert told in letter.body
    assert "Du får dette fordi du følger" in letter.body or language != "nb"


def test_a_broker_who_chose_a_language_is_told_in_it_whatever_the_page_was_in(
    app: FastAPI, runtime: Runtime, broker: TestClient, watched: tuple[Case, str]
) -> None:
    case, name = watched
    assert broker.post("/desk/profile", data={"email": "berit@fylke.example", "told_in": "nn"}).status_code == 303
    assert '<option value="nn" selected>' in broker.get("/desk/profile?lang=en").text
    broker.post(f"/desk/cases/{case.id}/watch", headers={"accept-language": "en"})
    runtime.referrals.move(case.id, CaseState.SENT, by="Bodil")
    assert tell_watchers(runtime, Profiles(runtime.database)) == 1
    (letter,) = runtime.mail.of(watch_reference(case.id))
    assert "Du får dette fordi du følgjer" in letter.body
    assert Profiles(runtime.database).by_name(name).language is Language.NN


def test_a_move_that_is_undone_is_told_to_nobody_who_watches(runtime: Runtime, watched: tuple[Case, str]) -> None:
    from assistant.cases.corrections import Corrections

    case, _ = watched
    runtime.referrals.move(case.id, CaseState.SENT, by="Bodil")
    assert Watching(runtime.database).due(timedelta(minutes=2)) == []
    Corrections(runtime.database).undo(case.id, "Bodil", runtime.referrals.get(case.id).version)
    assert Watching(runtime.database).due(timedelta()) == []


def test_who_stops_watching_or_whose_case_is_erased_hears_no_more(
    runtime: Runtime, broker: TestClient, watched: tuple[Case, str]
) -> None:
    case, name = watched
    broker.post(f"/desk/cases/{case.id}/watch", data={"do": "stop"})
    watching = Watching(runtime.database)
    assert watching.watchers(case.id) == []
    watching.watch(case.id, name)
    erase_under(runtime, case.asker, by="test")
    assert watching.watchers(case.id) == []
