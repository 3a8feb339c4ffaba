"""Where somebody is, is read wherever they put it; who is asked about, or looked for, is not taken for it."""

from __future__ import annotations

import pytest

from assistant.dialogue.places import places_denied, read_places


@pytest.mark.parametrize(
    ("text", "place", "need"),
    [
        ("Bodø kommune: flom", "Bodø", "flom"), ("Bodø: flom", "Bodø", "flom"), ("flom Bodø", "Bodø", "flom"),
        ("overvekt barn Steinkjer", "Steinkjer", "overvekt barn"),
        ("overvekt barn steinkjer", "Steinkjer", "overvekt barn"),
        ("Steinkjer kommune overvekt barn", "Steinkjer", "overvekt barn"),
        ("Nes kommune i Akershus – vi vil redusere ensomhet", "Nes", "vi vil redusere ensomhet"),
        ("Vinje kommune, fråflytting", "Vinje", "fråflytting"),
        ("Kvinnherad – me vil ha fleire lærarar", "Kvinnherad", "me vil ha fleire lærarar"),
        ("einsemd eldre Ørsta", "Ørsta", "einsemd eldre"),
        ("Hitra: too few nurses", "Hitra", "too few nurses"), ("school dropout Alta", "Alta", "school dropout"),
        ("Time kommune: flom", "Time", "flom"),
    ],
)  # fmt: skip
def test_a_bare_name_beside_a_need_is_where_who_asks_is(text: str, place: str, need: str) -> None:
    read = read_places(text)
    assert read.asker is not None
    assert (read.asker.name, read.text) == (place, need)
    assert read.wish is None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("rekruttering av sykepleiere i Valdres", "Innlandet"), ("Lofoten: boligmangel", "Nordland"),
        ("vi bor på Helgeland og trenger folk", "Nordland"), ("me i Setesdal treng fleire lærarar", "Agder"),
        ("tourists Hallingdal", "Buskerud"), ("vi på Nordmøre vil ha bedre kollektivtilbud", "Møre og Romsdal"),
        ("vi i Geiranger sliter med for mange turister", "Stranda"), ("ensomhet Skudeneshavn", "Karmøy"),
        ("we are in Mo i Rana and need teachers", "Rana"), ("hilsen fra Gudbrandsdalen", "Innlandet"),
        ("Svolvær: drikkevann", "Vågan"), ("vi er i Beitostølen", "Øystre Slidre"),
    ],
)  # fmt: skip
def test_a_district_or_a_village_tells_the_county_or_the_municipality(text: str, place: str) -> None:
    asker = read_places(text).asker
    assert asker is not None
    assert asker.name == place


@pytest.mark.parametrize(
    "text",
    [
        "RFF Nordland", "SINTEF Narvik", "hva har Drammen gjort med medisinroboter", "samarbeid med Drammen",
        "kontakt Drammen", "Universitetet i Bergen", "time for flom", "strand og søppel", "som i Lofoten",
        "Oslo, Bergen og Trondheim samarbeider om klima", "helst Trondheim", "nord for Bodø",
        "Frivilligsentralen Lofoten", "what has Alta done", "mange strømmen av turister", "vi bor i Hadeland",
    ],
)  # fmt: skip
def test_a_name_that_is_asked_about_or_is_a_word_places_nobody(text: str) -> None:
    assert read_places(text).asker is None


@pytest.mark.parametrize("text", ["researchers flood Bergen", "partnere Trondheim", "konsulenter Bodø"])
def test_a_bare_name_beside_who_is_looked_for_is_where_they_should_be(text: str) -> None:
    read = read_places(text)
    assert read.asker is None
    assert read.wish is not None


@pytest.mark.parametrize(
    ("text", "denied", "place"),
    [
        ("vi er ikke fra Bodø", "Bodø", None), ("me er ikkje i Førde", "Sunnfjord", None),
        ("we are not from Bodø", "Bodø", None), ("vi er ikke i Bodø, men i Steinkjer", "Bodø", "Steinkjer"),
        ("kommunen ligger ikke i Lofoten", "Nordland", None), ("this is not in Narvik", "Narvik", None),
    ],
)  # fmt: skip
def test_a_place_that_is_denied_is_not_where_who_asks_is(text: str, denied: str, place: str | None) -> None:
    assert [one.name for one in places_denied(text)] == [denied]
    asker = read_places(text).asker
    assert (asker.name if asker else None) == place
