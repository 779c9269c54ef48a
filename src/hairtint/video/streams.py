"""What travels beside the picture: sound, subtitles, data, attachments, chapters and metadata."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from io import BytesIO
from itertools import chain
from typing import TYPE_CHECKING, Any

from hairtint.video.sound import ENCODERS, Recoded

if TYPE_CHECKING:
    from av import Packet
    from av.container import InputContainer, OutputContainer
    from av.stream import Stream

_OF_THE_FILE = {"encoder", "major_brand", "minor_version", "compatible_brands", "duration", "vendor_id", "alpha_mode"}
_STATISTICS = ("bps", "number_of_frames", "number_of_bytes", "_statistics")


class Copies:
    """The streams of an input that go into an output as they are; sound that does not fit is written anew.

    Attributes:
        notes: one line for each stream that this kind of file does not take.
    """

    def __init__(self, source: InputContainer, sink: OutputContainer, *, without: int) -> None:
        self.notes: list[str] = []
        self.streams: dict[int, Stream] = {}
        self.recoded: dict[int, Recoded] = {}
        from av import AudioStream

        chapters, kind = bool(source.chapters()), sink.format.name
        for stream in source.streams:
            if stream.index == without or (chapters and _is_chapter_text(stream)) or _is_timecode(stream, kind):
                continue
            if _fits(stream, kind):
                self.streams[stream.index] = new = _added(sink, stream)
            elif isinstance(stream, AudioStream) and stream.codec_context and kind in ENCODERS:
                self.recoded[stream.index] = again = Recoded(stream, sink)
                new = again.out
                self.notes.append(f"{_called(stream)} does not go into {kind}: written anew as {new.codec.name}")
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
        packet.stream = self.streams[index]
        return (packet,)

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


def options(metadata: Iterable[str], kind: str) -> dict[str, str]:
    """How the file is to be written so that players can start at once and phones' own metadata stays."""
    if kind not in ("mp4", "mov"):
        return {}
    flags = "+faststart"
    if any("." in key for key in metadata):  # com.apple.quicktime.…, which the plain boxes have no place for
        flags += "+use_metadata_tags"
    return {"movflags": flags}


def _called(stream: Stream) -> str:
    codec = stream.codec_context.name if stream.codec_context else "unknown format"
    kind = {"audio": "sound", "subtitle": "subtitles"}.get(stream.type, stream.type)
    return f"stream {stream.index} ({kind}, {codec})"


def _added(sink: OutputContainer, stream: Stream) -> Stream:
    return sink.add_stream_from_template(stream, opaque=True)


def _fits(stream: Stream, kind: str) -> bool:
    """Whether a file of this kind takes the stream: a trial file says so, for data up to its end."""
    import av

    trial = av.open(BytesIO(), "w", format=kind)
    try:
        new = _added(trial, stream)
        trial.start_encoding()
        if stream.type == "data":
            packet = av.Packet(bytes(16))
            packet.stream, packet.pts, packet.dts, packet.duration = new, 0, 0, 1
            packet.time_base = stream.time_base or Fraction(1, 1000)
            trial.mux(packet)
            trial.close()
    except (av.FFmpegError, ValueError, OSError):
        return False
    return True


def _is_chapter_text(stream: Stream) -> bool:
    """Whether a stream only repeats the chapters, as .mp4 and .mov store them."""
    return stream.type == "data" and stream.metadata.get("handler_name", "") in ("SubtitleHandler", "TextHandler", "")


def _is_timecode(stream: Stream, kind: str) -> bool:
    """Whether it holds the time code that .mov and .mp4 write by themselves, from the metadata of the picture."""
    return stream.type == "data" and "timecode" in stream.metadata and kind in ("mp4", "mov")
