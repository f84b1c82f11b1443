"""Counters of the service, for Prometheus; of all its processes, where it has several."""

from __future__ import annotations

import os
import re
from pathlib import Path

import psutil
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # where processes leave their figures for each other; read by prometheus_client
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)
_SAMPLES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 1024)
_LIVE = re.compile(r"gauge_live\w+_(\d+)\.db")  # a process that was killed leaves its file


class Metrics:
    """The figures of one process."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self.requests = Counter(
            "playground_requests",
            "Requests, by model, variant, route and status",
            ["model", "variant", "route", "status"],
            registry=registry,
        )
        self.seconds = Histogram(
            "playground_request_seconds",
            "Time from the request to its answer",
            ["model", "variant", "route"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.batches = Histogram(
            "playground_batch_samples",
            "Samples that were answered together",
            ["model", "variant"],
            buckets=_SAMPLES,
            registry=registry,
        )
        self.waiting = Gauge(
            "playground_waiting_requests",
            "Requests that wait",
            ["model", "variant"],
            registry=registry,
            multiprocess_mode="livesum",
        )
        # Looking labels up takes as long as all of the rest.
        self._of_status: dict[tuple[str, str, str, int], Counter] = {}
        self._of_route: dict[tuple[str, str, str], Histogram] = {}

    def count(self, model: str, variant: str, route: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        counter = self._of_status.get((model, variant, route, status))
        if counter is None:
            counter = self.requests.labels(model, variant, route, status)
            self._of_status[model, variant, route, status] = counter
        counter.inc()
        histogram = self._of_route.get((model, variant, route))
        if histogram is None:
            histogram = self._of_route[model, variant, route] = self.seconds.labels(model, variant, route)
        histogram.observe(seconds)

    def text(self) -> bytes:
        """All figures in Prometheus' text format."""
        folder = os.environ.get(FOLDER)
        if folder is None:
            return generate_latest(self._registry)
        for file in Path(folder).iterdir():
            found = _LIVE.fullmatch(file.name)
            if found and not psutil.pid_exists(int(found[1])):
                mark_process_dead(int(found[1]), folder)  # type: ignore[no-untyped-call]
        registry = CollectorRegistry()
        MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
