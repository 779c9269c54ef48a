"""`hairtint web` as a process: it says where it listens, answers over real sockets, and ends when told to."""

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hairtint.cli import run

BOUNDARY = "b0undary"
PATIENCE = 120  # seconds: a busy machine is no defect


def start(*arguments):
    """The process and its port, once it listens."""
    call = [sys.executable, "-m", "hairtint", "web", "--port", "0", "--no-open", "--model", "light", *arguments]
    process = subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    line = process.stdout.readline()
    found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
    if not found:
        process.kill()
        raise AssertionError(line + process.stderr.read())
    return process, int(found[1])


def end(process, how=signal.SIGTERM):
    process.send_signal(how)
    _, errors = process.communicate(timeout=PATIENCE)
    return process.returncode, errors


@pytest.fixture(scope="module")
def server():
    process, port = start(
        "--rate", "0", "--workers", "2", "--queue", "64", "--patience", "600", "--max-bytes", "3000000",
        "--allow-origin", "https://example.org",
    )  # fmt: skip
    yield process, port
    if process.poll() is None:
        end(process)


def ask(port, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer, content


def post(port, path, data, **fields):
    """A form as browsers and curl send it."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="image"; filename="x.jpg"\r\n\r\n'
    body = b"".join([*parts, head.encode(), data, f"\r\n--{BOUNDARY}--\r\n".encode()])
    return ask(port, "POST", path, body, {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})


def test_page_photo_and_frame(server, jpeg):
    _, port = server
    answer, page = ask(port, "GET", "/")
    assert answer.status == 200
    assert b"data-config" in page
    assert answer.headers["Cross-Origin-Embedder-Policy"] == "require-corp"
    answer, dyed = post(port, "/api/v1/recolor", jpeg, color="copper")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert dyed[:3] == b"\xff\xd8\xff"
    answer, dyed = ask(port, "POST", "/api/v1/frame?color=violet", jpeg, {"Content-Type": "image/jpeg"})
    assert answer.status == 200
    answer, _ = ask(port, "GET", "/static/app/main.js")
    assert answer.headers["Content-Type"].startswith("text/javascript")


def test_many_at_once_are_all_answered(server, jpeg):
    _, port = server
    with ThreadPoolExecutor(24) as pool:
        answers = list(pool.map(lambda _: post(port, "/api/v1/recolor", jpeg, color="blue"), range(48)))
    assert {answer.status for answer, _ in answers} == {200}
    assert len({content for _, content in answers}) == 1, "each got its own picture back, and they are all the same"


def test_what_never_reaches_the_application_is_a_problem_too(server):
    _, port = server
    large = {"Content-Length": "9000000000", "Origin": "https://example.org"}
    answer, body = ask(port, "POST", "/predict", None, large)
    assert (answer.status, answer.headers["Content-Type"]) == (413, "application/problem+json")
    assert answer.headers["Access-Control-Allow-Origin"] == "https://example.org"
    assert "at most 3 MB" in json.loads(body)["detail"]
    answer, body = ask(port, "GET", "/", None, {"X-Long": "x" * 60_000})
    assert answer.status == 431
    assert json.loads(body)["status"] == 431
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as raw:
        raw.sendall(b"NONSENSE\r\n\r\n")
        assert raw.recv(12).startswith(b"HTTP/1.")


def test_a_request_that_is_far_too_large_is_answered(server):
    """Clients that first send all of it get to read why it was not taken."""
    _, port = server
    answer, body = ask(port, "POST", "/api/v1/frame", bytes(30_000_000), {"Content-Type": "image/jpeg"})
    assert answer.status == 413
    assert "at most 3 MB" in json.loads(body)["detail"]


def test_no_picture_is_written_to_disk(server, jpeg):
    """A large upload stays in memory: while it is half sent, the process has no temporary file open."""
    process, port = server
    folder = Path(f"/proc/{process.pid}/fd")
    if not folder.is_dir():
        pytest.skip("needs /proc")
    body = jpeg + b"\x00" * 2_500_000
    head = f"POST /api/v1/frame?color=red HTTP/1.1\r\nContent-Type: image/jpeg\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as raw:
        raw.sendall(head.encode() + body[:2_000_000])
        ask(port, "GET", "/healthz")  # by then the server has read what came before
        opened = [os.readlink(path) for path in folder.iterdir() if path.is_symlink()]  # noqa: PTH115 (dangling)
        raw.sendall(body[2_000_000:])
        assert b" 200 " in raw.recv(100)
    assert not [name for name in opened if "tmp" in name or "(deleted)" in name]


def test_what_has_not_changed_is_said_over_the_same_connection(server):
    connection = http.client.HTTPConnection("127.0.0.1", server[1], timeout=PATIENCE)
    with contextlib.closing(connection):
        connection.request("GET", "/static/app/main.js")
        answer = connection.getresponse()
        assert answer.read()
        same, link = {"If-None-Match": answer.headers["ETag"]}, connection.sock
        connection.request("GET", "/static/app/main.js", headers=same)
        answer = connection.getresponse()
        assert (answer.status, answer.read(), connection.sock) == (304, b"", link)
        connection.request("GET", "/static/app/main.js", headers={**same, "Connection": "close"})
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Connection"]) == (304, "close")


@pytest.mark.parametrize(
    "request_",
    [
        b"POST /predict HTTP/1.1\r\nContent-Length: " + b"1" * 5000 + b"\r\n\r\n",
        b"GET http://[ HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"POST /predict HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1" * 20_000,
        b"POST /predict HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + b"x: y\r\n" * 4_000,
    ],
)
def test_what_is_no_request_is_answered(server, request_):
    with socket.create_connection(("127.0.0.1", server[1]), PATIENCE) as raw:
        raw.sendall(request_)
        assert raw.recv(100).split()[1] == b"400"


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /healthz HTTP/1.1\r\n", b"200"),
        (b"POST /predict HTTP/1.1\r\nContent-Length: 0\r\n", b"415"),
        (b"POST /predict HTTP/1.1\r\nContent-Length: x\r\n", b"400"),
        (b"POST /predict HTTP/1.1\r\nContent-Length: " + b"1" * 5000 + b"\r\n", b"400"),
        (b"POST /predict HTTP/1.1\r\nContent-Length: 9000000000\r\n", b"413"),
    ],
)
def test_nobody_is_told_to_go_on_where_nothing_more_is_wanted(server, request_, status):
    with socket.create_connection(("127.0.0.1", server[1]), PATIENCE) as raw:
        raw.sendall(request_ + b"Expect: 100-continue\r\n\r\n")
        assert raw.recv(100).split()[1] == status


def test_a_body_that_is_wanted_is_asked_for(server, jpeg):
    with socket.create_connection(("127.0.0.1", server[1]), PATIENCE) as raw:
        head = "POST /api/v1/frame?output=mask HTTP/1.1\r\nContent-Type: image/jpeg\r\nContent-Length: {}\r\n"
        raw.sendall(head.format(len(jpeg)).encode() + b"Expect: 100-continue\r\n\r\n")
        assert raw.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        raw.sendall(jpeg)
        assert raw.recv(100).split()[1] == b"200"


def test_it_ends_when_told_to_and_has_logged_nothing(jpeg):
    for how in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        process, port = start()
        assert post(port, "/api/v1/mask", jpeg)[0].status == 200
        assert ask(port, "POST", "/predict", None, {"Content-Length": "1" * 5000})[0].status == 400
        status, errors = end(process, how)
        assert status == 0
        assert errors == ""


@pytest.fixture
def reading():
    """A server, and a client that has read the first bytes of an answer larger than all buffers between."""
    pixels = np.random.default_rng(0).integers(0, 255, (1600, 1600, 3), np.uint8)
    Image.fromarray(pixels).save(file := BytesIO(), "PNG")
    body = file.getvalue()
    process, port = start("--max-bytes", str(2 * len(body)))
    with socket.socket() as link:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        link.settimeout(PATIENCE)
        link.connect(("127.0.0.1", port))
        lines = [
            f"--{BOUNDARY}", 'Content-Disposition: form-data; name="color"', "", "copper",
            f"--{BOUNDARY}", 'Content-Disposition: form-data; name="image"; filename="x.png"', "", "",
        ]  # fmt: skip
        body = "\r\n".join(lines).encode() + body + f"\r\n--{BOUNDARY}--\r\n".encode()
        head = f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {len(body)}\r\n\r\n"
        link.sendall(b"POST /api/v1/recolor HTTP/1.0\r\n" + head.encode() + body)
        first = link.recv(100)
        assert b" 200 OK" in first
        yield process, port, link, first
    if process.poll() is None:
        process.kill()


def test_a_signal_cuts_no_answer_short(reading):
    process, _, link, first = reading
    process.send_signal(signal.SIGTERM)
    answer = b"".join([first, *iter(lambda: link.recv(1_000_000), b"")])
    head, body = answer.split(b"\r\n\r\n", 1)
    assert len(body) == int(re.search(rb"Content-Length: (\d+)", head)[1])
    _, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, errors) == (0, "")


def test_a_second_signal_ends_it_at_once(reading):
    process, port, *_ = reading
    process.send_signal(signal.SIGTERM)
    with contextlib.suppress(ConnectionRefusedError):
        while True:
            with contextlib.suppress(ConnectionResetError):  # let in and no more than that
                socket.create_connection(("127.0.0.1", port), PATIENCE).close()
    status, errors = end(process, signal.SIGINT)
    assert (status, errors) == (-signal.SIGINT, "")


def test_a_port_that_is_taken_is_named(capsys):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert run(["web", "--port", str(port), "--no-open", "--model", "light"]) == 1
    assert f"port {port} is taken" in capsys.readouterr().err


def test_after_the_last_port_comes_a_free_one(capsys):
    with socket.socket() as other:
        with contextlib.suppress(OSError):  # another program has it
            other.bind(("127.0.0.1", 65535))
            other.listen()
        assert run(["web", "--port", "65535", "--no-open", "--model", "light"]) == 1
    assert "port 65535 is taken; choose another: --port 0\n" in capsys.readouterr().err


def test_too_many_threads_are_refused(monkeypatch, capsys):
    def start_new_thread(*_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("waitress.task.ThreadedTaskDispatcher.start_new_thread", start_new_thread)
    assert run(["web", "--port", "0", "--no-open", "--model", "light"]) == 1
    error = capsys.readouterr().err
    assert "--queue and --workers" in error
    assert "Traceback" not in error


def test_the_address_in_the_network_is_named(monkeypatch, capsys):
    monkeypatch.setattr("hairtint.web.serving.Server.run", lambda self: None)
    monkeypatch.setattr("hairtint.hosts._outward", lambda: "192.0.2.7")
    assert run(["web", "--host", "0.0.0.0", "--port", "0", "--no-open", "--model", "light"]) == 0
    said = capsys.readouterr()
    port = re.search(r"http://localhost:(\d+)", said.out)[1]
    assert f"whoever is in the network can use it at http://192.0.2.7:{port}\n" in said.err


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--model", "nothing"], 1, "swift"),
        (["--host", "no such host"], 1, "--host"),
        (["--port", "70000"], 2, "--port"),
        (["--max-pixels", "1000000000"], 1, "max_pixels"),
    ],
)
def test_calls_that_cannot_work(capsys, arguments, status, words):
    given = [] if "--model" in arguments else ["--model", "light"]
    assert run(["web", "--no-open", *given, *arguments]) == status
    assert words in capsys.readouterr().err


def test_without_the_extra_the_cure_is_named(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "flask", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "flask" else object())
    assert run(["web", "--no-open"]) == 1
    assert "pip install 'hairtint[web]'" in capsys.readouterr().err
