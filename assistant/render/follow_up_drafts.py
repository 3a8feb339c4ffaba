"""Drafts that a turn asks for: a letter to a partner, and a sketch of an application.

Invariant: a draft holds facts of the reply and places to fill in; nothing is made up.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.matching.answers import Partner, Scheme, Suggestion
from assistant.render.follow_up_words import FollowUpPart, FollowUpWords, PartStyle
from assistant.render.scheme_terms import dates_of
from assistant.render.shortening import shortened

_RULES = 4


class FollowUpDrafts(FollowUpWords):
    """Writes drafts."""

    def _letter(self) -> Iterator[FollowUpPart]:
        for row in self._follow_up.rows[:1]:
            one, text = row.suggestion, self._catalog.text
            yield self._text("told.letter.here", name=self._called(one))
            yield self._receiver(one)
            facts = self._follow_up.facts
            who = text("letter.municipality", name=facts.place) if facts.place and facts.kommunenummer else facts.place
            reasons = self._reasons(one)[:2]
            need = self._follow_up.need or text("told.letter.need")
            parts = [
                text("told.letter.subject", need=shortened(need, 80)),
                text("letter.greeting"),
                text("told.letter.intro", who=who or text("told.letter.who")),
                f"«{need}»",
                text("told.letter.why", reasons=" ".join(reasons)) if reasons else "",
                text("told.letter.ask"),
                text("letter.closing", broker=text("told.letter.name")),
            ]
            yield FollowUpPart(PartStyle.LETTER, "\n\n".join(part for part in parts if part))
            yield self._small("told.letter.send")

    def _receiver(self, one: Suggestion) -> FollowUpPart:
        """Return where a letter goes, or that nobody has published that."""
        email, page = getattr(one, "email", None), getattr(one, "url", None)
        if email:
            return self._small("told.letter.to", to=email)
        return self._small("told.letter.page", page=page) if page else self._small("told.letter.no_address")

    def _sketch(self) -> Iterator[FollowUpPart]:
        yield self._text("told.application.no")
        text = self._catalog.text
        scheme = next((row for row in self._follow_up.rows if isinstance(row.suggestion, Scheme)), None)
        partners = [self._called(row.suggestion) for row in self._follow_up.rows if isinstance(row.suggestion, Partner)]
        parts = [text("told.sketch.need", need=self._follow_up.need or text("told.sketch.fill"))]
        parts += [text(f"told.sketch.{part}") for part in ("goal", "knowledge", "work")]
        parts.append(
            text("told.sketch.partners", names=self._catalog.listed(partners) if partners else text("told.sketch.fill"))
        )
        if scheme is not None and isinstance(scheme.suggestion, Scheme):
            dates = " ".join(dates_of(scheme.suggestion, self._catalog)[:1])
            rules = [f"   {sign} {rule}" for sign, rule in self._signed(scheme.suggestion)[:_RULES]]
            name = self._called(scheme.suggestion)
            parts.append("\n".join([text("told.sketch.scheme", name=name, dates=dates), *rules]))
        parts.append(text("told.sketch.budget"))
        numbered = (f"{number}. {part}" for number, part in enumerate(parts, 1))
        yield FollowUpPart(PartStyle.LETTER, "\n".join(numbered))
        yield self._broker()
