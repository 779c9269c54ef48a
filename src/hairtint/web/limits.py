"""How much one client may ask for, and how much is worked on at a time."""

from __future__ import annotations

import ipaddress
import itertools
import random
import re
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import Any, TypeVar

from hairtint.web.problems import Problem

T = TypeVar("T")
MOST_CLIENTS = 10_000
BURST = 1 / 6  # of a minute's requests may come at once
_PORT = re.compile(r"^(?:([\d.]+):\d+|\[(.+)\](?::\d+)?)$")  # behind an address, as some proxies write it


class RateLimit:
    """A token bucket for each client: `rate` requests a minute on average, a sixth of them at once.

    rate: 0 is no limit. clock: seconds that only grow.
    """

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_second, self.most = rate / 60, max(1.0, rate * BURST)
        self.clock = clock
        self.lock = threading.Lock()
        self.buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # client -> tokens, when counted

    def take(self, address: str | None, cost: float = 1.0) -> None:
        """Count a request of the client at an IP address; Problem 429 where there were too many."""
        if not self.per_second or not cost:
            return
        client, now = client_of(address), self.clock()
        with self.lock:
            tokens, counted = self.buckets.pop(client, (self.most, now))
            tokens = min(self.most, tokens + (now - counted) * self.per_second)
            enough = tokens + 1e-9 >= min(cost, self.most)
            self.buckets[client] = (tokens - cost if enough else tokens, now)
            if len(self.buckets) > MOST_CLIENTS:
                self.buckets.popitem(last=False)
        if not enough:
            wait = (min(cost, self.most) - tokens) / self.per_second
            many = f"more than {self.per_second * 60:g} requests a minute"
            raise Problem(429, f"{many} came from your address; wait {wait:.1f} s", retry_after=wait)


def client_of(address: str | None) -> str:
    """What counts as one client: an IPv4 address, or the /64 network of an IPv6 address, which one household has."""
    try:
        parsed = ipaddress.ip_address(_PORT.sub(r"\1\2", address or ""))
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


class Workers:
    """A few threads that do all work on pictures, and a queue that is bounded in number and in time.

    Clients take turns, however many jobs of one wait; whoever has all threads but one lets the others pass.

    slots: jobs at the same time. queue: jobs that may wait. patience: seconds that one waits at most; where the jobs
    before it would take longer, it is refused at once, so that whoever is let in is answered soon.
    """

    def __init__(self, slots: int, queue: int, patience: float) -> None:
        self.slots, self.queue, self.patience = slots, queue, patience
        self.pool = ThreadPoolExecutor(slots, thread_name_prefix="picture")
        self.lock = threading.Lock()
        self.lines: dict[str, dict[Future[Any], Callable[[], Any]]] = {}  # by client, whose turn is next first
        self.running: Counter[str] = Counter()  # jobs that are worked on, by client
        self.inside = 0  # jobs that wait or are worked on
        self.mean = 0.2  # seconds a job takes, over the last few dozen
        self.ending = False  # no more jobs are taken

    @property
    def waiting(self) -> int:
        """Jobs that wait for a thread."""
        return max(0, self.inside - self.slots)

    def wait(self, client: str = "") -> float:
        """Seconds that the next job of a client is likely to wait, by what jobs took lately."""
        own, greedy = len(self.lines.get(client, ())), self._greedy(client)
        overtaken = sum(
            max(0, len(line) - own - (greedy or not self._greedy(other))) for other, line in list(self.lines.items())
        )
        return self.mean * max(0, self.inside - overtaken - self.slots + 1) / self.slots

    def full(self, client: str = "") -> bool:
        """Whether the next job of a client would be refused."""
        return self.ending or self.inside >= self.slots + self.queue or self.wait(client) > self.patience

    def check(self, client: str = "") -> None:
        """Problem 503 where the next job of a client would be refused."""
        if self.full(client):
            raise self._busy()

    def do(self, job: Callable[[], T], client: str = "") -> T:
        """The result of a client's job, done in its turn; Problem 503 where the queue is too long or does not move."""
        future: Future[T] = Future()
        with self.lock:
            self.check(client)
            self.inside += 1
            self.lines.setdefault(client, {})[future] = job
        try:
            self.pool.submit(self._next)
            try:
                return future.result(self.patience)
            except TimeoutError:
                if self._leave(client, future):  # nobody should wait that long
                    raise self._busy() from None
                return future.result()
            except CancelledError:
                raise self._busy() from None
            finally:
                del future  # it holds the error of the job, whose traceback holds this frame and with it the picture
        finally:
            with self.lock:
                self.inside -= 1

    def refuse(self) -> None:
        """Take no more jobs; those that are inside are done."""
        self.ending = True

    def close(self) -> None:
        """Let the jobs that run end, and forget the others."""
        self.refuse()
        with self.lock:
            for future in itertools.chain(*self.lines.values()):
                future.cancel()
            self.lines.clear()
        self.pool.shutdown()

    def _greedy(self, client: str) -> bool:
        """Whether a client has all threads, or all but one."""
        return self.running[client] >= self.slots - 1

    def _next(self) -> None:
        """Do the first job of the client whose turn it is; its next turn comes after all others'."""
        with self.lock:
            if not self.lines:  # whoever waited has left
                return
            client = next(itertools.filterfalse(self._greedy, self.lines), next(iter(self.lines)))
            line = self.lines.pop(client)
            future = next(iter(line))
            job = line.pop(future)
            if line:
                self.lines[client] = line
            self.running[client] += 1
        try:
            future.set_result(self._timed(job))
        except BaseException as error:
            future.set_exception(error)
        finally:
            del future, job  # as above
            with self.lock:
                self.running -= Counter((client,))

    def _leave(self, client: str, future: Future[Any]) -> bool:
        """Take a job out of its line; False where it has begun."""
        with self.lock:
            line = self.lines.get(client, {})
            waited = line.pop(future, None) is not None
            if not line:
                self.lines.pop(client, None)
            return waited

    def _timed(self, job: Callable[[], T]) -> T:
        started = time.perf_counter()
        try:
            return job()
        finally:
            self.mean += 0.05 * (time.perf_counter() - started - self.mean)

    def _busy(self) -> Problem:
        if self.ending:
            return Problem(503, "the server ends; send the picture again in a few seconds", retry_after=5)
        drained = self.mean * self.inside / self.slots
        wait = min(60.0, max(1.0, drained * random.uniform(1, 2)))  # spread, or all would come back at once
        return Problem(503, f"the server is busy; send the picture again in {wait:.0f} s", retry_after=wait)
