"""A network as one call: an RGB picture in, the probability of hair out. The runtimes are imported when used."""

from __future__ import annotations

import importlib.util
import os
import platform
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hairtint import extras, framing, int8, processor
from hairtint.errors import (
    DamagedModelError,
    HairtintError,
    InputError,
    InputSizeError,
    MissingExtraError,
    ModelError,
    brief,
)
from hairtint.frame import check_frame
from hairtint.framing import Shape
from hairtint.whole_number import whole
from hairtint.zoo import Entry

BACKENDS = ("auto", "onnxruntime", "openvino", "cuda")
ASKED = "HAIRTINT_BACKEND"  # the environment variable that "auto" follows where it is set
CPU, CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"
CUDA_NEEDS = "pip uninstall onnxruntime && pip install 'onnxruntime-gpu[cuda,cudnn]'"
MOST_THREADS = 256
ROUNDING = 1e-5  # by which a runtime's sigmoid may leave [0, 1]: ONNX Runtime's does so now and then
LARGEST = 2048  # side of the pictures that a network may ask for

# ONNX Runtime reads this when it is imported, which comes later than this module wherever hairtint does it.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")


class Network(Protocol):
    """What a runtime makes of an .onnx file."""

    shapes: tuple[Shape, ...]  # that it takes, the first a square
    backend: str  # that computes it, one of BACKENDS but "auto"

    def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Probability of hair, float32 (h, w) in [0, 1], of an RGB picture, uint8 (height, width, 3) of a shape.

        Raises PictureError where it is no such array, InputSizeError where it has none of the shapes.
        """


def load(entry: Entry, *, backend: str = "auto", threads: int | None = None, few: bool = False) -> Network:
    """Make a network callable; `threads`: None takes as many as there are cores for this process.

    "auto" is OpenVINO on processors by Intel and AMD, where it is the faster one (docs/training-log.md), and ONNX
    Runtime elsewhere, unless the environment variable HAIRTINT_BACKEND names another. "cuda" is ONNX Runtime on a
    graphics card by NVIDIA. `few`: only a few pictures will come; ONNX Runtime has answered before OpenVINO is ready.
    Raises InputError for an unknown backend, MissingExtraError for one that is not installed or finds no graphics card,
    ModelError where the weights are missing, damaged or not a network of this project.
    """
    chosen = (os.environ.get(ASKED) or backend) if backend == "auto" else backend
    if chosen not in BACKENDS:
        where = "" if chosen == backend else f" in {ASKED}"
        raise InputError(f"unknown backend {chosen!r}{where}: choose one of {', '.join(BACKENDS)}")
    count = _threads(threads)
    with _explained(entry):
        if chosen == "cuda":
            return OnnxRuntime(entry, count, CUDA)
        if chosen == "openvino" or (chosen == "auto" and not few and _suits_openvino()):
            return OpenVino(entry, count)
        return OnnxRuntime(entry, count)


def session(entry: Entry, threads: int | None = None) -> Any:
    """ONNX Runtime's InferenceSession of a network whose inputs are not a Network's; the errors are those of `load`."""
    count = _threads(threads)
    with _explained(entry):
        return _session(entry, count)


def _threads(threads: int | None) -> int:
    if threads is None:
        return processor.cores()
    count = whole(threads)
    if count is None or not 1 <= count <= MOST_THREADS:
        raise InputError(
            f"threads = {threads!r} must be a whole number from 1 to {MOST_THREADS}, or None for all cores"
        )
    return count


@contextmanager
def _explained(entry: Entry) -> Iterator[None]:
    try:
        yield
    except HairtintError:
        raise
    except ImportError as error:
        raise ModelError(f"the runtime of the networks is broken ({error}): install hairtint again") from error
    except Exception as error:  # the runtimes' own errors have no common root
        raise _cannot_run(entry.path, error) from error


def _session(entry: Entry, threads: int, provider: str = CPU) -> Any:
    import onnxruntime as ort

    if provider not in ort.get_available_providers():
        raise MissingExtraError(f"the backend cuda is not installed: {CUDA_NEEDS}")
    if provider == CUDA:
        with redirect_stdout(None):
            ort.preload_dlls()  # of the packages by NVIDIA that onnxruntime-gpu[cuda,cudnn] brings
        ort.set_default_logger_severity(4)  # what it lacks is told once, below
    options = ort.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = 3
    # Threads that spin between frames would take the cores from the rest of the road.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = ort.InferenceSession(entry.read(), options, providers=[provider])
    if provider not in session.get_providers():  # ONNX Runtime takes the CPU then
        raise MissingExtraError(f"no graphics card can be used: take one by NVIDIA with its driver, and {CUDA_NEEDS}")
    return session


def _suits_openvino() -> bool:
    return platform.machine() in ("x86_64", "AMD64") and importlib.util.find_spec("openvino") is not None


class OnnxRuntime:
    """ONNX Runtime on the CPU, or on a graphics card."""

    def __init__(self, entry: Entry, threads: int, provider: str = CPU) -> None:
        self.session = _session(entry, threads, provider)
        self.backend = "cuda" if provider == CUDA else "onnxruntime"
        [declared] = self.session.get_inputs()
        self.shapes, self.path = checked(declared.name, declared.type, declared.shape, entry), entry.path

    def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """See Network."""
        check_input(rgb, self.shapes)
        try:
            answer: Any = self.session.run(None, {"rgb": rgb[None]})[0]
        except Exception as error:  # the runtime's own errors have no common root
            raise _cannot_run(self.path, error) from error
        return checked_map(answer, rgb.shape, self.path)


class OpenVino:
    """OpenVINO on the CPU, in what the processor is fastest in: bfloat16, 8-bit integers where the network is prepared
    for them (hairtint.int8), or float32. No set's IoU is changed by more than 0.002 (docs/training-log.md)."""

    backend = "openvino"

    def __init__(self, entry: Entry, threads: int) -> None:
        extras.require("openvino", "openvino")
        openvino = _silent_openvino()
        core = openvino.Core()
        data = entry.read()
        model = core.read_model(data)
        [declared] = model.inputs
        dimensions = _dimensions(declared.partial_shape, entry, data)
        element = f"tensor({'uint8' if declared.element_type == openvino.Type.u8 else declared.element_type})"
        self.shapes, self.path = checked(declared.any_name, element, dimensions, entry), entry.path
        hints = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": threads}
        if not processor.fast_in_bfloat16():
            hints["INFERENCE_PRECISION_HINT"] = "f32"
            if processor.fast_in_int8():
                int8.quantise(model)

        def compiled(shape: Shape | None) -> Any:
            one = model.clone()
            if shape:
                one.reshape([1, *shape, 3])
            return core.compile_model(one, "CPU", hints)

        # A model of one shape is faster by a tenth to a quarter, but each takes time to make and memory: the shape that
        # comes first, a video's only one, has its own, and the others share one.
        self.compiled = compiled
        self.first: Shape | None = None
        self.models: dict[Shape | None, Any] = {}
        self.compiling = threading.Lock()
        if len(self.shapes) == 1:
            self._model(self.shapes[0])
        self.tensor = openvino.Tensor
        self.local = threading.local()  # a request serves one thread at a time

    def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """See Network."""
        check_input(rgb, self.shapes)
        try:
            # The picture where it lies, which a tensor wants writeable and does not keep alive, and no dictionary.
            request, picture = self._request(rgb.shape[:2]), np.require(rgb[None], None, ["C", "W"])
            request.set_input_tensor(self.tensor(picture, shared_memory=True))
            request.infer()
            answer = request.get_output_tensor().data.copy()
        except Exception as error:
            raise _cannot_run(self.path, error) from error
        return checked_map(answer, rgb.shape, self.path)

    def _request(self, shape: Shape) -> Any:
        """Of the calling thread."""
        known = self.local.__dict__.setdefault("requests", {})
        if shape not in known:
            known[shape] = self._model(shape).create_infer_request()
        return known[shape]

    def _model(self, shape: Shape) -> Any:
        with self.compiling:
            self.first = self.first or shape
            takes = shape if shape == self.first else None
            if takes not in self.models:
                self.models[takes] = self.compiled(takes)
            return self.models[takes]


