from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import IndexFileError
from index.storage.persistence import (
    CURRENT,
    FORMAT,
    LEXICAL,
    MANIFEST,
    PASSAGES,
    Generation,
    Manifest,
    mark_files,
    publish,
    read_current,
    stage,
    stage_copy,
    writing,
)


def write_generation(home: Path, content: str, number_format: int = FORMAT) -> Generation:
    with writing(home):
        staged = stage(home)
        (staged / PASSAGES).write_text(content, encoding="utf-8")
        (staged / LEXICAL / "segment").write_text(content, encoding="utf-8")
        manifest = Manifest(
            format=number_format,
            store_id="a store",
            revision=1,
            fingerprint="f",
            encoder="e",
            encoder_fingerprint="ef",
            made_by={},
            dim=4,
            dense={},
            records=0,
            passages=0,
            files=mark_files(staged),
        )
        return publish(home, staged, manifest)


def test_what_was_published_is_what_is_read(tmp_path: Path) -> None:
    written = write_generation(tmp_path, "one")
    assert read_current(tmp_path) == written
    assert (written.folder / PASSAGES).read_text(encoding="utf-8") == "one"


def test_the_newest_generation_is_the_current_one_and_old_ones_are_cleared_away(tmp_path: Path) -> None:
    for content in ("one", "two", "three", "four"):
        write_generation(tmp_path, content)
    assert (read_current(tmp_path).folder / PASSAGES).read_text(encoding="utf-8") == "four"
    assert len(list(tmp_path.glob("gen-*"))) == 2


def test_a_home_without_an_index_is_said_to_have_none(tmp_path: Path) -> None:
    with pytest.raises(IndexFileError, match="no readable index"):
        read_current(tmp_path)


@pytest.mark.parametrize("name", [PASSAGES, f"{LEXICAL}/segment"])
@pytest.mark.parametrize("damage", ["changed", "shortened", "removed"])
def test_a_damaged_file_is_noticed(tmp_path: Path, name: str, damage: str) -> None:
    path = write_generation(tmp_path, "content").folder / name
    match damage:
        case "changed":
            path.write_text("cOntent", encoding="utf-8")
        case "shortened":
            path.write_text("cont", encoding="utf-8")
        case _:
            path.unlink()
    with pytest.raises(IndexFileError, match="missing or damaged"):
        read_current(tmp_path)


@pytest.mark.parametrize("name", [CURRENT, MANIFEST])
@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"../../etc"])
def test_a_broken_pointer_or_manifest_is_noticed(tmp_path: Path, name: str, content: bytes) -> None:
    folder = write_generation(tmp_path, "content").folder
    (tmp_path / name if name == CURRENT else folder / name).write_bytes(content)
    with pytest.raises(IndexFileError):
        read_current(tmp_path)


def test_another_format_is_not_read(tmp_path: Path) -> None:
    write_generation(tmp_path, "content", number_format=FORMAT + 1)
    with pytest.raises(IndexFileError, match=f"expected {FORMAT}"):
        read_current(tmp_path)


def test_what_a_stopped_writer_left_behind_is_never_current_and_is_cleared_away(tmp_path: Path) -> None:
    written = write_generation(tmp_path, "whole")
    with writing(tmp_path):
        half = stage(tmp_path)
        (half / PASSAGES).write_text("half", encoding="utf-8")
    assert read_current(tmp_path) == written
    write_generation(tmp_path, "next")
    assert list(tmp_path.glob("new-*")) == []


def test_changing_a_copy_leaves_the_current_generation_as_it_was(tmp_path: Path) -> None:
    written = write_generation(tmp_path, "content")
    with writing(tmp_path):
        staged = stage_copy(tmp_path, written)
        (staged / PASSAGES).write_text("changed", encoding="utf-8")
        (staged / LEXICAL / "another").write_text("more", encoding="utf-8")
    assert read_current(tmp_path) == written


def test_a_file_where_the_folder_should_be_is_told_plainly(tmp_path: Path) -> None:
    in_the_way = tmp_path / "index"
    in_the_way.write_text("", encoding="utf-8")
    with pytest.raises(IndexFileError, match="cannot be written"), writing(in_the_way):
        pass
