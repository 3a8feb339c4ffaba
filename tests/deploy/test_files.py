"""The files to deploy with: what their own tools say of them, and what they promise to each other."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import generate_latest

from assistant.channels.web.middleware import Metrics
from assistant.platform.settings import Settings
from tests.slack.processes import ROOT

FOLDER = ROOT / "assistant" / "deploy"
MEANT = {f"MELLOMROM_{name.upper()}" for name in Settings.model_fields}
OF_OTHERS = {"MELLOMROM_HOST", "MELLOMROM_SERVERS"}
"""Names that Compose and Caddy read, and the product does not."""


def read(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((FOLDER / name).read_text(encoding="utf-8")))


def test_compose_holds_to_its_schema_and_runs_two_servers_that_cannot_write_their_root() -> None:
    checked = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([*checked, str(FOLDER / "compose.yaml")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    [compose] = read("compose.yaml")
    servers = [compose["services"][name] for name in ("one", "two")]
    for server in servers:
        assert server["read_only"]
        assert server["cap_drop"] == ["ALL"]
        assert "MELLOMROM_SECRET_KEY" in server["environment"]
    assert servers[0]["volumes"] != servers[1]["volumes"]
    proxy = compose["services"]["proxy"]["networks"]["inside"]["ipv4_address"]
    assert servers[0]["environment"]["MELLOMROM_WEB_TRUSTED_PROXIES"] == proxy


def test_every_setting_that_a_file_names_is_one() -> None:
    for file in FOLDER.iterdir():
        named = set(re.findall(r"\bMELLOMROM_[A-Z_]+\b", file.read_text(encoding="utf-8")))
        assert named <= MEANT | OF_OTHERS, file.name


def test_the_pods_are_nobody_in_particular_and_are_asked_where_the_product_answers() -> None:
    by_kind = {one["kind"]: one for one in read("kubernetes.yaml")}
    pod = by_kind["StatefulSet"]["spec"]["template"]["spec"]
    [container] = pod["containers"]
    assert by_kind["StatefulSet"]["spec"]["replicas"] == 2
    assert pod["securityContext"]["runAsNonRoot"]
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert {container[probe]["httpGet"]["path"] for probe in ("startupProbe", "readinessProbe", "livenessProbe")} == {
        "/readyz",
        "/healthz",
    }
    labels = by_kind["StatefulSet"]["spec"]["template"]["metadata"]["labels"]
    assert by_kind["Service"]["spec"]["selector"] == labels == {"app": "mellomrom"}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="a machine without systemd")
def test_the_unit_is_one_that_systemd_would_start(tmp_path: Path) -> None:
    unit = (FOLDER / "mellomrom.service").read_text(encoding="utf-8")
    here = tmp_path / "mellomrom.service"
    here.write_text(unit.replace("/opt/mellomrom/bin/mellomrom", sys.executable), encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", str(here)], capture_output=True, text=True, check=False)
    assert (done.returncode, "mellomrom.service" in done.stderr) == (0, False), done.stderr


def test_dashboard_and_alerts_ask_for_what_is_counted() -> None:
    metrics = Metrics()
    metrics.requests.labels("GET", "/", 200).inc()
    metrics.seconds.labels("/").observe(0.1)
    metrics.answers.labels("web", "matched").inc()
    counted = set(re.findall(r"^(mellomrom_\w+)", generate_latest(metrics.registry).decode(), re.MULTILINE))
    board = json.loads((FOLDER / "dashboard.json").read_text(encoding="utf-8"))
    [alerts] = read("alerts.yaml")
    asked = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    asked += [rule["expr"] for group in alerts["groups"] for rule in group["rules"]]
    named = {name for expression in asked for name in re.findall(r"\bmellomrom_\w+", expression)}
    assert named
    assert named <= counted
    page = (ROOT / "assistant" / "docs" / "deploying.md").read_text(encoding="utf-8")
    assert all(f"`{rule['alert']}`" in page for group in alerts["groups"] for rule in group["rules"])
