"""Whom a text speaks of is found where it says so, and nowhere else."""

from __future__ import annotations

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.places import County, Locality, Municipality, Place, load_places

PLACES = load_places()
EVERYONE: tuple[Place, ...] = (*PLACES.municipalities, *PLACES.counties)


def found(text: str) -> list[str]:
    return [place.number for place in PLACES.find(text)]


def test_all_units_of_2024_are_there_once_and_lie_in_a_county() -> None:
    assert (len(PLACES.municipalities), len(PLACES.counties)) == (357, 15)
    assert len({one.number for one in PLACES.municipalities}) == 357
    assert {one.county for one in PLACES.municipalities} == {one.number for one in PLACES.counties}
    assert all(one.number[:2] == one.county for one in PLACES.municipalities)


def test_every_former_number_has_ended_and_none_is_one_of_today() -> None:
    today = {one.number for one in EVERYONE}
    former = [old for one in EVERYONE for old in one.former]
    assert len(former) > 450
    assert all(2017 <= old.ended <= 2024 for old in former)
    assert not {old.number for old in former} & today


@pytest.mark.parametrize("place", EVERYONE, ids=lambda place: place.number)
def test_each_is_found_by_its_name_and_its_number(place: Place) -> None:
    kind = "kommune" if isinstance(place, Municipality) else "fylkeskommune"
    assert place in PLACES.find(f"Vi er fra {place.name} {kind}.")
    assert place in PLACES.by_number(place.number)
    word = "kommunenummer" if isinstance(place, Municipality) else "fylkesnummer"
    assert PLACES.find(f"{word} {place.number}") == (place,)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("vi er fra Levanger kommune", ["5037"]),
        ("VI ER FRA LEVANGER", ["5037"]),
        ("levanger", ["5037"]),
        ("Vi bor i Bodø og vil ha hjelp", ["1804"]),
        ("Levangers nye sykehjem, Bodøs nye by", ["5037", "1804"]),
        ("kommune 1702", ["5006"]),
        ("kommunenr. 3024", ["3201"]),
        ("kommune nr 0301", ["0301"]),
        ("5037", ["5037"]),
        ("fylke 30", ["31", "32", "33"]),
        ("Hvem i Viken kan hjelpe?", ["31", "32", "33"]),
        ("Vestfold og Telemark", ["39", "40"]),
        ("Troms og Finnmark", ["55", "56"]),
        ("Møre og Romsdal", ["15"]),
        ("Sør-Trøndelag", ["50"]),
        ("nord trøndelag", ["50"]),
        ("Sogn og Fjordane", ["46"]),
        ("Kåfjord", ["5540"]),
        ("Gáivuotna", ["5540"]),
        ("Gáivuotna – Kåfjord – Kaivuono", ["5540"]),
        ("Evje og Hornnes og Nore og Uvdal", ["4219", "3338"]),
        ("Midt-Telemark", ["4020"]),
        ("Namdalseid, Søgne", ["5007", "4204"]),
        ("Re kommune", ["3905"]),
        ("Oslo", ["0301"]),
        ("Oslo fylke", ["03"]),
        ("Kommune på Agder", ["42"]),
        ("We are from Time municipality", ["1121"]),
    ],
)
def test_names_and_numbers_of_today_and_before_are_understood(text: str, numbers: list[str]) -> None:
    assert found(text) == numbers


def test_an_ambiguous_name_gives_all_it_may_be_until_the_text_says_which() -> None:
    assert found("Herøy") == ["1515", "1818"]
    assert found("Herøy i Nordland") == ["1818", "18"]
    assert found("Våler kommune") == ["3114", "3419"]
    assert set(found("Bø kommune")) == {"1867", "4020"}


def test_a_divided_municipality_is_all_its_parts_unless_one_kept_the_name() -> None:
    assert found("Snillfjord") == ["5055", "5056", "5059"]
    assert found("Tysfjord") == ["1806", "1875"]
    assert found("Ålesund") == ["1508"]
    assert found("Haram") == ["1580"]
    assert found("kommunenummer 1507") == ["1508", "1580"]


@pytest.mark.parametrize(
    "text",
    [
        "Vi har ikke time til dette",
        "Time for time går",
        "en strand ved sjøen",
        "Strand og skog må vernes",
        "solen og sola skinner",
        "et hus i skogen, en lund og en vik",
        "noe re og noe os",
        "Stad, fjord og ål",
        "to lag på en time",
        "dans på en strand",
        "a map of a fjord municipality",
    ],
)
def test_everyday_words_are_no_places(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Vi i Time trenger råd", "1121"),
        ("strand kommune", "1130"),
        ("helsetjenesten på Ås", "3218"),
        ("Jeg jobber i kommunen Lom", "3434"),
        ("vi kjem frå Os", "3430"),
        ("Vågå og Sel kommune", "3437"),
    ],
)
def test_an_everyday_word_is_a_place_where_the_sentence_says_so(text: str, number: str) -> None:
    assert number in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "Vi har 1804 innbyggere",
        "Kommunen brukte 1804 kroner",
        "Det koster 5037",
        "I kommunen 2024",
        "2024",
        "50",
        "1702 1703",
        "kommunenummer 9999",
        "ring 50 37 00 00",
        "²",
        "1" * 5_000,
    ],
)
def test_numbers_count_only_where_the_text_says_what_they_are(text: str) -> None:
    assert found(text) == []


