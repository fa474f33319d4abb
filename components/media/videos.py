"""Videos: what a model takes, what a file is, and a picture of its first frame."""

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from components.errors import MediaRejected
from components.media.store import disk_space_watched
from components.media.video_files import VideoInfo, first_frame, inspect_video, opened
from components.media.wording import MB, megabytes, sides

__all__ = ["VideoInfo", "VideoLimits", "check_video", "frame_picture", "inspect_video"]

# A container counts time in its own ticks, and the last frame may begin just before the mark.
_DURATION_TOLERANCE_S = 0.1
# 23.976 frames a second is what cameras and editors call 24, and 60.0002 what phones call 60.
_FPS_TOLERANCE = 0.05
_UPRIGHT = {
    90: Image.Transpose.ROTATE_90,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_270,
}


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


_DEFAULT_LIMITS = VideoLimits()


def check_video(
    info: VideoInfo, limits: VideoLimits = _DEFAULT_LIMITS, file_name: str = ""
) -> None:
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


def frame_picture(path: Path, target: Path, max_side_px: int = 480) -> Path:
    """Write the first frame as an upright JPEG and return `target`.

    Raises `MediaRejected` for an unreadable file and `DiskFull`.
    """
    with opened(path) as (source, stream):
        frame = first_frame(source, stream, path)
        picture: Image.Image = Image.fromarray(frame.to_ndarray(format="rgb24"))
        picture.thumbnail((max_side_px, max_side_px))
        if turn := _UPRIGHT.get(frame.rotation % 360):
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
    if info.duration_s < limits.min_duration_s - _DURATION_TOLERANCE_S:
        change = (
            f"shorter than the {limits.min_duration_s:g} seconds the model needs; make it longer"
        )
    elif info.duration_s > limits.max_duration_s + _DURATION_TOLERANCE_S:
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
    if limits.min_fps - _FPS_TOLERANCE <= info.fps <= limits.max_fps + _FPS_TOLERANCE:
        return ""
    wanted = f"{limits.min_fps:g} to {limits.max_fps:g}"
    return f"has {info.fps:.4g} frames a second, and the model takes {wanted}; convert it"


def _size_problem(info: VideoInfo, limits: VideoLimits) -> str:
    if info.size_bytes <= limits.max_size_bytes:
        return ""
    size, limit = megabytes(info.size_bytes), megabytes(limits.max_size_bytes)
    return f"is {size}, more than the {limit} the model takes; save it smaller"
