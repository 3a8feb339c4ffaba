"""What the service replied, as a Slack message.

Invariant: an answer is told the same wherever it was asked for; what differs is who sees it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.platform.messages import messages
from assistant.render.block_kit import MAX_FALLBACK, Block, Message, actions, button, context, fit, fits, section
from assistant.render.follow_up_words import FollowUpPart, PartStyle
from assistant.render.replies import (
    choice_labels,
    follow_up_parts_of,
    note_sentences,
    only_kind,
    questions_back,
    reply_sentence,
)
from assistant.render.slack import LINE, Marked, render_answer, render_text
from assistant.render.slack_actions import About, ActionId
from assistant.service.messages import Reply, ReplyKind


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
        bits = follow_up_parts_of(reply, contact)
        message = (
            _follow_up_message(note_sentences(reply), bits)
            if bits
            else render_text(*note_sentences(reply), reply_sentence(reply, contact))
        )
        if reply.choices and reply.log_id:
            message["blocks"].append(_choices(reply, reply.log_id))
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


_BIT, _LETTER = 600, 2_400
"""Characters of a bit and of a draft, as they travel."""


def _follow_up_message(notes: Sequence[str], bits: Sequence[FollowUpPart]) -> Message:
    """Return what is told as a message: names set off, facts as a list, small print small, drafts to be copied."""
    for most in (_BIT, 240, 120):
        blocks = list(_blocks(notes, bits, most))
        if fits(blocks):
            break
    text = fit("\n".join([*notes, *(bit.text for bit in bits)]), MAX_FALLBACK)
    return Message(text=text, blocks=blocks)


def _blocks(notes: Sequence[str], bits: Sequence[FollowUpPart], most: int) -> Iterable[Block]:
    if notes:
        yield context([fit(note, most) for note in notes])
    lines: list[str] = []
    for bit in bits:
        if bit.style in {PartStyle.TEXT, PartStyle.NAME, PartStyle.POINT}:
            if bit.style is PartStyle.NAME and lines:
                yield section("\n".join(lines))
                lines = []
            text = fit(bit.text, most)
            lines.append({PartStyle.NAME: f"*{text}*", PartStyle.POINT: f"• {text}"}.get(bit.style, text))
            continue
        if lines:
            yield section("\n".join(lines))
            lines = []
        if bit.style is PartStyle.LETTER:
            yield section(f"```{fit(bit.text, _LETTER)}```")
        else:
            yield context([fit(bit.text, most)])
    if lines:
        yield section("\n".join(lines))


def _choices(reply: Reply, log_id: str) -> Block:
    """Return a button for each thing that could be meant; its value names the reply and the number only."""
    return actions(
        [
            button(label, f"{ActionId.CHOOSE}:{number}", About(log_id=log_id, start=number).packed())
            for number, label in enumerate(choice_labels(reply), start=1)
        ],
        "choices",
    )
