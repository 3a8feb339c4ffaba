"""T1: a person at the window of Microsoft's Agents Playground, and the product served: every feature once."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.slack.processes import Product, until

QUESTION = "hvem kan hjelpe med tidlig oppdagelse av sepsis?"
BEST = "Helse Nord-Trøndelag HF"


def writes(page: Page, text: str, *, mention: bool = False, send: str = "Send Message") -> None:
    box = page.locator("div[contenteditable=true]").first
    box.click()
    if mention:
        box.press_sequentially("@")
        page.get_by_role("menuitem", name="Test Bot").click()
    box.press_sequentially(f" {text}")
    page.get_by_role("button", name=send).click()


def card(page: Page, text: str) -> Locator:
    """Return the last card that says something."""
    found = page.locator(".ac-adaptiveCard", has_text=text).last
    expect(found).to_be_visible(timeout=30_000)
    return found


def test_it_welcomes_and_shows_what_is_mine_in_place_of_the_welcome(page: Page) -> None:
    card(page, "For eksempel").get_by_role("button", name="Mine saker og innstillinger").click()
    mine = card(page, "Ingen saker ennå")
    field = mine.get_by_label("Kommunens navn eller nummer")
    # A card that is drawn anew while it is filled in forgets what was typed.
    expect(field).to_be_editable()
    field.fill("Verdal")
    expect(field).to_have_value("Verdal")
    mine.get_by_role("button", name="Lagre").click()
    expect(card(page, "Lagret.").get_by_label("Kommunens navn eller nummer")).to_have_value("Verdal")


def test_a_question_is_answered_why_unfolds_and_an_introduction_changes_the_card(page: Page, product: Product) -> None:
    writes(page, QUESTION)
    answer = card(page, "Snakk først med")
    answer.get_by_role("button", name="Hvorfor?").first.click()
    expect(answer.get_by_text("Neste steg").first).to_be_visible()
    answer.get_by_role("button", name="Sett oss i kontakt").first.click()
    card(page, "Takk! Kompetansemegleren har fått saken")
    until(lambda: len(product.cases()) == 1)


def test_not_for_us_wants_a_reason_before_it_is_sent(page: Page) -> None:
    answer = card(page, "Snakk først med")
    answer.get_by_role("checkbox", name="Velg").last.check()
    answer.get_by_role("button", name="Ikke for oss").click()
    answer.get_by_role("button", name="Lagre", exact=True).click()
    expect(answer.get_by_text("Velg en grunn først.").first).to_be_visible()
    answer.get_by_role("combobox").first.click()
    page.get_by_role("option", name="Det passer ikke nå").click()
    answer.get_by_role("button", name="Lagre", exact=True).click()
    card(page, "Ikke for dere, sagt")


def test_what_is_chosen_goes_to_the_broker_with_a_note(page: Page, product: Product) -> None:
    answer = card(page, "Snakk først med")
    answer.get_by_role("checkbox", name="Velg").first.check()
    answer.get_by_role("button", name="Spør megleren").click()
    answer.get_by_label("Hva vil dere at").fill("Vi begynner i januar.")
    answer.get_by_role("button", name="Send").click()
    card(page, "Takk! Kompetansemegleren har fått saken")
    until(lambda: [case["note"] for case in product.cases()].count("Vi begynner i januar.") == 1)
    writes(page, "mine saker")
    card(page, BEST)


def test_in_a_channel_it_answers_who_mentions_it_and_tells_all_what_was_done(page: Page) -> None:
    page.get_by_role("treeitem", name="General").first.click()
    writes(page, QUESTION, mention=True, send="Post")
    card(page, "Snakk først med").get_by_role("button", name="Hvorfor?").first.click()
    card(page, "Snakk først med").get_by_role("button", name="Sett oss i kontakt").first.click()
    expect(page.get_by_text("ba om kontakt: ").last).to_be_visible(timeout=20_000)
