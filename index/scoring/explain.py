"""Why a record matches: reasons that can be checked, each with the passage it rests on.

Invariant: a reason only says what can be seen in the question and in the quoted passage; a quote is a passage
word for word, in the asker's language where the record has it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence, Set
from itertools import dropwhile
from typing import NamedTuple

from corpus.files import kind_of
from corpus.records import Kind
from corpus.text import FALLBACKS, Language
from index.analysis import STOPWORDS, language_group, stem, words
from index.retrieval.fusion import Candidate
from index.retrieval.retrievers import Query
from index.scoring.exclusions import excludes, parted
from index.scoring.likeness import PassageLikeness
from index.scoring.quotes import as_written, evidence_of, in_language, without_genitive
from index.scoring.ranking import MatchConfidence
from index.scoring.reasons import Match, Reason, ReasonKind
from index.storage.concepts import ConceptFinder, Mention
from index.storage.passage_rows import NumberedPassage
from index.storage.passage_table import PassageTable
from index.storage.passages import Facet
from index.subject_words import (
    begins_alike,
    distinct_words,
    is_broad,
    is_general,
    shared_piece,
)

PIECES_TOLD = 2
"""Parts of compounds that are told."""
SHOWN_LABELS = 4
"""More words in common than this tire the reader."""
_CONCEPT_WORTH = 0.15
_WORD_WORTH = 0.08
"""What a concept or a word in common adds to a passage's cosine when the best quote is chosen."""
_COMMON_SHARE = 0.5
"""The share of that which the commonest thing in common would add; the most telling one adds all of it."""
_SUBJECT_WORTH = 0.15
"""What it adds in a short need that a passage has more in common with it than the setting."""
_LANGUAGE_WORTH = 0.12
"""What being in the asker's own language adds, so that a quote is only foreign where there is no other."""
_TIES = 2
"""Concepts or words that a project shares with a need that it was not found for, to be told at all."""
_SECOND_QUOTE = 0.75
"""The share of the best quote's worth from which a second one, from the other kind of passage, is shown too."""

_BY_THEMSELVES = frozenset({ReasonKind.NAMED, ReasonKind.RUNS})
"""Reasons that hold whatever a record has in common with the need."""


class RecordLinks(NamedTuple):
    """What leads from one record to another in one answer."""

    runs: Mapping[str, str]
    """By actor, the scheme that it runs."""
    ideas: Container[str]
    """The ideas that match the need themselves."""


