"""What a command tells on a real terminal while its bar is shown."""

import contextlib
import os
import re
import shutil
import subprocess
import sys

import pytest

pty = pytest.importorskip("pty")


def on_a_terminal(call, *, piped):
    """The lines that a command leaves on a terminal, and those of its standard output if it is piped."""
    ours, theirs = pty.openpty()
    call, env = [sys.executable, "-m", "hairtint", *map(str, call)], os.environ | {"TERM": "xterm"}
    with subprocess.Popen(call, stdout=subprocess.PIPE if piped else theirs, stderr=theirs, env=env) as process:
        os.close(theirs)
        written = b""
        with contextlib.suppress(OSError):  # Linux ends a terminal so
            while data := os.read(ours, 65536):
                written += data
        os.close(ours)
        out = process.stdout.read().decode().splitlines() if piped else []
    text = re.sub(r"\r\n([^\n]*)\x1b\[1A", r"\1", written.decode())  # a line on, and up again
    rows = [row.rpartition("\x1b[2K")[2] for row in text.split("\r\n")]  # what is erased is gone
    rows = [re.sub(r"\x1b\[[?0-9;]*[A-Za-z]", "", row) for row in rows]
    return list(filter(None, rows)), out


@pytest.mark.parametrize("piped", [False, True])
def test_lines_stand_above_the_bar(tmp_path, portrait_path, piped):
    (tmp_path / "in").mkdir()
    names = [":eyes:.jpg", "[b]a.jpg"]
    for name in names:
        shutil.copy(portrait_path, tmp_path / "in" / name)
    (tmp_path / "in" / "bad.jpg").write_bytes(b"nothing")
    call = ["image", tmp_path / "in", "-c", "copper", "-o", tmp_path / "out", "--model", "light", "-j", "1"]
    shown, out = on_a_terminal(call, piped=piped)
    results = [str(tmp_path / "out" / name) for name in names]
    assert out == (results if piped else [])
    refusals = [row for row in shown if row.startswith("hairtint: ")]
    assert len(refusals) == 2, "the bad photo, and how many there are"
    assert [row for row in shown if row not in refusals] == ([] if piped else results)
