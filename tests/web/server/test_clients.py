"""Clients that go away, that never read their answer, and more of them than there is room for: over real sockets."""

import contextlib
import dataclasses
import socket
import threading
import time
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from hairtint.web import connections, create_app, serving

HEAD = "POST /api/v1/recolor HTTP/1.1\r\nHost: localhost\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n"


@pytest.fixture(scope="module")
def small():
    """An application with one worker."""
    return create_app(rate=0, workers=1, model="light", patience=60)


@pytest.fixture
def noise():
    """A picture whose answer is larger than all buffers between, as a form."""
    pixels = np.random.default_rng(0).integers(0, 255, (1600, 1600, 3), np.uint8)
    Image.fromarray(pixels).save(file := BytesIO(), "PNG")
    return form(file.getvalue(), color="copper", format="png")


@pytest.fixture
def server(small):
    """It behind waitress on a free port, where connections are looked at all the time, and idle ones may stay."""
    listening = serving.listening(small, "127.0.0.1", 0)
    listening.adj.cleanup_interval, listening.adj.channel_timeout = 0.1, 3600
    thread = threading.Thread(target=listening.run, daemon=True)
    thread.start()
    yield listening
    listening.end()
    thread.join()
    listening.task_dispatcher.shutdown()
    listening.close()


def counted(app, name, **labels):
    return app.extensions["hairtint"].metrics.registry.get_sample_value(f"hairtint_{name}_total", labels)


def until(true, what, seconds=60):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"{what} did not happen"
        time.sleep(0.01)


def connected(server, **options):
    link = socket.socket()
    for name, value in options.items():
        link.setsockopt(socket.SOL_SOCKET, getattr(socket, name), value)
    link.settimeout(60)
    link.connect(("127.0.0.1", int(server.effective_port)))
    return link


def asked(server, body, kind="multipart/form-data; boundary=b", **options):
    """A connection over which a request was sent."""
    link = connected(server, **options)
    link.sendall(HEAD.format(kind, len(body)).encode() + body)
    return link


