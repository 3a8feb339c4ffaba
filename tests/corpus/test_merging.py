"""Two records become one without anything being lost, on both databases."""

from __future__ import annotations

import pytest

from corpus.errors import CorpusError, InvalidRecordError
from corpus.merging import merge
from corpus.records import Actor, CurationState, ProjectIdea
from corpus.store import RecordStore
from corpus.tables import Action
from tests.records import SOURCE, actor, idea, statement


@pytest.fixture
def two(store: RecordStore) -> RecordStore:
    relation = {"type": "cooperates_with", "target": "actor:twin", "source": SOURCE.model_dump(mode="json")}
    store.save(actor("twin", "Tvillingen", orgnr="983974791", expertise=(statement("Kan fiske"),)), by="test")
    store.save(actor("first", "Den første", expertise=(statement("Kan ro"),), relations=[relation]), by="test")
    part = [{"actor": "actor:twin", "role": "proposer"}, {"actor": "actor:first", "role": "proposer"}]
    store.save(idea("boat", "Båten", "Den lekker", participants=part), by="test")
    return store


def test_the_one_that_stays_gets_what_it_lacks_and_keeps_what_it_says(two: RecordStore) -> None:
    merge(two, "actor:first", "actor:twin", by="kari")
    stays = two.get("actor:first").record
    assert isinstance(stays, Actor)
    assert (stays.name.nb, stays.orgnr) == ("Den første", "983974791")
    assert [one.text.nb for one in stays.expertise] == ["Kan ro", "Kan fiske"]
    assert stays.relations == ()


def test_the_other_is_retired_and_what_referred_to_it_refers_to_the_one_that_stays(two: RecordStore) -> None:
    merge(two, "actor:first", "actor:twin", by="kari")
    assert two.get("actor:twin").record.state is CurationState.RETIRED
    boat = two.get("idea:boat").record
    assert isinstance(boat, ProjectIdea)
    assert [part.actor for part in boat.participants] == ["actor:first"]
    notes = {
        i: (two.history(i)[-1].action, two.history(i)[-1].note) for i in ("actor:first", "actor:twin", "idea:boat")
    }
    assert notes == {
        "actor:first": (Action.EDIT, "merged with actor:twin"),
        "actor:twin": (Action.RETIRE, "merged into actor:first"),
        "idea:boat": (Action.EDIT, "refers to actor:first instead of actor:twin"),
    }


@pytest.mark.parametrize("other", ["actor:first", "idea:boat"])
def test_only_two_records_of_one_kind_can_become_one(two: RecordStore, other: str) -> None:
    with pytest.raises(CorpusError, match="two records of one kind"):
        merge(two, "actor:first", other, by="kari")


def test_what_would_not_fit_is_not_written(two: RecordStore) -> None:
    dangling = [{"type": "part_of", "target": "actor:nowhere", "source": SOURCE.model_dump(mode="json")}]
    two.save(actor("odd", "Den rare", relations=dangling), by="test")
    before = two.revision()
    with pytest.raises(InvalidRecordError):
        merge(two, "actor:first", "actor:odd", by="kari")
    assert two.revision() == before
