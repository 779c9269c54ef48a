"""The report's own figures, and this machine's words for itself, to lay beside what is measured."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from typing import Any

from hairtint import extras, processor


@dataclass(frozen=True, slots=True)
class Published:
    """One network as the report gives it (section 3.3): parameters, accuracy in [0, 1], frames per second."""

    parameters: int
    accuracy: float
    fps: dict[str, float]


GPU, CPU = "RTX 2070", "i7, 8th gen."
REPORT = {
    "full": Published(31_037_633, 0.97, {GPU: 30.16, CPU: 1.74}),
    "medium": Published(1_864_129, 0.95, {GPU: 45.18, CPU: 2.67}),
    "light": Published(226_913, 0.92, {GPU: 68.80, CPU: 10.04}),
}
PACKAGES = ("hairtint", "onnxruntime", "openvino", "numpy", "opencv-python-headless")
SETUP = "the report: 256x256 webcam, its own training and validation photos; here: see size, and the networks' cards"


def machine() -> dict[str, Any]:
    """What was measured on: processor, the cores that were used, system and versions."""
    return {
        "processor": processor.name(),
        "cores": processor.cores(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{name: extras.version(name) for name in PACKAGES},
    }
