"""What can go wrong with an import as a whole; what is wrong with a row is told beside the row."""

from __future__ import annotations

from corpus.errors import CorpusError


class ImportFileError(CorpusError):
    """A file cannot be read, or is not what the source gives out."""


class UnknownImportError(CorpusError):
    """There is no import, source or mapping of that name."""


class FetchError(CorpusError):
    """What a source gives out cannot be downloaded."""
