"""One mapper for each source.

Invariant: a mapper reads a file and yields what it says, row by row, in the shape of `corpus.importing.items`; it
knows no record and writes nothing. To add a source: a module with `read`, and a line in `SOURCES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import NamedTuple

from corpus.importing.errors import UnknownImportError
from corpus.importing.files import SourceFile
from corpus.importing.items import Outcome


class Source(NamedTuple):
    """A place that records can come from."""

    name: str
    """What it is called on the command line."""
    about: str
    """What is read, and of which files, in a line of English."""
    module: str
    licence: str
    """What its owner lets others do with it, as far as that was read."""
    suffixes: tuple[str, ...]
    """What the names of its files end in."""

    def read(self, file: SourceFile) -> Iterator[Outcome]:
        """Yield what a file says.

        Raises:
            ImportFileError: it is not what the source gives out.
        """
        reader: Callable[[SourceFile], Iterator[Outcome]] = import_module(f"{__name__}.{self.module}").read
        return reader(file)


SOURCES = {
    one.name: one
    for one in (
        Source("spreadsheet", "Actors, schemes or projects of any table (csv, xlsx, ods), by a mapping of its columns.",
               "spreadsheet", "your own", (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods")),
        Source("forskningsradet", "Applications granted by the Research Council of Norway, and Norwegian participation "
               "in EU programmes (csv, both dialects of each).", "forskningsradet", "NLOD", (".csv",)),
        Source("brreg", "Bodies in the Central Coordinating Register for Legal Entities (JSON or csv).", "brreg",
               "NLOD", (".json", ".csv")),
        Source("cordis", "EU projects with Norwegian participants (zip or folder with project.csv, organization.csv).",
               "cordis", "CC BY 4.0, unconfirmed", (".zip", ".csv")),
        Source("nva", "Projects of NVA or Cristin (JSON, one or a search reply; both shapes).", "nva",
               "NLOD, unconfirmed", (".json",)),
        Source("keep", "Interreg projects of keep.eu (xlsx with a sheet of projects and one of partners).", "keep",
               "free with credit and link", (".xlsx",)),
        Source("eu-funding", "Topics of the EU Funding & Tenders portal (JSON reply of its search).", "eu_funding",
               "European Commission reuse, unconfirmed", (".json",)),
        Source("ror", "Norwegian organisations of the Research Organization Registry (JSON).", "ror", "CC0",
               (".json",)),
        Source("klass", "Municipalities of SSB's Klass 131, and changes of their codes (JSON).", "klass",
               "CC BY 4.0 or NLOD, unconfirmed", (".json",)),
        Source("los", "Themes and words of Los as concepts (XML).", "los", "not stated", (".xml",)),
        Source("skos", "A vocabulary in SKOS as concepts (Turtle, RDF/XML, JSON-LD).", "skos", "your own",
               (".ttl", ".rdf", ".xml", ".jsonld", ".json")),
    )
}  # fmt: skip
"""The sources by name."""


def source_of(name: str) -> Source:
    """Return a source.

    Raises:
        UnknownImportError: there is none of that name.
    """
    if name not in SOURCES:
        raise UnknownImportError(f"There is no source {name!r}. These are: {', '.join(SOURCES)}.")
    return SOURCES[name]
