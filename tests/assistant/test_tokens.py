"""Tokens of the API on the command line."""

from __future__ import annotations

from pathlib import Path

from tests.assistant.conftest import Command


def test_tokens_are_made_listed_and_taken_back_on_the_command_line(filled_home: Path, mellomrom: Command) -> None:
    made = mellomrom("tokens", "add", "kommunens nettsted", "--scope", "ask", "--days", "30")
    assert made.out.startswith("mlm_")
    listed = mellomrom("tokens", "list").out
    assert "kommunens nettsted" in listed
    assert made.out.strip() not in listed
    assert mellomrom("tokens", "revoke", listed.split()[0]).code == 0
    assert "revoked" in mellomrom("tokens", "list").out
    for wrong in (("add", "x", "--scope", "everything"), ("add", " ", "--scope", "ask"), ("revoke", "nothing")):
        refused = mellomrom("tokens", *wrong)
        assert refused.code != 0
        assert "Something went wrong" not in refused.err
