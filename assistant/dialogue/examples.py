"""What a turn most likely asks where no rule says it, by turns of the same kind that were read before.

Invariant: a turn is likened to examples by its words only; names, places and numbers are held alike. What is not
clearly nearer to one act than to all others is none.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from math import log, sqrt
from typing import Any, NamedTuple

from corpus.files import read_yaml

NAME, PLACE, NUMBER = "navnx", "stadx", "talx"
"""What stands in an example for a name, a place and a number."""
_NEAREST = 3
"""Examples of an act that speak for it, each half as loud as the one before."""
_LOOKED_AT = 12
_GRAM = 4
_WORTH = {"word": 2.0, "pair": 1.5, "gram": 0.5}
_LEAST = 0.44
"""The likeness from which an act is taken to be meant."""
_AHEAD = 0.1
"""How much nearer it has to be than the next act."""
_STEM = 6


class _Index(NamedTuple):
    acts: Sequence[str]
    """The act of each example."""
    postings: Mapping[str, Sequence[tuple[int, float]]]
    """By feature, the examples that have it with its weight there."""
    rarity: Mapping[str, float]
    unseen: float
    stems: frozenset[str]


def likely_act(tokens: Sequence[str]) -> str | None:
    """Return the act that a turn most likely is; None where it is not clear.

    Args:
        tokens: Its words, with `NAME`, `PLACE` and `NUMBER` in place of names, places and numbers.
    """
    scores = _scores(tokens)
    ranked = sorted(scores.items(), key=lambda one: -one[1])
    if not ranked or ranked[0][1] < _LEAST:
        return None
    return ranked[0][0] if len(ranked) == 1 or ranked[0][1] - ranked[1][1] >= _AHEAD else None


def is_said_of_answers(word: str) -> bool:
    """Tell whether a word, in any form, stands in an example."""
    return word[:_STEM] in _index().stems


def _scores(tokens: Sequence[str]) -> dict[str, float]:
    index = _index()
    weights = {one: sqrt(count) * index.rarity.get(one, index.unseen) for one, count in _features(tokens).items()}
    length = sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    found: defaultdict[int, float] = defaultdict(float)
    for feature, weight in weights.items():
        for number, other in index.postings.get(feature, ()):
            found[number] += weight * other / length
    by_act: defaultdict[str, list[float]] = defaultdict(list)
    for number in sorted(found, key=lambda one: -found[one])[:_LOOKED_AT]:
        by_act[index.acts[number]].append(found[number])
    return {act: sum(score / 2**place for place, score in enumerate(some[:_NEAREST])) for act, some in by_act.items()}


def _features(tokens: Sequence[str]) -> dict[str, float]:
    found: defaultdict[str, float] = defaultdict(float)
    for word in tokens:
        found[f"w {word}"] += _WORTH["word"]
        edged = f"<{word}>"
        for at in range(len(edged) - _GRAM + 1):
            found[f"g {edged[at : at + _GRAM]}"] += _WORTH["gram"]
    for one, other in zip(("^", *tokens), (*tokens, "$"), strict=True):
        found[f"p {one} {other}"] += _WORTH["pair"]
    return found


@cache
def _index() -> _Index:
    plain: Any = read_yaml(files("assistant.dialogue").joinpath("examples.yaml").read_text(encoding="utf-8"))
    examples = [(act, tuple(said.split())) for act, some in plain.items() for said in some]
    counted = [_features(tokens) for _, tokens in examples]
    spread = Counter(feature for one in counted for feature in one)
    rarity = {feature: log(1 + len(examples) / count) for feature, count in spread.items()}
    postings: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for number, one in enumerate(counted):
        for feature, weight in _weighed(one, rarity):
            postings[feature].append((number, weight))
    stems = frozenset(word[:_STEM] for _, tokens in examples for word in tokens)
    return _Index([act for act, _ in examples], dict(postings), rarity, log(1 + 2 * len(examples)), stems)


def _weighed(counted: Mapping[str, float], rarity: Mapping[str, float]) -> Iterable[tuple[str, float]]:
    weights = {feature: sqrt(count) * rarity[feature] for feature, count in counted.items()}
    length = sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    return ((feature, weight / length) for feature, weight in weights.items())
