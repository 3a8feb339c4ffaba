"""What the service replied, as a Slack message.

Invariant: an answer is told the same wherever it was asked for; what differs is who sees it.
"""

from __future__ import annotations

from collections.abc import Iterable

from assistant.platform.messages import messages
from assistant.render.block_kit import Message, actions, button, context, fit
from assistant.render.replies import note_sentences, only_kind, questions_back, reply_sentence
from assistant.render.slack import LINE, Marked, render_answer, render_text
from assistant.render.slack_actions import About, ActionId
from assistant.service.turns import Reply, ReplyKind


def render_reply(
    reply: Reply,
    contact: str | None,
    *,
    private: bool,
    marks: Iterable[Marked] = (),
    shared_by: str | None = None,
) -> Message:
    """Return what the service replied as a message.

    Args:
        reply: What was replied.
        contact: Who the broker is and how to reach them, if that is set.
        private: Whether only the asker sees the message, and may share it.
        marks: What was done to suggestions already.
        shared_by: Who shared it, as markup, where it was private.
    """
    catalog = messages(reply.language)
    if reply.answer is None:
        message = render_text(*note_sentences(reply), reply_sentence(reply, contact))
        if reply.kind is ReplyKind.CONTACT and reply.log_id:
            about = About(log_id=reply.log_id).packed()
            message["blocks"].append(
                actions([button(catalog.text("slack.ask_broker"), ActionId.ASK_BROKER, about)], "answer")
            )
        return message
    message = render_answer(
        reply.answer,
        reply.log_id,
        notes=note_sentences(reply),
        questions=questions_back(reply),
        marks=marks,
        private=private,
        only=only_kind(reply),
    )
    if shared_by:
        asked = catalog.text("slack.asked", question=fit(reply.answer.question, LINE))
        message["blocks"].insert(0, context([f"{shared_by}: {asked}"]))
    return message
