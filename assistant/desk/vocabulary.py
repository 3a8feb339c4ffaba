"""The vocabulary as a broker looks through it, and the words of questions that it lacks.

Invariant: a word of questions is told only where `LEAST_ASKERS` have used it, so that it points to nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from assistant.desk.catalogue import Catalogue
from assistant.dialogue.conversation import Intent
from assistant.history.log_entries import EntryKind
from assistant.service.container import Runtime
from corpus.curation import write_one
from corpus.errors import InvalidRecordError
from corpus.records import CurationState, Kind
from corpus.stored import StoredRecord
from corpus.text import Language
from corpus.vocabulary import Concept
from index.analysis import STOPWORDS, normalise, words

LEAST_ASKERS = 3
MOST_READ = 1_000
"""Questions of late that are looked through for words."""
_SHORTEST = 4
"""Letters of a word that is told; shorter ones are seldom a subject."""


class ConceptEntry(NamedTuple):
    """A concept in the list."""

    concept: Concept
    uses: int
    """Records that speak of it."""
    narrower: Sequence[str]
    """Ids of the concepts that it is broader than."""


class UnknownWord(NamedTuple):
    """A word of questions that no concept knows."""

    word: str
    language: Language
    askers: int
    times: int


def list_concepts(runtime: Runtime) -> list[Concept]:
    """Return the concepts that are not retired."""
    every = (record for record in runtime.store.records(Kind.CONCEPT, None) if isinstance(record, Concept))
    return [one for one in every if one.state is not CurationState.RETIRED]


def filter_concepts(runtime: Runtime, alive: Sequence[Concept], q: str, domain: str) -> dict[str, list[ConceptEntry]]:
    """Return the concepts that have some words in their labels, by domain."""
    searcher = runtime.keeper.searcher(newest=True)
    narrower: dict[str, list[str]] = {}
    for one in alive:
        for wider in one.broader:
            narrower.setdefault(wider, []).append(one.id)
    asked = normalise(q).split()
    entries: dict[str, list[ConceptEntry]] = {}
    for one in alive:
        text = normalise(" ".join([one.id, *(label.text for label in one.labels())]))
        if (not domain or one.domain == domain) and all(word in text for word in asked):
            entry = ConceptEntry(one, searcher.uses(one.id), narrower.get(one.id, ()))
            entries.setdefault(one.domain, []).append(entry)
    return {name: sorted(entries[name], key=lambda entry: normalise(_label(entry.concept))) for name in sorted(entries)}


def unknown_words(runtime: Runtime, catalogue: Catalogue, limit: int = 40) -> list[UnknownWord]:
    """Return the words of questions of late that no concept knows, those of most askers first."""
    searcher = runtime.keeper.searcher(newest=True)
    named = catalogue.words()
    askers: dict[tuple[str, Language], set[str]] = {}
    times: dict[tuple[str, Language], int] = {}
    asked: dict[tuple[str, Language], list[str]] = {}
    for entry in runtime.service.log.entries(
        kind=EntryKind.QUESTION, outcome=Intent.QUESTION, newest_first=True, limit=MOST_READ
    ):
        if entry.text:
            asked.setdefault((entry.text, entry.language), []).append(entry.asker)
    for (text, language), who in asked.items():
        mentioned = {word for mention in searcher.mentions(text, language) for word in mention.label.split()}
        for word in set(words(text)) - mentioned - named - STOPWORDS[language]:
            if len(word) >= _SHORTEST and not word.isdigit():
                askers.setdefault((word, language), set()).update(who)
                times[word, language] = times.get((word, language), 0) + len(who)
    found = [
        UnknownWord(word, language, len(some), times[word, language])
        for (word, language), some in askers.items()
        if len(some) >= LEAST_ASKERS
    ]
    return sorted(found, key=lambda one: (-one.askers, -one.times, one.word))[:limit]


def add_label(runtime: Runtime, concept_id: str, word: str, language: Language, by: str) -> StoredRecord:
    """Add a word to what people also call a concept.

    Raises:
        UnknownRecordError: there is no such concept.
        InvalidRecordError: the id is of no concept, or the word is a label of another one already.
        EditConflictError: the concept was changed meanwhile.
    """
    stored = runtime.store.get(concept_id)
    if not isinstance(stored.record, Concept):
        raise InvalidRecordError(f"Got {concept_id}, expected the id of a concept.")
    old = stored.record.alt_labels
    texts = (*getattr(old, language.value), word.strip())
    labels = old.model_copy(update={language.value: tuple(dict.fromkeys(texts))})
    concept = Concept.model_validate({**stored.record.model_dump(), "alt_labels": labels.model_dump()})
    return write_one(runtime.store, concept, by, expected_version=stored.version, note=f"asked with the word {word}")


def _label(concept: Concept) -> str:
    return concept.pref_label.best(Language.NB).text
