"""The application behind waitress: requests in memory, as much of it as there may be, and an end that is clean."""

from __future__ import annotations

import errno
import logging
import os
import signal
import socket
import sys
import threading
import time
import webbrowser
from collections.abc import Callable
from types import FrameType
from typing import Any

from flask import Flask
from waitress.server import TcpWSGIServer

from hairtint import signals
from hairtint.errors import InputError, reason
from hairtint.web.connections import IDLE_SECONDS, Channel
from hairtint.web.limits import client_of
from hairtint.web.operations import Services
from hairtint.web.settings import Settings

SPARE_THREADS = 16  # beside those that may wait for a worker: the page and its files are always served
CONNECTIONS = 256
CLIENT_CONNECTIONS = 32  # of one client; behind a proxy all are the proxy's
HELD_BYTES = 256_000_000  # of all requests and answers, or two of the largest requests
LAST_SECONDS = 20  # for the answers that are due when the server is told to end


class Server(TcpWSGIServer):  # type: ignore[misc]
    """waitress's server, which lets go of clients that take too much, and ends when the others have their answers."""

    channel_class = Channel
    active_channels: dict[int, Channel]
    ending = False

    def __init__(self, app: Flask, listener: socket.socket) -> None:
        services: Services = app.extensions["hairtint"]
        self.settings, self.metrics = services.settings, services.metrics
        about = (listener.family, listener.type, listener.proto, listener.getsockname())
        super().__init__(app, _sock=listener, sockinfo=about, bind_socket=False, **_options(self.settings))

    def accept(self) -> Any:
        """See waitress; the next connection of a client that has many is closed at once."""
        accepted = super().accept()
        if accepted and not self.settings.behind_proxy:
            client = client_of(accepted[1][0])
            held = sum(client_of(channel.addr[0]) == client for channel in self.active_channels.values())
            if held >= CLIENT_CONNECTIONS:
                self.metrics.closed.labels("many").inc()
                accepted[0].close()
                return None
        return accepted

    def run(self) -> None:
        """Serve until `end` is called; then, for LAST_SECONDS at most, those that wait for an answer or read one."""
        while not self.ending:
            self._turn()
        self.asyncore.dispatcher.close(self)  # nobody else comes in
        last = time.monotonic() + LAST_SECONDS
        while self._answering() and time.monotonic() < last:
            self._turn()
        for channel in list(self.active_channels.values()):
            channel.handle_close()

    def end(self) -> None:
        """Make `run` come to its end; for signal handlers and other threads."""
        self.ending = True
        self.pull_trigger()

    def _turn(self) -> None:
        self.asyncore.loop(self.adj.asyncore_loop_timeout, self.adj.asyncore_use_poll, self._map, count=1)
        channels = list(self.active_channels.values())
        if sum(channel.held for channel in channels) > max(HELD_BYTES, 2 * self.settings.request_bytes):
            max(channels, key=lambda channel: max(channel.arriving, channel.unread)).shed()

    def _answering(self) -> bool:
        return any(channel.requests or channel.total_outbufs_len for channel in self.active_channels.values())

    def maintenance(self, now: float) -> None:
        """Close idle connections; waitress itself waits until it can write to them, which may be never."""
        super().maintenance(now)
        for channel in list(self.active_channels.values()):
            if channel.dawdles(now):
                self.drop(channel, "slow")
            elif channel.will_close and not channel.requests:
                self.drop(channel, "idle")

    def drop(self, channel: Channel, why: str) -> None:
        """Close a connection at once."""
        self.metrics.closed.labels(why).inc()
        channel.handle_close()


def serve(app: Flask, host: str, port: int, ready: Callable[[int], None] = lambda _: None) -> None:
    """Serve until told to end (SIGINT, SIGTERM, SIGHUP); what was asked before is answered.

    port: 0 takes a free one. ready: is called with the port once the server listens.
    Raises InputError where it cannot listen there, or have its threads.
    """
    services: Services = app.extensions["hairtint"]
    server = listening(app, host, port)

    def end(_number: int, _frame: FrameType | None) -> None:
        for each in signals.heard():
            signal.signal(each, signal.SIG_DFL)  # a second one ends the process at once
        services.workers.refuse()
        server.end()

    with signals.handled(end):
        try:
            ready(int(server.effective_port))
            server.run()
        finally:
            services.workers.close()
            server.task_dispatcher.shutdown()  # before what its threads write to
            server.close()


def listening(app: Flask, host: str, port: int) -> Server:
    """waitress's server of the application, which listens; its `run` serves. Raises InputError as `serve`."""
    listener = _listen(host, port)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # requests that wait are no news here
    try:
        return Server(app, listener)
    except RuntimeError:
        listener.close()
        raise InputError("the system grants too few threads; give smaller --queue and --workers") from None


def open_browser(address: str) -> None:
    """Show the page in the user's browser, where there is a desktop to show it on."""
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return  # a browser in the terminal would hide the server
    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()


def _options(settings: Settings) -> dict[str, Any]:
    """What waitress is told: threads for all who may wait, and buffers that never spill to disk or hold a thread."""
    most = settings.request_bytes + 1_000_000  # the application says better than waitress what is too large
    return {
        # of a video, one more frame may wait
        "threads": max(2 * (settings.slots + settings.queue), CLIENT_CONNECTIONS) + SPARE_THREADS,
        "channel_request_lookahead": 1,  # without it nobody notices that a client has gone while its request waits
        "connection_limit": max(CONNECTIONS, settings.queue + 2 * SPARE_THREADS),
        "channel_timeout": IDLE_SECONDS,
        "cleanup_interval": 10,
        "max_request_body_size": most,
        "max_request_header_size": 16_384,
        "inbuf_overflow": 2 * most,
        "outbuf_overflow": 1_000_000_000,
        "outbuf_high_watermark": sys.maxsize,
        "clear_untrusted_proxy_headers": not settings.behind_proxy,
        "asyncore_use_poll": True,
        "ident": "hairtint",
    }


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError, OverflowError) as error:
        raise InputError(f"cannot listen on {host}:{port} ({error}); check --host and --port") from None
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(where)
        listener.listen(1024)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise InputError(f"port {port} is taken; choose another: --port {(port + 1) % 65536}") from None
        raise InputError(f"cannot listen on {host}:{port} ({reason(error)}); check --host and --port") from None
    return listener
