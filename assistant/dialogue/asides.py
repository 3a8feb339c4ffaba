"""Sentences beside a need that only tell who asks: who they are, how many, where, with whom and when they start.

Invariant: a sentence with a subject of its own, or that asks or wants something, is no aside.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from assistant.dialogue.conversation import ConversationState
from assistant.dialogue.cues import cues_of
from assistant.dialogue.fact_turns import is_fact_word
from assistant.dialogue.framing import sentences_of, tells_need, wants
from assistant.dialogue.knowledge_base import KnowledgeBase
from assistant.dialogue.places import counties_of_region
from assistant.dialogue.slots import NUMERALS, suggestions_in, types_in
from assistant.dialogue.turn_facts import facts_of_turn
from assistant.dialogue.turn_text import ASKS, TurnText, place_tokens
from assistant.funding.verdicts import Facts, merge_facts
from index.analysis import is_stopword, normalise

_OWN = re.compile(
    r"(?:(?:ja|og|men|for|so|and|but|now|nå|no)[, ]+)?"
    r"(?:(?:vi|me|jeg|eg|æ|e|we|i)(?: her)? (?:er|e|are|am|har|have|bor|bur|ligger|ligg|holder|held|representerer"
    r"|representerar|jobber|jobbar|arbeider|arbeidar|starter|startar|begynner|byrjar|start|work|represent|live"
    r"|come|kommer|kjem|skriver|skriv|samarbeider|samarbeidar)"
    r"|(?:vår kommune|kommunen(?: vår)?|our municipality|the municipality|we're|i'm|vi're)(?: (?:er|har|ligger|ligg|is"
    r"|has|lies))?"
    r"|(?:prosjektet|the project|oppstart\w*|start) )\b"
)
"""How a sentence begins that tells of whoever writes it."""
_OF_OURSELVES = frozenset(
    """
    liten lita lite små mindre stor stort store større mellomstor mellomstore middels bitteliten landlig grisgrendt
    sentral perifer kystkommune fjellkommune øykommune innlandskommune bykommune landkommune distriktskommune
    utkantkommune småkommune vertskommune nabokommune bygd bygdekommune by byen
    small tiny large big medium sized midsized rural coastal remote inland island town city mountain northern
    innbygger innbyggere innbyggerar innbyggjar innbyggjarar inhabitants residents people sjeler folk
    kommune kommunen kommuna kommunal kommunalt kommunens kommunar kommuner municipality municipal municipalities
    fylke fylket fylkeskommune fylkeskommunen county region regionen midt
    rundt omtrent omlag knapt drøyt rett under over ca cirka about around roughly some nearly almost
    tusen hundre thousand hundred alene åleine alone sammen saman together til totalt
    rådgiver rådgjevar leder leiar planlegger planleggjar prosjektleder prosjektleiar enhetsleder sektor avdeling
    adviser advisor manager planner leader officer department from
    var er will vår our which som and
    """.split()
)
"""Words by which a municipality tells of itself; they carry no subject beside "we are"."""

_MOST_SENTENCES = 30
"""Sentences of a message that are looked at, so that a long one is read in bounded time."""


class Aside(NamedTuple):
    """A message without what only tells who asks."""

    text: str
    """What tells the need."""
    facts: Facts | None
    """What the rest tells; None where nothing was taken away."""


def remove_asides(text: str, base: KnowledgeBase) -> Aside:
    """Return a message without its sentences that only tell facts; as it is where nothing else would be left."""
    sentences = sentences_of(text)
    aside = [sentence for sentence in sentences[:_MOST_SENTENCES] if _only_facts(sentence, base)]
    if not aside or len(aside) == len(sentences):
        return Aside(text, None)
    facts, kept = Facts(), text
    for one in aside:
        facts = merge_facts(facts, facts_of_turn(one))
        kept = re.sub(rf"{re.escape(one)}\s*[.!;]*", " ", kept, count=1)
    return Aside(" ".join(kept.split()).strip(" -–,;"), facts)


def _only_facts(sentence: str, base: KnowledgeBase) -> bool:
    if ASKS.search(sentence):
        return False
    facts = facts_of_turn(sentence)
    plain = normalise(sentence).strip(" .!,;:")
    own = _OWN.match(f"{plain} ")
    if not own and facts == Facts():
        return False
    if wants(sentence) or (tells_need(sentence) and not facts.partners):
        return False
    cues = cues_of(sentence, base.knows)
    said = TurnText(sentence, plain, cues, ConversationState(), base)
    taken = cues.covered() | place_tokens(said)
    if counties_of_region(sentence):
        taken |= {place for place, token in enumerate(cues.tokens) if counties_of_region(token)}
    if facts.partners:
        taken |= suggestions_in(sentence, cues, said.state, base).places
    return not any(
        place not in taken
        and not is_stopword(token)
        and not token.isdecimal()
        and token not in NUMERALS
        and token not in _OF_OURSELVES
        and not is_fact_word(token)
        and not types_in(token)
        for place, token in enumerate(cues.tokens)
    )
