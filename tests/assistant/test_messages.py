from __future__ import annotations

import ast
import gettext
import io
import re
import shutil
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from assistant.funding.schemes import SchemeStatus
from assistant.locales import translations
from assistant.locales.compiling import FOLDER, catalog_paths, compile_catalogs, compiled
from assistant.platform.messages import messages
from corpus.records import Role
from corpus.text import Language
from index.scoring.ranking import MatchConfidence
from index.scoring.reasons import ReasonKind

ROOT = Path(__file__).parents[2]
PLACEHOLDER = re.compile(r"\{\w+\}")


def filled_in(text: object) -> set[str]:
    return set(PLACEHOLDER.findall(str(text)))


def key_of(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def forms_of(message: Message) -> list[str]:
    """Return what a message says: one sentence, or one for one and one for many."""
    return [message.string] if isinstance(message.string, str) else list(message.string or [""])


def said(read: gettext.NullTranslations, key: str, forms: list[str]) -> list[str]:
    return [read.gettext(key)] if len(forms) == 1 else [read.ngettext(key, key, number) for number in (1, 2)]


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
                assert all(forms_of(message))
                assert not message.fuzzy
                values = [filled_in("\n".join(forms_of(one))) for one in (message, english[message.id])]
                assert values[0] == values[1], message.id


def test_no_message_stands_in_two_areas() -> None:
    keys = [key_of(message) for area in AREAS for message in CATALOGS["en", area] if message.id]
    assert sorted(keys) == sorted(set(keys))


@pytest.mark.parametrize("area", AREAS)
def test_nynorsk_is_not_bokmal(area: str) -> None:
    nynorsk, bokmal = CATALOGS["nn", area], CATALOGS["nb", area]
    sentences = [m for m in nynorsk if m.id and len(str(m.string).split()) > 2]
    same = [m.id for m in sentences if m.string == bokmal[m.id].string]
    assert len(same) <= len(sentences) / 2


def texts(path: Path) -> dict[str, list[str]]:
    return {key_of(message): forms_of(message) for message in catalog(path) if message.id}


@pytest.mark.parametrize("path", catalog_paths(), ids=lambda path: f"{path.parts[-3]} {path.stem}")
def test_the_compiled_catalog_says_what_the_text_says(path: Path) -> None:
    read = gettext.GNUTranslations(io.BytesIO(compiled(path)))
    for key, forms in texts(path).items():
        assert said(read, key, forms) == forms, key
    spoken = translations(path.parts[-3])
    for key, forms in texts(path).items():
        assert said(spoken, key, forms) == forms, key


@pytest.mark.parametrize("kept", [None, b"not what gettext reads", "older"])
def test_what_is_said_is_what_the_text_says_whatever_was_compiled(tmp_path: Path, kept: bytes | str | None) -> None:
    folder = tmp_path / "locales"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("*.mo"))
    path = folder / "nn" / "LC_MESSAGES" / "web.po"
    if kept == "older":
        compile_catalogs([path])
    elif isinstance(kept, bytes):
        path.with_suffix(".mo").write_bytes(kept)
    text = path.read_text(encoding="utf-8").replace("Gå til innhaldet", "Hopp til innhaldet")
    path.write_text(text, encoding="utf-8")
    assert translations("nn", folder).gettext("web.skip") == "Hopp til innhaldet"


def test_a_compiled_catalog_is_read_where_it_is_of_the_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "locales"
    shutil.copytree(FOLDER, folder)
    compile_catalogs(catalog_paths(folder))
    monkeypatch.setattr("assistant.locales.compiled", lambda path: pytest.fail(f"{path} was read again"))
    assert translations("nn", folder).gettext("web.skip") == "Gå til innhaldet"


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


def test_every_key_that_the_code_names_is_there() -> None:
    """A key that no catalog has shows as itself: somebody would read it."""
    named = {
        (str(path.relative_to(ROOT)), call.args[0].value)
        for path in sorted((ROOT / "assistant").rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and call.args and isinstance(call.args[0], ast.Constant)
        if "text" in {getattr(call.func, "attr", ""), getattr(call.func, "id", "")}
        if isinstance(call.args[0].value, str) and re.fullmatch(r"\w+(\.\w+)+", call.args[0].value)
    }
    assert len(named) > 200
    for language in Language:
        catalog = messages(language)
        assert [(path, key) for path, key in sorted(named) if catalog.text(key) == key] == []


def test_a_list_of_things_that_hold_an_and_themselves_is_told_with_a_comma_before_the_last() -> None:
    plain, joined = ["penger", "råd", "hjelp"], ["tiltak", "planer og kart", "nettverk og samarbeid"]
    assert messages(Language.NB).listed(plain) == "penger, råd og hjelp"
    assert messages(Language.NB).listed(joined) == "tiltak, planer og kart, og nettverk og samarbeid"
