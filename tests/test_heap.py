import platform
import subprocess
import sys

import pytest

# Twelve megabytes in pieces, as the stages of a frame leave them: more than glibc keeps at first.
FRAMES = """
import resource
import numpy as np
from hairtint import heap
{keep}
def frame():
    return [np.ones(3 << 20, np.uint8) for _ in range(4)]
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(5):
    frame()
before = faults()
for _ in range(20):
    frame()
print((faults() - before) / 20)
"""


def page_faults(keep: str) -> float:
    script = FRAMES.format(keep=keep)
    return float(subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries have rules of their own")
def test_the_next_frame_takes_the_memory_of_the_one_before():
    assert page_faults("") > 1000  # otherwise the help is no longer needed
    assert page_faults("heap.keep_for_next_frame()") < 50
