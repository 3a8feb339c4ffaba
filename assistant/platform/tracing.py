"""Traces: how long each step of an answer took, for whoever collects them by OpenTelemetry.

Invariant: where no collector is named, nothing of OpenTelemetry is imported and a span costs next to nothing. A trace
holds names of steps, channels and outcomes, never what somebody wrote or who it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from assistant.platform.settings import Settings, SettingsError

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

Params = ParamSpec("Params")
Result = TypeVar("Result")
_tracers: list[Tracer] = []
"""The tracer that spans are sent to: at most one."""


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
    """Send each span from now on to a tracer; None turns tracing off."""
    _tracers[:] = [tracer] if tracer else []


@contextmanager
def traced_step(name: str, **attributes: str) -> Iterator[None]:
    """Record what is done within as a span, a child of the span that it is done in."""
    if not _tracers:
        yield
        return
    # An error is recorded by its type alone: its text may hold what somebody wrote.
    with _tracers[0].start_as_current_span(
        name, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield
        except BaseException as error:
            span.set_attribute("error.type", type(error).__name__)
            raise


def add_attributes(**attributes: str) -> None:
    """Add attributes to the current span."""
    if _tracers:
        from opentelemetry.trace import get_current_span

        get_current_span().set_attributes(attributes)


def traced(name: str) -> Callable[[Callable[Params, Result]], Callable[Params, Result]]:
    """Return a decorator that records each call of a function as a span."""

    def decorate(function: Callable[Params, Result]) -> Callable[Params, Result]:
        @wraps(function)
        def wrapper(*arguments: Params.args, **named: Params.kwargs) -> Result:
            with traced_step(name):
                return function(*arguments, **named)

        return wrapper

    return decorate
