"""A setting that cannot be used, or that there is not, is told in a sentence; none is silently left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.platform.settings import Settings, SettingsError, load_settings
from corpus.store import RecordStore
from tests.assistant.conftest import Command

SECRET = "the-secret-itself"


@pytest.mark.parametrize("written", ["3,9", "3, 9", "[3, 9]", "[3,9]", " 3 , 9 "])
def test_lists_of_days_are_taken_as_people_write_them(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv("MELLOMROM_REMINDER_DAYS", written)
    assert load_settings().reminder_days == (3, 9)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("REMINDER_DAYS", "3;9", "expected a whole number"),
        ("REMINDER_DAYS", "0", "expected 1 or more"),
        ("REMINDER_DAYS", "99999", "expected 3650 or less"),
        ("REMINDER_DAYS", ",".join("1" * 30), "expected at most 20"),
        ("RETENTION_DAYS", "99999999999", "expected 36500 or less"),
        ("RETENTION_DAYS", "0", "expected 1 or more"),
        ("RETENTION_DAYS", "et år", "expected a whole number"),
        ("LANGUAGE", "no", "expected one of nb, nn, en"),
        ("DEBUG", "kanskje", "expected true or false"),
        ("WEB_BASE_URL", "http://[", "expected an address"),
        ("RETENTION_DAY", "30", "Did you mean MELLOMROM_RETENTION_DAYS"),
        ("SLACK_BOTTOKEN", SECRET, "Did you mean MELLOMROM_SLACK_BOT_TOKEN"),
        ("WHATEVER", "1", "There is no setting MELLOMROM_WHATEVER"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_name_and_what_was_expected(
    mellomrom: Command, monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    monkeypatch.setenv(f"MELLOMROM_{name}", value)
    result = mellomrom("log", "list")
    assert result.code == 1
    assert f"MELLOMROM_{name}" in result.err
    assert told in result.err
    assert "Traceback" not in result.err
    assert "pydantic" not in result.err
    assert SECRET not in result.err


def test_every_setting_that_there_is_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.setenv(f"MELLOMROM_{name.upper()}", "")
    assert load_settings() is not None


def test_an_error_of_the_settings_names_no_value_of_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MELLOMROM_SLACK_SIGNING_SECRET", SECRET)
    monkeypatch.setenv("MELLOMROM_LANGUAGE", "no")
    with pytest.raises(SettingsError) as raised:
        load_settings()
    assert SECRET not in str(raised.value)


def test_days_to_keep_may_not_be_more_than_there_are(mellomrom: Command) -> None:
    result = mellomrom("privacy", "purge", "--days", "99999999999")
    assert result.code == 2
    assert "Traceback" not in result.err


@pytest.mark.parametrize("name", ["100 %", "%40x", "a#b", "a?b=c", "a;b", "it's", 'a"b', "æøå ß", " a  b "])
def test_the_home_may_have_any_name(tmp_path: Path, name: str) -> None:
    settings = Settings(home=tmp_path / name)
    settings.home.mkdir()
    store = RecordStore.open(settings.store_url)
    assert list(store.records(state=None)) == []
    assert {path.parent for path in tmp_path.rglob("*.sqlite3")} == {settings.home}
    store.database.close()
