"""A vocabulary in SKOS as concepts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from corpus.files import kind_of
from corpus.importing.errors import ImportFileError
from corpus.importing.files import SourceFile
from corpus.importing.items import Outcome, RejectedRow, RowRejection
from corpus.importing.sources.concepts import Term, items_of
from corpus.importing.values import clean_text
from corpus.records import Kind
from corpus.skos import BASE, SkosError, parse_graph
from corpus.text import slug_of

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

_LARGEST = 50_000_000
_FORMS = {".ttl": "turtle", ".n3": "turtle", ".rdf": "xml", ".xml": "xml", ".jsonld": "json-ld", ".json": "json-ld"}


def read(file: SourceFile) -> Iterator[Outcome]:
    """Yield the concepts, wider ones first."""
    if file.path.stat().st_size > _LARGEST:
        raise ImportFileError(f"{file.name}: larger than {_LARGEST // 10**6} MB, which no vocabulary is.")
    text = file.path.read_bytes().decode("utf-8-sig", errors="replace")
    suffix = "." + file.name.rpartition(".")[2].lower()
    form = _FORMS.get(suffix) or (
        "json-ld" if file.is_json() else "xml" if text.lstrip().startswith("<?xml") else "turtle"
    )
    try:
        graph = parse_graph(text, form)
    except SkosError as error:
        raise ImportFileError(f"{file.name}: {error}") from error
    terms = list(_terms(graph))
    if not terms:
        raise ImportFileError(f"{file.name}: holds no concept of SKOS.")
    read_in = {"ref": file.name.ljust(3, "."), "title": file.name, "as_of": file.as_of.isoformat(), "mark": "secondary"}
    items, nameless = items_of(terms, slug_of(file.name.partition(".")[0])[:40] or "skos", read_in)
    yield from items
    yield from (RejectedRow(0, RowRejection.NO_NAME, one) for one in nameless)


def _terms(graph: Graph) -> Iterator[Term]:
    from rdflib import URIRef
    from rdflib.namespace import RDF, SKOS

    def texts(one: Node, kind: URIRef) -> list[tuple[str, str]]:
        found = (
            (getattr(label, "language", None) or "nb", clean_text(str(label))) for label in graph.objects(one, kind)
        )
        return sorted((language, text) for language, text in found if text)

    for one in sorted(graph.subjects(RDF.type, SKOS.Concept), key=str):
        if not isinstance(one, URIRef):
            continue
        notations = sorted(str(value) for value in graph.objects(one, SKOS.notation))
        own_id = str(one).removeprefix(BASE) if str(one).startswith(BASE) else ""
        is_ours = bool(own_id) and own_id.startswith(f"{Kind.CONCEPT}:") and kind_of(own_id) is Kind.CONCEPT
        yield Term(
            str(one),
            texts(one, SKOS.prefLabel),
            texts(one, SKOS.altLabel),
            texts(one, SKOS.hiddenLabel),
            sorted(map(str, {*graph.objects(one, SKOS.broader), *graph.subjects(SKOS.narrower, one)})),
            sorted(map(str, graph.objects(one, SKOS.related))),
            own_id if is_ours else "",
            slug_of(notations[0]) if is_ours and notations else "",
        )
