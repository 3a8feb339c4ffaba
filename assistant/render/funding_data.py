"""A scheme held against an asker, and a consortium for it, as plain data for programs that read them to people.

Invariant: sentences are those that the answer and the sketch say; nothing is told that the check or the consortium does
not hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from pydantic import Field

from assistant.funding.rule_sentences import question_back, verdict_sentence, worded
from assistant.funding.schemes import SchemeStatus
from assistant.funding.verdicts import Judgement, Verdict
from assistant.matching.answers import Partner
from assistant.matching.consortium import Consortium, Helix
from assistant.matching.scheme_check import SchemeCheck
from assistant.platform.messages import messages
from assistant.render.answer_data import Data, RuleData, SuccessorData
from assistant.render.sentences import name_of, reason_sentences
from assistant.render.sketch import as_markdown, sketch_of
from corpus.text import Language
from index.storage.passages import reference


class SchemeCheckData(Data):
    """How a scheme stands to what is known of who would apply."""

    id: str
    name: str
    summary: str
    language: Language
    status: SchemeStatus
    opens_on: str | None
    deadline: date | None
    as_of: str | None = Field(description="When what is told of the scheme was read.")
    url: str | None
    successor: SuccessorData | None = Field(description="What took over, where the scheme has ended.")
    eligible: Verdict = Field(description="The worst of the verdicts.")
    eligibility: tuple[RuleData, ...]
    asks: tuple[str, ...] = Field(description="Questions whose answers would settle what is unknown.")


class MemberData(Data):
    """Somebody who is in already; the applicant has no id."""

    id: str | None
    name: str | None
    kind: str | None


class ProposalData(Data):
    """Who could fill a seat."""

    id: str
    name: str
    score: float
    chosen: bool = Field(description="Whether it belongs to the smallest set that fills the seats.")
    why: tuple[str, ...]
    url: str | None


class SeatData(Data):
    """A rule that asks for a party, and who could be it."""

    rule: str
    source: str
    party: str
    minimum: int
    filled: int
    missing: int
    unsure: tuple[str, ...] = Field(description="Ids of members that may fill it, if somebody confirms it.")
    proposals: tuple[ProposalData, ...]


class ShareData(Data):
    """A rule of who carries how much, in per cent, held against what was told."""

    rule: str
    source: str
    party: str
    percent: float
    minimum: float | None
    maximum: float | None
    holds: bool


class ConsortiumData(Data):
    """Who a need needs for a scheme."""

    need: str
    language: Language
    scheme: SuccessorData
    status: SchemeStatus
    deadline: date | None
    complete: bool = Field(description="Whether no party is missing.")
    members: tuple[MemberData, ...]
    seats: tuple[SeatData, ...]
    shares: tuple[ShareData, ...]
    balance: dict[Helix, int]
    eligibility: tuple[RuleData, ...]
    sketch: str = Field(description="The project on one page, in Markdown.")


def render_scheme_check(check: SchemeCheck) -> SchemeCheckData:
    """Return a check in its language."""
    catalog, scheme = messages(check.language), check.scheme
    return SchemeCheckData(
        id=scheme.id,
        name=scheme.name.best(check.language).text,
        summary=scheme.summary.best(check.language).text,
        language=check.language,
        status=check.status,
        opens_on=check.opens_on,
        deadline=check.deadline,
        as_of=check.as_of,
        url=scheme.url,
        successor=SuccessorData(
            id=check.successor.id, name=name_of(check.successor, catalog).text, since=check.successor.since
        )
        if check.successor
        else None,
        eligible=check.verdict,
        eligibility=_rules(check.judgements, check.language),
        asks=tuple(question_back(one, check.language) for one in check.missing),
    )


def render_consortium(consortium: Consortium) -> ConsortiumData:
    """Return a consortium in its language."""
    catalog, language = messages(consortium.language), consortium.language
    return ConsortiumData(
        need=consortium.need,
        language=language,
        scheme=SuccessorData(id=consortium.scheme.id, name=name_of(consortium.scheme, catalog).text, since=None),
        status=consortium.status,
        deadline=consortium.deadline,
        complete=consortium.is_complete,
        members=tuple(
            MemberData(
                id=member.id, name=member.name.best(language).text if member.name else None, kind=member.actor_type
            )
            for member in consortium.members
        ),
        seats=tuple(
            SeatData(
                rule=seat.rule.best(language).text,
                source=reference(seat.source),
                party=worded(seat.party, language),
                minimum=seat.minimum,
                filled=seat.filled,
                missing=seat.missing,
                unsure=seat.unsure,
                proposals=tuple(_proposal(proposal, consortium) for proposal in seat.proposals),
            )
            for seat in consortium.seats
        ),
        shares=tuple(
            ShareData(
                rule=share.rule.best(language).text,
                source=reference(share.source),
                party=worded(share.party, language),
                percent=float(share.percent),
                minimum=None if share.minimum is None else float(share.minimum),
                maximum=None if share.maximum is None else float(share.maximum),
                holds=share.holds,
            )
            for share in consortium.shares
        ),
        balance=consortium.balance,
        eligibility=_rules(consortium.judgements, language),
        sketch=as_markdown(sketch_of(consortium)),
    )


def _proposal(partner: Partner, consortium: Consortium) -> ProposalData:
    catalog = messages(consortium.language)
    return ProposalData(
        id=partner.id,
        name=name_of(partner, catalog).text,
        score=round(partner.score, 3),
        chosen=partner.id in consortium.chosen,
        why=tuple(reason_sentences(partner, consortium.names, catalog)),
        url=partner.url,
    )


def _rules(judgements: Iterable[Judgement], language: Language) -> tuple[RuleData, ...]:
    return tuple(
        RuleData(
            criterion=judgement.criterion_id,
            verdict=judgement.verdict,
            text=verdict_sentence(judgement, language),
            rule=judgement.rule.best(language).text if judgement.rule else None,
            source=reference(judgement.source),
        )
        for judgement in judgements
    )
