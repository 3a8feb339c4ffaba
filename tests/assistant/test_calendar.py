"""A calendar holds what opens or closes in the time that was asked of, and says so where nothing does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine

from assistant.dialogue.conversation import Intent
from assistant.funding.calendar import CallPeriod
from assistant.funding.verdicts import Facts
from assistant.render.data import render_data
from assistant.render.replies import reply_text
from corpus.records import ActorType, FundingInstrument
from corpus.text import Language
from tests.assistant.services import Small, open_small
from tests.records import SOURCE, instrument

ASKER = Facts(applicant_type=ActorType.MUNICIPALITY)


def _closing(slug: str, deadline: str, opens_on: str | None = None) -> FundingInstrument:
    call = {
        "id": f"call:{slug}",
        "title": {"nb": f"Runden {slug}"},
        "deadline_type": "fixed",
        "year": int(deadline[:4]),
        "opens_on": opens_on,
        "deadlines": [{"on": deadline, "source": SOURCE}],
        "sources": [SOURCE],
    }
    return instrument(slug, f"Posten {slug}", any_topic=True, calls=[call])


@pytest.fixture
def dated(sqlite_url: str, tmp_path: Path) -> Iterator[Small]:
    """A service on 2 March 2026 with schemes that close in March, May and January."""
    with time_machine.travel(datetime(2026, 3, 2, 9, 0, tzinfo=UTC), tick=True):
        yield from _opened(sqlite_url, tmp_path)


def _opened(url: str, folder: Path) -> Iterator[Small]:
    opened = open_small(url, folder)
    records = [_closing("mars", "2026-03-20", "2026-02-01"), _closing("mai", "2026-05-04", "2026-04-10")]
    opened.store.save_many([*records, _closing("januar", "2027-01-15", "2026-11-01")], by="test")
    yield opened
    opened.database.close()


def names(small: Small, period: CallPeriod | None = None, *, open_now: bool = False) -> list[str]:
    return [one.id for one in small.matchmaker.coming(ASKER, 8, period, open_now=open_now)]


def test_a_calendar_of_some_months_holds_what_opens_or_closes_in_them(dated: Small) -> None:
    assert names(dated) == ["instrument:mars", "instrument:mai", "instrument:januar"]
    assert names(dated, CallPeriod(first_month=5, last_month=5)) == ["instrument:mai"]
    assert names(dated, CallPeriod(first_month=4, last_month=4)) == ["instrument:mai"]
    assert names(dated, CallPeriod(first_month=1, last_month=1)) == ["instrument:januar"]
    assert names(dated, CallPeriod(first_month=7, last_month=7)) == []


def test_what_is_open_now_is_what_takes_applications_today(dated: Small) -> None:
    assert names(dated, open_now=True) == ["instrument:mars"]


def test_a_month_in_which_nothing_closes_is_told_with_what_comes_first(dated: Small) -> None:
    reply = dated.say("hva lyses ut i juli")
    assert reply.told is not None
    assert (reply.told.about, reply.told.is_beyond) == (Intent.CALENDAR, True)
    told = reply_text(reply, None)
    assert "juli 2026" in told
    assert "Posten mars" in told


def test_a_calendar_is_told_after_a_need_and_the_need_stays(dated: Small) -> None:
    dated.say("Hvem kan hjelpe oss med sepsis?")
    reply = dated.say("hva lyses ut i mai")
    assert reply.told is not None
    assert [row.suggestion.id for row in reply.told.rows] == ["instrument:mai"]
    assert dated.say("hvorfor?").told is not None


def test_programs_get_the_same_rows(dated: Small) -> None:
    asked = "what opens in may"
    answer = dated.say("Hvem kan hjelpe oss med sepsis?").answer
    assert answer is not None
    data = render_data(answer, dated.matchmaker.calendar(asked))
    assert [(row["id"], row["deadline"]) for row in data["calendar"]] == [("instrument:mai", "2026-05-04")]
    assert render_data(answer, dated.matchmaker.calendar("sepsis i sykehjem"))["calendar"] == []


def test_a_word_of_the_trade_is_explained_in_the_language_it_is_asked_in(dated: Small) -> None:
    assert dated.say("Kven kan hjelpe oss med sepsis?").language is Language.NN
    assert dated.say("hva er egenandel").language is Language.NB
