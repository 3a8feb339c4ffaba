"""What a turn speaks of: suggestions by number or name, kinds of body and of answer, what is not wanted.

Invariant: a number or "that one" means a suggestion that was shown; a name may mean any record of the base. What is
named and not in the base is told to be unknown, never taken for a neighbour.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from assistant.dialogue.conversation import ConversationState, ListedSuggestion
from assistant.dialogue.cues import Cues, tokens_of
from assistant.dialogue.knowledge_base import KnowledgeBase
from assistant.dialogue.sums import counting_places
from corpus.places import load_places
from corpus.records import ActorType, Kind
from index.analysis import is_stopword, normalise

_ORDINALS = {
    "første": 1, "fyrste": 1, "fyste": 1, "først": 1, "first": 1, "1st": 1,
    "andre": 2, "annen": 2, "second": 2, "2nd": 2, "tredje": 3, "third": 3, "3rd": 3, "fjerde": 4, "fourth": 4,
    "femte": 5, "fifth": 5, "siste": -1, "last": -1, "sist": -1, "nederste": -1, "nedste": -1, "bottom": -1,
    "øverste": 1, "øvste": 1, "top": 1,
}  # fmt: skip
_CARDINALS = {
    "en": 1, "ein": 1, "ei": 1, "én": 1, "ett": 1, "eitt": 1, "one": 1, "to": 2, "two": 2, "tre": 3, "three": 3,
    "fire": 4, "four": 4, "fem": 5, "five": 5, "seks": 6, "six": 6,
}  # fmt: skip
_AMBIGUOUS = frozenset(
    {
        "en",
        "ein",
        "ei",
        "ett",
        "to",
        "one",
        "andre",
        "annen",
        "second",
        "sist",
        "siste",
        "last",
        "først",
        "top",
        "bottom",
    }
)
"""Words that are numbers only beside a word that says so, or another number."""
NUMERALS = (
    frozenset(_ORDINALS)
    | frozenset(_CARDINALS)
    | frozenset("sju syv seven åtte eight ni nine ti ten elleve eleven tolv twelve".split())
)
"""Words that are numbers, whatever they count."""
NUMBER_WORDS = frozenset({"nummer", "nr", "no", "number", "punkt", "forslag", "alternativ", "option", "treff", "rad"})
_THE = frozenset({"den", "det", "the", "dei", "de", "no", "ho", "han"})
_AND = frozenset({"og", "and", "eller", "or", "mot", "med", "with", "vs", "versus", "to"})
_MOST_NUMBER = 20
_FEW = 3
"""Words of a turn in which a number in letters can only mean a suggestion."""

_OF_KIND: dict[Kind, tuple[str, ...]] = {
    Kind.ACTOR: (
        "partner", "partnar", "samarbeidspart", "forsker", "forskar", "fagmiljø", "aktør", "folk", "hvem", "kven",
        "kem",
        "who", "partners", "miljø", "researcher", "actor", "organisasjon", "organisation", "kompetansemiljø",
    ),
    Kind.INSTRUMENT: (
        "penger", "pengar", "pengan", "midler", "midlar", "støtte", "stønad", "finansiering", "ordning", "tilskudd",
        "tilskot", "utlysning", "utlysing", "virkemid", "verkemid", "funding", "money", "scheme", "grant", "call",
        "fond",
        "pengene", "pengane", "pengeordning", "støtteordning", "betal", "pay", "finans", "tilskott", "stipend",
        "kroner", "spytte",
        "bevilg", "løyv",
    ),
    Kind.IDEA: (
        "ide", "ideer", "idear", "ideen", "ideene", "ideane", "idé", "prosjekt", "lignende", "liknande",
        "similar", "erfaring", "idea", "project", "example",
        "eksemp", "døme", "case",
    ),
}  # fmt: skip
_WHO = frozenset({"hvem", "kven", "kem", "kæm", "kim", "who"})
_PAYS = ("betal", "pay", "finans", "fund", "støtt", "spons", "bevilg", "løyv", "spytt")
"""How verbs of paying begin."""
_EXACT = frozenset(
    {"ide", "ideer", "idear", "ideen", "ideene", "ideane", "call", "who", "case", "fond", "folk", "hvem", "kven", "kem"}
)
_TYPES: tuple[tuple[str, tuple[ActorType, ...]], ...] = (
    (r"fylkeskommun\w*|county (?:council|municipalit)\w*|fylk(?:e|er|ene|a)", (ActorType.COUNTY_MUNICIPALITY,)),
    (
        r"universitet\w*|høgskol\w*|høyskol\w*|høgskul\w*|universit(?:y|ies)|colleges?|uni|akademia",
        (ActorType.UNIVERSITY,),
    ),
    (r"forsk(?:n)?ingsinstitutt\w*|institutt\w*|(?:research )?institutes?", (ActorType.RESEARCH_INSTITUTE,)),
    (
        r"forsk(?:er|ar)e?(?:n|ne|ane)?|forsk(?:n)?ingsmilj\w*|researchers?|research (?:groups?|organi[sz]ations?)",
        (ActorType.UNIVERSITY, ActorType.RESEARCH_INSTITUTE),
    ),
    (
        r"\w*bedrift\w*|\w*firma\w*|selskap\w*|konsulent\w*|consultan\w*|leverandør\w*|private?|næringsliv\w*|compan(?:y|ies)|firms?|business(?:es)?|suppliers?",
        (ActorType.COMPANY,),
    ),
    (r"klyng\w*|næringsklyng\w*|clusters?", (ActorType.CLUSTER,)),
    (
        r"helseforetak\w*|helseføretak\w*|syk(?:e)?hus\w*|sjuk(?:e)?hus\w*|hospitals?|health trusts?",
        (ActorType.HEALTH_TRUST,),
    ),
    (r"statsforvalt\w*|fylkesmann\w*|county governors?", (ActorType.COUNTY_GOVERNOR,)),
    (
        r"direktorat\w*|statlige?|statlege|(?:state|government) (?:bodies|agencies|agency)|staten",
        (ActorType.STATE_BODY,),
    ),
    (r"stiftels\w*|stifting\w*|foundations?", (ActorType.FOUNDATION,)),
    (
        (r"foreining\w*|forening\w*|frivillig\w*|voluntary\w*|volunteer\w*|lag og foreninger|charit\w+"
        r"|ideelle?\w*|organisasjon\w*|associations?|ngos?|non-profits?"),
        (ActorType.ASSOCIATION,),
    ),
    (r"nettverk\w*|networks?", (ActorType.NETWORK,)),
    (r"kompetansesent\w*|competence cent\w+|ressurssent\w*", (ActorType.COMPETENCE_CENTRE,)),
    (r"kommun(?:e|er|ar|a|ene|ane)|nabokommun\w*|municipalit(?:y|ies)", (ActorType.MUNICIPALITY,)),
)  # fmt: skip


GENERIC = frozenset(
    """
    kommune kommunen fylkeskommune universitet universitetet universitetssykehus høgskolen høgskole høgskulen
    institutt as hf
    norge norges norsk norske statsforvalteren statsforvaltaren fylkesmannen university college municipality county
    council
    governor regionalt regionale regional forskningsfond forskingsfond research fund senter centre center sykehuset
    sjukehuset
    hospital of the i på og and for rff sa nasjonal nasjonalt national offentlig offentlige sektor public sector
    prosjekt
    forprosjekt innovasjonsprosjekt institute institutes project projects pre
    """.split()
)
_ALIKE = 88.0
_SHORTEST_PART = 4


class SuggestionMentions(NamedTuple):
    """What a turn speaks of."""

    items: tuple[ListedSuggestion, ...]
    places: frozenset[int]
    """Where in the turn it is named."""
    is_told: bool
    """Whether it was named or numbered, and not only meant by "that one" or by nothing."""
    is_numbered: bool = False
    """Whether it was meant by a number alone, which several lists may hold."""


def kind_in(tokens: Iterable[str]) -> Kind | None:
    """Return the kind of answer that words name, if they name one; who pays is asked of schemes, not of partners."""
    tokens = tuple(tokens)
    if not _WHO.isdisjoint(tokens) and any(token.startswith(_PAYS) for token in tokens):
        return Kind.INSTRUMENT
    for token in tokens:
        for kind, stems in _OF_KIND.items():
            if any(token == stem if stem in _EXACT else token.startswith(stem) for stem in stems):
                return kind
    return None


def types_in(text: str) -> tuple[ActorType, ...]:
    """Return the kinds of body that a text names."""
    said = normalise(text)
    found: list[ActorType] = []
    for pattern, types in _TYPES:
        if re.search(rf"\b(?:{pattern})\b", said):
            found += types
            said = re.sub(rf"\b(?:{pattern})\b", " ", said)
    return tuple(dict.fromkeys(found))


def suggestions_in(
    text: str, cues: Cues, state: ConversationState, base: KnowledgeBase, kind: Kind | None = None
) -> SuggestionMentions:
    """Return the suggestions that a turn speaks of.

    Args:
        text: What was written.
        cues: Its words.
        state: What the thread has come to, with what was shown.
        base: What knows the names of records.
        kind: The kind that is meant where a number is told without one.
    """
    named = _named_suggestions(text, cues.tokens, state, base)
    counting = counting_places(text, cues.tokens)
    numbers = [(place, number) for place, number in _numbers(cues.tokens) if place not in counting]
    is_of_kind = kind_in(cues.tokens) is not None or kind is not None
    kind = kind_in(cues.tokens) or kind or numbered_kind(state)
    listed = [item for item in state.shown if item.kind is kind]
    if not listed and numbers:
        # Where nothing of that kind is shown, the number is of what is.
        listed = [item for item in state.shown if item.kind is numbered_kind(state)]
    numbered = [(place, item) for place, number in numbers if (item := _nth(listed, number)) is not None]
    items = tuple(dict.fromkeys([*(item for _, item in named), *(item for _, item in numbered)]))
    places = frozenset({place for some, _ in named for place in some} | {place for place, _ in numbered})
    if items:
        return SuggestionMentions(items, places, is_told=True, is_numbered=not named and not is_of_kind)
    return SuggestionMentions((), places, is_told=bool(numbers))


def numbered_kind(state: ConversationState) -> Kind | None:
    """Return the kind that a number alone means: the only one asked for, else partners where there are any."""
    if not state.shown or state.refinement.only_kind:
        return state.shown[0].kind if state.shown else None
    # What was just told of several, each by its number, is the list that is before the reader.
    spoken = {item.kind for item in state.focus} if len(state.focus) > 1 else set()
    if len(spoken) == 1:
        return next(iter(spoken))
    return Kind.ACTOR if any(item.kind is Kind.ACTOR for item in state.shown) else state.shown[0].kind


def implied_suggestions(cues: Cues, state: ConversationState, kind: Kind | None) -> tuple[ListedSuggestion, ...]:
    """Return what is meant where nothing is named: what was spoken of last, or the first of a kind."""
    if state.focus and (kind is None or state.focus[0].kind is kind or cues.has("THAT")):
        return state.focus
    wanted = kind or (state.shown[0].kind if state.shown else None)
    return tuple(item for item in state.shown if item.kind is wanted)[:1]


def _nth(listed: Sequence[ListedSuggestion], number: int) -> ListedSuggestion | None:
    if number == -1:
        return listed[-1] if listed else None
    return listed[number - 1] if 1 <= number <= len(listed) else None


def _numbers(tokens: Sequence[str]) -> list[tuple[int, int]]:
    """Return the numbers of suggestions that words name, each with its place."""
    certain: list[tuple[int, int]] = []
    doubtful: list[tuple[int, int]] = []
    for place, token in enumerate(tokens):
        digits = re.fullmatch(r"#?(\d{1,2})", token)
        number = int(digits[1]) if digits else _ORDINALS.get(token) or _CARDINALS.get(token)
        before = tokens[place - 1] if place else ""
        if number is None or (number > _MOST_NUMBER and before not in NUMBER_WORDS):
            continue
        marked = before in NUMBER_WORDS or (token in _ORDINALS and before in _THE)
        plain = digits is not None or (token not in _AMBIGUOUS and len(tokens) <= _FEW)
        if marked or plain or (token in _ORDINALS and token not in _AMBIGUOUS):
            certain.append((place, number))
        else:
            doubtful.append((place, number))
    # "En og tre": one number makes the word beside it another.
    for place, number in doubtful:
        near = {place - 2, place + 2}
        joined = any(other in near and tokens[(place + other) // 2] in _AND for other, _ in (*certain, *doubtful))
        if joined or len(tokens) == 1:
            certain.append((place, number))
    found = sorted(dict.fromkeys(certain))
    if len(found) == 1 and found[0][1] == 1 and found[0][0] and _counts(tokens, found[0][0]):
        return []
    return _first_ones(tokens) or found


def _counts(tokens: Sequence[str], place: int) -> bool:
    return place + 1 < len(tokens) and tokens[place + 1] in {"prosent", "kommune", "år", "million"}


def _first_ones(tokens: Sequence[str]) -> list[tuple[int, int]]:
    """Return the numbers that "the first two" stands for."""
    for place, token in enumerate(tokens[:-1]):
        pair = (token, tokens[place + 1])
        for one, other in (pair, pair[::-1]):
            count = _CARDINALS.get(one) or (int(one) if one.isdecimal() and len(one) == 1 else 0)
            if other in {"første", "fyrste", "first", "øverste"} and 1 < count <= _MOST_NUMBER and one != "andre":
                return [(place, number) for number in range(1, count + 1)]
    return []


def _named_suggestions(
    text: str, tokens: Sequence[str], state: ConversationState, base: KnowledgeBase
) -> list[tuple[set[int], ListedSuggestion]]:
    """Return the records that a turn names, those that were shown first, each with where it is named."""
    from rapidfuzz import fuzz

    known = {word for item in state.shown for word in tokens_of(item.name)}
    whole = {item.id: set(_run(tokens_of(item.name), tokens)) for item in state.shown}
    taken = set().union(*whole.values()) if whole else set()
    found: list[tuple[set[int], ListedSuggestion]] = []
    for item in state.shown:
        own = tokens_of(item.name)
        others = {word for other in state.shown if other.id != item.id for word in tokens_of(other.name)}
        telling = [word for word in own if word not in others and _may_tell(word, own)]
        if not telling:
            # Two that are called alike: the words they share mean the first of them.
            telling = _shared_name(item, state.shown, tokens)
        # A place is where something is, and names a body only where nothing else does.
        telling = [word for word in telling if word not in every_place_word()] or _with_others(telling, own, tokens)
        places = {
            place
            for place, token in enumerate(tokens)
            if place not in taken and any(_matches_word(word, token, known) for word in telling)
        }
        # What is said in full is no part of another name.
        if whole[item.id] or _is_enough(places, telling, own):
            found.append((whole[item.id] | places, item))
    spelled = set().union(*(places for places, _ in found)) if found else set()
    shown = {item.id: item for item in state.shown}
    for item in base.named(text):
        told = tokens_of(item.name)
        places = set(_run(told, tokens)) or {
            place for place, token in enumerate(tokens) if any(fuzz.ratio(token, one) >= _ALIKE for one in told)
        }
        if places and places <= spelled and item.id not in shown:
            continue
        if all(item.id != other.id for _, other in found) and tells_apart(item.name, text):
            found.append((places, shown.get(item.id, item)))
    return found


def _shared_name(item: ListedSuggestion, shown: Sequence[ListedSuggestion], tokens: Sequence[str]) -> list[str]:
    """Return the words that begin a name where several do, and all of them are said, for the first of those."""
    own = tokens_of(item.name)
    begun = own[: max(2, sum(1 for word in own if word in tokens))]
    if len(own) < 2 or not _run(own[:2], tokens) or any(is_stopword(word) for word in own[:2]):
        return []
    first = next(one for one in shown if tokens_of(one.name)[:2] == own[:2])
    return list(begun) if first.id == item.id else []


def _with_others(telling: Sequence[str], own: Sequence[str], tokens: Sequence[str]) -> list[str]:
    """Return words that are places too where the rest of the name is said as well; else none."""
    rest = [word for word in own if word not in telling and not is_stopword(word)]
    return list(telling) if not rest or any(word in tokens for word in rest) else []


@cache
def every_place_word() -> frozenset[str]:
    """Return the words that are whole names of municipalities and counties."""
    places = load_places()
    names = [tokens_of(municipality.name) for municipality in places.municipalities] + [
        tokens_of(county.name) for county in places.counties
    ]
    # "Nord" is a part of many names, and no place.
    return frozenset(name[0] for name in names if len(name) == 1)


def _may_tell(word: str, own: Sequence[str]) -> bool:
    """Tell whether a word of a name may tell it from others."""
    return word not in GENERIC and (len(word) >= _SHORTEST_PART or word == own[0]) and not is_stopword(word)


def _matches_word(word: str, token: str, known: set[str]) -> bool:
    """Tell whether a word that was written is one of a name, a typing error forgiven where it is no name's itself."""
    from rapidfuzz import fuzz

    if token in {word, f"{word}s"}:
        return True
    long = len(word) > _SHORTEST_PART and len(token) > _SHORTEST_PART
    return long and token not in known and fuzz.ratio(token, word) >= _ALIKE


def _is_enough(places: set[int], telling: Sequence[str], own: Sequence[str]) -> bool:
    """Tell whether words of a name are enough to mean it: half of those that tell it apart, or its first."""
    if not places:
        return False
    return len(telling) <= 3 or 2 * len(places) >= len(telling) or len(own) <= 3


def _run(wanted: Sequence[str], tokens: Sequence[str]) -> range:
    for place in range(len(tokens) - len(wanted) + 1):
        if tuple(tokens[place : place + len(wanted)]) == tuple(wanted):
            return range(place, place + len(wanted))
    return range(0)


def tells_apart(name: str, text: str) -> bool:
    """Tell whether a text says the words that tell a name from others like it, a typing error forgiven."""
    from rapidfuzz import fuzz

    said = tokens_of(text)
    telling = [word for word in tokens_of(name) if word not in GENERIC] or list(tokens_of(name))
    return all(any(fuzz.ratio(word, token) >= _ALIKE for token in said) for word in telling)
