"""Sound that a kind of file does not take, written anew in a codec that it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from av import AudioFrame, AudioLayout, AudioStream, Packet
    from av.container import OutputContainer

_AAC_RATES = (7350, 8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000)
_AAC, _OPUS = ("aac", _AAC_RATES, 96_000), ("libopus", (48_000,), 64_000)
ENCODERS = {"webm": _OPUS, "matroska": _OPUS, "mp4": _AAC, "mov": _AAC}
"""By muxer: encoder, sample rates that it is used with, and bits a second for each channel."""

_LAYOUTS = {1: "mono", 2: "stereo", 3: "3.0", 5: "5.0", 6: "5.1", 8: "7.1"}  # that both encoders take


class Recoded:
    """One audio stream, decoded and encoded packet by packet.

    Args:
        source: the stream.
        sink: where it goes.
        broken: takes a packet that cannot be decoded, and why.

    Attributes:
        mixed: the new layout's name where it has other channels than the source, else None.
    """

    def __init__(
        self, source: AudioStream, sink: OutputContainer, broken: Callable[[Packet[Any], Exception], None]
    ) -> None:
        encoder, rates, bits = ENCODERS[sink.format.name]
        self.source, self.broken = source, broken
        rate = min(rates, key=lambda one: abs(one - source.codec_context.sample_rate))
        count = source.codec_context.layout.nb_channels
        layout = _LAYOUTS.get(count, "stereo" if count < 6 else "5.1")
        self.mixed = None if count in _LAYOUTS else layout
        self.out: AudioStream = sink.add_stream(encoder, rate=rate)  # type: ignore[assignment]
        self.out.codec_context.layout = layout
        self.out.codec_context.bit_rate = bits * max(2, self.out.codec_context.layout.nb_channels)

    def __call__(self, packet: Packet[Any] | None) -> Iterator[Packet[Any]]:
        """The packets that are ready after this one; None for the last. What cannot be decoded is left out."""
        for frame in self._decoded(packet):
            yield from self.out.encode(frame)
        if packet is None:
            yield from self.out.encode(None)

    def _decoded(self, packet: Packet[Any] | None) -> list[AudioFrame]:
        import av

        try:
            return self.source.decode(packet)
        except av.FFmpegError as error:
            if packet is not None:
                self.broken(packet, error)
            return []


def usual(layout: AudioLayout) -> str | None:
    """The layout that is meant where a file says no more than how many channels there are; else None."""
    return _LAYOUTS.get(layout.nb_channels) if layout.name.endswith(" channels") else None
