"""The parts that the answer to a follow-up question is made of: a helper for each style.

Invariant: each part is a whole sentence of the catalogs, or words of a record with the language they are in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from assistant.funding.verdicts import Verdict
from assistant.matching.answers import Scheme, Suggestion
from assistant.platform.messages import Messages
from assistant.render.scheme_terms import amount_text
from assistant.render.sentences import SIGNS, name_of, reason_sentences, rules, why
from assistant.render.shortening import shortened
from assistant.service.messages import FollowUpAnswer, FollowUpRow, RecordDetail
from corpus.text import Localised

_STATEMENT = 260


class PartStyle(StrEnum):
    """How a part is set on a page."""

    TEXT = "text"
    NAME = "name"
    """A heading: the record that the next parts are about."""
    POINT = "point"
    SMALL = "small"
    LETTER = "letter"
    """A draft, to be copied as it is."""


class FollowUpPart(NamedTuple):
    """A sentence, a heading or a draft."""

    style: PartStyle
    text: str
    said: Localised | None = None
    """The text with the language it is in, where it is a record's own."""


class FollowUpWords:
    """Puts facts of one reply into words."""

    def __init__(self, follow_up: FollowUpAnswer, catalog: Messages, contact: str | None) -> None:
        self._follow_up = follow_up
        self._catalog = catalog
        self._contact = contact

    def _detail(self, one: RecordDetail) -> FollowUpPart:
        said = one.text.best(self._catalog.language) if one.text else None
        if one.amount is not None:
            key = f"told.{one.key}.year" if one.year else f"told.{one.key}"
            sentence = self._catalog.text(key, amount=amount_text(one.amount, self._catalog), year=one.year or "")
            return FollowUpPart(PartStyle.POINT, f"{sentence} ({said.text})" if said else sentence)
        text = shortened(said.text, _STATEMENT) if said else ""
        key = f"told.{one.key}.year" if one.year else f"told.{one.key}"
        return FollowUpPart(PartStyle.POINT, self._catalog.text(key, text=text, year=one.year or ""), said)

    def _summary(self, one: Suggestion) -> FollowUpPart:
        said = one.summary.best(self._catalog.language)
        return FollowUpPart(PartStyle.TEXT, shortened(said.text, _STATEMENT), said)

    def _called(self, one: Suggestion) -> str:
        return name_of(one, self._catalog).text

    def _name(self, row: FollowUpRow) -> FollowUpPart:
        name = name_of(row.suggestion, self._catalog)
        return FollowUpPart(PartStyle.NAME, f"{row.position}. {name.text}" if row.position else name.text, name)

    def _broker(self) -> FollowUpPart:
        key = "told.broker.named" if self._contact else "told.broker"
        return self._small(key, contact=self._contact or "")

    def _step(self, key: str, **values: object) -> FollowUpPart:
        return self._small(key, **values)

    def _text(self, key: str, **values: object) -> FollowUpPart:
        return FollowUpPart(PartStyle.TEXT, self._catalog.text(key, **values))

    def _small(self, key: str, **values: object) -> FollowUpPart:
        return FollowUpPart(PartStyle.SMALL, self._catalog.text(key, **values))

    def _point(self, key: str, **values: object) -> FollowUpPart:
        return FollowUpPart(PartStyle.POINT, self._catalog.text(key, **values))

    def _points(self, sentences: Iterable[str]) -> Iterator[FollowUpPart]:
        return (FollowUpPart(PartStyle.POINT, sentence) for sentence in sentences)

    def _signed(self, scheme: Scheme) -> list[tuple[str, str]]:
        return [(SIGNS[verdict], sentence) for verdict, sentence in rules(scheme, self._catalog)]

    def _rules(self, scheme: Scheme, verdict: Verdict) -> list[str]:
        return [sentence for judged, sentence in rules(scheme, self._catalog) if judged is verdict][:2]

    def _reasons(self, one: Suggestion) -> list[str]:
        answer = self._follow_up.answer
        found = why(one, answer, self._catalog) if answer else reason_sentences(one, {}, self._catalog)
        return list(dict.fromkeys(found))
