"""Slack's building blocks, with its limits and its markup kept in one place.

Invariant: text that comes from data or from people never becomes markup: it is escaped here, and every text object
says `verbatim`. A text that is too long is cut at a word and marked, and its length is counted as it travels, so
that letters and signs that take more room do not break a limit.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, TypedDict

Block = dict[str, Any]
"""One block as Slack's Web API takes it."""

MAX_BLOCKS = 50
MAX_SIZE = 12_000
"""Characters of a whole message as it travels; Slack refuses somewhat more, without saying how much."""
MAX_HEADER = 150
MAX_CONTEXT = 10
MAX_ACTIONS = 25
MAX_BUTTON = 75
MAX_VALUE = 2_000
MAX_FALLBACK = 3_000
"""Characters of the text that stands in for the blocks; Slack advises fewer than 4,000."""
MORE = " …"

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Characters that show as nothing or turn the direction of what follows."""


class Message(TypedDict):
    """What is sent: blocks, and a text for notifications and screen readers."""

    text: str
    blocks: list[Block]


class View(TypedDict, total=False):
    """A modal or an App Home."""

    type: str
    callback_id: str
    title: Block
    submit: Block
    close: Block
    private_metadata: str
    blocks: list[Block]


def escape(text: str) -> str:
    """Return data as Slack shows it word for word: no mention, no link, no markup of its own."""
    plain = CONTROL.sub(" ", text)
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def travelled(value: object) -> int:
    """Return how many characters a value takes as it is sent."""
    return len(json.dumps(value))


def fit(text: str, limit: int) -> str:
    """Return data escaped and, where it takes more than ``limit`` characters as it travels, cut at a word."""
    escaped = escape(text)
    if travelled(escaped) - 2 <= limit:
        return escaped
    kept = _longest(text, limit - travelled(MORE) + 2)
    at_word = kept.rsplit(" ", 1)[0] if " " in kept[len(kept) // 2 :] else kept
    return escape(at_word.rstrip()) + MORE


def _longest(text: str, limit: int) -> str:
    low, high = 0, min(len(text), limit)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if travelled(escape(text[:middle])) - 2 <= limit else (low, middle - 1)
    return text[:low]


def plain(text: str, limit: int) -> Block:
    """Return text that is never markup, such as a button's."""
    cleaned = " ".join(CONTROL.sub(" ", text).split())
    kept = cleaned if len(cleaned) <= limit else cleaned[: limit - 1].rstrip() + "…"
    return {"type": "plain_text", "text": kept or "–", "emoji": False}


def mrkdwn(markup: str) -> Block:
    """Return a text object of markup whose data is escaped already."""
    return {"type": "mrkdwn", "text": markup or "–", "verbatim": True}


def section(markup: str, block_id: str | None = None) -> Block:
    """Return a paragraph of markup whose data is escaped already."""
    block: Block = {"type": "section", "text": mrkdwn(markup)}
    return block | ({"block_id": block_id} if block_id else {})


def header(text: str) -> Block:
    """Return a heading."""
    return {"type": "header", "text": plain(text, MAX_HEADER)}


def context(markups: Iterable[str], block_id: str | None = None) -> Block:
    """Return small print of markup whose data is escaped already."""
    block: Block = {"type": "context", "elements": [mrkdwn(markup) for markup in markups][:MAX_CONTEXT]}
    return block | ({"block_id": block_id} if block_id else {})


def divider() -> Block:
    """Return a line between parts."""
    return {"type": "divider"}


def actions(elements: Sequence[Block], block_id: str) -> Block:
    """Return a row of buttons."""
    return {"type": "actions", "block_id": block_id, "elements": list(elements)[:MAX_ACTIONS]}


def button(text: str, action_id: str, value: str, style: str | None = None, label: str | None = None) -> Block:
    """Return a button.

    Args:
        text: What it says.
        action_id: What it does.
        value: What it is about.
        style: ``primary`` or ``danger``.
        label: What a screen reader says, where the text alone does not tell what the button is about.
    """
    made: Block = {
        "type": "button",
        "text": plain(text, MAX_BUTTON),
        "action_id": action_id,
        "value": value[:MAX_VALUE],
    }
    if style:
        made["style"] = style
    if label:
        made["accessibility_label"] = _longest(plain(label, MAX_BUTTON)["text"], MAX_BUTTON)
    return made


def option(text: str, value: str) -> Block:
    """Return one choice of several."""
    return {"text": plain(text, MAX_BUTTON), "value": value}


def feedback(positive: tuple[str, str], negative: tuple[str, str], action_id: str, block_id: str) -> Block:
    """Return the two buttons under an answer, each with its text and value; a text is shown beside the sign."""
    buttons = {
        name: {"text": plain(text, MAX_BUTTON), "accessibility_label": text[:MAX_BUTTON], "value": value}
        for name, (text, value) in (("positive_button", positive), ("negative_button", negative))
    }
    element = {"type": "feedback_buttons", "action_id": action_id, **buttons}
    return {"type": "context_actions", "block_id": block_id, "elements": [element]}


def fits(blocks: Sequence[Block]) -> bool:
    """Tell whether Slack takes these blocks as one message."""
    return len(blocks) <= MAX_BLOCKS and travelled(blocks) <= MAX_SIZE
