from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from assistant.funding.schemes import SchemeStatus
from assistant.locales.compiling import catalog_paths, compiled
from assistant.platform.messages import messages
from corpus.records import Role
from corpus.text import Language
from index.scoring.explain import ReasonKind
from index.scoring.ranking import MatchConfidence

PLACEHOLDER = re.compile(r"\{\w+\}")


def filled_in(text: object) -> set[str]:
    return set(PLACEHOLDER.findall(str(text)))


def catalog(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


CATALOGS = {(path.parts[-3], path.stem): catalog(path) for path in catalog_paths()}
AREAS = sorted({area for _, area in CATALOGS})


def test_there_is_a_catalog_of_every_area_for_every_language() -> None:
    assert set(CATALOGS) == {(language.value, area) for language in Language for area in AREAS}


@pytest.mark.parametrize("area", AREAS)
def test_every_catalog_has_every_message_with_the_same_values_to_fill_in(area: str) -> None:
    english = CATALOGS["en", area]
    keys = {message.id for message in english if message.id}
    for language in Language:
        one = CATALOGS[language.value, area]
        assert {message.id for message in one if message.id} == keys
        for message in one:
            if message.id:
                assert message.string
                assert not message.fuzzy
                assert filled_in(message.string) == filled_in(english[message.id].string), message.id


def test_no_message_stands_in_two_areas() -> None:
    keys = [message.id for area in AREAS for message in CATALOGS["en", area] if message.id]
    assert sorted(keys) == sorted(set(keys))


@pytest.mark.parametrize("area", AREAS)
def test_nynorsk_is_not_bokmal(area: str) -> None:
    nynorsk, bokmal = CATALOGS["nn", area], CATALOGS["nb", area]
    same = [m.id for m in nynorsk if m.id and m.string == bokmal[m.id].string]
    assert len(same) < len(nynorsk) / 2


@pytest.mark.parametrize("path", catalog_paths(), ids=lambda path: f"{path.parts[-3]} {path.stem}")
def test_the_compiled_catalog_is_that_of_the_text(path: Path) -> None:
    assert path.with_suffix(".mo").read_bytes() == compiled(path)


@pytest.mark.parametrize("language", Language)
def test_every_key_that_is_made_from_data_is_there(language: Language) -> None:
    keys = [f"confidence.{step}" for step in MatchConfidence]
    keys += [f"status.{status}" for status in SchemeStatus]
    keys += [f"why.{kind}" for kind in ReasonKind if kind is not ReasonKind.TOOK_PART]
    keys += [f"why.took_part.{role}" for role in Role]
    keys += [f"language.{one}" for one in Language]
    assert [key for key in keys if messages(language).text(key) == key] == []


@pytest.mark.parametrize(
    ("language", "partial", "shown"),
    [
        (Language.NB, "2017", "2017"),
        (Language.NB, "2017-05", "mai 2017"),
        (Language.NN, "2017-05-24", "24. mai 2017"),
        (Language.EN, "2017-05-24", "May 24, 2017"),
    ],
)
def test_dates_are_written_as_precisely_as_they_are_known(language: Language, partial: str, shown: str) -> None:
    assert messages(language).date(partial) == shown


def test_lists_read_as_prose() -> None:
    assert messages(Language.NB).listed(["a", "b", "c"]) == "a, b og c"
    assert messages(Language.EN).listed(["a", "b"]) == "a and b"


def test_values_are_put_in_as_they_are() -> None:
    assert "{idea}" in messages(Language.EN).text("why.succeeded", name="{idea}")
