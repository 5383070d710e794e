"""What those who run a server see: metrics, logs, traces."""

from __future__ import annotations

import io
import json
import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from rag.config import Settings
from rag.errors import ConfigError
from server.app import create_app
from server.logs import OURS, log_json
from server.tracing import open_tracing
from tests.server.conftest import running

QUESTION = "Osprey Z 的价格"


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What the program logs from here on."""
    kept = {name: (logging.getLogger(name).handlers, logging.getLogger(name).propagate) for name in OURS}
    stream = io.StringIO()
    log_json(stream)
    yield stream
    for name, (handlers, propagate) in kept.items():
        logging.getLogger(name).handlers = handlers
        logging.getLogger(name).propagate = propagate


def _lines(logged: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in logged.getvalue().splitlines()]


def _requests(logged: io.StringIO, count: int, only: str | None = None) -> list[dict[str, Any]]:
    """The lines of `count` requests (of `only` that id): a line is written just after its response has gone."""
    found: list[dict[str, Any]] = []
    give_up = time.monotonic() + 10
    while len(found) < count and time.monotonic() < give_up:
        found = [line for line in _lines(logged) if line["event"] == "request" and only in (None, line["request_id"])]
        time.sleep(0.01)
    return found


def test_a_request_is_one_line_with_its_id_and_without_the_question(logged: io.StringIO, served: str) -> None:
    response = httpx.post(f"{served}/api/ask", json={"question": QUESTION}, headers={"x-request-id": "abc-1"})
    httpx.get(f"{served}/api/facts", params={"q": "Osprey"})

    assert response.headers["x-request-id"] == "abc-1"
    ask, facts = _requests(logged, 2)
    assert {key: ask[key] for key in ("request_id", "method", "route", "status", "address")} == {
        "request_id": "abc-1",
        "method": "POST",
        "route": "/api/ask",
        "status": 200,
        "address": "127.0.0.1",
    }
    assert facts["route"] == "/api/facts"
    assert len(facts["request_id"]) == 32
    assert "Osprey" not in logged.getvalue()


def test_questions_are_logged_when_that_is_allowed(logged: io.StringIO, ingested: Settings) -> None:
    with running(create_app(replace(ingested, log_questions=True))) as address:
        sent = httpx.post(f"{address}/api/ask", json={"question": QUESTION}, timeout=20)

    assert [line["question"] for line in _requests(logged, 1, sent.headers["x-request-id"])] == [QUESTION]


def test_an_id_that_is_no_plain_one_is_replaced(logged: io.StringIO, served: str) -> None:
    for given in ("a b", "x" * 65, '"}', ""):
        response = httpx.get(f"{served}/healthz", headers={"x-request-id": given})
        assert len(response.headers["x-request-id"]) == 32


def test_what_breaks_is_logged_with_the_request_and_a_traceback(logged: io.StringIO, staged: str) -> None:
    response = httpx.post(f"{staged}/api/ask", json={"question": "boom"}, timeout=20)

    own = response.headers["x-request-id"]
    (request,) = _requests(logged, 1, own)
    (broken,) = [line for line in _lines(logged) if "traceback" in line]
    assert response.status_code == request["status"] == 500
    assert "secret innards" in broken["traceback"]
    assert broken["request_id"] == own


def test_metrics_count_requests_by_route_and_answers_by_kind(ingested: Settings) -> None:
    with running(create_app(ingested)) as address, httpx.Client(base_url=address, timeout=20) as client:
        for _ in range(3):
            client.post("/api/ask", json={"question": QUESTION})
        client.post("/api/ask", json={"question": "Osprey Z 的重量"})
        client.get("/nowhere")
        client.get("/api/sources/nothing")
        response = client.get("/metrics")

    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    told = dict(line.rsplit(" ", 1) for line in response.text.splitlines() if not line.startswith("#"))
    assert told['rag_requests_total{method="POST",route="/api/ask",status="200"}'] == "4.0"
    assert told['rag_requests_total{method="GET",route="unmatched",status="404"}'] == "1.0"
    assert told['rag_requests_total{method="GET",route="/api/sources/{path:path}",status="404"}'] == "1.0"
    assert told['rag_request_seconds_count{route="/api/ask"}'] == "4.0"
    assert told['rag_answers_total{kind="lookup",language="zh",remembered="no"}'] == "1.0"
    assert told['rag_answers_total{kind="lookup",language="zh",remembered="yes"}'] == "2.0"
    assert told["rag_answers_abstained_total"] == "1.0"
    assert told["rag_index_generation"] == "1.0"
    assert told["rag_requests_under_way"] == "1.0"
    assert "process_resident_memory_bytes" in told
    assert "Osprey" not in response.text


class Collector(BaseHTTPRequestHandler):
    """Takes spans in as an OTLP collector does."""

    received: list[ExportTraceServiceRequest]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.headers["content-encoding"] == "gzip":
            import gzip

            body = gzip.decompress(body)
        self.received.append(ExportTraceServiceRequest.FromString(body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def collector() -> Iterator[tuple[str, list[ExportTraceServiceRequest]]]:
    """The address of an OTLP collector on loopback, and what it has received."""
    received: list[ExportTraceServiceRequest] = []
    handler = type("Handler", (Collector,), {"received": received})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/v1/traces", received
    server.shutdown()
    thread.join()
    server.server_close()


def test_traces_reach_a_collector_within_the_callers_trace(
    ingested: Settings, collector: tuple[str, list[ExportTraceServiceRequest]]
) -> None:
    address, received = collector
    trace = "0af7651916cd43dd8448eb211c80319c"
    parent = {"traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    with running(create_app(replace(ingested, traces=address))) as served:
        httpx.post(f"{served}/api/ask", json={"question": QUESTION}, headers=parent, timeout=20)

    spans = {
        span.name: span
        for request in received
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    }
    assert sorted(spans) == ["POST /api/ask", "answer"]
    assert {span.trace_id.hex() for span in spans.values()} == {trace}
    assert spans["answer"].parent_span_id == spans["POST /api/ask"].span_id
    told = {attribute.key: attribute.value for attribute in spans["answer"].attributes}
    assert told["rag.kind"].string_value == "lookup"
    assert told["rag.total_ms"].double_value > 0
    assert QUESTION not in str(received)


def test_traces_must_lead_somewhere() -> None:
    assert open_tracing(None) is None
    with pytest.raises(ConfigError, match="traces = 'elsewhere' is neither 'otlp' nor the URL of an OTLP collector"):
        open_tracing("elsewhere")
