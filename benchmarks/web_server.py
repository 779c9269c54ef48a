"""What the measurements of `hairtint web` share: a server of their own, what browsers send it, and what it uses."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@contextmanager
def serving(*options: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """`hairtint web` with these options on a free port of 127.0.0.1: the process and the port. It is told to end."""
    call = [sys.executable, "-m", "hairtint", "web", "--port", "0", "--no-open", *options]
    server = subprocess.Popen(call, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        found = re.search(r":(\d+) ", server.stdout.readline())
        if not found:
            raise SystemExit("the server did not start")
        yield server, int(found[1])
    finally:
        server.terminate()
        server.wait()


def form(photo: bytes, fields: Mapping[str, str]) -> tuple[bytes, str]:
    """The body of a form with a photo, and its Content-Type."""
    head = "".join(f'--b\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields.items())
    head += '--b\r\nContent-Disposition: form-data; name="image"; filename="x.jpg"\r\n\r\n'
    return head.encode() + photo + b"\r\n--b--\r\n", "multipart/form-data; boundary=b"


@dataclass(frozen=True)
class Use:
    """What a process uses (Linux): MB of memory, threads, open files, seconds of processor time; where it is known,
    the MB that it has allocated."""

    memory: float
    threads: int
    files: int
    work: float
    allocated: float = float("nan")

    @classmethod
    def of(cls, pid: int) -> Use:
        folder = Path(f"/proc/{pid}")
        status = dict(re.findall(r"^(\w+):\s+(\d+)", (folder / "status").read_text(), re.MULTILINE))
        times = (folder / "stat").read_text().rpartition(")")[2].split()[11:13]
        work = sum(map(int, times)) / os.sysconf("SC_CLK_TCK")
        return cls(int(status["VmRSS"]) / 1024, int(status["Threads"]), len(list((folder / "fd").iterdir())), work)
