"""Traces of answers: the steps of each, and nobody's words."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from assistant.platform.tracing import trace_by
from assistant.service.messages import PersonalDataError
from tests.assistant.services import open_small

STEPS = {
    "answer": None, "receive": "answer", "interpret": "answer", "understand": "answer", "search": "answer",
    "compose": "answer", "save": "answer",
}  # fmt: skip
"""The steps of an answer, each with the one that it is part of."""


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace_by(provider.get_tracer("test"))
    yield exporter
    trace_by(None)


def parents(found: tuple[ReadableSpan, ...]) -> dict[str, str | None]:
    names = {span.context.span_id: span.name for span in found if span.context}
    return {span.name: names[span.parent.span_id] if span.parent else None for span in found}


def test_an_answer_is_one_trace_of_its_steps_without_anybodys_words(
    spans: InMemorySpanExporter, sqlite_url: str, tmp_path: Path
) -> None:
    small = open_small(sqlite_url, tmp_path)
    small.say("hvem kan oppdage sepsis tidlig?")
    found = spans.get_finished_spans()
    assert parents(found) == STEPS
    assert len({span.context.trace_id for span in found if span.context}) == 1
    [whole] = [dict(span.attributes or {}) for span in found if span.name == "answer"]
    assert whole == {"channel": "web", "kind": "answer", "outcome": "matched"}

    spans.clear()
    with pytest.raises(PersonalDataError):
        small.say("Kari Nordmann, født 01.02.1950, har kreft")
    told = [json.loads(span.to_json()) for span in spans.get_finished_spans()]
    assert {one["name"]: one["attributes"].get("error.type") for one in told} == dict.fromkeys(
        ("receive", "answer"), "PersonalDataError"
    )
    assert "Kari" not in json.dumps(told)


def test_without_a_collector_nothing_of_it_is_imported(sqlite_url: str) -> None:
    code = "import sys, assistant.service.service; print([name for name in sys.modules if 'opentelemetry' in name])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
