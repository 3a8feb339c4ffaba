"""Whoever names a person with illness, distress, an age or being cared for is asked; bodies, places and titles are not.

The cases stand in naming_cases.tsv.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from assistant.platform.person_mentions import mentions_person
from assistant.platform.redaction import redact

LEAST = 0.97
"""The recall that is promised; the precision is higher, since nobody heeds a question that is often in vain."""
LINES = Path(__file__).with_name("naming_cases.tsv").read_text(encoding="utf-8").splitlines()
CASES = [tuple(line.split("\t")) for line in LINES if line and not line.startswith("#")]
EVALUATION = Path(__file__).parents[1] / "evaluation"


def _texts(verdict: str) -> list[str]:
    return [text for told, text in CASES if told == verdict]


def test_there_are_enough_cases_of_each_kind() -> None:
    assert len(_texts("warn")) >= 120
    assert len(_texts("calm")) >= 120
    assert len({text for _, text in CASES}) == len(CASES)


def test_a_person_who_is_ill_in_distress_or_cared_for_is_noticed() -> None:
    missed = [text for text in _texts("warn") if not redact(text).personal]
    assert 1 - len(missed) / len(_texts("warn")) >= LEAST, missed


def test_bodies_places_titles_and_people_at_work_are_not() -> None:
    assert [text for text in _texts("calm") if redact(text).personal] == []


@pytest.mark.parametrize("name", ["needs_national", "questions", "questions_national"])
def test_no_need_of_a_municipality_is_taken_for_somebody(name: str) -> None:
    asked = yaml.safe_load((EVALUATION / f"{name}.yaml").read_text(encoding="utf-8"))
    texts = [one["text"] for one in asked]
    assert len(texts) >= 240
    assert [text for text in texts if mentions_person(text)] == []
    # Whoever asks about their own knee is no municipality with a need, and is warned.
    assert [text for text in texts if redact(text).personal and " vondt i kneet " not in text] == []


@pytest.mark.parametrize("told", ["er deprimert", "har PTSD", "(14) vil ikke gå på skolen", "er 12 år og mobbes"])
@pytest.mark.parametrize("body", ["Indre Østfold", "Helse Fonna", "Norsk Folkehjelp", "Ole Vig videregående"])
def test_what_is_said_of_a_body_or_place_is_said_of_nobody(body: str, told: str) -> None:
    assert not mentions_person(f"{body} {told}")
