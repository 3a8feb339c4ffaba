from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from corpus.criteria import ApplicantTypeCriterion, Criterion, CriterionKind
from corpus.files import read_folder, shipped_folder
from corpus.records import ActorType, FundingInstrument
from index.audience import audience_of
from tests.records import SOURCE, instrument, text

RULE: TypeAdapter[Any] = TypeAdapter(Criterion)
SHIPPED = [one.record for one in read_folder(shipped_folder())[0] if isinstance(one.record, FundingInstrument)]


def rule(kind: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 (any field)
    return {"id": "criterion:r", "kind": kind, "text": text("En regel."), "source": SOURCE, **fields}


def test_the_kind_of_a_rule_decides_its_fields() -> None:
    assert isinstance(RULE.validate_python(rule("applicant_type", allowed=["municipality"])), ApplicantTypeCriterion)
    with pytest.raises(ValidationError, match="minimum"):
        RULE.validate_python(rule("applicant_type", allowed=["municipality"], minimum=5))


@pytest.mark.parametrize("kind", sorted(set(CriterionKind) - {CriterionKind.DIALOGUE_FIRST}))
def test_a_rule_that_demands_nothing_is_refused(kind: str) -> None:
    with pytest.raises(ValidationError):
        RULE.validate_python(rule(kind))


def test_an_applicant_is_allowed_excluded_or_unsure_and_only_one_of_them() -> None:
    with pytest.raises(ValidationError, match="only one"):
        RULE.validate_python(rule("applicant_type", allowed=["company"], unsure=["company"]))


def test_a_rule_holds_within_its_period_only() -> None:
    dated = RULE.validate_python(rule("dialogue_first", valid_from="2022", valid_to="2023-06"))
    days = (date(2021, 12, 31), date(2022, 1, 1), date(2023, 6, 30), date(2023, 7, 1))
    assert [dated.in_force(day) for day in days] == [False, True, True, False]
    with pytest.raises(ValidationError, match="before it began"):
        RULE.validate_python(rule("dialogue_first", valid_from="2023", valid_to="2022"))


def test_every_rule_that_is_shipped_says_where_it_was_read() -> None:
    rules = [
        one for scheme in SHIPPED for one in (*scheme.criteria, *(r for call in scheme.calls for r in call.criteria))
    ]
    assert len(rules) > 50
    assert len({one.id for one in rules}) == len(rules)
    assert all(one.source.ref and one.text.nb and one.text.en for one in rules)


def test_who_may_apply_is_open_closed_or_unsettled() -> None:
    scheme = instrument(
        "s",
        "Ordning",
        criteria=[rule("applicant_type", allowed=["municipality"], unsure=["cluster"])],
    )
    shares = audience_of(scheme)
    assert (shares[ActorType.MUNICIPALITY], shares[ActorType.CLUSTER], shares[ActorType.COMPANY]) == (1.0, 0.5, 0.0)


def test_without_a_rule_nothing_is_settled() -> None:
    assert set(audience_of(instrument("s", "Ordning")).values()) == {0.5}


def test_the_most_open_call_counts() -> None:
    calls = [
        {
            "id": f"call:c-{number}",
            "title": text("Utlysning"),
            "deadline_type": "unknown",
            "sources": [SOURCE],
            "criteria": [{**rule("applicant_type", allowed=[who]), "id": f"criterion:r-{number}"}],
        }
        for number, who in enumerate(("company", "municipality"))
    ]
    assert audience_of(instrument("s", "Ordning", calls=calls))[ActorType.MUNICIPALITY] == 1.0
