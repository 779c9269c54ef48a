"""Full disks, folders that nobody may write into, and killed processes: real ones, as far as the tests' rights go."""

import contextlib
import os
import signal
import subprocess
import sys

import pytest

HALF = """
import os, signal, sys
from pathlib import Path
from hairtint.cli import main
write = Path.write_bytes
def half(path, data):
    if sys.argv[1] not in path.name:
        return write(path, data)
    write(path, data[:len(data) // 2])
    os.kill(os.getpid(), signal.SIGKILL)
Path.write_bytes = half
main(sys.argv[2:])
"""


def killed_while_writing(name, command):
    """Run a command that is killed for good (SIGKILL) when half of the file with this in its name is written."""
    done = subprocess.run([sys.executable, "-c", HALF, name, *map(str, command)], capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr


@contextlib.contextmanager
def mounted(folder, options):
    """A file system in memory at a folder."""
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "none", str(folder)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("needs the right to mount")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextlib.contextmanager
def full(folder):
    """A disk of 16 kB, of which a file takes three quarters."""
    folder.mkdir()
    with mounted(folder, "size=16k") as disk:
        (disk / "there").write_bytes(bytes(12288))
        yield disk


@contextlib.contextmanager
def read_only(folder):
    """A folder that may be looked into and no more; for root, who may write anywhere, on a read-only disk."""
    folder.mkdir()
    if os.getuid():
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)
    else:
        with mounted(folder, "ro") as disk:
            yield disk


def shut_out(*call):
    """Run Python as somebody whom a folder's permissions bind, as they do not bind root."""
    bound = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    return subprocess.run([*bound, sys.executable, *map(str, call)], capture_output=True, text=True, check=False)
