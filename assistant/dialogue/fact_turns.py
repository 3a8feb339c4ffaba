"""Turns that tell something of who asks or of the project, asked for or not.

Invariant: a fact is taken only where the turn says little else.
"""

from __future__ import annotations

import re

from assistant.dialogue.conversation import Intent, ListedSuggestion, Turn
from assistant.dialogue.cues import tokens_of
from assistant.dialogue.exclusions import parse_exclusions
from assistant.dialogue.facts import activities_named, sorts_named, stage_named
from assistant.dialogue.framing import tells_need
from assistant.dialogue.places import places_denied, read_places
from assistant.dialogue.question_replies import parse_reply
from assistant.dialogue.slots import GENERIC, NUMERALS, suggestions_in, tells_apart, types_in
from assistant.dialogue.suggestion_questions import MORE_LIKE
from assistant.dialogue.sums import counting_places
from assistant.dialogue.turn_facts import facts_of_turn
from assistant.dialogue.turn_text import ASKS, SHORT, TurnText, place_tokens
from assistant.funding.verdicts import Fact, Facts
from corpus.records import Kind
from corpus.text import Language
from index.analysis import is_stopword


def parse_question_reply(said: TurnText) -> Turn | None:
    """Return a turn that answers a question back."""
    if not said.state.pending or ASKS.search(said.text) or len(said.cues.tokens) > 2 * SHORT:
        return None
    if _ASKS_WHAT.match(said.plain):
        return None
    if said.cues.any(*_NO_REPLY) or _WHAT_OF.match(said.plain) or parse_exclusions(said.text, said.base).without:
        return None
    wider = facts_of_turn(said.text)
    for missing in said.state.pending:
        # The number of a sum is no number of months.
        if wider.budget is not None and missing.fact in _NUMERIC:
            continue
        facts = parse_reply(missing, said.text, said.state.language or Language.NB)
        if facts is not None:
            return Turn(intent=Intent.FACT, text=said.text, facts=_both(wider, facts), settled=missing)
    return None


_NUMERIC = {Fact.MONTHS, Fact.PUBLIC_SHARE, Fact.OWN_SHARE}
_ASKS_WHAT = re.compile(
    r"(?:og |men |ok |and |but )?(?:hva|kva|ka|hvilke\w*|hvor|kor|hvem|kven|kem|hvordan|korleis|what|which"
    r"|where|who|how"
    r"|finnes|finst|fins|fikk|fekk|ble|blei|vart|did|does|is there)\b"
)
"""How a question begins that no answer to a question back begins like."""
_NO_REPLY = (
    "ONLY",
    "WITHOUT",
    "WHY",
    "MEANT",
    "COMPARE",
    "DRAFT",
    "OUTCOME",
    "LIKE",
    "MEANS",
    "AMOUNT",
    "LANG",
    "UNDO",
    "SAVE",
    "UNSUITABLE",
    "LETTER",
    "OUTCOME",
    "MISSED",
)
"""Words that no answer to a question back holds."""


def _both(one: Facts, other: Facts) -> Facts:
    from assistant.funding.verdicts import merge_facts

    return merge_facts(one, other)


def parse_plain_facts(said: TurnText) -> Turn | None:
    """Return a turn that does nothing but tell a fact, whatever its words would ask elsewhere."""
    asks = said.cues.any(
        "WHO", "WHY", "HOW", "WHEN", "MEANS", "COMPARE", "DRAFT", "CAN", "UNDO", "RESTART", "WRITE", "OUTCOME",
        "MISSED",
        "DROP",
    )  # fmt: skip
    asks = asks or (said.cues.has("CALL") and not _CALLS_FROM.search(said.plain))
    asks = asks or bool(INTERROGATIVE.match(said.plain)) or 0 in said.cues.found.get("NOT", ())
    return None if asks or said.cues.any("UNSUITABLE", "WITHOUT") else parse_facts(said)


_CALLS_FROM = re.compile(r"\b(?:ring\w*|skriv\w*|calling|writing) (?:fra|frå|from)\b")
INTERROGATIVE = re.compile(
    r"(?:og |men |ok |and |but )?(?:hva|kva|ka|hvilke\w*|kva for|hvor|kor|hvem|kven|kem|hvordan|korleis|what"
    r"|which|where|who|how|any|someone|somebody|noen|nokon"
    # A verb first asks, but for what is left of "we have NTNU with us".
    r"|er|kan|får|vil|skal|må|bør|finnes|finst|is|are|does|do|did|can|could|would|will|has|har(?! (?:med"
    r"|allerede|allereie|alt|fått)\b))\b"
)


