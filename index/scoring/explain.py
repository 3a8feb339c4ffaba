"""Why a record matches: reasons that can be checked, each with the passage it rests on.

Invariant: a reason only says what can be seen in the question and in the quoted passage; a quote is a passage
word for word, in the asker's language where the record has it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from itertools import dropwhile

from corpus.files import kind_of
from corpus.records import Kind, Role
from corpus.text import FALLBACKS, Frozen, Language
from index.analysis import STOPWORDS, language_group, stem, words
from index.retrieval.fusion import Candidate
from index.retrieval.retrievers import Query
from index.scoring.ranking import MatchConfidence
from index.storage.concepts import ConceptFinder, Mention
from index.storage.passage_table import NumberedPassage, PassageTable
from index.storage.passages import Facet


class ReasonKind(StrEnum):
    """What a reason rests on."""

    NAMED = "named"
    SHARED = "shared"
    TOOK_PART = "took_part"
    ALIKE = "alike"
    NEAR = "near"
    RUNS = "runs"


class Reason(Frozen):
    """One reason for a match, as data; the sentence is made where it is shown."""

    kind: ReasonKind
    labels: tuple[str, ...] = ()
    """For shared: concepts and words in common. For named: the name. For near: the place."""
    idea: str | None = None
    """For took_part: the id of the idea."""
    role: Role | None = None
    """For took_part: the role in it."""
    scheme: str | None = None
    """For runs: the id of the scheme."""


class Evidence(Frozen):
    """A passage that carries a reason."""

    record_id: str
    """The record the words are from; for what an actor took part in or runs, the idea or the scheme."""
    facet: Facet
    quote: str
    language: Language
    source: str


class Match(Frozen):
    """A record that answers a need, with its reasons."""

    record_id: str
    kind: Kind
    score: float
    confidence: MatchConfidence
    reasons: tuple[Reason, ...]
    evidence: tuple[Evidence, ...]
    parts: dict[str, float]


ConceptIdf = Callable[[str], float]
"""Gives the inverse document frequency of a concept."""
Idf = Callable[[str, Language], float]
"""Gives the inverse document frequency of a stem in the text of a language."""

MIN_SHARED_WORD_IDF = 2.0
"""The rarity from which a word in common tells something; commoner ones, such as *people* or *use*, do not."""
MIN_SHARED_CONCEPT_IDF = 1.0
"""The rarity from which a concept in common tells something; municipality and research, which all speak of, do not."""
_GENERAL: dict[str, frozenset[str]] = {
    group: frozenset(stem(word, language) for word in text.split())
    for group, language, text in (
        (
            "no",
            Language.NB,
            """
            aldri alltid annan annen annet arbeide begynne berre beste bedre betre blant bra bruke bygge byggje drive
            drift dårlig dårleg egen eigen eige eget egentlig eigentleg egne eigne ekstra eneste enkel enkle faktisk
            fikk finne flere fleire flest folk før fått gang ganger gammel gi gir gjerne god gode gått gå halde hele
            heile helst holde hver ikke innen klare komme koma kort kven lage lang lege leve ligge liten lita lite
            lurt lære løse løyse mange med mest mindre mye mykje måte måtar møte ny nye nytt ofte omkring passe plan
            prøve på riktig rett ringe ringje sammen saman se sette sit sitte sjå skaffe skjer skje skrive slutt
            slutte små smart snakke snart spørre stor store større stå søke søker søkje søkjar ta tatt teke tar tenke
            tenkje tid tide tilby treng trenge trenger trykk veldig vel virke verke vise vite videre vidare år års
            tidlig tidleg seint sent norge noreg norsk midt
            aktuell akkurat annerledes annleis antall både delvis derfor derimot dyktig enda enkelt ferdig flink
            forskjellig fremdeles full gjelde gjeld grunn hel hovedsakelig høy høg interessant jevn jamn kanskje
            korrekt kort lav låg likevel lik løsning løysing mengde mulig mogeleg mulighet moglegheit måte nesten
            nettopp nok nødvendig nødvendigvis omtrent ordentlig orden påvirke problem rask relevant
            rundt sak selve sikker spesiell særlig særleg stadig system sjelden sjeldan svak svært tilgjengelig
            tilgjengeleg ting totalt tung typisk tydelig tydeleg ulik ulike usikker utfordring utfordre vanlig vanleg
            vanskelig vanskeleg viktig vesentlig åpen open
            finansiering midler midlar ordning penger pengar prosjekt støtte støtteordning tilskudd tilskot
            """,
        ),
        (
            "en",
            Language.EN,
            """
            able actually again always ask away back bad become begin best better big bring build buy call come cover
            different easy end enough even ever every everyone find first free full give go good got great happen
            hard hold just keep kind know large last lead least less let like little live long look lot make many
            maybe much never new next old one only open other own part pay people place put quite really right run
            same say see send set show small sort soon start stay still stop struggle take talk tell thing think time
            together too tried try turn use very way well work year apply applicant
            early late norway norwegian
            almost amount available certain challenge clear common correct difference difficult entire especially
            exactly fully heavy high important interesting issue likely low main manage mostly necessary nearly
            number particular perhaps possible possibility possibly problem proper quick rarely ready real relevant
            seldom separate several short solution solve special strong sure system total typical unsure usual
            various weak whole
            fund funding grant money project scheme support
            """,
        ),
    )
}
"""By language group, stems of words that name no subject; to share one is no reason."""
SHOWN_LABELS = 4
"""More words in common than this tire the reader."""
_CONCEPT_WORTH = 0.15
_WORD_WORTH = 0.08
"""What a concept or a word in common adds to a passage's cosine when the best quote is chosen."""
_LANGUAGE_WORTH = 0.12
"""What being in the asker's own language adds, so that a quote is only foreign where there is no other."""
_SECOND_QUOTE = 0.75
"""The share of the best quote's worth from which a second one, from the other kind of passage, is shown too."""


