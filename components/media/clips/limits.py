"""Videos: what a model takes, what a file is, and a picture of its first frame."""

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from components.errors import MediaRejected
from components.media.clips.display_matrix import turn_of
from components.media.clips.inspection import VideoInfo, first_frame, opened
from components.media.formats.wording import MB, megabytes, sides
from components.media.report import Check
from components.media.store.durable_files import disk_space_watched

# A container counts time in its own ticks, some in thousandths of a second.
_TICK_S = 0.001
# Three seconds of frames that add up to a little less can be repaired: the last one stands longer.
_MISSING_S = 0.01
# The sound ends where its last block of 1024 samples does, a little after the picture.
_SOUND_TOLERANCE_S = 0.1
# 23.976 frames a second is what cameras and editors call 24, and 60.0002 what phones call 60.
_FPS_TOLERANCE = 0.05


@dataclass(frozen=True)
class VideoLimits:
    """What the models take, from Kling's documentation; lengths in seconds, sides upright."""

    containers: tuple[str, ...] = ("mp4", "mov")
    min_duration_s: float = 3.0
    max_duration_s: float = 10.0
    min_side_px: int = 720
    max_side_px: int = 2160
    min_fps: float = 24.0
    max_fps: float = 60.0
    max_size_bytes: int = 200 * MB


DEFAULT_LIMITS = VideoLimits()
# 8 bits, with colour at half the resolution both ways.
_PLAIN_PIXELS = ("yuv420p", "yuvj420p")


def video_checks(info: VideoInfo, limits: VideoLimits = DEFAULT_LIMITS) -> tuple[Check, ...]:
    """Tell of each limit whether the clip is within it."""
    width_px, height_px = info.width_px, info.height_px
    wanted = " or ".join(name.upper() for name in limits.containers)
    lengths = f"{limits.min_duration_s:g} to {limits.max_duration_s:g} s"
    length_s = file_length_s(info)
    return (
        Check(
            "Format",
            f"{info.container.upper()}, {codec_label(info)}",
            f"{wanted}, H.264",
            info.container in limits.containers and has_plain_picture(info),
        ),
        Check(
            "Length",
            f"{length_s:.2f} s",
            lengths,
            not _duration_problem(info, limits) and length_s <= limits.max_duration_s + _TICK_S,
        ),
        Check(
            "Sides",
            sides(width_px, height_px) + ("" if info.has_square_pixels else ", stretched"),
            f"{limits.min_side_px} to {limits.max_side_px} pixels",
            info.has_square_pixels and not _sides_problem(info, limits),
        ),
        Check(
            "Frame rate",
            f"{info.fps:.4g} fps{'' if info.is_steady else ', varying'}",
            f"{limits.min_fps:g} to {limits.max_fps:g} fps",
            has_steady_rate(info, limits) and is_rate_within(info.stated_fps or info.fps, limits),
        ),
        Check(
            "Sound",
            info.audio_codec.upper() or "none",
            "AAC or none",
            info.audio_codec in ("", "aac"),
        ),
        Check(
            "Size",
            megabytes(info.size_bytes),
            f"at most {megabytes(limits.max_size_bytes)}",
            not _size_problem(info, limits),
        ),
    )


def has_plain_picture(info: VideoInfo) -> bool:
    """Tell whether the picture is H.264 with 8 bits a colour, which every player reads."""
    return info.codec == "h264" and info.pixel_format in _PLAIN_PIXELS


def has_steady_rate(info: VideoInfo, limits: VideoLimits) -> bool:
    """Tell whether the frames themselves come at a rate the model takes, whatever the head says."""
    return info.is_steady and is_rate_within(info.fps, limits)


def is_rate_within(fps: float, limits: VideoLimits) -> bool:
    """Tell whether the model takes so many frames a second."""
    return limits.min_fps - _FPS_TOLERANCE <= fps <= limits.max_fps + _FPS_TOLERANCE


