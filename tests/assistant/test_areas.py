"""Whoever runs an installation says which counties and municipalities a broker is shown."""

from __future__ import annotations

from tests.assistant.conftest import Command


def test_the_command_says_what_an_account_is_shown(mellomrom: Command) -> None:
    mellomrom("users", "add", "Bodil", "--role", "broker")
    done = mellomrom("users", "area", "Bodil", "Trøndelag", "4601")
    assert "Bodil is shown Bergen, Trøndelag." in done.out
    assert "Bergen, Trøndelag" in mellomrom("users", "list").out
    assert "whole country" in mellomrom("users", "area", "Bodil").out
    wrong = mellomrom("users", "area", "Bodil", "Narnia")
    assert (wrong.code, "expected one county or municipality" in wrong.err) == (1, True)
