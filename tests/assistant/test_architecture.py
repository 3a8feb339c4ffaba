"""The picture of the architecture page is that of the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.lab.architecture import arrows, drawn

PAGE = Path(__file__).parents[2] / "ARCHITECTURE.md"


def test_the_picture_is_made_of_the_imports_of_today() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert drawn(page) == page


def test_no_room_reaches_itself() -> None:
    direct = arrows()
    for room in direct:
        frontier, reached = set(direct[room]), set[str]()
        while frontier:
            reached |= frontier
            frontier = {later for one in frontier for later in direct.get(one, ())} - reached
        assert room not in reached


def test_a_page_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="substring not found"):
        drawn("# Architecture")
