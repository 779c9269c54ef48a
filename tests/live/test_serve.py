"""The live picture over HTTP: real sockets, a real client. The page in a browser is in test_serve_browser.py."""

import contextlib
import http.client
import json
import re
import socket
import threading
import time

import cv2
import numpy as np
import pytest

from hairtint.errors import InputError, PictureError
from hairtint.live import jpeg_slot, serve_http
from hairtint.live.serve import MOST_COMMANDS, Server

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def server():
    with Server(port=0) as running:
        yield running


def ask(server, method, path, body=None, headers=None):
    """One request; the answer with its body read."""
    link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    with contextlib.closing(link):
        link.request(method, path, body, headers or {})
        answer = link.getresponse()
        answer.text = answer.read()
        return answer


def plain(value, size=(48, 64)):
    return np.full((*size, 3), value, np.uint8)


@contextlib.contextmanager
def watching(server):
    """A viewer: a function that gives the next frame, decoded: uint8 (H, W, 3) RGB."""
    link, seen = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20), "0"

    def next_frame():
        nonlocal seen
        link.request("GET", f"/frame.jpg?after={seen}")
        answer = link.getresponse()
        seen = answer.headers["Frame-Number"]
        return cv2.imdecode(np.frombuffer(answer.read(), np.uint8), cv2.IMREAD_COLOR)[..., ::-1]

    with contextlib.closing(link):
        yield next_frame


def until(true, seconds=20):
    """Wait for something that another thread is about to make true."""
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    assert true()


def test_a_viewer_sees_the_colours_of_every_frame_shown(server):
    with watching(server) as next_frame:
        for color in ((200, 30, 30), (30, 200, 30), (30, 30, 200)):
            server.show(plain(color))
            np.testing.assert_allclose(next_frame().mean((0, 1)), color, atol=4)


def test_a_late_or_slow_viewer_gets_the_newest_frame_only(server):
    with watching(server) as next_frame:
        for last in (100, 150):
            for value in range(last - 50, last + 1):
                server.show(plain(value))
            assert next_frame().mean() == pytest.approx(last, abs=2)


def test_a_viewer_waits_for_the_next_frame_and_gets_a_still_picture_again(server, monkeypatch):
    monkeypatch.setattr(serve_http, "REPEAT", 0.05)
    server.show(plain(9))
    with watching(server) as next_frame:
        assert next_frame().mean() == next_frame().mean() == pytest.approx(9, abs=2)
    monkeypatch.setattr(serve_http, "REPEAT", 20)
    with watching(server) as next_frame:
        next_frame()
        later = threading.Timer(0.05, server.show, [plain(200)])
        later.start()
        assert next_frame().mean() == pytest.approx(200, abs=2)


def test_of_a_server_that_came_back_the_first_frame_counts(server):
    server.show(plain(9))
    assert ask(server, "GET", "/frame.jpg?after=5000").headers["Frame-Number"] == "1"


def test_nothing_is_encoded_while_nobody_watches_and_once_for_all_who_do(server, monkeypatch):
    encoded = []
    real = jpeg_slot.encode
    monkeypatch.setattr(jpeg_slot, "encode", lambda rgb, quality: encoded.append(quality) or real(rgb, quality))
    for value in range(20):
        server.show(plain(value))
    assert not encoded
    with watching(server) as one, watching(server) as other:
        assert one().mean() == other().mean()
        assert len(encoded) == 1


def test_a_viewer_that_never_reads_holds_up_nobody_and_is_given_up(server, monkeypatch):
    monkeypatch.setattr(serve_http.Handler, "timeout", 0.3)
    connected = server._http.connected
    with socket.socket() as link:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        link.connect(("127.0.0.1", server.port))
        link.sendall(b"GET /frame.jpg HTTP/1.1\r\nHost: localhost\r\n\r\n")
        until(lambda: connected)
        server.show(np.random.default_rng(0).integers(0, 255, (2160, 3840, 3), np.uint8))  # fits no socket's buffer
        until(lambda: not connected)
    assert ask(server, "GET", "/").status == 200


@pytest.mark.parametrize(
    "head",
    ["GET / HTTP/1.1\r\nHost: ", "POST /commands HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n"
     "Content-Type: application/json\r\n\r\n"],
)  # fmt: skip
def test_a_request_that_drips_in_byte_by_byte_is_given_up(server, monkeypatch, head):
    monkeypatch.setattr(serve_http.Handler, "timeout", 0.3)
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as link:
        link.sendall(head.encode())
        until(lambda: server._http.connected)

        def drip():
            with contextlib.suppress(OSError):
                link.sendall(b"1")

        until(lambda: drip() or not server._http.connected)


