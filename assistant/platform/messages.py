"""Every sentence a user reads, from the catalogs, in bokmål, nynorsk or English.

Invariant: each catalog holds every key with a text; a key that is missing is an error in tests and shows as
itself to a user, never as another language. A language's catalogs, one for each area of the product, are read as
one: no key stands in two of them.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from assistant.locales import translations
from corpus.text import Language

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


_WORD = re.compile(r"[^\W\d_A-ZÆØÅ](?:[\w-]*\w)?")
"""A word in small letters that stands on its own."""
_AND = {Language.NB: "og", Language.NN: "og", Language.EN: "and"}
_AS_WELL_AS = {Language.NB: "samt", Language.NN: "samt", Language.EN: "as well as"}
"""Stands between two items that each hold an "and"."""


class Messages:
    """The catalog of one language, with that language's lists and dates."""

    def __init__(self, language: Language, translations: gettext.NullTranslations) -> None:
        self.language = language
        self._translations = translations
        self._sentences: dict[str, str] = {}

    def text(self, key: str, **values: object) -> str:
        """Return the sentence for a key with values put in; values are taken as they are, never as patterns."""
        sentence = self._sentences.get(key)
        if sentence is None:
            # A page has hundreds of them, and each is looked for in one area after the other.
            sentence = self._sentences[key] = self._translations.gettext(key)
        return _filled(sentence, values)

    def count(self, key: str, number: int, **values: object) -> str:
        """Return the sentence for a key as it is said of so many, with the number as `{count}` and other values in it.

        Where a language needs no other form for one, the catalog may hold a sentence without plurals.
        """
        sentence = self._translations.ngettext(key, key, number)
        if sentence == key:
            sentence = self._translations.gettext(key)
        return _filled(sentence, {"count": self.number(number), **values})

    def listed(self, items: Iterable[str]) -> str:
        """Return items as a list in prose: a, b and c; with a comma more where an item holds an "and" itself."""
        from babel.lists import format_list

        texts = list(items)
        link = f" {_AND[self.language]} "
        if len(texts) < 2 or not any(link in one for one in texts):
            return format_list(texts, locale=self.language.value)
        if len(texts) == 2:
            return (
                f" {_AS_WELL_AS[self.language]} ".join(texts) if all(link in one for one in texts) else link.join(texts)
            )
        return f"{', '.join(texts[:-1])},{link}{texts[-1]}"

    def listed_subjects(self, items: Iterable[str]) -> str:
        """Return subjects as one list in prose, those parted that are words with an "and" between them.

        *Families and parents* beside *kindergarten* is told as families, parents and kindergarten; what is longer, such
        as *child and family welfare*, holds a name, or shares an end as *helse- og omsorgstjenester* does, is whole.
        """
        link = f" {_AND[self.language]} "
        subjects: dict[str, None] = {}
        for item in items:
            parts = item.replace(link, ", ").split(", ")
            subjects.update(dict.fromkeys(parts if all(map(_WORD.fullmatch, parts)) else [item]))
        return self.listed(subjects)

    def number(self, number: float) -> str:
        """Return a number as it is written in the language."""
        from babel.numbers import format_decimal

        return format_decimal(number, locale=self.language.value)

    def date(self, partial: str) -> str:
        """Return a `PartialDate` as it is written in the language: 2017, May 2017 or 24 May 2017."""
        from babel.dates import format_date, format_skeleton

        from corpus.text import first_day

        day, locale = first_day(partial), self.language.value
        match partial.count("-"):
            case 0:
                return partial
            case 1:
                return format_skeleton("yMMMM", day, locale=locale)
            case _:
                return format_date(day, format="long", locale=locale)

    def day_of_year(self, partial: str) -> str:
        """Return a day without its year: 24 May."""
        from babel.dates import format_skeleton

        from corpus.text import first_day

        return format_skeleton("MMMMd", first_day(partial), locale=self.language.value)

    def short_date(self, partial: str) -> str:
        """Return a `PartialDate` where there is little room: 2017, May 2017 or 24 May 2017 with short months."""
        from babel.dates import format_skeleton

        from corpus.text import first_day

        if partial.isdecimal():
            return partial
        skeleton = "yMMM" if partial.count("-") == 1 else "yMMMd"
        return format_skeleton(skeleton, first_day(partial), locale=self.language.value)


def _filled(sentence: str, values: Mapping[str, object]) -> str:
    """Return a sentence with values put in; a name that ends with a full stop ends the sentence with it."""

    def value(match: re.Match[str]) -> str:
        text = str(values.get(match[1], match[0]))
        ends = text.endswith(".") and not text.endswith("..") and sentence.startswith(".", match.end())
        return text[:-1] if ends else text

    return _PLACEHOLDER.sub(value, sentence)


@lru_cache(maxsize=len(Language))
def messages(language: Language) -> Messages:
    """Return the catalog of a language."""
    return Messages(language, translations(language.value))
