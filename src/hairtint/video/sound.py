"""Sound that a kind of file does not take, written anew in a codec that it does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from av import AudioStream, Packet
    from av.container import OutputContainer

ENCODERS = {"webm": ("libopus", 48_000, 128_000), "mp4": ("aac", None, 192_000), "mov": ("aac", None, 192_000)}
"""By muxer: encoder, sample rate (None for the source's) and bits a second."""


class Recoded:
    """One audio stream, decoded and encoded packet by packet."""

    def __init__(self, source: AudioStream, sink: OutputContainer) -> None:
        encoder, rate, bits = ENCODERS[sink.format.name]
        self.source = source
        layout = "stereo" if source.codec_context.layout.nb_channels > 1 else "mono"
        self.out: AudioStream = sink.add_stream(encoder, rate=rate or source.codec_context.sample_rate)  # type: ignore[assignment]
        self.out.codec_context.layout = layout
        self.out.codec_context.bit_rate = bits

    def __call__(self, packet: Packet[Any] | None) -> Iterator[Packet[Any]]:
        """The packets that are ready after this one; None for the last. What cannot be decoded is left out."""
        import av

        with suppress(av.InvalidDataError):
            for frame in self.source.decode(packet):
                yield from self.out.encode(frame)
        if packet is None:
            yield from self.out.encode(None)