def test_one_address_cannot_take_all_places(server, monkeypatch):
    monkeypatch.setattr(serve_http, "MOST_FROM_ONE", 2)
    with contextlib.ExitStack() as stack:
        links = [
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=20)) for _ in range(3)
        ]
        assert links[2].recv(1) == b""
        assert len(server._http.connected) == 2
    until(lambda: not server._http.connected)
    assert ask(server, "GET", "/").status == 200


def test_leaving_ends_the_waiting_refuses_open_connections_and_frees_the_port(monkeypatch):
    monkeypatch.setattr(serve_http, "REPEAT", 60)
    with Server(port=0) as server:
        server.show(plain(9))
        idle, waiting = (http.client.HTTPConnection("127.0.0.1", server.port, timeout=20) for _ in range(2))
        with contextlib.closing(idle), contextlib.closing(waiting):
            for link in (idle, waiting):
                link.request("GET", "/state")
                assert link.getresponse().read()
            waiting.request("GET", "/frame.jpg?after=1")
            server.__exit__(None, None, None)
            assert waiting.getresponse().status in (200, 503), "it is answered, before the time is up"
            idle.request("GET", "/state")
            answer = idle.getresponse()
            assert (answer.status, answer.headers["Connection"]) == (503, "close")
    with Server(port=server.port):
        pass


def test_the_page_and_its_parts(server):
    page = ask(server, "GET", "/?whatever")
    assert page.status == 200
    assert b'src="page.js"' in page.text
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(rb"https?://|<script>|<style>|style=|onclick", page.text)
    assert ask(server, "GET", "/page.js").headers["Content-Type"].startswith("text/javascript")
    assert ask(server, "GET", "/page.css").headers["Content-Type"].startswith("text/css")
    head = ask(server, "HEAD", "/")
    assert (head.text, head.headers["Content-Length"]) == (b"", str(len(page.text)))


def test_a_snapshot_is_the_newest_frame(server):
    refused = ask(server, "GET", "/snapshot.jpg")
    assert (refused.status, refused.headers["Retry-After"]) == (503, "1")
    server.show(plain((10, 120, 240)))
    answer = ask(server, "GET", "/snapshot.jpg")
    assert 'filename="hairtint-' in answer.headers["Content-Disposition"]
    picture = cv2.imdecode(np.frombuffer(answer.text, np.uint8), cv2.IMREAD_COLOR)
    np.testing.assert_allclose(picture.mean((0, 1))[::-1], (10, 120, 240), atol=3)


def test_choices_come_out_in_order_and_once(server):
    for choice in ({"color": "auburn"}, {"strength": 0.5}, {"mask": True}, {"color": "#ABC", "strength": 1}):
        assert ask(server, "POST", "/commands", json.dumps(choice), JSON).status == 200
    assert server.commands() == [
        {"color": "#8e3b2f"}, {"strength": 0.5}, {"mask": True}, {"color": "#aabbcc"}, {"strength": 1.0},
    ]  # fmt: skip
    assert server.commands() == []
    state = json.loads(ask(server, "GET", "/state").text)
    assert (state["color"], state["strength"], state["mask"]) == ("#aabbcc", 1.0, True)
    assert {"name": "auburn", "hex": "#8e3b2f", "family": "classic"} in state["dyes"]


def test_of_very_many_choices_the_last_ones_count(server):
    for step in range(MOST_COMMANDS + 50):
        server.order({"strength": step / 1000})
    kept = server.commands()
    assert len(kept) == MOST_COMMANDS
    assert kept[-1] == {"strength": (MOST_COMMANDS + 49) / 1000}


