"""What somebody told of themselves and is left out, in words, to be confirmed.

Invariant: only what was told is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.dialogue.refinement import Exclusions
from assistant.funding.rule_sentences import worded
from assistant.funding.rules import HOME, organisations
from assistant.funding.verdicts import Facts, Party, season_of
from assistant.platform.messages import Messages
from corpus.records import ActorType

_MOST = 4


def facts_text(facts: Facts, catalog: Messages, named: str | None = None) -> str:
    """Return what was told as a list in prose; empty where nothing can be named.

    Args:
        facts: What was told.
        catalog: The language to say it in.
        named: Who was said to take part, by name.
    """
    return catalog.listed(list(dict.fromkeys(_facts(facts, catalog, named)))[:_MOST])


def _facts(facts: Facts, catalog: Messages, named: str | None) -> Iterator[str]:
    yield from _applicant_parts(facts, catalog)
    for key, told in (
        ("foreign", {"country": facts.country} if facts.country not in {None, HOME} else None),
        ("parties", {"count": facts.parties} if facts.parties else None),
        (
            f"starts_on.{season}" if (season := season_of(facts)) else "starts_on",
            {"date": catalog.date(facts.starts_on)} if facts.starts_on else None,
        ),
        ("months", {"count": facts.months} if facts.months else None),
    ):
        if told is not None:
            yield catalog.text(f"fact.{key}", **told)
    yield from _parties(facts, catalog, named)
    if facts.stage:
        yield catalog.text(f"stage.{facts.stage}")
    elif facts.activities:
        yield catalog.listed([catalog.text(f"activity.{activity}") for activity in facts.activities])
    if facts.budget is not None:
        yield catalog.text("fact.budget", amount=catalog.number(float(facts.budget)))
    if facts.own_share is not None:
        yield catalog.text("fact.own_share", percent=catalog.number(float(facts.own_share)))
    if any(one is not None for one in (facts.public_share, facts.rd_experience)):
        yield catalog.text("fact.other")


def _applicant_parts(facts: Facts, catalog: Messages) -> Iterator[str]:
    is_municipal = facts.applicant_type in {None, ActorType.MUNICIPALITY}
    if facts.place and facts.kommunenummer and is_municipal:
        yield catalog.text("fact.municipality", place=facts.place)
        return
    if facts.applicant_type is not None and facts.parties is None:
        yield worded(organisations("who", (facts.applicant_type,)), catalog.language)
    if facts.place:
        yield catalog.text("fact.place", place=facts.place)


def _parties(facts: Facts, catalog: Messages, named: str | None) -> Iterator[str]:
    if named and facts.partners:
        yield catalog.text("fact.with", who=named)
    for party in () if named else facts.partners or ():
        if not (facts.parties and party == Party(type=ActorType.MUNICIPALITY)):
            yield catalog.text("fact.with", who=_party(party, catalog))
    for party in facts.lacking:
        yield catalog.text("fact.lacking", who=_party(party, catalog))
    if facts.partners == () and facts.partners_complete:
        yield catalog.text("fact.alone")


def _party(party: Party, catalog: Messages) -> str:
    if party.approved_research_org:
        return catalog.text("fact.researchers")
    if party.type is not None:
        return worded(organisations("who", (party.type,)), catalog.language)
    if party.country is not None:
        return catalog.text("fact.foreign", country=party.country)
    return catalog.text("fact.somebody")


def types_text(types: Sequence[ActorType], catalog: Messages) -> str:
    """Return kinds of body as a list in prose."""
    return catalog.listed([catalog.text(f"types.{one}") for one in types])


def without_text(without: Exclusions, catalog: Messages) -> str:
    """Return what is left out as a list in prose."""
    names = [*without.names, *(catalog.text(f"types.{one}") for one in without.types)]
    names += [catalog.text(f"without.{kind}") for kind in without.kinds]
    return catalog.listed(list(dict.fromkeys([*names, *(place.name for place in without.places)])))
