"""The pages that tell about the installation say what is so there."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from assistant.platform.settings import Settings


@pytest.fixture
def told() -> dict[str, object]:
    return {}


@pytest.fixture
def settings(filled_home: Path, told: dict[str, object]) -> Settings:
    return Settings.model_validate({"home": filled_home} | told)


def test_what_is_not_told_is_not_made_up(client: TestClient) -> None:
    assert "har ikke oppgitt hvem de er" in client.get("/privacy").text
    assert "har ikke oppgitt noen erklæring på uustatus.no" in client.get("/accessibility").text
    assert "Ingenting sendes til andre tjenester." in client.get("/privacy").text
    assert "mailto:" not in client.get("/about").text


@pytest.mark.parametrize(
    "told",
    [
        {
            "operator_name": "<b>Trøndelag</b>",
            "operator_email": "post@example.no",
            "accessibility_statement_url": "https://uustatus.no/nb/erklaringer/publisert/x",
            "broker_contact": "Kari Megler, 99 99 99 99",
            "retention_days": 30,
            "slack_broker_channel": "C1",
        }
    ],
)
def test_what_is_set_is_told(client: TestClient) -> None:
    privacy = client.get("/privacy").text
    assert "&lt;b&gt;Trøndelag&lt;/b&gt; driver denne løsningen" in privacy
    assert '<a class="ds-link" href="mailto:post@example.no">post@example.no</a>' in privacy
    assert "slettes etter 30 dager" in privacy
    assert "vises også for meglerne i Slack" in privacy
    assert "uustatus.no/nb/erklaringer" in client.get("/accessibility").text
    assert "Kari Megler, 99 99 99 99" in client.get("/about").text


@pytest.mark.parametrize(("lang", "said"), [("nb", "lagres"), ("nn", "blir lagra"), ("en", "is kept")])
def test_each_is_there_in_each_language(client: TestClient, lang: str, said: str) -> None:
    assert said in client.get(f"/privacy?lang={lang}").text
