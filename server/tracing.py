"""OpenTelemetry traces, for those who configure them: one span a request, and in it one an answer.

`traces` is "otlp" (the OTEL_* environment says where to) or the URL of a collector. Needs the extra `traces`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rag.errors import ConfigError, MissingExtraError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter

    from rag.types import Answer

FROM_ENVIRONMENT = "otlp"


class Tracing:
    """Makes spans of requests and answers; no question is told."""

    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("rag")

    @contextmanager
    def request(self, method: str, headers: Mapping[str, str], request_id: str) -> Iterator[Any]:
        """The span of one request, within the caller's trace where its headers name one."""
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        parent = TraceContextTextMapPropagator().extract(headers)
        attributes = {"http.request.method": method, "rag.request_id": request_id}
        with self._tracer.start_as_current_span(
            method, context=parent, kind=SpanKind.SERVER, attributes=attributes
        ) as span:
            yield span

    @contextmanager
    def answer(self) -> Iterator[Any]:
        """The span of one answer."""
        with self._tracer.start_as_current_span("answer") as span:
            yield span

    def close(self) -> None:
        """Send what has not been sent."""
        self._provider.shutdown()


def tell_request(span: Any, method: str, route: str | None, status: int) -> None:
    """What is known of a request when it has been served. Names: opentelemetry.io/docs/specs/semconv/http."""
    from opentelemetry.trace import StatusCode

    span.set_attribute("http.response.status_code", status)
    if route:
        span.update_name(f"{method} {route}")
        span.set_attribute("http.route", route)
    if status >= 500:
        span.set_status(StatusCode.ERROR)


def tell_answer(span: Any, answer: Answer, *, remembered: bool) -> None:
    """What sort of answer it was and how long its stages took."""
    span.set_attribute("rag.kind", str(answer.kind))
    span.set_attribute("rag.language", answer.language)
    span.set_attribute("rag.abstained", answer.abstained)
    span.set_attribute("rag.remembered", remembered)
    span.set_attribute("rag.generation", answer.index.generation)
    for stage, milliseconds in answer.timings_ms:
        span.set_attribute(f"rag.{stage}_ms", milliseconds)


def open_tracing(traces: str | None, *, exporter: SpanExporter | None = None) -> Tracing | None:
    """Tracing as configured, None where it is not. Raises MissingExtraError and ConfigError."""
    if traces is None:
        return None
    if traces != FROM_ENVIRONMENT and not traces.startswith(("http://", "https://")):
        raise ConfigError(f"traces = {traces!r} is neither {FROM_ENVIRONMENT!r} nor the URL of an OTLP collector")
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise MissingExtraError("traces need the extra 'traces': pip install 'survey-notes-rag[traces]'") from error
    from rag import __version__

    resource = Resource.create({"service.name": "rag", "service.version": __version__})
    provider = TracerProvider(resource=resource)
    chosen = exporter or (OTLPSpanExporter() if traces == FROM_ENVIRONMENT else OTLPSpanExporter(endpoint=traces))
    provider.add_span_processor(BatchSpanProcessor(chosen))
    return Tracing(provider)
