"""The HTTP side of hairtint.live.serve: which paths there are, who may ask, and what they get."""

from __future__ import annotations

import hmac
import io
import ipaddress
import json
import re
import socket
import socketserver
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from hairtint.color import palette
from hairtint.errors import InputError

if TYPE_CHECKING:
    from hairtint.live.serve import Server

PAGES = Path(__file__).parent / "pages"
PATIENCE = 10.0  # seconds for a request to arrive, or for a frame to go out, before the connection is given up
REPEAT = 5.0  # seconds after which a still picture is sent again
MOST_BYTES = 1024  # of a command
MOST_CONNECTIONS = 64
MOST_FROM_ONE = 16  # of these from one address: some tabs of a browser
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self' blob:; script-src 'self'; style-src 'self';"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class RefusalError(Exception):
    """An answer other than 200, with a line for a human."""

    def __init__(self, status: HTTPStatus, text: str, **headers: str) -> None:
        super().__init__(text)
        self.status, self.headers = status, {name.replace("_", "-"): value for name, value in headers.items()}


class Http(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """A thread a connection, and no more connections than MOST_CONNECTIONS, MOST_FROM_ONE of them from one address."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 32

    def __init__(self, owner: Server, host: str, port: int) -> None:
        self.owner = owner
        self.names = {"localhost", socket.gethostname().lower(), f"{socket.gethostname().lower()}.local", host.lower()}
        self.connected: list[str] = []  # the address of each connection
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Start a thread for a connection, or close it at once where there are too many."""
        client = client_address[0]
        if len(self.connected) >= MOST_CONNECTIONS or self.connected.count(client) >= MOST_FROM_ONE:
            self.shutdown_request(request)
            return
        self.connected.append(client)
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve one connection."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.connected.remove(client_address[0])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print nothing for a viewer who went away; anything else is a defect and shows itself."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class Incoming(io.RawIOBase):
    """What a connection receives; TimeoutError once `deadline` is past, however steadily bytes drip in."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.deadline = 0.0  # by time.monotonic()

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int:
        """See io.RawIOBase."""
        patience = self.connection.gettimeout()  # which is for writing, too
        self.connection.settimeout(max(0.001, self.deadline - time.monotonic()))
        try:
            return self.connection.recv_into(buffer)
        finally:
            self.connection.settimeout(patience)


class Handler(BaseHTTPRequestHandler):
    """The requests of one connection, which stays open after an answer that was no refusal."""

    server: Http
    timeout = PATIENCE
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or the end of a frame waits until its head is acknowledged
    server_version, sys_version = "hairtint", ""
    error_content_type = "text/plain; charset=utf-8"
    error_message_format = "%(message)s\n"

    def setup(self) -> None:
        """See socketserver."""
        super().setup()
        self.rfile.close()
        self.incoming = Incoming(self.connection)
        self.rfile = io.BufferedReader(self.incoming)

    def handle_one_request(self) -> None:
        """See http.server; all of the request must have come by the deadline."""
        self.incoming.deadline = time.monotonic() + self.timeout
        super().handle_one_request()

    def answer(self) -> None:
        """Find what is asked for, check who asks, and answer."""
        try:
            self._check_host()
            self._route()()
        except RefusalError as refusal:
            headers = {**refusal.headers, "Connection": "close"}  # there may be a body that nobody has read
            self._send(refusal.status, f"{refusal}\n".encode(), "text/plain; charset=utf-8", **headers)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_TRACE = answer  # noqa: N815

    def _route(self) -> Callable[[], None]:
        routes: dict[str, dict[str, Callable[[], None]]] = {
            "": {"GET": lambda: self._page("index.html", "text/html; charset=utf-8")},
            "page.css": {"GET": lambda: self._page("page.css", "text/css; charset=utf-8")},
            "page.js": {"GET": lambda: self._page("page.js", "text/javascript; charset=utf-8")},
            "icon.svg": {"GET": lambda: self._page("icon.svg", "image/svg+xml")},
            "state": {"GET": self._state},
            "frame.jpg": {"GET": self._frame},
            "snapshot.jpg": {"GET": self._snapshot},
            "commands": {"POST": self._command},
        }
        if self.server.owner.slot.closed:
            raise RefusalError(HTTPStatus.SERVICE_UNAVAILABLE, "the live picture has ended: start it again")
        methods = routes.get(self._name())
        if methods is None:
            raise RefusalError(HTTPStatus.NOT_FOUND, "nothing here: open the address that hairtint printed")
        allowed = {**methods, **({"HEAD": methods["GET"]} if "GET" in methods else {})}
        if self.command not in allowed:
            names = ", ".join(allowed)
            raise RefusalError(HTTPStatus.METHOD_NOT_ALLOWED, f"use {names} here", Allow=names)
        return allowed[self.command]

    def _name(self) -> str:
        """The path below the token; one that is no route where the token is wrong or there is no path."""
        try:
            path = urlsplit(self.path).path.removeprefix("/")
        except ValueError:  # no address at all, as http://[
            return "?"
        if not self.server.owner.token:
            return path
        token, slash, rest = path.partition("/")
        if not hmac.compare_digest(token.encode(), self.server.owner.token.encode()):
            return "?"
        if not slash:
            raise RefusalError(HTTPStatus.PERMANENT_REDIRECT, "the address ends with a slash", Location=f"/{token}/")
        return rest

    def _check_host(self) -> None:
        asked = self.headers.get("Host", "").strip().lower()
        name = asked[1:].partition("]")[0] if asked.startswith("[") else asked.partition(":")[0]
        if name not in self.server.names:
            try:
                ipaddress.ip_address(name)  # an address was looked up in no DNS that a stranger could turn
            except ValueError:
                text = "this server is not called that: open the address that hairtint printed"
                raise RefusalError(HTTPStatus.MISDIRECTED_REQUEST, text) from None

    def _page(self, name: str, kind: str) -> None:
        self._send(HTTPStatus.OK, (PAGES / name).read_bytes(), kind)

    def _state(self) -> None:
        dyes = [asdict(dye) for dye in palette()]
        self._json({**self.server.owner.state, "dyes": dyes})

    def _frame(self) -> None:
        """The first frame whose number is not the one in `?after=`; the same once more where REPEAT brings no other."""
        slot, after = self.server.owner.slot, re.fullmatch(r"after=(\d{1,18})", urlsplit(self.path).query)
        slot.wait(int(after[1]) if after else 0, REPEAT)
        number, picture = slot.jpeg()
        self._picture(picture, **{"Frame-Number": str(number)})

    def _snapshot(self) -> None:
        name = time.strftime("hairtint-%Y%m%d-%H%M%S.jpg")
        picture = self.server.owner.slot.snapshot()
        self._picture(picture, **{"Content-Disposition": f'attachment; filename="{name}"'})

    def _picture(self, jpeg: bytes, **headers: str) -> None:
        if not jpeg:
            raise RefusalError(HTTPStatus.SERVICE_UNAVAILABLE, "no picture yet: try again in a moment", Retry_After="1")
        self._send(HTTPStatus.OK, jpeg, "image/jpeg", **headers)

    def _command(self) -> None:
        if self.headers.get_content_type() != "application/json":
            raise RefusalError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send JSON: Content-Type: application/json")
        if self.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            raise RefusalError(HTTPStatus.FORBIDDEN, "commands come from the page of this server only")
        try:
            self.server.owner.order(json.loads(self._body()))
        except InputError as error:
            raise RefusalError(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)) from error
        except (ValueError, RecursionError) as error:
            raise RefusalError(HTTPStatus.BAD_REQUEST, "that is not JSON") from error
        self._json(self.server.owner.state)

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()) or "Transfer-Encoding" in self.headers:
            raise RefusalError(HTTPStatus.LENGTH_REQUIRED, "say how long the command is: Content-Length")
        if len(length) > 9 or int(length) > MOST_BYTES:
            raise RefusalError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a command has {MOST_BYTES} bytes at most")
        return self.rfile.read(int(length))

    def _json(self, value: Any) -> None:
        self._send(HTTPStatus.OK, json.dumps(value).encode(), "application/json")

    def _send(self, status: HTTPStatus, body: bytes, kind: str, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def end_headers(self) -> None:
        """Close the head of an answer, with the headers that every answer has."""
        for name, value in HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing: the terminal belongs to the camera's own lines."""
