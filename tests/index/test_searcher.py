"""The index follows the store: what is asked after an edit sees it, and what is not whole is never served."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.files import Record
from corpus.records import Actor, CurationState, FundingInstrument, Kind, Role
from corpus.store import RecordStore
from corpus.text import LangText, Language
from corpus.vocabulary import Concept
from index.errors import IndexFileError
from index.manager import IndexManager
from index.retrieval.need import Need, PlaceWish
from index.scoring.gate import AnswerabilityClassifier
from index.scoring.ranking import Calibration, MatchConfidence, RankingParameters, default_parameters
from index.scoring.reasons import Match, ReasonKind
from index.storage.passages import SEARCHED_KINDS
from index.storage.persistence import PASSAGES, dense_file, read_current
from tests.encoders import WordEncoder
from tests.records import actor, concept, idea, instrument, statement, text

WEIGHTS = {"dense": 1.0, "dense_evidence": 0.9, "words": 2.0, "concepts": 2.0, "name": 1.0}
SUBJECT = {"subject": 1.0}
EAGER = default_parameters().model_copy(
    update={
        "weights": dict.fromkeys(SEARCHED_KINDS, WEIGHTS),
        "steps": dict.fromkeys(default_parameters().steps, 0.0),
        "gate": AnswerabilityClassifier(weights={}, least=0.0),
    }
)
"""Weights that tuning does not touch, and nothing kept silent, so that tests see every candidate."""

NEVER_SURE = EAGER.model_copy(
    update={
        "gate": AnswerabilityClassifier(weights={}, least=1.0),
        "calibration": dict.fromkeys(SEARCHED_KINDS, Calibration(slope=1.0, midpoint=0.0)),
    }
)
"""The same, where no question is one that the records can answer, however near they are."""
FOLLOWING = EAGER.model_copy(
    update={"weights": {kind: {**WEIGHTS, "ideas": 1.0, "schemes": 1.0} for kind in SEARCHED_KINDS}}
)
"""The same, where ideas and schemes lead to actors."""

HOSPITAL = actor("hospital", "Sykehuset", expertise=(statement("Oppdager sepsis tidlig hos pasienter"),))
FARM = actor("farm", "Gården", "Dyrker poteter og gulrøtter", place={"fylkesnummer": "50", "kommunenummer": "5037"})
MONEY = instrument("money", "Pengeposten", "Gir støtte til helseteknologi")
PLAN = idea(
    "plan", "Vandrende skolebuss", "Barn blir kjørt til skolen", participants=[{"actor": FARM.id, "role": "proposer"}]
)
SEPSIS = concept("sepsis", "sepsis", "sepsis", alt={"nb": ["blodforgiftning"]})
RECORDS: list[Record] = [HOSPITAL, FARM, MONEY, PLAN, SEPSIS]


@pytest.fixture
def small_store(sqlite_url: str) -> Iterator[RecordStore]:
    with RecordStore.open(sqlite_url) as opened:
        opened.save_many(RECORDS, by="test")
        yield opened


@pytest.fixture
def keeper(small_store: RecordStore, tmp_path: Path) -> IndexManager:
    return IndexManager(small_store, WordEncoder(), tmp_path / "index", EAGER)


@pytest.fixture
def following(small_store: RecordStore, tmp_path: Path) -> IndexManager:
    return IndexManager(small_store, WordEncoder(), tmp_path / "index", FOLLOWING)


def need(text: str, **fields: object) -> Need:
    return Need.model_validate({"text": text, "language": Language.NB, **fields})


def found(keeper: IndexManager, text: str, kind: Kind = Kind.ACTOR, **fields: object) -> list[str]:
    return [match.record_id for match in keeper.searcher().search(need(text, **fields))[kind]]


def first(keeper: IndexManager, text: str, kind: Kind = Kind.ACTOR) -> Match:
    return keeper.searcher().search(need(text))[kind][0]


def test_each_kind_is_found_by_what_its_records_say(keeper: IndexManager) -> None:
    assert found(keeper, "tidlig sepsis")[0] == HOSPITAL.id
    assert found(keeper, "støtte til helseteknologi", Kind.INSTRUMENT)[0] == MONEY.id
    assert found(keeper, "barn til skolen", Kind.IDEA)[0] == PLAN.id


def test_an_actor_is_found_by_the_idea_it_took_part_in_and_the_answer_says_so(keeper: IndexManager) -> None:
    match = first(keeper, "vandrende skolebuss")
    assert match.record_id == FARM.id
    assert match.evidence[0].record_id == PLAN.id
    taken_part = next(reason for reason in match.reasons if reason.kind is ReasonKind.TOOK_PART)
    assert (taken_part.idea, taken_part.role) == (PLAN.id, Role.PROPOSER)


def test_an_actor_is_found_by_the_scheme_it_runs_and_the_answer_says_so(
    small_store: RecordStore, following: IndexManager
) -> None:
    small_store.save(MONEY.model_copy(update={"administrator": FARM.id}), by="test")
    match = next(
        one for one in following.searcher().search(need("helseteknologi"))[Kind.ACTOR] if one.record_id == FARM.id
    )
    run = next(reason for reason in match.reasons if reason.kind is ReasonKind.RUNS)
    assert run.scheme == MONEY.id
    assert [evidence.quote for evidence in match.evidence if evidence.record_id == MONEY.id] == [MONEY.purpose.text.nb]


def test_nobody_runs_a_scheme_that_has_ended(small_store: RecordStore, following: IndexManager) -> None:
    ended = {"administrator": FARM.id, "standing": "ended", "ended_on": "2020"}
    small_store.save(FundingInstrument.model_validate({**MONEY.model_dump(), **ended}), by="test")
    matches = following.searcher().search(need("helseteknologi"))[Kind.ACTOR]
    assert not [reason for match in matches for reason in match.reasons if reason.kind is ReasonKind.RUNS]


def test_an_actor_that_is_retired_is_not_found_by_its_ideas_or_schemes_either(
    small_store: RecordStore, following: IndexManager
) -> None:
    small_store.save(MONEY.model_copy(update={"owner": FARM.id}), by="test")
    assert FARM.id in found(following, "vandrende skolebuss")
    assert FARM.id in found(following, "helseteknologi")
    small_store.save(FARM.model_copy(update={"state": CurationState.RETIRED}), by="test")
    assert FARM.id not in found(following, "vandrende skolebuss")
    assert FARM.id not in found(following, "helseteknologi")


def test_a_quote_is_the_records_own_words_with_their_source(keeper: IndexManager) -> None:
    evidence = first(keeper, "sepsis").evidence[0]
    assert evidence.quote == HOSPITAL.expertise[0].text.nb
    assert "l.1-2" in evidence.source


def test_what_is_a_concept_as_a_whole_is_not_found_by_words_that_only_look_like_it(
    sqlite_url: str, tmp_path: Path
) -> None:
    trafficking = concept("trafficking", "handel med mennesker", "human trafficking", alt={"nb": ["menneskehandel"]})
    trade = actor("trade", "Handel i sentrum", "Handel og mennesker i byen")
    refuge = actor("refuge", "Tilfluktstedet", expertise=(statement("Hjelper ofre for menneskehandel"),))
    weights = {"dense": 1.0, "concepts": 0.5}
    ranking = EAGER.model_copy(update={"weights": dict.fromkeys(SEARCHED_KINDS, weights)})
    with RecordStore.open(sqlite_url) as store:
        store.save_many([trafficking, trade, refuge], by="test")
        searcher = IndexManager(store, WordEncoder(), tmp_path / "index", ranking).searcher()
        whole = {one.record_id: one.parts for one in searcher.candidates(need("handel med mennesker"))[Kind.ACTOR]}
        more = {one.record_id: one.parts for one in searcher.candidates(need("handel med mennesker torg"))[Kind.ACTOR]}
    assert whole[trade.id]["dense"] < more[trade.id]["dense"]
    assert whole[refuge.id]["concepts"] > 0


def test_a_reason_names_the_concept_whatever_word_was_used_for_it(keeper: IndexManager) -> None:
    match = first(keeper, "blodforgiftning")
    assert match.record_id == HOSPITAL.id
    shared = next(reason for reason in match.reasons if reason.kind is ReasonKind.SHARED)
    assert shared.labels == ("sepsis",)


def test_a_question_that_a_record_answers_helps_to_find_it_and_is_never_quoted(
    small_store: RecordStore, keeper: IndexManager
) -> None:
    asked = [{"nb": "Hvem passer katten i ferien?", "en": "Who minds the cat?"}]
    small_store.save(actor("sitter", "Pass AS", "Tar seg av dyr", asked_as=asked), by="test")
    match = first(keeper, "passer katten i ferien")
    assert match.record_id == "actor:sitter"
    assert [evidence.quote for evidence in match.evidence] == ["Tar seg av dyr"]


def test_a_question_that_nothing_fits_well_is_met_with_silence(small_store: RecordStore, tmp_path: Path) -> None:
    silent = IndexManager(small_store, WordEncoder(), tmp_path / "silent", NEVER_SURE)
    assert found(silent, "kjerring mot strømmen") == []


def test_what_shares_a_subject_with_a_need_out_of_reach_is_told_as_no_more_than_possible(
    small_store: RecordStore, tmp_path: Path
) -> None:
    silent = IndexManager(small_store, WordEncoder(), tmp_path / "silent", NEVER_SURE)
    [near] = silent.searcher().search(need("sepsis"))[Kind.ACTOR]
    assert (near.record_id, near.confidence) == (HOSPITAL.id, MatchConfidence.POSSIBLE)
    assert near.score == NEVER_SURE.steps[MatchConfidence.POSSIBLE]
    assert silent.searcher().find(need("sepsis")).schemes(3) == []


def test_beside_the_first_what_shares_nothing_with_the_need_is_a_step_less_sure(
    small_store: RecordStore, tmp_path: Path
) -> None:
    mill = actor("mill", "Mølla", "Maler korn")
    small_store.save_many([mill], by="test")
    all_near = dict.fromkeys(SEARCHED_KINDS, Calibration(slope=1.0, midpoint=-10.0))
    certain = EAGER.model_copy(update={"steps": default_parameters().steps, "calibration": all_near})
    searcher = IndexManager(small_store, WordEncoder(), tmp_path / "near", certain).searcher()
    first, *others = searcher.search(need("sepsis"))[Kind.ACTOR]
    assert (first.record_id, first.confidence) == (HOSPITAL.id, MatchConfidence.STRONG)
    alike = next(match for match in others if match.record_id == mill.id)
    assert [reason.kind for reason in alike.reasons] == [ReasonKind.ALIKE]
    assert alike.confidence is MatchConfidence.GOOD
    assert certain.confidence(alike.score) is MatchConfidence.GOOD


def test_a_partner_that_is_only_alike_is_good_at_most_though_it_is_the_first(
    small_store: RecordStore, tmp_path: Path
) -> None:
    all_near = dict.fromkeys(SEARCHED_KINDS, Calibration(slope=1.0, midpoint=-10.0))
    certain = EAGER.model_copy(update={"steps": default_parameters().steps, "calibration": all_near})
    found = IndexManager(small_store, WordEncoder(), tmp_path / "near", certain).searcher().search(need("kornåkeren"))
    assert [reason.kind for reason in found[Kind.ACTOR][0].reasons] == [ReasonKind.ALIKE]
    assert found[Kind.ACTOR][0].confidence is MatchConfidence.GOOD
    assert found[Kind.IDEA][0].confidence is MatchConfidence.STRONG


def test_in_a_short_need_the_setting_alone_makes_nobody_as_sure(small_store: RecordStore, tmp_path: Path) -> None:
    small_store.save_many(
        [
            actor("signs", "Tegnhuset", expertise=(statement("Underviser barn i tegnspråk i barnehagen"),)),
            *(
                actor(f"nursery-{number}", f"Barnehus {number}", expertise=(statement("Veileder om barnehagen"),))
                for number in range(6)
            ),
        ],
        by="test",
    )
    steps = {MatchConfidence.STRONG: 0.1, MatchConfidence.GOOD: 0.05, MatchConfidence.POSSIBLE: 0.0}
    ranking = NEVER_SURE.model_copy(
        update={"gate": EAGER.gate, "steps": steps, "weights": dict.fromkeys(SEARCHED_KINDS, WEIGHTS | SUBJECT)}
    )
    keeper = IndexManager(small_store, WordEncoder(), tmp_path / "index", ranking)
    matches = keeper.searcher().search(need("tegnspråk i barnehagen"))[Kind.ACTOR]
    assert matches[0].record_id == "actor:signs"
    assert matches[0].confidence is MatchConfidence.STRONG
    assert {match.confidence for match in matches if match.record_id.startswith("actor:nursery")} == {
        MatchConfidence.GOOD
    }


def test_in_a_few_words_who_is_about_the_subject_comes_before_who_is_as_good_by_the_setting(
    small_store: RecordStore, tmp_path: Path
) -> None:
    nurseries = [
        actor(f"nursery-{number}", f"Barnehus {number}", expertise=(statement("I barnehagen"),)) for number in range(6)
    ]
    signs = actor("signs", "Tegnhuset", expertise=(statement("Underviser voksne og foreldre hver uke, om tegnspråk"),))
    small_store.save_many([*nurseries, signs], by="test")
    ranking = EAGER.model_copy(update={"weights": {kind: {"dense": 1.0} for kind in SEARCHED_KINDS}})
    searcher = IndexManager(small_store, WordEncoder(), tmp_path / "index", ranking).searcher()
    asked = need("tegnspråk i barnehagen")
    assert searcher.candidates(asked)[Kind.ACTOR][0].record_id.startswith("actor:nursery")
    assert searcher.search(asked, 10)[Kind.ACTOR][0].record_id == signs.id
    longer = need("tegnspråk i barnehagen, eller i barnehagen, eller i barnehagen")
    assert searcher.search(longer, 10)[Kind.ACTOR][0].record_id.startswith("actor:nursery")


def test_the_themes_of_a_need_are_those_of_the_records_that_speak_of_its_subject(
    small_store: RecordStore, tmp_path: Path
) -> None:
    def on(slug: str, theme: str, says: str) -> Actor:
        return actor(slug, slug.title(), expertise=(statement(says),), los=(theme,))

    speaking = [on(f"signs-{number}", "grunnskole", "Underviser i tegnspråk") for number in range(2)]
    beside = [on(f"nursery-{number}", "barnehage", "Veileder om barnehagen") for number in range(20)]
    small_store.save_many([*speaking, *beside], by="test")
    ranking = EAGER.model_copy(update={"weights": dict.fromkeys(SEARCHED_KINDS, WEIGHTS | SUBJECT)})
    searcher = IndexManager(small_store, WordEncoder(), tmp_path / "index", ranking).searcher()
    found = searcher.find(need("tegnspråk i barnehagen"))
    assert set(found.themes) == {"grunnskole", "barnehage"}
    assert set(found.subject_themes) == {"grunnskole"}


def test_what_is_told_is_what_the_record_says_on_its_own_everyday_question(
    small_store: RecordStore, keeper: IndexManager
) -> None:
    small_store.save(
        actor(
            "institute",
            "Instituttet",
            expertise=(
                statement("Undersøkte hvorfor unge flytter"),
                statement("Undersøkte nedlegging av grendeskoler"),
            ),
            asked_as=(text("Siste elev forsvinner ved nedlegging av grendeskoler"),),
        ),
        by="test",
    )
    match = first(keeper, "siste elev forsvinner")
    assert match.record_id == "actor:institute"
    assert match.evidence[0].quote == "Undersøkte nedlegging av grendeskoler"


def test_a_record_that_is_named_is_found_and_the_reason_says_so(keeper: IndexManager) -> None:
    match = first(keeper, "hva er Pengeposten?", Kind.INSTRUMENT)
    assert match.reasons[0].kind is ReasonKind.NAMED


def test_a_required_place_leaves_out_the_rest_and_a_wished_one_does_not(keeper: IndexManager) -> None:
    there = {"name": "Trøndelag", "fylkesnummer": "50"}
    assert found(keeper, "sepsis", place=PlaceWish(**there, required=True)) == [FARM.id]
    assert found(keeper, "sepsis", place=PlaceWish(**there))[0] == HOSPITAL.id


def test_only_the_kinds_wanted_are_searched(keeper: IndexManager) -> None:
    assert set(keeper.searcher().search(need("sepsis", kinds=(Kind.IDEA,)))) == {Kind.IDEA}


def test_an_edit_is_found_by_the_next_question_without_encoding_the_rest(
    small_store: RecordStore, tmp_path: Path
) -> None:
    encoder = WordEncoder()
    keeper = IndexManager(small_store, encoder, tmp_path / "index", EAGER)
    small_store.save_many([actor(f"other-{number}", f"Annen {number}") for number in range(20)], by="test")
    keeper.searcher()
    whole, encoder.encoded = encoder.encoded, 0
    small_store.save(actor("hospital", "Sykehuset", "Reparerer sykler"), by="test")
    assert found(keeper, "reparerer sykler")[0] == HOSPITAL.id
    assert 0 < encoder.encoded < whole / 4


def test_what_is_retired_is_no_longer_found_and_what_is_published_is(
    small_store: RecordStore, keeper: IndexManager
) -> None:
    keeper.searcher()
    small_store.save(HOSPITAL.model_copy(update={"state": CurationState.RETIRED}), by="test")
    assert HOSPITAL.id not in found(keeper, "sepsis")
    small_store.save(HOSPITAL, by="test")
    assert found(keeper, "sepsis")[0] == HOSPITAL.id


def test_drafts_are_not_found(small_store: RecordStore, keeper: IndexManager) -> None:
    small_store.save(actor("draft", "Kladd", "Baker boller", state="draft"), by="test")
    assert "actor:draft" not in found(keeper, "baker boller")


def test_an_actors_evidence_follows_its_ideas(small_store: RecordStore, keeper: IndexManager) -> None:
    keeper.searcher()
    moved = idea(
        "plan", "Svømmeopplæring", "Barn kan ikke svømme", participants=[{"actor": HOSPITAL.id, "role": "partner"}]
    )
    small_store.save(moved, by="test")
    assert first(keeper, "svømmeopplæring").record_id == HOSPITAL.id
    assert all(evidence.record_id != PLAN.id for evidence in first(keeper, "poteter").evidence)


def test_a_new_label_in_the_vocabulary_is_found(small_store: RecordStore, keeper: IndexManager) -> None:
    keeper.searcher()
    widened = Concept.model_validate({**SEPSIS.model_dump(), "hidden_labels": {"nb": ["blodgift"]}})
    small_store.save(widened, by="test")
    assert found(keeper, "blodgift")[0] == HOSPITAL.id


def test_a_label_written_while_the_index_follows_an_edit_is_found_by_the_next_question(
    small_store: RecordStore, keeper: IndexManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper.searcher()
    changed_since = small_store.changed_since
    widened = Concept.model_validate({**SEPSIS.model_dump(), "hidden_labels": {"nb": ["blodgift"]}})

    def then_a_label(revision: int) -> list[str]:
        changed = changed_since(revision)
        monkeypatch.undo()
        small_store.save(widened, by="test")
        return changed

    monkeypatch.setattr(small_store, "changed_since", then_a_label)
    small_store.save(actor("farm", "Gården", "Har hester og sauer"), by="test")
    assert found(keeper, "hester og sauer")[0] == FARM.id
    assert [one.concept_id for one in keeper.searcher().mentions("blodgift", Language.NB)] == [SEPSIS.id]


def test_an_index_that_followed_edits_finds_the_same_as_one_built_whole(
    small_store: RecordStore, keeper: IndexManager
) -> None:
    small_store.save_many([actor(f"other-{number}", f"Annen {number}") for number in range(20)], by="test")
    keeper.searcher()
    small_store.save(actor("farm", "Gården", "Har hester og sauer"), by="test")
    small_store.save(PLAN.model_copy(update={"summary": LangText(nb="Gå sammen", en="Walk together")}), by="test")
    small_store.save(MONEY.model_copy(update={"state": CurationState.RETIRED}), by="test")
    questions = ["sepsis", "hester og sauer", "gå sammen", "støtte", "annen 7", "skolen"]

    def everything() -> list[object]:
        kinds = (Kind.ACTOR, Kind.INSTRUMENT, Kind.IDEA)
        searched = [keeper.searcher().search(need(question), 30) for question in questions]
        return [
            (match.record_id, match.reasons, match.evidence)
            for one in searched
            for kind in kinds
            for match in one[kind]
        ]

    followed = everything()
    keeper.rebuild()
    assert everything() == followed


@pytest.mark.parametrize("victim", [PASSAGES, "actor.faiss", "lexical/meta.json", "manifest.json"])
def test_a_damaged_index_is_rebuilt_and_never_served(small_store: RecordStore, tmp_path: Path, victim: str) -> None:
    home = tmp_path / "index"
    IndexManager(small_store, WordEncoder(), home, EAGER).searcher()
    (read_current(home).folder / victim).write_bytes(b"rubbish")
    again = IndexManager(small_store, WordEncoder(), home, EAGER)
    assert found(again, "sepsis")[0] == HOSPITAL.id
    again.verify()


def test_an_index_of_another_store_or_encoder_is_built_anew(small_store: RecordStore, tmp_path: Path) -> None:
    home = tmp_path / "index"
    IndexManager(small_store, WordEncoder(), home, EAGER).searcher()
    with RecordStore.open(f"sqlite:///{tmp_path / 'foreign.sqlite3'}") as foreign:
        foreign.save(actor("only", "Den eneste", "Alene"), by="test")
        assert found(IndexManager(foreign, WordEncoder(), home, EAGER), "sepsis alene") == ["actor:only"]
    back = IndexManager(small_store, WordEncoder(), home, EAGER).searcher()
    assert back.manifest.store_id == small_store.store_id
    other = IndexManager(small_store, WordEncoder("2"), home, EAGER).searcher()
    assert other.manifest.encoder_fingerprint == "2"


def test_another_ranking_orders_what_the_same_index_finds(small_store: RecordStore, tmp_path: Path) -> None:
    home = tmp_path / "index"
    first = IndexManager(small_store, WordEncoder(), home, EAGER)
    need = Need(text="sepsis", language=Language.NB)
    assert all(one.total for one in first.searcher().candidates(need)[Kind.ACTOR] if "dense" in one.parts)
    none: RankingParameters = EAGER.model_copy(update={"weights": {kind: {} for kind in SEARCHED_KINDS}})
    other = IndexManager(small_store, WordEncoder(), home, none)
    assert not any(one.total for one in other.searcher().candidates(need)[Kind.ACTOR])
    assert other.searcher().generation == first.searcher().generation


def test_an_empty_store_finds_nothing_and_can_be_filled(tmp_path: Path, sqlite_url: str) -> None:
    with RecordStore.open(sqlite_url) as empty:
        keeper = IndexManager(empty, WordEncoder(), tmp_path / "index", EAGER)
        assert found(keeper, "sepsis") == []
        empty.save(HOSPITAL, by="test")
        assert found(keeper, "sepsis") == [HOSPITAL.id]


_BUILD = """
import os, signal, sys
from pathlib import Path
from corpus.store import RecordStore
from index.storage import builder
from index.manager import IndexManager
from tests.encoders import WordEncoder
if len(sys.argv) > 3:
    step = sys.argv[3]
    kill = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
    if step == "before the manifest":
        builder.mark_files = kill
    else:
        Path.replace = kill
