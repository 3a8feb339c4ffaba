"""A text says which language it is in; a date is no more precise than its source."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from corpus.text import LangText, Language, PartialDate, first_day, last_day

printable = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.strip)
lang_texts = st.builds(LangText, nb=st.none() | printable, nn=st.none() | printable, en=printable)
partial = TypeAdapter(PartialDate)


@given(lang_texts, st.sampled_from(Language))
def test_the_best_text_is_one_that_exists_in_the_language_it_says(text: LangText, wanted: Language) -> None:
    best = text.best(wanted)
    assert text.get(best.language) == best.text
    assert text.get(wanted) is None or best.language is wanted


@given(lang_texts)
def test_a_text_survives_json(text: LangText) -> None:
    assert LangText.model_validate_json(text.model_dump_json()) == text


def test_nynorsk_falls_back_to_bokmaal_before_english() -> None:
    assert LangText(nb="kommune", en="municipality").best(Language.NN) == ("kommune", Language.NB)


@pytest.mark.parametrize("nothing", [{}, {"nb": "  "}, {"nb": "", "en": ""}])
def test_a_text_in_no_language_is_refused(nothing: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="at least one"):
        LangText.model_validate(nothing)


@pytest.mark.parametrize(
    ("given_as", "first", "last"),
    [
        ("2016", "2016-01-01", "2016-12-31"),
        (2017, "2017-01-01", "2017-12-31"),
        ("2016-02", "2016-02-01", "2016-02-29"),
        ("2017-12", "2017-12-01", "2017-12-31"),
        ("2017-05-24", "2017-05-24", "2017-05-24"),
    ],
)
def test_a_partial_date_covers_all_the_days_it_may_mean(given_as: object, first: str, last: str) -> None:
    value = partial.validate_python(given_as)
    assert (first_day(value).isoformat(), last_day(value).isoformat()) == (first, last)


@given(st.dates())
def test_a_full_date_covers_one_day(day: object) -> None:
    value = partial.validate_python(day)
    assert last_day(value) - first_day(value) == timedelta(0)


@pytest.mark.parametrize("wrong", ["", "17", "2017-13", "2017-02-30", "2017-5", "in May", True, None])
def test_what_is_no_date_is_refused(wrong: object) -> None:
    with pytest.raises(ValidationError):
        partial.validate_python(wrong)
