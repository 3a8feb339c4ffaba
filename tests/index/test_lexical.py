from __future__ import annotations

from pathlib import Path

import pytest

from corpus.records import Kind
from corpus.text import Language
from index.analysis import terms
from index.errors import IndexFileError
from index.storage.lexical import CONCEPTS, EVIDENCE, OWN, LexicalDocument, LexicalIndex, char_trigrams


def document(slug: str, text: str, kind: Kind = Kind.ACTOR, evidence: str = "", concepts: str = "") -> LexicalDocument:
    return LexicalDocument(
        f"{kind}:{slug}",
        kind,
        {Language.NB: terms(text, Language.NB)},
        {Language.NB: terms(evidence, Language.NB)},
        concepts.split(),
        [],
        char_trigrams(slug),
    )


@pytest.fixture
def lexical(tmp_path: Path) -> LexicalIndex:
    index = LexicalIndex.create(tmp_path)
    index.update(
        [
            document("hospital", "sepsis og akutt sykdom på sykehus", concepts="concept:sepsis concept:sykehus"),
            document("school", "elever og frafall i skolen", concepts="concept:frafall"),
            document("town", "helse i kommunen", evidence="var med på sepsis"),
            document("sepsis", "tidlig oppdagelse av sepsis", Kind.IDEA, concepts="concept:sepsis"),
        ]
    )
    return index


def found(lexical: LexicalIndex, field: str, text: str, kind: Kind) -> list[str]:
    return [record_id for record_id, _ in lexical.search(lexical.text_query(field, text, Language.NB), kind, 5)]


def test_records_with_the_words_are_found_and_of_that_kind_only(lexical: LexicalIndex) -> None:
    assert found(lexical, OWN, "sepsis?", Kind.ACTOR) == ["actor:hospital"]
    assert found(lexical, OWN, "sepsis?", Kind.IDEA) == ["idea:sepsis"]


def test_what_a_record_took_part_in_is_a_field_of_its_own(lexical: LexicalIndex) -> None:
    assert found(lexical, EVIDENCE, "sepsis", Kind.ACTOR) == ["actor:town"]


def test_a_score_is_a_share_that_words_nobody_knows_lower(lexical: LexicalIndex) -> None:
    [(_, alone)] = lexical.search(lexical.text_query(OWN, "sepsis", Language.NB), Kind.ACTOR, 5)
    [(_, diluted)] = lexical.search(lexical.text_query(OWN, "sepsis pizza romskip", Language.NB), Kind.ACTOR, 5)
    assert 0 < diluted < alone <= 1


def test_concepts_are_found_by_weight(lexical: LexicalIndex) -> None:
    wanted = lexical.concept_query(CONCEPTS, {"concept:sepsis": 0.2, "concept:frafall": 1.0})
    assert [i for i, _ in lexical.search(wanted, Kind.ACTOR, 5)] == ["actor:school", "actor:hospital"]


def test_names_are_found_by_most_of_their_letters(lexical: LexicalIndex) -> None:
    [(found, _)] = lexical.search(lexical.trigram_query("hopsital"), Kind.ACTOR, 1)
    assert found == "actor:hospital"


def test_an_update_puts_new_in_place_of_old(lexical: LexicalIndex) -> None:
    lexical.update([document("hospital", "fødsler")], removed=["actor:school"])
    assert lexical.count == 3
    assert found(lexical, OWN, "sepsis", Kind.ACTOR) == []
    assert found(lexical, OWN, "fødsel fødsler", Kind.ACTOR) == ["actor:hospital"]
    assert found(lexical, OWN, "frafall", Kind.ACTOR) == []


@pytest.mark.parametrize("hostile", ['" OR *:*', "sepsis AND (", "id:actor*", "[a TO z]", "\\", "^~*?", "kind:idea"])
def test_no_question_is_read_as_query_syntax(lexical: LexicalIndex, hostile: str) -> None:
    assert set(found(lexical, OWN, hostile, Kind.ACTOR)) <= {"actor:hospital"}


def test_it_is_the_same_after_being_opened_again(lexical: LexicalIndex, tmp_path: Path) -> None:
    again = LexicalIndex.load(tmp_path)
    before, after = (one.search(one.text_query(OWN, "sepsis", Language.NB), Kind.ACTOR, 5) for one in (lexical, again))
    assert before == after != []


def test_a_folder_that_is_no_index_is_refused(tmp_path: Path) -> None:
    (tmp_path / "meta.json").write_text("{", encoding="utf-8")
    with pytest.raises(IndexFileError, match="tantivy cannot read it"):
        LexicalIndex.load(tmp_path)


def test_a_compound_that_nobody_writes_is_found_by_its_parts(lexical: LexicalIndex) -> None:
    assert found(lexical, OWN, "skolefrafall", Kind.ACTOR) == ["actor:school"]


def test_a_word_is_found_in_the_compounds_that_begin_with_it(tmp_path: Path) -> None:
    index = LexicalIndex.create(tmp_path)
    index.update([document("wild", "teller hjortevilt i skogen"), document("town", "helse i kommunen")])
    assert found(index, OWN, "hjorten et opp graset", Kind.ACTOR) == ["actor:wild"]
    assert 0 < dict(index.search(index.text_query(OWN, "hjort", Language.NB), Kind.ACTOR, 5))["actor:wild"] <= 1


def test_nynorsk_and_bokmal_find_each_other(tmp_path: Path) -> None:
    index = LexicalIndex.create(tmp_path)
    index.update([document("home", "musikk på sykehjem"), document("school", "skulevegring hjå born")])
    assert found(index, OWN, "sjukeheimar", Kind.ACTOR) == ["actor:home"]
    assert found(index, OWN, "skolevegring", Kind.ACTOR) == ["actor:school"]


def test_abbreviations_and_what_is_left_of_them_are_not_looked_for() -> None:
    assert terms("f.eks. sepsis, bl.a. pga. vær, jf. plan mtp. krise o.l.", Language.NB) == terms(
        "sepsis vær plan krise", Language.NB
    )


def test_of_several_things_wanted_the_best_that_a_record_has_is_its_score(lexical: LexicalIndex) -> None:
    wanted = lexical.best_query({"concept:sepsis": 1.0, "concept:frafall": 0.4}, {"elev": 0.6}, Language.NB)
    assert dict(lexical.search(wanted, Kind.ACTOR, 5)) == pytest.approx({"actor:hospital": 1.0, "actor:school": 0.6})
    assert lexical.best_query({}, {}, Language.NB) is None


def test_a_compound_that_nobody_writes_is_known_by_the_parts_that_somebody_does(lexical: LexicalIndex) -> None:
    assert set(lexical.known_parts("skolehelse", Language.NB)) == {"skol", "hels"}
    assert lexical.known_parts("elev", Language.NB) == ["elev"]
    assert lexical.known_parts("zebra", Language.NB) == []
