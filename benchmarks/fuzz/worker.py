"""One door in one process: limits, a guard against foreign writes, and the loop over generated cases. See run.py."""

import argparse
import ast
import faulthandler
import importlib
import json
import os
import re
import resource
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from hairtint.errors import HairtintError

MEMORY = 1_000_000_000  # bytes resident
ADDRESSES = 2_500_000_000  # bytes of data that may be asked for at all: the machine is not to suffer
SECONDS = 10.0  # of processor time for one case
GROUP = 10  # cases that hypothesis makes at a time
KEPT = 3  # inputs of the same kind of finding
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod"}
FOREIGN = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "socket.connect"}


class Broken(Exception):  # noqa: N818 (not an error of the library, but a promise that it broke)
    """What a case must not do."""


class Guard:
    """Notes every file changed outside the box, every program started and every connection made."""

    def __init__(self, box: Path) -> None:
        self.box, self.active, self.seen = str(box.resolve()), False, ""
        sys.addaudithook(self._hook)

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.active:
            return
        if event in FOREIGN:
            self.seen = f"{event} {arguments[:1]}"
        elif event in CHANGES or (event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING):
            for path in arguments[:2] if event in ("os.rename", "os.link", "os.symlink") else arguments[:1]:
                if isinstance(path, str | bytes) and not self._inside(os.fsdecode(path)):
                    self.seen = f"{event} {path!r}"

    def _inside(self, path: str) -> bool:
        return path == os.devnull or Path(self.box, path).resolve().is_relative_to(self.box)


def attempt(run: Callable[[Any, Path], str | None], case: Any, box: Path, guard: Guard) -> str:
    """Run one case: "worked" or "refused"; anything else is raised."""
    inside = box / "inside"
    if not inside.is_dir() or any(inside.iterdir()):
        shutil.rmtree(inside, ignore_errors=True)
        inside.mkdir()
        os.chdir(inside)
    Path("/proc/self/clear_refs").write_text("5")  # the peak of memory starts anew
    started, guard.seen, guard.active = time.process_time(), "", True
    try:
        outcome = run(case, inside) or "worked"
    except HairtintError as error:
        outcome = "refused"
        if len(str(error).splitlines()) != 1 or not str(error).isprintable():
            raise Broken(f"a message that is not one printable line: {str(error)!r}") from error
    finally:
        guard.active = False
    took = time.process_time() - started
    if took > SECONDS:
        raise Broken(f"{took:.1f} s for one case")
    if peak() > MEMORY:
        raise Broken(f"{peak() / 1e6:.0f} MB for one case")
    if guard.seen:
        raise Broken(f"outside its folder: {guard.seen}")
    return outcome


def peak() -> int:
    """The most bytes that were resident since the last case."""
    return 1024 * int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1])


def kind_of(error: BaseException) -> str:
    """Where and how it broke: cases that break alike are one kind."""
    frames = traceback.extract_tb(error.__traceback__)
    mine = [f for f in frames if "hairtint" in f.filename or "doors" in f.filename] or frames
    text = re.sub(r"\d+|'[^']*'|\"[^\"]*\"", "…", str(error))[:60]
    return f"{type(error).__name__} at {Path(mine[-1].filename).name}:{mine[-1].lineno}: {text}"


class Loop:
    """Counts outcomes, keeps inputs of findings, and leaves its state on disk for the case that ends the process."""

    def __init__(self, door: Any, box: Path, found: Path) -> None:
        self.door, self.box, self.found = door, box, found
        self.guard = Guard(box / "inside")
        self.findings: Counter[str] = Counter()
        self.state: dict[str, Any] = {"worked": 0, "refused": 0, "memory": 0, "seconds": 0.0}

    def __call__(self, case: Any) -> None:
        (self.box / "case").write_text(f"{json.dumps(self.state | {'findings': self.findings})}\n{case!r}")
        started = time.process_time()
        try:
            self.state[attempt(self.door.run, case, self.box, self.guard)] += 1
        except Exception as error:
            self.keep(case, error)
        self.state["seconds"] = max(self.state["seconds"], time.process_time() - started)
        self.state["memory"] = max(self.state["memory"], peak())

    def keep(self, case: Any, error: Exception) -> None:
        kind = kind_of(error)
        self.findings[kind] += 1
        if self.findings[kind] <= KEPT:
            name = re.sub(r"\W+", "-", kind)[:90]
            (self.found / f"{name}-{self.findings[kind]}.txt").write_text(
                f"{case!r}\n{''.join(traceback.format_exception(error))}", errors="backslashreplace"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("door")
    parser.add_argument("--box", type=Path, default=Path(tempfile.gettempdir()) / "hairtint-fuzz-replay")
    parser.add_argument("--found", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cases", type=int, default=0)
    parser.add_argument("--replay", type=Path)
    options = parser.parse_args()
    faulthandler.enable()
    options.box.mkdir(exist_ok=True)
    door = importlib.import_module(f"doors.{options.door}")
    resource.setrlimit(resource.RLIMIT_DATA, (ADDRESSES, ADDRESSES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if options.replay:
        case = ast.literal_eval(options.replay.read_text().splitlines()[0])
        print(attempt(door.run, case, options.box.resolve(), Guard(options.box / "inside")))
        return
    loop = Loop(door, options.box.resolve(), options.found.resolve())
    plan = settings(
        max_examples=-(-options.cases // GROUP), database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    drive(loop, door, plan, options.seed)
    (options.box / "case").write_text(json.dumps(loop.state | {"findings": loop.findings}))


def drive(loop: Loop, door: Any, plan: settings, start: int) -> None:
    """Let hypothesis make the cases, some at a time for speed; none of them fails for it, so that all are run."""

    @seed(start)
    @plan
    @given(st.lists(door.CASES, min_size=GROUP, max_size=GROUP))
    def group(cases: list[Any]) -> None:
        for case in cases:
            loop(case)

    group()


if __name__ == "__main__":
    main()
