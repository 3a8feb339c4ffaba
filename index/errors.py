"""Errors of the index, each with what was got, what was expected and how to mend it.

MellomromError
└── SearchError
    ├── EncoderError    an encoder cannot be loaded or used
    ├── IndexFileError  the saved index is missing, damaged, or of another store, encoder or format
    └── TrainingError   the training data are not what was expected
"""

from __future__ import annotations

from corpus.errors import MellomromError


class SearchError(MellomromError):
    """Base of the errors of this package."""


class EncoderError(SearchError):
    """An encoder cannot be found, loaded or used."""


class IndexFileError(SearchError):
    """The saved index is missing, damaged, or made for another store, encoder or format; it is then rebuilt."""


class TrainingError(SearchError):
    """Training data are missing or not of the form that training expects."""
