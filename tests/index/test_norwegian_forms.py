"""Nynorsk and dialect words come to the bokmål word for the same thing, and no word is pulled away from its own."""

from __future__ import annotations

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.text import Language
from index.analysis import stem, terms
from index.errors import SearchError
from index.norwegian_forms import LARGEST_FILE, LONGEST_FORM, MOST_FORMS, Variety, load_forms, read_forms

HEADER = "form\tbokmål\tvariety\n"
CONTENT = files("index").joinpath("norwegian_forms.tsv").read_bytes()
FORMS = read_forms(CONTENT)


def test_there_are_several_hundred_pairs_sorted_and_each_form_once() -> None:
    lines = CONTENT.decode("utf-8").splitlines()[1:]
    assert len(lines) == len(FORMS) > 900
    assert lines == sorted(lines, key=lambda line: line.split("\t")[0])


def test_no_bokmal_word_is_itself_a_form_of_another() -> None:
    whole = {bokmal for bokmal, variety in FORMS.values() if variety is not Variety.BEGINNING}
    assert not whole & FORMS.keys()
    assert {word: load_forms().to_bokmal(word) for word in whole if load_forms().to_bokmal(word) != word} == {}


@pytest.mark.parametrize(
    ("nynorsk", "bokmal"),
    [
        ("sjukeheimane", "sykehjemmene"), ("born", "barn"), ("ungar", "barn"), ("skulevegring", "skolevegring"),
        ("tilsette", "ansatte"), ("barnehagetilsette", "barnehageansatte"), ("tryggleiken", "tryggheten"),
        ("moglegheiter", "muligheter"), ("vanskelege", "vanskelige"), ("levande", "levende"), ("byggje", "bygge"),
        ("heimesjukepleia", "hjemmesykepleien"), ("overvatn", "overvann"), ("vassleidningar", "vannledninger"),
        ("skuleleiarar", "skoleledere"), ("straumen", "strømmen"), ("flaumar", "flommer"),
        ("innbyggjarane", "innbyggerne"), ("eigedomar", "eiendommer"), ("sjølvmord", "selvmord"),
        ("bustadmangel", "boligmangel"), ("langtidssjuk", "langtidssyk"), ("kyrkjebygg", "kirkebygg"),
        ("sakshandsaming", "saksbehandling"), ("avlaupsreinsing", "avløpsrensing"),
        ("tannlegar", "tannleger"), ("forskingsprosjekt", "forskningsprosjekt"),
        ("rettleiingstenesta", "veiledningstjenesten"), ("framandartar", "fremmedarter"), ("opplæringa", "opplæringen"),
        ("einsemd", "ensomhet"), ("vegen", "veien"), ("gardane", "gårdene"), ("framtida", "fremtiden"),
        ("valdsutsette", "voldsutsatte"), ("høgskular", "høyskoler"), ("mjølkeproduksjon", "melkeproduksjon"),
    ],
)  # fmt: skip
def test_a_nynorsk_word_and_its_bokmal_word_have_one_stem(nynorsk: str, bokmal: str) -> None:
    assert stem(nynorsk, Language.NN) == stem(bokmal, Language.NB)


@pytest.mark.parametrize(
    ("spoken", "bokmal"),
    [
        ("ongan", "barn"), ("gamlingan", "eldre"), ("eldreheimen", "aldershjem"), ("legan", "lege"),
        ("kommunæ", "kommune"), ("vatnan", "vann"), ("folkj", "folk"), ("pæng", "penger"), ("skolan", "skole"),
    ],
)  # fmt: skip
def test_a_word_as_it_is_spoken_comes_to_the_written_one(spoken: str, bokmal: str) -> None:
    assert terms(spoken, Language.NB) == terms(bokmal, Language.NB)


@pytest.mark.parametrize(
    "word", ["barn", "hjort", "mobbing", "digitalisering", "vikar", "brennbar", "lege", "sepsis", "kommune", "utland"]
)
def test_a_word_that_is_neither_listed_nor_made_of_what_is_stays_its_own(word: str) -> None:
    assert load_forms().to_bokmal(word) == word
    assert not load_forms().is_nynorsk(word)


@pytest.mark.parametrize("word", ["vegen", "garden", "framtid", "elva", "unge", "ongan"])
def test_what_bokmal_or_speech_has_too_does_not_tell_of_nynorsk(word: str) -> None:
    assert not load_forms().is_nynorsk(word)


@given(st.text(max_size=80))
def test_any_word_is_looked_up_without_error_and_a_bokmal_word_of_it_stays(anything: str) -> None:
    assert isinstance(load_forms().to_bokmal(anything), str)
    assert stem(anything.casefold() or "a", Language.NB)


@pytest.mark.parametrize(
    "lines",
    [
        "skule\tskole\n",
        "skule\tskole\tukjent\n",
        "skule\t\tnynorsk\n",
        f"{'a' * (LONGEST_FORM + 1)}\tskole\tnynorsk\n",
        "skule\tskole\tnynorsk\nskule\tskole\tnynorsk\n",
        "".join(f"form{number}\tskole\tnynorsk\n" for number in range(MOST_FORMS + 1)),
        "x" * LARGEST_FILE,
    ],
    ids=["no variety", "unknown variety", "empty", "long", "twice", "many", "large"],
)
def test_a_file_that_is_not_as_expected_is_refused_with_what_was_got(lines: str) -> None:
    with pytest.raises(SearchError, match=r"norwegian_forms\.tsv"):
        read_forms((HEADER + lines).encode())
