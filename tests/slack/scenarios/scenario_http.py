"""S1: people at the window of a workspace, and the product served over HTTP: every feature once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.slack.oracles import assert_message, assert_view
from tests.slack.processes import LocalSlack, Product, until
from tests.slack.window import WAIT, Person, at_the_window

QUESTION = "hvem kan hjelpe med tidlig oppdagelse av sepsis?"
BEST = "Helse Nord-Trøndelag HF"


@pytest.fixture(scope="module")
def person(slack: LocalSlack, product: Product) -> Iterator[Person]:
    with at_the_window(slack) as somebody:
        yield somebody


def sent(slack: LocalSlack, kind: str) -> list[dict[str, Any]]:
    """Return what the product called a method of the Web API with, every time."""
    found = [entry.get("detail") for entry in slack.log() if entry["summary"] == kind and entry["kind"] == "web_api"]
    return [detail for detail in found if isinstance(detail, dict)]


def ephemeral(slack: LocalSlack, user: str, channel: str = LocalSlack.CHANNEL) -> list[str]:
    return [one["text"] for one in slack.messages(channel) if one.get("ephemeral_to") == user]


def test_a_mention_is_answered_in_its_thread(slack: LocalSlack, person: Person) -> None:
    person.writes(f"<@{slack.BOT}> {QUESTION}")
    person.opens_thread(QUESTION)
    person.sees(BEST)
    answer = until(lambda: slack.from_bot(slack.CHANNEL))[0]
    assert answer["thread_ts"]
    assert_message(answer)


def test_an_introduction_opens_one_case_however_often_one_clicks(
    slack: LocalSlack, product: Product, person: Person
) -> None:
    button = person.page.get_by_role("button", name="Sett oss i kontakt", exact=True).first
    button.dblclick()
    person.sees("Kari Moe").last.wait_for()
    until(lambda: any("Takk! Kompetansemegleren har fått saken" in one for one in ephemeral(slack, slack.KARI)))
    person.sees("ba om kontakt")
    assert len(product.cases()) == 1


def test_a_second_person_who_asks_for_the_same_is_a_case_of_their_own(
    slack: LocalSlack, product: Product, person: Person
) -> None:
    """The first person's click took the button away, so the second asks in their own words."""
    person.is_(slack.OLA)
    person.writes(f"<@{slack.BOT}> kven kan hjelpe med tidleg oppdaging av sepsis?", thread=True)
    until(
        lambda: (
            len(slack.from_bot(slack.CHANNEL)) >= 2
            and len([m for m in slack.from_bot(slack.CHANNEL) if m.get("thread_ts")]) == 2
        )
    )
    person.clicks("Set oss i kontakt")
    until(lambda: len(product.cases()) == 2)
    until(lambda: any("Takk! Kompetansemeklaren har fått saka" in one for one in ephemeral(slack, slack.OLA)))
    person.is_(slack.KARI)


def test_not_for_us_wants_a_reason_and_then_shows_who_said_so(slack: LocalSlack, person: Person) -> None:
    person.clicks("Ikke for oss")
    person.sends()
    person.sees("Velg en grunn først.")
    person.chooses_nth(1)
    person.sends()
    person.sees_no_modal()
    person.sees("sa at dette ikke er for dem")


def test_more_like_this_answers_anew_in_the_thread(slack: LocalSlack, person: Person) -> None:
    before = len(slack.from_bot(slack.CHANNEL))
    person.clicks("Flere som dette")
    until(lambda: len(slack.from_bot(slack.CHANNEL)) > before)
    assert_message(slack.from_bot(slack.CHANNEL)[-1])


def test_why_tells_its_asker_alone_the_reasons_with_their_source(slack: LocalSlack, person: Person) -> None:
    before = len(slack.from_bot(slack.CHANNEL))
    person.clicks("Hvorfor?")
    until(lambda: len(slack.from_bot(slack.CHANNEL)) > before)
    behind = slack.from_bot(slack.CHANNEL)[-1]
    assert behind["ephemeral_to"] == slack.KARI
    assert "Kilde: " in str(behind["blocks"])
    assert_message(behind)


def test_the_broker_is_asked_in_words_and_not_without(slack: LocalSlack, product: Product, person: Person) -> None:
    cases = len(product.cases())
    person.clicks("Spør megleren")
    person.fills("?!")
    person.sends()
    person.sees("Skriv noen ord, så megleren vet hva det gjelder.")
    person.fills("Kan dere hjelpe oss med å komme i gang?")
    person.sends()
    person.sees_no_modal()
    until(lambda: len(product.cases()) == cases + 1)


