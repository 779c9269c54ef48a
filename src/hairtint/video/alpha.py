"""Transparency of VP8 and VP9, which FFmpeg's own decoders pass over: it lies beside each packet."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from av import Packet, VideoFrame, VideoStream

Decode = Callable[["Packet[Any]"], "list[VideoFrame]"]

_DECODERS = {"vp8": "libvpx", "vp9": "libvpx-vp9"}


def decoder(stream: VideoStream, name: str, say: Callable[[str], None]) -> Decode:
    """What turns packets of a stream into frames, with transparency where the stream has it.

    name: of the file; say: takes a line where transparency is lost because this PyAV cannot decode it.
    """
    from av.codec.codec import UnknownCodecError
    from av.codec.context import CodecContext

    own = stream.codec_context
    if stream.metadata.get("alpha_mode") != "1" or own.name not in _DECODERS:
        return lambda packet: packet.decode()
    try:
        context: Any = CodecContext.create(_DECODERS[own.name], "r")
    except UnknownCodecError:
        say(f"transparency of {name} is lost: this PyAV was built without {_DECODERS[own.name]}")
        return lambda packet: packet.decode()
    context.thread_count = 0
    context.color_range, context.colorspace = own.color_range, own.colorspace
    context.color_primaries, context.color_trc = own.color_primaries, own.color_trc
    return lambda packet: list(context.decode(packet))
