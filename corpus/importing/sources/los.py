"""Los: the public services' themes and words, in the XML of its owner, which is not RDF.

Invariant: an element is read whatever stands between it and the root; entities are never expanded. A definition that
is a star is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from corpus.importing.errors import ImportFileError
from corpus.importing.files import SourceFile
from corpus.importing.items import Outcome, RejectedRow, RowRejection
from corpus.importing.sources.concepts import Term, items_of

_SPACE = "{urn:fdc:difi.no:2019:data:Skos-1}"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def read(file: SourceFile) -> Iterator[Outcome]:
    """Yield the concepts, wider ones first."""
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import parse

    try:
        root = parse(file.path).getroot()
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise ImportFileError(f"{file.name}: not readable as XML ({error}).") from error
    if root is None:
        raise ImportFileError(f"{file.name}: expected Los as XML, with Concept elements.")
    terms = [_term(element) for element in root.iter(f"{_SPACE}Concept") if element.get("path")]
    if not terms:
        raise ImportFileError(f"{file.name}: expected Los as XML, with Concept elements.")
    read_in = {
        "ref": "Informasjonsforvaltning/los",
        "title": "Los",
        "as_of": file.as_of.isoformat(),
        "mark": "verified",
    }
    items, nameless = items_of(terms, "los", read_in)
    yield from items
    yield from (RejectedRow(0, RowRejection.NO_NAME, one) for one in nameless)


def _term(element: Element) -> Term:
    def texts(name: str) -> list[tuple[str, str]]:
        found = (
            (one.get("lang") or one.get(_LANGUAGE) or "nb", (one.text or "").strip())
            for one in element.iter(_SPACE + name)
        )
        return [(language, text) for language, text in found if text and text != "*"]

    def paths(name: str) -> list[str]:
        return [(one.text or "").strip() for one in element.iter(_SPACE + name) if (one.text or "").strip()]

    return Term(
        element.get("path") or "",
        texts("PrefLabel"),
        texts("AltLabel"),
        texts("HiddenLabel"),
        paths("Broader"),
        paths("Related"),
    )