def form(picture, **fields):
    parts = [f'--b\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in fields.items()]
    head = b'--b\r\nContent-Disposition: form-data; name="image"; filename="x"\r\n\r\n'
    return b"".join([*parts, head, picture, b"\r\n--b--\r\n"])


def healthy(server):
    with connected(server) as link:
        link.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
        return link.recv(100).startswith(b"HTTP/1.0 200")


@contextlib.contextmanager
def occupied(workers):
    """The only worker is busy; gives the event that frees it."""
    release = threading.Event()
    thread = threading.Thread(target=workers.do, args=(lambda: release.wait(60),))
    thread.start()
    until(lambda: workers.inside == 1, "the job")
    try:
        yield release
    finally:
        release.set()
        thread.join(60)


def test_a_client_that_goes_away_in_mid_upload_leaves_nothing(server, small, jpeg):
    workers = small.extensions["hairtint"].workers
    body = form(jpeg, color="copper")
    for cut in (0, 10, len(body) // 2, len(body) - 1):
        with connected(server) as link:
            link.sendall(HEAD.format("multipart/form-data; boundary=b", len(body)).encode() + body[:cut])
            until(lambda: server.active_channels, "the connection")
    until(lambda: not server.active_channels, "the end of the connections")
    assert healthy(server)
    assert workers.inside == 0


def test_nobody_works_for_a_client_that_has_gone(server, small, jpeg, monkeypatch):
    services, opened = small.extensions["hairtint"], []
    real = services.studio.open
    monkeypatch.setattr(services.studio, "open", lambda data, *most: opened.append(data) or real(data, *most))
    with occupied(services.workers) as release:
        with asked(server, form(jpeg, color="copper")), asked(server, form(jpeg, color="blue")):
            until(lambda: services.workers.waiting == 2, "two requests that wait")
        until(lambda: not server.active_channels, "the leave")
        with asked(server, form(jpeg, color="blue")) as stays:
            release.set()
            assert b" 200 OK" in stays.recv(100)
    assert len(opened) == 1
    until(lambda: services.workers.inside == 0, "the end")


def stuck(server):
    return any(channel.total_outbufs_len > 1_000_000 for channel in server.active_channels.values())


def test_a_client_that_never_reads_its_answer_holds_nothing_for_long(server, small, noise):
    with asked(server, noise, SO_RCVBUF=4096):
        channels = server.active_channels
        until(lambda: stuck(server), "a stuck answer")
        assert healthy(server)
        server.adj.channel_timeout = 0.1
        until(lambda: not channels, "the end of the connection")
    assert counted(small, "closed_connections", reason="slow")
    assert small.extensions["hairtint"].workers.inside == 0


def test_more_clients_than_there_is_room_for_are_told_at_once(server, small, jpeg, monkeypatch):
    workers = small.extensions["hairtint"].workers
    monkeypatch.setattr(workers, "queue", 2)
    with occupied(workers) as release, contextlib.ExitStack() as stack:
        waiting = [stack.enter_context(asked(server, form(jpeg, color="red"))) for _ in range(2)]
        until(lambda: workers.waiting == 2, "two requests that wait")
        for _ in range(5):
            with asked(server, form(jpeg, color="red")) as refused:
                answer = refused.recv(2000)
                assert answer.startswith(b"HTTP/1.1 503")
                assert b"Retry-After: " in answer
        assert healthy(server)
        release.set()
        assert all(b" 200 OK" in link.recv(100) for link in waiting)


def whole_answer(link):
    """Head and body of a JSON answer, in however many pieces they come."""
    answer = b""
    while not answer.endswith(b"}\n"):
        answer += (part := link.recv(4000))
        assert part, "the connection was closed"
    return answer


@pytest.mark.parametrize(
    ("name", "begin"),
    [("UPLOAD_SECONDS", HEAD.format("image/jpeg", 1_000_000)), ("IDLE_SECONDS", "GET /healthz HTTP/1.1\r\nX: ")],
)
def test_a_request_that_drips_in_byte_by_byte_is_given_up(server, monkeypatch, name, begin):
    monkeypatch.setattr(connections, name, 0.5)
    with connected(server) as link:
        link.sendall(begin.encode())
        until(lambda: server.active_channels, "the connection")

        def drip():
            with contextlib.suppress(OSError):
                link.sendall(b"x")

        until(lambda: drip() or not server.active_channels, "the end of the connection")
    with connected(server) as link:
        link.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert whole_answer(link).startswith(b"HTTP/1.1 200"), "one that has come is never given up"
        time.sleep(1)
        link.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert whole_answer(link).startswith(b"HTTP/1.1 200")


def test_an_answer_that_is_read_bit_by_bit_is_given_up(server, noise, monkeypatch):
    monkeypatch.setattr(connections, "ANSWER_SECONDS", 0.5)
    with asked(server, noise, SO_RCVBUF=4096) as link:
        until(lambda: stuck(server), "a stuck answer")
        until(lambda: not link.recv(100) or not server.active_channels, "the end of the connection")


FILE = b"GET /models/fine.onnx HTTP/1.1\r\nHost: localhost\r\n\r\n"


def test_a_file_that_is_read_bit_by_bit_is_given_up(server, monkeypatch):
    monkeypatch.setattr(connections, "FILE_SECONDS", 0.5)
    with connected(server, SO_RCVBUF=4096) as link:
        link.sendall(FILE)
        until(lambda: stuck(server), "a stuck answer")
        until(lambda: not link.recv(100) or not server.active_channels, "the end of the connection")


def test_files_that_are_asked_for_all_at_once_hold_no_thread(server):
    with connected(server, SO_RCVBUF=4096) as link, link.makefile("rb") as file:
        link.sendall(5 * FILE)
        until(lambda: stuck(server) and server.task_dispatcher.active_count == 0, "a stuck answer without a thread")
        assert sum(len(channel.requests) for channel in server.active_channels.values()) == 4
        for _ in range(2):
            _, length, came = next_answer(file)
            assert came == length > 1_000_000
        server.adj.channel_timeout = 0.1
        until(lambda: not server.active_channels, "the end of the connection")


@pytest.fixture
def scarce(server, monkeypatch):
    """The server, with memory for 1 MB of requests and answers from when it is called."""

    def limit():
        monkeypatch.setattr(serving, "HELD_BYTES", 1_000_000)
        monkeypatch.setattr(server, "settings", dataclasses.replace(server.settings, max_bytes=100_000))

    return limit


def test_of_requests_that_fill_the_memory_the_largest_is_refused(server, small, scarce, jpeg):
    scarce()
    body = form(jpeg + bytes(500_000), color="red")
    with connected(server) as large, connected(server) as other:
        large.sendall(HEAD.format("image/jpeg", 900_000).encode() + bytes(800_000))
        until(lambda: sum(each.held for each in server.active_channels.values()) == 800_000, "the large one")
        other.sendall(HEAD.format("multipart/form-data; boundary=b", len(body)).encode() + body)
        answer = large.recv(2000)
        assert answer.startswith(b"HTTP/1.1 503")
        assert b"Retry-After: 5" in answer
        assert b" 200 OK" in other.recv(2000)
    assert counted(small, "requests", method="POST", route="other", status="503") == 1
    assert healthy(server)


def test_of_answers_that_fill_the_memory_the_largest_is_cut_short(server, small, scarce, noise):
    with asked(server, noise, SO_RCVBUF=4096):
        until(lambda: stuck(server), "a stuck answer")
        scarce()
        until(lambda: not server.active_channels, "the end of the connection")
    assert counted(small, "closed_connections", reason="memory") == 1


def test_files_that_are_read_slowly_take_no_memory(server, scarce):
    scarce()
    with connected(server, SO_RCVBUF=4096) as link:
        link.sendall(FILE)
        until(lambda: stuck(server), "a stuck answer")
        assert all(channel.held < 1000 for channel in server.active_channels.values())
        _, length, came = read_to_its_end(link)
    assert came == length > 1_000_000


def test_one_client_cannot_take_all_connections(server, small, monkeypatch):
    monkeypatch.setattr(serving, "CLIENT_CONNECTIONS", 2)
    with connected(server), connected(server), connected(server) as third:
        with contextlib.suppress(ConnectionResetError):
            assert third.recv(1) == b""
        assert len(server.active_channels) == 2
    assert counted(small, "closed_connections", reason="many") == 1
    monkeypatch.setattr(server, "settings", dataclasses.replace(server.settings, behind_proxy=True))
    with connected(server), connected(server):
        assert healthy(server), "of a proxy all connections are taken"


def refuses_connections(server):
    with contextlib.suppress(ConnectionResetError):  # let in and no more than that
        try:
            connected(server).close()
        except ConnectionRefusedError:
            return True
    return False


def read_to_its_end(link):
    """An answer's status line, its body's length by the head, and its body's length by what came."""
    with link.makefile("rb") as file:
        return next_answer(file)


def next_answer(file):
    status, length = file.readline(), None
    while (line := file.readline()) != b"\r\n":
        assert line, "the head was cut short"
        length = int(line.split()[1]) if line.lower().startswith(b"content-length") else length
    return status, length, len(file.read(length))


def test_told_to_end_it_sends_what_is_being_read(server, noise):
    with asked(server, noise, SO_RCVBUF=4096) as link:
        until(lambda: stuck(server), "a stuck answer")
        server.end()
        until(lambda: refuses_connections(server), "the end of listening")
        status, length, came = read_to_its_end(link)
    assert b" 200 OK" in status
    assert came == length > 1_000_000


def test_told_to_end_it_does_what_was_asked_and_takes_nothing_new(server, small, jpeg, monkeypatch):
    workers = small.extensions["hairtint"].workers
    monkeypatch.setattr(workers, "ending", False)  # again after this test
    with occupied(workers) as release, connected(server) as late, asked(server, form(jpeg, color="red")) as early:
        until(lambda: workers.waiting == 1, "a request that waits")
        workers.refuse()
        server.end()
        until(lambda: refuses_connections(server), "the end of listening")
        body = form(jpeg, color="blue")
        late.sendall(HEAD.format("multipart/form-data; boundary=b", len(body)).encode() + body)
        answer = late.recv(4000)
        assert answer.startswith(b"HTTP/1.1 503")
        assert b"Connection: close" in answer
        release.set()
        status, length, came = read_to_its_end(early)
    assert b" 200 OK" in status
    assert came == length