def test_feedback_is_thanked_for(slack: LocalSlack, person: Person) -> None:
    answer = next(one for one in slack.from_bot(slack.CHANNEL) if one.get("thread_ts"))
    block = next(block for block in answer["blocks"] if block["type"] == "context_actions")
    value = block["elements"][0]["positive_button"]["value"]
    action = {"type": "feedback_buttons", "action_id": "feedback", "block_id": block["block_id"], "value": value}
    for _ in range(2):
        slack.control("interact", channel=slack.CHANNEL, messageTs=answer["ts"], user=slack.KARI, action=action)
    until(lambda: any("Takk, det er notert fra før." in one for one in ephemeral(slack, slack.KARI)))


def test_the_command_answers_its_asker_alone_until_they_share_it(slack: LocalSlack, person: Person) -> None:
    slack.control("command", channel=slack.CHANNEL, user=slack.KARI, command="/mellomrom", text=f"{QUESTION} nå")
    answer = until(
        lambda: next(
            (m for m in slack.messages(slack.CHANNEL) if m.get("ephemeral_to") and len(m.get("blocks", [])) > 5), None
        )
    )
    assert answer["ephemeral_to"] == slack.KARI
    assert_message(answer)
    person.sees("Du spurte:")
    person.page.get_by_role("button", name="Del i kanalen").last.click()
    person.sees("delte et svar på")
    shared = slack.messages(slack.CHANNEL)[-1]
    assert "ephemeral_to" not in shared
    assert_message(shared)


def test_a_direct_message_is_answered(slack: LocalSlack, person: Person) -> None:
    slack.control("open-home", user=slack.KARI)
    direct = until(lambda: slack.direct(slack.KARI))
    slack.control("message", channel=direct, user=slack.KARI, text="who can help us prevent falls?")
    answer = until(lambda: slack.from_bot(direct))[0]
    assert answer["text"].startswith(("Talk to ", "Talk first to "))
    assert_message(answer)


def test_an_empty_command_shows_help(slack: LocalSlack, person: Person) -> None:
    before = len(ephemeral(slack, slack.OLA))
    slack.control("command", channel=slack.CHANNEL, user=slack.OLA, command="/mellomrom", text="")
    until(lambda: len(ephemeral(slack, slack.OLA)) > before)


def test_the_home_shows_ones_own_questions_and_cases_and_keeps_the_settings(slack: LocalSlack, person: Person) -> None:
    person.goes_to_app()
    person.sees("Mine saker")
    person.sees(f"«{QUESTION}»")
    person.clicks("Endre kommune")
    person.fills("Ingensteds")
    person.sends()
    person.sees("Jeg kjenner ingen kommune som heter «Ingensteds».")
    person.fills("verdal")
    person.sends()
    person.sees_no_modal()
    person.sees("Verdal (5038)")
    person.page.locator(".home select").first.select_option(label="nynorsk")
    person.sees("Sakene mine")
    person.page.locator(".home select").first.select_option(label="bokmål")
    person.sees("Mine saker")
    for view in sent(slack, "views.publish"):
        assert_view(view["view"])
    person.is_(slack.MEGLER)
    slack.control("open-home", user=slack.MEGLER)
    person.sees("Ingen spørsmål ennå.")
    person.is_(slack.KARI)


def test_a_question_from_the_home_is_asked_in_a_modal(slack: LocalSlack, person: Person) -> None:
    person.goes_to_app()
    direct = slack.direct(slack.KARI)
    before = len(slack.from_bot(direct))
    person.clicks("Still et spørsmål")
    person.sends()
    person.sees("Skriv noen ord om hva dere trenger hjelp til.")
    person.fills("Hvem kan noe om skog og hav?")
    person.sends()
    person.sees_no_modal()
    until(lambda: len(slack.from_bot(direct)) > before)


def test_every_modal_was_one_that_slack_takes(slack: LocalSlack) -> None:
    opened = sent(slack, "views.open")
    assert len({view["view"]["callback_id"] for view in opened}) >= 4
    for view in opened:
        assert_view(view["view"])


def test_the_brokers_see_each_case_and_move_it_on(slack: LocalSlack, product: Product, person: Person) -> None:
    person.is_(slack.MEGLER)
    person.goes_to("meglere")
    person.sees(BEST)
    for message in slack.from_bot(slack.BROKERS):
        assert_message(message)
    expect(person.page.locator(".msg")).to_have_count(len(product.cases()), timeout=WAIT)


def test_a_case_is_as_it_was_after_a_restart_in_the_middle(slack: LocalSlack, product: Product, person: Person) -> None:
    before = product.cases()
    product.restart(kill=True)
    assert product.cases() == before
