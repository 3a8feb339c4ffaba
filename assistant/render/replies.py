"""A reply in sentences, the same for all channels.

Invariant: what is said besides an answer comes from here; a channel adds only what its own surface needs.
"""

from __future__ import annotations

from assistant.funding.rule_sentences import question_back
from assistant.platform.messages import Messages, messages
from assistant.render.summary import Said, summary_of
from assistant.service.turns import Note, Reply, ReplyKind
from corpus.records import Kind
from corpus.text import Language

_MORE_LIKE = "refined.like"
"""The note of an answer for which no more than one kind was looked for."""


def note_sentences(reply: Reply) -> list[str]:
    """Return what is told above an answer."""
    return [_sentence(note, reply) for note in reply.notes]


def _sentence(note: Note, reply: Reply) -> str:
    return messages(reply.language).text(f"note.{note.key}", **note.values)


def summary_of_reply(reply: Reply, catalog: Messages) -> list[Said]:
    """Return what the answer of a reply comes to; nothing for a reply that is no answer."""
    return summary_of(reply.answer, catalog, only_kind(reply)) if reply.answer else []


def outcome_sentence(reply: Reply, catalog: Messages) -> str:
    """Return what came of a question in a line, as it is listed for whoever asked it."""
    said = summary_of_reply(reply, catalog)
    return said[0].text(catalog) if said else catalog.text("outcome.no_match")


def only_kind(reply: Reply) -> Kind | None:
    """Return the kind that was looked for, where it was no more than one."""
    if reply.answer is None or not any(note.key == _MORE_LIKE for note in reply.notes):
        return None
    found = [kind for kind in reply.answer.order if reply.answer.suggestions(kind)]
    return found[0] if len(found) == 1 else None


def reply_sentence(reply: Reply, contact: str | None) -> str:
    """Return a reply that is no answer.

    Args:
        reply: What was replied.
        contact: Who the broker is and how to reach them, if that is set.
    """
    catalog = messages(reply.language)
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
