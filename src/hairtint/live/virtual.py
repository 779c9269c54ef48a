"""The picture as a camera that other programs see: video calls, OBS."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Self

from hairtint.errors import MissingExtraError, OutputError, printable
from hairtint.live.compose import even, fit
from hairtint.live.sources import Rgb

CURES = {
    "linux": "install v4l2loopback, then: sudo modprobe v4l2loopback exclusive_caps=1 card_label=hairtint",
    "darwin": "install OBS Studio 30 or newer, and start and stop its virtual camera once",
    "win32": "install OBS Studio, which brings a virtual camera",
}


class VirtualCamera:
    """A sink that other programs take for a camera; its size is that of the first picture, later ones are fitted.

    fps: what the camera promises; pictures are sent when they come. tell: takes one line on where they can be seen.
    Raises MissingExtraError where pyvirtualcam is not installed, OutputError where the system has no virtual camera.
    """

    def __init__(
        self, fps: float = 30.0, *, backend: str | None = None, tell: Callable[[str], None] = lambda line: None
    ) -> None:
        self.fps, self.backend, self.tell = fps, backend, tell
        self._camera: Any = None

    def __enter__(self) -> Self:
        """Check what can be checked before the first picture tells the size."""
        try:
            import pyvirtualcam  # noqa: F401
        except ImportError:
            raise MissingExtraError("the virtual camera needs pyvirtualcam: pip install 'hairtint[camera]'") from None
        return self

    def __exit__(self, *stopped: object) -> None:
        """Let go of the device."""
        if self._camera is not None:
            self._camera.close()
        self._camera = None

    def show(self, rgb: Rgb) -> None:
        """See Sink."""
        if self._camera is None:
            self._camera = self._opened(rgb)
            self.tell(f"in the other program, choose the camera {printable(str(self._camera.device))}")
        self._camera.send(fit(rgb, (self._camera.width, self._camera.height)))

    def _opened(self, rgb: Rgb) -> Any:
        import pyvirtualcam

        width, height = even((rgb.shape[1], rgb.shape[0]))
        try:
            return pyvirtualcam.Camera(width, height, self.fps, backend=self.backend)
        except (RuntimeError, OSError) as error:
            cure = CURES.get(sys.platform, CURES["linux"])
            raise OutputError(f"no virtual camera ({printable(str(error))[:160]}): {cure}") from error
