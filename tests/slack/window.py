"""A person at the window of a workspace of local-slack: what they see, and what they click and write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page, expect, sync_playwright

from tests.slack.processes import LocalSlack

CHROMIUM = "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
WAIT = 15_000


class Person:
    """Somebody who looks at the workspace."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.set_default_timeout(WAIT)

    def is_(self, user: str) -> None:
        """Be another person."""
        self.page.locator(".actas select").select_option(user)

    def goes_to(self, place: str) -> None:
        """Open a channel or the app's home."""
        self.page.locator(".sidebar-item", has_text=place).first.click()

    def goes_to_app(self) -> None:
        self.page.locator(".sidebar-item", has=self.page.locator(".app-dot")).click()

    def writes(self, text: str, *, thread: bool = False) -> None:
        box = self.page.locator(".composer-input").nth(1 if thread else 0)
        box.fill(text)
        box.press("Enter")

    def opens_thread(self, of: str) -> None:
        self.page.locator(".msg", has_text=of).first.locator(".thread-summary").click()

    def sees(self, text: str) -> Locator:
        found = self.page.get_by_text(text).last
        expect(found).to_be_visible(timeout=WAIT)
        return found

    def clicks(self, button: str, nth: int = 0) -> None:
        self.page.get_by_role("button", name=button, exact=True).nth(nth).click()

    def modal(self) -> Locator:
        return self.page.locator(".modal")

    def fills(self, text: str) -> None:
        self.modal().locator("input, textarea").first.fill(text)

    def chooses(self, option: str) -> None:
        self.modal().locator("select").first.select_option(label=option)

    def chooses_nth(self, nth: int) -> None:
        self.modal().locator("select").first.select_option(index=nth)

    def sends(self) -> None:
        self.modal().locator(".modal-btn.primary").click()

    def sees_no_modal(self) -> None:
        expect(self.modal()).to_have_count(0, timeout=WAIT)


@contextmanager
def at_the_window(slack: LocalSlack, width: int = 1280, height: int = 1000) -> Iterator[Person]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page(viewport={"width": width, "height": height}, locale="nb-NO")
        page.goto(slack.url)
        yield Person(page)
        browser.close()
