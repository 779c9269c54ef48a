"""Jobs shared out among workers that may die: each job goes to one, and once more to another if the first one died."""

from __future__ import annotations

import multiprocessing
import signal
import traceback
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from itertools import chain
from multiprocessing.connection import Connection, wait
from typing import Any, Protocol

import cv2

from hairtint.batch.jobs import Job
from hairtint.batch.task import Outcome
from hairtint.errors import DiskError, HairtintError, ModelError, WorkerError

FATAL = (ModelError, DiskError)  # what no other photo of the batch would escape
TRIES = 2
PATIENCE = 30.0  # seconds that a worker may need for the photo it is at when the batch is stopped


class WorkerDiedError(Exception):
    """The worker is no more, and its job is not done; the message says what is known of it."""


class Doer(Protocol):
    """Does jobs where it is, as batch.Dyer does."""

    def do(self, job: Job) -> Outcome:
        """Do a job; raises HairtintError where it cannot be done."""


class Worker(Protocol):
    """Does one job at a time."""

    def give(self, job: Job) -> None:
        """Let it begin; it may be dead already."""

    def take(self) -> Outcome:
        """What became of the job, as `answer`. Raises WorkerDiedError."""

    def dismiss(self) -> None:
        """It gets no more jobs."""


class Crew(Protocol):
    """Where workers come from."""

    def hire(self) -> Worker:
        """A new worker."""

    def first_done(self, busy: Collection[Any]) -> Worker:
        """Wait for one of the busy workers to be done or dead."""


def share(jobs: Iterable[Job], crew: Crew, size: int, *, resume: bool) -> Iterator[Outcome]:
    """Have the jobs done by at most `size` workers, as the outcomes come in; no job is looked at before its time.

    resume: jobs that are done already are passed over. A worker that dies is replaced and its job tried once more. One
    that cannot begin for want of a core does so when the others have no more to do.
    Raises one of FATAL: the network cannot be had, or the disk is full or read-only.
    """
    again: deque[tuple[Job, int]] = deque()
    fresh = iter(jobs)
    idle: list[Worker] = []
    busy: dict[Worker, tuple[Job, int]] = {}
    try:
        while True:
            while len(busy) < size and (turn := again.popleft() if again else _next(fresh)):
                if resume and turn[0].done:
                    yield Outcome(turn[0], passed=True)
                    continue
                worker = idle.pop() if idle else crew.hire()
                busy[worker] = turn
                worker.give(turn[0])
            while idle and len(busy) < size:  # no job is left for them, and one that is busy may wait for their core
                idle.pop().dismiss()
            if not busy:
                return
            worker = crew.first_done(busy.keys())
            job, tries = busy.pop(worker)
            idle.append(worker)
            try:
                outcome = worker.take()
            except WorkerDiedError as died:
                idle.pop().dismiss()
                if tries < TRIES:
                    again.append((job, tries + 1))
                    continue
                why = f"{job.source}: {TRIES} processes died at it ({died}); leave it out, or scale it down"
                outcome = Outcome(job, error=WorkerError(why))
            if isinstance(outcome.error, FATAL):
                raise outcome.error
            yield outcome
    finally:
        for worker in chain(idle, busy):
            worker.dismiss()


def _next(fresh: Iterator[Job]) -> tuple[Job, int] | None:
    job = next(fresh, None)
    return None if job is None else (job, 1)


class Alone:
    """This very process as the only worker: the network may use all cores, and nothing has to be started."""

    def __init__(self, doer: Doer) -> None:
        self.doer = doer

    def hire(self) -> Worker:
        """Itself."""
        return self

    def first_done(self, busy: Collection[Any]) -> Worker:
        """Itself."""
        return self

    def give(self, job: Job) -> None:
        """See Worker."""
        self.job = job

    def take(self) -> Outcome:
        """See Worker."""
        return answer(self.doer, self.job)

    def dismiss(self) -> None:
        """See Worker."""


class Processes:
    """Workers that are processes of this machine; each calls `make`, which can be pickled, for a Doer of its own."""

    def __init__(self, make: Callable[[], Doer]) -> None:
        self.make = make

    def hire(self) -> Worker:
        """See Crew."""
        return Process(self.make)

    def first_done(self, busy: Collection[Any]) -> Worker:
        """See Crew."""
        by_pipe: dict[Any, Worker] = {worker.pipe: worker for worker in busy}
        return by_pipe[wait(list(by_pipe))[0]]


class Process:
    """A worker that is a process of this machine."""

    def __init__(self, make: Callable[[], Doer]) -> None:
        context = multiprocessing.get_context("spawn")  # a forked one would inherit threads that are not there
        self.pipe, end = context.Pipe()
        self.process = context.Process(target=_serve, args=(end, make), daemon=True)
        self.process.start()
        end.close()  # so that the pipe ends when the process does

    def give(self, job: Job) -> None:
        """See Worker."""
        with suppress(OSError):  # dead: take() says so
            self.pipe.send(job)

    def take(self) -> Outcome:
        """See Worker."""
        try:
            outcome: Outcome = self.pipe.recv()
        except (EOFError, OSError):
            self.process.join()
            code = self.process.exitcode or 0
            raise WorkerDiedError(f"signal {-code}" if code < 0 else f"exit status {code}") from None
        return outcome

    def dismiss(self) -> None:
        """See Worker; it ends its photo first."""
        self.pipe.close()
        self.process.join(PATIENCE)


def _serve(pipe: Connection, make: Callable[[], Doer]) -> None:
    """The work of such a process: until the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that shares out the work
    cv2.setNumThreads(1)
    doer = make()
    with suppress(EOFError, OSError):
        while True:
            pipe.send(answer(doer, pipe.recv()))


def answer(doer: Doer, job: Job) -> Outcome:
    """The outcome of a job even where it fails in a way that nobody thought of, as the next photo may not."""
    try:
        return doer.do(job)
    except HairtintError as error:
        return Outcome(job, error=error)
    except Exception as error:
        traceback.print_exc()
        return Outcome(job, error=HairtintError(f"{job.source}: {type(error).__name__}: {error}"))
