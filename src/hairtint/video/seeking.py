"""Going to a time of an open video file, so that decoding from there gives every frame from that time on."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from av import VideoStream
    from av.container import InputContainer

_BACK = Fraction(2)  # seconds, and twice as many each time


def seek(container: InputContainer, video: VideoStream, zero: Fraction, start: float) -> None:
    """Go to a keyframe at or before `start`, in seconds from `zero`, where the file's own clock begins.

    In MPEG-TS a seek may lead to any packet: then further back. Raises av.FFmpegError or OSError where no seek leads
    to one: the file is to be read from its beginning then, where a seek to its first time may already lie too late.
    """
    back, wanted = Fraction(0), Fraction(start)
    while back < wanted:
        where = int((zero + wanted - back) * 1_000_000)
        container.seek(where)
        if _decodes_by(container, video, zero + wanted):
            container.seek(where)
            return
        back = 2 * back or _BACK
    if wanted:
        raise OSError("no keyframe found")


def tick_of(video: VideoStream) -> Fraction:
    """The unit of a stream's times, in seconds."""
    return video.time_base or Fraction(1, 90_000)


def _decodes_by(container: InputContainer, video: VideoStream, time: Fraction) -> bool:
    """Whether the first frame that can be decoded from here on is shown by then."""
    import av

    for packet in container.demux(video):
        try:
            frames = packet.decode()
        except (av.FFmpegError, OSError):
            continue
        if frames:
            pts, tick = frames[0].pts, frames[0].time_base or tick_of(video)
            return pts is None or pts * tick <= time
    return False
