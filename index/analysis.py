"""How text becomes words and terms: one analyser for passages and for questions.

Invariant: a passage and a question that spell a word alike give the same term, and so do those that write it in bokmål
and in nynorsk as far as `index.norwegian_forms` knows both. Text of any length and any
content, control characters and half surrogates among it, is analysed without error, in time and memory linear in its
length. What is remembered is bounded in bytes: the number of entries times the longest that is let in.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from corpus.text import Language
from index.norwegian_forms import load_forms

if TYPE_CHECKING:
    from Stemmer import Stemmer

LONGEST_WORD = 64
"""Letters of a word that are read; a longer one is no word of any language here, and is known by its beginning."""
REMEMBERED_LETTERS = 32
"""Letters of the longest word whose stem is remembered; hardly any word of a text has more."""
_REMEMBERED_TEXT = 1_000
"""Characters of the longest text whose words are remembered among many others."""
_REMEMBERED_LONG_TEXT = 10_000
"""Characters of the longest text whose words are remembered at all; of longer questions only the last few are."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_PHD = re.compile(r"\bph\.?\s?d\b\.?")
_RESEARCH = re.compile(r"\br\s?&\s?d\b")

_SPOKEN = frozenset(
    """
    a dem di dokk dokke dokker døkk dæ dæm e ej eg fer ferr frå gjer gjera gjærra hainn ho hjelpa itj itte itje
    ikkj ka kæm kem kemm kim kor kordan koffer kofor korsn korsen kå kåffer me meg mæ nåkka nåkke nåkken nokka nån
    sku ska skull sjøl sæ te tell va vart vera vere veit vil æ æg ær å åss
    """.split()
)
"""Small words as they are written in dialect, which people mix into either written form."""
_ABBREVIATIONS = frozenset(
    """
    adr ang avd bl bla ca dvs eks ekskl etc evt f fks forts hhv ift ifb ifbm ifm iht ihht inkl jf jfr kl l
    m mao mfl mht mm mtp mv nr o obs osv pga pkt pr ref resp sml stk tlf tsv vdr vedr vha vs
    """.split()
)
"""Abbreviations, and what is left of them where a stop parts their letters (*f.eks.*, *bl.a.*, *o.l.*)."""

STOPWORDS: dict[Language, frozenset[str]] = {
    Language.NB: _SPOKEN
    | _ABBREVIATIONS
    | frozenset(
        """
        alle alt and andre at av bare ble bli blir bør da de deg dei dem den denne der deres det dette du
        eller en ene enn er et ett finne finnes for fordi fra få får gjør gjøre ha hadde han har hei her
        hjelp hjelpe hos hun hva hvem hver hvilke hvilken hvilket hvor hvordan hvorfor i ikke ingen inn jeg
        kan klokka klokken kunne man med meg mellom men mer mot mye må mål ned noe noen nå når og også om opp oss over
        på
        samme seg selv si sin sine sitt skal skulle slik som så takk til trenger ut uten var ved vet vi vil
        ville vår våre vårt være vært ønsker
        """.split()
    ),
    Language.NN: _SPOKEN
    | _ABBREVIATIONS
    | frozenset(
        """
        alle alt andre at av berre blei bli blir bør da de deg dei deira den denne der det dette du dykk då
        eg ein eit eller enn er et finne finst for fordi frå få får gjer gjere ha hadde han har hei her
        hjelp hjelpe ho hos i ikkje ingen inn kan klokka klokken kor korleis kunne kva kvar kvarandre kven kvifor man me
        med meg meir mellom men mot mykje må ned no noko nokon når og også om opp oss over på same seg sin
        sine sitt sjølv skal skulle slik som så takk til treng ut utan var ved veit vere vert vi vil ville vore
        vår våre vårt ynskjer ønskjer
        """.split()
    ),
    Language.EN: frozenset(
        """
        a about all also an and any are as at be been but by can could do does for from get had has have
        having he hello help helps her him his how i if in into is it its just like may me more most my need
        needs no not of on or our out please should so some such than thank thanks that the their them then
        there these they this those to up us want was we were what when where which who whom whose why will
        with would you your
        """.split()
    ),
}
"""Words that carry no subject, by language; a question made of them alone asks for nothing."""


def is_stopword(word: str) -> bool:
    """Tell whether a word only holds a sentence together, in any of the languages."""
    return any(word in some for some in STOPWORDS.values())


def normalise(text: str) -> str:
    """Return text in one Unicode form, lower case, without control characters, with single spaces."""
    text = unicodedata.normalize("NFKC", text.encode("utf-8", "replace").decode("utf-8")).casefold()
    if "ph" in text:
        text = _PHD.sub("phd", text)
    if "&" in text:
        text = _RESEARCH.sub("rd", text)
    text = " ".join(text.split())
    if text.isprintable():
        return text
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def words(text: str) -> list[str]:
    """Return the words of a text, normalised, in order; punctuation and hyphens part words."""
    # Each text is analysed for its concepts, its terms, its letters and its vector, one right after the other.
    if len(text) <= _REMEMBERED_TEXT:
        return list(_remembered_words(text))
    return list(_remembered_words_of_long(text) if len(text) <= _REMEMBERED_LONG_TEXT else _words(text))


