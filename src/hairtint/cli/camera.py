"""`hairtint camera`: the live picture of a camera with its hair in another colour."""

from __future__ import annotations

import threading
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import Literal

import click

from hairtint import signals
from hairtint.cli.options import PATH, Number, Size, chosen, color_option, dye_options, model_option
from hairtint.cli.progress import say
from hairtint.live import overlay
from hairtint.live.controls import begin
from hairtint.live.loop import Loop
from hairtint.live.serve import Server
from hairtint.live.sinks import Beside
from hairtint.live.sources import open_source
from hairtint.live.viewer import Out, Viewer
from hairtint.live.virtual import VirtualCamera
from hairtint.live.window import Window
from hairtint.recolor import Method
from hairtint.tinter import Tinter

Display = Literal["window", "overlay", "none"]
SIZE = (1280, 720)


@click.command()
@color_option(default="copper", show_default=True)
@click.option(
    "--camera",
    "spec",
    metavar="N",
    help="Camera number, device path, URL of a stream, or a video file as a stand-in; default: the first that works.",
)
@click.option(
    "--source",
    "kind",
    type=click.Choice(["auto", "opencv", "picamera2"]),
    default="auto",
    show_default=True,
    help="auto takes Picamera2 on a Raspberry Pi.",
)
@click.option(
    "--size", type=Size(), help="Picture size to ask of the camera. Default: 1280x720; of an overlay, 640x480."
)
@click.option("--fps", type=Number(1, 240), help="Frames per second to ask of the camera.")
@click.option("--rotate", type=click.Choice(["0", "90", "180", "270"]), default="0", help="Turn the picture clockwise.")
@dye_options
@model_option("Network by name (see: hairtint models) or .onnx path; default: the fastest.")
@click.option("--mirror/--no-mirror", default=True, show_default=True, help="Show the picture as a mirror does.")
@click.option(
    "--display", type=click.Choice(["window", "overlay", "none"]), help="Default: window; with --serve, none."
)
@click.option("--serve", is_flag=True, help="Show the picture in a browser: for a machine without a screen.")
@click.option("--host", default="127.0.0.1", show_default=True, help="With --serve; 0.0.0.0 for the local network.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="With --serve.")
@click.option("--virtual", is_flag=True, help="Also be a camera for video calls and OBS.")
@click.option("--record", is_flag=True, help="Record from the beginning.")
@click.option("-o", "--out", type=PATH, default=".", show_default=True, help="Folder for snapshots and recordings.")
@click.option("--frames", type=click.IntRange(1), help="Stop after so many dyed frames.")
@click.option("--seconds", type=Number(0, min_open=True), help="Stop after so many seconds.")
@click.option("--stats", is_flag=True, help="Show frames per second and latency, and print them once a second.")
def camera(
    color: str,
    spec: str | None,
    kind: Literal["auto", "opencv", "picamera2"],
    size: tuple[int, int] | None,
    fps: float | None,
    rotate: str,
    strength: float,
    method: Method,
    saturation: float,
    effects: tuple[str, ...],
    model: str | None,
    largest_region: bool,
    mirror: bool,
    display: Display | None,
    serve: bool,
    host: str,
    port: int,
    virtual: bool,
    record: bool,
    out: Path,
    frames: int | None,
    seconds: float | None,
    stats: bool,
) -> int:
    """See yourself live with another hair colour. In the window, H shows all keys.

    Exit status 1 where a snapshot or recording could not be written.
    """
    look = chosen(color, strength, method, saturation, effects, largest_region)
    if display == "overlay":
        if serve or virtual or record or frames or kind == "opencv" or not (spec or "0").isdecimal():
            raise click.UsageError("--display overlay is the Pi camera's own picture: it goes with no sink and no file")
        if effects or method != "natural" or stats:
            raise click.UsageError("--display overlay lays one colour on: leave --effect, --method and --stats out")
        with suppress(KeyboardInterrupt, SystemExit), signals.handled(signals.interrupt):
            overlay.show(
                look, camera=int(spec or 0), size=size, fps=fps, rotate=int(rotate), mirror=mirror, model=model,
                seconds=seconds,
            )  # fmt: skip
        return 0
    source = open_source(spec, kind=kind, size=size or SIZE, fps=fps, rotate=int(rotate))
    controls = replace(begin(look), mirror=mirror, recording=record, info=stats)
    window = display == "window" or (display is None and not serve)
    stop = threading.Event()  # an exception in the midst of starting threads would leave them behind
    with signals.handled(lambda *_: stop.set()), ExitStack() as stack:
        screen = stack.enter_context(Window()) if window else None
        remote = stack.enter_context(Server(host, port)) if serve else None
        if remote:
            remote.state.update(color=look.color.hex, strength=look.strength)
            say(f"watch at {remote.url}")
        outs = []
        if virtual:
            outs.append(Out(stack.enter_context(Beside(VirtualCamera(fps or 30.0, tell=say))), mirror=False))
        loop = stack.enter_context(Loop(source, lambda: Tinter(model), controls.look))
        viewer = Viewer(
            loop, controls, screen=screen, outs=outs, remote=remote, folder=out, tell=say, report=say if stats else None
        )
        viewer.run(frames=frames, seconds=seconds, stop=stop)
    if stats or not window:
        say(viewer.stats.summary())
    return 1 if viewer.keeper.failures else 0
