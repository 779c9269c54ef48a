"""What travels beside the picture: sound, subtitles, data, attachments, chapters and metadata."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hairtint.video.gif import loops
from hairtint.video.opening import is_cover
from hairtint.video.sound import ENCODERS, Recoded, usual

if TYPE_CHECKING:
    from av import Packet
    from av.container import InputContainer, OutputContainer
    from av.stream import Stream

_OF_THE_FILE = {"encoder", "major_brand", "minor_version", "compatible_brands", "duration", "vendor_id", "alpha_mode"}
_STATISTICS = ("bps", "number_of_frames", "number_of_bytes", "_statistics")


class Copies:
    """The streams of an input that go into an output as they are; sound that does not fit is written anew.

    Args:
        source: the input.
        sink: the output.
        without: number of the stream that is left out.
        broken: takes a packet of sound that cannot be used, and why.

    Attributes:
        notes: one line for each stream that this kind of file does not take.
    """

    def __init__(
        self,
        source: InputContainer,
        sink: OutputContainer,
        *,
        without: int,
        broken: Callable[[Packet[Any], Exception], None],
    ) -> None:
        self.broken = broken
        self.notes: list[str] = []
        self.streams: dict[int, Stream] = {}
        self.last: dict[int, int] = {}  # time of decoding of the last packet of each stream
        self.step = 0 if sink.format.name in ("matroska", "webm") else 1  # by which these times rise at least
        self.recoded: dict[int, Recoded] = {}
        self.cuts = sink.format.name in ("mp4", "mov")  # it can say that packets are decoded and not played
        self.before: dict[int, Packet[Any]] = {}
        from av import AudioStream

        chapters, kind = bool(source.chapters()), sink.format.name
        for stream in source.streams:
            if stream.index == without or (chapters and _is_chapter_text(stream)) or _is_timecode(stream, kind):
                continue
            if _fits(stream, kind):
                self.streams[stream.index] = new = _added(sink, stream)
            elif isinstance(stream, AudioStream) and stream.codec_context and kind in ENCODERS:
                self.recoded[stream.index] = again = Recoded(stream, sink, broken)
                new, mixed = again.out, f", mixed to {again.mixed}" if again.mixed else ""
                self.notes.append(f"{_called(stream)} does not go into {kind}: written anew as {new.codec.name}{mixed}")
            else:
                self.notes.append(f"{_called(stream)} does not go into {kind} and is left out")
                continue
            new.metadata.update(kept(stream.metadata))
            new.disposition = stream.disposition

    def moved(self, packet: Packet[Any]) -> Iterable[Packet[Any]]:
        """A packet of the input as packets of the output; none where its stream is left out."""
        index = packet.stream.index
        if index in self.recoded:
            return self.recoded[index](packet)
        if index not in self.streams:
            return ()
        if index not in self.last and _headless(packet):
            self.broken(packet, ValueError("no ADTS header"))
            return ()
        if packet.is_discard and packet.stream.type != "video" and not self.cuts:
            if _leans(packet.stream) and index not in self.last:
                self.before[index] = packet  # the first that is played needs it
            return ()
        return [self._placed(one, index) for one in (self.before.pop(index, None), packet) if one is not None]

    def _placed(self, packet: Packet[Any], index: int) -> Packet[Any]:
        if packet.dts is not None:
            lowest = self.last.get(index, packet.dts - self.step) + self.step
            packet.dts = self.last[index] = max(packet.dts, lowest)
            packet.pts = packet.dts if packet.pts is None else max(packet.pts, packet.dts)
        packet.stream = self.streams[index]
        return packet

    def rest(self) -> Iterable[Packet[Any]]:
        """What the encoders of sound still hold at the end."""
        return chain.from_iterable(again(None) for again in self.recoded.values())


def copy_about(
    source: InputContainer, sink: OutputContainer, origin: Fraction, start: float | None, end: float | None
) -> None:
    """Copy the metadata of a file, and the chapters between start and end, moved with the picture."""
    sink.metadata.update(kept(source.metadata))
    chapters = []
    for chapter in source.chapters():
        base = chapter["time_base"] or Fraction(1, 1000)
        first, last = (Fraction(chapter[at]) * base - origin for at in ("start", "end"))
        if end is not None:
            last = min(last, Fraction(end) - Fraction(start or 0))
        first = max(first, Fraction(0))
        if last > first:
            times = {"start": round(first / base), "end": round(last / base), "time_base": base}
            chapters.append({**chapter, **times})
    if chapters:
        sink.set_chapters(chapters)  # type: ignore[arg-type]


def kept(metadata: dict[str, str]) -> dict[str, str]:
    """The metadata without what only the old file was."""
    return {
        key: value
        for key, value in metadata.items()
        if key.lower() not in _OF_THE_FILE and not key.lower().startswith(_STATISTICS)
    }


def options(metadata: Iterable[str], kind: str, source: Path) -> dict[str, str]:
    """How the file is to be written so that players can start at once, phones' own metadata stays, GIFs go round."""
    if kind == "gif":
        return {"loop": str(loops(source))}
    if kind not in ("mp4", "mov"):
        return {}
    flags = "+faststart"
    if any("." in key for key in metadata):  # com.apple.quicktime.…, which the plain boxes have no place for
        flags += "+use_metadata_tags"
    return {"movflags": flags}