_WHAT_OF = re.compile(r"(?:og |men |and |but )?(?:hva|kva|ka|what|how)(?: så)? (?:med|about)\b")
"""How a question begins that names a body without saying that it takes part."""


_MORE_OF = re.compile(
    r"(?:og |men |and |but )?(?:fortell|fortel|mer|meir|mere|more|tell|info\w*|detalj\w*"
    r"|details?)\b.{0,20}\b(?:om|about|on)\b"
)
"""How a turn begins that wants to hear more of bodies it names, none of which is said to take part."""


def parse_facts(said: TurnText) -> Turn | None:
    """Return a turn that tells something of who asks or of the project, and nothing else."""
    if ASKS.search(said.text) or len(said.cues.tokens) > 2 * SHORT or parse_exclusions(said.text, said.base).without:
        return None
    if _WHAT_OF.match(said.plain) or _MORE_OF.match(said.plain):
        return None
    if tells_need(said.text) and len(said.cues.tokens) > SHORT:
        return None
    if MORE_LIKE.search(said.plain) and said.cues.has("MORE"):
        return None
    facts, denied = facts_of_turn(said.text), places_denied(said.text)
    if _is_elsewhere(said, facts) or (INTERROGATIVE.match(said.plain) and not said.state.pending):
        return None
    if (facts == Facts() and not denied) or (said.cues.has("ONLY") and not (facts.parties or facts.budget)):
        return None
    rows = suggestions_in(said.text, said.cues, said.state, said.base)
    taken = place_tokens(said) | set(rows.places) | _after_prepositions(said) | _naming_the_sort(said, facts)
    taken |= counting_places(said.text, said.cues.tokens) if facts.budget is not None else set()
    rest = [word for word in said.rest(taken) if not types_in(word) and word[:5] not in _FACT_WORDS]
    strange = [word for word in _uncovered(said, taken) if not types_in(word) and word[:5] not in _FACT_WORDS]
    # Before anything was asked, words that nobody knows may be what somebody needs.
    if len(strange) > (_STRANGE if said.state.question is not None else 0) and not _is_plainly_fact(said, strange):
        return None
    if rest and not _is_plainly_fact(said, rest):
        return None
    named = tuple(item for item in rows.items if item.kind is Kind.ACTOR and facts.partners and is_itself(item, said))
    return Turn(
        intent=Intent.FACT, text=said.text, facts=facts, items=named, denied=tuple(one.number for one in denied)
    )


_STAGE_TOLD = re.compile(
    r"^(?:nei|no|ja|yes|og|and|men|but|ok|foreløpig|førebels|so far|for now)?[, ]*+(?:(?:vi|me|jeg|eg|we"
    r"|i)(?: er| are|'re| am| skal| vil| har"
    r"| tenker| tenkjer"
    r"| planlegger| planlegg| ønsker| ynskjer| trenger| treng| want| need| plan| will| would)?|det (?:er|blir|gjelder"
    r"|gjeld|dreier seg|handler)|dette (?:er|blir)|it(?:'s| is| will)|this is|prosjektet|the project|bare"
    r"|berre|kun|only"
    r"|just|et|eit|en|ein|a|fase\w*|phase|stage)\b"
)
"""How a sentence begins that tells how far a project has come."""


def stage_told(said: TurnText) -> Turn | None:
    """Return a turn that tells how far the project has come, or what kind of work it is, and nothing else."""
    if ASKS.search(said.text) or len(said.cues.tokens) > SHORT or said.cues.any("WHY", "MEANS", "WHO", "NOT", "WHEN"):
        return None
    stage, activities = stage_named(said.plain), activities_named(said.plain)
    if not (stage or activities) or not (_STAGE_TOLD.match(said.plain) or len(said.cues.tokens) <= _BARE_STAGE):
        return None
    rest = [word for word in said.rest() if not (stage_named(word) or activities_named(word)) and word not in _OF_STAGE]
    if rest and not _is_of_stage(rest):
        return None
    told: dict[str, object] = {"stage": stage, "activities": activities or None}
    facts = Facts.model_validate({name: value for name, value in told.items() if value is not None})
    return Turn(intent=Intent.FACT, text=said.text, facts=facts)


