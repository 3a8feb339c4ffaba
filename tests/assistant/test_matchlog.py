"""The log is only ever added to, can be checked, asked again and taken out, and forgets words in time."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from assistant.history.answered_needs import AnsweredNeeds
from assistant.history.log_entries import EntryKind, LogError, UnknownEntryError
from assistant.platform.exports import ExportFormat, safe_cell, write_rows
from assistant.service.messages import ActionType
from assistant.service.privacy import purge
from tests.assistant.conftest import Command
from tests.assistant.services import HOSPITAL, OLA, Small


@pytest.fixture
def talked(small: Small) -> Small:
    reply = small.say("hvem kan hjelpe med sepsis?")
    small.do(reply, ActionType.HELPFUL)
    small.clock.forward(days=1)
    small.say("hvem leser med barn?", OLA, conversation="c2")
    return small


def test_entries_come_in_the_order_they_happened_page_by_page(talked: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.history.matchlog._AT_ONCE", 2)
    log = talked.service.log
    kinds = [EntryKind.QUESTION, EntryKind.ANSWER, EntryKind.ACT, EntryKind.QUESTION, EntryKind.ANSWER]
    assert [entry.kind for entry in log.entries()] == kinds
    assert [entry.kind for entry in log.entries(newest_first=True)] == kinds[::-1]
    assert [entry.kind for entry in log.entries(newest_first=True, limit=3)] == kinds[:1:-1]
    assert len(list(log.entries(since=talked.clock.now - timedelta(hours=1)))) == 2
    assert len(list(log.entries(until=talked.clock.now - timedelta(hours=1)))) == 3
    assert log.verify() == 5


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE log_entry SET outcome = 'matched' WHERE kind = 'act'",
        "UPDATE log_entry SET asker = 'somebody' WHERE id = 1",
        "UPDATE log_entry SET payload = '{}' WHERE kind = 'answer'",
        "DELETE FROM log_entry WHERE kind = 'act'",
        "DELETE FROM log_entry WHERE id = 1",
    ],
)
def test_an_entry_that_was_changed_or_taken_out_is_noticed(talked: Small, harm: str) -> None:
    with talked.database.writing() as session:
        session.execute(sql(harm))
    with pytest.raises(LogError, match="not as it was written"):
        talked.service.log.verify()


def test_words_are_forgotten_in_time_and_the_log_stays_whole(talked: Small) -> None:
    before = talked.clock.now - timedelta(hours=1)
    assert purge(talked.database, talked.service.log, before) == 2
    old, new = (entry for entry in talked.service.log.entries(kind=EntryKind.QUESTION))
    assert (old.text, new.text) == (None, "hvem leser med barn?")
    assert talked.service.log.verify() == 5
    assert "sepsis" not in json.dumps([entry.payload for entry in talked.service.log.entries()])


def test_what_was_suggested_is_read_whatever_the_order_and_spacing_of_what_is_kept(talked: Small) -> None:
    log = talked.service.log
    entry = next(iter(log.entries(kind=EntryKind.ANSWER)))
    turned = dict(reversed(list(entry.payload.items())))
    turned["suggestions"] = [dict(reversed(list(one.items()))) for one in entry.payload["suggestions"]]
    with talked.database.writing() as session:
        session.execute(
            sql("UPDATE log_entry SET payload = :payload, packed = NULL WHERE log_id = :log_id"),
            {"payload": json.dumps(turned, separators=(",", ":")), "log_id": entry.log_id},
        )
    reader = AnsweredNeeds(talked.database)
    told = [one["id"] for one in entry.payload["suggestions"]]
    assert reader.suggested_by([entry.log_id]) == {entry.log_id: tuple(told)}
    assert HOSPITAL.id in told


def test_an_unknown_entry_is_told_as_such(talked: Small) -> None:
    with pytest.raises(UnknownEntryError, match="log list"):
        talked.service.log.get("nothing")


@pytest.mark.parametrize(
    ("cell", "guarded"),
    [
        ("=1+1", "'=1+1"),
        ("+47", "'+47"),
        ("-2", "'-2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t'=1"),
        ("\r=1", "'\r'=1"),
        ("  =1+1", "  '=1+1"),
    ],
)
def test_no_cell_is_a_formula(cell: str, guarded: str) -> None:
    out = io.StringIO()
    write_rows(out, [{"question": cell}], ["question"], ExportFormat.CSV)
    (_, [written]) = list(csv.reader(io.StringIO(out.getvalue(), newline=""), delimiter=";"))
    assert written == guarded
    assert safe_cell("Hva er 1+1?") == "Hva er 1+1?"
    assert safe_cell(-2) == -2


def test_a_question_on_the_command_line_is_logged_and_can_be_asked_again(filled_home: Path, mellomrom: Command) -> None:
    assert mellomrom("ask", "hvem kan hjelpe med sepsis?").code == 0
    listed = mellomrom("log", "list").out.splitlines()
    assert len(listed) == 2
    answer = listed[0].split()[0]
    same = mellomrom("log", "replay", answer)
    assert (same.code, same.out.splitlines()[-1]) == (0, "Today's answer is the same.")
    question = listed[1].split()[0]
    assert mellomrom("log", "replay", question).code == 0
    assert mellomrom("corpus", "retire", "actor:helse-nord-trondelag").code == 0
    changed = mellomrom("log", "replay", answer)
    assert changed.code == 3
    assert "actor:helse-nord-trondelag (strong" in changed.out
    assert "not suggested today" in changed.out
    assert "(changed since)" in changed.out
    assert mellomrom("log", "verify").out.startswith("The log is whole: 2 entries")


def test_the_log_goes_out_as_json_lines_and_csv_and_words_only_when_asked_for(
    filled_home: Path, mellomrom: Command, tmp_path: Path
) -> None:
    mellomrom("ask", "hvem kan hjelpe med sepsis?")
    lines = [json.loads(line) for line in mellomrom("log", "export").out.splitlines()]
    assert [line["kind"] for line in lines] == ["question", "answer"]
    assert "text" not in lines[0]
    out = tmp_path / "log.csv"
    assert mellomrom("log", "export", "--format", "csv", "--with-text", "--out", str(out)).code == 0
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert rows[0]["text"] == "hvem kan hjelpe med sepsis?"
    assert json.loads(rows[1]["payload"])["suggestions"]


@pytest.mark.parametrize("out", ["/proc/nowhere/log.csv", "{tmp}/missing/log.csv", "{tmp}"])
def test_a_file_that_cannot_be_written_is_told_plainly(
    filled_home: Path, mellomrom: Command, tmp_path: Path, out: str
) -> None:
    result = mellomrom("log", "export", "--out", out.format(tmp=tmp_path))
    assert result.code == 1
    assert "cannot be written" in result.err


@pytest.mark.parametrize(
    "arguments",
    [("log", "show", "nothing"), ("log", "replay", "nothing"), ("log", "list", "--since", "i fjor"),
     ("followup", "show", "x"),
     ("followup", "move", "x", "sent"), ("followup", "move", "x", "flown"), ("followup", "due", "--today", "never"),
     ("followup", "letter", "x"), ("followup", "note", "x", "hei"), ("privacy", "erase", "--channel", "fax")],
)  # fmt: skip
def test_what_cannot_be_done_says_so(filled_home: Path, mellomrom: Command, arguments: tuple[str, ...]) -> None:
    result = mellomrom(*arguments)
    assert result.code != 0
    assert result.err
    assert "Something went wrong" not in result.err


def test_a_suggestion_that_was_acted_on_is_in_the_log_by_id(small: Small) -> None:
    reply = small.say("hvem kan hjelpe med sepsis?")
    receipt = small.do(reply, ActionType.INTRODUCE, record_id=HOSPITAL.id)
    assert receipt.case is not None
    (act,) = small.service.log.entries(kind=EntryKind.ACT)
    assert (act.about, act.record_id, act.outcome) == (reply.log_id, HOSPITAL.id, "introduce")
    assert act.payload == {"case": receipt.case.id}