def _words(text: str) -> tuple[str, ...]:
    return tuple([word[:LONGEST_WORD] for word in _WORD.findall(normalise(text))])


_remembered_words = lru_cache(maxsize=250)(_words)
_remembered_words_of_long = lru_cache(maxsize=8)(_words)


@lru_cache(maxsize=1)
def _english() -> Stemmer:
    from Stemmer import Stemmer

    return Stemmer("english")


INFLECTIONS = tuple(
    sorted("a ane anes ar arne ast e ede en ene enes ens er erne ert es et ete ets s".split(), key=len, reverse=True)
)
"""Endings of nouns, verbs and adjectives in bokmål and nynorsk, longest first."""
SHORTEST_STEM = 4
"""Letters that are left of a Norwegian word at least, so that short words do not fall together."""
LONGEST_COMPOUND = 40
"""Letters of a Norwegian compound at most; *menneskerettighetsorganisasjonene* has 33."""


_ENGLISH_INFLECTED = tuple("cdegilmnrsty'’")
"""Letters that an English word which has a shorter stem ends in; all others are their own stems."""


def _norwegian_stem(word: str) -> str:
    """Return the stem of the bokmål word for a Norwegian word, so that sjukeheimane and sykehjem are one.

    An inflected form that is not listed itself may be one of a word that is.
    """
    forms = load_forms()
    stripped = _stripped(word)
    bokmal = forms.to_bokmal(word)
    if bokmal == word and stripped != word:
        bokmal = forms.to_bokmal(stripped)
    return stripped if bokmal in {word, stripped} else _stripped(bokmal)


def _stripped(word: str) -> str:
    """Strip inflections one after the other, so that læreren, lærerne and lærere all end as the same stem.

    The Norwegian Snowball stemmer also strips derivations (fastlege becomes *fast*) and stops after one inflection
    (megler and megleren part), and it knows bokmål only.
    """
    while True:
        for ending in INFLECTIONS:
            if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
                word = word[: -len(ending)]
                break
        else:
            return word[:-1] if word.endswith("mm") else word


def _english_stem(word: str) -> str:
    return str(_english().stemWord(word))


_remembered_norwegian = lru_cache(maxsize=16_384)(_norwegian_stem)
_remembered_english = lru_cache(maxsize=16_384)(_english_stem)


LANGUAGE_GROUPS = ("no", "en")


def language_group(language: Language) -> str:
    """Return which words a text shares its stems with: bokmål and nynorsk are one group, English the other."""
    return "en" if language is Language.EN else "no"


def stem(word: str, language: Language) -> str:
    """Return the stem of a normalised word; bokmål and nynorsk share one stemmer, so that they meet where they can."""
    if language is Language.EN and not word.endswith(_ENGLISH_INFLECTED):
        return word
    if len(word) > REMEMBERED_LETTERS:
        return _english_stem(word) if language is Language.EN else _norwegian_stem(word)
    return _remembered_english(word) if language is Language.EN else _remembered_norwegian(word)


def stems(spelled: Iterable[str], language: Language) -> list[str]:
    """Return the stems of normalised words, in order."""
    # Millions of words go through here when an index is built, so that the language is looked at once.
    if language is Language.EN:
        return [stem(word, language) if word.endswith(_ENGLISH_INFLECTED) else word for word in spelled]
    return [
        _remembered_norwegian(word) if len(word) <= REMEMBERED_LETTERS else _norwegian_stem(word) for word in spelled
    ]


def compound_parts(
    stemmed: str, language: Language, is_known: Callable[[str], bool] = lambda _: True
) -> list[tuple[str, str]]:
    """Return the pairs of known stems that the stem of a Norwegian compound may be made of, longest first part first.

    No word is parted that is longer than Norwegian words are, so that a row of letters is no work.
    """
    if len(stemmed) > LONGEST_COMPOUND:
        return []
    pairs = []
    for cut in range(len(stemmed) - SHORTEST_STEM, SHORTEST_STEM - 1, -1):
        tail = stem(stemmed[cut:], language)
        if not is_known(tail):
            continue
        # An s or an e often joins the parts.
        joined = dict.fromkeys((stemmed[:cut], stemmed[: cut - 1]))
        heads = (stem(one, language) for one in joined if len(one) >= SHORTEST_STEM)
        pairs += [(head, tail) for head in heads if is_known(head)]
    return pairs


def terms(text: str, language: Language) -> list[str]:
    """Return the stems of the words of a text that carry its subject, in order."""
    ignored = STOPWORDS[language]
    return stems([word for word in words(text) if word not in ignored], language)
