"""A contact who is away: letters go to who stands in, or to another function, and whoever sends one is told."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from assistant.access.accounts import AccountRole
from assistant.cases.absences import AbsenceError, AbsenceFault, ContactAbsences
from assistant.cases.cases import Case
from assistant.desk.absences import away_receiver
from assistant.desk.letters import Recipient
from assistant.history.tables import ContactAbsenceRow
from assistant.platform.people import Asker, Channel
from assistant.platform.workdays import norwegian_day
from assistant.service.container import Runtime
from assistant.service.messages import ActionType, UserAction, UserMessage
from assistant.service.privacy import erase_again, erase_person, person_kept, purge_all
from corpus.clock import utc_now
from corpus.records import Actor, Contact
from corpus.text import LangText
from tests.assistant.services import Clock
from tests.records import SOURCE
from tests.web.conftest import LogIn

KARI = Asker(channel=Channel.WEB, tenant="web", user="visitor:kari")
PARTNER, AWAY, DEPUTY, OTHER = (
    "actor:helse-nord-trondelag",
    "fou@sykehus.example",
    "vikar@sykehus.example",
    "post@sykehus.example",
)
MONEY = "instrument:rff-trondelag"
TODAY = norwegian_day()
UNTIL = TODAY + timedelta(days=10)


def contact(role: str, email: str) -> Contact:
    return Contact(role=LangText(nb=role), email=email, source=SOURCE)


@pytest.fixture
def case(runtime: Runtime) -> Case:
    stored = runtime.store.get(PARTNER)
    assert isinstance(stored.record, Actor)
    contacts = (contact("Forskningskontakt", AWAY), contact("Postmottak", OTHER))
    runtime.store.save_many([stored.record.model_copy(update={"contacts": contacts})], by="Berit")
    asked = UserMessage(key="1", asker=KARI, conversation="c", text="hvem kan hjelpe med tidlig oppdagelse av sepsis?")
    log_id = runtime.service.handle(asked).log_id
    assert log_id is not None
    act = UserAction(key="2", asker=KARI, log_id=log_id, record_id=PARTNER, verb=ActionType.INTRODUCE)
    opened = runtime.service.act(act).case
    assert opened is not None
    return opened


@pytest.fixture
def broker(log_in: LogIn) -> TestClient:
    return log_in(AccountRole.BROKER)


def page_of(broker: TestClient, case: Case) -> str:
    return unescape(broker.get(f"/desk/cases/{case.id}").text)


def addressed_to(page: str) -> str:
    found = re.search(r'id="to"[^>]* value="([^"]*)"', page)
    assert found is not None
    return found[1]


def note(broker: TestClient, case: Case, **changed: str) -> int:
    typed = {"record_id": PARTNER, "address": AWAY, "until": UNTIL.isoformat(), "deputy": DEPUTY} | changed
    return broker.post(f"/desk/cases/{case.id}/absence", data=typed).status_code


def test_a_letter_goes_to_who_stands_in_and_its_broker_sees_why(broker: TestClient, case: Case) -> None:
    assert addressed_to(page_of(broker, case)) == AWAY
    assert note(broker, case) == 303
    page = page_of(broker, case)
    assert addressed_to(page) == DEPUTY
    assert f"{AWAY} er borte til og med" in page
    assert f"Brevet går til vikaren, {DEPUTY}." in page


def test_where_nobody_stands_in_it_goes_to_another_function_and_else_it_is_said(broker: TestClient, case: Case) -> None:
    note(broker, case, deputy="")
    page = page_of(broker, case)
    assert addressed_to(page) == OTHER
    assert "en annen rolle" in page
    note(broker, case, address=OTHER, deputy="")
    page = page_of(broker, case)
    assert addressed_to(page) == AWAY
    assert "Ingen vikar er meldt" in page


def test_who_is_back_is_written_to_again(broker: TestClient, case: Case) -> None:
    note(broker, case)
    assert (
        broker.post(f"/desk/cases/{case.id}/absence/back", data={"record_id": PARTNER, "address": AWAY}).status_code
        == 303
    )
    page = page_of(broker, case)
    assert addressed_to(page) == AWAY
    assert "borte til og med" not in page


def test_an_address_chosen_after_it_was_known_stays_and_is_warned_of(broker: TestClient, case: Case) -> None:
    letter = {"to": AWAY, "subject": "Om sepsis", "body": "Hei", "language": "nb", "letter_version": "0"}
    broker.post(f"/desk/cases/{case.id}/letter", data=letter)
    note(broker, case)
    assert addressed_to(page_of(broker, case)) == DEPUTY
    broker.post(f"/desk/cases/{case.id}/letter", data=letter | {"letter_version": "1"})
    page = page_of(broker, case)
    assert addressed_to(page) == AWAY
    assert f"Skriv heller til {DEPUTY}." in page


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"until": (TODAY - timedelta(days=1)).isoformat()}, "ventet en dag fra i dag"),
        ({"until": (TODAY + timedelta(days=400)).isoformat()}, "ventet en dag fra i dag"),
        ({"until": "på mandag"}, "ventet en dag fra i dag"),
        ({"until": ""}, "ventet en dag fra i dag"),
        ({"deputy": "vikaren"}, "ventet en annen e-postadresse"),
        ({"deputy": AWAY.upper()}, "ventet en annen e-postadresse"),
        ({"deputy": "a@b.no\r\nBcc: c@d.no"}, "ventet en annen e-postadresse"),
        ({"address": "kontakten"}, "Fikk «kontakten», som ikke er en e-postadresse"),
    ],
)
def test_what_cannot_be_so_is_told_beside_its_field_and_what_was_typed_stays(
    broker: TestClient, case: Case, runtime: Runtime, wrong: dict[str, str], told: str
) -> None:
    typed = {"record_id": PARTNER, "address": AWAY, "until": UNTIL.isoformat(), "deputy": DEPUTY} | wrong
    answer = broker.post(f"/desk/cases/{case.id}/absence", data=typed)
    page = unescape(answer.text)
    assert answer.status_code == 422
    assert told in page
    assert '<details id="absence" open>' in page
    assert typed["deputy"].splitlines()[0] in page
    assert ContactAbsences(runtime.database).of(PARTNER) == {}


@pytest.mark.parametrize("spelled", [AWAY.upper(), f" {AWAY} ", "Fou@Sykehus.example"])
def test_one_address_is_away_once_however_it_is_spelled(
    broker: TestClient, case: Case, runtime: Runtime, spelled: str
) -> None:
    later = UNTIL + timedelta(days=1)
    assert note(broker, case) == 303
    assert note(broker, case, address=spelled, until=later.isoformat()) == 303
    with runtime.database.reading() as session:
        (row,) = session.scalars(select(ContactAbsenceRow)).all()
        assert (row.address, row.until) == (AWAY, later)
    broker.post(f"/desk/cases/{case.id}/absence/back", data={"record_id": PARTNER, "address": spelled})
    assert ContactAbsences(runtime.database).of(PARTNER) == {}


def test_the_last_day_may_be_written_as_in_norway(broker: TestClient, case: Case, runtime: Runtime) -> None:
    assert note(broker, case, until=f"{UNTIL.day}.{UNTIL.month}.{UNTIL.year}") == 303
    assert ContactAbsences(runtime.database).of(PARTNER)[AWAY].until == UNTIL


def test_nobody_but_a_broker_notes_it_and_only_of_what_there_is(
    broker: TestClient, client: TestClient, log_in: LogIn, case: Case
) -> None:
    assert note(log_in(AccountRole.CONTACT), case) == 403
    assert note(client, case) in {303, 401}
    for other in ("actor:nobody", "", MONEY):
        assert note(broker, case, record_id=other) == 404
        back = broker.post(f"/desk/cases/{case.id}/absence/back", data={"record_id": other, "address": AWAY})
        assert back.status_code == 404
    assert broker.post("/desk/cases/nothing/absence", data={"record_id": PARTNER}).status_code == 404
    assert addressed_to(page_of(broker, case)) == AWAY


def test_an_absence_ends_by_itself_and_goes_the_day_after(runtime: Runtime, case: Case) -> None:
    clock = Clock()
    clock.now = utc_now()
    absences = ContactAbsences(runtime.database, clock)
    absences.note(PARTNER, AWAY, TODAY, "", by="Berit")
    assert list(absences.of(PARTNER)) == [AWAY]
    clock.forward(days=1)
    assert absences.of(PARTNER) == {}
    with pytest.raises(AbsenceError) as refused:
        absences.note(PARTNER, AWAY, TODAY, "", by="Berit")
    assert refused.value.fault is AbsenceFault.UNTIL
    with runtime.database.writing() as session:
        session.scalars(select(ContactAbsenceRow)).one().until = TODAY - timedelta(days=1)
    purge_all(runtime, utc_now() - timedelta(1), utc_now() - timedelta(1))
    with runtime.database.reading() as session:
        assert session.scalars(select(ContactAbsenceRow)).all() == []


def test_it_is_given_out_and_goes_at_the_wish_of_who_is_named_also_out_of_a_backup(runtime: Runtime) -> None:
    noted = ContactAbsences(runtime.database).note(PARTNER, AWAY, UNTIL, DEPUTY, by="Berit")
    assert [one["deputy"] for one in person_kept(runtime, DEPUTY.upper())["absences"]] == [DEPUTY]
    erase_person(runtime, DEPUTY)
    assert person_kept(runtime, DEPUTY)["absences"] == []
    with runtime.database.writing() as session:
        session.add(ContactAbsenceRow(**noted.model_dump()))
    erase_again(runtime.database, runtime.service.log, runtime.referrals, [(noted.id, utc_now())], by="restore")
    assert ContactAbsences(runtime.database).of(PARTNER) == {}


def test_who_stands_in_for_who_stands_in_is_written_to_and_a_circle_ends(runtime: Runtime) -> None:
    absences = ContactAbsences(runtime.database)
    receiver = Recipient(name="Sykehuset", record_id=PARTNER, email=AWAY)
    absences.note(PARTNER, AWAY, UNTIL, DEPUTY, by="Berit")
    absences.note(PARTNER, DEPUTY, UNTIL, OTHER, by="Berit")
    found = away_receiver(receiver, AWAY, absences.of(PARTNER))
    assert found is not None
    assert (found.instead, found.is_deputy) == (OTHER, True)
    absences.note(PARTNER, OTHER, UNTIL, AWAY, by="Berit")
    found = away_receiver(receiver, AWAY, absences.of(PARTNER))
    assert found is not None
    assert (found.instead, found.is_deputy) == (None, False)
