"""Pages that are for everyone: accessible, narrow enough, quiet, in three languages, light and dark."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import EACH_ONCE, OpenPage, check_page, too_wide, violations

PAGES = ("/login", "/login/link/spent", "/about", "/privacy", "/accessibility")


@pytest.mark.parametrize(("lang", "scheme"), EACH_ONCE)
def test_pages_are_accessible_and_fit(open_page: OpenPage, lang: str, scheme: str) -> None:
    page = open_page(lang, scheme)
    for path in PAGES:
        page.goto(path)
        assert page.locator("html").get_attribute("lang") == lang
        check_page(page)


def test_faults_that_are_planted_are_found(page: Page) -> None:
    page.goto("/about")
    page.evaluate(
        """() => {
        document.documentElement.removeAttribute('lang');
        document.querySelector('main').insertAdjacentHTML('beforeend', '<input id="planted">');
        const wide = document.createElement('p'); wide.textContent = 'wide'; wide.style.width = '500px';
        document.querySelector('main').append(wide);
        document.querySelector('h1').style.color = '#ddd';
        }"""
    )
    found = " ".join(violations(page))
    for rule in ("html-has-lang", "label", "color-contrast"):
        assert f"{rule}:" in found
    assert too_wide(page)


def test_the_first_stop_by_keyboard_leads_to_the_content(page: Page) -> None:
    page.goto("/about")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("!document.activeElement.closest('header')")
