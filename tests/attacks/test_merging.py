"""A merge takes nothing published out of the answers, keeps every name, and is undone by one button."""

from __future__ import annotations

from html import unescape

import pytest
from starlette.testclient import TestClient

from assistant.access.accounts import AccountRole
from assistant.dialogue.understanding import Question
from assistant.service.container import Runtime
from corpus.errors import CorpusError, EditConflictError
from corpus.merging import merge, undo_merge
from corpus.records import Actor, AliasKind, CurationState, ProjectIdea
from corpus.store import RecordStore
from corpus.vocabulary import Concept
from tests.records import actor, concept, idea
from tests.web.conftest import LogIn

WATER = actor(
    "norsk-vann",
    "Norsk Vann",
    "Arbeider mot rørfrost og isdannelse i ishaller",
    aliases=[{"text": "NV", "kind": "acronym"}],
    actor_type="research_institute",
)
DRAFT = actor(
    "norsk-vann-2", "Norsk vann BA", "Arbeider mot rørfrost i ishaller", state=CurationState.DRAFT,
    aliases=[{"text": "Norva", "kind": "former"}], actor_type="research_institute",
)  # fmt: skip
NEED = "hvem kan hjelpe mot rørfrost i ishallen?"


@pytest.fixture
def two(store: RecordStore) -> RecordStore:
    part = [{"actor": DRAFT.id, "role": "proposer"}]
    store.save_many([WATER, DRAFT, idea("leaks", "Lekkasjer", "Det lekker", participants=part)], by="test")
    return store


@pytest.mark.parametrize(("stays", "goes"), [(WATER.id, DRAFT.id), (DRAFT.id, WATER.id)])
def test_whichever_stays_is_published_and_known_by_all_names(two: RecordStore, stays: str, goes: str) -> None:
    merge(two, stays, goes, by="kari")
    left = two.get(stays).record
    assert isinstance(left, Actor)
    assert left.state is CurationState.PUBLISHED
    assert two.get(goes).record.state is CurationState.RETIRED
    names = {
        text.casefold() for text in [*left.name.model_dump(exclude_none=True).values(), *(a.text for a in left.aliases)]
    }
    assert {"norsk vann", "norsk vann ba", "nv", "norva"} <= names
    assert next(a.kind for a in left.aliases if a.text in {"Norsk vann BA", "Norsk Vann"}) is AliasKind.ALIAS


def test_the_labels_of_a_concept_that_goes_are_kept_too(store: RecordStore) -> None:
    store.save_many([concept("leak", "lekkasje", "leak"), concept("leakage", "vannlekkasje", "leakage")], by="test")
    merge(store, "concept:leak", "concept:leakage", by="kari")
    left = store.get("concept:leak").record
    assert isinstance(left, Concept)
    assert {"vannlekkasje", "leakage"} <= {label.text for label in left.labels()}


def test_a_merge_is_undone_whole(two: RecordStore) -> None:
    before = {record.id: record for record in two.records(state=None)}
    merge(two, WATER.id, DRAFT.id, by="kari")
    assert undo_merge(two, WATER.id, by="kari") == [WATER.id, DRAFT.id, "idea:leaks"]
    assert {record.id: record for record in two.records(state=None)} == before
    with pytest.raises(CorpusError):
        undo_merge(two, WATER.id, by="kari")


@pytest.mark.parametrize("changed", [WATER.id, "idea:leaks"])
def test_what_somebody_changed_since_is_not_written_over(two: RecordStore, changed: str) -> None:
    merge(two, WATER.id, DRAFT.id, by="kari")
    record = two.get(changed).record
    assert isinstance(record, Actor | ProjectIdea)
    two.save(record.model_copy(update={"summary": record.summary.model_copy(update={"nb": "Ny tekst"})}), by="ola")
    revision = two.revision()
    with pytest.raises((CorpusError, EditConflictError)):
        undo_merge(two, WATER.id, by="kari")
    assert two.revision() == revision


def test_on_the_desk_the_published_one_stays_is_still_an_answer_and_one_button_undoes_it(
    runtime: Runtime, log_in: LogIn
) -> None:
    runtime.store.save_many([WATER, DRAFT], by="test")
    broker = log_in(AccountRole.BROKER)

    def answers() -> list[str]:
        return [one.id for one in runtime.matchmaker.answer(Question(text=NEED)).partners]

    assert WATER.id in answers()
    # From the draft's own page, which is the newer.
    page = unescape(broker.get(f"/desk/records/{DRAFT.id}/merge?other={WATER.id}").text)
    assert f'action="/desk/records/{WATER.id}/merge"' in page
    assert page.index("Utkast") > page.index("Publisert")
    for text in ("Norsk Vann", "Norsk vann BA", "rørfrost og isdannelse"):
        assert text in page
    assert _post(broker, f"{DRAFT.id}/merge", other=WATER.id) == f"/desk/records/{WATER.id}"
    assert WATER.id in answers()
    assert "unmerge" in broker.get(f"/desk/records/{WATER.id}").text
    _post(broker, f"{WATER.id}/unmerge")
    assert runtime.store.get(DRAFT.id).record.state is CurationState.DRAFT
    assert runtime.store.get(WATER.id).record == WATER
    assert "unmerge" not in broker.get(f"/desk/records/{WATER.id}").text
    # Whoever chooses the draft to stay does not lose the answer either.
    assert _post(broker, f"{DRAFT.id}/merge", other=WATER.id, chosen="true") == f"/desk/records/{DRAFT.id}"
    assert DRAFT.id in answers()


def _post(broker: TestClient, path: str, **data: str) -> str:
    answer = broker.post(f"/desk/records/{path}", data=data)
    assert answer.status_code == 303
    return answer.headers["Location"]
