"""`dye_file`: a video in, the same video with another hair colour out."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hairtint import extras
from hairtint.errors import InputError
from hairtint.look import Look, check_look
from hairtint.tinter import Tinter
from hairtint.video.channel import Channel, Closed
from hairtint.video.layout import copied
from hairtint.video.outputs import Dyed, Outputs, Wanted
from hairtint.video.paint import paint
from hairtint.video.part import Decoded
from hairtint.video.reading import Source
from hairtint.video.signal import Rgb
from hairtint.video.timecode import seconds
from hairtint.video.working import Working

if TYPE_CHECKING:
    from av import Packet, VideoFrame

AHEAD = 4  # frames between two threads: enough to even out, too few to fill the memory

Looks = Look | Callable[[float], Look]


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a video.

    Attributes:
        frames: how many were written.
        seconds: how long the result is, about.
        broken: places in the input that are damaged or could not be decoded.
        interrupted: whether `stop` ended it early.
        outputs: the files written; none where `stop` came before the first frame.
        notes: one line for each thing that the user should know, as given to `say`.
    """

    frames: int
    seconds: float
    broken: int
    interrupted: bool
    outputs: tuple[Path, ...]
    notes: tuple[str, ...]


def dye_file(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    look: Looks,
    *,
    model: str | os.PathLike[str] | None = None,
    start: float | str | None = None,
    end: float | str | None = None,
    side_by_side: bool = False,
    mask_video: str | os.PathLike[str] | None = None,
    matte_out: str | os.PathLike[str] | None = None,
    codec: str | None = None,
    quality: str = "good",
    overwrite: bool = False,
    threads: int | None = None,
    say: Callable[[str], None] = lambda line: None,
    progress: Callable[[int, int | None], None] = lambda done, total: None,
    stop: threading.Event | None = None,
) -> Report:
    """Give the hair in a video file another colour; all that is not hair stays, to the bit before encoding.

    Sound, subtitles, chapters, metadata, times, rotation, colour tags and bit depth are kept where the kind of file
    has a place for them. Results appear under their names once they are complete. Memory does not grow with length.

    Args:
        source: any file that FFmpeg decodes.
        target: .mp4, .m4v, .mov, .mkv, .webm or .gif.
        look: one Look, or a function from the time in seconds to a Look, such as Keyframes.
        model: as for VideoSegmenter; None for the fastest network.
        start: when to begin, in seconds or as text like "1:02.5"; None for the start.
        end: when to end, likewise, the first that is left out; None for the end.
        side_by_side: show the original to the left of the result.
        mask_video: also write the mask, white for hair, to this file.
        matte_out: also write the result with the mask as transparency: .mov (ProRes 4444), .webm (VP9), .mkv (FFV1).
        codec: "h264", "hevc", "vp9", "av1", "ffv1", "prores" or "gif"; None for the suffix's own.
        quality: "draft", "good", "high" or "lossless", or the codec's CRF number as text.
        overwrite: replace files that exist.
        threads: of the network; None for as many as there are cores.
        say: takes a line for each thing that the user should know, when it is known; from several threads.
        progress: takes how many frames are dyed and how many there will be, or None where the file does not say.
        stop: once set, the files are completed with what is dyed so far.

    Returns:
        A Report.

    Raises:
        SourceError: the video cannot be read.
        OutputError: a result cannot be written; nothing is left behind.
        InputError: look, start, end, codec or quality make no sense.
        ModelError: the network cannot be had.
        MissingExtraError: PyAV is not installed.
    """
    extras.require("video", "av", what="video files need")
    if not callable(look):
        check_look(look)
    wanted = Wanted(
        Path(target), codec, quality, side_by_side=side_by_side, overwrite=overwrite,
        mask=None if mask_video is None else Path(mask_video), matte=None if matte_out is None else Path(matte_out),
    )  # fmt: skip
    wanted.check(Path(source))
    start, end = (None if time is None else seconds(time) for time in (start, end))
    if start is not None and end is not None and end <= start:
        raise InputError(f"end {end:g} s does not come after start {start:g} s: give a later --end")
    notes: list[str] = []

    def note(line: str) -> None:
        notes.append(line)
        say(line)

    stop = stop or threading.Event()

    def check() -> None:
        if stop.is_set():
            raise Closed

    try:
        video = Source(Path(source), note, start=start, end=end, check=check)
    except Closed:
        return Report(0, 0.0, 0, True, (), tuple(notes))
    with video:
        chosen = wanted.codecs(video.first.format.components[0].bits)
        working = Working.of(video.first, video.name, chosen[0], even=wanted.even(chosen), beside=side_by_side)
        for line in working.notes(video.first, chosen[0]):
            note(line)
        with Outputs(wanted, chosen, video, working, note) as outputs:
            tinter = Tinter(model, threads=threads)
            looks = look if callable(look) else lambda time: look
            painter = _Painter(working, tinter, looks, note, keep=side_by_side)
            interrupted = _run(video, painter, outputs, progress, stop)
            paths = outputs.finish()
        return Report(
            outputs.frames - outputs.result.left_out, outputs.seconds, video.broken, interrupted, paths, tuple(notes)
        )


