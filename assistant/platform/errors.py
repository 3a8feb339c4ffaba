"""Errors of the assistant that a user is told about.

MellomromError
├── EmptyQuestionError  there is no word in a question
└── InputFileError      a file of questions cannot be read
"""

from __future__ import annotations

from corpus.errors import MellomromError
from corpus.text import Language


class EmptyQuestionError(MellomromError):
    """There is no word in the question; ``got`` is what there was, and the text is in ``language``."""

    def __init__(self, got: str, language: Language = Language.NB) -> None:
        from assistant.platform.messages import messages

        self.got = got
        catalog = messages(language)
        shown = f"«{got[:40]}»" if got else catalog.text("error.empty")
        super().__init__(catalog.text("error.no_words", got=shown, example=catalog.text("error.example")))


class InputFileError(MellomromError):
    """A file of questions cannot be read."""
