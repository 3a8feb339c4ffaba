"""A reply in sentences, the same for all channels.

Invariant: what is said besides an answer comes from here; a channel adds only what its own surface needs.
"""

from __future__ import annotations

from assistant.dialogue.choices import choice_label
from assistant.funding.rule_sentences import question_back
from assistant.matching.answers import Outcome
from assistant.platform.messages import Messages, messages
from assistant.render.fact_sentences import facts_text, types_text, without_text
from assistant.render.follow_up import follow_up_parts
from assistant.render.follow_up_words import FollowUpPart
from assistant.render.summary import SummarySentence, summary_of
from assistant.service.messages import Note, Reply, ReplyKind
from corpus.records import Kind
from corpus.text import Language

_ONE_KIND = (
    "refined.like",
    "refined.only_types",
    "refined.open_now",
    "refined.smallest",
    "refined.place_only",
    "refined.kind",
    "refined.more",
)
"""The notes of an answer for which no more than one kind was looked for, where no more is in it."""
_NARROWING = ("refined.only_types", "refined.open_now", "refined.place_only", "refined.excluded", "refined.without")


def note_sentences(reply: Reply, catalog: Messages | None = None) -> list[str]:
    """Return what is told above an answer, in the reply's language or in another."""
    catalog = catalog or messages(reply.language)
    sentences = [note_sentence(note, catalog) for note in reply.notes]
    if reply.answer is not None and reply.answer.outcome is Outcome.NO_MATCH and _is_narrowed(reply):
        sentences.append(catalog.text("note.nothing_left"))
    return sentences


def _is_narrowed(reply: Reply) -> bool:
    return any(note.key.startswith(_NARROWING) for note in reply.notes)


def note_sentence(note: Note, catalog: Messages) -> str:
    """Return a note in words."""
    values: dict[str, str] = dict(note.values)
    key = note.key
    if note.facts is not None:
        values["facts"] = facts_text(note.facts, catalog, note.values.get("named"))
        key = key if values["facts"] else f"{key}_none"
    if note.without is not None:
        values["what"] = without_text(note.without, catalog)
    if note.types:
        values["types"] = types_text(note.types, catalog)
    return catalog.text(f"note.{key}", **values)


def follow_up_parts_of(reply: Reply, contact: str | None) -> list[FollowUpPart]:
    """Return what is told in place of an answer; nothing for a reply that tells nothing so."""
    return follow_up_parts(reply.told, messages(reply.language), contact) if reply.told else []


def choice_labels(reply: Reply) -> list[str]:
    """Return what is offered where something was not understood."""
    return [choice_label(choice, reply.language) for choice in reply.choices]


def reply_text(reply: Reply, contact: str | None) -> str:
    """Return a reply that is no answer as plain text, a line for each bit and each choice."""
    lines = [bit.text for bit in follow_up_parts_of(reply, contact)] or [reply_sentence(reply, contact)]
    return "\n".join([*lines, *(f"{number}. {label}" for number, label in enumerate(choice_labels(reply), start=1))])


def summary_of_reply(reply: Reply, catalog: Messages) -> list[SummarySentence]:
    """Return what the answer of a reply comes to; nothing for a reply that is no answer."""
    return summary_of(reply.answer, catalog, only_kind(reply)) if reply.answer else []


def outcome_sentence(reply: Reply, catalog: Messages) -> str:
    """Return what came of a question in a line, as it is listed for whoever asked it."""
    summary = summary_of_reply(reply, catalog)
    return summary[0].text(catalog) if summary else catalog.text("outcome.no_match")


def only_kind(reply: Reply) -> Kind | None:
    """Return the kind that was looked for, where it was no more than one."""
    if reply.answer is not None and reply.answer.only is not None:
        return reply.answer.only
    if reply.answer is None or not any(note.key.startswith(_ONE_KIND) for note in reply.notes):
        return None
    kinds = [kind for kind in reply.answer.order if reply.answer.suggestions(kind)]
    return kinds[0] if len(kinds) == 1 else None


def reply_sentence(reply: Reply, contact: str | None) -> str:
    """Return a reply that is no answer.

    Args:
        reply: What was replied.
        contact: Who the broker is and how to reach them, if that is set.
    """
    catalog = messages(reply.language)
    if reply.kind is ReplyKind.TOLD:
        return "\n".join(bit.text for bit in follow_up_parts_of(reply, contact))
    if reply.kind is ReplyKind.CONTACT:
        return catalog.text("reply.contact", contact=contact) if contact else catalog.text("reply.contact_plain")
    return catalog.text(f"reply.{reply.kind}")


def questions_back(reply: Reply, language: Language | None = None) -> list[str]:
    """Return what the asker is asked for, in the reply's language or in another."""
    language = language or reply.language
    return [
        question_back(ask.missing, language)
        if ask.missing
        # Replies of earlier releases are kept with the words they were asked in.
        else ask.values.get("text") or messages(language).text(f"ask.{ask.key}")
        for ask in reply.asks
    ]
