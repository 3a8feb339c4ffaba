"""Two checkouts are compared value by value."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.lab.compare import differences, main


def test_equal_answers_do_not_differ() -> None:
    answer = {"outcome": "answered", "partners": [{"id": "actor:sintef", "score": 0.81}], "successor": None}
    assert list(differences(answer, dict(answer))) == []


def test_a_difference_is_told_where_it_stands_with_both_values() -> None:
    before = {"partners": [{"id": "actor:sintef", "score": 0.81}, {"id": "actor:ntnu", "score": 0.7}]}
    after = {"partners": [{"id": "actor:sintef", "score": 0.81}, {"id": "actor:ntnu", "score": 0.69}]}
    assert list(differences(before, after)) == [("partners[1].score", 0.7, 0.69)]


def test_a_key_that_one_lacks_is_a_difference() -> None:
    assert list(differences({"url": None}, {})) == [("url", None, "(absent)")]


def test_lists_of_different_length_differ_as_a_whole() -> None:
    assert list(differences({"asks": ["a"]}, {"asks": ["a", "b"]})) == [("asks", ["a"], ["a", "b"])]


def test_a_folder_that_is_no_checkout_is_told_and_ends_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path), str(tmp_path)]) == 2
    assert str(tmp_path / "tests" / "evaluation" / "questions.yaml") in capsys.readouterr().err
