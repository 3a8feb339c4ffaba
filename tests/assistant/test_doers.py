"""Who did what is needed now is told by what they did, and only where they are there to talk to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant.matching.answer_records import AnswerRecords
from assistant.matching.answers import Idea
from assistant.matching.doers import doer_of
from corpus.records import ActorType, CurationState, Role
from corpus.store import RecordStore
from index.scoring.ranking import MatchConfidence
from index.scoring.reasons import Evidence, Reason, ReasonKind
from index.storage.passages import Facet
from tests.records import actor, idea, text

BODIES = {
    "town": actor("town", "Byen", place={"kommunenummer": "5001", "fylkesnummer": "50"}),
    "village": actor("village", "Bygda", place={"kommunenummer": "5054", "fylkesnummer": "50"}),
    "county": actor("county", "Fylket", actor_type=ActorType.COUNTY_MUNICIPALITY, place={"fylkesnummer": "50"}),
    "institute": actor("institute", "Instituttet", actor_type=ActorType.RESEARCH_INSTITUTE),
    "gone": actor("gone", "Den gamle", dissolved_on="2020-01-01"),
    "retired": actor("retired", "Arkivert", state=CurationState.RETIRED),
    "abroad": actor("abroad", "Stan", place={"country": "SE"}),
}


@pytest.fixture
def store(tmp_path: Path) -> RecordStore:
    return RecordStore.open(f"sqlite:///{tmp_path / 'store.sqlite3'}")


def did(store: RecordStore, *parts: tuple[str, Role], own: tuple[str, ...] = ()) -> tuple[str, Role] | None:
    """Return who is told to have done a project with these parts, and in what role."""
    participants: list[dict[str, Any]] = [{"actor": BODIES[slug].id, "role": role} for slug, role in parts]
    project = idea("bus", "Buss", "Buss uten fører", participants=participants)
    known: dict[str, Any] = {body.id: body for body in BODIES.values()} | {project.id: project}
    records = AnswerRecords(store, known)
    records.fetch([project.id])
    match = doer_of(shown(), records, own)
    if match is None:
        return None
    (reason,) = match.reasons
    assert (reason.kind, reason.idea) == (ReasonKind.TOOK_PART, project.id)
    assert match.confidence is MatchConfidence.GOOD
    assert [quote.record_id for quote in match.evidence] == [project.id]
    assert reason.role is not None
    return match.record_id.removeprefix("actor:"), reason.role


def shown() -> Idea:
    quote = Evidence(record_id="idea:bus", facet=Facet.SUMMARY, quote="Buss.", language="nb", source="Notatet")
    return Idea(
        id="idea:bus",
        name=text("Buss"),
        summary=text("Buss"),
        score=0.9,
        confidence=MatchConfidence.STRONG,
        reasons=(Reason(kind=ReasonKind.ALIKE),),
        evidence=(quote,),
        event=text("et verksted"),
        on="2016",
        years="2016",
        is_project=True,
        problem_owner=None,
    )


def test_who_led_comes_before_who_was_along_and_a_municipality_before_others(store: RecordStore) -> None:
    assert did(store, ("town", Role.PARTNER), ("institute", Role.COORDINATOR)) == ("institute", Role.COORDINATOR)
    assert did(store, ("institute", Role.PARTNER), ("town", Role.PARTNER)) == ("town", Role.PARTNER)
    assert did(store, ("institute", Role.KNOWLEDGE_PARTNER)) == ("institute", Role.KNOWLEDGE_PARTNER)


@pytest.mark.parametrize("role", [Role.FUNDER, Role.DISCUSSANT])
def test_who_only_paid_or_sat_at_the_table_did_not_do_it(store: RecordStore, role: Role) -> None:
    assert did(store, ("town", role)) is None


@pytest.mark.parametrize("slug", ["gone", "abroad", "retired"])
def test_who_is_no_more_or_in_another_country_or_out_of_the_base_is_nobody_to_talk_to(
    store: RecordStore, slug: str
) -> None:
    assert did(store, (slug, Role.COORDINATOR)) is None


def test_who_asks_is_not_sent_to_themselves_but_to_their_neighbour(store: RecordStore) -> None:
    parts = (("town", Role.COORDINATOR), ("village", Role.PARTNER))
    assert did(store, *parts, own=("5001", "50")) == ("village", Role.PARTNER)
    assert did(store, ("county", Role.COORDINATOR), own=("50",)) is None


def test_a_project_that_nobody_known_was_in_names_nobody(store: RecordStore) -> None:
    assert did(store) is None