class _Painter:
    """Decoded frames to dyed ones: the first half for the reading thread, the second for the dyeing thread."""

    def __init__(
        self,
        working: Working,
        tinter: Tinter,
        looks: Callable[[float], Look],
        note: Callable[[str], None],
        *,
        keep: bool,
    ) -> None:
        self.working, self.tinter, self.looks, self.note, self.keep = working, tinter, looks, note, keep
        self.changes: set[str] = set()  # that have been told of

    def prepare(self, item: Decoded) -> _Prepared:
        """A frame in working form, and as the tinter sees it."""
        for what, then in self.working.changes(item.frame):
            if what not in self.changes:
                self.changes.add(what)
                self.note(f"{what} near {item.time:.2f} s: {then}")
        frame = self.working.prepare(item.frame)
        return _Prepared(frame, self.working.seen(frame), item.time)

    def dye(self, item: _Prepared) -> Dyed:
        """The frame in the look of its time."""
        working = self.working
        tinted = self.tinter(item.rgb, self.looks(item.time))
        before = copied(item.frame, working.layout) if self.keep else None
        stored = working.turn.stored
        paint(item.frame, working.layout, working.signal, stored(item.rgb), stored(tinted.rgb))
        return Dyed(item.frame, before, stored(tinted.mask))


@dataclass(frozen=True, slots=True)
class _Prepared:
    frame: VideoFrame
    rgb: Rgb
    time: float


def _run(
    source: Source,
    painter: _Painter,
    outputs: Outputs,
    progress: Callable[[int, int | None], None],
    stop: threading.Event,
) -> bool:
    """Take everything from the source through the painter to the outputs; returns whether `stop` ended it."""
    incoming: Channel[_Prepared | Packet[Any]] = Channel(AHEAD)
    outgoing: Channel[Dyed | Packet[Any]] = Channel(AHEAD)
    total, done = source.count(), 0
    with ThreadPoolExecutor(2, thread_name_prefix="hairtint-video") as pool:
        try:
            reading = pool.submit(_read, source, painter, incoming, stop)
            writing = pool.submit(_write, outputs, outgoing)
            for item in incoming:
                if stop.is_set():
                    break
                outgoing.put(painter.dye(item) if isinstance(item, _Prepared) else item)
                if isinstance(item, _Prepared):
                    done += 1
                    progress(done, total)
        except Closed:
            pass  # the writing thread gave up: its error follows
        finally:
            incoming.close()
            outgoing.close()
        writing.result()
        reading.result()
    return stop.is_set()


def _read(source: Source, painter: _Painter, channel: Channel[_Prepared | Packet[Any]], stop: threading.Event) -> None:
    def check() -> None:
        if stop.is_set() or channel.closed:
            raise Closed

    try:
        for item in source.items(check):
            channel.put(painter.prepare(item) if isinstance(item, Decoded) else item)
    except Closed:
        pass  # nobody wants more
    finally:
        channel.close()


def _write(outputs: Outputs, channel: Channel[Dyed | Packet[Any]]) -> None:
    try:
        for item in channel:
            outputs.write(item)
    finally:
        channel.close()
