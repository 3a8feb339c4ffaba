"""What was changed in a call, in words: the old value and the new one.

Invariant: each sentence names the scheme and both values, as far as there were any.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.platform.messages import Messages
from assistant.render.shortening import shortened
from corpus.call_changes import CallChange, Changed, SchemeChange
from corpus.records import Amount
from corpus.text import LangText

_RULE = 160
"""Characters of a rule that are told."""


def change_sentences(change: SchemeChange, catalog: Messages) -> list[str]:
    """Return what was changed in the calls of a scheme."""
    name = change.name.best(catalog.language).text
    return [_sentence(one, name, catalog) for one in change.changes]


def amount_words(amount: Amount, catalog: Messages) -> str:
    """Return an amount with what it applies to."""
    unit = {"NOK": "kr", "EUR": "euro", "percent": "%"}[amount.unit]
    ends = [catalog.number(float(one)) for one in (amount.minimum, amount.maximum) if one is not None]
    span = "–".join(dict.fromkeys(ends))
    if amount.minimum is None:
        span = catalog.text("changed.at_most", sum=span)
    elif amount.maximum is None:
        span = catalog.text("changed.at_least", sum=span)
    return f"{catalog.text(f'records.option.AmountKind.{amount.kind}')}: {span} {unit}"


def _sentence(change: CallChange, name: str, catalog: Messages) -> str:
    old, new = (_values_text(some, catalog) for some in (change.old, change.new))
    if change.what in {Changed.NEW, Changed.GONE}:
        on = new if change.what is Changed.NEW else old
        key = f"changed.{change.what}{'_dated' if on else ''}"
        return catalog.text(key, name=name, title=change.title.best(catalog.language).text, on=on)
    missing = "_added" if not old else "_gone" if not new else ""
    return catalog.text(f"changed.{change.what}{missing}", name=name, old=old, new=new)


def _values_text(values: Sequence[str | LangText | Amount], catalog: Messages) -> str:
    return catalog.listed([_value_text(value, catalog) for value in values])


def _value_text(value: str | LangText | Amount, catalog: Messages) -> str:
    match value:
        case Amount():
            return amount_words(value, catalog)
        case LangText():
            return f"«{shortened(value.best(catalog.language).text, _RULE)}»"
    return catalog.date(value)
