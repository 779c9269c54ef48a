"""Workers on a Ray cluster: actors, each with a network and one core of its own. Hosts share the folders."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

from hairtint import extras
from hairtint.batch.crew import Doer, Worker, WorkerDiedError, answer
from hairtint.batch.jobs import Job
from hairtint.batch.task import Outcome
from hairtint.errors import WorkerError, printable

LOCAL = "127.0.0.1"


class Actors:
    """The crew; each actor calls `make` for a Doer of its own.

    Uses the cluster that RAY_ADDRESS names or that this process is connected to, else one of its own on this machine.
    Raises MissingExtraError where Ray is not installed, WorkerError where the cluster does not answer.
    """

    def __init__(self, make: Callable[[], Doer]) -> None:
        extras.require("ray", "ray")
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is told to anybody
        ray: Any = importlib.import_module("ray")
        self.ray, self.make = ray, make
        if not ray.is_initialized():
            here = {} if "RAY_ADDRESS" in os.environ else {"include_dashboard": False, "_node_ip_address": LOCAL}
            try:
                ray.init(log_to_driver=False, **here)
            except (ConnectionError, RuntimeError, ValueError) as error:
                why = printable(str(error))[:160]
                raise WorkerError(f"no Ray cluster to work on: {why}; check RAY_ADDRESS") from error
        self.kind = ray.remote(num_cpus=1, max_restarts=0)(Remote)

    @property
    def size(self) -> int:
        """How many cores the cluster has."""
        return max(1, int(self.ray.cluster_resources().get("CPU", 1)))

    @property
    def free(self) -> int:
        """How many of them nobody uses now."""
        return int(self.ray.available_resources().get("CPU", 0))

    def hire(self) -> Worker:
        """See Crew."""
        return Actor(self.ray, self.kind.remote(self.make))

    def first_done(self, busy: Collection[Any]) -> Worker:
        """See Crew."""
        by_answer: dict[Any, Worker] = {worker.answer: worker for worker in busy}
        ready, _ = self.ray.wait(list(by_answer), num_returns=1)
        return by_answer[ready[0]]


class Remote:
    """What runs on the cluster."""

    def __init__(self, make: Callable[[], Doer]) -> None:
        self.doer = make()

    def do(self, job: Job) -> Outcome:
        """See hairtint.batch.crew.answer."""
        return answer(self.doer, job)


class Actor:
    """A worker by its handle."""

    def __init__(self, ray: Any, handle: Any) -> None:
        self.ray, self.handle = ray, handle

    def give(self, job: Job) -> None:
        """See Worker."""
        self.job = job
        self.answer = self.handle.do.remote(job.absolute())  # hosts share folders, not the current one

    def take(self) -> Outcome:
        """See Worker."""
        try:
            outcome: Outcome = self.ray.get(self.answer)
        except self.ray.exceptions.RayError as error:
            raise WorkerDiedError(type(error).__name__) from None
        return replace(outcome, job=self.job)

    def dismiss(self) -> None:
        """See Worker."""
        self.ray.kill(self.handle)
