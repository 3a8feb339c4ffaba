"""Texts that nobody asks with, made to be slow, large or odd: what `mellomrom bench --hostile` posts.

Invariant: a family gives a text of any length asked for, always the same one for the same length and number; texts of
one family differ by their number, so that nothing remembered of one helps with the next.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

Family = Callable[[int, int], str]
"""Returns the text of a length, with a number."""


def _repeated(part: str, before: str = "") -> Family:
    def text(length: int, number: int) -> str:
        start = f"{before}{number} "
        return (start + part * (1 + length // len(part)))[:length]

    return text


def _unlike(letters: str, size: int, merge_facts: str = " ") -> Family:
    """Return words of one size, no two alike."""

    def text(length: int, number: int) -> str:
        words, total, seed = [], 0, number * 1_000_003 + size
        while total < length:
            word = ""
            for _ in range(size):
                seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
                word += letters[(seed >> 16) % len(letters)]
            words.append(word)
            total += size + len(merge_facts)
        return merge_facts.join(words)[:length]

    return text


def _between(before: str, part: str, after: str) -> Family:
    """Return the same part over and over between two words."""

    def text(length: int, number: int) -> str:
        start = f"{before}{number}"
        return (start + part * (1 + length // len(part)))[: length - len(after)] + after

    return text


def _listed(words: str) -> Family:
    return _repeated(f"{words} ")


_NORWEGIAN = "aeiourstnlkdgmpvbfhjyæøå"
FAMILIES: Mapping[str, Family] = {
    "digits": _repeated("1"),
    "one letter": _repeated("a"),
    "letters and dots": _repeated("a."),
    "half addresses": _repeated("a@a-"),
    "addresses": _repeated("k.n@a.no "),
    "marks on a letter": _repeated("\u0327\u0301", "a"),
    "one becomes eighteen": _repeated("\ufdfa"),
    "one becomes six": _repeated("\u3316", "hvem kan hjelpe oss i kommunen med "),
    "an endless word": _unlike(_NORWEGIAN, 1_900),
    "long words": _unlike(_NORWEGIAN, 62),
    "words nobody knows": _unlike(_NORWEGIAN, 7),
    "short words": _unlike(_NORWEGIAN, 3),
    "words of rare letters": _unlike("\U00020000\U00020001\U00020002\U00020003\U00020004\U00020005", 30),
    "has anybody": _listed("har noen andre som har"),
    "how do": _listed("hvordan korleis har de"),
    "who are we": _listed("vi er en i fra på jobber i som"),
    "places": _listed("i Steinkjer i Verdal i Levanger i Namsos i Snåsa i Oslo som i Bergen bare i Trøndelag"),
    "kinds of organisation": _listed("kommune bedrift universitet sykehus klynge stiftelse har ikke med"),
    "refinements": _listed("flere som nummer to ikke noe annet takk"),
    "only in": _listed("bare partner forsker i"),
    "angle brackets": _repeated("<@U1|"),
    "ampersands": _repeated("&amp"),
    "brackets": _repeated("[{("),
    "line ends": _repeated("a\n\r\t"),
    "half surrogates": _repeated("\ud800 "),
    "turned around": _repeated("\u202e\u2066\u200d"),
    "null characters": _repeated("\0a"),
    "spaces": _between("skole", " ", "eldre"),
    "empty lines": _between("hvem kan hjelpe oss med skole", "\n", "mvh"),
    "full stops": _between("hvem kan hjelpe oss med skole", ".", "x"),
    "two needs far apart": _between("vi har to behov: skole og ", " ", "eldre"),
    "a correction far away": _between("nei, jeg mente ", " ", "\nskole"),
    "thanks without end": _between("takk", " , ", "x"),
    "faces": _repeated("\U0001f468\u200d\U0001f469\u200d\U0001f467 "),
}
"""Families of hostile text by name."""
