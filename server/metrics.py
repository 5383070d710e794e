"""What Prometheus can ask of a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag.types import Answer

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
"""Upper bounds: from an answer that was remembered to a language model that takes its time."""
UNMATCHED = "unmatched"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """Counts of one application. Labels have few values: routes as they are declared, never paths as they come."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        made: dict[str, Any] = {"registry": self._registry, "namespace": "rag"}
        self._requests = Counter("requests", "Requests served.", ["method", "route", "status"], **made)
        self._seconds = Histogram(
            "request_seconds", "From a request to the end of its response.", ["route"], buckets=SECONDS, **made
        )
        self._under_way = Gauge("requests_under_way", "Requests being served.", **made)
        self._answers = Counter("answers", "Answers given.", ["kind", "language", "remembered"], **made)
        self._silent = Counter("answers_abstained", "Answers that say that the notes do not say.", **made)
        self._feedback = Counter("feedback", "Ratings received.", ["rating"], **made)
        self._generation = Gauge("index_generation", "The generation that answers come from.", **made)

    def begin(self) -> None:
        """A request has come."""
        self._under_way.inc()

    def end(self, method: str, route: str | None, status: int, seconds: float) -> None:
        """A request has been served."""
        name = route or UNMATCHED
        self._under_way.dec()
        self._requests.labels(method if method in METHODS else "other", name, str(status)).inc()
        self._seconds.labels(name).observe(seconds)

    def answered(self, answer: Answer, *, remembered: bool) -> None:
        """An answer was given."""
        self._answers.labels(str(answer.kind), answer.language, "yes" if remembered else "no").inc()
        if answer.abstained:
            self._silent.inc()
        self._generation.set(answer.index.generation)

    def rated(self, rating: str) -> None:
        """Feedback has come."""
        self._feedback.labels(rating).inc()

    def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        from prometheus_client import generate_latest

        return generate_latest(self._registry)
