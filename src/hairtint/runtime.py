"""A network as one call: a square RGB picture in, the probability of hair out. The runtimes are imported when used."""

from __future__ import annotations

import os
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hairtint.errors import DamagedModelError, InputError
from hairtint.zoo import Entry

BACKENDS = ("auto", "onnxruntime")
MOST_THREADS = 256


class Network(Protocol):
    """What a runtime makes of an .onnx file."""

    size: int

    def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Probability of hair, float32 (h, w) in [0, 1], of an RGB picture, uint8 (size, size, 3)."""


def load(entry: Entry, *, backend: str = "auto", threads: int | None = None) -> Network:
    """Make a network callable; `threads`: None takes as many as there are cores.

    Raises InputError for an unknown backend, ModelError where the weights are missing, damaged or not a network
    of this project.
    """
    if backend not in BACKENDS:
        raise InputError(f"unknown backend {backend!r}: choose one of {', '.join(BACKENDS)}")
    if threads is not None and (not isinstance(threads, int) or not 1 <= threads <= MOST_THREADS):
        raise InputError(
            f"threads = {threads!r} must be a whole number from 1 to {MOST_THREADS}, or None for all cores"
        )
    return OnnxRuntime(entry, threads or os.cpu_count() or 1)


class OnnxRuntime:
    """ONNX Runtime on the CPU."""

    def __init__(self, entry: Entry, threads: int) -> None:
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.log_severity_level = 3
        # Threads that spin between frames would take the cores from the rest of the road.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self.session = ort.InferenceSession(entry.read(), options, providers=["CPUExecutionProvider"])
            self.size = entry.size or self._declared_size()
        except DamagedModelError:
            raise
        except Exception as error:  # ONNX Runtime's own errors have no common root
            text = str(error).strip().splitlines() or [type(error).__name__]
            raise DamagedModelError(f"{entry.path} is not a network that hairtint can run: {text[0][:160]}") from error

    def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """See Network."""
        out: Any = self.session.run(None, {"rgb": rgb[None]})[0]
        return out[0]  # type: ignore[no-any-return]

    def _declared_size(self) -> int:
        inputs = self.session.get_inputs()
        shape = inputs[0].shape
        square = len(shape) == 4 and isinstance(shape[1], int) and shape[1] == shape[2] and shape[3] == 3
        if len(inputs) != 1 or inputs[0].name != "rgb" or inputs[0].type != "tensor(uint8)" or not square:
            raise DamagedModelError(f"it takes {inputs[0].name} {shape}, not rgb uint8 [1, size, size, 3]")
        return int(shape[1])
