"""A date is understood as people in Norway write it, and what is no date is refused rather than guessed at."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from assistant.platform.typed_dates import day_in, day_told, iso_day, moment_in, month_in
from assistant.platform.workdays import NORWAY


@pytest.mark.parametrize(
    "text",
    [
        "20.12.2026", " 20.12.2026 ", "20. 12. 2026", "20/12/2026", "20-12-2026", "2026-12-20", "20. desember 2026",
        "20 des. 2026", "20. DES 2026", "20 December 2026", "20. desember, 2026",
    ],
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(text: str) -> None:
    assert day_in(text) == date(2026, 12, 20)
    assert iso_day(text) == "2026-12-20"


@pytest.mark.parametrize(
    ("text", "day"),
    [("i dag", 1), ("I dag ", 1), ("today", 1), ("i går", 30), ("i morgon", 2), ("tomorrow", 2), ("1.12.2026", 1)],
)
def test_a_day_may_be_told_from_today(text: str, day: int) -> None:
    assert day_told(text, date(2026, 12, 1)).day == day


@pytest.mark.parametrize("text", ["i fjor", "snart", ""])
def test_what_tells_no_day_from_today_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        day_told(text, date(2026, 12, 1))


@pytest.mark.parametrize("text", ["5. mai 2027", "5 May 2027", "05.05.2027"])
def test_may_is_one_month_in_all_languages(text: str) -> None:
    assert day_in(text) == date(2027, 5, 5)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "i morgen",
        "31.02.2027",
        "12.20.2026",
        "20.12",
        "20.12.26",
        "20. ma 2026",
        "2026",
        "20.12.2026 10:30",
        "1" * 99,
    ],
)
def test_what_is_no_day_is_refused_and_left_as_it_was_typed(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        day_in(text)
    assert iso_day(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "20.12.2026 10:30", "20.12.2026 kl. 10.30", "20. desember 2026, klokka 10:30", "2026-12-20T10:30",
        "2026-12-20 10:30", "2026-12-20T10:30:00", "2026-12-20T09:30:00+00:00",
    ],
)  # fmt: skip
def test_a_moment_is_by_norways_clocks(text: str) -> None:
    assert moment_in(text) == datetime(2026, 12, 20, 10, 30, tzinfo=NORWAY)


@pytest.mark.parametrize(
    "text", ["", "20.12.2026", "2026-12-20", "kl. 10.30", "20.12.2026 25:00", "20.12.2026 kl. 10.75"]
)
def test_what_has_no_time_is_no_moment(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        moment_in(text)


@pytest.mark.parametrize("text", ["2026-01", "01.2026", "1.2026", "01/2026", "januar 2026", "jan 2026", "January 2026"])
def test_a_month_is_its_first_day(text: str) -> None:
    assert month_in(text) == date(2026, 1, 1)


@pytest.mark.parametrize("text", ["", "2026", "13.2026", "2026-13", "vår 2026"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        month_in(text)
