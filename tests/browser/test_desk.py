"""The desk in a browser by keyboard; that each of its pages is accessible and fits is in test_every_page."""

from __future__ import annotations

from playwright.sync_api import expect

from assistant.access.accounts import AccountRole
from assistant.platform.people import Asker, Channel
from assistant.service.messages import ActionType, UserAction, UserMessage
from tests.browser.conftest import OpenPage, Served, log_in


def opened_case(served: Served, key: str) -> str:
    kari = Asker(channel=Channel.WEB, tenant="web", user=f"visitor:{key}")
    asked = UserMessage(key=key, asker=kari, conversation=key, text="hvem kan hjelpe med sepsis?")
    reply = served.runtime.service.handle(asked)
    assert reply.log_id is not None
    act = UserAction(
        key=f"{key}-act",
        asker=kari,
        log_id=reply.log_id,
        record_id="actor:helse-nord-trondelag",
        verb=ActionType.INTRODUCE,
    )
    case = served.runtime.service.act(act).case
    assert case is not None
    return case.id


def test_a_case_is_moved_by_keyboard(open_page: OpenPage, served: Served) -> None:
    case_id = opened_case(served, "keyboard")
    page = open_page()
    log_in(page, served, AccountRole.BROKER)
    page.goto(f"/desk/cases/{case_id}")
    page.locator("#state").focus()
    page.keyboard.press("S")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saken er flyttet.")).to_be_visible()
    assert served.runtime.referrals.get(case_id).state == "sent"


def test_what_is_due_is_checked_by_keyboard_and_taken_back(open_page: OpenPage, served: Served) -> None:
    page = open_page()
    log_in(page, served, AccountRole.BROKER)
    page.goto("/desk/check?kind=actor")
    first = page.locator("[data-item] h2").first.inner_text()
    page.locator("[data-item]").first.focus()
    page.keyboard.press("j")
    second = page.locator("[data-item]:focus h2").inner_text()
    assert second != first
    page.keyboard.press("e")
    expect(page.get_by_text("Sjekket i dag")).to_be_visible()
    assert second not in page.locator("[data-item] h2").all_inner_texts()
    page.locator("[data-item]").first.focus()
    page.keyboard.press("z")
    expect(page.get_by_text("Sjekken er tatt tilbake.")).to_be_visible(timeout=20_000)
    assert second in page.locator("[data-item] h2").all_inner_texts()


def test_a_record_is_changed_and_seen_to_answer_by_keyboard(open_page: OpenPage, served: Served) -> None:
    page = open_page()
    log_in(page, served, AccountRole.BROKER)
    page.goto("/desk/records/idea:studentdatabase")
    page.locator("[name='summary.nb']").focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Også for hundelufting.")
    page.locator("[name='tried']").focus()
    page.keyboard.type("hundelufting på sykehjem")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#preview table")).to_contain_text("hundelufting på sykehjem")
    page.locator("button[value=save]").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Oppføringen er lagret.")).to_be_visible()
    assert "hundelufting" in str(served.runtime.store.get("idea:studentdatabase").record)


def test_the_list_is_worked_through_by_keyboard_and_single_keys_can_be_turned_off(
    open_page: OpenPage, served: Served
) -> None:
    opened_case(served, "keys")
    page = open_page("nb", "light")
    log_in(page, served, AccountRole.BROKER)
    page.goto(f"{served.address}/desk")
    first = page.locator("#queue tbody tr").first.locator("th a")
    case_id = str(first.get_attribute("href")).rpartition("/")[2]
    page.keyboard.press("j")
    expect(first).to_be_focused()
    page.keyboard.press("e")
    page.locator("#undo").wait_for()
    assert served.runtime.referrals.get(case_id).assigned_to is not None
    page.keyboard.press("z")
    page.locator("#undo").wait_for(state="detached")
    page.wait_for_load_state()
    assert served.runtime.referrals.get(case_id).assigned_to is None
    page.keyboard.press("/")
    expect(page.locator("#desk-search")).to_be_focused()
    page.keyboard.type("ntnu")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/search?q=ntnu")
    page.goto(f"{served.address}/desk")
    page.keyboard.press("?")
    page.locator("#shortcuts-on").uncheck()
    page.reload()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.tagName") == "BODY"
