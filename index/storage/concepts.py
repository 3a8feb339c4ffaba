"""Which concepts of the vocabulary a text speaks of, in whatever language and spelling.

Invariant: the same label is found in passages and in questions by the same rule: the longest run of stems that is
a label wins. Only questions are forgiven typing errors and words of the other language. Bokmål and nynorsk mix
freely in what people type, so their labels are looked up together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from corpus.text import LangText, Language, Localised
from corpus.vocabulary import Concept
from index.analysis import LANGUAGE_GROUPS, SHORTEST_STEM, STOPWORDS, language_group, stem, words
from index.norwegian_forms import load_forms

MAX_LABEL_WORDS = 6
MIN_TYPO_LENGTH = 6
"""Shorter words have too many neighbours one letter away to be mended safely."""
TYPO_SCORE = 88.0
"""The likeness (0-100, rapidfuzz ratio) from which an unknown word is read as a known one."""
MIN_COMPOUND_PART = 6
WHOLE_CERTAINTY = 0.8
"""How surely what something is a part of is mentioned by it."""
PIECES_BELOW = 0.75
"""The certainty below which a mention is only a part of a compound."""
WORDS_KEPT = 20_000
"""Words of a language of which is remembered what they name; each has `index.analysis.LONGEST_WORD` letters at most."""
MIN_COMPOUND_STEM = 5
"""A label that is shorter than this, as a word and as a stem, is not looked for inside longer words."""
MENDED_WORDS = 8
"""Unknown words of a question that are held against all labels; who types more of them makes no typing errors."""


_LANGUAGE_OF = {"no": Language.NB, "en": Language.EN}
"""A language of each group, by whose stemmer its labels are stemmed."""

IsKnown = Callable[[str], bool]


class Mention(NamedTuple):
    """A concept found in a text."""

    concept_id: str
    label: str
    """The words of the text that named it."""
    certainty: float
    """1 for a label as written, less for a part of a compound or a mended word."""
    others: tuple[str, ...] = ()
    """Other words of the text that name it as surely."""


class _Word(NamedTuple):
    """What the labels make of a word, wherever it stands."""

    stem: str
    followers: frozenset[str]
    """The second words, or their stems, of labels of several words that may begin with it."""
    mentions: tuple[Mention, ...]
    """The concepts that it names by itself, or by a part of it."""


class ConceptFinder:
    """Finds the concepts of a vocabulary in text.

    Args:
        labels: By language group, the ids of the concepts that a run of stems (joined by spaces) names.
        written: By language group, the ids of those that a run of words names as written, where fewer than its stems.
        preferred: By concept id, its preferred label.
        near: By concept id, the broader and related concepts.
        parents: By concept id, the concepts that it is told to be a part of.
        broader: By concept id, all concepts that it is a part of, however far up.
        how: The concepts that tell how something is done or paid for, in any matter.
    """

    def __init__(
        self,
        labels: dict[str, dict[str, list[str]]],
        written: dict[str, dict[str, list[str]]],
        preferred: dict[str, LangText],
        near: dict[str, list[str]],
        parents: dict[str, list[str]],
        broader: dict[str, list[str]],
        how: Iterable[str],
    ) -> None:
        self._labels = labels
        self._written = written
        self._preferred = preferred
        self._near = near
        self._parents = parents
        self._broader = broader
        self.how = frozenset(how)
        """The concepts that tell how something is done or paid for, in any matter."""
        self._beginnings = frozenset(run[:SHORTEST_STEM] for run in labels["no"] if len(run) >= MIN_COMPOUND_STEM)
        self._followers = {group: _followers(labels[group], written[group]) for group in labels}
        self._words: dict[Language, dict[str, _Word]] = {language: {} for language in Language}

    @classmethod
    def of(cls, concepts: Iterable[Concept]) -> ConceptFinder:
        """Return a finder for the concepts of a vocabulary."""
        labels: dict[str, dict[str, list[str]]] = {group: {} for group in LANGUAGE_GROUPS}
        written: dict[str, dict[str, list[str]]] = {group: {} for group in LANGUAGE_GROUPS}
        concepts = list(concepts)
        known = {concept.id for concept in concepts}
        for concept in concepts:
            for label in concept.labels():
                spelled, group = words(label.text), language_group(label.language)
                run = " ".join(stem(word, label.language) for word in spelled)
                for table, key in ((labels, run), (written, " ".join(spelled))):
                    ids = table[group].setdefault(key, [])
                    if key and concept.id not in ids:
                        ids.append(concept.id)
        for group, runs in written.items():
            # Inflection must not make doctor and doctorate one; most labels need no second look.
            stems = {run: " ".join(stem(word, _LANGUAGE_OF[group]) for word in run.split()) for run in runs}
            written[group] = {
                run: ids for run, ids in runs.items() if len(ids) < len(labels[group].get(stems[run], ()))
            }
        near = {concept.id: [i for i in (*concept.broader, *concept.related) if i in known] for concept in concepts}
        preferred = {concept.id: concept.pref_label for concept in concepts}
        parents = {concept.id: [i for i in concept.broader if i in known] for concept in concepts if concept.broader}
        how = [concept.id for concept in concepts if concept.tells_how]
        return cls(labels, written, preferred, near, parents, _all_broader(concepts), how)

    def to_plain(self) -> dict[str, Any]:
        """Return the finder as plain data, for `from_plain`."""
        preferred = {key: label.model_dump(exclude_none=True) for key, label in self._preferred.items()}
        return {
            "labels": self._labels,
            "written": self._written,
            "preferred": preferred,
            "near": self._near,
            "parents": self._parents,
            "broader": self._broader,
            "how": sorted(self.how),
        }

    @classmethod
    def from_plain(cls, data: dict[str, Any]) -> ConceptFinder:
        """Return the finder that `to_plain` described."""
        preferred = {key: LangText.model_construct(**label) for key, label in data["preferred"].items()}
        tables = [data[name] for name in ("near", "parents", "broader", "how")]
        return cls(data["labels"], data["written"], preferred, *tables)

    def label(self, concept_id: str, language: Language) -> Localised:
        """Return the preferred label of a concept."""
        return self._preferred[concept_id].best(language)

    def find(self, text: str, language: Language, is_known: IsKnown | None = None) -> list[Mention]:
        """Return the concepts a text names, each once, in the order they appear.

        Args:
            text: A passage or a question.
            language: The language it is analysed in.
            is_known: For questions: tells whether a stem is a word that records use; others are taken for words of
                the other language, or for typing errors and mended. Neither is done where it is not given.
        """
        tokens = words(text)
        kept = self._words[language]
        read = [kept.get(token) or self._word(token, language) for token in tokens]
        found: dict[str, Mention] = {}
        position, mended = 0, 0
        while position < len(tokens):
            length, mentions = self._named(tokens, read, position, language)
            if not mentions and is_known and not is_known(read[position].stem):
                length, mentions = self._foreign(tokens[position:], language)
                if not mentions and mended < MENDED_WORDS:
                    mended += 1
                    mentions = tuple(self._mended(tokens[position], read[position].stem, language))
            for mention in mentions:
                known = found.get(mention.concept_id)
                if known is None or known.certainty < mention.certainty:
                    found[mention.concept_id] = mention
                elif known.certainty == mention.certainty and mention.label not in (known.label, *known.others):
                    found[mention.concept_id] = known._replace(others=(*known.others, mention.label))
            position += length
        return list(found.values())

    def _word(self, token: str, language: Language) -> _Word:
        kept = self._words[language]
        if len(kept) >= WORDS_KEPT:
            kept.clear()
        group = language_group(language)
        stemmed, followers = stem(token, language), self._followers[group]
        concept_ids = None
        if token not in STOPWORDS[language]:
            concept_ids = self._written[group].get(token) or self._labels[group].get(stemmed)
        mentions = [Mention(i, token, 1.0) for i in concept_ids] if concept_ids else self._inside(token, language)
        after = followers.get(token, frozenset()) | followers.get(stemmed, frozenset())
        word = kept[token] = _Word(stemmed, after, tuple(mentions))
        return word

    def _named(
        self, tokens: Sequence[str], read: Sequence[_Word], position: int, language: Language
    ) -> tuple[int, tuple[Mention, ...]]:
        word, after = read[position], position + 1
        # Millions of words are looked at when an index is built; hardly any begins a label of several words.
        if word.followers and after < len(tokens) and not word.followers.isdisjoint((tokens[after], read[after].stem)):
            return self._longest(tokens, read, position, language)
        return 1, word.mentions

    def _longest(
        self, tokens: Sequence[str], read: Sequence[_Word], position: int, language: Language
    ) -> tuple[int, tuple[Mention, ...]]:
        group = language_group(language)
        labels, written = self._labels[group], self._written[group]
        for length in range(min(MAX_LABEL_WORDS, len(read) - position), 1, -1):
            spelled = " ".join(tokens[position : position + length])
            stemmed = " ".join([word.stem for word in read[position : position + length]])
            if concept_ids := written.get(spelled) or labels.get(stemmed):
                return length, tuple(Mention(concept_id, spelled, 1.0) for concept_id in concept_ids)
        return 1, read[position].mentions

    def _foreign(self, tokens: Sequence[str], language: Language) -> tuple[int, tuple[Mention, ...]]:
        """Return what the other language calls the first words: people mix them, and a short question shows neither."""
        other = _LANGUAGE_OF["no" if language_group(language) == "en" else "en"]
        tokens = tokens[:MAX_LABEL_WORDS]
        kept = self._words[other]
        return self._named(tokens, [kept.get(token) or self._word(token, other) for token in tokens], 0, other)

    def _inside(self, token: str, language: Language) -> list[Mention]:
        if language is Language.EN or len(token) < MIN_COMPOUND_PART + 3:
            return []
        # A stem is a beginning of its word, so that few cuts need a look; else a long word would be stemmed at each.
        labels, beginnings, written = self._labels["no"], self._beginnings, token
        token = load_forms().to_bokmal(written)
        # A Norwegian compound is what its last part says, and concerns what its first part names.
        for cut in range(3, len(token) - MIN_COMPOUND_PART + 1):
            if token[cut : cut + SHORTEST_STEM] not in beginnings:
                continue
            part = stem(token[cut:], language)
            if len(part) >= MIN_COMPOUND_STEM and (tail := labels.get(part)):
                return [Mention(concept_id, written, 0.7) for concept_id in tail]
        if token[:SHORTEST_STEM] not in beginnings:
            return []
        for cut in range(len(token) - 3, MIN_COMPOUND_PART - 1, -1):
            # An s often joins the parts.
            parts = (stem(token[:cut], language), stem(token[:cut].removesuffix("s"), language))
            head = next((labels[part] for part in parts if len(part) >= MIN_COMPOUND_STEM and part in labels), None)
            if head:
                return [Mention(concept_id, written, 0.6) for concept_id in head]
        return []

    def _mended(self, token: str, stemmed: str, language: Language) -> tuple[Mention, ...]:
        if len(token) < MIN_TYPO_LENGTH or token in STOPWORDS[language] or token.isdigit():
            return ()
        from rapidfuzz import fuzz, process

        labels = self._labels[language_group(language)]
        best = process.extractOne(stemmed, labels.keys(), scorer=fuzz.ratio, score_cutoff=TYPO_SCORE)
        if best is None or best[0][0] != stemmed[0]:
            return ()
        return tuple(Mention(concept_id, token, 0.8) for concept_id in labels[best[0]])

    def spoken_of(self, text: str, language: Language) -> tuple[str, ...]:
        """Return the concepts that a passage speaks of: those it names, and those that these are told to be a part of.

        Who works with radon works with environmental health; who asks for radon does not ask for all of that.
        """
        named = [mention.concept_id for mention in self.find(text, language)]
        return tuple(dict.fromkeys([*named, *(parent for one in named for parent in self._parents.get(one, ()))]))

    def about(self, mentions: Iterable[Mention]) -> frozenset[str]:
        """Return the concepts that mentions are about: those named, and those that these are a part of."""
        named = {mention.concept_id for mention in mentions}
        return frozenset(named.union(*(self._broader.get(concept, ()) for concept in named)))

    def wholes(self, mentions: Iterable[Mention]) -> tuple[Mention, ...]:
        """Return the concepts that mentioned ones are told to be a part of, as less surely mentioned."""
        return tuple(
            Mention(parent, one.label, WHOLE_CERTAINTY * one.certainty)
            for one in mentions
            for parent in self._parents.get(one.concept_id, ())
        )

    def widened(self, mentions: Iterable[Mention], share: float) -> dict[str, float]:
        """Return concept weights, with broader and related concepts added at a share of the weight."""
        mentions = list(mentions)
        weights: dict[str, float] = {}
        for mention in mentions:
            weights[mention.concept_id] = max(weights.get(mention.concept_id, 0.0), mention.certainty)
        for mention in mentions:
            for near in self._near.get(mention.concept_id, ()):
                weights[near] = max(weights.get(near, 0.0), share * mention.certainty)
        return weights


def _followers(*tables: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return the second words of runs of several words by their first."""
    found: dict[str, set[str]] = defaultdict(set)
    for table in tables:
        for run in table:
            first, _, others = run.partition(" ")
            if others:
                found[first].add(others.partition(" ")[0])
    return {first: frozenset(others) for first, others in found.items()}


def _all_broader(concepts: Iterable[Concept]) -> dict[str, list[str]]:
    """Return by concept what it is a part of, however far up; a circle ends where it began."""
    up = {concept.id: concept.broader for concept in concepts if concept.broader}
    found: dict[str, list[str]] = {}
    for concept, broader in up.items():
        seen: dict[str, None] = {}
        frontier = list(broader)
        while frontier:
            if (one := frontier.pop(0)) not in seen:
                seen[one] = None
                frontier += up.get(one, ())
        found[concept] = list(seen)
    return found
