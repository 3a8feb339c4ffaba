"""Matches become an answer: each record judged by what it is today, in the order in which it suits.

Invariant: a scheme that has ended, or a body that is no more, is never suggested in its own right: what took over is,
and the answer says so; only who asks for it by name is told of it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from assistant.dialogue.refinement import Refinement
from assistant.dialogue.understanding import Understanding
from assistant.funding.calendar import Calendar
from assistant.funding.eligibility import deciding_fact, missing_facts
from assistant.funding.rules import HOME
from assistant.funding.schemes import (
    NamedRecord,
    SchemeStatus,
    living_successor,
    named_record,
    read_on,
)
from assistant.funding.verdicts import Fact, Facts, Missing, Verdict
from assistant.matching.answer_records import AnswerRecords
from assistant.matching.answers import Answer, Idea, IndexInfo, Outcome, Partner, Scheme, Suggestion
from assistant.matching.doers import doer_of
from assistant.matching.narrowing import Narrowing, Unexplained
from assistant.matching.need_subject import NeedSubject
from assistant.matching.running import without_unsuitable
from assistant.matching.scheme_ranking import (
    WITHOUT_INELIGIBLE,
    FoundScheme,
    RankedScheme,
    SchemeRanker,
    without_ineligible_first,
)
from assistant.matching.subject_fit import SubjectJudge
from corpus.files import Record
from corpus.records import Actor, ActorType, FundingInstrument, IdeaStage, Kind, ProjectIdea, Role
from corpus.store import RecordStore
from corpus.text import Language
from index.retrieval.fusion import Candidate
from index.retrieval.need import Need
from index.scoring.ranking import MatchConfidence
from index.scoring.reasons import Evidence, Match, Reason, ReasonKind
from index.search_result import SearchResult
from index.storage.passages import SEARCHED_KINDS, Facet, reference
from index.storage.persistence import Manifest
from index.storage.record_traits import counties_reached

_SPARE = 3
"""Matches asked for beyond those shown, since some fall together with what took over from them."""
SCHEMES_CONSIDERED = 40
"""Schemes found whose facts are held against the need."""
THEMES_TOLD = 2
LEAST_SHARE = 0.45
"""Themes that an answer names, and how surely the question is of each: none is better than a wrong one."""
_MOST_ASKS = 2
_ASKED_FOR = frozenset(Fact) - {Fact.WORDS, Fact.COST_SHARES}
"""Facts that somebody can tell in a few words."""

AnySuggestion = TypeVar("AnySuggestion", bound=Suggestion)


class Composer:
    """Makes an answer of matches: one composer for one answer."""

    def __init__(
        self,
        store: RecordStore,
        calendar: Calendar,
        known: dict[str, Record],
        facts: Facts,
        refinement: Refinement,
    ) -> None:
        self._calendar = calendar
        self._today = calendar.today
        self._records = AnswerRecords(store, known)
        self._facts = facts
        self._narrowing = Narrowing(refinement)
        self._left_out = frozenset(refinement.without)

    def compose(self, understanding: Understanding, found: SearchResult, manifest: Manifest, top_k: int) -> Answer:
        """Return what was found as an answer, each record judged by what it is today."""
        # What is narrowed is looked for further down.
        most = top_k + len(self._left_out) + self._narrowing.spare
        kinds = found.need.kinds
        actors = found.matches(Kind.ACTOR, most + _SPARE) if Kind.ACTOR in kinds else ()
        projects = found.matches(Kind.IDEA, most) if Kind.IDEA in kinds else ()
        self._records.fetch(match.record_id for match in (*actors, *projects))
        self._records.fetch(self._spoken_of((*actors, *projects)))
        ideas = self._wanted([self._idea(match) for match in projects])[:top_k]
        partners = self._spread(self._wanted(_unique(self._partners(actors))))[:top_k]
        if Kind.ACTOR in kinds:
            remote = {match.record_id for match in actors if found.is_remote(match)}
            partners = self._with_doer(partners, ideas, found.need, remote)[:top_k]
        schemes: list[Scheme] = []
        if Kind.INSTRUMENT in kinds:
            schemes = self._wanted(self._schemes(found, most))[:top_k]
            partners = without_unsuitable(partners, schemes)
        shown: list[Suggestion] = [*partners, *schemes, *ideas]
        about = _named_in(reason for suggestion in shown for reason in suggestion.reasons)
        self._records.fetch(about)
        return Answer(
            question=understanding.question,
            language=understanding.language,
            outcome=_outcome(shown),
            partners=tuple(partners),
            schemes=tuple(schemes),
            ideas=tuple(ideas),
            order=_order(understanding.need, partners, schemes, ideas),
            names=self._records.names(sorted(about)),
            shortened=understanding.shortened,
            index=IndexInfo(encoder=manifest.encoder, fingerprint=manifest.fingerprint),
            facts=self._facts,
            asks=_questions_back(understanding.need, schemes),
            themes=_telling(found.subject_themes),
            only=next(iter(kinds)) if len(kinds) == 1 else None,
        )

    def _wanted(self, suggestions: list[AnySuggestion]) -> list[AnySuggestion]:
        """Return the suggestions without those that are not wanted, or not to be made again."""
        return self._narrowing.kept(
            [suggestion for suggestion in suggestions if suggestion.id not in self._left_out], self._records.by_id
        )

    def alone(self, record_id: str) -> Partner | Scheme | Idea | None:
        """Return a record as a suggestion that nothing led to; None for one that is none."""
        self._records.fetch([record_id])
        self._records.follow({record_id}, set())
        record, plain = self._records.by_id.get(record_id), Unexplained()
        match record:
            case Actor():
                return self._partner(
                    plain.match(record_id, Kind.ACTOR), record, record, self._records.present_body(record)
                )
            case FundingInstrument():
                candidate = Candidate(record_id, Kind.INSTRUMENT, {}, 0.0)
                ended = self._calendar.on(record).has_ended
                later = living_successor(record, self._records.by_id, self._today) if ended else None
                judged = SchemeRanker(self._facts, self._calendar, {}).judged(record, candidate)
                return self._scheme(judged, plain, successor=named_record(*later) if later else None)
            case ProjectIdea():
                return self._idea(plain.match(record_id, Kind.IDEA))
            case _:
                return None

    def _spread(self, partners: list[Partner]) -> list[Partner]:
        """Return partners with one of a kind for those that serve a part of the country each, where nobody told which.

        A centre that stands in every county would else fill the list with its namesakes.
        """
        if self._facts.fylkesnummer is not None:
            return partners
        seen: set[ActorType] = set()
        spread = []
        for partner in partners:
            body = self._records.actor(partner.id)
            regional = body is not None and bool(counties_reached(body)) and not _is_named(partner)
            if regional and partner.actor_type in seen:
                continue
            if regional:
                seen.add(partner.actor_type)
            spread.append(partner)
        return spread

    def _with_doer(
        self, partners: list[Partner], ideas: Sequence[Idea], need: Need, remote: Container[str]
    ) -> list[Partner]:
        """Return partners with who did the project that is most like the need first, where none of them fits well.

        Who shares nothing of the need itself does not, beside somebody who did just that.
        """
        elsewhere = need.place is not None and need.place.required
        has_partner = any(one.is_sure and one.id not in remote for one in partners)
        if elsewhere or has_partner or not any(one.is_sure for one in ideas[:1]):
            return partners
        match = doer_of(ideas[0], self._records, need.context_places)
        if match is None:
            return partners
        return _unique([*self._wanted(list(self._partners([match]))), *partners])

    def _spoken_of(self, matches: Sequence[Match]) -> set[str]:
        """Return the records that the answer will name besides those matched, followed to their ends."""
        spoken = _named_in(reason for match in matches for reason in match.reasons)
        return spoken | self._records.follow({match.record_id for match in matches}, spoken)

    def _partners(self, matches: Iterable[Match]) -> Iterator[Partner]:
        for match in matches:
            found = self._records.by_id[match.record_id]
            assert isinstance(found, Actor)  # noqa: S101 (matches are searched by kind)
            today = self._records.present_body(found)
            if not _is_named(match):
                yield self._partner(match, found, today, today)
                continue
            yield self._partner(match, found, found, today)
            if today is not found:
                yield self._partner(match.model_copy(update={"reasons": ()}), found, today, today)

    def _partner(self, match: Match, found: Actor, shown: Actor, today: Actor) -> Partner:
        """Return a body as a partner: the one found, or the one that carries on its work today."""
        contacts = shown.contacts
        return Partner(
            **_base(match, shown),
            actor_type=shown.actor_type,
            country=shown.place.country if shown.place else HOME,
            place=shown.place.name if shown.place else None,
            contact=next((contact.role for contact in contacts), None),
            dissolved_on=shown.dissolved_on,
            predecessor=self._records.named_actor(found.id) if shown is not found else None,
            successor=self._records.named_actor(today.id) if shown is not today else None,
            url=next((contact.url for contact in contacts if contact.url), shown.url),
            email=next((contact.email for contact in contacts if contact.email), None),
            phone=next((contact.phone for contact in contacts if contact.phone), None),
            checked_on=shown.checked_on,
        )

    def _schemes(self, found: SearchResult, most: int) -> list[Scheme]:
        """Return the schemes that suit, those asked for by name first; what has ended leads to what took over."""
        candidates = found.schemes(max(SCHEMES_CONSIDERED, most))
        self._records.fetch(candidate.record_id for candidate in candidates)
        self._records.fetch(mention.concept_id for mention in found.mentions)
        self._records.follow({candidate.record_id for candidate in candidates}, set())
        ranker = SchemeRanker(self._facts, self._calendar, found.themes)
        subject = NeedSubject.of(found.need, found.mentions, self._records.by_id)
        fits = SubjectJudge(found, subject, self._facts.activities or ())
        asked_for: list[Scheme] = []
        others: list[FoundScheme] = []
        for place, candidate in enumerate(candidates):
            scheme = self._records.by_id[candidate.record_id]
            assert isinstance(scheme, FundingInstrument)  # noqa: S101 (candidates are of one kind)
            if candidate.parts.get("name"):
                asked_for += self._asked_for(ranker, scheme, candidate, found)
            elif not self._calendar.on(scheme).has_ended:
                judged, shuts_out = fits.judge(scheme, candidate, place), found.shuts_out(candidate)
                others.append(FoundScheme(scheme, candidate, found.score(candidate), shuts_out, judged))
            elif later := living_successor(scheme, self._records.by_id, self._today):
                judged = fits.judge(later[0], candidate, place)
                others.append(FoundScheme(later[0], candidate, found.score(candidate), subject=judged))
        suited = without_ineligible_first(ranker.ranked(others, most))
        rest = [self._scheme(one, found) for one in suited[:most]]
        # What has ended is told after what runs.
        asked_for.sort(key=lambda one: one.status is SchemeStatus.ENDED)
        return _unique([*asked_for, *rest])

    def _asked_for(
        self, ranker: SchemeRanker, scheme: FundingInstrument, candidate: Candidate, found: SearchResult
    ) -> Iterator[Scheme]:
        """Give a scheme asked for by name, and what took over from it where it has ended."""
        later = (
            living_successor(scheme, self._records.by_id, self._today) if self._calendar.on(scheme).has_ended else None
        )
        yield self._scheme(ranker.judged(scheme, candidate), found, successor=named_record(*later) if later else None)
        if later:
            yield self._scheme(ranker.judged(later[0], candidate), found, predecessor=scheme)

    def _scheme(
        self,
        ranked: RankedScheme,
        found: SearchResult | Unexplained,
        successor: NamedRecord | None = None,
        predecessor: FundingInstrument | None = None,
    ) -> Scheme:
        scheme, match = ranked.scheme, found.explained(ranked.candidate)
        if match.record_id != scheme.id:
            match = _carried_over(match, scheme)
        on_day = self._calendar.on(scheme)
        call = on_day.call
        asked_for = _is_named(match) or predecessor is not None
        score = match.score if asked_for else ranked.suitability.worth
        confidence = match.confidence if asked_for else ranked.confidence or MatchConfidence.POSSIBLE
        return Scheme(
            **_base(match, scheme) | {"score": score, "confidence": confidence},
            status=on_day.status,
            as_of=read_on(scheme),
            opens_on=call.opens_on if call else None,
            deadline=call.next_deadline(self._today) if call else None,
            last_deadline=on_day.last_deadline,
            last_call=on_day.last_call,
            is_stale=on_day.is_stale,
            checked_on=scheme.checked_on,
            ended_on=scheme.ended_on,
            owner=self._records.named_actor(scheme.administrator or scheme.owner),
            predecessor=named_record(predecessor) if predecessor else None,
            successor=successor,
            eligibility=ranked.judgements,
            overall=ranked.verdict,
            suitability=ranked.suitability,
            url=scheme.url,
        )

    def _idea(self, match: Match) -> Idea:
        idea = self._records.by_id[match.record_id]
        assert isinstance(idea, ProjectIdea)  # noqa: S101 (matches are searched by kind)
        owner = next((part.actor for part in idea.participants if part.role in {Role.PROPOSER, Role.COORDINATOR}), None)
        body = self._records.actor(owner) if owner else None
        return Idea(
            **_base(match, idea),
            event=idea.origin.event,
            on=idea.origin.on,
            years=idea.years,
            is_project=idea.stage is not IdeaStage.IDEA,
            problem_owner=self._records.named_actor(self._records.present_body(body).id) if body else None,
        )


def _questions_back(need: Need, schemes: Iterable[Scheme]) -> tuple[Missing, ...]:
    """Return the facts to ask for, where it is money that is asked for.

    They are the weightiest one missing for the first scheme, and those that would each settle one of the next.
    """
    if need.asked_kind is not Kind.INSTRUMENT:
        return ()
    open_still = [scheme for scheme in schemes if scheme.overall is Verdict.UNKNOWN][:WITHOUT_INELIGIBLE]
    missing = [missing_fact for scheme in open_still[:1] for missing_fact in missing_facts(scheme.eligibility)][:1]
    missing += [one for scheme in open_still[1:] if (one := deciding_fact(scheme.eligibility)) is not None]
    return tuple(dict.fromkeys(one for one in missing if one.fact in _ASKED_FOR))[:_MOST_ASKS]


def _telling(themes: Mapping[str, float]) -> tuple[str, ...]:
    """Return the themes that a question is about, the most telling first."""
    ranked = sorted(themes.items(), key=lambda one: (-one[1], one[0]))
    return tuple(theme for theme, share in ranked[:THEMES_TOLD] if share >= LEAST_SHARE)


def _named_in(reasons: Iterable[Reason]) -> set[str]:
    """Return the ideas and schemes that reasons name."""
    return {record_id for reason in reasons for record_id in (reason.idea, reason.scheme) if record_id}


def _base(match: Match, record: Actor | FundingInstrument | ProjectIdea) -> dict[str, object]:
    return {
        "id": record.id,
        "name": record.name,
        "summary": record.summary,
        "score": match.score,
        "confidence": match.confidence,
        "reasons": match.reasons,
        "evidence": match.evidence,
        "themes": record.los,
    }


def _carried_over(match: Match, scheme: FundingInstrument) -> Match:
    """Return a match with an ended scheme as one with what took over, told by the latter's own purpose."""
    statement = scheme.purpose
    quote = statement.text.best(_language_of(match))
    evidence = Evidence(
        record_id=scheme.id,
        facet=Facet.PURPOSE,
        quote=quote.text,
        language=quote.language,
        source=reference(statement.source),
    )
    return match.model_copy(update={"record_id": scheme.id, "reasons": (), "evidence": (evidence,)})


