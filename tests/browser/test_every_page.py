"""Every page there is, with everything on it that it can hold: accessible and narrow enough, light and dark."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Page
from sqlalchemy import update

from assistant.access.accounts import AccountRole
from assistant.cases.absences import ContactAbsences
from assistant.cases.cases import Case, CaseReason, CaseState
from assistant.cases.meetings import Meetings
from assistant.cases.partner_answers import LinkPurpose, SignedLinks
from assistant.cases.watching import Watching
from assistant.coupling.couplings import Couplings, Side
from assistant.coupling.finding import CoupleFinder
from assistant.desk.changed_calls import schemes_under
from assistant.desk.couplings import ask_both, join, pair_link, take_answer
from assistant.desk.due_checks import parse_date, record_new_date
from assistant.desk.imports import begin
from assistant.desk.needs import open_needs
from assistant.desk.partners import token_of
from assistant.history.tables import LogRow
from assistant.platform.people import Asker, Channel
from assistant.platform.workdays import norwegian_day
from assistant.saved.digest import Digest, saved_needs_of
from assistant.saved.needs import Every, SavedNeeds
from assistant.service.messages import ActionType, UserAction, UserMessage
from corpus.clock import utc_now
from corpus.comments import add_comment
from corpus.drafts import save_draft
from corpus.partners import make_link
from corpus.persons import LawfulBasis, NewPerson, add_person
from corpus.records import Contact
from corpus.text import LangText
from tests.browser.conftest import EACH_ONCE, OpenPage, Served, check_page, log_in, serving
from tests.records import SOURCE
from tests.saved import publish_partner

TEMPLATES = Path(__file__).parents[2] / "assistant/channels/web/templates"
PARTNER = "actor:helse-nord-trondelag"
SEPSIS = "hvem kan hjelpe hjemmetjenesten med tidlig oppdagelse av sepsis?"
SAME = "Vi vil oppdage sepsis og blodforgiftning tidlig hos brukere i hjemmetjenesten"
LONG = "Vi-har-et-veldig-langt-ord-uten-mellomrom-som-ikke-skal-gjøre-siden-bredere-enn-skjermen på sykehjem, sepsis?"


@pytest.fixture(scope="module")
def served(shipped_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app with mail that goes nowhere, and alarms that go off at once."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        told = {"smtp_host": "127.0.0.1", "smtp_port": 9, "smtp_tls": "none", "mail_sender": "megling@fylke.example",
                "web_base_url": f"http://127.0.0.1:{listener.getsockname()[1]}",
                "alarm_cases": 1, "alarm_percent": 1}  # fmt: skip
        with serving(shipped_home, tmp_path_factory.mktemp("served"), listener, **told) as opened:
            yield opened


class Filled(NamedTuple):
    """What stands in the app."""

    case: Case
    answer: str
    saved: str
    pair_id: str
    desk: tuple[str, ...]
    """Paths of the desk."""
    open: tuple[str, ...]
    """Paths that need no login."""


def asked(served: Served, who: str, text: str, number: str = "5038") -> str:
    asker = visitor(who)
    served.runtime.service.set_profile(asker, language=None, kommunenummer=number)
    reply = served.runtime.service.handle(UserMessage(key=f"{who}-{text}", asker=asker, conversation=who, text=text))
    assert reply.log_id is not None
    return reply.log_id


def visitor(who: str) -> Asker:
    return Asker(channel=Channel.WEB, tenant="web", user=f"visitor:{who}")


def opened(served: Served, who: str, log_id: str, record_id: str | None) -> Case:
    verb = ActionType.INTRODUCE if record_id else ActionType.ASK_BROKER
    act = UserAction(key=f"{who}-act", asker=visitor(who), log_id=log_id, record_id=record_id, verb=verb,
                     note="Vi vil i gang før sommeren.",
                     reply_to='{"contact": "fou@verdal.example", "by_mail": true}')  # fmt: skip
    case = served.runtime.service.act(act).case
    assert case is not None
    return case


@pytest.fixture(scope="module")
def filled(served: Served) -> Filled:
    """One of everything."""
    runtime, store, today = served.runtime, served.runtime.store, norwegian_day()
    first = asked(served, "kari", SEPSIS, "5053")
    case = opened(served, "kari", first, PARTNER)
    ended = opened(served, "eva", asked(served, "eva", LONG), PARTNER)
    for state in (CaseState.SENT, CaseState.NO_REPLY, CaseState.DROPPED):
        runtime.referrals.move(ended.id, state, by="Berit", reason=CaseReason.OTHER, note="Ingen svarte.")
    declined = opened(served, "per", asked(served, "per", LONG), PARTNER)
    for state in (CaseState.SENT, CaseState.DECLINED):
        runtime.referrals.move(declined.id, state, by="Berit", reason=CaseReason.CAPACITY)
    runtime.referrals.move(case.id, CaseState.SENT, by="Berit")
    Watching(runtime.database).watch(case.id, "Berit")
    partner = store.get(PARTNER).record
    contact = Contact(role=LangText(nb="Forskningskontakt"), email="fou@x.example", source=SOURCE)
    store.save_many([partner.model_copy(update={"contacts": (contact,)})], by="Berit")
    ContactAbsences(runtime.database).note(PARTNER, "fou@x.example", today + timedelta(9), "vikar@x.example", "Berit")
    meeting = Meetings(runtime.database).propose(
        case.id, [utc_now() + timedelta(days=day) for day in (2, 3, 4)], 60, "Rådhuset"
    )
    second = asked(served, "ola", SAME)
    opened(served, "ola", second, None)
    assert CoupleFinder(runtime).look() >= 1
    waiting = Couplings(runtime.database).waiting()
    pair = next(one for one in waiting if {side.log_id for side in one.sides} == {first, second})
    for number in range(3):
        asked(served, f"unmet{number}", "best pizza in Oslo")
    scheme = min(schemes_under(runtime.service.log, [case])[case.id])
    told = parse_date(f"{today.year + 1}-02-18", "https://example.no/utlysning", False, today)
    record_new_date(store, scheme, store.get(scheme).version, "Kari", told)
    saved = saved_needs_of(runtime).save(visitor("kari"), first, Every.DAY, "fou@verdal.example")
    publish_partner(runtime)
    later = utc_now() + timedelta(days=2)
    Digest(runtime, SavedNeeds(runtime.database, runtime.service, runtime.keys, lambda: later)).look()
    links, link = SignedLinks(runtime.keys), make_link(store, PARTNER, "Berit", today + timedelta(days=9))
    person = NewPerson(role="Rådgiver", name="Åse Ås", lawful_basis=LawfulBasis.CONSENT, source="https://x.example",
                       notified_on=today, ends_on=today + timedelta(days=30))  # fmt: skip
    add_person(runtime.database, PARTNER, person, "Berit")
    add_comment(runtime.database, PARTNER, "Svarer fort.", "Berit")
    draft = save_draft(store, "actor:utkastet", {"name": {"nb": "utkastet"}}, "x", expected_version=0).record_id
    upload = begin(store, "liste.csv", b"Navn;Kommune\nFjell;Levanger\n;\n", "spreadsheet", "x", today)
    unmet = open_needs(runtime)[0]
    desk = (
        *(f"?view={view}" for view in ("mine", "watched", "all", "overdue", "needs", "records")),
        "?view=all&area=all",
        "/search?q=sepsis", "/cases", f"/cases/{case.id}", f"/cases/{ended.id}", f"/pairs/{pair.id}",
        "/needs", f"/needs/thread/{unmet.log_ids[0]}", "/needs/invitation?question=pizza", "/reports", "/check",
        "/vocabulary?domain=health", "/profile", "/records", "/records?q=kommune", "/records/import",
        f"/records/import/{upload}", "/records/new?kind=actor", "/records/new?kind=instrument", f"/records/{draft}",
        f"/records/{PARTNER}", f"/records/{PARTNER}/history", f"/records/{scheme}", "/records/idea:responssenter",
        "/records/actor:ks/merge?other=actor:ks-nord-trondelag",
    )  # fmt: skip
    tokens = {one: links.token(one, case.id, 9) for one in (LinkPurpose.ANSWER, LinkPurpose.STOP)}
    times = links.token(LinkPurpose.TIMES, meeting.id, 9)
    public = (
        "/login", "/login/link/spent", "/api/v1/docs", "/about", "/privacy", "/accessibility", "/nowhere",
        f"/reply/{tokens[LinkPurpose.ANSWER]}", f"/reply/{tokens[LinkPurpose.ANSWER]}?done=1",
        f"/stop/{tokens[LinkPurpose.STOP]}", f"/meeting/{times}", f"/partner/{token_of(link, runtime.keys)}",
        "/partner/gone", "/reply/gone", "/pair/gone",
        f"/saved/{saved.id}/{saved_needs_of(runtime).token(saved.id)}", pair_link(runtime, pair.first),
    )  # fmt: skip
    return Filled(case, first, saved.id, pair.id, tuple(f"/desk{one}" for one in desk), public)


@pytest.fixture
def rendered(served: Served) -> Iterator[set[str]]:
    """The templates of the pages that were looked at."""
    pages, seen = served.app.state.web.pages, set[str]()
    render = pages.render

    def noting(request: Any, template: str, *args: Any, **values: Any) -> Any:  # noqa: ANN401 (handed on as it is)
        seen.add(template)
        return render(request, template, *args, **values)

    pages.render = noting
    yield seen
    pages.render = render


def not_looked_at(rendered: set[str], folder: str) -> set[str]:
    """Return the pages of a folder of templates that no page was made of; those that are parts of others aside."""
    whole = {
        str(path.relative_to(TEMPLATES))
        for path in (TEMPLATES / folder).glob("*.html")
        if "{% extends" in path.read_text(encoding="utf-8")
    }
    # A preview is a part of the record's page where there is JavaScript; a pair has a test of its own.
    return whole - rendered - {"desk/frame.html", "desk/preview.html", "pair.html"}


def look_at(page: Page, path: str) -> None:
    page.goto(path)
    for folded in page.locator("main details").all():
        folded.evaluate("one => one.open = true")
    try:
        check_page(page)
    except AssertionError as error:
        raise AssertionError(f"{path}: {error}") from error


@pytest.mark.parametrize(("lang", "scheme"), EACH_ONCE)
def test_every_page_of_the_desk_is_accessible_and_fits(
    open_page: OpenPage, served: Served, filled: Filled, rendered: set[str], lang: str, scheme: str
) -> None:
    page = open_page(lang, scheme)
    log_in(page, served, AccountRole.BROKER)
    page.goto("/desk/profile")
    page.locator("#county-50").check()
    page.locator("form[action='/desk/profile'] button").last.click()
    for path in filled.desk:
        look_at(page, path)
    # What is done at once is shown first, and can be undone after.
    page.goto("/desk/records?kind=idea")
    page.locator("input[name=record]").first.check()
    page.locator("main details").evaluate_all("all => all.forEach(one => one.open = true)")
    page.locator("button[value=checked_on]").click()
    page.wait_for_url("**/bulk/preview")
    check_page(page)
    assert not_looked_at(rendered, "desk") == set()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_of_whoever_asks_is_accessible_and_fits(
    open_page: OpenPage, served: Served, filled: Filled, rendered: set[str], scheme: str
) -> None:
    page = open_page("nb", scheme)
    for path in filled.open:
        look_at(page, path)
    page.goto("/")
    look_at(page, "/")
    page.locator("textarea[name=text]").first.fill(SEPSIS)
    page.keyboard.press("Enter")
    page.wait_for_url("**/a/**")
    answer = page.url.removeprefix(served.address).partition("#")[0]
    look_at(page, answer)
    look_at(page, f"{answer}/print")
    mine(served, page, answer.removeprefix("/a/"), filled)
    look_at(page, "/mine")
    look_at(page, f"/mine/{filled.case.id}")
    page.goto("/")
    page.locator("textarea[name=text]").first.fill("Kari Nordmann født 12.03.1950 har demens, hvem kan hjelpe henne?")
    page.keyboard.press("Enter")
    page.get_by_role("heading").first.wait_for()
    check_page(page)
    look_at(page, served.login_link(AccountRole.BROKER))
    assert not_looked_at(rendered, "") == set()


def mine(served: Served, page: Page, log_id: str, filled: Filled) -> None:
    """Make the case, the saved need and the pair those of whoever sits before a page."""
    from assistant.history.tables import CaseRow, NeedPairRow, SavedNeedRow

    runtime = served.runtime
    entry = runtime.service.log.get(log_id)
    with runtime.database.writing() as session:
        session.execute(update(CaseRow).where(CaseRow.id == filled.case.id).values(asker=entry.asker))
        session.execute(update(SavedNeedRow).where(SavedNeedRow.id == filled.saved).values(asker=entry.asker))
        session.execute(update(NeedPairRow).where(NeedPairRow.id == filled.pair_id).values(first_asker=entry.asker))
        assert session.get(LogRow, entry.id)
    page.goto("/mine")


def test_a_pair_and_a_joint_case_are_accessible_as_they_move_on(
    open_page: OpenPage, served: Served, filled: Filled
) -> None:
    runtime = served.runtime
    desk, asker = open_page("nb", "dark"), open_page()
    log_in(desk, served, AccountRole.BROKER)
    pair = ask_both(runtime, filled.pair_id, "Berit")
    for path in (pair_link(runtime, pair.first), pair_link(runtime, pair.second)):
        look_at(asker, path)
    look_at(desk, f"/desk/pairs/{pair.id}")
    for side in Side:
        take_answer(runtime, pair.id, side, "Berit", yes=True)
    look_at(desk, f"/desk/pairs/{pair.id}")
    look_at(asker, pair_link(runtime, pair.second))
    leading = join(runtime, pair.id, Side.FIRST, "Berit")
    for path in (f"/desk/pairs/{pair.id}", f"/desk/cases/{leading.id}", "/desk?view=all"):
        look_at(desk, path)