def _dimensions(declared: Any, entry: Entry, data: bytes) -> list[Any]:
    """Sides or names of dimensions; OpenVINO forgets names, so they are the manifest's or those ONNX Runtime reads."""
    found = [size.get_length() if size.is_static else None for size in declared]
    if None not in found:
        return found
    if entry.shapes and all(name.encode() in data for name in framing.named(entry.shapes)):
        return [1, *framing.named(entry.shapes), 3]
    [value] = _session(entry, 1).get_inputs()
    return list(value.shape)


_importing = threading.Lock()


def _silent_openvino() -> Any:
    """The package openvino, imported as if openvino_telemetry were not there.

    With it the import alone reports to its maker over the network; without it openvino takes a stand-in of its own.
    """
    with _importing:
        sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # None: an import of it fails
        try:
            import openvino
        finally:
            if sys.modules["openvino_telemetry"] is None:
                del sys.modules["openvino_telemetry"]
    return openvino


def checked(name: str, kind: str, dimensions: list[Any], entry: Entry) -> tuple[Shape, ...]:
    """The shapes of the pictures that a network declares to take; DamagedModelError where it takes others."""
    try:
        [count, height, width, channels] = dimensions
        shapes = framing.read(height, width)
    except ValueError:
        count, shapes, channels = 0, (), 0
    sides = [side for shape in shapes for side in shape]
    square = len(sides) > 1 and sides[0] == sides[1] == (entry.size or sides[0])
    fits = count == 1 and channels == 3 and square and min(sides) >= 1 and max(sides) <= LARGEST
    if name != "rgb" or kind != "tensor(uint8)" or not fits or (entry.shapes or shapes) != shapes:
        raise DamagedModelError(
            f"a network of another kind: it takes {name} {kind} {dimensions}, not rgb uint8 [1, height, width, 3] of a"
            " square and the manifest's shapes; give one of hairtint export"
        )
    return shapes


