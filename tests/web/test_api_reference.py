"""The page of the API tells all that its description tells, to whoever reads it, without JavaScript."""

from __future__ import annotations

from html import unescape

from starlette.testclient import TestClient


def test_every_operation_parameter_model_and_field_of_the_description_is_on_the_page(client: TestClient) -> None:
    described = client.get("/api/v1/openapi.json").json()
    answer = client.get("/api/v1/docs")
    page = unescape(answer.text)
    assert answer.status_code == 200
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            assert f"<code>{method.upper()} {path}</code>" in page
            assert f"curl -X {method.upper()} " in page
            assert [one["name"] for one in operation.get("parameters", ()) if f"<code>{one['name']}<" not in page] == []
    models = {name: one for name, one in described["components"]["schemas"].items() if "ValidationError" not in name}
    for name, model in models.items():
        assert f'id="model-{name}"' in page
        assert [field for field in model.get("properties", ()) if f"<code>{field}</code>" not in page] == []


def test_every_link_of_the_page_leads_somewhere_on_it(client: TestClient) -> None:
    page = client.get("/api/v1/docs").text
    led_to = {one.partition('"')[0] for one in page.split('href="#')[1:]}
    assert led_to
    assert {one for one in led_to if f'id="{one}"' not in page} == set()


def test_what_a_field_may_hold_is_told_with_its_limits(client: TestClient) -> None:
    page = unescape(client.get("/api/v1/docs").text)
    assert "<code>question</code> string, at least 1 characters, at most 40000 characters <em lang=" in page
    assert "<code>per_page</code> <em>query</em> integer, at least 1, at most 200, 50 if not given" in page
    assert '"question": "Hvem kan hjelpe med tidlig oppdagelse av sepsis?"' in page
