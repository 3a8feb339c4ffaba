"""Judgements and questions back, in words, from the catalogs.

Invariant: a sentence says what a judgement holds and no more; the rule's own text comes from its record.
"""

from __future__ import annotations

from assistant.funding.verdicts import Judgement, Missing, RuleValue, ValueKind
from assistant.platform.messages import messages
from corpus.places import load_places
from corpus.text import Language

_COUNTRY_CODE = 2
"""Letters of the code of a country."""


def verdict_sentence(judgement: Judgement, language: Language) -> str:
    """Return what a judgement rests on, in one sentence that names the fact."""
    return _sentence(judgement.key, judgement.values, language)


def question_back(missing: Missing, language: Language) -> str:
    """Return the question that asks for a missing fact."""
    return _sentence(missing.key, missing.values, language)


def _sentence(key: str, values: tuple[RuleValue, ...], language: Language) -> str:
    sentence = messages(language).text(key, **{value.name: worded(value, language) for value in values})
    return sentence[:1].upper() + sentence[1:]


def worded(value: RuleValue, language: Language) -> str:
    """Return a value of a sentence in words."""
    from babel import Locale
    from babel.lists import format_list

    catalog = messages(language)
    match value.kind:
        case ValueKind.ORGANISATION:
            names = [catalog.text(f"organisation.{item}") for item in value.items]
            return format_list(names, style="or", locale=language.value)
        case ValueKind.COUNTRY_PARTY:
            territories = Locale(language.value).territories
            return catalog.text("organisation.from_country", country=territories[value.items[0]])
        case ValueKind.STAGE:
            return catalog.text(f"stage.{value.items[0]}")
        case ValueKind.DATE:
            return catalog.date(value.items[0])
        case ValueKind.PLAIN if value.name == "place":
            return _place(value.items[0], language)
        case ValueKind.PLAIN:
            return value.items[0]


def is_code(value: RuleValue) -> bool:
    """Tell whether a value is the number or code of a place, whose name nobody told."""
    code = value.items[0] if value.kind is ValueKind.PLAIN else ""
    return code.isdecimal() or (len(code) == _COUNTRY_CODE and code.isupper())


def _place(told: str, language: Language) -> str:
    """Return a place as it is called, where only its code or its number is known."""
    from babel import Locale

    if told.isdecimal():
        return next((county.name for county in load_places().counties if county.number == told), told)
    code = len(told) == _COUNTRY_CODE and told.isupper()
    return Locale(language.value).territories.get(told, told) if code else told