class Explainer:
    """Finds the reasons for candidates of one query."""

    def __init__(
        self,
        query: Query,
        table: PassageTable,
        finder: ConceptFinder,
        likeness: PassageLikeness,
        links: RecordLinks,
    ) -> None:
        self._query = query
        self._table = table
        self._finder = finder
        self._likeness = likeness
        self._links = links
        self._names = {hit.record_id: hit for hit in query.names}
        language = query.need.language
        self._group = language_group(language)
        self._near_tongues = {other: language_group(other) == self._group for other in Language}
        self._foreign = {other: _LANGUAGE_WORTH * FALLBACKS[language].index(other) for other in Language}
        self._written = as_written(query.need.text)
        self._asked, self._terms = query.subject.concepts, query.subject.words
        # Held against every passage of every candidate.
        self._asked_ids, self._term_stems = frozenset(self._asked), frozenset(self._terms)
        self._sharing_of: dict[str, list[NumberedPassage]] = {}
        # What few records speak of tells more of why this one, than what many do.
        self._telling_of = {
            one: _COMMON_SHARE + (1 - _COMMON_SHARE) * query.subject.telling.get(one, 1.0)
            for one in (*self._asked, *self._terms)
        }

    def explain(self, candidate: Candidate, score: float, confidence: MatchConfidence) -> Match:
        """Return a candidate as a match with reasons and evidence."""
        passages = self._telling(self._table.quotable(candidate.record_id))
        quotes = self._quotes(passages)
        run = self._links.runs.get(candidate.record_id)
        reasons = [
            *self._named(candidate),
            *self._shared(quotes, candidate.kind),
            *self._took_part(quotes),
            *self._near(candidate),
        ]
        if run:
            reasons.append(Reason(kind=ReasonKind.RUNS, scheme=run))
            quotes += self._quotes(self._telling(self._table.quotable(run)))[:1]
        if not reasons:
            reasons = [Reason(kind=ReasonKind.ALIKE)]
        return Match(
            record_id=candidate.record_id,
            kind=candidate.kind,
            score=score,
            confidence=confidence,
            reasons=tuple(reasons),
            evidence=tuple(evidence_of(quote) for quote in quotes),
            parts=candidate.parts,
        )

    def shuts_out(self, record_id: str) -> bool:
        """Tell whether a scheme names something that is asked for only as what it does not pay for.

        The asker's own words are enough; of what is only meant alike, nothing may be spoken for besides.
        """
        passages = self._sharing(record_id)
        if not any(excludes(item.passage.text) for item in passages):
            return False
        excluded: set[str] = set()
        spoken: set[str] = set()
        for item in passages:
            if not excludes(item.passage.text):
                spoken |= self._said(item.concepts, item.stems, item.passage.language)
                continue
            language = item.passage.language
            for text, told in zip(parted(item.passage.text), (spoken, excluded), strict=True):
                concepts = [mention.concept_id for mention in self._finder.find(text, language)]
                told.update(self._said(concepts, {stem(word, language) for word in words(text)}, language))
        language = self._query.need.language
        for concept in self._asked_ids & spoken:
            spoken |= {stem(word, language) for word in self._asked[concept].label.split()}
        only_excluded = excluded - spoken
        return bool(only_excluded if not spoken else only_excluded & self._term_stems)

    def is_beside(self, match: Match) -> bool:
        """Tell whether a match has no more to do with the need than its setting, or is only alike."""
        if any(reason.kind in _BY_THEMSELVES for reason in match.reasons):
            return False
        return self.is_remote(match) or self.shares_setting_alone(match.record_id, match.parts)

    def is_remote(self, match: Match) -> bool:
        """Tell whether a match is only alike, or shares no more than what the need is a part of."""
        if all(reason.kind is ReasonKind.ALIKE for reason in match.reasons):
            return True
        if any(reason.kind is not ReasonKind.SHARED for reason in match.reasons):
            return False
        shared = (self._said(one.concepts, one.stems, one.passage.language) for one in self._sharing(match.record_id))
        return self._query.subject.wider.issuperset(set().union(*shared))

    def shares_setting_alone(self, record_id: str, parts: Mapping[str, float]) -> bool:
        """Tell whether a record, with its projects and everyday questions, has no more in common than the setting.

        Args:
            record_id: The record.
            parts: Those of its total.
        """
        telling = self._query.subject.telling
        shared = (self._said(one.concepts, one.stems, one.passage.language) for one in self._sharing(record_id))
        most = max((telling.get(thing, 1.0) for some in shared for thing in some), default=0.0)
        return self._query.subject.is_setting(max(most, parts.get("subject", 0.0)))

    def shares_subject(self, record_id: str) -> bool:
        """Tell whether a record speaks of anything that is asked for, by a concept or by a word.

        Where nothing asked for tells a subject, nothing could be shared, and every record does.
        """
        if not self._asked_ids and not self._term_stems:
            return True
        return bool(self._sharing(record_id))

    def _sharing(self, record_id: str) -> list[NumberedPassage]:
        """Return the passages of a record that share something with what is asked for; it is looked at once."""
        found = self._sharing_of.get(record_id)
        if found is None:
            passages = self._table.quotable(record_id)
            found = self._sharing_of[record_id] = [item for item in passages if self._shares(item)]
        return found

    def _said(self, concepts: Iterable[str], stems: Set[str], language: Language) -> set[str]:
        """Return the concepts and words asked for among some."""
        concepts_said = self._asked_ids.intersection(concepts)
        return set(concepts_said | (self._term_stems & stems) if self._near_tongues[language] else concepts_said)

    def _shares(self, item: NumberedPassage) -> bool:
        """Tell whether a passage shares a concept or a word with what is asked for."""
        if not self._asked_ids.isdisjoint(item.concepts):
            return True
        return self._near_tongues[item.passage.language] and not self._term_stems.isdisjoint(item.stems)

    def _telling(self, passages: Sequence[NumberedPassage]) -> Sequence[NumberedPassage]:
        """Return the passages that can speak for a record; all of them where none can.

        Those of a project that is about something else, and those that tell what is not paid for, cannot.
        """
        excluding = bool(passages) and kind_of(passages[0].passage.record_id) is Kind.INSTRUMENT
        telling = [item for item in passages if self._speaks_for(item, excluding)]
        return telling or passages

    def _speaks_for(self, item: NumberedPassage, excluding: bool) -> bool:
        about = item.passage.about
        if about:
            return about in self._links.ideas or self._shares(item)
        return not excluding or not excludes(item.passage.text)

    def _quotes(self, passages: Sequence[NumberedPassage]) -> list[NumberedPassage]:
        """Return the best passage, and the best of the other sort (own or evidence) where it is nearly as good."""
        best: dict[bool, tuple[float, NumberedPassage]] = {}
        asked, foreign = self._asked_ids, self._foreign
        if not passages:
            return []
        cosines = self._likeness.of(passages[0].passage.record_id, [item.number for item in passages])
        tells, telling = self._telling_of, self._query.subject.telling
        subject_worth = _SUBJECT_WORTH if self._query.subject.is_short else 0.0
        for item in passages:
            number, passage, concepts, stems_in = item
            language = passage.language
            worth = cosines[number] - foreign[language]
            shared = self._said(concepts, stems_in, language)
            worth += sum([tells[one] * (_CONCEPT_WORTH if one in asked else _WORD_WORTH) for one in shared])
            if shared and not self._query.subject.is_setting(max([telling.get(one, 1.0) for one in shared])):
                worth += subject_worth
            is_evidence = passage.facet is Facet.EVIDENCE
            if is_evidence not in best or worth > best[is_evidence][0]:
                best[is_evidence] = worth, item
        ranked = sorted(best.values(), key=lambda found: (-found[0], found[1].number))
        return [
            in_language(item, passages, self._query.need.language)
            for worth, item in ranked
            if item is ranked[0][1] or (worth >= _SECOND_QUOTE * ranked[0][0] and self._is_tied(item))
        ]

    def _is_tied(self, item: NumberedPassage) -> bool:
        """Tell whether a project that somebody took part in has enough to do with the need to be told too."""
        about = item.passage.about
        if not about or about in self._links.ideas:
            return True
        shared = len(self._asked_ids.intersection(item.concepts))
        if self._near_tongues[item.passage.language]:
            shared += len(self._term_stems & item.stems)
        return shared >= _TIES

    def _words_shared(self, item: NumberedPassage) -> list[str]:
        if language_group(item.passage.language) != self._group:
            return []
        return [word for stemmed, word in self._terms.items() if stemmed in item.stems]

    def _named(self, candidate: Candidate) -> list[Reason]:
        # The other names of an idea are words for its subject, which nobody means as a name.
        hit = self._names.get(candidate.record_id) if candidate.kind is not Kind.IDEA else None
        return [Reason(kind=ReasonKind.NAMED, labels=(hit.name,))] if hit else []

    def _shared(self, quotes: Sequence[NumberedPassage], kind: Kind) -> list[Reason]:
        in_quotes = {concept for quote in quotes for concept in quote.concepts}
        concepts = [mention for concept, mention in self._asked.items() if concept in in_quotes]
        # What it is a part of is told where nothing narrower is.
        narrower = [mention for mention in concepts if mention.concept_id not in self._query.subject.wider]
        concepts = narrower if narrower or any(map(self._words_shared, quotes)) else concepts
        language = self._query.need.language
        labels = [self._label(mention, quotes) for mention in concepts]
        known = {word for mention in concepts for word in mention.label.split()}
        for quote in quotes:
            shared = [word for word in self._words_shared(quote) if word not in known]
            spelled = [without_genitive(word, quote) for word in shared]
            labels += [self._spelled(word) for word in spelled if not is_general(word, language)]
        # What is part of a name that was given is told with the name.
        named = {word for hit in self._names.values() if kind_of(hit.record_id) is kind for word in words(hit.name)}
        telling = [label for label in labels if not named.issuperset(words(label))]
        labels = distinct_words([*telling, *self._pieces(quotes, telling)], language)[:SHOWN_LABELS]
        return [Reason(kind=ReasonKind.SHARED, labels=tuple(labels))] if labels else []

    def _pieces(self, quotes: Sequence[NumberedPassage], known: Sequence[str]) -> list[str]:
        """Return the parts of compounds asked for that the best quote speaks of: *lekkasjer* of *vannlekkasjer*."""
        language = self._query.need.language
        for quote in quotes[:1]:
            if language_group(quote.passage.language) == self._group:
                tokens = [word for word in words(quote.passage.text) if not is_broad(word, language)]
                left = [asked for stemmed, asked in self._terms.items() if stemmed not in quote.stems]
                found = (shared_piece(asked, word, language) for asked in left for word in tokens)
                new = (
                    one
                    for one in dict.fromkeys(without_genitive(one, quote) for one in found if one)
                    if not any(begins_alike(one, label) for label in known)
                )
                return list(new)[:PIECES_TOLD]
        return []

    def _label(self, mention: Mention, quotes: Sequence[NumberedPassage]) -> str:
        """Return the asker's own word where a quote has it too, else the concept's label."""
        language = self._query.need.language
        label = self._finder.label(mention.concept_id, language).text
        stems = {stem(word, language) for word in mention.label.split()}
        for quote in quotes:
            same = language_group(quote.passage.language) == self._group
            if same and mention.concept_id in quote.concepts and stems <= quote.stems:
                asked = without_genitive(self._trimmed(mention.label), quote)
                is_told = label.casefold() in {mention.label, mention.label.removesuffix("s"), asked}
                return label if is_told else self._spelled(asked)
        return label

    def _trimmed(self, label: str) -> str:
        """Return a label without the small words around it: *forske på* is told as *forske*."""
        ignored = STOPWORDS[self._query.need.language]
        kept = list(dropwhile(ignored.__contains__, label.split()))
        return " ".join(reversed(list(dropwhile(ignored.__contains__, reversed(kept)))))

    def _spelled(self, text: str) -> str:
        return " ".join(self._written.get(word, word) for word in text.split())

    def _took_part(self, quotes: Sequence[NumberedPassage]) -> list[Reason]:
        return [
            Reason(kind=ReasonKind.TOOK_PART, idea=quote.passage.about, role=quote.passage.role)
            for quote in quotes
            if quote.passage.about
        ]

    def _near(self, candidate: Candidate) -> list[Reason]:
        place = self._query.need.place
        return [Reason(kind=ReasonKind.NEAR, labels=(place.name,))] if place and candidate.parts.get("place") else []