def check_input(rgb: NDArray[np.uint8], shapes: tuple[Shape, ...]) -> None:
    """Raise PictureError or InputSizeError unless a network of these shapes takes the picture."""
    check_frame(rgb)
    if rgb.shape[:2] not in shapes:
        sizes = " or ".join(f"{width}x{height}" for height, width in shapes)
        given = f"{rgb.shape[1]}x{rgb.shape[0]}"
        raise InputSizeError(f"the picture is {given}, the network takes {sizes}: squeeze it so, or use a Segmenter")


def checked_map(answer: Any, taken: tuple[int, ...], path: Path) -> NDArray[np.float32]:
    """The map of one picture out of a network's answer; DamagedModelError where it is no map of probabilities."""
    found = np.asarray(answer)
    fits = found.dtype == np.float32 and found.ndim == 3 and len(found) == 1 and found.size > 0
    larger = fits and (found.shape[1] > taken[0] or found.shape[2] > taken[1])
    least, most = (found.min(), found.max()) if fits else (0, 0)
    if not fits or larger or not (least >= -ROUNDING and most <= 1 + ROUNDING):  # false for NaN too
        raise DamagedModelError(
            f"{path} answers {found.dtype} {found.shape} instead of probabilities from 0 to 1, at most"
            f" {taken[1]}x{taken[0]}; give a network of hairtint export"
        )
    return np.clip(found[0], 0, 1) if least < 0 or most > 1 else np.asarray(found[0], np.float32)


def _cannot_run(path: Path, error: Exception) -> DamagedModelError:
    why = brief(error)
    return DamagedModelError(f"{path} is not a network that hairtint can run ({why}): give one of hairtint export")