def file_length_s(info: VideoInfo) -> float:
    """Return the length of the clip in seconds; of its sound where that goes on much longer."""
    if info.total_s > info.duration_s + _SOUND_TOLERANCE_S:
        return info.total_s
    return info.duration_s


def codec_label(info: VideoInfo) -> str:
    """Return "H.264", with the pixel format where it is an unusual one."""
    name = {"h264": "H.264", "hevc": "H.265"}.get(info.codec, info.codec.upper())
    return name if info.pixel_format in _PLAIN_PIXELS else f"{name} ({info.pixel_format})"


def check_video(info: VideoInfo, limits: VideoLimits = DEFAULT_LIMITS, file_name: str = "") -> None:
    """Raise `MediaRejected` with the measured value and the limit, for the first that is broken."""
    name = file_name or "The video"
    for problem in (
        _container_problem(info, limits),
        _duration_problem(info, limits),
        _sides_problem(info, limits),
        _rate_problem(info, limits),
        _size_problem(info, limits),
    ):
        if problem:
            raise MediaRejected(f"{name} {problem} and add it again.")


def require_length(info: VideoInfo, limits: VideoLimits, name: str) -> None:
    """Raise `MediaRejected` for a clip that is too short: what is not there cannot be repaired."""
    if info.duration_s < limits.min_duration_s - _MISSING_S:
        raise MediaRejected(f"{name} {_duration_problem(info, limits)} and add it again.")


def frame_picture(path: Path, target: Path, max_side_px: int = 480) -> Path:
    """Write the first frame as an upright JPEG and return `target`.

    Raises `MediaRejected` for an unreadable file and `DiskFull`.
    """
    with opened(path) as (source, stream):
        frame = first_frame(source, stream, path)
        picture: Image.Image = Image.fromarray(frame.to_ndarray(format="rgb24"))
        picture.thumbnail((max_side_px, max_side_px))
        if (turn := turn_of(frame).transpose) is not None:
            picture = picture.transpose(turn)
    with disk_space_watched():
        picture.save(target, "JPEG", quality=82)
    return target


def _container_problem(info: VideoInfo, limits: VideoLimits) -> str:
    if info.container in limits.containers:
        return ""
    wanted = " or ".join(name.upper() for name in limits.containers)
    return f"is {info.container.upper()}, and the model takes {wanted}; export it as one of these"


def _duration_problem(info: VideoInfo, limits: VideoLimits) -> str:
    if info.duration_s < limits.min_duration_s - 1e-6:
        change = (
            f"shorter than the {limits.min_duration_s:g} seconds the model needs; make it longer"
        )
    elif info.duration_s > limits.max_duration_s + _TICK_S:
        change = f"longer than the {limits.max_duration_s:g} seconds the model takes; trim it"
    else:
        return ""
    return f"lasts {info.duration_s:.2f} seconds, {change}"


def _sides_problem(info: VideoInfo, limits: VideoLimits) -> str:
    shape = f"is {sides(info.width_px, info.height_px)}"
    if min(info.width_px, info.height_px) < limits.min_side_px:
        return f"{shape}, and the model needs at least {limits.min_side_px} a side; scale it up"
    if max(info.width_px, info.height_px) > limits.max_side_px:
        return f"{shape}, and the model takes at most {limits.max_side_px} a side; scale it down"
    return ""


def _rate_problem(info: VideoInfo, limits: VideoLimits) -> str:
    if is_rate_within(info.fps, limits):
        return ""
    wanted = f"{limits.min_fps:g} to {limits.max_fps:g}"
    return f"has {info.fps:.4g} frames a second, and the model takes {wanted}; convert it"


def _size_problem(info: VideoInfo, limits: VideoLimits) -> str:
    if info.size_bytes <= limits.max_size_bytes:
        return ""
    size, limit = megabytes(info.size_bytes), megabytes(limits.max_size_bytes)
    return f"is {size}, more than the {limit} the model takes; save it smaller"
