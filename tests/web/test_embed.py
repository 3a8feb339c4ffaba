"""The page for other sites: framed by whom the settings name alone, without a cookie, answered where it is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError
from starlette.testclient import TestClient

from assistant.history.log_entries import EntryKind
from assistant.platform.settings import Settings
from assistant.service.container import Runtime

SITE = "https://www.verdal.example"
QUESTION = "hvem kan hjelpe med tidlig oppdagelse av sepsis?"


@pytest.fixture
def settings(filled_home: Path) -> Settings:
    return Settings(home=filled_home, embed_origins=f"{SITE}, https://intranett.example", broker_contact="Kari, 99 00")


def test_only_the_sites_named_may_frame_it_and_no_other_page_may_be_framed(client: TestClient) -> None:
    policy = client.get("/embed").headers["Content-Security-Policy"]
    assert policy.endswith(f"frame-ancestors {SITE} https://intranett.example")
    assert "X-Frame-Options" not in client.get("/embed").headers
    for path in ("/", "/about", "/login"):
        headers = client.get(path).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Frame-Options"] == "DENY"


def test_a_question_is_answered_on_the_page_without_a_cookie_and_in_its_language(
    client: TestClient, runtime: Runtime
) -> None:
    answer = client.post("/embed?lang=nn&kommunenummer=5038", data={"text": QUESTION})
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert "Helse Nord-Trøndelag" in answer.text
    assert 'lang="nn"' in answer.text
    assert "Kari, 99 00" in answer.text
    assert "/act" not in answer.text
    [entry] = runtime.service.log.entries(kind=EntryKind.ANSWER)
    assert (entry.channel, entry.kommunenummer) == ("embed", "5038")


def test_nothing_leads_from_one_question_to_the_next(client: TestClient, runtime: Runtime) -> None:
    for _ in range(2):
        client.post("/embed", data={"text": QUESTION})
    first, second = runtime.service.log.entries(kind=EntryKind.ANSWER)
    assert first.asker != second.asker
    assert first.conversation != second.conversation
    assert client.get(f"/a/{first.log_id}").status_code == 404


def test_what_is_no_question_or_no_municipality_is_told(client: TestClient) -> None:
    assert client.post("/embed", data={"text": " "}).status_code == 200
    assert client.post("/embed?kommunenummer=9999", data={"text": QUESTION}).status_code == 422
    assert "<script>" not in client.post("/embed", data={"text": "<script>alert(1)</script> sepsis"}).text


@pytest.mark.parametrize(
    "origins", ["*", "https://*.kommune.no", "https://kommune.no/side", "kommune.no", "https://a.no; script-src *"]
)
def test_what_is_no_origin_is_refused(tmp_path: Path, origins: str) -> None:
    with pytest.raises(ValidationError, match="expected an origin"):
        Settings(home=tmp_path, embed_origins=origins)


class TestWithoutSites:
    @pytest.fixture
    def settings(self, filled_home: Path) -> Settings:
        return Settings(home=filled_home)

    def test_the_page_is_not_there(self, client: TestClient) -> None:
        assert client.get("/embed").status_code == 404
        assert client.post("/embed", data={"text": QUESTION}).status_code == 404
