"""How the command ends where it is interrupted."""

import signal
import subprocess
import sys

INTERRUPTED = """
import os, signal
import hairtint.cli as commands
commands.cli.main = lambda *_, **__: os.killpg(0, signal.SIGINT)
commands.main()
"""


def test_ctrl_c_ends_a_loop_of_the_shell():
    """It goes to shell and command; the shell goes by what the command died of."""
    loop = 'for n in 1 2; do echo begun; "$0" -c "$1"; done'
    done = subprocess.run(
        ["bash", "-c", loop, sys.executable, INTERRUPTED],
        capture_output=True, text=True, check=False, start_new_session=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "begun\n", "hairtint: interrupted\n")
