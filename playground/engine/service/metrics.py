"""What the service did, for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)
_SAMPLES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 1024)


class Metrics:
    """The figures of one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "playground_requests",
            "Requests, by model, route and status",
            ["model", "route", "status"],
            registry=self._registry,
        )
        self.seconds = Histogram(
            "playground_request_seconds",
            "Time from the request to its answer",
            ["model", "route"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.batches = Histogram(
            "playground_batch_samples",
            "Samples that were answered together",
            ["model"],
            buckets=_SAMPLES,
            registry=self._registry,
        )
        self._of_status: dict[tuple[str, str, int], Counter] = {}  # looking labels up takes as long as all of the rest
        self._of_route: dict[tuple[str, str], Histogram] = {}
        self.waiting = Gauge("playground_waiting_requests", "Requests that wait", ["model"], registry=self._registry)

    def count(self, model: str, route: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        counter = self._of_status.get((model, route, status))
        if counter is None:
            counter = self._of_status[model, route, status] = self.requests.labels(model, route, status)
        counter.inc()
        histogram = self._of_route.get((model, route))
        if histogram is None:
            histogram = self._of_route[model, route] = self.seconds.labels(model, route)
        histogram.observe(seconds)

    def text(self) -> bytes:
        """All figures in Prometheus' text format."""
        return generate_latest(self._registry)
