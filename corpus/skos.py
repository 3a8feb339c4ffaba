"""The vocabulary in SKOS, out and in: Turtle, RDF/XML and JSON-LD.

Invariant: nothing is fetched: a graph is made of the text that is given, and a JSON-LD context that would have to be
read from an address is refused. What is written holds every label, and every link to wider and related concepts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from corpus.errors import CorpusError
from corpus.vocabulary import Concept

if TYPE_CHECKING:
    from rdflib import Graph

FORMATS = {"turtle": "turtle", "xml": "xml", "json-ld": "json-ld"}
"""Names of formats, as rdflib knows them."""
BASE = "urn:mellomrom:"
SCHEME = f"{BASE}vocabulary"


class SkosError(CorpusError):
    """A text is not a graph, or could be read only by fetching something."""


def serialise_graph(concepts: Iterable[Concept], form: str) -> str:
    """Return concepts as a graph in a format of `FORMATS`."""
    from rdflib import Graph, Literal, URIRef
    from rdflib.namespace import DCTERMS, RDF, SKOS

    graph = Graph()
    graph.bind("skos", SKOS)
    scheme = URIRef(SCHEME)
    graph.add((scheme, RDF.type, SKOS.ConceptScheme))
    graph.add((scheme, DCTERMS.title, Literal("Mellomrom", lang="nb")))
    for concept in concepts:
        one = URIRef(BASE + concept.id)
        graph.add((one, RDF.type, SKOS.Concept))
        graph.add((one, SKOS.inScheme, scheme))
        graph.add((one, SKOS.notation, Literal(concept.domain)))
        for label in concept.pref_label.items():
            graph.add((one, SKOS.prefLabel, Literal(label.text, lang=label.language.value)))
        for labels, kind in ((concept.alt_labels, SKOS.altLabel), (concept.hidden_labels, SKOS.hiddenLabel)):
            for label in labels.items():
                graph.add((one, kind, Literal(label.text, lang=label.language.value)))
        for others, kind in ((concept.broader, SKOS.broader), (concept.related, SKOS.related)):
            for other in others:
                graph.add((one, kind, URIRef(BASE + other)))
    return graph.serialize(format=FORMATS[form])


def parse_graph(text: str, form: str) -> Graph:
    """Return the graph that a text holds.

    Raises:
        SkosError: it is none, or could be read only by fetching something.
    """
    from rdflib import Graph

    if form == "json-ld":
        _refuse_remote(text)
    graph = Graph()
    try:
        graph.parse(data=text, format=FORMATS[form], publicID=BASE)
    except Exception as error:  # rdflib's parsers raise errors of every kind
        raise SkosError(f"Not readable as {form} ({type(error).__name__}: {str(error)[:200]}).") from error
    return graph


def _refuse_remote(text: str) -> None:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SkosError(f"Not readable as JSON ({error}).") from error

    def walk(value: Any) -> None:  # noqa: ANN401 (JSON of any shape)
        if isinstance(value, dict):
            for name, item in value.items():
                if name == "@import" or (name == "@context" and _names_address(item)):
                    raise SkosError(
                        "The JSON-LD names a context by its address; nothing is fetched. Put it in the file."
                    )
                walk(item)
        elif isinstance(value, list):
            for item in value:
                walk(item)

    walk(data)


def _names_address(context: Any) -> bool:  # noqa: ANN401 (JSON of any shape)
    return isinstance(context, str) or (isinstance(context, list) and any(isinstance(one, str) for one in context))
