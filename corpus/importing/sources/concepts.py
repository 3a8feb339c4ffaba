"""Concepts of other vocabularies as items.

Invariant: wider concepts come before narrower ones, and a concept refers only to those that came before it, so that a
vocabulary comes in whole in one go and says the same the second time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from corpus.importing.items import ImportItem, without_empty
from corpus.records import Kind
from corpus.text import slug_of

_LANGUAGES = {"nb": "nb", "no": "nb", "nob": "nb", "nn": "nn", "nno": "nn", "en": "en", "eng": "en"}
Texts = Sequence[tuple[str, str]]
"""Pairs of a language and a text."""


class Term(NamedTuple):
    """A concept as a vocabulary has it."""

    code: str
    """What the vocabulary calls it."""
    preferred: Texts
    alternative: Texts = ()
    hidden: Texts = ()
    broader: Sequence[str] = ()
    related: Sequence[str] = ()
    record_id: str = ""
    """The id it had here, where it came from here."""
    domain: str = ""


def items_of(terms: Iterable[Term], scheme: str, read_in: Mapping[str, Any]) -> tuple[list[ImportItem], list[str]]:
    """Return concepts as items, and the codes of those without a name in a language that is kept."""
    by_code = {term.code: term for term in terms}
    ordered: dict[str, Term] = {}
    for term in by_code.values():
        _place(term, by_code, ordered, set())
    named = {code for code, term in ordered.items() if _labels(term.preferred)}
    met: set[str] = set()
    items = []
    for term in ordered.values():
        if term.code in named:
            items.append(_item(term, scheme, read_in, met))
            met.add(term.code)
    return items, [code for code in ordered if code not in named]


def _place(term: Term, by_code: Mapping[str, Term], ordered: dict[str, Term], above: set[str]) -> None:
    if term.code in ordered or term.code in above:
        return
    for wider in term.broader:
        if wider in by_code:
            _place(by_code[wider], by_code, ordered, above | {term.code})
    ordered[term.code] = term


def _item(term: Term, scheme: str, read_in: Mapping[str, Any], met: set[str]) -> ImportItem:
    preferred = {language: texts[0] for language, texts in _labels(term.preferred).items()}
    plain = {
        "id": term.record_id or None,
        "pref_label": preferred,
        "alt_labels": _alternative_labels(term.alternative, preferred),
        "hidden_labels": _alternative_labels(term.hidden, preferred),
        "broader": [f"@{scheme}:{code}" for code in dict.fromkeys(term.broader) if code in met],
        "related": [f"@{scheme}:{code}" for code in dict.fromkeys(term.related) if code in met],
        "domain": term.domain or slug_of(scheme) or "imported",
        "sources": [dict(read_in)],
    }
    soft = frozenset({"domain", "pref_label"}) if not term.record_id else frozenset({"domain"})
    return ImportItem(0, Kind.CONCEPT, (f"{scheme}:{term.code}",), without_empty(plain), soft)


def _labels(texts: Texts) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for language, text in texts:
        code = _LANGUAGES.get(language.partition("-")[0].casefold())
        if code and text not in found.get(code, ()):
            found.setdefault(code, []).append(text)
    return found


def _alternative_labels(texts: Texts, preferred: Mapping[str, str]) -> dict[str, list[str]]:
    return {code: [one for one in some if one != preferred.get(code)] for code, some in _labels(texts).items()}
