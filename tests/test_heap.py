import platform
import resource
import subprocess
import sys

import pytest

# Twelve megabytes in pieces, as the stages of a frame leave them: more than glibc keeps at first. Between two frames
# comes other work, which needs more and gives all of it back.
FRAMES = """
import resource
import numpy as np
from hairtint import heap
{keep}
def work(pieces, size):
    return [np.ones(size << 20, np.uint8) for _ in range(pieces)]
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
found = []
for _ in range(20):
    work({others}, 22)
    before = faults()
    work(4, 3)
    found.append(faults() - before)
print(sum(found[5:]) / len(found[5:]))
"""


def page_faults(keep: str, others: int) -> float:
    script = FRAMES.format(keep=keep, others=others)
    return float(subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries have rules of their own")
@pytest.mark.parametrize("others", [0, 6])
def test_the_next_frame_takes_the_memory_of_the_one_before(others):
    pages = (12 << 20) / resource.getpagesize()
    assert page_faults("", others) > pages / 3  # otherwise the help is no longer needed
    assert page_faults("heap.keep_for_next_frame()", others) < 50
