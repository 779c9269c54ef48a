"""Hostile input for every door of hairtint: generated cases, each of which has to work or to be refused in one line.

Usage: python benchmarks/fuzz/run.py [--cases N] [--seed S] [--door NAME]... [--replay FILE]
Each door runs in processes of its own with limits (worker.py); an input at which one dies, hangs or takes too much is
a finding like an exception. Inputs of findings land in out/fuzz/DOOR/ and can be run again with --replay. Needs Linux
and the extras video, web, train and dev.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import zlib
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parent
FOUND = HERE.parent.parent / "out" / "fuzz"
SHARES = {
    "photos": 280, "arrays": 20, "colors": 300, "configs": 100, "checkpoints": 80, "networks": 4, "manifests": 40,
    "looks": 120, "videos": 10, "api": 40, "commands": 6,
}  # fmt: skip
"""Of a thousand cases: cheap doors get most."""
STUCK = 60.0  # seconds by the clock that one case may take
MEMORY_DISK = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
CHUNK = 4000  # cases before a process is replaced by a fresh one


def main() -> int:
    options = parsed()
    if options.replay:
        return subprocess.run(worker(options.replay.parent.name, "--replay", str(options.replay.resolve()))).returncode
    rows = []
    for door in options.door or SHARES:
        total = options.cases if options.door else options.cases * SHARES[door] // 1000
        rows.append(run(door, total, options.seed))
        print(row(rows[-1]), file=sys.stderr, flush=True)
    print("| door | cases | worked | refused | findings | largest memory | longest case | minutes |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    everything = {"door": "all"} | {key: sum(r[key] for r in rows) for key in ("worked", "refused", "minutes")}
    everything["findings"] = sum((r["findings"] for r in rows), Counter())
    everything |= {key: max(r[key] for r in rows) for key in ("memory", "seconds")}
    for one in [*rows, everything]:
        print(row(one))
    return 1 if everything["findings"] else 0


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=1000, help="in all, or of each --door")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--door", action="append", choices=list(SHARES))
    parser.add_argument("--replay", type=Path, help="run the input of a finding again")
    return parser.parse_args()


def run(door: str, total: int, seed: int) -> dict[str, object]:
    """All cases of one door; a process that dies is followed by another."""
    sums, findings, started = Counter(), Counter(), time.monotonic()
    memory, seconds, done = 0, 0.0, 0
    (FOUND / door).mkdir(parents=True, exist_ok=True)
    while done < total:
        with tempfile.TemporaryDirectory(prefix="hairtint-fuzz-", dir=MEMORY_DISK) as box:
            arguments = ["--box", box, "--found", str(FOUND / door)]
            arguments += ["--seed", str(seed * 1_000_003 + done), "--cases", str(min(CHUNK, total - done))]
            status, said = watched(worker(door, *arguments), Path(box))
            if not (Path(box) / "case").exists():
                raise SystemExit(f"{door} did not start:\n{said}")
            state, _, case = (Path(box) / "case").read_text().partition("\n")
            tally = json.loads(state)
            if status:
                findings[died(door, status, case, said)] += 1
        sums.update({key: tally[key] for key in ("worked", "refused")})
        findings.update(tally["findings"])
        memory, seconds = max(memory, tally["memory"]), max(seconds, tally["seconds"])
        before, done = done, sum(sums.values()) + findings.total()
        if done == before:
            raise SystemExit(f"{door} came to nothing:\n{said}")
    minutes = (time.monotonic() - started) / 60
    return {"door": door, **sums, "findings": findings, "memory": memory, "seconds": seconds, "minutes": minutes}


def watched(call: list[str], box: Path) -> tuple[int, str]:
    """Exit status and standard error of a worker; one that is at the same case for too long is ended."""
    with (box / "said").open("w") as said:
        process = subprocess.Popen(call, env=environment(str(box)), stdout=subprocess.DEVNULL, stderr=said)
        while process.poll() is None:
            time.sleep(0.5)
            begun = (box / "case").exists()  # before that it imports, which may take its time
            if begun and time.time() - (box / "case").stat().st_mtime > STUCK:
                process.send_signal(signal.SIGABRT)  # faulthandler says where it was
                process.wait()
    return process.returncode, (box / "said").read_text(errors="replace")[-20_000:]


def died(door: str, status: int, case: str, said: str) -> str:
    """Save the case at which a worker ended, and name the finding."""
    target = FOUND / door / f"died-{abs(status)}-{zlib.crc32(case.encode()):08x}.txt"
    target.write_text(f"{case}\n{said}")
    return f"process ended with {status}: {target.name}"


def worker(door: str, *arguments: str) -> list[str]:
    return [sys.executable, str(HERE / "worker.py"), door, *arguments]


def environment(box: str) -> dict[str, str]:
    """Home and temporary files inside the box, so that whatever is written elsewhere shows."""
    quiet = {"PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1", "SDL_VIDEODRIVER": "dummy"}
    return {**os.environ, **quiet, "HOME": box, "TMPDIR": f"{box}/inside"}


def row(one: dict[str, object]) -> str:
    findings: Counter[str] = one["findings"]
    kinds = "1 kind" if len(findings) == 1 else f"{len(findings)} kinds"
    count = f"{findings.total()} ({kinds})" if findings else "0"
    cases = one.get("worked", 0) + one.get("refused", 0) + findings.total()
    cells = one["door"], f"{cases:,}", f"{one.get('worked', 0):,}", f"{one.get('refused', 0):,}", count
    most = f"{one['memory'] / 1e6:.0f} MB", f"{one['seconds']:.1f} s", f"{one['minutes']:.1f}"
    return f"| {' | '.join([*cells, *most])} |"


if __name__ == "__main__":
    sys.exit(main())
