"""Whatever the API's schema allows, and much that it does not, is answered without a failure of ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from schemathesis import GenerationMode

from assistant.access.tokens import Tokens, TokenScope
from assistant.platform.settings import Settings
from assistant.service.container import Runtime

OPERATIONS = 15


@pytest.fixture
def settings(filled_home: Path) -> Settings:
    """The name by which schemathesis calls what it is given."""
    return Settings(home=filled_home, web_base_url="http://testserver")


@pytest.mark.slow
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_no_call_ends_in_a_failure_of_ours(app: FastAPI, runtime: Runtime, mode: GenerationMode) -> None:
    app.state.web.limits.add("api", "1000000/minute")
    secret, _ = Tokens(runtime.database).add("fuzzing", list(TokenScope), 1, by="test")
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    operations = [result.ok() for result in schema.get_all_operations()]  # type: ignore[union-attr]
    assert len(operations) == OPERATIONS
    seen: set[int] = set()
    for operation in operations:

        @trying(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
        @given(case=operation.as_strategy(generation_mode=mode))
        def is_answered(case: Any) -> None:
            answer = case.call(headers={"Authorization": f"Bearer {secret}"})
            seen.add(answer.status_code)
            assert answer.status_code < 500, answer.text

        is_answered()
    assert (200 if mode is GenerationMode.POSITIVE else 422) in seen
