"""The chat in a browser: by keyboard, without JavaScript, in three languages, light and dark, at 320 px, on paper."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from assistant.cases.cases import CaseState
from tests.browser.conftest import EACH_ONCE, OpenPage, Served, check_page

QUESTIONS = {
    "nb": "Kan vi søke støtte til å forebygge fall hos eldre?",
    "nn": "Kven kan hjelpe oss med pengar til å førebyggje fall hos eldre?",
    "en": "Who can help us with funding to prevent falls among older people?",
}


def ask(page: Page, text: str) -> None:
    """Ask on the page that is open and wait for the answer."""
    before = page.locator(".turn").count()
    page.get_by_role("textbox").last.fill(text)
    page.locator("form.ask button").click()
    expect(page.locator(".turn")).to_have_count(before + 1)


@pytest.mark.parametrize(("lang", "scheme"), EACH_ONCE)
def test_every_page_of_the_chat_is_accessible_and_fits(open_page: OpenPage, lang: str, scheme: str) -> None:
    page = open_page(lang, scheme)
    page.goto("/")
    check_page(page)
    ask(page, QUESTIONS[lang])
    check_page(page)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    check_page(page)
    page.get_by_role("checkbox").first.check()
    page.locator("button[value=introduce]").click()
    expect(page.locator(".receipt")).to_be_visible()
    page.locator("form:has([value=share]) button").click()
    expect(page.locator(".receipt")).to_have_count(2)
    check_page(page)
    shared = page.locator(".receipt a[href^='/s/']").get_attribute("href")
    printed = page.locator("a[href$='/print']").first.get_attribute("href")
    for path in (shared, printed, "/mine"):
        page.goto(str(path))
        check_page(page)
    page.locator("a[href^='/mine/']").first.click()
    expect(page.locator(".timeline")).to_be_visible()
    check_page(page)
    page.goto("/a/0000000000000000")
    check_page(page)


def test_from_a_question_to_the_brokers_reply_by_keyboard_alone(page: Page, served: Served) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    while not page.evaluate("document.activeElement.matches('textarea')"):
        page.keyboard.press("Tab")
    page.keyboard.type("Hvem kan hjelpe med tidlig oppdagelse av sepsis?")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("og hva kan betale?")
    page.keyboard.press("Enter")
    expect(page.locator(".asked")).to_have_text(re.compile(r"sepsis\?\s+og hva kan betale\?$"))
    expect(page.locator("h2:focus")).to_have_text(re.compile(r"^\d+ forslag$"))
    expect(page.get_by_role("status")).to_have_text(re.compile(r"^\d+ forslag$"))
    assert page.evaluate("document.querySelector('.asked').getBoundingClientRect().top >= 0")
    tab_to(page, "input[type=checkbox]")
    page.keyboard.press("Space")
    tab_to(page, ".act > summary")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Vi er klare i mars")
    page.keyboard.press("Tab")
    page.keyboard.type("fou@kommune.example")
    page.keyboard.press("Enter")
    expect(page.locator(".receipt:focus")).to_contain_text("megleren har saken")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".timeline")).to_contain_text("Saken ble åpnet")
    case = served.runtime.referrals.cases()[0]
    assert case.note == "Vi er klare i mars"
    served.runtime.referrals.move(case.id, CaseState.SENT, by="megler")
    served.runtime.referrals.note(case.id, "De svarer i neste uke", by="megler", for_asker=True)
    page.reload()
    expect(page.locator(".timeline")).to_contain_text("Sendt til partneren")
    expect(page.locator(".timeline")).to_contain_text("De svarer i neste uke")


def tab_to(page: Page, selector: str) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"no stop by keyboard at {selector}")


def test_everything_works_without_javascript(open_page: OpenPage) -> None:
    page = open_page(java_script_enabled=False)
    page.goto("/")
    ask(page, QUESTIONS["nb"])
    expect(page.get_by_text("Enter sender")).to_be_hidden()
    page.locator("summary", has_text="hvorfor?").first.click()
    expect(page.get_by_text("Kilde:").first).to_be_visible()
    page.get_by_role("checkbox").first.check()
    page.locator(".act > summary").first.click()
    page.locator("button[value=introduce]").click()
    expect(page.locator(".receipt")).to_contain_text("megleren har saken")
    page.locator("a[data-begins='vi er fra ']").click()
    expect(page.locator("#text")).to_have_value("vi er fra ")
    page.locator("summary", has_text="hvorfor?").first.click()
    page.get_by_role("button", name="Flere som dette").first.click()
    expect(page.locator(".turn")).to_have_count(2)
    ask(page, "bare i Trøndelag")
    expect(page.locator(".asked").last).to_contain_text("bare i Trøndelag")
    page.get_by_role("link", name="Mine spørsmål og saker").click()
    page.locator("a[href^='/mine/']:not([href$='.json'])").click()
    expect(page.locator(".timeline")).to_be_visible()


def test_where_to_write_stays_in_sight_and_the_answer_begins_with_the_question(page: Page) -> None:
    page.goto("/")
    ask(page, "Hvem kan hjelpe med tidlig oppdagelse av sepsis?")
    for _ in range(3):
        box = page.locator("#text").bounding_box()
        assert box is not None
        assert 0 <= box["y"] <= 900 - box["height"]
        page.mouse.wheel(0, 300)
    ask(page, "bare i Trøndelag")
    assert page.evaluate("[...document.querySelectorAll('.asked')].at(-1).getBoundingClientRect().top >= 0")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "none"


def test_more_like_a_row_is_asked_for_from_the_row_and_a_link_begins_what_to_say(page: Page) -> None:
    page.goto("/")
    page.evaluate("window.stayed = true")
    ask(page, "Hvem kan hjelpe med tidlig oppdagelse av sepsis?")
    page.locator("a[data-begins='vi er fra ']").click()
    expect(page.locator("#text")).to_be_focused()
    expect(page.locator("#text")).to_have_value("vi er fra ")
    page.locator("summary", has_text="hvorfor?").first.click()
    page.get_by_role("button", name="Flere som dette").first.click()
    expect(page.locator(".turn")).to_have_count(2)
    expect(page.get_by_text("Dette ligner på")).to_be_visible()
    assert page.evaluate("window.stayed")


def test_nothing_moves_while_an_answer_is_read(page: Page) -> None:
    page.goto("/")
    page.evaluate(
        """() => { window.moved = 0; new PerformanceObserver(list => list.getEntries().forEach(one => {
        if (!one.hadRecentInput) window.moved += one.value; })).observe({ type: "layout-shift", buffered: true }); }"""
    )
    page.wait_for_timeout(300)
    assert page.evaluate("window.moved") < 0.01
    ask(page, "Hvem kan hjelpe med tidlig oppdagelse av sepsis?")
    page.goto(page.url)
    page.evaluate(
        """() => { window.moved = 0; new PerformanceObserver(list => list.getEntries().forEach(one => {
        window.moved += one.value; })).observe({ type: "layout-shift", buffered: true }); }"""
    )
    page.wait_for_timeout(500)
    assert page.evaluate("window.moved") < 0.01


def test_with_javascript_the_page_stays_and_its_address_follows(page: Page) -> None:
    page.goto("/")
    page.evaluate("window.stayed = true")
    ask(page, "Hvem kan hjelpe med tidlig oppdagelse av sepsis?")
    first = page.url
    assert re.search(r"/a/[0-9a-f]{16}$", first)
    ask(page, "bare i Trøndelag")
    assert page.url != first
    expect(page.get_by_text("Nå viser jeg bare partnere i Trøndelag.")).to_be_visible()
    assert page.evaluate("window.stayed")
    page.go_back()
    expect(page).to_have_url(first)
    expect(page.locator(".turn").first).to_be_visible()


def test_an_example_is_asked_by_one_click(page: Page) -> None:
    page.goto("/")
    page.locator(".examples button").first.click()
    expect(page.locator(".answer-row").first).to_be_visible()


def test_progress_is_shown_while_an_answer_is_looked_for(page: Page) -> None:
    page.goto("/")

    def late(route: Route) -> None:
        page.wait_for_timeout(300)
        route.continue_()

    page.route("**/ask", late)
    page.locator("#text").fill("sepsis")
    page.locator("form.ask button").click()
    expect(page.locator(".progress")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("Leter etter partnere")
    expect(page.locator(".turn")).to_have_count(1)


def test_the_language_is_switched_and_the_page_stays(page: Page) -> None:
    page.goto("/")
    ask(page, "Hvem kan hjelpe med tidlig oppdagelse av sepsis?")
    address = page.url
    page.get_by_role("link", name="Nynorsk").click()
    assert page.url.startswith(address)
    expect(page.locator("html")).to_have_attribute("lang", "nn")
    expect(page.get_by_text("kvifor?").first).to_be_visible()


def test_on_paper_reasons_stand_unfolded_and_nothing_can_be_pressed(page: Page) -> None:
    page.goto("/")
    ask(page, "Hvem kan hjelpe med tidlig oppdagelse av sepsis?")
    page.emulate_media(media="print")
    expect(page.locator(".act").first).to_be_hidden()
    expect(page.locator(".composer")).to_be_hidden()
    expect(page.locator(".site-header")).to_be_hidden()
    expect(page.get_by_text("Kilde:").first).to_be_visible()
