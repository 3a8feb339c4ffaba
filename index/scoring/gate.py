"""The answerability gate: a linear classifier that decides whether a question is answered or gets no answer.

Invariant: a few interpretable features in one weighted sum; no word or topic is barred. The features depend on the
records, so a question that gets no answer today is answered once a record fits it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from enum import StrEnum

from corpus.records import Kind
from corpus.text import Frozen
from index.analysis import STOPWORDS, words
from index.retrieval.fusion import Candidate
from index.retrieval.retrievers import Query
from index.subject_words import is_general


class Feature(StrEnum):
    """A feature of a question; the classifier's input."""

    AGREEMENT = "agreement"
    """The mean, over kinds, of the log-odds of the best score: what is ours touches partners, money and ideas alike."""
    WORDS = "words"
    """The largest share of the worth of the question's words that one record knows; or of its concepts, where the
    question is nothing else."""
    NEAREST = "nearest"
    """The cosine of the passage that is nearest, of any kind: what a record is asked nearly word for word is ours."""
    NAMED = "named"
    """How surely a record is named."""
    ASKED = "asked"
    """1 where the question asks for a kind of answer that we give, or is nothing but concepts or names that we know;
    else 0."""
    SPEAKS_FOR = "speaks_for"
    """1 where the asker speaks for more than themselves, or of a municipality; else 0."""
    FOR_OTHERS = "for_others"
    """1 where the question has not the form of one that somebody asks for themselves; else 0."""
    LENGTH = "length"
    """The logarithm of how many words carry the subject, as far as `WORDS_THAT_TELL`: a need is described.

    What is nothing but concepts or names is a search; searches are short and count as `WORDS_OF_SEARCH` at least."""


WORDS_THAT_TELL = 12
"""Words beyond which a question is no more of a need."""
WORDS_OF_SEARCH = 4
_WE = frozenset("vi oss vår vårt våre me våra we us our".split())
_PUBLIC = ("kommun", "fylke", "municipal")
MOST_ODDS = 6.0
"""Log-odds beyond which a score is as good, or as bad, as any."""


class AnswerabilityClassifier(Frozen):
    """A linear classifier: a question is answered where the weighted sum of its features reaches a threshold."""

    weights: dict[Feature, float]
    least: float
    """The threshold."""

    def accepts(self, features: Mapping[Feature, float]) -> bool:
        """Return whether a question with these features is answered."""
        return self.score(features) >= self.least

    def score(self, features: Mapping[Feature, float]) -> float:
        """Return the weighted sum of features; one without a weight counts for nothing."""
        return sum(self.weights.get(feature, 0.0) * value for feature, value in features.items())


def features_of(
    query: Query, candidates: Mapping[Kind, Sequence[Candidate]], scores: Mapping[Kind, float]
) -> dict[Feature, float]:
    """Return the features of a question.

    Args:
        query: The question.
        candidates: By kind, what was found for it.
        scores: By kind of which anything was found, the score of the best.
    """
    said = words(query.need.text)
    subject = _subject_words(query)
    language = query.need.language
    # *Turnover blant sykepleiere* is looked for as *turnover, sykepleiere* is.
    telling = [word for word in subject if not is_general(word, language)]
    is_search = not query.need.is_private and _are_concepts(telling, query)
    told = max(len(subject), WORDS_OF_SEARCH) if is_search else len(subject)
    known = _largest(candidates, "words")
    odds = [_log_odds(score) for score in scores.values()]
    return {
        # Words that carry no subject ask for nothing, whatever they happen to lie near.
        Feature.AGREEMENT: sum(odds) / len(odds) if odds and subject else -MOST_ODDS,
        Feature.WORDS: max(known, _largest(candidates, "concepts")) if is_search else known,
        Feature.NEAREST: _largest(candidates, "dense"),
        Feature.NAMED: _largest(candidates, "name"),
        Feature.ASKED: float(query.need.asked_kind is not None or is_search),
        Feature.SPEAKS_FOR: float(any(word in _WE or word.startswith(_PUBLIC) for word in said)),
        Feature.FOR_OTHERS: float(not query.need.is_private),
        Feature.LENGTH: math.log1p(min(told, WORDS_THAT_TELL)),
    }


def says_only_a_name(query: Query) -> bool:
    """Tell whether a question is nothing but a name of ours: spelled right, or one of several words that is not."""
    subject = _subject_words(query)
    named = (hit for hit in query.names if hit.score == 1 or len(subject) > 1)
    return bool(subject) and any(len(words(hit.name)) >= len(subject) for hit in named)


def says_only_concepts(query: Query) -> bool:
    """Tell whether every word of a question that carries a subject is one of a concept, as surely as can be."""
    return not query.names and _are_concepts(_subject_words(query), query)


def _subject_words(query: Query) -> list[str]:
    """Return the words of a question that are no mere joints of a sentence."""
    return [word for word in words(query.need.text) if word not in STOPWORDS[query.need.language]]


def _are_concepts(subject: Sequence[str], query: Query) -> bool:
    sure = (mention for mention in query.mentions if mention.certainty == 1)
    known = {word for mention in sure for said in (mention.label, *mention.others) for word in said.split()}
    known.update(word for hit in query.names if hit.score == 1 for word in words(hit.name))
    return bool(subject) and known.issuperset(subject)


def _log_odds(score: float) -> float:
    if not 0 < score < 1:
        return math.copysign(MOST_ODDS, score - 0.5)
    return max(-MOST_ODDS, min(MOST_ODDS, math.log(score / (1 - score))))


def _largest(candidates: Mapping[Kind, Sequence[Candidate]], part: str) -> float:
    return max((one.parts.get(part, 0.0) for some in candidates.values() for one in some), default=0.0)
