"""What an answer takes its asker for: who they are, what the need is about, how far it has come.

Invariant: each is what the rules were really held against; what nobody has told is said to be untold, with the
beginning of a sentence that tells it.
"""

from __future__ import annotations

from typing import NamedTuple

from assistant.funding.rule_sentences import worded
from assistant.funding.rules import organisations
from assistant.matching.answers import Answer, Outcome
from assistant.platform.messages import Messages
from assistant.render.sentences import theme_name
from corpus.records import ActorType

_THEMES = 2
"""Themes that are named, the most telling ones."""


class Assumption(NamedTuple):
    """One thing that an asker is taken for."""

    text: str
    way: str
    """What the way to change it is called."""
    begins: str
    """The beginning of a sentence that would tell it otherwise."""


def assumptions_of(answer: Answer, messages: Messages) -> list[Assumption]:
    """Return what the asker and the need of an answer are taken for."""
    facts, text = answer.facts, messages.text
    phase = text(f"stage.{facts.stage}") if facts.stage else None
    if phase is None and facts.activities:
        phase = messages.listed([text(f"activity.{activity}") for activity in facts.activities])
    # What nothing was found for is no theme that we know.
    slugs = answer.themes[:_THEMES] if answer.outcome is not Outcome.NO_MATCH else ()
    themes = ", ".join(theme_name(theme, messages) for theme in slugs)
    who, is_told = _applicant_text(answer, messages)
    change, tell = text("taken.change"), text("taken.tell")
    return [
        Assumption(_capital(who), change if is_told else tell, text("taken.who.begins")),
        Assumption(
            text("taken.theme", themes=themes) if themes else text("taken.theme.untold"),
            change if themes else tell,
            text("taken.theme.begins"),
        ),
        Assumption(
            text("taken.phase", phase=phase) if phase else text("taken.phase.untold"),
            change if phase else tell,
            text("taken.phase.begins"),
        ),
    ]


def _applicant_text(answer: Answer, messages: Messages) -> tuple[str, bool]:
    """Return who asks, and whether they told where they are."""
    facts = answer.facts
    organisation = worded(organisations("who", (facts.applicant_type or ActorType.MUNICIPALITY,)), messages.language)
    if facts.place is None:
        return messages.text("taken.who.unplaced", organisation=organisation), False
    if facts.kommunenummer and facts.applicant_type is ActorType.MUNICIPALITY:
        return messages.text("letter.municipality", name=facts.place), True
    return messages.text("taken.who.placed", organisation=organisation, place=facts.place), True


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