def test_a_number_that_could_be_a_year_counts_where_it_is_called_a_number() -> None:
    assert found("kommunenummer 2024") == ["5630"]
    assert found("kommune nr. 2020") == ["5622"]


def test_an_institution_that_is_named_after_a_town_places_nobody() -> None:
    assert found("Kan Universitetet i Bergen hjelpe oss?") == []
    assert found("Vi i Bergen samarbeider med Høgskolen i Molde") == ["4601"]


def test_each_place_is_given_once_in_the_order_of_the_text() -> None:
    assert found("Verdal, Levanger, verdal kommune og kommune 1721") == ["5038", "5037"]


def test_today_is_asked_by_number() -> None:
    assert isinstance(PLACES.municipality("5037"), Municipality)
    assert PLACES.municipality("1719") is None
    assert isinstance(PLACES.county("50"), County)
    assert PLACES.county("30") is None


def test_the_list_is_read_once() -> None:
    assert load_places() is PLACES


@given(st.text())
def test_any_text_is_answered_with_places_of_the_list_each_once(text: str) -> None:
    places = PLACES.find(text)
    assert len(set(places)) == len(places)
    assert set(places) <= set(EVERYONE)


def test_a_long_text_takes_time_in_proportion() -> None:
    def seconds(text: str) -> float:
        start = perf_counter()
        PLACES.find(text)
        return perf_counter() - start

    once = max(min(seconds("sør nore og i time kommune 18 " * 500) for _ in range(3)), 1e-4)
    assert min(seconds("sør nore og i time kommune 18 " * 4_000) for _ in range(3)) < 40 * once


@pytest.mark.parametrize(
    "text",
    [
        "Stranda vår forsvinner i stormflo, hvem kan hjelpe oss?",
        "rydding av søppel på strand og i fjære",
        "Vi går tur i fjell og skog. Fjell og vidde må vernes",
        "Røyken fra vedovner plager folk",
        "Lier og åser gror igjen",
        "Moss in the park takes over the lawn",
        "hole in the road, and no time to mend it",
        "ungdom som er rana på gata",
        "den som volda skaden må betale",
        "Å træna eldre på sjukeheimen",
        "frosta jord på idrettsbanen",
        "asker fra biobrensel",
        "Flora og fauna langs vegen",
        "Sola skinner på taket vårt, kan vi få støtte?",
        "Ski og langrenn for barn",
        "Kari Lund lurer på skolemat",
        "Etter møtet ringte rektor Strand oss",
        "luftkvalitet ved Berg skole og Fjell barnehage",
        "HVEM KAN HJELPE OSS MED STRAND OG SUND",
        "Kurset «Sund og frisk» for eldre",
        "Tema: Vik og våg, båthavn",
        "lær ungene å leka",
        "det klepper i maskinen, og klepp til kveldsmat",
    ],
)
def test_a_name_that_is_a_word_is_no_place_by_its_letters_alone(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Hva kan Stranda gjøre med skred?", "1525"),
        ("hvordan har Lund løst skoleskyss?", "1112"),
        ("Kommunene Sokndal, Lund og Bjerkreim vil samarbeide", "1112"),
        ("vi i time sliter med rekruttering", "1121"),
        ("Hei, me i strand vil ha fleire lærarar", "1130"),
        ("hvem kan hjelpe oss i moss", "3103"),
        ("moss trenger flere lærere", "3103"),
        ("Rana vil ha flere læreplasser", "1833"),
        ("flom i voss", "4621"),
        ("os kommune her", "3430"),
        ("Me på Stord treng hjelp", "4614"),
        ("A question from Hole municipality", "3310"),
        ("We in Time need teachers", "1121"),
    ],
)
def test_a_name_that_is_a_word_is_a_place_by_what_stands_around_it(text: str, number: str) -> None:
    assert number in found(text)


def test_each_locality_lies_in_a_unit_of_today_and_names_its_source() -> None:
    assert len(PLACES.localities) >= 150
    units = {one.name.casefold() for one in EVERYONE}
    for one in PLACES.localities:
        assert bool(one.municipality) != bool(one.counties), one.name
        assert one.name.casefold() not in units
        assert one.source
        assert one.found
        numbers = (one.municipality,) if one.municipality else one.counties
        assert all(PLACES.municipality(number) or PLACES.county(number) for number in numbers), one.name


@pytest.mark.parametrize("locality", PLACES.localities, ids=lambda one: one.name)
def test_each_locality_is_mentioned_by_its_names_and_found_by_none(locality: Locality) -> None:
    numbers = {locality.municipality} if locality.municipality else set(locality.counties)
    for name in (locality.name, *locality.other_names):
        mentioned = PLACES.mentions(f"vi holder til i {name}")
        assert {mention.place.number for mention in mentioned} == numbers, name
        # A formal unit may be named within it, as Rana is in Mo i Rana; a locality is none itself.
        assert {place.number for place in PLACES.find(f"vi holder til i {name}")} <= numbers


@pytest.mark.parametrize(
    "text", ["de var midt i strømmen", "hele sogn og land", "feiring av 17. mai", "den otta var tidlig"]
)
def test_a_word_that_a_locality_is_called_by_too_is_a_word(text: str) -> None:
    assert PLACES.mentions(text) == ()


def test_a_locality_tells_which_of_several_of_a_name_is_meant() -> None:
    mentioned = {mention.place.number for mention in PLACES.mentions("vi i Herøy på Helgeland")}
    assert mentioned == {"1818", "18"}
