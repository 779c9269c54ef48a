"""One client's connection, as waitress keeps it: errors as problem details, and an end to what takes too long."""

from __future__ import annotations

import socket
import time
from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import ErrorTask, WSGITask
from waitress.utilities import BadRequest, Error

from hairtint.web.headers import cross_origin
from hairtint.web.problems import Problem

UPLOAD_SECONDS = 120  # the largest picture at 2 Mbit a second
ANSWER_SECONDS = 300  # the largest one, a PNG of 75 MB, at the same pace
FILE_SECONDS = 900  # what the page loads, 28 MB, at 0.25 Mbit a second: files take no memory meanwhile
IDLE_SECONDS = 30  # a connection that sends or takes nothing for so long is closed, as is one whose headers take longer
MOST_BESIDE_CHUNKS = 16_384  # bytes, which waitress looks through each time that some come
DRAINED_BYTES = 100_000_000  # of a refused request are thrown away: more than an honest picture has

_CURES = {
    400: "the request is not proper HTTP; send it again",
    413: "the request is too large; send a picture file of at most {megabytes:g} MB",
    431: "the headers of the request are too long; shorten them",
    500: "the server made a mistake; try again later",
    501: "this transfer encoding is not taken; send the body as it is or chunked",
    503: "the server is short of memory; send the picture again in a few seconds",
}


class OverloadError(Error):  # type: ignore[misc]
    """Why a request is refused before all of it has come."""

    code, reason = 503, "Service Unavailable"


class Request(HTTPRequestParser):  # type: ignore[misc]
    """A request that comes in; one that cannot be read is refused."""

    path = command = ""  # what is logged and counted even where none was read

    def __init__(self, adj: Any) -> None:
        super().__init__(adj)
        self.begun = time.time()

    def received(self, data: bytes) -> int:
        """See waitress."""
        try:
            consumed = int(super().received(data))
            if self.chunked and len(self.body_rcv.control_line + self.body_rcv.trailer) > MOST_BESIDE_CHUNKS:
                raise ValueError("the length of a chunk, or what comes after the last one, has no end")
        except ValueError as error:  # also of waitress: a length of thousands of digits, an address such as http://[
            self.error, self.completed = BadRequest(str(error)), True
            consumed = len(data)
        if self.completed:
            self.expect_continue = False  # or waitress would ask for more of it
        return consumed


class Task(WSGITask):  # type: ignore[misc]
    """Answers requests by the application; the connection stays where an answer has neither body nor length."""

    def set_close_on_finish(self) -> None:
        """See waitress."""
        if self.has_body or self.version == "1.0" or self.request.headers.get("CONNECTION", "").lower() == "close":
            super().set_close_on_finish()


class ProblemTask(ErrorTask):  # type: ignore[misc]
    """Answers requests that never reach the application, like every other error, with problem details."""

    def execute(self) -> None:
        """See waitress."""
        settings, error = self.channel.server.settings, self.request.error
        self.channel.server.metrics.answered(self.request.command, error.code)
        cure = _CURES.get(error.code, _CURES[400]).format(megabytes=settings.max_bytes / 1e6)
        response = Problem(error.code, cure, retry_after=5 if error.code == 503 else None).response(
            {
                "X-Content-Type-Options": "nosniff",
                "Cache-Control": "no-store",
                **cross_origin(self.request.headers.get("ORIGIN"), settings.origins),
            }
        )
        self.status = f"{error.code} {error.reason}"
        self.response_headers += list(response.headers)
        self.set_close_on_finish()
        self.channel.refused = True
        self.write(response.get_data())


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection with such requests and answers.

    Clients that send all of a request before they read would lose the answer with a connection that is closed at once:
    after it, what still comes is thrown away, for IDLE_SECONDS and some at most.
    """

    parser_class, task_class, error_task_class = Request, Task, ProblemTask
    close_when_flushed: bool
    request: Any
    requests: list[Any]
    refused = False  # its last answer is a ProblemTask's
    drained: int | None = None  # bytes thrown away, once the answer is out
    answer = 0  # bytes of memory that the last answer took
    answered = 0.0  # when it was begun
    delayed = False  # the next request waits until the last answer has been read

    @property
    def arriving(self) -> int:
        """Bytes of a request that has not come to its end."""
        return 0 if self.request is None else int(self.request.body_bytes_received)

    @property
    def unread(self) -> int:
        """Bytes of an answer that has not been read to its end."""
        return self.answer if self.total_outbufs_len else 0

    @property
    def held(self) -> int:
        """Bytes of memory: requests that come, wait or are worked on, and answers."""
        complete = sum(int(request.body_bytes_received) for request in tuple(self.requests))
        return self.arriving + self.unread + complete

    def service(self) -> None:
        """See waitress; a request that comes before the last answer has been read waits without a thread."""
        with self.outbuf_lock:
            self.delayed = delayed = self.total_outbufs_len > 0
        if delayed:
            return
        if self.server.ending:
            self.requests[0].headers["CONNECTION"] = "close"  # as if the client had asked for it
        super().service()

    def write_soon(self, data: Any) -> int:
        """See waitress; files are sent as they lie on the disk, and take no memory."""
        if not self.total_outbufs_len:
            self.answer, self.answered = 0, time.time()
        self.answer = self.answer + len(data) if isinstance(data, bytes) else 0
        return int(super().write_soon(data))

    def handle_write(self) -> None:
        """See waitress."""
        answered = self.refused and self.close_when_flushed
        if answered:
            self._flush_exception(self._flush_some)
        if not answered or self.will_close:
            super().handle_write()
        elif not self.total_outbufs_len:
            self.refused = self.close_when_flushed = False
            self.drained = 0
            self.socket.shutdown(socket.SHUT_WR)
        if self.delayed and not self.total_outbufs_len:
            self.delayed = False
            self.server.add_task(self)

    def handle_read(self) -> None:
        """See waitress."""
        if self.drained is None:
            super().handle_read()
            return
        self.drained += len(self.recv(self.adj.recv_bytes))  # which closes it where the client has
        if self.drained > DRAINED_BYTES:
            self.handle_close()

    def dawdles(self, now: float) -> bool:
        """Whether a request comes in, or an answer goes out, more slowly than on any honest line."""
        if self.request is not None:
            patience = UPLOAD_SECONDS if self.request.headers_finished else IDLE_SECONDS
            if now - self.request.begun > patience:
                return True
        if not self.total_outbufs_len:
            return False
        stuck = now - max(self.answered, self.last_activity) > self.adj.channel_timeout
        return stuck or now - self.answered > (ANSWER_SECONDS if self.answer else FILE_SECONDS)

    def shed(self) -> None:
        """Free memory: refuse the request that still comes, or cut the answer short, whichever is larger."""
        if self.unread > self.arriving:
            self.server.drop(self, "memory")
        elif self.arriving:
            with self.requests_lock:
                request, self.request = self.request, None
                request.close()
                request.error, request.body_bytes_received = OverloadError("too much at a time"), 0
                self.requests.append(request)
                if len(self.requests) == 1:
                    self.server.add_task(self)
