"""Text made small to be stored: answers tell of the same records in the same form, again and again.

Invariant: what was packed by any release can be read by every later one. Packed text names the dictionary that it was
packed with; a dictionary that was ever shipped stays as it is, and a better one gets the next number.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from threading import local
from typing import TYPE_CHECKING, NamedTuple

from corpus.errors import UnreadableValueError

if TYPE_CHECKING:
    from zstandard import ZstdCompressionDict, ZstdCompressor, ZstdDecompressor

NEWEST = 1
"""The number of the dictionary that texts are packed with. `assistant.lab.dictionary` makes them of answers to the
everyday questions of the records that come with a release: nobody's words are in one."""
LEVEL = 6
"""Of zstd: 0.4 ms for an answer; a third of it would take a third more room."""
SHORTEST = 200
"""Characters of the shortest text that is packed."""
_LONGEST = 64_000_000
"""Bytes that are unpacked at most, so that a damaged row takes no memory."""


class Kept(NamedTuple):
    """Text as a row holds it, in one of two columns."""

    plain: str
    """The text itself where it is short, or was kept by an earlier release; else empty."""
    packed: bytes | None = None

    @property
    def text(self) -> str:
        """The text; what somebody put in the other column shows in it.

        Raises:
            UnreadableValueError: it is damaged, or was packed by a later release.
        """
        return self.plain if self.packed is None else self.plain + _unpacked(self.packed)


def kept(text: str) -> Kept:
    """Return text as it is to be stored."""
    if len(text) < SHORTEST:
        return Kept(text, None)
    return Kept("", _compressor().compress(text.encode("utf-8", "surrogatepass")))


def _unpacked(content: bytes) -> str:
    from zstandard import ZstdError, get_frame_parameters

    try:
        number = get_frame_parameters(content).dict_id
        if not 0 < number <= NEWEST:
            raise UnreadableValueError(f"text packed with dictionary {number}, expected one up to {NEWEST}")
        plain = _decompressor(number).decompress(content, max_output_size=_LONGEST)
        return plain.decode("utf-8", "surrogatepass")
    except (ZstdError, UnicodeDecodeError):
        raise UnreadableValueError("packed text that is none") from None


_OF_THREAD = local()
"""The compressor and the decompressors of each thread: one may not be used by two at once."""


def _compressor() -> ZstdCompressor:
    made: ZstdCompressor | None = getattr(_OF_THREAD, "compressor", None)
    if made is None:
        from zstandard import ZstdCompressor

        made = _OF_THREAD.compressor = ZstdCompressor(level=LEVEL, dict_data=_prepared(), write_checksum=True)
    return made


def _decompressor(number: int) -> ZstdDecompressor:
    made: dict[int, ZstdDecompressor] = _OF_THREAD.__dict__.setdefault("decompressors", {})
    if number not in made:
        from zstandard import ZstdCompressionDict, ZstdDecompressor

        made[number] = ZstdDecompressor(dict_data=ZstdCompressionDict(_dictionary(number)))
    return made[number]


@cache
def _prepared() -> ZstdCompressionDict:
    """Return the newest dictionary with the tables that all threads pack by."""
    from zstandard import ZstdCompressionDict

    made = ZstdCompressionDict(_dictionary(NEWEST))
    made.precompute_compress(level=LEVEL)
    return made


@cache
def _dictionary(number: int) -> bytes:
    return (files("assistant.history") / "dictionaries" / f"{number:04}.zstd-dictionary").read_bytes()
