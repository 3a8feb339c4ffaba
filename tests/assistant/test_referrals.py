"""A case moves along one table, and everything that happens to it is told by who and when."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from assistant.cases.cases import (
    ENDED,
    NEEDS_REASON,
    TRANSITIONS,
    Case,
    CaseAction,
    CaseError,
    CaseReason,
    CaseState,
    StaleCaseError,
    TransitionError,
    UnknownCaseError,
)
from assistant.cases.corrections import Corrections
from assistant.cases.referrals import Referrals
from assistant.history.tables import CaseRow
from assistant.platform.messages import messages
from assistant.service.messages import ActionType
from corpus.text import Language
from tests.assistant.services import HOSPITAL, KARI, Small


@pytest.fixture
def case(small: Small) -> Case:
    receipt = small.do(small.say("hvem kan hjelpe med sepsis?"), ActionType.INTRODUCE, record_id=HOSPITAL.id)
    assert receipt.case is not None
    return receipt.case


def test_every_state_is_in_the_table_and_can_be_reached() -> None:
    assert set(TRANSITIONS) == set(CaseState)
    reached, frontier = {CaseState.ASKED}, [CaseState.ASKED]
    while frontier:
        onward = set(TRANSITIONS[frontier.pop()]) - reached
        reached |= onward
        frontier += onward
    assert reached == set(CaseState)
    assert {CaseState.DECLINED, CaseState.GRANTED, CaseState.DROPPED} == ENDED


@pytest.mark.parametrize("language", Language)
def test_every_state_move_and_reason_has_words(language: Language) -> None:
    catalog = messages(language)
    keys = [f"case.{what}.{state}" for what in ("state", "move") for state in CaseState]
    keys += [f"case.reason.{reason}" for reason in CaseReason] + [f"case.action.{action}" for action in CaseAction]
    assert [key for key in keys if catalog.text(key) == key] == []


def test_a_case_goes_from_asked_to_granted_with_every_step_told(small: Small, case: Case) -> None:
    for state in (CaseState.SENT, CaseState.TAKEN, CaseState.MEETING, CaseState.APPLICATION, CaseState.REFUSED,
                  CaseState.RESUBMIT, CaseState.APPLICATION, CaseState.GRANTED):  # fmt: skip
        small.clock.forward(days=1)
        reason = CaseReason.QUALITY if state in NEEDS_REASON else None
        moved = small.referrals.move(case.id, state, by="megler", reason=reason)
        assert moved.state is state
    events = small.referrals.events(case.id)
    assert [event.to_state for event in events][-1] is CaseState.GRANTED
    assert [event.by for event in events] == [case.asker] + ["megler"] * 8
    assert [event.at for event in events] == sorted(event.at for event in events)


def test_moves_are_made_exactly_where_the_table_has_them(small: Small, case: Case) -> None:
    for before in CaseState:
        for after in CaseState:
            with small.database.writing() as session:
                session.get_one(CaseRow, case.id).state = before
            try:
                small.referrals.move(case.id, after, by="megler", reason=CaseReason.OTHER)
                assert after in TRANSITIONS[before]
            except TransitionError:
                assert after not in TRANSITIONS[before]


@pytest.mark.parametrize("state", [CaseState.GRANTED, CaseState.MEETING, CaseState.ASKED])
def test_a_move_that_the_table_lacks_is_refused_and_says_which_there_are(
    small: Small, case: Case, state: CaseState
) -> None:
    with pytest.raises(TransitionError, match="sent, dropped"):
        small.referrals.move(case.id, state, by="megler")
    assert small.referrals.get(case.id) == case


def test_a_case_ends_only_with_a_reason(small: Small, case: Case) -> None:
    with pytest.raises(TransitionError, match="capacity"):
        small.referrals.move(case.id, CaseState.DROPPED, by="megler")
    ended = small.referrals.move(case.id, CaseState.DROPPED, by="megler", reason=CaseReason.TIMING, note="til høsten")
    assert ended.onward == ()
    event = small.referrals.events(case.id)[-1]
    assert (event.reason, event.note) == (CaseReason.TIMING, "til høsten")
    with pytest.raises(TransitionError, match="ended"):
        small.referrals.move(case.id, CaseState.SENT, by="megler")


def test_of_two_brokers_who_move_a_case_at_once_one_is_told_so(small: Small, case: Case) -> None:
    def move(state: CaseState) -> str:
        try:
            small.referrals.move(case.id, state, by="megler", reason=CaseReason.OTHER, version=case.version)
        except StaleCaseError:
            return "stale"
        return "moved"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(move, [CaseState.SENT, CaseState.DROPPED])) == ["moved", "stale"]
    assert len(small.referrals.events(case.id)) == 2


def test_notes_are_among_brokers_unless_they_are_for_the_asker(small: Small, case: Case) -> None:
    small.referrals.note(case.id, "Ring 99 88 77 66 i morgen", by="megler")
    small.referrals.note(case.id, "De svarer i neste uke", by="megler", for_asker=True)
    noted, told = small.referrals.events(case.id)[-2:]
    assert (noted.action, noted.note) == (CaseAction.NOTED, "Ring […] i morgen")
    assert (told.action, told.note) == (CaseAction.TOLD, "De svarer i neste uke")


@pytest.mark.parametrize("note", ["", "  \n ", "x" * 2_001])
def test_a_note_with_nothing_or_too_much_in_it_is_refused(small: Small, case: Case, note: str) -> None:
    with pytest.raises(CaseError):
        small.referrals.note(case.id, note, by="megler")
    assert small.referrals.get(case.id) == case


def test_a_case_is_followed_up_by_somebody(small: Small, case: Case) -> None:
    assigned = small.referrals.assign(case.id, "berit", by="megler", version=case.version)
    assert [one.id for one in small.referrals.cases(assigned_to="berit")] == [case.id]
    with pytest.raises(StaleCaseError):
        small.referrals.assign(case.id, "bjarne", by="megler", version=case.version)
    assert small.referrals.assign(case.id, None, by="megler", version=assigned.version).assigned_to is None


def test_an_unknown_case_is_told_as_such(small: Small) -> None:
    for act in (small.referrals.get, small.referrals.events):
        with pytest.raises(UnknownCaseError, match="followup list"):
            act("nothing")


def test_cases_are_found_by_state_and_asker(small: Small, case: Case) -> None:
    assert small.referrals.cases(states=[CaseState.ASKED]) == [case]
    assert small.referrals.cases(states=[CaseState.SENT]) == []
    assert small.service.cases_of(KARI) == [case]
    small.referrals.move(case.id, CaseState.DROPPED, by="megler", reason=CaseReason.OTHER)
    assert small.referrals.still_open() == []


def test_moves_are_told_as_they_come_each_without_what_was_taken_back(small: Small, case: Case) -> None:
    referrals, corrections = small.referrals, Corrections(small.database)
    assert referrals.moves([case.id, "nothing"]) == {}
    referrals.move(case.id, CaseState.SENT, by="Berit")
    assert [move.to_state for move in referrals.moves([case.id])[case.id]] == [CaseState.SENT]
    corrections.undo(case.id, "Berit")
    assert referrals.moves([case.id]) == {}
    referrals.move(case.id, CaseState.SENT, by="Berit")
    referrals.move(case.id, CaseState.DECLINED, by="Berit", reason=CaseReason.CAPACITY)
    assert [move.reason for move in referrals.moves([case.id])[case.id]] == [None, CaseReason.CAPACITY]
    assert Referrals(small.database).moves([case.id]) == referrals.moves([case.id])
