"""Answers to follow-up questions in sentences, the same for all channels.

Invariant: each part is a whole sentence of the catalogs, filled in with facts that the reply holds, or words of a
record; nothing is told that the reply does not hold. At most one next step stands at the end.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.dialogue.conversation import Aspect, Intent
from assistant.dialogue.glossary import term_by_id
from assistant.funding.rule_sentences import worded
from assistant.funding.rules import organisations
from assistant.funding.verdicts import Verdict, rules_among, takes_applications
from assistant.matching.answers import Idea, Partner, Scheme, Suggestion
from assistant.platform.messages import Messages
from assistant.render.follow_up_drafts import FollowUpDrafts
from assistant.render.follow_up_words import FollowUpPart, PartStyle
from assistant.render.rows import line_of, tag_of
from assistant.render.scheme_terms import dates_of, qualifies
from assistant.render.sentences import name_of, next_step, scheme_standing, status_sentences
from assistant.render.shortening import shortened
from assistant.service.messages import FollowUpAnswer, FollowUpRow
from corpus.text import Localised

_QUOTE = 240
_STATEMENT = 260
_NEED = 110
_RULES = 4
_PARTIES = 5
_REASONS = 3


def follow_up_parts(follow_up: FollowUpAnswer, catalog: Messages, contact: str | None) -> list[FollowUpPart]:
    """Return the answer to a follow-up question in words.

    Args:
        follow_up: What the service found.
        catalog: The language to say it in.
        contact: Who the broker is and how to reach them, if that is set.
    """
    renderer = _FollowUpRenderer(follow_up, catalog, contact)
    if follow_up.unknown:
        return list(renderer.unknown())
    parts = list(renderer.parts())
    none = "told.no_scheme" if follow_up.about in {Intent.TERMS, Intent.QUALIFY} else "told.nothing_shown"
    return parts or [FollowUpPart(PartStyle.TEXT, catalog.text(none))]


class _FollowUpRenderer(FollowUpDrafts):
    """Puts the answer to one follow-up question into words."""

    def unknown(self) -> Iterator[FollowUpPart]:
        names = self._catalog.listed([f"{name[:1].upper()}{name[1:]}" for name in self._follow_up.unknown])
        yield self._text("told.unknown", names=names)
        yield self._broker()

    def parts(self) -> Iterator[FollowUpPart]:
        match self._follow_up.about:
            case Intent.GLOSSARY:
                yield from self._glossary()
            case Intent.SAVE:
                yield self._text("told.saved")
            case Intent.APPLICATION:
                yield from self._sketch()
            case Intent.PEERS:
                yield from self._peers()
            case Intent.CALENDAR:
                yield from self._calendar()
            case Intent.DRAFT:
                yield from self._letter()
            case Intent.COMPARE if len(self._follow_up.rows) < 2:
                yield self._text("told.compare.one")
            case _:
                for row in self._follow_up.rows:
                    # What holds of two suggestions is said of both.
                    yield from dict.fromkeys(self._row(row))

    def _row(self, row: FollowUpRow) -> Iterator[FollowUpPart]:
        match self._follow_up.about:
            case Intent.WHY:
                yield from self._why(row)
            case Intent.WHY_NOT:
                yield from self._why_not(row)
            case Intent.REACH:
                yield from self._reach(row)
            case Intent.TERMS:
                yield from self._terms(row)
            case Intent.QUALIFY:
                yield from self._qualify(row)
            case Intent.OUTCOME:
                yield from self._outcome(row)
            case Intent.ABOUT:
                yield from self._about(row)
            case Intent.COMPARE:
                yield from self._compared(row)

    def _why(self, row: FollowUpRow) -> Iterator[FollowUpPart]:
        one = row.suggestion
        yield self._name(row)
        reasons = self._reasons(one)
        if not reasons:
            yield self._point("told.why.none")
            yield self._summary(one)
            return
        yield from (FollowUpPart(PartStyle.POINT, reason) for reason in reasons[:_REASONS])
        if isinstance(one, Scheme):
            yield from self._points([scheme_standing(one, self._catalog).state])
        for evidence in one.evidence[:1]:
            opening, closing = ("“", "”") if self._catalog.language.value == "en" else ("«", "»")
            quote = f"{opening}{shortened(evidence.quote, _QUOTE)}{closing}"
            source = self._catalog.text("evidence.source", source=evidence.source)
            yield FollowUpPart(PartStyle.SMALL, f"{quote} {source}", Localised(quote, evidence.language))

    def _why_not(self, row: FollowUpRow) -> Iterator[FollowUpPart]:
        one = row.suggestion
        yield self._name(row)
        if row.position is not None and not row.is_left_out:
            yield self._point("told.why_not.is_there", number=row.position)
            yield from self._points(self._reasons(one)[:2])
            return
        yield self._summary(one)
        if row.is_left_out:
            yield self._point("told.why_not.left_out")
        elif isinstance(one, Partner) and one.dissolved_on:
            yield from self._points(status_sentences(one, self._catalog))
        elif isinstance(one, Scheme) and one.overall is Verdict.UNMET:
            yield from self._points(self._rules(one, Verdict.UNMET) or status_sentences(one, self._catalog)[:2])
        elif self._follow_up.need:
            yield self._point("told.why_not.weaker", need=shortened(self._follow_up.need, _NEED))
        yield self._step("told.step.reach_named", name=self._called(one))

    def _reach(self, row: FollowUpRow) -> Iterator[FollowUpPart]:
        one = row.suggestion
        yield self._name(row)
        ways = list(self._ways(one))
        yield from ways
        if not ways:
            yield self._point("told.reach.none")
        if (step := next_step(one, self._catalog)) is not None:
            yield FollowUpPart(PartStyle.SMALL, step)

    def _ways(self, one: Suggestion) -> Iterator[FollowUpPart]:
        match one:
            case Partner():
                if one.contact:
                    yield self._point("told.reach.ask_for", function=one.contact.best(self._catalog.language).text)
                for key, value in (("email", one.email), ("phone", one.phone), ("url", one.url)):
                    if value:
                        yield self._point(f"told.reach.{key}", value=value)
            case Scheme():
                if one.owner:
                    yield self._point("told.reach.owner", name=name_of(one.owner, self._catalog).text)
                if one.url:
                    yield self._point("told.reach.url", value=one.url)
            case Idea():
                if one.problem_owner:
                    owner = name_of(one.problem_owner, self._catalog).text
                    yield self._point("told.reach.problem_owner", name=owner)

    def _terms(self, row: FollowUpRow) -> Iterator[FollowUpPart]:
        one = row.suggestion
        if not isinstance(one, Scheme):
            yield self._name(row)
            yield self._point("told.terms.no_scheme")
            return
        aspects = self._follow_up.aspects or (Aspect.DEADLINE,)
        yield self._name(row)
        if Aspect.DEADLINE in aspects:
            yield from self._points(dates_of(one, self._catalog))
        if Aspect.AMOUNT in aspects:
            told = [self._detail(detail) for detail in row.details if detail.amount]
            yield from told or [self._point("told.amount.unknown")]
        if Aspect.OWN_SHARE in aspects:
            yield from self._own_share(row, one)
        if Aspect.APPLICANTS in aspects:
            told = [self._detail(detail) for detail in row.details if detail.key == "applicants"]
            yield from told or self._points(f"{sign} {text}" for sign, text in self._signed(one)[:_RULES])
            if not told and not rules_among(one.eligibility):
                yield self._point("told.applicants.unknown")
        if one.url:
            yield FollowUpPart(PartStyle.SMALL, self._catalog.text("told.reach.url", value=one.url))

    def _calendar(self) -> Iterator[FollowUpPart]:
        """Yield what closes next, a scheme a line: when, and what it pays for."""
        if not self._follow_up.rows:
            yield self._text("told.calendar.none")
            return
        who = self._follow_up.facts.place or self._catalog.text("told.calendar.anybody")
        yield self._text(f"told.calendar{self._scope()}", who=who, period=self._period())
        for row in self._follow_up.rows:
            name = name_of(row.suggestion, self._catalog)
            tag = tag_of(row.suggestion, self._catalog).text
            yield FollowUpPart(PartStyle.POINT, f"{row.position}. {name.text}: {tag}")
        place = self._follow_up.facts.fylkesnummer
        yield self._small("told.calendar.topic" if place else "told.calendar.place")

    def _scope(self) -> str:
        """Return the end of the key that tells for which time a calendar was asked."""
        asked = ".open" if self._follow_up.open_now else ".period" if self._follow_up.period else ""
        return f"{asked}_none" if self._follow_up.is_beyond else asked

    def _period(self) -> str:
        """Return the time that a calendar was asked for, in months; empty where none was told."""
        if self._follow_up.period is None:
            return ""
        first, last = (self._catalog.date(day.isoformat()[:7]) for day in self._follow_up.period)
        return first if first == last else self._catalog.text("told.calendar.months", first=first, last=last)

    def _own_share(self, row: FollowUpRow, scheme: Scheme) -> Iterator[FollowUpPart]:
        """Yield what an applicant has to pay itself: the rule in its own words, else what share is covered."""
        own = [one.rule for one in scheme.eligibility if one.rule and one.key.startswith("rule.own_share.")]
        covered = [detail for detail in row.details if detail.key == "amount.funding_rate"]
        for rule in own[:_RULES]:
            said = rule.best(self._catalog.language)
            yield FollowUpPart(
                PartStyle.POINT, self._catalog.text("told.own_share.rule", text=shortened(said.text, _STATEMENT)), said
            )
        if not own:
            yield from (self._detail(one) for one in covered)
            yield self._point("told.own_share.rest" if covered else "told.own_share.unknown")

    def _qualify(self, row: FollowUpRow) -> Iterator[FollowUpPart]:
        one = row.suggestion
        yield self._name(row)
        if not isinstance(one, Scheme):
            yield self._point("told.terms.no_scheme")
            return
        signed = self._signed(one)
        yield self._point(qualifies(one, bool(signed)))
        standing = scheme_standing(one, self._catalog)
        if not takes_applications(one.eligibility):
            yield from self._points([standing.state])
        yield from self._points(f"{sign} {text}" for sign, text in signed[:_RULES])
        yield from self._points([standing.read] if standing.read else [])

    def _glossary(self) -> Iterator[FollowUpPart]:
        term = term_by_id(self._follow_up.term) if self._follow_up.term else None
        if term is None:
            yield self._text("told.word.unknown", word=self._follow_up.word or "")
            yield self._broker()
            return
        name = term.name.best(self._catalog.language).text
        said = term.text.best(self._catalog.language)
        yield FollowUpPart(PartStyle.NAME, f"{name[:1].upper()}{name[1:]}")
        yield FollowUpPart(PartStyle.TEXT, said.text, said)
        for page in term.sources:
            source = f"{page.title}, {page.address}"
            yield FollowUpPart(PartStyle.SMALL, self._catalog.text("evidence.source", source=source))

    def _peers(self) -> Iterator[FollowUpPart]:
        found = False
        for row in self._follow_up.rows:
            parties = [
                detail.text.best(self._catalog.language).text
                for detail in row.details
                if detail.key == "party" and detail.text
            ]
            if not parties:
                continue
            if not found:
                yield self._text("told.peers.did")
            found = True
            names = self._catalog.listed(parties[:_PARTIES])
            yield self._point("told.peers.project", names=names, idea=self._called(row.suggestion))
        if not found:
            yield self._text("told.peers.none")
        if self._follow_up.others:
            yield self._text("told.peers.asked", count=self._follow_up.others)
        else:
            yield self._small("told.peers.asked_few")

    def _outcome(self, row: FollowUpRow) -> Iterator[FollowUpPart]:
        yield self._name(row)
        stages = [detail for detail in row.details if detail.key.startswith("stage.")]
        results = [detail for detail in row.details if detail.key in {"results", "follow_up"}]
        for stage in stages:
            dated = f"told.{stage.key}.dated" if stage.on else f"told.{stage.key}"
            yield self._point(dated, date=self._catalog.date(stage.on) if stage.on else "")
        yield from (self._detail(result) for result in results)
        if not results:
            yield self._point("told.outcome.unknown")
        parties = [
            detail.text.best(self._catalog.language).text
            for detail in row.details
            if detail.key == "party" and detail.text
        ]
        if parties:
            yield self._small("told.outcome.ask", names=self._catalog.listed(parties[:3]))

    def _about(self, row: FollowUpRow) -> Iterator[FollowUpPart]:
        one = row.suggestion
        yield self._name(row)
        yield self._summary(one)
        parties = [
            part.text.best(self._catalog.language).text for part in row.details if part.key == "party" and part.text
        ]
        yield from (self._detail(part) for part in row.details if part.key != "party")
        if parties:
            yield self._point("told.parties", names=self._catalog.listed(parties[:_PARTIES]))
        if isinstance(one, Scheme):
            yield from self._points(dates_of(one, self._catalog))
        elif not isinstance(one, Partner):
            yield from self._points(status_sentences(one, self._catalog)[:1])
        yield from (FollowUpPart(PartStyle.SMALL, way.text) for way in self._ways(one))

    def _compared(self, row: FollowUpRow) -> Iterator[FollowUpPart]:
        one = row.suggestion
        yield self._name(row)
        match one:
            case Partner():
                kind = worded(organisations("kind", (one.actor_type,)), self._catalog.language)
                yield self._point("told.compare.kind", kind=f"{kind}, {one.place}" if one.place else kind)
            case Scheme():
                yield from self._points(dates_of(one, self._catalog)[:1])
                yield from (self._detail(part) for part in row.details if part.amount)
                yield self._point(qualifies(one, bool(self._signed(one))))
            case Idea():
                yield from self._points(status_sentences(one, self._catalog)[:1])
        answer = self._follow_up.answer
        line = line_of(one, answer, self._catalog) if answer else one.summary.best(self._catalog.language)
        yield FollowUpPart(PartStyle.POINT, shortened(line.text, _STATEMENT), line)
        yield from (self._detail(part) for part in row.details if part.key == "expertise")
