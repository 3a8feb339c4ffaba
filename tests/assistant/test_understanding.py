from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.dialogue.understanding import Question, understand
from assistant.platform.errors import EmptyQuestionError
from assistant.platform.user_text import MAX_QUESTION
from corpus.records import ActorType, Kind
from corpus.text import Language


@pytest.mark.parametrize("nothing", ["", "   ", "🙂🙂", "?!...", "a", "\x00\x01", "–"])
def test_a_question_without_a_word_is_refused_and_told_how_to_ask(nothing: str) -> None:
    with pytest.raises(EmptyQuestionError, match="eksempel"):
        understand(Question(text=nothing))


@given(st.text(min_size=0, max_size=300))
def test_any_other_text_is_understood_somehow(anything: str) -> None:
    try:
        understanding = understand(Question(text=anything))
    except EmptyQuestionError:
        return
    assert understanding.need.text
    assert len(understanding.question) <= MAX_QUESTION


def test_a_very_long_question_is_read_from_its_beginning_and_says_so() -> None:
    understanding = understand(Question(text="sepsis " * 20_000))
    assert understanding.shortened
    assert MAX_QUESTION - 10 < len(understanding.question) <= MAX_QUESTION
    assert understanding.question.endswith("sepsis")


def test_the_answer_is_in_the_language_of_the_question_unless_another_is_chosen() -> None:
    assert understand(Question(text="Kven kan hjelpe?")).language is Language.NN
    chosen = understand(Question(text="Kven kan hjelpe?", language=Language.EN))
    assert chosen.language is Language.EN
    assert chosen.need.language is Language.NN


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Hvem forsker på skolevei?", Kind.ACTOR),
        ("Er det pengar å søkje på til skuleveg?", Kind.INSTRUMENT),
        ("Has anyone tried walking buses?", Kind.IDEA),
        ("Kæm kan hjelp oss me skolevei?", Kind.ACTOR),
        ("Which university works with walking routes?", Kind.ACTOR),
        ("Hvordan får andre til trygg skolevei?", Kind.IDEA),
        ("What support is there for safe walking routes?", Kind.INSTRUMENT),
        ("Trygg skolevei", None),
    ],
)
def test_the_kind_asked_for_is_understood(text: str, kind: Kind | None) -> None:
    assert understand(Question(text=text)).need.asked_kind is kind


def test_where_the_asker_stands_is_no_wish_and_is_not_searched_for() -> None:
    need = understand(Question(text="Vi i Levanger kommune trenger hjelp til skolevei")).need
    assert need.place is None
    assert need.context_places == ("5037",)
    assert "Levanger" not in need.text


def test_a_place_for_partners_is_a_wish_and_binds_only_when_it_says_so() -> None:
    wished = understand(Question(text="Finnes det forskere i Trøndelag på skolevei?")).need.place
    assert wished is not None
    assert (wished.fylkesnummer, wished.required) == ("50", False)
    bound = understand(Question(text="Bare partnere i Trøndelag, om skolevei")).need.place
    assert bound is not None
    assert bound.required


def test_a_named_partner_is_not_a_place() -> None:
    need = understand(Question(text="Kan vi samarbeide med Levanger kommune om skolevei?")).need
    assert need.context_places == ()
    assert "Levanger" in need.text


@pytest.mark.parametrize(
    ("text", "applicant"),
    [
        ("Vi er en bedrift som lager refleksvester. Kan vi søke støtte?", ActorType.COMPANY),
        ("Is there money for a startup with reflective vests?", ActorType.COMPANY),
        ("Kan fylkeskommunen søkje midlar til skuleveg?", ActorType.COUNTY_MUNICIPALITY),
        ("Kan vi søke støtte til skolevei?", ActorType.MUNICIPALITY),
    ],
)
def test_who_would_apply_is_understood_and_is_else_a_municipality(text: str, applicant: ActorType) -> None:
    assert understand(Question(text=text)).need.applicant is applicant


@pytest.mark.parametrize("place", ["kommune 5037", "kommunenummer 5037", "kommune 1719", "Levanger"])
def test_a_municipality_is_known_by_name_and_by_number(place: str) -> None:
    need = understand(Question(text=f"Vi trenger hjelp til skolevei i {place}")).need
    assert need.context_places == ("5037",)
    assert "5037" not in need.text
    assert understand(Question(text="Vi har 5037 elever på skolevei")).need.context_places == ()


@pytest.mark.parametrize("text", ["Vi vil ha det som i Levanger", "Slik som i Levanger", "We want it like in Levanger"])
def test_a_place_held_up_as_an_example_is_neither_a_wish_nor_left_out(text: str) -> None:
    need = understand(Question(text=f"{text}, med trygg skolevei")).need
    assert (need.place, need.context_places) == (None, ())
    assert "Levanger" in need.text


