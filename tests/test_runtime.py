import numpy as np
import pytest

from hairtint import runtime, zoo
from hairtint.errors import DamagedModelError, InputError


def test_the_same_picture_gives_the_same_map_whatever_the_threads():
    entry = zoo.find("light")
    rgb = np.random.default_rng(0).integers(0, 256, (entry.size, entry.size, 3), np.uint8)
    one, two = (runtime.load(entry, threads=n)(rgb) for n in (1, 2))
    assert one.dtype == np.float32
    assert one.min() >= 0
    assert one.max() <= 1
    np.testing.assert_allclose(one, two, atol=1e-5)


def test_unknown_backends_and_threads_are_refused():
    entry = zoo.find("light")
    with pytest.raises(InputError, match="backend"):
        runtime.load(entry, backend="cuda")
    for threads in (0, 10**6, 1.5, "a"):
        with pytest.raises(InputError, match="threads"):
            runtime.load(entry, threads=threads)


@pytest.mark.parametrize("data", [b"", b"not onnx", bytes(100)])
def test_files_that_are_no_network_are_refused(tmp_path, data):
    path = tmp_path / "broken.onnx"
    path.write_bytes(data)
    with pytest.raises(DamagedModelError, match=r"broken\.onnx"):
        runtime.load(zoo.find(path))
