"""Who is told to run a scheme runs one that is suggested too."""

from __future__ import annotations

from assistant.funding.schemes import SchemeStatus
from assistant.matching.running import without_unsuitable
from index.scoring.reasons import Reason, ReasonKind
from tests.assistant.test_render import QUOTE, partner, scheme

POSTEN = scheme(SchemeStatus.ROLLING)
RUNS = Reason(kind=ReasonKind.RUNS, scheme=POSTEN.id)
SHARED = Reason(kind=ReasonKind.SHARED, labels=("naust",))
OF_SCHEME = QUOTE.model_copy(update={"record_id": POSTEN.id})
RUNNER = partner().model_copy(update={"reasons": (SHARED, RUNS), "evidence": (QUOTE, OF_SCHEME)})


def test_what_is_suggested_is_told_of_who_runs_it() -> None:
    assert without_unsuitable([RUNNER], [POSTEN]) == [RUNNER]


def test_what_is_left_out_is_not_told_of_who_runs_it_nor_quoted() -> None:
    (left,) = without_unsuitable([RUNNER], [])
    assert left.reasons == (SHARED,)
    assert left.evidence == (QUOTE,)
    assert (left.id, left.confidence) == (RUNNER.id, RUNNER.confidence)


def test_who_was_found_by_that_alone_is_told_as_alike() -> None:
    only = RUNNER.model_copy(update={"reasons": (RUNS,), "evidence": (OF_SCHEME,)})
    (left,) = without_unsuitable([only], [])
    assert [reason.kind for reason in left.reasons] == [ReasonKind.ALIKE]
    assert left.evidence == (OF_SCHEME,)
