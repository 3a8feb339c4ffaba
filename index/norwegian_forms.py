"""Nynorsk and dialect words of the field beside the bokmål word for the same, so that those who write either meet.

Invariant: a form has one bokmål word, and no bokmål word is a form of another; what is not listed, and holds no listed
part, is its own. A word is looked up in time linear in its length.

The pairs stand in ``norwegian_forms.tsv`` beside this module, sorted by form, and were written for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from index.errors import SearchError

LARGEST_FILE = 200_000
"""Bytes of the file of pairs at most."""
MOST_FORMS = 5_000
"""Forms in the file at most; all of them are held in memory."""
LONGEST_FORM = 40
"""Letters of a form at most."""
_SHORTEST_PART = 4
"""Letters of a form that is looked for within longer words at least."""
_SHORTEST_REST = 3
"""Letters that such a word has besides at least."""
_DERIVED_FROM = 7
"""Letters of a word whose ending is taken for that of nynorsk at least."""

_BEGINNING_MARK = "-"
_NO_DOCTOR = "".join(f"(?<!{kind})" for kind in "fast tann over turnus kommune barne allmenn sykehus skole".split())
"""Stands before the *leg* of adjectives, which doctors end in too: *tannlege*."""
_ENDINGS = (
    (re.compile(r"heit(?:a|er|ene)?$"), "het"),
    (re.compile(r"leik(?:en|ar)?$"), "het"),
    (re.compile(rf"{_NO_DOCTOR}leg(?:e|t)?$"), "lig"),
    (re.compile(r"ande$"), "ende"),
    (re.compile(r"semd(?:a|er)?$"), "somhet"),
)
"""Endings by which nynorsk makes words, with those of bokmål: *tryggleik*, *vanskeleg*, *levande*."""
_SOFT = re.compile(r"(?<=gg|ng|lg|nk|rk|øk|yk|kk)j(?=[eai])")
"""The letter that only nynorsk writes between a hard sound and an ending: *tenkje*, *byggje*."""


class Variety(StrEnum):
    """Who writes a form."""

    NYNORSK = "nynorsk"
    PART = "part"
    """Nynorsk too, and found within longer words: *skule*, *sjuk*, *vatn*."""
    BEGINNING = "beginning"
    """What compounds begin with in nynorsk."""
    EITHER = "either"
    """Allowed or usual in bokmål too: *veg*, *gard*."""
    SPOKEN = "spoken"
    """Written as it is spoken somewhere."""


class _Form(NamedTuple):
    bokmal: str
    variety: Variety


class NorwegianForms:
    """The forms that are known.

    Args:
        forms: By form, its bokmål word and who writes it; beginnings end in a hyphen.
    """

    def __init__(self, forms: Mapping[str, tuple[str, Variety]]) -> None:
        self._whole = {form: _Form(*told) for form, told in forms.items() if told[1] is not Variety.BEGINNING}
        self._parts = {
            form: one.bokmal
            for form, one in self._whole.items()
            if one.variety is Variety.PART and len(form) >= _SHORTEST_PART
        }
        self._beginnings = self._parts | {
            form.removesuffix(_BEGINNING_MARK): told[0] for form, told in forms.items() if told[1] is Variety.BEGINNING
        }
        self._words = frozenset(self._whole) | {one.bokmal for one in self._whole.values()}
        self._longest = max(map(len, self._beginnings), default=0)

    def __len__(self) -> int:
        return len(self._whole)

    def __contains__(self, word: object) -> bool:
        """Tell whether a word is listed, as a form or as the bokmål word of one."""
        return word in self._words

    def to_bokmal(self, word: str) -> str:
        """Return the bokmål word for a normalised word of bokmål, nynorsk or dialect; itself where none is known."""
        if known := self._whole.get(word):
            return known.bokmal
        beginning = self._beginning(word)
        ending = self._ending(word, beginning)
        if beginning or ending:
            middle = word[len(beginning) : len(word) - len(ending)]
            word = self._beginnings.get(beginning, "") + middle + self._parts.get(ending, "")
        if len(word) >= _DERIVED_FROM and not ending:
            for pattern, instead in _ENDINGS:
                word, changed = pattern.subn(instead, word)
                if changed:
                    break
        return _SOFT.sub("", word)

    def is_nynorsk(self, word: str) -> bool:
        """Tell whether a normalised word is listed as one that only nynorsk has, or holds one that is."""
        if known := self._whole.get(word):
            return known.variety in {Variety.NYNORSK, Variety.PART}
        beginning = self._beginning(word)
        return bool(beginning in self._parts or self._ending(word, beginning) or _SOFT.search(word))

    def _beginning(self, word: str) -> str:
        """Return the longest form that a word begins with; empty where it begins with none."""
        longest = min(self._longest, len(word) - _SHORTEST_REST)
        return next((word[:end] for end in range(longest, 0, -1) if word[:end] in self._beginnings), "")

    def _ending(self, word: str, beginning: str) -> str:
        """Return the longest form that a word ends in after its beginning; empty where it ends in none."""
        first = max(len(beginning), _SHORTEST_REST, len(word) - self._longest)
        return next(
            (word[start:] for start in range(first, len(word) - _SHORTEST_PART + 1) if word[start:] in self._parts), ""
        )


@cache
def load_forms() -> NorwegianForms:
    """Return the forms that come with this release; they are read once.

    Raises:
        SearchError: the packaged file is missing, damaged, or larger than it may be.
    """
    try:
        content = files("index").joinpath("norwegian_forms.tsv").read_bytes()
        return NorwegianForms(read_forms(content))
    except OSError as error:
        raise SearchError(
            f"norwegian_forms.tsv: cannot be read ({error.strerror}); install Mellomrom again."
        ) from error


def read_forms(content: bytes) -> dict[str, tuple[str, Variety]]:
    """Return what a file of pairs holds: by form, its bokmål word and who writes it.

    Raises:
        SearchError: it is too large, or a line is not a form, a bokmål word and a variety, or tells a form again.
    """
    if len(content) > LARGEST_FILE:
        raise SearchError(f"norwegian_forms.tsv: got {len(content)} bytes, expected {LARGEST_FILE} at most.")
    forms: dict[str, tuple[str, Variety]] = {}
    for number, line in enumerate(content.decode("utf-8").splitlines()[1:], start=2):
        cells = line.split("\t")
        problem = _problem(cells, forms)
        if problem:
            raise SearchError(f"norwegian_forms.tsv, line {number}: {problem}.")
        forms[cells[0]] = (cells[1], Variety(cells[2]))
    if len(forms) > MOST_FORMS:
        raise SearchError(f"norwegian_forms.tsv: got {len(forms)} forms, expected {MOST_FORMS} at most.")
    return forms


def _problem(cells: list[str], known: Mapping[str, object]) -> str | None:
    if len(cells) != len(_COLUMNS) or cells[2] not in set(Variety):
        return f"got {cells}, expected {', '.join(_COLUMNS)}"
    if not all(0 < len(cell) <= LONGEST_FORM for cell in cells[:2]):
        return f"got {cells}, expected words of 1 to {LONGEST_FORM} letters"
    return f"got {cells[0]} a second time" if cells[0] in known else None


_COLUMNS = ("form", "bokmål", "variety")
