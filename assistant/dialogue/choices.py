"""What is offered where a turn was not understood, and which of it somebody chose.

Invariant: a choice is a sentence that could be written as well: whoever clicks it, numbers it or writes it is
understood alike.
"""

from __future__ import annotations

import re

from assistant.dialogue.conversation import Choice, ConversationState
from assistant.platform.messages import messages
from corpus.text import Language
from index.analysis import normalise

_CHARACTERS = 60
"""Characters of what somebody wrote that a choice repeats."""


def choice_label(choice: Choice, language: Language) -> str:
    """Return a choice as it is shown, and as it could be written."""
    values = {name: _short(value) for name, value in choice.values.items()}
    return messages(language).text(f"choice.{choice.key}", **values)


def chosen(text: str, state: ConversationState) -> Choice | None:
    """Return what was chosen of what was offered last, by number or by its words."""
    said = normalise(text).strip(" .!?)")
    if re.fullmatch(r"\d", said) and 1 <= int(said) <= len(state.choices):
        return state.choices[int(said) - 1]
    for choice in state.choices:
        if any(said == normalise(choice_label(choice, language)).strip(" .!?)") for language in Language):
            return choice
    return None


def _short(text: str) -> str:
    return text if len(text) <= _CHARACTERS else f"{text[: _CHARACTERS - 2].rsplit(' ', 1)[0]} …"
