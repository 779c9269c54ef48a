"""What is here, what is missing, and the cure: the findings of `hairtint doctor`.

Everything is imported when it is looked at, and nothing that is missing or broken ends the examination.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import platform
import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from hairtint import extras, processor
from hairtint.errors import HairtintError, printable

State = Literal["ok", "missing", "broken"]

CORE = {"numpy": "numpy", "opencv-python-headless": "cv2", "pillow": "PIL", "onnxruntime": "onnxruntime"}
REINSTALL = "install hairtint again: pip install --force-reinstall, with its folder or wheel"
DEVELOPERS = ("dev", "docs")  # extras for those who work on hairtint
FEATURES = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_int8", "amx_bf16", "asimd", "asimddp", "i8mm", "bf16")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        part: what it belongs to: "versions", "extras", "page", "processor", "networks", "photos", "devices" or
            "system".
        name: what it is.
        state: "ok"; "missing", where something optional cannot be had; "broken", where `hairtint image` cannot work or
            a file is not what it should be.
        found: what was found, in words.
        cure: what to do about it; empty where there is nothing to do.
    """

    part: str
    name: str
    state: State
    found: str
    cure: str = ""


def examine() -> list[Finding]:
    """Look at everything, in the order of its importance."""
    looks = (
        _versions, _photos, _networks, _extras, _page, _processor, _cameras, _virtual_cameras, _display, _temporary,
    )  # fmt: skip
    return [finding for look in looks for finding in _safely(look)]


def works(findings: list[Finding]) -> bool:
    """Whether `hairtint image` has all that it needs."""
    return not any(finding.state == "broken" for finding in findings if finding.part in ("versions", "photos"))


