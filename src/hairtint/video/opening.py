"""A file opened, and the video found in it; or one clear line that says why not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hairtint.errors import SourceError, reason
from hairtint.video import alpha

if TYPE_CHECKING:
    from av import VideoFrame, VideoStream
    from av.container import InputContainer
    from av.stream import Stream

MAX_PIXELS = 8192 * 8192
_PLAYLISTS = frozenset({"hls", "concat", "dash", "imf", "sdp", "rtsp"})  # what is sent to us names no files of ours


def opened(path: Path, name: str) -> InputContainer:
    """Open a file; raises SourceError where it is none, or a list of other files."""
    import av

    try:
        if not path.exists():
            raise SourceError(f"{name} does not exist: check the name")
        if path.is_dir():
            raise SourceError(f"{name} is a folder: name a video file")
        if not path.is_file():
            raise SourceError(f"{name} is a pipe or a device: write it to a file first")
        if not path.stat().st_size:
            raise SourceError(f"{name} is empty: copy or download it again")
        container = av.open(
            str(path.absolute()), "r", options={"protocol_whitelist": "file"}, metadata_errors="replace"
        )
    except (av.FFmpegError, OSError, ValueError) as error:
        said = "no video that can be read" if isinstance(error, av.InvalidDataError) else reason(error)
        raise SourceError(f"{name} cannot be opened ({said}): it is cut off, damaged, or no video file") from None
    if container.format.name in _PLAYLISTS:
        container.close()
        raise SourceError(f"{name} is a list of other files: name the video file itself")
    return container


def video_of(container: InputContainer, name: str) -> VideoStream:
    """The stream that is dyed: the first that is no cover picture; raises SourceError where there is none."""
    kind, videos = container.format.name, container.streams.video
    heif = container.duration is None and bool(videos) and videos[0].frames == 1
    if kind == "image2" or kind.endswith("_pipe") or heif:
        raise SourceError(f"{name} is a still picture: use hairtint image")
    found = [s for s in videos if not is_cover(s)]
    if not found:
        what = ", ".join(sorted({s.type for s in container.streams})) or "nothing"
        raise SourceError(f"{name} holds {what} and no video: name a video file")
    if found[0].codec_context is None:
        raise SourceError(f"{name} is in a video codec that this PyAV cannot decode: convert it first")
    return found[0]


def is_cover(stream: Stream) -> bool:
    """Whether a stream is a picture that goes with the file, as of an album."""
    from av.stream import Disposition

    return bool(stream.disposition & Disposition.attached_pic)


def first_frame(path: Path, name: str) -> VideoFrame:
    """The first frame that can be decoded; raises SourceError where there is none that can be used."""
    import av

    with opened(path, name) as container:
        video = video_of(container, name)
        decode = alpha.decoder(video, name, lambda line: None)
        try:
            for packet in container.demux(video):
                try:
                    for frame in decode(packet):
                        return usable(frame, name)
                except av.FFmpegError:
                    continue
        except (av.FFmpegError, OSError) as error:
            raise SourceError(f"{name} cannot be read ({reason(error)}): copy or download it again") from None
    raise SourceError(f"{name} has no frame that can be decoded: it is damaged, or only the start of a file")


def usable(frame: VideoFrame, name: str) -> VideoFrame:
    """The frame; raises SourceError where it is too large or too small."""
    if frame.width * frame.height > MAX_PIXELS:
        raise SourceError(f"{name} is {frame.width}x{frame.height}: the most is {MAX_PIXELS} pixels, scale it down")
    if min(frame.width, frame.height) < 2:
        raise SourceError(f"{name} is {frame.width}x{frame.height}: there is nothing to see")
    return frame
