"""Opening a video safely: the head, the first frame, and every packet undecoded to the end.

Memory stays flat whatever the length. Playlists, which FFmpeg would follow to other files and
servers, are not opened at all.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from pathlib import Path
from statistics import median

import av
from av.codec.context import CodecContext
from av.container import InputContainer
from av.stream import Disposition
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from components.errors import MediaRejected
from components.media.sniff import require_kind
from components.media.wording import file_label

_FORMATS = "mov,mp4,matroska,webm,avi"
_OPTIONS = {"format_whitelist": _FORMATS, "protocol_whitelist": "file"}
_OPEN_TIMEOUT_S = 10.0
_READ_TIMEOUT_S = 20.0
_MAX_PIXELS = 40_000_000
_MISSING_END_S = 0.5
_UNSTEADY = 1.8
_CUT = "ends too early, as if it was cut; export it again."
_BROKEN = (av.FFmpegError, OSError, ValueError, RuntimeError, MemoryError, ArithmeticError)


@dataclass(frozen=True)
class VideoInfo:
    """What a video file is.

    `container` is "mp4", "mov", "3gp", "mkv", "webm" or "avi"; sides are upright;
    `rotation_deg` is how far the stored frames are turned counter-clockwise for that.
    `total_s` is the length of the file with its sound, `is_steady` false when frames come at a
    rate that varies visibly, `has_place` true when the file says where it was recorded, and
    `pixel_aspect` how wide a stored pixel is for its height.
    """

    container: str
    codec: str
    width_px: int
    height_px: int
    duration_s: float
    fps: float
    has_audio: bool
    size_bytes: int
    rotation_deg: int
    pixel_format: str = "yuv420p"
    audio_codec: str = ""
    total_s: float = 0.0
    is_steady: bool = True
    has_place: bool = False
    pixel_aspect: float = 1.0

    @property
    def suffix(self) -> str:
        """The file ending that belongs to the container, with its dot: ".mp4"."""
        return f".{self.container}"


def inspect_video(path: Path) -> VideoInfo:
    """Read the head, decode the first frame and walk over all packets without decoding them.

    Raises `MediaRejected` for a file that is no video, has only sound, is damaged, ends before
    its time, or takes longer than 20 s to read.
    """
    with opened(path) as (source, stream):
        duration_s = picture_length_s(source, stream)
        walk = _walk(source, stream, file_label(path))
        if walk.frame is None:
            raise MediaRejected(f"{file_label(path)} has no frame in it; export it again.")
        if walk.length_s < duration_s - _MISSING_END_S:
            raise MediaRejected(f"{file_label(path)} {_CUT}")
        return _described(source, stream, path, walk.frame, walk)


def _described(
    source: InputContainer, stream: VideoStream, path: Path, frame: VideoFrame, walk: "_Walk"
) -> VideoInfo:
    turned = frame.rotation % 180 != 0
    sound = next(iter(source.streams.audio), None)
    # PyAV leaves the codec out when FFmpeg does not know it, against its own annotation.
    sound_codec: CodecContext | None = sound.codec_context if sound else None
    return VideoInfo(
        container=_container(source, path),
        codec=stream.codec_context.name,
        width_px=frame.height if turned else frame.width,
        height_px=frame.width if turned else frame.height,
        duration_s=picture_length_s(source, stream) or walk.length_s,
        fps=float(stream.average_rate or stream.guessed_rate or 0),
        has_audio=sound is not None,
        size_bytes=path.stat().st_size,
        rotation_deg=frame.rotation % 360,
        pixel_format=frame.format.name,
        audio_codec="" if sound is None else sound_codec.name if sound_codec else "unknown",
        total_s=(source.duration or 0) / av.time_base,
        is_steady=walk.is_steady,
        pixel_aspect=float(stream.sample_aspect_ratio or 1),
        has_place=any("location" in key.lower() for key in source.metadata),
    )


@contextmanager
def opened(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    """Lend the file with its picture track; decoding inside the block is guarded as well.

    Raises `MediaRejected` for a file that is no video, is broken, or has no picture track.
    """
    require_kind(path, "video")
    name = file_label(path)
    try:
        with av.open(
            str(path.resolve()),
            options=_OPTIONS,
            metadata_errors="replace",
            timeout=(_OPEN_TIMEOUT_S, _READ_TIMEOUT_S),
        ) as source:
            yield source, _video_stream(source, name)
    except _BROKEN as error:
        raise MediaRejected(f"{name} is damaged or incomplete; export it again.") from error


def _video_stream(source: InputContainer, name: str) -> VideoStream:
    """Return the moving pictures; the cover of an album is none."""
    for stream in source.streams.video:
        if not stream.disposition & Disposition.attached_pic:
            break
    else:
        found = "only sound" if source.streams.audio else "nothing to see"
        raise MediaRejected(f"{name} has {found} in it; add a file with a picture track.")
    # PyAV leaves the codec out when FFmpeg does not know it, against its own annotation.
    codec: VideoCodecContext | None = stream.codec_context
    if codec is None or not 0 < codec.width * codec.height <= _MAX_PIXELS:
        raise MediaRejected(f"{name} has a picture track that cannot be read; export it as H.264.")
    return stream


def first_frame(source: InputContainer, stream: VideoStream, path: Path) -> VideoFrame:
    """Decode one frame. Raises `MediaRejected` when there is none."""
    frame = next(iter(source.decode(stream)), None)
    if not isinstance(frame, VideoFrame):
        raise MediaRejected(f"{file_label(path)} has no frame in it; export it again.")
    return frame


def picture_length_s(source: InputContainer, stream: VideoStream) -> float:
    """Return the length of the picture track as the head of the file gives it; 0 for unknown."""
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return (source.duration or 0) / av.time_base


@dataclass
class _Walk:
    """What a walk over the packets found; `length_s` is from the first to the end of the last."""

    frame: VideoFrame | None
    length_s: float
    is_steady: bool


def _walk(source: InputContainer, stream: VideoStream, name: str) -> _Walk:
    """Read every packet, decode the first frame, and measure.

    The length is that of the picture track, or of all tracks when only the container has one.
    """
    deadline_s = time.monotonic() + _READ_TIMEOUT_S
    frame: VideoFrame | None = None
    times_s: list[float] = []
    start_s, end_s = inf, 0.0
    for packet in source.demux():
        if time.monotonic() > deadline_s:
            raise MediaRejected(f"{name} takes too long to read; export it again.")
        if packet.is_corrupt:
            raise MediaRejected(f"{name} {_CUT}")
        if frame is None and packet.stream is stream:
            frame = next((each for each in packet.decode() if isinstance(each, VideoFrame)), None)
        if packet.pts is None or packet.time_base is None:
            continue
        at_s = float(packet.pts * packet.time_base)
        if packet.stream is stream and not packet.is_discard:
            times_s.append(at_s)
        if packet.stream is stream or not stream.duration:
            start_s = min(start_s, at_s)
            end_s = max(end_s, at_s + float((packet.duration or 0) * packet.time_base))
    return _Walk(frame, max(end_s - start_s, 0.0), _is_steady(times_s))


def _is_steady(times_s: list[float]) -> bool:
    """Tell whether no frame stands longer than twice the usual; packets come in coding order."""
    gaps_s = [after - before for before, after in pairwise(sorted(times_s))]
    return not gaps_s or max(gaps_s) <= _UNSTEADY * median(gaps_s)


def _container(source: InputContainer, path: Path) -> str:
    """Tell apart what FFmpeg reads with one and the same reader."""
    if source.format.name.startswith("mov"):
        brand = source.metadata.get("major_brand", "qt").strip()
        if brand == "qt":
            return "mov"
        return "3gp" if brand.startswith("3g") else "mp4"
    if source.format.name.startswith("matroska"):
        with path.open("rb") as file:
            return "webm" if b"webm" in file.read(64) else "mkv"
    return source.format.name.split(",")[0]
