"""Opening a video safely: the head, the first frame, and every packet undecoded to the end.

Memory stays flat whatever the length. Playlists, which FFmpeg would follow to other files and
servers, are not opened at all.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
from av.codec.context import CodecContext
from av.container import InputContainer
from av.stream import Disposition
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace
from av.video.stream import VideoStream

from components.errors import MediaRejected
from components.media.clips.display_matrix import DisplayTurn, turn_of
from components.media.clips.packet_walk import Walk, stated_length_s, walk_over
from components.media.formats.sniffing import require_kind
from components.media.formats.wording import file_label

_FORMATS = "mov,mp4,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg"
_OPTIONS = {"format_whitelist": _FORMATS, "protocol_whitelist": "file"}
_OPEN_TIMEOUT_S = 10.0
_READ_TIMEOUT_S = 20.0
_MAX_PIXELS = 40_000_000
_HD_LINES = 720
_UNSPECIFIED = 2
_COVER = Disposition.attached_pic
_NAMES = {"mpegts": "ts", "mpeg": "mpg", "asf": "wmv", "ogg": "ogv"}
# A rate that was worked out from ticks and frames differs a little from the one that was meant.
_ROUNDING = 0.005
_UNSUPPORTED = (av.DecoderNotFoundError, av.PatchWelcomeError, NotImplementedError)
_BROKEN = (av.FFmpegError, OSError, ValueError, RuntimeError, MemoryError, ArithmeticError)


@dataclass(frozen=True)
class VideoInfo:
    """What a video file is.

    `container` is "mp4", "mov", "3gp", "mkv", "webm", "avi", "ts", "mpg", "flv", "wmv" or "ogv";
    sides are upright; `turn` is what makes the stored frames so. `total_s` is the length of the
    file with its sound, `is_steady` false when frames come at a rate that varies visibly,
    `has_place` true when the file says where it was recorded, and `pixel_aspect` how wide a stored
    pixel is for its height. `fps` is the measured rate, `usual_fps` that of most frames,
    `stated_fps` what the head says, 0 when not known; `start_s` is when the first frame is due,
    which players wait for in the dark; `undecodable_s` is how much of the track lies before it and
    cannot be decoded, since its key frame is missing.
    """

    container: str
    codec: str
    width_px: int
    height_px: int
    duration_s: float
    fps: float
    has_audio: bool
    size_bytes: int
    turn: DisplayTurn
    pixel_format: str = "yuv420p"
    audio_codec: str = ""
    total_s: float = 0.0
    is_steady: bool = True
    has_place: bool = False
    pixel_aspect: float = 1.0
    usual_fps: float = 0.0
    stated_fps: float = 0.0
    picture_tracks: int = 1
    start_s: float = 0.0
    undecodable_s: float = 0.0

    @property
    def has_square_pixels(self) -> bool:
        """True when a stored pixel is shown about as wide as it is high."""
        return abs(self.pixel_aspect - 1) < _ROUNDING * 2

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
        walk = walk_over(source, stream, file_label(path))
        if walk.frame is None:
            raise MediaRejected(f"{file_label(path)} has no frame in it", remedy="export it again")
        return _described(source, stream, path, walk.frame, walk)


def _described(
    source: InputContainer, stream: VideoStream, path: Path, frame: VideoFrame, walk: Walk
) -> VideoInfo:
    turn, pace = turn_of(frame), walk.pace()
    stated_fps = float(stream.average_rate or stream.guessed_rate or 0)
    # What the head says counts what cannot be decoded as well.
    length_s = 0.0 if walk.undecodable_s else stated_length_s(source, stream)
    sound = next(iter(source.streams.audio), None)
    # PyAV leaves the codec out when FFmpeg does not know it, against its own annotation.
    sound_codec: CodecContext | None = sound.codec_context if sound else None
    return VideoInfo(
        container=_container(source, path),
        codec=stream.codec_context.name,
        width_px=frame.height if turn.swaps_sides else frame.width,
        height_px=frame.width if turn.swaps_sides else frame.height,
        duration_s=length_s or pace.length_s,
        fps=stated_fps if _are_close(stated_fps, pace.fps) else pace.fps,
        has_audio=sound is not None,
        size_bytes=path.stat().st_size,
        turn=turn,
        pixel_format=frame.format.name,
        audio_codec="" if sound is None else sound_codec.name if sound_codec else "unknown",
        total_s=(source.duration or 0) / av.time_base
        if length_s
        else walk.total_s - walk.undecodable_s,
        is_steady=pace.is_steady,
        usual_fps=pace.usual_fps,
        stated_fps=stated_fps,
        picture_tracks=len(_moving(source)),
        start_s=pace.start_s,
        undecodable_s=walk.undecodable_s,
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
    except _UNSUPPORTED as error:
        found = f"{name} is of a kind that cannot be read here"
        raise MediaRejected(found, remedy="save it as MP4 (H.264)") from error
    except _BROKEN as error:
        raise MediaRejected(f"{name} is damaged or incomplete", remedy="export it again") from error


def _video_stream(source: InputContainer, name: str) -> VideoStream:
    moving = _moving(source)
    if not moving:
        found = "only sound" if source.streams.audio else "nothing to see"
        raise MediaRejected(f"{name} has {found} in it", remedy="add a file with a picture track")
    stream = moving[0]
    # PyAV leaves the codec out when FFmpeg does not know it, against its own annotation.
    codec: VideoCodecContext | None = stream.codec_context
    if codec is None or not 0 < codec.width * codec.height <= _MAX_PIXELS:
        raise MediaRejected(
            f"{name} has a picture track that cannot be read", remedy="export it as H.264"
        )
    return stream


def first_frame(source: InputContainer, stream: VideoStream, path: Path) -> VideoFrame:
    """Decode one frame. Raises `MediaRejected` when there is none."""
    frame = next(iter(source.decode(stream)), None)
    if not isinstance(frame, VideoFrame):
        raise MediaRejected(f"{file_label(path)} has no frame in it", remedy="export it again")
    return frame


def colorspace_of(frame: VideoFrame) -> Colorspace | None:
    """Return how a browser reads the colours of a frame without a mark; None where it has one."""
    if frame.colorspace != _UNSPECIFIED:
        return None
    return Colorspace.ITU709 if frame.height >= _HD_LINES else Colorspace.ITU601


def picture_length_s(source: InputContainer, stream: VideoStream) -> float:
    """Return the length of the picture track as the head of the file gives it; 0 for unknown."""
    return stated_length_s(source, stream) or (source.duration or 0) / av.time_base


def _moving(source: InputContainer) -> list[VideoStream]:
    """Return the picture tracks; the cover of an album is none."""
    return [each for each in source.streams.video if not each.disposition & _COVER]


def _are_close(stated_fps: float, measured_fps: float) -> bool:
    return not measured_fps or abs(stated_fps - measured_fps) <= _ROUNDING * measured_fps


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
    name = source.format.name.split(",")[0]
    return _NAMES.get(name, name)
