"""Passages as they are quoted: in the reader's language where a record has it, and words as they are written there.

Invariant: a quote is a passage word for word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.text import Language
from index.analysis import words
from index.norwegian_forms import load_forms
from index.scoring.reasons import Evidence
from index.storage.passage_rows import NumberedPassage


def in_language(item: NumberedPassage, passages: Sequence[NumberedPassage], language: Language) -> NumberedPassage:
    """Return the passage that says the same as another in a language; itself where the record does not say it there.

    The texts of one statement stand one after the other, in the order of the languages.
    """
    if item.passage.language is language:
        return item
    by_number = {one.number: one for one in passages}
    for step in (-1, 1):
        before = item
        while (
            (one := by_number.get(before.number + step)) is not None
            and is_same_statement(one, item)
            and (_ORDER[one.passage.language] - _ORDER[before.passage.language]) * step > 0
        ):
            if one.passage.language is language:
                return one
            before = one
    return item


_APOSTROPHE = re.compile(r"['’]s\b")
_GENITIVE = re.compile(r"(?:[ea]ne|\w{3}(?<!v)[ea]r)s$")
"""How the genitives of nouns in the plural end."""
_ORDER = {language: place for place, language in enumerate(Language)}


def is_same_statement(one: NumberedPassage, other: NumberedPassage) -> bool:
    """Tell whether two passages say one thing of one thing, in two languages."""
    first, second = one.passage, other.passage
    return (first.facet, first.source, first.about, first.role) == (
        second.facet,
        second.source,
        second.about,
        second.role,
    )


def without_genitive(label: str, quote: NumberedPassage) -> str:
    """Return a label without the *s* of a genitive, where its form or the quote shows it to be one: *barns*."""
    bare = _APOSTROPHE.sub("", label)
    if bare != label or quote.passage.language is Language.EN or not label.endswith("s"):
        return bare
    bare = label[:-1]
    last = bare.rpartition(" ")[2]
    shown = _GENITIVE.search(label) or last in load_forms() or last in words(quote.passage.text)
    return bare if shown else label


def as_written(text: str) -> dict[str, str]:
    """Return the words of a text that are written with capitals within it, such as names, by their normal form."""
    written = {}
    for token in text.split()[1:]:
        parts = words(token)
        bare = token.strip(".,:;?!()«»“”\"'")
        if len(parts) == 1 and bare.casefold() == parts[0] and bare != parts[0]:
            written[parts[0]] = bare
    return written


def evidence_of(quote: NumberedPassage) -> Evidence:
    """Return a passage as what carries a reason."""
    passage = quote.passage
    return Evidence(
        record_id=passage.about or passage.record_id,
        facet=passage.facet,
        quote=passage.text,
        language=passage.language,
        source=passage.source,
    )