def kind_of(stream: Stream) -> str:
    """What a stream holds, for a message."""
    return {"audio": "sound", "subtitle": "subtitles"}.get(stream.type, stream.type)


def _called(stream: Stream) -> str:
    codec = stream.codec_context.name if stream.codec_context else "unknown format"
    kind = "cover picture" if is_cover(stream) else kind_of(stream)
    return f"stream {stream.index} ({kind}, {codec})"


def _added(sink: OutputContainer, stream: Stream) -> Stream:
    from av import AudioStream

    new = sink.add_stream_from_template(stream, opaque=True)
    if isinstance(new, AudioStream) and new.codec_context and (layout := usual(new.codec_context.layout)):
        new.codec_context.layout = layout  # .mp4 takes no mere number
    return new


def _fits(stream: Stream, kind: str) -> bool:
    """Whether a file of this kind takes the stream: a trial file says so, to its end where any bytes are a packet."""
    import av
    from av import AudioCodecContext

    if kind == "mov" and is_cover(stream):
        return False  # the muxer takes it and writes nothing
    context, size = stream.codec_context, 16 if stream.type == "data" else 0
    if isinstance(context, AudioCodecContext) and context.name.startswith("pcm_"):
        size = 24 * context.layout.nb_channels  # silence, whole for samples of 1, 2, 3, 4 and 8 bytes
    trial = av.open(BytesIO(), "w", format=kind)
    try:
        new = _added(trial, stream)
        trial.start_encoding()
        if size:
            packet = av.Packet(bytes(size))
            packet.stream, packet.pts, packet.dts, packet.duration = new, 0, 0, 1
            packet.time_base = stream.time_base or Fraction(1, 1000)
            trial.mux(packet)
            trial.close()
    except (av.FFmpegError, ValueError, OSError):
        return False
    return True


def _leans(stream: Stream) -> bool:
    """Whether its packets are decoded with the help of the one before, as those of AAC and MP3 are."""
    return stream.type == "audio" and stream.codec_context is not None and not stream.codec_context.codec.lossless


def _headless(packet: Packet[Any]) -> bool:
    """Whether AAC of an MPEG-TS lacks its header: by the first packet the muxers see what all others are."""
    stream = packet.stream
    if stream.container.format.name != "mpegts" or not stream.codec_context or stream.codec_context.name != "aac":
        return False
    first = bytes(packet)[:2]
    return len(first) == 2 and (first[0], first[1] & 0xF0) != (0xFF, 0xF0)


def _is_chapter_text(stream: Stream) -> bool:
    """Whether a stream only repeats the chapters, as .mp4 and .mov store them."""
    return stream.type == "data" and stream.metadata.get("handler_name", "") in ("SubtitleHandler", "TextHandler", "")


def _is_timecode(stream: Stream, kind: str) -> bool:
    """Whether it holds the time code that .mov and .mp4 write by themselves, from the metadata of the picture."""
    return stream.type == "data" and "timecode" in stream.metadata and kind in ("mp4", "mov")
