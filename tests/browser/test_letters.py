"""The letter is saved as it is written, by hand where no script runs; the pages behind its links are for everybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from assistant.access.accounts import AccountRole
from assistant.cases.meetings import Meetings
from assistant.cases.partner_answers import LinkPurpose, SignedLinks
from corpus.clock import utc_now
from tests.browser.conftest import EACH_ONCE, OpenPage, Served, check_page, log_in
from tests.browser.test_desk import opened_case


def test_a_letter_is_saved_as_it_is_written_and_a_colleagues_is_not_lost(open_page: OpenPage, served: Served) -> None:
    case_id = opened_case(served, "autosave")
    pages = [open_page(), open_page()]
    for page in pages:
        log_in(page, served, AccountRole.BROKER)
        page.goto(f"/desk/cases/{case_id}")
    first, second = pages
    first.locator("#body").fill("Det første")
    expect(first.get_by_text("Lagret nå")).to_be_visible()
    first.reload()
    expect(first.locator("#body")).to_have_value("Det første")
    second.locator("#body").fill("Det andre")
    expect(second.get_by_text("har endret brevet i mellomtiden")).to_be_visible()
    expect(second.locator("#body")).to_have_value("Det andre")
    second.locator(".sheet-foot").get_by_role("button", name="Lagre").click()
    expect(second.locator("#body")).to_have_value("Det andre")
    expect(second.get_by_text("Det første")).to_be_visible()


def test_enter_in_the_address_sends_nothing_and_all_works_without_script(open_page: OpenPage, served: Served) -> None:
    case_id = opened_case(served, "noscript")
    page = open_page()
    log_in(page, served, AccountRole.BROKER)
    state = page.context.storage_state()
    plain = open_page(java_script_enabled=False, storage_state=state)
    plain.goto(f"/desk/cases/{case_id}")
    plain.locator("#to").fill("post@partner.example")
    plain.locator("#to").press("Enter")
    expect(plain.get_by_text("Brevet er lagret.")).to_be_visible()
    assert served.runtime.referrals.get(case_id).state == "asked"
    token = SignedLinks(served.runtime.keys).token(LinkPurpose.ANSWER, case_id, 5)
    plain.goto(f"/reply/{token}?a=yes")
    plain.get_by_role("button", name="Send svaret").click()
    expect(plain.get_by_text("Svaret deres er: ja")).to_be_visible()
    assert served.runtime.referrals.get(case_id).state == "taken"


@pytest.mark.parametrize(("lang", "scheme"), EACH_ONCE)
def test_the_pages_behind_links_are_accessible_and_fit(
    open_page: OpenPage, served: Served, lang: str, scheme: str
) -> None:
    case_id = opened_case(served, f"links-{lang}")
    links = SignedLinks(served.runtime.keys)
    times = [utc_now() + timedelta(days=day) for day in (1, 2)]
    meeting = Meetings(served.runtime.database).propose(case_id, times, 30, "Rådhuset")
    page = open_page(lang, scheme)
    answer = links.token(LinkPurpose.ANSWER, case_id, 5)
    for path in (
        f"/reply/{answer}?a=maybe&lang={lang}",
        f"/meeting/{links.token(LinkPurpose.TIMES, meeting.id, 5)}",
        f"/stop/{links.token(LinkPurpose.STOP, case_id, 5)}",
        "/reply/nothing",
    ):
        page.goto(path)
        check_page(page)
    log_in(page, served, AccountRole.BROKER)
    page.goto("/desk/profile")
    check_page(page)
