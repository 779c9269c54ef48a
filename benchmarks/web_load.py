"""Many clients on one `hairtint web` at once: throughput, waiting times, answers, memory.

Usage: python benchmarks/web_load.py [--clients 64] [--seconds 60] [--side 1000] [--workers N] [--queue N]
Starts a server of its own. Each client sends a photo, asks for four more colours of it, and begins anew; told to come
again (503), it waits as long as it is told.
"""

import argparse
import http.client
import json
import random
import threading
import time
from collections import Counter, defaultdict
from io import BytesIO
from pathlib import Path

from PIL import Image
from web_server import Use, form, serving

PORTRAIT = Path(__file__).parent.parent / "examples" / "eileen-collins.jpg"
COLORS = ("copper", "platinum", "blue", "auburn", "violet", "black", "rose gold", "emerald")


class Tally:
    """What all clients saw, by kind of request."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.statuses: Counter[tuple[str, int]] = Counter()

    def add(self, kind: str, status: int, seconds: float) -> None:
        with self.lock:
            self.statuses[kind, status] += 1
            if status == 200:
                self.seconds[kind].append(seconds)

    def report(self, seconds: float) -> None:
        for kind, times in self.seconds.items():
            times.sort()
            at = {share: times[min(len(times) - 1, int(len(times) * share / 100))] for share in (50, 95, 99)}
            waits = ", ".join(f"p{share} {1000 * value:.0f} ms" for share, value in at.items())
            print(f"{kind:6}: {len(times)} answers, {len(times) / seconds:.1f} a second, {waits}")
        print("answers:", ", ".join(f"{kind} {status}: {n}" for (kind, status), n in sorted(self.statuses.items())))


def client(port: int, photo: bytes, until: float, tally: Tally) -> None:
    """One visitor, on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def ask(kind: str, body: bytes, content_type: str) -> http.client.HTTPResponse | None:
        started = time.perf_counter()
        connection.request("POST", "/api/v1/recolor", body, {"Content-Type": content_type})
        answer = connection.getresponse()
        answer.read()
        tally.add(kind, answer.status, time.perf_counter() - started)
        if answer.status == 503:
            time.sleep(min(float(answer.headers["Retry-After"]), max(0.0, until - time.monotonic())))
        return answer if answer.status == 200 else None

    while time.monotonic() < until:
        fields = {"color": random.choice(COLORS), "keep": "true"}
        answer = ask("photo", *form(photo, fields))
        for _ in range(4):
            if answer is None or time.monotonic() > until or not answer.headers["Hairtint-Photo"]:
                break
            colour = {"photo": answer.headers["Hairtint-Photo"], "color": random.choice(COLORS)}
            if ask("colour", json.dumps(colour).encode(), "application/json") is None:
                break


def positive(text: str) -> int:
    if int(text) < 1:
        raise argparse.ArgumentTypeError("give a whole number from 1 on")
    return int(text)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in {"clients": 64, "seconds": 60, "side": 1000}.items():
        options.add_argument(f"--{name}", type=positive, default=default)
    for name, default in {"workers": 0, "queue": 64, "keep": 256}.items():
        options.add_argument(f"--{name}", type=int, default=default)
    given = options.parse_args()
    buffer = BytesIO()
    Image.open(PORTRAIT).resize((given.side, given.side), Image.Resampling.BICUBIC).save(buffer, "JPEG", quality=90)
    options = ["--workers", given.workers, "--queue", given.queue, "--keep", given.keep]
    options += ["--rate", "0", "--behind-proxy"]  # no limits for one client, as all clients have the same address
    with serving(*map(str, options)) as (server, port):
        tally, until = Tally(), time.monotonic() + given.seconds
        threads = [
            threading.Thread(target=client, args=(port, buffer.getvalue(), until, tally)) for _ in range(given.clients)
        ]
        uses = [Use.of(server.pid)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            time.sleep(1)
            uses.append(Use.of(server.pid))
    print(f"{given.clients} clients, {given.seconds} s, photos of {given.side}x{given.side}")
    tally.report(given.seconds)
    work = 1000 * (uses[-1].work - uses[0].work) / max(1, sum(map(len, tally.seconds.values())))
    print(f"processor time: {work:.0f} ms an answer, which a busy machine hardly changes")
    memory = [use.memory for use in uses]
    quarters = [max(memory[k * len(memory) // 4 : (k + 1) * len(memory) // 4]) for k in range(4)]
    print("memory:", f"{memory[0]:.0f} MB at rest;", "most in each quarter:", *(f"{mb:.0f}" for mb in quarters), "MB")
    print("at the most", max(use.threads for use in uses), "threads and", max(use.files for use in uses), "open files")


if __name__ == "__main__":
    main()
