"""S2: the installation calls out to Slack, and finds its way back when the connection, or either side, is gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.slack.processes import LocalSlack, Product, until
from tests.slack.scenarios.conftest import TOKENS

QUESTION = "hvem kan hjelpe med tidlig oppdagelse av sepsis?"


@pytest.fixture(scope="module")
def slack(folder: Path) -> Iterator[LocalSlack]:
    workspace = LocalSlack(folder, "socket", None)
    yield workspace
    workspace.program.stop()


@pytest.fixture(scope="module")
def product(slack: LocalSlack, served_home: Path, folder: Path, port: int) -> Iterator[Product]:
    environment = {
        "MELLOMROM_SLACK_BOT_TOKEN": TOKENS["MELLOMROM_SLACK_BOT_TOKEN"],
        "MELLOMROM_SLACK_APP_TOKEN": "xapp-test-token",
        "MELLOMROM_SLACK_API_URL": f"{slack.url}/api/",
    }
    served = Product(served_home, folder, port, environment)
    yield served
    served.stop()


def connections(slack: LocalSlack) -> int:
    return sum("socket connected" in entry["summary"] for entry in slack.log())


def connected(slack: LocalSlack, times: int = 1) -> None:
    until(lambda: connections(slack) >= times, 40, "to connect")


def asked_and_answered(slack: LocalSlack) -> None:
    before = len(slack.from_bot(slack.CHANNEL))
    slack.control("message", channel=slack.CHANNEL, user=slack.KARI, text=f"<@U0BOT> {QUESTION}")
    until(lambda: len(slack.from_bot(slack.CHANNEL)) == before + 1, why="for an answer")
    assert "Helse Nord-Trøndelag" in slack.from_bot(slack.CHANNEL)[-1]["text"]


def test_a_mention_and_a_command_are_answered(slack: LocalSlack, product: Product) -> None:
    connected(slack)
    asked_and_answered(slack)
    slack.control("command", channel=slack.CHANNEL, user=slack.OLA, command="/mellomrom", text=QUESTION)
    until(lambda: any(one.get("ephemeral_to") == slack.OLA for one in slack.messages(slack.CHANNEL)))
    slack.control("open-home", user=slack.KARI)
    until(lambda: any(entry["summary"] == "views.publish" for entry in slack.log()))


def test_the_installation_offers_no_address_that_nobody_signs_for(product: Product) -> None:
    from tests.slack.calls import mention, post

    assert post(product.url, mention(QUESTION)).status == 404


def test_it_finds_its_way_back_when_slack_was_gone(slack: LocalSlack, product: Product) -> None:
    slack.program.kill()
    slack.start()
    connected(slack)
    asked_and_answered(slack)


def test_it_finds_its_way_back_after_a_restart_of_its_own(slack: LocalSlack, product: Product) -> None:
    before = connections(slack)
    product.restart(kill=True)
    connected(slack, before + 1)
    asked_and_answered(slack)