_BARE_STAGE = 2
"""Words of a turn that may be nothing but the name of a stage."""
_OF_STAGE = frozenset(
    "pre fase fasen stadium stadiet stage phase støtte midler penger money funding dreier kjøre run gjennomføre".split()
)


def _is_of_stage(rest: list[str]) -> bool:
    """Tell whether what is left only belongs to the name of a stage, as "idea" does to "only an idea"."""
    joined = " ".join(rest)
    return bool(stage_named(joined) or activities_named(joined)) and len(rest) <= 2


def is_itself(item: ListedSuggestion, said: TurnText) -> bool:
    """Tell whether a body was said to take part, not one of its departments, nor a place that is called like it."""
    places = place_tokens(said)
    own = [token for token in tokens_of(item.name) if token not in GENERIC]
    spoken = {token for number, token in enumerate(said.cues.tokens) if number not in places}
    return not spoken.isdisjoint(own) and (tells_apart(item.name, said.text) or (own[0] in spoken and len(own) == 1))


def _is_elsewhere(said: TurnText, facts: Facts) -> bool:
    """Tell whether "in Trøndelag" is said by somebody who told before that they are elsewhere: it is a wish then."""
    known = said.state.facts.place
    return (
        known is not None and facts.place not in {None, known} and bool(re.match(r"(?:i|in|og i|and in)\b", said.plain))
    )


_STRANGE = 2
"""Words that are neither known nor long that a fact may hold within a thread."""


def _uncovered(said: TurnText, taken: set[int]) -> list[str]:
    covered = said.cues.covered() | taken
    return [
        token
        for place, token in enumerate(said.cues.tokens)
        if place not in covered and not is_stopword(token) and not token.isdecimal() and token not in NUMERALS
    ]


_PREPOSITIONS = frozenset({"i", "på", "in", "fra", "frå", "from", "ved", "nær", "near", "rundt", "around", "at"})


def _naming_the_sort(said: TurnText, facts: Facts) -> set[int]:
    """Return where the words stand by which somebody tells what sort of organisation they are."""
    if facts.applicant_type is None:
        return set()
    named = {word for match in sorts_named(said.plain) for word in match.split()}
    return {place for place, token in enumerate(said.cues.tokens) if token in named}


def _after_prepositions(said: TurnText) -> set[int]:
    """Return where words stand that tell a place we do not know: the one after "in" or "at"."""
    tokens = said.cues.tokens
    return {place for place in range(1, len(tokens)) if tokens[place - 1] in _PREPOSITIONS}


def _is_plainly_fact(said: TurnText, rest: list[str]) -> bool:
    """Tell whether a turn begins by saying who asks, and hardly goes on."""
    begins = re.match(r"(?:nei|no|ja|yes|og|and|men|but|vi|me|i|we|det|dette|this|it)\b", said.plain)
    return bool(begins) and len(rest) == 1 and len(said.cues.tokens) <= SHORT and not said.base.knows(rest[0])


_FACT_WORDS = frozenset(
    word[:5]
    for word in """
    oppstart starter start startar begynner prosjektet prosjekt varer varar høsten våren hausten vinteren sommeren
    autumn spring
    summer winter måneder månader months years holder held representerer represent jobber jobbar arbeider works
    samarbeider herad
    sammen saman partner partnere medlem ansatt rådgiver rådgjevar avdeling enhet eining innbyggere innbyggjarar
    erfaring forskning
    egenandel prosent percent bidra dekke lokalisert located based ligger ligg forskere forskarar laget
    januar februar mars april juni juli august september oktober november desember january february march june july
    october
    december sommer winter vinter påske tidligst seinest senest earliest latest etter before after tenker tenkjer
    plan planlegger budsjett budget ramme rammen prosjektramme kostnadsramme totalkostnad kostnad rådighet disponerer
    available avsatt bidrar bidrag
    planlegg planning regner reknar vare
    """.split()
)


def is_fact_word(word: str) -> bool:
    """Tell whether a word is one that facts are told by."""
    return word[:5] in _FACT_WORDS


def tells_own_place(said: TurnText) -> bool:
    """Tell whether a place that stands alone is where somebody is: nobody told that yet, and nothing is asked."""
    if (
        INTERROGATIVE.match(said.plain)
        or said.state.facts.place is not None
        or said.cues.any("ONLY", "OTHERS", "WHO")
        or ASKS.search(said.text)
    ):
        return False
    return read_places(said.text).asker is not None and not re.match(r"(?:i|in|hva|kva|what|og|and)\b", said.plain)
