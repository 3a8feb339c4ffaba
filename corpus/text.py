"""Text in several written languages, and dates as precise as their source.

A `LangText` never invents a translation: asked for a language it lacks, it answers with
another one *and says which*, so that a page or a screen reader can mark it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, model_validator

from corpus.faults import fault


class Language(StrEnum):
    """A written language of records and answers, as a BCP-47 key."""

    NB = "nb"
    NN = "nn"
    EN = "en"


FALLBACKS: dict[Language, tuple[Language, ...]] = {
    Language.NB: (Language.NB, Language.NN, Language.EN),
    Language.NN: (Language.NN, Language.NB, Language.EN),
    Language.EN: (Language.EN, Language.NB, Language.NN),
}
"""For each language wanted, the languages to look in, best first."""


class Frozen(BaseModel):
    """A value that is never changed after it is made; unknown fields are refused.

    What it was made from may be what somebody wrote, so that no error's text repeats it.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True, defer_build=True
    )


class Localised(NamedTuple):
    """A text as shown, with the language it is really in."""

    text: str
    language: Language


class LangText(Frozen):
    """The same text in one or more of bokmål, nynorsk and English."""

    nb: str | None = None
    """Bokmål."""
    nn: str | None = None
    """Nynorsk; left out where it would differ from bokmål in no more than the spelling of a word or two."""
    en: str | None = None
    """English."""

    @model_validator(mode="after")
    def _has_text(self) -> LangText:
        if not any((self.nb, self.nn, self.en)):
            raise fault("no_text")
        return self

    def get(self, language: Language) -> str | None:
        """Return the text in exactly that language, or None."""
        return {Language.NB: self.nb, Language.NN: self.nn, Language.EN: self.en}[language]

    def best(self, language: Language) -> Localised:
        """Return the text in that language or the nearest one there is, with the language it is in."""
        for candidate in FALLBACKS[language]:
            if text := self.get(candidate):
                return Localised(text, candidate)
        raise AssertionError("a LangText holds at least one text")

    def items(self) -> Iterator[Localised]:
        """Yield every text there is with its language."""
        for language in Language:
            if text := self.get(language):
                yield Localised(text, language)


_PARTIAL_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def _partial_date(value: str) -> str:
    match = _PARTIAL_DATE.fullmatch(value)
    if match is None:
        raise fault("partial_date", got=value)
    year, month, day = match.groups()
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError as error:
        raise fault("date", got=value) from error
    return value


def _as_text(value: object) -> object:
    # YAML reads 2017 as a number and 2017-05-24 as a date; both are meant as text here.
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


PartialDate = Annotated[str, BeforeValidator(_as_text), AfterValidator(_partial_date)]
"""A date as precise as its source gives it: ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``."""


def first_day(partial: str) -> date:
    """Return the first day that a `PartialDate` may mean."""
    parts = [int(part) for part in partial.split("-")]
    return date(*([*parts, 1, 1])[:3])


def last_day(partial: str) -> date:
    """Return the last day that a `PartialDate` may mean."""
    parts = [int(part) for part in partial.split("-")]
    if len(parts) == 1:
        return date(parts[0], 12, 31)
    if len(parts) == 2:
        year, month = (parts[0] + 1, 1) if parts[1] == 12 else (parts[0], parts[1] + 1)
        return date(year, month, 1) - timedelta(days=1)
    return date(*parts)


def slug_of(text: str) -> str:
    """Return a name as it can stand in an id; nothing where it has no letter or digit of the Latin alphabet."""
    spelled = text.casefold().replace("æ", "ae").replace("ø", "o").replace("å", "a")
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:60].strip("-")
