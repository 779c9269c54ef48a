"""Ray's tests, in a process of their own: its threads outlive its shutdown, and later tests would meet them."""

import subprocess
import sys
from pathlib import Path


def test_on_a_cluster():
    tests = Path(__file__).with_name("on_cluster.py")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", str(tests)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