@pytest.mark.parametrize(
    "text",
    [
        "Er det forskere i Trøndelag som kan skolevei?",
        "Gjerne partnere i Trøndelag, om skolevei",
        "Vi i Trøndelag vil vite mer om skolevei",
        "researchers in Trøndelag for safe walking routes",
    ],
)
def test_a_place_without_only_never_binds(text: str) -> None:
    place = understand(Question(text=text)).need.place
    assert place is None or not place.required


@pytest.mark.parametrize(
    "text",
    [
        "Bare forskere i Trøndelag, om skolevei",
        "Det må være noen fra Trøndelag, om skolevei",
        "Berre partnarar i Trøndelag, om skuleveg",
        "only partners in Trøndelag, for safe walking routes",
    ],
)
def test_a_place_with_only_binds(text: str) -> None:
    place = understand(Question(text=text)).need.place
    assert place is not None
    assert place.required


@pytest.mark.parametrize(
    ("text", "kommunenummer", "fylkesnummer"),
    [
        ("Vi er en liten kommune i Trøndelag og vil ha tryggere skolevei", None, "50"),
        ("vi er fra Levanger kommune og vil ha tryggere skolevei", "5037", "50"),
        ("kommune 1719 vil ha tryggere skolevei", "5037", "50"),
        ("Bodø kommune ønsker tryggere skolevei", "1804", "18"),
        ("tryggere skolevei i Molde", "1506", "15"),
        ("we are a municipality in Finnmark and want safer walking routes", None, "56"),
        ("Me i Sogndal treng tryggare skuleveg", "4640", "46"),
    ],
)
def test_a_question_places_its_asker(text: str, kommunenummer: str | None, fylkesnummer: str) -> None:
    facts = understand(Question(text=text)).facts
    assert (facts.kommunenummer, facts.fylkesnummer) == (kommunenummer, fylkesnummer)


@pytest.mark.parametrize(
    "text",
    [
        "Vi leter etter forskere i Trøndelag på skolevei",
        "hvem i Levanger kommune kan skolevei? slik som i Bodø",
        "skolevei i Herøy",
        "trygg skolevei til alle",
    ],
)
def test_what_is_wished_for_held_up_or_left_open_places_nobody(text: str) -> None:
    assert understand(Question(text=text)).facts.kommunenummer != "1804"
    if "Levanger" not in text:
        assert understand(Question(text=text)).facts.fylkesnummer is None


def test_who_asks_is_the_same_for_ranking_and_for_rules() -> None:
    for text in ("vi er en klynge, hvem kan finansiere forskning?", "Kan en bedrift søke?", "trygg skolevei"):
        understanding = understand(Question(text=text))
        assert understanding.need.applicant is understanding.facts.applicant_type


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("researchers in Oslo", "Oslo"),
        ("Who are the best researchers on dementia and falls among elderly immigrants in Oslo?", "Oslo"),
        ("Finnes det fagmiljøer på ensomhet blant eldre med innvandrerbakgrunn i Bergen?", "Bergen"),
        ("looking for a company that can measure air quality with cheap sensors in Trondheim", "Trondheim"),
        ("universitet i Tromsø som forskar på laks", "Tromsø"),
        ("konsulenter på klimaregnskap i Drammen", "Drammen"),
        ("researchers on flooding, preferably in Bergen", "Bergen"),
        ("forskere som kan hjelpe oss med flom, gjerne i Bergen", "Bergen"),
        ("kjenner du noen eksperter på skred og kvikkleire i Molde", "Molde"),
    ],
)
def test_a_place_at_the_end_of_who_is_looked_for_is_a_wish_and_no_home(text: str, place: str) -> None:
    understanding = understand(Question(text=text))
    assert understanding.need.place is not None
    assert understanding.need.place.name == place
    assert (understanding.facts.kommunenummer, understanding.need.context_places) == (None, ())


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Vi i Stranda treng råd om skred", "1525"),
        ("Time kommune her, vi vil ha flere lærere", "1121"),
        ("Hvem kan hjelpe oss med flom i Voss?", "4621"),
        ("store forskjeller mellom bydelene i Oslo", "0301"),
        ("forskere på skred? Vi er i Volda", "1577"),
        ("vi i skien vil lære av andre", "4003"),
    ],
)
def test_we_in_a_place_are_who_asks(text: str, number: str) -> None:
    understanding = understand(Question(text=text))
    assert understanding.need.place is None
    assert understanding.facts.kommunenummer == number


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("kulturminne i havet. Solund", Language.NN), ("psykisk helse på Voss", Language.NN),
        ("jeg vil ha hjelp med psykisk helse på Voss", Language.NB), ("psykisk helse i Bergen", Language.NB),
        ("psykisk helse i Bodø", Language.NB), ("mental health in Voss", Language.EN),
    ],
)  # fmt: skip
def test_a_line_that_could_be_either_is_in_the_language_of_its_place(text: str, language: Language) -> None:
    assert understand(Question(text=text)).language is language
