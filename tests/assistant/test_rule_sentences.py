"""What was judged, and what is asked back, is said in every language."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.funding.eligibility import Fact, Facts, Missing, RuleValue, ValueKind, judge
from assistant.funding.rule_sentences import question_back, verdict_sentence
from assistant.platform.messages import messages
from corpus.criteria import Criterion, ProjectStage
from corpus.records import ActorType
from corpus.text import Language
from tests.assistant.test_eligibility import ANY_RULE, DAYS, FACTS


def test_a_question_back_names_what_is_missing() -> None:
    swedish = RuleValue(name="party", kind=ValueKind.COUNTRY_PARTY, items=("SE",))
    missing = Missing(fact=Fact.PARTNERS, values=(swedish,))
    assert question_back(missing, Language.EN) == "Do you have this in place: a partner from Sweden?"
    assert question_back(missing, Language.NN) == "Har de dette på plass: ein partnar frå Sverige?"


@given(ANY_RULE, FACTS, DAYS, st.sampled_from(list(Language)))
def test_every_judgement_is_said_in_every_language(
    criterion: Criterion, facts: Facts, day: date, language: Language
) -> None:
    judged = judge(criterion, facts, day)
    sentence = verdict_sentence(judged, language)
    assert sentence != judged.key
    assert "{" not in sentence
    if judged.missing:
        assert question_back(judged.missing, language).endswith("?")
        assert "{" not in question_back(judged.missing, language)


@pytest.mark.parametrize("language", Language)
def test_every_kind_of_organisation_and_step_and_every_question_has_words(language: Language) -> None:
    keys = [f"organisation.{one}" for one in ActorType] + [f"stage.{one}" for one in ProjectStage]
    keys += [f"ask.{one}" for one in Fact]
    assert [key for key in keys if messages(language).text(key) == key] == []
