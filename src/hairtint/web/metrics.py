"""What the server counts for Prometheus: requests and times, never anything about a picture."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector

from hairtint.web.limits import Workers
from hairtint.web.store import Photos, Sessions

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20)
_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})


class Stages:
    """Times the stages of the work: for all requests together, and for the response header Server-Timing."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.seconds = Histogram(
            "hairtint_stage_seconds", "Time of one stage of the work.", ["stage"], buckets=_BUCKETS, registry=registry
        )
        self.local = threading.local()

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Time a stage."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.note(name, time.perf_counter() - started)

    def note(self, name: str, seconds: float) -> None:
        """Count a stage that was timed elsewhere."""
        self.seconds.labels(name).observe(seconds)
        self.taken().append((name, seconds))

    def forget(self) -> None:
        """Forget all that was timed so far."""
        self.seconds.clear()
        self.taken().clear()

    def taken(self) -> list[tuple[str, float]]:
        """The stages that this thread has timed since the last `timing`."""
        found: list[tuple[str, float]] = self.local.__dict__.setdefault("taken", [])
        return found

    def timing(self) -> str:
        """The stages of one request as the value of Server-Timing; starts anew."""
        text = ", ".join(f"{name};dur={1000 * took:.1f}" for name, took in self.taken())
        self.taken().clear()
        return text


class Metrics:
    """The registry of one application and what it holds."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.requests = Counter(
            "hairtint_requests", "Answered requests.", ["route", "method", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "hairtint_request_seconds", "Time from request to answer.", ["route"], buckets=_BUCKETS,
            registry=self.registry,
        )  # fmt: skip
        self.closed = Counter(
            "hairtint_closed_connections", "Connections that the server closed.", ["reason"], registry=self.registry
        )
        self.stages = Stages(self.registry)

    def watch(self, workers: Workers, photos: Photos, sessions: Sessions) -> None:
        """Report what lies in the server whenever it is asked."""
        for name, about, value in (
            ("hairtint_inside", "Jobs that wait or are worked on.", lambda: workers.inside),
            ("hairtint_waiting", "Jobs that wait for a worker.", lambda: workers.waiting),
            ("hairtint_kept_photos", "Pictures kept for further colours.", lambda: len(photos)),
            ("hairtint_kept_bytes", "Memory of the kept pictures.", lambda: photos.bytes),
            ("hairtint_sessions", "Live videos that are remembered.", lambda: len(sessions)),
        ):
            Gauge(name, about, registry=self.registry).set_function(value)

    def install(self, app: Flask) -> None:
        """Count every request of the application."""

        @app.before_request
        def start() -> None:
            g.started = time.perf_counter()

        @app.after_request
        def count(response: Response) -> Response:
            route = request.url_rule.rule if request.url_rule else "other"
            self.answered(request.method, response.status_code, route)
            if "started" in g:
                self.seconds.labels(route).observe(time.perf_counter() - g.started)
            return response

    def answered(self, method: str, status: int, route: str = "other") -> None:
        """Count an answer."""
        self.requests.labels(route, method if method in _METHODS else "other", status).inc()

    def page(self) -> Response:
        """Everything, in the text format of Prometheus."""
        return Response(generate_latest(self.registry), content_type=CONTENT_TYPE_LATEST)