@pytest.mark.parametrize(
    ("status", "method", "path", "body", "headers"),
    [
        (404, "GET", "/nothing", None, {}),
        (404, "GET", "/../serve.py", None, {}),
        (404, "GET", "http://[", None, {"Host": "localhost"}),
        (405, "POST", "/", b"{}", JSON),
        (405, "DELETE", "/frame.jpg", None, {}),
        (405, "GET", "/commands", None, {}),
        (405, "OPTIONS", "/commands", None, {"Origin": "http://elsewhere.example"}),
        (501, "BREW", "/", None, {}),
        (415, "POST", "/commands", b'{"mask": true}', {"Content-Type": "text/plain"}),
        (415, "POST", "/commands", b"mask=true", {}),
        (403, "POST", "/commands", b'{"mask": true}', {**JSON, "Sec-Fetch-Site": "cross-site"}),
        (413, "POST", "/commands", b" " * 200_000, JSON),
        (413, "POST", "/commands", b" " * 2000, {**JSON, "Content-Length": "0000000002000"}),
        (400, "POST", "/commands", b"mask", JSON),
        (400, "POST", "/commands", b"\xff\xfe", JSON),
        (400, "POST", "/commands", b"[" * 1000, JSON),
        (422, "POST", "/commands", b"[]", JSON),
        (422, "POST", "/commands", b"{}", JSON),
        (422, "POST", "/commands", b'{"color": "hairy"}', JSON),
        (422, "POST", "/commands", b'{"color": 5}', JSON),
        (422, "POST", "/commands", b'{"strength": 1.5}', JSON),
        (422, "POST", "/commands", b'{"strength": NaN}', JSON),
        (422, "POST", "/commands", b'{"strength": true}', JSON),
        (422, "POST", "/commands", b'{"mask": 1}', JSON),
        (422, "POST", "/commands", b'{"mask": true, "quit": true}', JSON),
        (421, "GET", "/", None, {"Host": "evil.example"}),
        (421, "GET", "/frame.jpg", None, {"Host": "evil.example:8000"}),
        (421, "GET", "/", None, {"Host": ""}),
        (200, "GET", "/", None, {"Host": "192.168.1.7:8000"}),
        (200, "GET", "/", None, {"Host": "[::1]:8000"}),
        (200, "GET", "/", None, {"Host": "LOCALHOST:1"}),
    ],
)
def test_wrong_requests_are_refused_with_a_line_and_change_nothing(server, status, method, path, body, headers):
    answer = ask(server, method, path, body, headers)
    assert answer.status == status
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    if status != 200:
        assert answer.headers["Content-Type"].startswith("text/plain")
        assert answer.text.count(b"\n") == 1
        assert ("Allow" in answer.headers) == (status == 405)
    assert server.commands() == []


@pytest.mark.parametrize(
    "head", [b"Content-Length: -5", b"Content-Length: 5, 5", b"Transfer-Encoding: chunked", b"X: y"]
)
def test_a_body_of_unknown_length_is_refused(server, head):
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as link:
        link.sendall(
            b"POST /commands HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + head + b"\r\n\r\n"
        )
        assert b" 411 " in link.recv(4096)


def test_garbage_does_not_stop_the_server(server):
    for garbage in (b"\x00\x01\x02\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET " + b"a" * 70_000, b""):
        with socket.create_connection(("127.0.0.1", server.port), timeout=20) as link:
            link.sendall(garbage)
            link.shutdown(socket.SHUT_WR)
            with contextlib.suppress(ConnectionError):
                while link.recv(4096):
                    pass
    assert ask(server, "GET", "/").status == 200


def test_beyond_loopback_only_the_token_opens():
    with Server("127.0.0.1", 0, token="a-secret-token") as server:
        assert server.url == f"http://127.0.0.1:{server.port}/a-secret-token/"
        for path in ("/", "/state", "/frame.jpg", "/another-token/", "/a-secret-toke/", "/a-secret-token/nothing"):
            assert ask(server, "GET", path).status == 404
        assert ask(server, "POST", "/commands", b'{"mask": true}', JSON).status == 404
        assert ask(server, "GET", "/a-secret-token").headers["Location"] == "/a-secret-token/"
        assert ask(server, "GET", "/a-secret-token/").status == 200
        assert ask(server, "POST", "/a-secret-token/commands", b'{"mask": true}', JSON).status == 200
        assert server.commands() == [{"mask": True}]


def test_who_needs_a_token():
    tokens = {Server(host).token for host in ("0.0.0.0", "0.0.0.0", "192.168.1.7", "::", "raspberrypi.local")}
    assert len(tokens) == 5
    assert min(map(len, tokens)) >= 16
    assert {Server(host).token for host in ("127.0.0.1", "localhost", "::1", "127.8.8.8")} == {""}
    assert "0.0.0.0" not in Server("0.0.0.0").url
    with pytest.raises(InputError, match="8 to 64"):
        Server(token="../x")


def test_a_taken_port_and_a_strange_address_are_refused_with_a_cure(server):
    for host, port in (("127.0.0.1", server.port), ("127.0.0.1", 70_000), ("no.such.host.invalid", 0)):
        with pytest.raises(InputError, match="choose another"), Server(host, port):
            pass


def test_what_is_no_frame_is_refused(server):
    with pytest.raises(PictureError):
        server.show(np.zeros((4, 4), np.uint8))
