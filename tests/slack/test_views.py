"""Every modal and App Home fits what Slack takes, whatever stands in it, in three languages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from assistant.platform.messages import messages
from assistant.render.slack_views import (
    AskedBefore,
    CaseAtHome,
    Home,
    render_ask_broker_modal,
    render_ask_modal,
    render_home,
    render_move_modal,
    render_municipality_modal,
    render_not_for_us_modal,
)
from corpus.text import Language
from tests.slack.answers import HOSTILE
from tests.slack.oracles import assert_view

AT = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("count", [0, 1, 10, 60])
@pytest.mark.parametrize("text", ["Tidlig oppdagelse av sepsis", *HOSTILE.values()], ids=["plain", *HOSTILE])
def test_the_home_is_taken(language: Language, count: int, text: str) -> None:
    asked = tuple(AskedBefore(log_id=f"log-{n}", question=text, at=AT, outcome=text) for n in range(count))
    cases = tuple(CaseAtHome(title=text, state=text, at=AT) for _ in range(count))
    home = Home(questions=asked, cases=cases, municipality=text if count else None)
    assert_view(render_home(messages(language), home))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("text", ["", "Tidlig oppdagelse", *HOSTILE.values()], ids=["empty", "plain", *HOSTILE])
def test_every_modal_is_taken(language: Language, text: str) -> None:
    catalog = messages(language)
    reasons = [(f"reason-{n}", text) for n in range(6)]
    assert_view(render_ask_modal(catalog, "{}", text))
    assert_view(render_ask_broker_modal(catalog, "{}"))
    assert_view(render_not_for_us_modal(catalog, "{}", reasons))
    assert_view(render_municipality_modal(catalog, "{}", text))
    assert_view(render_move_modal(catalog, "{}", text, reasons))
    assert_view(render_move_modal(catalog, "{}", text, []))
