"""The chat in a browser: by keyboard, without JavaScript, in three languages, light and dark, at 320 px."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from assistant.cases import CaseState
from tests.browser.conftest import LANGUAGES, SCHEMES, OpenPage, Served, check_page

QUESTIONS = {
    "nb": "kan vi søke støtte til tidlig oppdagelse av sepsis?",
    "nn": "kven kan hjelpe med tidleg oppdaging av sepsis?",
    "en": "who can help with sepsis early warning?",
}


def ask(page: Page, text: str) -> None:
    page.locator("#question").fill(text)
    page.locator("form[data-busy] button").click()
    expect(page.locator("#latest")).to_be_visible()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_asking_is_accessible_and_fits(open_page: OpenPage, lang: str, scheme: str) -> None:
    page = open_page(lang, scheme)
    page.goto("/")
    check_page(page)
    ask(page, QUESTIONS[lang])
    check_page(page)
    for fold in page.locator("details").all()[:4]:
        fold.locator("summary").click()
    check_page(page)
    page.goto("/mine")
    check_page(page)


def test_a_question_is_asked_and_an_introduction_made_by_keyboard_alone(page: Page, served: Served) -> None:
    page.goto("/")
    page.locator("#question").focus()
    page.keyboard.type(QUESTIONS["nb"])
    page.keyboard.press("Control+Enter")
    expect(page.locator("#latest")).to_be_visible()
    expect(page.locator("#latest:focus")).to_have_count(1)
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.act > summary')"):
            break
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Vi er klare i mars")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="Kompetansemegleren har fått saken")).to_be_visible()
    (case,) = served.runtime.referrals.cases()
    assert case.note == "Vi er klare i mars"
    served.runtime.referrals.move(case.id, CaseState.SENT, by="megler")
    page.goto("/mine")
    expect(page.get_by_text("Sendt til partneren").first).to_be_visible()


def test_everything_works_without_javascript(open_page: OpenPage) -> None:
    page = open_page(java_script_enabled=False)
    page.goto("/")
    page.locator("#question").fill(QUESTIONS["nb"])
    page.locator("form[data-busy] button").click()
    expect(page.locator("#latest")).to_be_visible()
    page.locator(".act > summary").first.click()
    page.locator("button[value=introduce]").first.click()
    expect(page.get_by_text("Du har bedt om kontakt")).to_be_visible()
    page.get_by_role("button", name="Flere som dette").first.click()
    expect(page.locator(".exchange")).to_have_count(2)


def test_the_language_is_switched_and_the_page_stays(page: Page) -> None:
    page.goto("/")
    ask(page, QUESTIONS["nb"])
    address = page.url.partition("#")[0]
    page.get_by_role("link", name="Nynorsk").click()
    assert page.url.startswith(address)
    expect(page.locator("html")).to_have_attribute("lang", "nn")
    expect(page.get_by_text(QUESTIONS["nb"])).to_be_visible()


def test_print_shows_reasons_and_no_buttons(page: Page) -> None:
    page.goto("/")
    ask(page, QUESTIONS["nb"])
    page.emulate_media(media="print")
    expect(page.locator(".acts").first).to_be_hidden()
    expect(page.locator(".site-header")).to_be_hidden()
    expect(page.locator(".card").first).to_be_visible()
