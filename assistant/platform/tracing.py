"""Traces: how long each step of an answer took, for whoever collects them by OpenTelemetry.

Invariant: where no collector is named nothing of OpenTelemetry is imported here, and a step costs next to nothing. A
trace tells steps, channels and outcomes, never what somebody wrote or who it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from assistant.platform.settings import Settings, SettingsError

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

Taken = ParamSpec("Taken")
Given = TypeVar("Given")
_tracers: list[Tracer] = []
"""Who is told of steps: at most one."""


def set_up_tracing(settings: Settings) -> None:
    """Have steps sent to the collector that is named, in batches and beside the work.

    Raises:
        SettingsError: one is named, and the packages for it are not installed.
    """
    if settings.traces_url is None:
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise SettingsError(
            "MELLOMROM_TRACES_URL needs packages that are not installed. Run: pip install 'mellomrom[tracing]'"
        ) from error
    provider = TracerProvider(resource=Resource.create({"service.name": "mellomrom"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=settings.traces_url)))
    trace_by(provider.get_tracer("mellomrom"))


def trace_by(tracer: Tracer | None) -> None:
    """Have a tracer told of each step from now on, or nobody."""
    _tracers[:] = [tracer] if tracer else []


@contextmanager
def step(name: str, **about: str) -> Iterator[None]:
    """Tell of what is done within as a step, within the step that it is part of."""
    if not _tracers:
        yield
        return
    # What went wrong is told by its kind alone: its text may hold what somebody wrote.
    with _tracers[0].start_as_current_span(
        name, attributes=about, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield
        except BaseException as error:
            span.set_attribute("error.type", type(error).__name__)
            raise


def tell(**about: str) -> None:
    """Tell more of the step under way."""
    if _tracers:
        from opentelemetry.trace import get_current_span

        get_current_span().set_attributes(about)


def traced(name: str) -> Callable[[Callable[Taken, Given]], Callable[Taken, Given]]:
    """Have a function told of as a step."""

    def decorated(function: Callable[Taken, Given]) -> Callable[Taken, Given]:
        @wraps(function)
        def told(*arguments: Taken.args, **named: Taken.kwargs) -> Given:
            with step(name):
                return function(*arguments, **named)

        return told

    return decorated
