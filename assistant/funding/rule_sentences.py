"""Judgements and questions back, in words, from the catalogs.

Invariant: a sentence says what a judgement holds and no more; the rule's own text comes from its record.
"""

from __future__ import annotations

from assistant.funding.verdicts import Judgement, Missing, RuleValue, ValueKind
from assistant.platform.messages import messages
from corpus.text import Language


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
        case ValueKind.PLAIN:
            return value.items[0]
