"""What an index is made by, besides its records and its encoder: the analyser, and the libraries whose files it holds.

Invariant: whatever gives another index from the same records by the same encoder shows in the marks, so that an index
made by anything else is told from one that is ours and made anew.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files

from corpus.text import Language
from index import analysis
from index.analysis import STOPWORDS, terms

_LIBRARIES = {"tantivy": "tantivy", "faiss": "faiss-cpu", "pystemmer": "PyStemmer"}
_SOURCES = (
    "analysis.py",
    "norwegian_forms.py",
    "norwegian_forms.tsv",
    "storage/concepts.py",
    "storage/lexical.py",
    "storage/passages.py",
    "storage/passage_table.py",
    "storage/record_traits.py",
)
"""The modules that decide which terms and passages a record comes to."""
_PROBE = (
    "Lærerne, læreren og lærere; brukerne i kommunens tjenester, helsetjenestene og omsorgsboligene, næringslivets "
    "forskningsprosjekter, ph.d. og R&D, e-helse. Municipalities are researching services for children's learning."
)


def build_versions() -> dict[str, str]:
    """Return by part what marks it: versions of libraries, and a hash of the analyser."""
    marks = {name: version_of(package) for name, package in _LIBRARIES.items()}
    return {**marks, "analyser": _analyser()}


def version_of(package: str) -> str:
    """Return the installed version of a package, ``unknown`` where there is none."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"


def _analyser() -> str:
    """Return a hash of what words are ignored, how they are cut to stems, and of the code that does it."""
    parts = [
        *(f"{language}:{' '.join(sorted(STOPWORDS[language]))}" for language in Language),
        " ".join(analysis.INFLECTIONS),
        str(analysis.SHORTEST_STEM),
        *(" ".join(terms(_PROBE, language)) for language in Language),
        _code(),
    ]
    return blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()


@lru_cache(maxsize=1)
def _code() -> str:
    digest = blake2b(digest_size=16)
    for name in _SOURCES:
        try:
            digest.update(files("index").joinpath(name).read_bytes())
        except OSError:
            # Installed without its sources: what it does still shows in the rest.
            continue
    return digest.hexdigest()
