"""What the log keeps takes little room and is read as it was written, whichever release wrote it."""

from __future__ import annotations

import base64
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text as sql

from assistant.history.packing import SHORTEST, Kept, kept
from assistant.service.stored_answers import StoredAnswer, question_in
from corpus.errors import StoreError, UnreadableValueError
from tests.assistant.services import Small


@given(st.text(max_size=2_000))
def test_text_is_read_as_it_was_stored(text: str) -> None:
    assert kept(text).text == text


def test_short_text_stands_in_the_row_as_it_is() -> None:
    assert kept("Hvem kan hjelpe med sepsis?") == Kept("Hvem kan hjelpe med sepsis?")


def test_long_text_takes_a_fraction_of_its_room() -> None:
    told = json.dumps([{"kind": "actor", "id": f"actor:{n}", "confidence": "strong", "rank": n} for n in range(40)])
    assert kept(told).plain == ""
    assert len(kept(told).packed or b"") < len(told) / 5


@pytest.mark.parametrize("harm", [lambda one: one[:-3], lambda one: one[:30] + b"\0\0\0" + one[33:], lambda _: b"text"])
def test_damaged_text_is_told_from_what_was_stored(harm: object) -> None:
    whole = kept("Kommunen vil vite hvem som kan hjelpe. " * SHORTEST).packed
    assert whole is not None
    assert callable(harm)
    with pytest.raises(UnreadableValueError):
        _ = Kept("", harm(whole)).text


def test_text_of_a_later_release_is_refused() -> None:
    from zstandard import ZstdCompressionDict, ZstdCompressor, train_dictionary

    samples: list[bytes | bytearray | memoryview] = [
        f"an answer of number {number} told at length".encode() * 9 for number in range(900)
    ]
    later = train_dictionary(2_000, samples, dict_id=9_999).as_bytes()
    with pytest.raises(UnreadableValueError, match="9999"):
        _ = Kept("", ZstdCompressor(dict_data=ZstdCompressionDict(later)).compress(samples[0])).text


def test_answers_of_earlier_releases_are_read(small: Small) -> None:
    answered = small.say("sepsis")
    before = small.service.log.get(answered.log_id or "")
    line, _, plain = (before.text or "").partition("\n")
    written = f"{line}\nzlib85:{base64.b85encode(zlib.compress(plain.encode())).decode()}"
    with small.database.writing() as session:
        values = {"text": written, "payload": json.dumps(before.payload), "id": before.log_id}
        session.execute(sql("UPDATE log_text SET text = :text, packed = NULL WHERE log_id = :id"), values)
        session.execute(
            sql("UPDATE log_entry SET payload = :payload, packed = NULL, is_sure = NULL WHERE log_id = :id"), values
        )
    after = small.service.log.get(before.log_id)
    assert after.payload == before.payload
    assert question_in(after.text) == "sepsis"
    assert StoredAnswer.read(after) == StoredAnswer.read(before)


def test_a_damaged_row_is_told_as_damage(small: Small) -> None:
    answered = small.say("sepsis")
    with small.database.writing() as session:
        session.execute(
            sql("UPDATE log_text SET packed = :some WHERE packed IS NOT NULL"), {"some": b"\x28\xb5\x2f\xfd"}
        )
    with pytest.raises(StoreError, match="damaged"):
        small.service.log.get(answered.log_id or "")
