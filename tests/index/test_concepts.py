from __future__ import annotations

import json

from corpus.text import Language
from index.storage.concepts import ConceptFinder
from tests.records import concept

SEPSIS = concept(
    "sepsis", "sepsis", "sepsis", alt={"nb": ["blodforgiftning"], "nn": ["blodforgifting"], "en": ["blood poisoning"]}
)
ACUTE = concept("akutt-sykdom", "akutt sykdom", "acute illness", nn="akutt sjukdom")
NURSING = concept("hjemmesykepleie", "hjemmesykepleie", "home nursing", nn="heimesjukepleie")
ILLNESS = concept("sykdom", "sykdom", "illness", nn="sjukdom")
FINDER = ConceptFinder.of([SEPSIS.model_copy(update={"broader": (ACUTE.id,)}), ACUTE, NURSING, ILLNESS])


def found(text: str, language: Language = Language.NB, forgiving: bool = False) -> list[str]:
    return [mention.concept_id for mention in FINDER.find(text, language, (lambda _: False) if forgiving else None)]


def test_a_concept_is_found_by_any_of_its_labels_in_any_language() -> None:
    assert found("tidlig oppdagelse av blodforgiftning") == [SEPSIS.id]
    assert found("tidleg oppdaging av blodforgifting", Language.NN) == [SEPSIS.id]
    assert found("early signs of blood poisoning", Language.EN) == [SEPSIS.id]


def test_the_longest_label_wins() -> None:
    assert found("ved akutt sykdom") == [ACUTE.id]
    assert found("ved sykdom") == [ILLNESS.id]


def test_inflected_words_are_found() -> None:
    assert found("hjemmesykepleien") == [NURSING.id]


def test_bokmal_and_nynorsk_labels_are_found_in_each_other() -> None:
    assert found("heimesjukepleie", Language.NB) == [NURSING.id]
    assert found("hjemmesykepleie", Language.NN) == [NURSING.id]


def test_a_compound_is_read_by_its_parts() -> None:
    mentions = FINDER.find("sepsisvarsling", Language.NB)
    assert [(mention.concept_id, mention.certainty < 1) for mention in mentions] == [(SEPSIS.id, True)]


def test_all_words_that_name_a_concept_are_told_of_once_each() -> None:
    mentions = FINDER.find("sepsis, altså blodforgiftning: sepsis", Language.NB)
    assert [(mention.label, mention.others) for mention in mentions] == [("sepsis", ("blodforgiftning",))]


def test_only_questions_are_forgiven_typing_errors() -> None:
    assert found("hjemesykepleie", forgiving=True) == [NURSING.id]
    assert found("hjemesykepleie", forgiving=False) == []


def test_a_question_may_use_the_words_of_another_language() -> None:
    assert found("blood poisoning på sykehjem", Language.NB, forgiving=True) == [SEPSIS.id]
    assert found("blodforgiftning", Language.EN, forgiving=True) == [SEPSIS.id]
    assert found("blood poisoning", Language.NB, forgiving=False) == []
    assert FINDER.find("blood poisoning", Language.NB, lambda _: True) == []


def test_a_word_that_records_use_is_no_typing_error() -> None:
    assert FINDER.find("hjemesykepleie", Language.NB, lambda _: True) == []


def test_a_broader_concept_gets_its_share() -> None:
    weights = FINDER.widened(FINDER.find("sepsis", Language.NB), share=0.4)
    assert weights == {SEPSIS.id: 1.0, ACUTE.id: 0.4}


def test_a_finder_is_the_same_after_being_saved() -> None:
    again = ConceptFinder.from_plain(json.loads(json.dumps(FINDER.to_plain())))
    assert again.to_plain() == FINDER.to_plain()
    assert again.find("blodforgiftning", Language.NB) == FINDER.find("blodforgiftning", Language.NB)
    assert again.label(SEPSIS.id, Language.EN).text == "sepsis"


def test_a_vocabulary_of_nothing_finds_nothing() -> None:
    assert ConceptFinder.of([]).find("sepsis", Language.NB, lambda _: False) == []


def test_a_label_as_written_goes_before_others_of_the_same_stem() -> None:
    finder = ConceptFinder.of([concept("lege", "lege", "doctor"), concept("doktorgrad", "doktorgrad", "doctorate")])
    for text, expected in (("funding for a doctorate", "doktorgrad"), ("ask a doctor", "lege")):
        assert [mention.concept_id for mention in finder.find(text, Language.EN)] == [f"concept:{expected}"]
    again = ConceptFinder.from_plain(json.loads(json.dumps(finder.to_plain())))
    assert [mention.concept_id for mention in again.find("a doctor", Language.EN)] == ["concept:lege"]


def test_a_passage_about_a_part_speaks_of_the_whole_and_a_question_for_it_asks_for_no_more() -> None:
    radon = concept("radon", "radon", "radon", broader=["concept:housing"])
    finder = ConceptFinder.of([radon, concept("housing", "boligmiljø", "housing"), concept("rats", "rotter", "rats")])
    assert finder.spoken_of("måler radon i skoler", Language.NB) == (radon.id, "concept:housing")
    assert finder.spoken_of("boligmiljø", Language.NB) == ("concept:housing",)
    assert [mention.concept_id for mention in finder.find("radon?", Language.NB)] == [radon.id]


def test_what_is_about_a_part_is_about_the_whole_however_far_up_and_circles_end() -> None:
    parts = [("fall", "eldre"), ("eldre", "omsorg"), ("omsorg", "fall"), ("vei", None)]
    finder = ConceptFinder.of(
        concept(slug, slug, slug, broader=[f"concept:{broader}"] if broader else []) for slug, broader in parts
    )
    kept = ConceptFinder.from_plain(json.loads(json.dumps(finder.to_plain())))
    for one in (finder, kept):
        about = one.about(one.find("fall på glatt vei", Language.NB))
        assert about == {"concept:fall", "concept:eldre", "concept:omsorg", "concept:vei"}
        assert one.about(one.find("en vei", Language.NB)) == {"concept:vei"}