keeper = IndexManager(RecordStore.open(sys.argv[1]), WordEncoder(), Path(sys.argv[2]))
print(keeper.searcher().manifest.records)
"""


def build_in_a_process(url: str, home: Path, *step: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _BUILD, url, str(home), *step]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])


@pytest.mark.parametrize("step", ["before the manifest", "before it becomes current"])
def test_a_build_that_is_killed_leaves_what_was_and_the_next_one_is_whole(
    small_store: RecordStore, sqlite_url: str, tmp_path: Path, step: str
) -> None:
    home = tmp_path / "index"
    IndexManager(small_store, WordEncoder(), home).searcher()
    before = read_current(home)
    small_store.save(actor("new", "Den nye", "Nyhet"), by="test")
    assert build_in_a_process(sqlite_url, home, step).returncode == -signal.SIGKILL
    assert read_current(home) == before
    keeper = IndexManager(small_store, WordEncoder(), home)
    assert keeper.searcher().manifest.records == 5
    keeper.verify()
    assert list(home.glob("new-*")) == []


def _build(url: str, home: str) -> int:
    with RecordStore.open(url) as store:
        return IndexManager(store, WordEncoder(), Path(home)).searcher().manifest.records


def test_processes_that_build_at_once_take_turns(small_store: RecordStore, sqlite_url: str, tmp_path: Path) -> None:
    home = tmp_path / "index"
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        assert pool.starmap(_build, [(sqlite_url, str(home))] * 3) == [4, 4, 4]
    assert sorted(path.name for path in home.glob("gen-*")) == ["gen-000001"]
    IndexManager(small_store, WordEncoder(), home).verify()


def test_one_keeper_serves_many_threads(small_store: RecordStore, keeper: IndexManager) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: found(keeper, "sepsis")[0], range(64)))
    assert set(results) == {HOSPITAL.id}


def test_the_working_folder_of_a_process_that_is_gone_is_no_obstacle(small_store: RecordStore, tmp_path: Path) -> None:
    home = tmp_path / "index"
    (home / f"new-{os.getpid()}").mkdir(parents=True)
    assert IndexManager(small_store, WordEncoder(), home).searcher().manifest.records == 4


def test_words_that_name_no_subject_are_no_reason(small_store: RecordStore, keeper: IndexManager) -> None:
    others = [actor(f"other-{number}", f"Andre {number}", "Arbeider med annet") for number in range(12)]
    small_store.save_many([*others, actor("rower", "Roklubben", "Prøver alltid å bruke gode årer")], by="test")
    reasons = first(keeper, "prøve gode årer").reasons
    assert [(reason.kind, reason.labels) for reason in reasons] == [(ReasonKind.SHARED, ("årer",))]


def test_of_what_no_record_speaks_what_it_is_a_part_of_is_meant(small_store: RecordStore, keeper: IndexManager) -> None:
    weeds = actor("weeds", "Ugrasvakta", expertise=(statement("Kjemper mot fremmede arter"),))
    alien = concept("fremmede-arter", "fremmede arter", "alien species")
    geese = concept("kanadagas", "kanadagås", "Canada goose", broader=(alien.id,))
    small_store.save_many([weeds, alien, geese], by="test")
    match = first(keeper, "kanadagås på badestranda")
    assert match.record_id == weeds.id
    assert match.reasons[0].labels == ("fremmede arter",)


def test_who_is_about_what_a_need_is_a_part_of_is_good_at_most_and_what_is_narrower_is_told_alone(
    small_store: RecordStore, tmp_path: Path
) -> None:
    weeds = actor("weeds", "Ugrasvakta", expertise=(statement("Kjemper mot fremmede arter"),))
    geese = actor("geese", "Gåsevakta", expertise=(statement("Teller kanadagås og andre fremmede arter"),))
    wide = concept("fremmede-arter", "fremmede arter", "alien species")
    narrow = concept("kanadagas", "kanadagås", "Canada goose", broader=(wide.id,))
    all_near = dict.fromkeys(SEARCHED_KINDS, Calibration(slope=1.0, midpoint=-10.0))
    certain = EAGER.model_copy(update={"steps": default_parameters().steps, "calibration": all_near})
    small_store.save_many([weeds, geese, wide, narrow], by="test")
    searcher = IndexManager(small_store, WordEncoder(), tmp_path / "near", certain).searcher()
    result = searcher.find(need("kanadagås"))
    by_id = {match.record_id: match for match in result.matches(Kind.ACTOR, 9)}
    assert (by_id[geese.id].reasons[0].labels, by_id[geese.id].confidence) == (("kanadagås",), MatchConfidence.STRONG)
    assert (by_id[weeds.id].reasons[0].labels, by_id[weeds.id].confidence) == (
        ("fremmede arter",),
        MatchConfidence.GOOD,
    )
    assert [result.is_remote(by_id[one.id]) for one in (geese, weeds)] == [False, True]


def test_a_word_for_a_whole_field_is_a_reason_only_where_nothing_narrower_is_said(
    small_store: RecordStore, keeper: IndexManager
) -> None:
    others = [actor(f"other-{number}", f"Andre {number}", "Arbeider med annet") for number in range(12)]
    small_store.save_many([*others, actor("teacher", "Laget", "Metoder og kompetanse for sykling")], by="test")

    def labels(text: str) -> list[str]:
        return [label for reason in first(keeper, text).reasons for label in reason.labels]

    assert labels("metoder, kompetanse og sykling") == ["sykling"]
    assert labels("metoder og kompetanse") == ["metoder", "kompetanse"]


def test_a_project_is_named_only_where_it_matches_the_need_itself(small_store: RecordStore, tmp_path: Path) -> None:
    others = [idea(f"other-{number}", f"Andre {number}", "Noe helt annet") for number in range(12)]
    small_store.save_many([*others, FARM.model_copy(update={"summary": text("Dyrker gulrøtter")})], by="test")
    surer = FOLLOWING.model_copy(
        update={"steps": FOLLOWING.steps | {MatchConfidence.STRONG: 2, MatchConfidence.GOOD: 2}}
    )
    keeper = IndexManager(small_store, WordEncoder(), tmp_path / "surer", surer)

    def named(asked: str) -> list[str | None]:
        matches = keeper.searcher().search(need(asked))[Kind.ACTOR]
        farm = next(one for one in matches if one.record_id == FARM.id)
        return [reason.idea for reason in farm.reasons if reason.kind is ReasonKind.TOOK_PART]

    assert named("vandrende skolebuss") == [PLAN.id]
    assert named("gulrøtter") == []


def test_what_a_scheme_does_not_pay_for_is_neither_quoted_nor_counted_for_it(
    small_store: RecordStore, keeper: IndexManager
) -> None:
    others = [actor(f"other-{number}", f"Andre {number}", "Arbeider med annet") for number in range(12)]
    picky = instrument(
        "picky", "Klimaposten", "Gir støtte til utslippskutt", facts=(statement("Energisparing faller utenfor."),)
    )
    small_store.save_many([*others, picky], by="test")
    result = keeper.searcher().find(need("energisparing"))
    candidate = next(one for one in result.schemes(5) if one.record_id == picky.id)
    assert not any("faller utenfor" in one.quote for one in result.explained(candidate).evidence)
    assert result.shuts_out(candidate)
    cutting = keeper.searcher().find(need("utslippskutt"))
    assert not cutting.shuts_out(candidate)


def test_a_reason_is_told_in_the_word_of_the_asker_where_the_quote_has_it(
    small_store: RecordStore, keeper: IndexManager
) -> None:
    others = [actor(f"other-{number}", f"Andre {number}", "Arbeider med annet") for number in range(12)]
    small_store.save_many([*others, actor("nurse", "Pleien", "Om blodforgiftning")], by="test")
    matches = {match.record_id: match for match in keeper.searcher().search(need("blodforgiftning"))[Kind.ACTOR]}
    assert matches["actor:nurse"].reasons[0].labels == ("blodforgiftning",)
    assert matches[HOSPITAL.id].reasons[0].labels == ("sepsis",)


def test_a_name_in_a_reason_is_spelled_as_the_asker_spelled_it(small_store: RecordStore, keeper: IndexManager) -> None:
    others = [actor(f"other-{number}", f"Andre {number}", "Arbeider med annet") for number in range(12)]
    small_store.save_many([*others, actor("border", "Grensen", "Prosjekter med Sverige")], by="test")
    assert first(keeper, "Prosjekter i Sverige?").reasons[0].labels == ("Sverige",)


def test_a_name_that_was_given_is_not_told_again_word_by_word(small_store: RecordStore, keeper: IndexManager) -> None:
    small_store.save(instrument("horizon", "Horisont 2020", "Horisont gir penger til forskning"), by="test")
    matches = keeper.searcher().search(Need(text="Horisont 2020 til forskning", language=Language.NB))
    reasons = next(one.reasons for one in matches[Kind.INSTRUMENT] if one.record_id == "instrument:horizon")
    assert reasons[0].kind is ReasonKind.NAMED
    assert not any("horisont" in label.casefold() for reason in reasons[1:] for label in reason.labels)


def test_projects_of_registers_neither_hide_nor_outrank_what_people_put_forward(
    small_store: RecordStore, tmp_path: Path
) -> None:
    own = idea("own", "Skredvarsling med sensorer", "Ras i bratte lier")
    origin = {"event": {"nb": "Horisont", "en": "Horizon"}, "on": "2024", "registry": "cordis"}
    part = {"actor": HOSPITAL.id, "role": "partner"}
    many = [
        idea(f"p{n}", "Skredvarsling med sensorer i bratte lier", "Skredvarsling", origin=origin, participants=[part])
        for n in range(700)
    ]
    small_store.save_many([own, *many], by="test")
    keeper = IndexManager(small_store, WordEncoder(), tmp_path, EAGER.model_copy(update={"registries": 0.5}))
    need = Need(text="skredvarsling i bratte lier", language=Language.NB, kinds=(Kind.IDEA, Kind.ACTOR))
    found = keeper.searcher().search(need, 10)
    assert found[Kind.IDEA][0].record_id == own.id
    assert len(found[Kind.IDEA]) == 10
    assert found[Kind.ACTOR][0].record_id == HOSPITAL.id
    small_store.save_many([many[0].model_copy(update={"state": CurationState.RETIRED})], by="test")
    assert keeper.searcher().search(need, 10)[Kind.IDEA][0].record_id == own.id


def test_what_an_actor_did_in_a_register_is_told_in_one_sentence() -> None:
    from index.storage.passages import PROJECTS_TOLD, Facet, ProjectParticipation, passages_of

    origin = {"event": {"nb": "Horisont", "en": "Horizon"}, "on": "2020", "registry": "cordis"}
    parts = [{"actor": HOSPITAL.id, "role": "partner"}]
    projects = [
        idea(f"p{n}", f"Prosjekt {n}", "Sak", origin=origin, participants=parts, started_on=str(1980 + n))
        for n in range(45)
    ]
    found = passages_of(HOSPITAL, [ProjectParticipation(one, one.participants[0]) for one in projects])
    evidence = [one for one in found if one.facet is Facet.EVIDENCE and one.language is Language.NB]
    assert "Deltok i 45 prosjekter" in evidence[0].text
    assert "Prosjekt 44" in evidence[0].text
    assert len(evidence) == 1 + PROJECTS_TOLD


def test_an_edit_leaves_the_vectors_of_other_kinds_where_they_are(
    small_store: RecordStore, following: IndexManager
) -> None:
    before = following.searcher().generation.folder
    files = {kind: (before / dense_file(kind)).stat().st_ino for kind in SEARCHED_KINDS}
    small_store.save(MONEY.model_copy(update={"ended_on": "2030"}), by="test")
    after = following.searcher(newest=True).generation.folder
    assert after != before
    same = {kind for kind in SEARCHED_KINDS if (after / dense_file(kind)).stat().st_ino == files[kind]}
    assert same == {Kind.ACTOR, Kind.IDEA}
    assert following.verify().revision == small_store.revision()


def test_a_file_of_the_index_that_is_changed_in_place_is_noticed_though_it_was_read_before(
    small_store: RecordStore, following: IndexManager
) -> None:
    file = following.searcher().generation.folder / dense_file(Kind.IDEA)
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(IndexFileError, match="damaged"):
        following.verify()


@pytest.mark.parametrize(
    ("language", "asked", "quote"),
    [
        (Language.NB, "hvem kan måle støv i barnehager", "Måler støv i barnehager"),
        (Language.NN, "kven kan måle støv i barnehagar", "Måler støv i barnehagar"),
        (Language.EN, "who measures dust in nurseries, støv i barnehager", "Measures dust in nurseries"),
    ],
)
def test_a_statement_is_quoted_in_the_language_of_who_asks_where_the_record_has_it(
    small_store: RecordStore, keeper: IndexManager, language: Language, asked: str, quote: str
) -> None:
    said = statement("Måler støv i barnehager", "Measures dust in nurseries", "Måler støv i barnehagar")
    small_store.save(actor("dust", "Støvlaget", expertise=(said,)), by="test")
    match = keeper.searcher().search(need(asked, language=language))[Kind.ACTOR][0]
    assert [(one.quote, one.language) for one in match.evidence if "tøv" in one.quote or "ust" in one.quote] == [
        (quote, language)
    ]


def test_a_statement_that_a_record_has_in_no_other_language_is_quoted_as_it_is(
    small_store: RecordStore, keeper: IndexManager
) -> None:
    said = statement("Måler støv").model_copy(update={"text": LangText(nb="Måler støv i barnehager")})
    small_store.save(actor("dust", "Laget", expertise=(said,)), by="test")
    match = keeper.searcher().search(need("kven kan måle støv i barnehagar", language=Language.NN))[Kind.ACTOR][0]
    assert ("Måler støv i barnehager", Language.NB) in [(one.quote, one.language) for one in match.evidence]


@pytest.mark.parametrize(
    ("asked", "label"),
    [
        ("hjorts gulrøtter", "hjort"),
        ("elevers gulrøtter", "elever"),
        ("sykehjems gulrøtter", "sykehjem"),
        ("lærernes gulrøtter", "lærerne"),
        ("lakselus og gulrøtter", "lakselus"),
    ],
)
def test_a_reason_tells_a_word_without_the_s_of_its_genitive(
    small_store: RecordStore, keeper: IndexManager, asked: str, label: str
) -> None:
    others = [actor(f"other-{number}", f"Andre {number}", "Arbeider med annet") for number in range(12)]
    told = "For hjort, elever, sykehjem, lærerne og lakselus"
    small_store.save_many([*others, actor("all", "Laget for alt", told)], by="test")
    matches = {one.record_id: one for one in keeper.searcher().search(need(asked))[Kind.ACTOR]}
    labels = [one for reason in matches["actor:all"].reasons for one in reason.labels]
    assert label in labels
    assert f"{label}s" not in labels
