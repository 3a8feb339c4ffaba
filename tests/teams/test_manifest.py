"""The app package is one that Teams takes, by the schema that Microsoft publishes; `teams check` tells what lacks."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from typer.testing import CliRunner

from assistant.channels.teams.manifest import localised, manifest, package
from assistant.channels.teams.payloads import is_home
from assistant.cli import app
from corpus.text import Language
from tests.ports import free_port
from tests.teams.fake_teams import APP, SECRET, TENANT, FakeTeams

FIXTURES = Path(__file__).parent / "fixtures"


def faults(made: Any, part: str = "") -> list[str]:
    schema = json.loads((FIXTURES / f"MicrosoftTeams{part}.schema.json").read_text(encoding="utf-8"))
    return [f"{error.json_path}: {error.message}" for error in Draft7Validator(schema).iter_errors(made)]


def test_the_manifest_and_its_texts_are_as_microsoft_publishes() -> None:
    made = manifest(APP, "https://mellomrom.example.no/", "Innherred interkommunale kompetansesamarbeid")
    assert faults(made) == []
    assert faults({**made, "bots": [{"botId": "x"}]}) != []
    for language in Language:
        assert faults(localised(language), ".Localization") == []


def test_the_package_holds_what_the_manifest_names_and_is_the_same_every_day() -> None:
    made = manifest(APP, "https://mellomrom.example.no")
    zipped = package(made)
    assert zipped == package(made)
    with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
        assert json.loads(archive.read("manifest.json")) == made
        named = [one["file"] for one in made["localizationInfo"]["additionalLanguages"]]
        assert {*named, *made["icons"].values(), "manifest.json"} == set(archive.namelist())
        sizes = {name: struct.unpack(">II", archive.read(name)[16:24]) for name in made["icons"].values()}
    assert sizes == {"color.png": (192, 192), "outline.png": (32, 32)}


@pytest.mark.parametrize("language", Language)
def test_what_the_manifest_suggests_to_write_is_understood(language: Language) -> None:
    assert is_home(localised(language)["bots[0].commandLists[0].commands[1].title"])


def test_the_command_writes_the_package_and_says_what_it_lacks(tmp_path: Path) -> None:
    file = tmp_path / "app.zip"
    runner = CliRunner(env={"MELLOMROM_TEAMS_APP_ID": APP})
    lacking = runner.invoke(app, ["teams", "manifest", str(file)])
    assert (lacking.exit_code, "--url https://" in lacking.output, file.exists()) == (2, True, False)
    done = runner.invoke(app, ["teams", "manifest", str(file), "--url", "https://mellomrom.example.no"])
    assert done.exit_code == 0, done.output
    assert zipfile.is_zipfile(file)


def test_check_names_every_setting_that_is_missing_and_asks_microsoft_for_the_rest() -> None:
    lacking = CliRunner(env={"MELLOMROM_TEAMS_APP_ID": "no id"}).invoke(app, ["teams", "check"])
    assert lacking.exit_code == 1
    for name in ("TEAMS_APP_ID='no id'", "TEAMS_APP_SECRET", "TEAMS_TENANTS", "WEB_BASE_URL"):
        assert f"MELLOMROM_{name}" in lacking.output
    teams = FakeTeams(free_port())
    environment = {
        "MELLOMROM_TEAMS_APP_ID": APP,
        "MELLOMROM_TEAMS_APP_SECRET": SECRET,
        "MELLOMROM_TEAMS_TENANTS": TENANT,
        "MELLOMROM_TEAMS_LOGIN_URL": teams.url,
        "MELLOMROM_TEAMS_OPENID_URL": f"{teams.url}/v1/.well-known/openidconfiguration",
        "MELLOMROM_WEB_BASE_URL": "https://mellomrom.example.no",
    }
    done = CliRunner(env=environment).invoke(app, ["teams", "check"])
    assert done.exit_code == 0, done.output
    assert "https://mellomrom.example.no/teams/messages" in done.output
    refused = CliRunner(env={**environment, "MELLOMROM_TEAMS_APP_SECRET": "wrong"}).invoke(app, ["teams", "check"])
    teams.close()
    assert refused.exit_code == 1
    assert "invalid_client" in refused.output
    assert "wrong" not in refused.output