def _safely(look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """The findings of one look, which whatever is broken here may end."""
    try:
        yield from look()
    except Exception as error:
        yield Finding("system", look.__name__[1:].replace("_", " "), "broken", *_cured(error))


def _versions() -> Iterator[Finding]:
    yield Finding("versions", "hairtint", "ok", extras.version("hairtint") or "not installed, run from its folder")
    yield Finding("versions", "Python", "ok", f"{platform.python_version()}, {sys.executable}")
    yield Finding("versions", "system", "ok", f"{platform.platform()}, {os.cpu_count()} cores")
    for name, module in CORE.items():
        try:
            version = getattr(importlib.import_module(module), "__version__", "")
            yield Finding("versions", name, "ok", version)
        except Exception as error:  # a library of the system that is missing is no ImportError on every system
            yield Finding("versions", name, "broken", _line(error), REINSTALL)


def _photos() -> Iterator[Finding]:
    """A picture all the way, with the network that photos get."""
    try:
        import numpy as np

        from hairtint import Photo, Segmenter, recolor

        grey = Photo.open(Photo(np.full((64, 64, 3), 128, np.uint8)).encode("jpeg"))
        segmenter = Segmenter(few=True)
        grey.with_rgb(recolor(grey.rgb, segmenter.mask(grey.rgb), "copper")).encode("jpeg")
        yield Finding("photos", "hairtint image", "ok", f"works, with {segmenter.name}")
    except Exception as error:
        yield Finding("photos", "hairtint image", "broken", *_cured(error))


def _networks() -> Iterator[Finding]:
    from hairtint import zoo

    for name, entry in (zoo.entries() | zoo.entries(zoo.STYLE)).items():
        try:
            size = len(entry.read())
            checked = "sha256 is right" if entry.sha256 else "no sha256 to check"
            yield Finding("networks", name, "ok", f"{size / 1e6:.1f} MB, {checked}, {entry.path}")
        except HairtintError as error:
            yield Finding("networks", name, "broken", *_cured(error))


def _extras() -> Iterator[Finding]:
    """What pyproject.toml declares, read from the installed package itself."""
    wanted = defaultdict(list)
    for line in (metadata.requires("hairtint") if extras.version("hairtint") else None) or []:
        if found := re.match(r"([\w.-]+).*;.*\bextra == ['\"](\w+)['\"]", line):
            wanted[found[2]].append(found[1])
    for extra in DEVELOPERS:
        wanted.pop(extra, None)
    for extra, names in sorted(wanted.items()):
        here = {name: version for name in names if (version := extras.version(name))}
        cure = "" if len(here) == len(names) else f"pip install 'hairtint[{extra}]'"
        told = [f"{name} {here[name]}" if name in here else f"no {name}" for name in names]
        yield Finding("extras", extra, "missing" if cure else "ok", ", ".join(told), cure)


def _page() -> Iterator[Finding]:
    """What runs the network in a browser."""
    from hairtint.web import HOME, require_runtime

    try:
        require_runtime(HOME)
        yield Finding("page", "onnxruntime-web", "ok", str(HOME / "static" / "vendor"))
    except HairtintError as error:
        yield Finding("page", "onnxruntime-web", "missing", *_halves(error))


def _processor() -> Iterator[Finding]:
    """The instructions that the runtimes use, where the system lists them (Linux)."""
    here = [name for name in FEATURES if name in processor.instructions()]
    yield Finding("processor", platform.machine(), "ok", ", ".join(here) or "instructions not listed by this system")


def _cameras() -> Iterator[Finding]:
    from hairtint.live.capture import CameraSource, present

    found = 0
    for which in present():
        try:
            with CameraSource(which) as source:
                height, width = source.read().rgb.shape[:2]
            yield Finding("devices", source.name, "ok", f"{width} x {height}")
            found += 1
        except HairtintError as error:
            if sys.platform == "linux":  # elsewhere these are only guesses
                yield Finding("devices", str(which), "missing", *_halves(error))
    if importlib.util.find_spec("picamera2"):
        yield _picamera()
    elif not found:
        cure = "plug one in, or name a stream or a video: hairtint camera --camera clip.mp4"
        yield Finding("devices", "cameras", "missing", "none delivers a picture", cure)


def _picamera() -> Finding:
    """What Picamera2 sees, imported as `hairtint camera` does."""
    from hairtint.live import picamera

    try:
        models = picamera.models()
    except HairtintError as error:
        return Finding("devices", "Picamera2", "missing", *_halves(error))
    if not models:
        return Finding("devices", "Picamera2", "missing", "sees no camera", picamera.CURE)
    return Finding("devices", "Picamera2", "ok", ", ".join(models))


def _virtual_cameras() -> Iterator[Finding]:
    from hairtint.live.virtual import CURES

    if sys.platform != "linux":
        yield Finding("devices", "virtual camera", "ok", CURES.get(sys.platform, CURES["linux"]))
        return
    devices = sorted(path.name for path in Path("/sys/devices/virtual/video4linux").glob("video*"))
    cure = "" if devices else CURES["linux"]
    yield Finding("devices", "virtual camera", "missing" if cure else "ok", ", ".join(devices) or "none", cure)


def _display() -> Iterator[Finding]:
    names = [name for name in ("WAYLAND_DISPLAY", "DISPLAY") if os.environ.get(name)]
    if names or sys.platform in ("darwin", "win32"):
        yield Finding("system", "display", "ok", ", ".join(names) or "of the system")
    else:
        yield Finding("system", "display", "missing", "none", "watch in a browser: hairtint camera --serve")


def _temporary() -> Iterator[Finding]:
    try:
        with tempfile.TemporaryFile() as file:
            file.write(bytes(1_000_000))
            file.flush()
        yield Finding("system", "temporary folder", "ok", tempfile.gettempdir())
    except OSError as error:
        cure = "free some space, or name another folder with the environment variable TMPDIR"
        yield Finding("system", "temporary folder", "missing", _line(error), cure)


def _cured(error: Exception) -> tuple[str, str]:
    """What is wrong and what to do; errors that are not hairtint's own do not say the latter."""
    return _halves(error) if isinstance(error, HairtintError) else (_line(error), REINSTALL)


def _halves(error: Exception) -> tuple[str, str]:
    """What is wrong and what to do, which a colon or semicolon parts in our messages."""
    wrong, cure = re.fullmatch(r"(.*?)(?:[:;] (?!.*[:;] )(.*))?", _line(error)).groups("")  # type: ignore[union-attr]
    return wrong, cure


def _line(error: Exception) -> str:
    return printable(str(error)) or type(error).__name__
