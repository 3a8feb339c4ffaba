"""The elements of Adaptive Cards 1.5, with their limits and their markup kept in one place.

Invariant: text that comes from data or from people stands in a `TextRun`, which no client reads as Markdown, and never
in a `TextBlock`, a title of a button or a choice; those hold words of the catalogs alone. Text that is too long is cut
at a word and marked. A card is no larger than `MAX_SIZE`, however its letters are counted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.render.block_kit import CONTROL, MORE, travelled

Element = dict[str, Any]
"""One element or action of a card, as it travels."""
Card = dict[str, Any]

MAX_SIZE = 24_000
"""Characters of a card as it travels, every letter that is not ASCII written out; Teams takes some 28 kB."""
_SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
_MOST_BEGUN = 3_000
"""Characters, as they travel, of what stands in a field already."""
CONTENT_TYPE = "application/vnd.microsoft.card.adaptive"


def fit(text: str, limit: int) -> str:
    """Return data on one line and, where it takes more than ``limit`` characters as it travels, cut at a word."""
    plain = " ".join(CONTROL.sub(" ", text[: 2 * limit]).split())
    if len(text) <= 2 * limit and travelled(plain) - 2 <= limit:
        return plain
    low, high = 0, len(plain)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if travelled(plain[:middle] + MORE) - 2 <= limit else (low, middle - 1)
    kept = plain[:low]
    at_word = kept.rsplit(" ", 1)[0] if " " in kept[low // 2 :] else kept
    return at_word.rstrip() + MORE


def run(text: str, **style: Any) -> Element:  # noqa: ANN401 (the schema's own words)
    """Return a piece of text that is shown word for word."""
    return {"type": "TextRun", "text": text or "–", **style}


def rich(*runs: Element, **style: Any) -> Element:  # noqa: ANN401 (as above)
    """Return a paragraph."""
    return {"type": "RichTextBlock", "inlines": list(runs), **style}


def heading(words: str, **style: Any) -> Element:  # noqa: ANN401 (as above)
    """Return a heading of our own words, known as one to screen readers."""
    return {"type": "TextBlock", "text": words, "style": "heading", "weight": "bolder", "wrap": True, **style}


def container(items: Sequence[Element], **style: Any) -> Element:  # noqa: ANN401 (as above)
    """Return elements that belong together."""
    return {"type": "Container", "items": list(items), **style}


def noticed(notice: str, most: int) -> list[Element]:
    """Return what is said above a card, cut to so many letters; nothing where there is nothing to say."""
    return [container([rich(run(fit(notice, most), weight="bolder"))], style="emphasis")] if notice else []


def columns(*parts: tuple[str, Sequence[Element]], **style: Any) -> Element:  # noqa: ANN401 (as above)
    """Return elements side by side, each part with its width."""
    made = [{"type": "Column", "width": width, "items": list(items)} for width, items in parts]
    return {"type": "ColumnSet", "columns": made, **style}


def actions(elements: Sequence[Element], **style: Any) -> Element:  # noqa: ANN401 (as above)
    """Return a row of buttons."""
    return {"type": "ActionSet", "actions": list(elements), **style}


def execute(words: str, verb: str, data: Mapping[str, str], *, primary: bool = False) -> Element:
    """Return a button that the bot answers.

    Args:
        words: What it says, of the catalogs.
        verb: What it does.
        data: What it is about.
        primary: Whether it is what most will want.
    """
    made: Element = {"type": "Action.Execute", "title": words, "verb": verb, "data": dict(data)}
    if primary:
        made["style"] = "positive"
    return made


def show_card(words: str, body: Sequence[Element], buttons: Sequence[Element] = ()) -> Element:
    """Return a button that unfolds more of the card."""
    inner: Card = {"type": "AdaptiveCard", "body": list(body)}
    if buttons:
        inner["actions"] = list(buttons)
    return {"type": "Action.ShowCard", "title": words, "card": inner}


def text_input(name: str, label: str, most: int, *, value: str = "", multiline: bool = False) -> Element:
    """Return a field for text."""
    made: Element = {"type": "Input.Text", "id": name, "label": label, "maxLength": most}
    if multiline:
        made["isMultiline"] = True
    if value:
        made["value"] = fit(value, _MOST_BEGUN)[:most]
    return made


def choice(name: str, label: str, choices: Sequence[tuple[str, str]], *, value: str = "", need: str = "") -> Element:
    """Return a list to choose one thing from.

    Args:
        name: Of the field.
        label: What is asked, of the catalogs.
        choices: The value of each with its words, of the catalogs.
        value: What is chosen already.
        need: What is said to whoever chooses nothing; without it they need not.
    """
    made: Element = {
        "type": "Input.ChoiceSet",
        "id": name,
        "label": label,
        "choices": [{"title": words, "value": one} for one, words in choices],
    }
    if value:
        made["value"] = value
    if need:
        made |= {"isRequired": True, "errorMessage": need}
    return made


def toggle(name: str, words: str) -> Element:
    """Return a box to tick."""
    return {"type": "Input.Toggle", "id": name, "title": words}


def card(body: Sequence[Element], *, speak: str = "") -> Card:
    """Return a card as wide as its place.

    Args:
        body: What it shows.
        speak: What is said of it where it cannot be shown.
    """
    made: Card = {
        "type": "AdaptiveCard",
        "$schema": _SCHEMA,
        "version": "1.5",
        "msteams": {"width": "Full"},
        "body": list(body),
    }
    if speak:
        made["fallbackText"] = speak
    return made


def fits(made: Card) -> bool:
    """Tell whether Teams takes a card."""
    return size_of(made) <= MAX_SIZE


def size_of(made: Card) -> int:
    """Return how many characters a card takes as it travels."""
    return len(json.dumps(made, separators=(",", ":")))
