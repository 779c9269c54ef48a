"""The files that come out: the result, and if asked for its mask and its matte."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from hairtint.errors import OutputError, SourceError, one_line, reason
from hairtint.h273 import FULL, LIMITED
from hairtint.photo_mask import to_grey
from hairtint.video import streams, timecode
from hairtint.video.codecs import CODECS, Codec, check_encoder, choose, container_of
from hairtint.video.convert import Converter
from hairtint.video.layout import GREY, Layout, copied, rebuilt
from hairtint.video.paint import set_alpha
from hairtint.video.signal import Signal
from hairtint.video.turn import Turn
from hairtint.video.working import Working
from hairtint.video.writing import Picture, Sink
from hairtint.whole_file import check_target

if TYPE_CHECKING:
    from av import Packet, VideoFrame

    from hairtint.video.reading import Source

Codecs = tuple[Codec, Codec | None, Codec | None]  # of result, mask and matte


@dataclass(frozen=True, slots=True)
class Dyed:
    """A working frame after dyeing.

    Attributes:
        frame: the dyed frame.
        before: the frame as it was, where that is shown too.
        mask: float32 (H, W) in [0, 1], as stored.
    """

    frame: VideoFrame
    before: VideoFrame | None
    mask: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which files are asked for; the fields are the arguments of `dye_file`."""

    target: Path
    codec: str | None = None
    quality: str = "good"
    side_by_side: bool = False
    overwrite: bool = False
    mask: Path | None = None
    matte: Path | None = None

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files, the result first."""
        return tuple(path for path in (self.target, self.mask, self.matte) if path is not None)

    def check(self, source: Path) -> None:
        """Refuse, before any work, what can be known to fail: OutputError or InputError."""
        try:
            seen = {Path(os.path.realpath(source)): "the input"}
        except (OSError, ValueError) as error:  # no file can be called so
            raise SourceError(f"{one_line(source)} cannot be opened ({reason(error)}): check the name") from None
        for path in self.paths:
            kind = container_of(path)
            if (place := check_target(path, overwrite=True)) in seen:
                raise OutputError(f"{one_line(path)} is {seen[place]} as well: name another file")
            seen[place] = "another result"
            check_target(path, self.overwrite)
            if path is self.matte and kind.matte is None:
                raise OutputError(f"{one_line(path)} has no transparency: name a .mov, .webm or .mkv for the matte")
        choose(self.target, self.codec, 8)
        for bits in (8, 10):
            CODECS[choose(self.target, self.codec, bits)].options(self.quality)

    def codecs(self, bits: int) -> Codecs:
        """The codecs of result, mask and matte for a picture of so many bits; OutputError where one is missing."""
        result = CODECS[choose(self.target, self.codec, bits)]
        mask = None if self.mask is None else CODECS[choose(self.mask, None, 8)]
        matte = None if self.matte is None else CODECS[container_of(self.matte).matte or ""]
        for codec in (result, mask, matte):
            if codec is not None:
                check_encoder(codec)
        return result, mask, matte

    def even(self, codecs: Codecs) -> str | None:
        """What needs even sides among these codecs of result, mask and matte, for a message; None for nothing."""
        files = zip(self.paths, (codec for codec in codecs if codec is not None), strict=True)
        return next((f"{codec.encoder} in {one_line(path)}" for path, codec in files if codec.even), None)


class Outputs:
    """The open files; a context that leaves nothing behind unless `finish` was called."""

    def __init__(
        self, wanted: Wanted, codecs: Codecs, source: Source, working: Working, note: Callable[[str], None]
    ) -> None:
        self.wanted, self.source, self.working, self.note = wanted, source, working, note
        self.frames, self.first, self.end = 0, Fraction(0), Fraction(0)
        self.sinks: list[Sink] = []
        codec, mask, matte = codecs
        try:
            self.result = self._open(wanted.target, codec, wanted.quality, working.layout, working.signal)
            self.copies = streams.Copies(
                source.container, self.result.container, without=source.video.index, broken=self._broken_sound
            )
            self._about()
            self.mask = self._open_mask(wanted.mask, mask) if mask and wanted.mask else None
            self.matte = self._open_matte(wanted.matte, matte) if matte and wanted.matte else None
        except BaseException:
            self._abandon()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *stopped: object) -> None:
        self._abandon()

    @property
    def seconds(self) -> float:
        """How long the result is."""
        return float(self.end - self.first)

    def write(self, item: Dyed | Packet[Any]) -> None:
        """The next dyed frame, or the next packet of another stream."""
        if not isinstance(item, Dyed):
            self._copy(self.copies.moved(self.source.shifted(item)))
            return
        frame = item.frame
        tick = frame.time_base or self.source.tick
        frame.pts = (frame.pts or 0) - round(self.source.origin / tick)
        self.first = frame.pts * tick if self.frames == 0 else self.first
        self.end = (frame.pts + frame.duration) * tick
        if self.mask is not None:
            self.mask.write(self._mask_frame(item))
        if self.matte is not None:
            self.matte.write(self._matte_frame(item))
        self.result.write(self._result_frame(item))
        self.frames += 1

    def finish(self) -> tuple[Path, ...]:
        """Complete the files and return their names; without a frame there are none."""
        if not self.frames:
            return ()
        self._copy(self.copies.rest())
        for sink in self.sinks:
            sink.complete()
            if sink.left_out:
                self.note(f"{sink.name}: {sink.left_out} frames are left out: browsers slow delays under 0.02 s down")
        for sink in self.sinks:  # only now: where one cannot have its name, nothing is left behind
            sink.check()
        for sink in self.sinks:
            sink.publish()
        self.sinks = []
        return self.wanted.paths

    def _abandon(self) -> None:
        for sink in self.sinks:
            sink.abandon()

    def _copy(self, packets: Iterable[Packet[Any]]) -> None:
        for packet in packets:
            what = self._place(packet)  # which it forgets when it is written
            if error := self.result.copy(packet):
                self._passed_over(what, error)

    def _broken_sound(self, packet: Packet[Any], error: Exception) -> None:
        self._passed_over(self._place(packet), error)

    def _passed_over(self, what: str, error: Exception) -> None:
        self.source.report(f"{self.source.name}: broken {what}is passed over ({reason(error)})")

    def _place(self, packet: Packet[Any]) -> str:
        """For a message: what a packet of the result holds, and where in the input."""
        when = packet.pts if packet.pts is not None else packet.dts
        near = self.source.near(when * packet.time_base + self.source.origin) if when is not None else ""
        return f"{streams.kind_of(packet.stream)} {near}"

    def _open(self, path: Path, codec: Codec, quality: str, layout: Layout, signal: Signal) -> Sink:
        turn, size, aspect = self.working.turn, self.working.size, self.source.video.sample_aspect_ratio
        if path == self.wanted.target and self.wanted.side_by_side:
            size = (size[0], 2 * size[1]) if turn.transpose else (2 * size[0], size[1])
        if not container_of(path).turns:
            if turn.transpose:
                size, aspect = size[::-1], aspect and 1 / aspect
            turn = Turn()
        picture = Picture(
            size, layout.name, signal, self.source.rate, self.source.tick, turn, aspect,
            interlaced=self.working.interlaced,
        )  # fmt: skip
        sink = Sink(path, codec, quality, picture, overwrite=self.wanted.overwrite)
        self.sinks.append(sink)
        for line in picture.lost(path, codec):
            self.note(line)
        return sink

    def _about(self) -> None:
        source, sink = self.source, self.result
        streams.copy_about(source.container, sink.container, source.origin, source.start, source.end)
        sink.video.metadata.update(streams.kept(source.video.metadata))
        for about in (sink.container.metadata, sink.video.metadata):
            if "timecode" in about:
                about["timecode"] = timecode.moved(about["timecode"], source.rate, Fraction(source.start or 0))
        sink.video.disposition = source.video.disposition
        sink.start(streams.options(sink.container.metadata, sink.container.format.name, source.path))
        for line in self.copies.notes:
            self.note(line)

    def _open_mask(self, path: Path, codec: Codec) -> Sink:
        layout = Layout.named(codec.formats[0]) or self.working.layout
        signal = Signal(FULL, 0) if layout.rgb else Signal(LIMITED)
        self.into_mask = Converter(layout.name, Signal(FULL), signal)
        sink = self._open(path, codec, codec.nearest(self.wanted.quality), layout, signal)
        sink.start({})
        return sink

    def _open_matte(self, path: Path, codec: Codec) -> Sink:
        self.matte_layout = layout = codec.layout_for(self.source.first.format, alpha=True)
        if self.working.signal.high_dynamic and layout.bits < 10:
            raise OutputError(f"{one_line(path)} has 8 bits, and HDR needs 10: name a .mov or .mkv for the matte")
        signal = self.working.signal
        if not layout.rgb:
            signal = signal.as_yuv(self.working.size[1], limited=codec.limited)
        self.into_matte = Converter(layout.name, self.working.signal, signal)
        sink = self._open(path, codec, codec.nearest(self.wanted.quality), layout, signal)
        sink.start({})
        return sink

    def _result_frame(self, item: Dyed) -> VideoFrame:
        layout, turn = self.working.layout, self.working.turn
        turned = container_of(self.wanted.target).turns or not turn
        if item.before is None and turned:
            return item.frame
        planes = layout.arrays(item.frame)
        if item.before is not None:
            planes = [turn.beside(*pair) for pair in zip(layout.arrays(item.before), planes, strict=True)]
        if not turned:
            planes = [turn.upright(plane) for plane in planes]
        return rebuilt(item.frame, planes, layout)

    def _mask_frame(self, item: Dyed) -> VideoFrame:
        grey = to_grey(item.mask)
        if self.wanted.mask and not container_of(self.wanted.mask).turns:
            grey = self.working.turn.upright(grey)
        return _timed(self.into_mask(rebuilt(item.frame, [grey], GREY)), item.frame)

    def _matte_frame(self, item: Dyed) -> VideoFrame:
        frame = self.into_matte(item.frame)
        if frame is item.frame:  # which goes into the result as it is
            frame = copied(frame, self.matte_layout)
        set_alpha(frame, self.matte_layout, item.mask)
        return _timed(frame, item.frame)


def _timed(frame: VideoFrame, like: VideoFrame) -> VideoFrame:
    frame.pts, frame.duration = like.pts, like.duration
    if like.time_base:
        frame.time_base = like.time_base
    frame.pict_type = 0
    return frame