class Explainer:
    """Finds the reasons for candidates of one query."""

    def __init__(
        self,
        query: Query,
        table: PassageTable,
        finder: ConceptFinder,
        cosines: Mapping[Kind, Mapping[int, float]],
        runs: Mapping[str, str],
        rarity: Idf,
        concept_idf: ConceptIdf,
    ) -> None:
        self._query = query
        self._table = table
        self._finder = finder
        self._cosines = cosines
        # What is not among the nearest is at most as near as the last of them.
        self._farthest = {kind: min(some.values(), default=0.0) for kind, some in cosines.items()}
        self._runs = runs
        self._names = {hit.record_id: hit for hit in query.names}
        language = query.need.language
        self._group = language_group(language)
        self._near_tongues = {other: language_group(other) == self._group for other in Language}
        self._foreign = {other: _LANGUAGE_WORTH * FALLBACKS[language].index(other) for other in Language}
        self._written = _as_written(query.need.text)
        general = _GENERAL[self._group]
        self._asked = {
            mention.concept_id: mention
            for mention in query.mentions
            if concept_idf(mention.concept_id) >= MIN_SHARED_CONCEPT_IDF
            and any(
                word not in STOPWORDS[language] and stem(word, language) not in general
                for word in mention.label.split()
            )
        }
        asked = (word for word in words(query.need.text) if word not in STOPWORDS[language] and not word.isdigit())
        stems = {stem(word, language): word for word in asked}
        self._terms = {
            stemmed: word
            for stemmed, word in stems.items()
            if stemmed not in general and rarity(stemmed, language) >= MIN_SHARED_WORD_IDF
        }
        # Held against every passage of every candidate.
        self._asked_ids, self._term_stems = frozenset(self._asked), frozenset(self._terms)

    def explain(self, candidate: Candidate, score: float, confidence: MatchConfidence) -> Match:
        """Return a candidate as a match with reasons and evidence."""
        passages = self._table.quotable(candidate.record_id)
        quotes = self._quotes(passages, candidate.kind)
        run = self._runs.get(candidate.record_id)
        reasons = [
            *self._named(candidate),
            *self._shared(quotes, candidate.kind),
            *self._took_part(quotes),
            *self._near(candidate),
        ]
        if run:
            reasons.append(Reason(kind=ReasonKind.RUNS, scheme=run))
            quotes += self._quotes(self._table.quotable(run), candidate.kind)[:1]
        if not reasons:
            reasons = [Reason(kind=ReasonKind.ALIKE)]
        return Match(
            record_id=candidate.record_id,
            kind=candidate.kind,
            score=score,
            confidence=confidence,
            reasons=tuple(reasons),
            evidence=tuple(_evidence(quote) for quote in quotes),
            parts=candidate.parts,
        )

    def _quotes(self, passages: Sequence[NumberedPassage], kind: Kind) -> list[NumberedPassage]:
        """Return the best passage, and the best of the other sort (own or evidence) where it is nearly as good."""
        best: dict[bool, tuple[float, NumberedPassage]] = {}
        asked, stems, foreign, near = self._asked_ids, self._term_stems, self._foreign, self._near_tongues
        cosines, farthest = self._cosines[kind], self._farthest[kind]
        for item in passages:
            number, passage, concepts, stems_in = item
            language = passage.language
            worth = cosines.get(number, farthest) - foreign[language]
            if not asked.isdisjoint(concepts):
                worth += _CONCEPT_WORTH * len(asked.intersection(concepts))
            if near[language] and not stems.isdisjoint(stems_in):
                worth += _WORD_WORTH * len(stems & stems_in)
            is_evidence = passage.facet is Facet.EVIDENCE
            if is_evidence not in best or worth > best[is_evidence][0]:
                best[is_evidence] = worth, item
        ranked = sorted(best.values(), key=lambda found: (-found[0], found[1].number))
        return [item for worth, item in ranked if item is ranked[0][1] or worth >= _SECOND_QUOTE * ranked[0][0]]

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
        labels = [self._label(mention, quotes) for mention in concepts]
        told = {word for mention in concepts for word in mention.label.split()}
        for quote in quotes:
            labels += [self._spelled(word) for word in self._words_shared(quote) if word not in told]
        # What is part of a name that was given is told with the name.
        named = {word for hit in self._names.values() if kind_of(hit.record_id) is kind for word in words(hit.name)}
        labels = [label for label in dict.fromkeys(labels) if not named.issuperset(words(label))][:SHOWN_LABELS]
        return [Reason(kind=ReasonKind.SHARED, labels=tuple(labels))] if labels else []

    def _label(self, mention: Mention, quotes: Sequence[NumberedPassage]) -> str:
        """Return the asker's own word where a quote has it too, else the concept's label."""
        language = self._query.need.language
        label = self._finder.label(mention.concept_id, language).text
        stems = {stem(word, language) for word in mention.label.split()}
        for quote in quotes:
            same = language_group(quote.passage.language) == self._group
            if same and mention.concept_id in quote.concepts and stems <= quote.stems:
                return label if label.casefold() == mention.label else self._spelled(self._trimmed(mention.label))
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


def _as_written(text: str) -> dict[str, str]:
    """Return the words of a text that are written with capitals within it, such as names, by their normal form."""
    written = {}
    for token in text.split()[1:]:
        parts = words(token)
        bare = token.strip(".,:;?!()«»“”\"'")
        if len(parts) == 1 and bare.casefold() == parts[0] and bare != parts[0]:
            written[parts[0]] = bare
    return written


def _evidence(quote: NumberedPassage) -> Evidence:
    passage = quote.passage
    return Evidence(
        record_id=passage.about or passage.record_id,
        facet=passage.facet,
        quote=passage.text,
        language=passage.language,
        source=passage.source,
    )