def _language_of(match: Match) -> Language:
    return match.evidence[0].language if match.evidence else Language.NB


def _is_named(found: Match | Suggestion) -> bool:
    return any(reason.kind is ReasonKind.NAMED for reason in found.reasons)


def _unique(suggestions: Iterable[AnySuggestion]) -> list[AnySuggestion]:
    """Return suggestions with each record once, the first standing for all."""
    by_id: dict[str, AnySuggestion] = {}
    for suggestion in suggestions:
        by_id.setdefault(suggestion.id, suggestion)
    return list(by_id.values())


def _outcome(shown: Iterable[Suggestion]) -> Outcome:
    confidences = {suggestion.confidence for suggestion in shown}
    if not confidences:
        return Outcome.NO_MATCH
    sure = {MatchConfidence.STRONG, MatchConfidence.GOOD}
    return Outcome.MATCHED if confidences & sure else Outcome.UNCERTAIN


def _order(need: Need, partners: list[Partner], schemes: list[Scheme], ideas: list[Idea]) -> tuple[Kind, ...]:
    best = {
        Kind.ACTOR: max((partner.score for partner in partners), default=0.0),
        Kind.INSTRUMENT: max((scheme.score for scheme in schemes), default=0.0),
        Kind.IDEA: max((idea.score for idea in ideas), default=0.0),
    }
    return tuple(sorted(SEARCHED_KINDS, key=lambda kind: (kind is not need.asked_kind, -best[kind])))
