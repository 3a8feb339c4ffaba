"""A hash changes when, and only when, what it stands for does."""

from __future__ import annotations

from pathlib import Path
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from corpus.files import Record, parse_records
from corpus.fingerprint import ALGORITHM, canonical_json, content_hash, fingerprint, folder_fingerprint
from tests.corpus.test_files import records
from tests.records import actor


@given(records)
def test_equal_records_have_equal_hashes_however_they_were_read(record: Record) -> None:
    again, problems = parse_records(canonical_json(record))
    assert problems == []
    assert content_hash(again[0]) == content_hash(record)


def test_every_difference_changes_the_hash_and_it_names_its_algorithm() -> None:
    variants = [actor("a", "A"), actor("b", "A"), actor("a", "B"), actor("a", "A", state="draft")]
    hashes = {content_hash(record) for record in variants}
    assert len(hashes) == len(variants)
    assert all(digest.startswith(f"{ALGORITHM}:") for digest in hashes)


@given(st.dictionaries(st.text(), st.text()), st.randoms())
def test_the_order_of_records_does_not_matter(pairs: dict[str, str], random: Random) -> None:
    shuffled = list(pairs.items())
    random.shuffle(shuffled)
    assert fingerprint(shuffled) == fingerprint(pairs.items())


def test_one_record_more_or_less_changes_the_fingerprint() -> None:
    pairs = [("actor:a", "1"), ("actor:b", "2")]
    assert len({fingerprint(pairs), fingerprint(pairs[:1]), fingerprint([])}) == 3


def test_a_folder_is_known_by_the_names_and_bytes_of_its_records(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("x", encoding="utf-8")
    before = folder_fingerprint(tmp_path)
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    assert folder_fingerprint(tmp_path) == before
    (tmp_path / "a.yaml").rename(tmp_path / "b.yaml")
    assert folder_fingerprint(tmp_path) != before
