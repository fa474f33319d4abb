"""One frame of a video as a picture of full quality: the first, the last, or that of a second."""

from math import inf, isfinite
from pathlib import Path
from typing import Any, Literal

from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation
from av.video.stream import VideoStream
from PIL import Image

from components.errors import MediaRejected
from components.media.capacity.cpu_slots import ONE_A_CORE
from components.media.capacity.footprint import footprint_bytes
from components.media.clips.display_matrix import turn_of
from components.media.clips.inspection import colorspace_of, first_frame, opened, picture_length_s
from components.media.store.durable_files import disk_space_watched
from components.media.store.media_store import MediaStore, name_of, ref

Moment = Literal["first", "last"] | float

# A player tells the time of a frame rounded, and sometimes a little before it is due.
_EARLY_S = 0.002
_STEPS_BACK_S = (0.0, 2.0, 10.0, inf)
_SMOOTH = Interpolation.BICUBIC | Interpolation.FULL_CHR_H_INT | Interpolation.ACCURATE_RND
_SAVED_AS: dict[str, dict[str, Any]] = {
    ".png": {"format": "PNG", "compress_level": 2},
    ".jpg": {"format": "JPEG", "quality": 96, "subsampling": 0},
}


def keep_frame(store: MediaStore, video_ref: str, moment: Moment, suffix: str = ".png") -> str:
    """Keep a frame of a stored video and return its reference.

    A `moment` in seconds counts from the beginning; one after the end means the last frame.
    Raises `MediaRejected` for a file that is no video or not kept any more, and `DiskFull`.
    """
    path = store.path(name_of(video_ref))
    slot = ONE_A_CORE.slot(needed_bytes=footprint_bytes(path))
    with slot, store.workspace() as folder:
        return ref(store.keep(save_frame(path, moment, folder / f"frame{suffix}"), suffix))


def save_frame(path: Path, moment: Moment, target: Path) -> Path:
    """Write a frame upright as PNG or JPEG, by the ending of `target`, and return `target`.

    Raises `MediaRejected` for an unreadable file and `DiskFull`.
    """
    if isinstance(moment, float | int) and not isfinite(moment):
        raise MediaRejected("That is not a moment of the video; give it in seconds.")
    with opened(path) as (source, stream):
        stream.thread_type = "AUTO"
        first = first_frame(source, stream, path)
        frame = first if moment == "first" else _frame_at(source, stream, first, moment)
        picture = _picture(frame, float(stream.sample_aspect_ratio or 1))
        # The turn stands in the head of the file; decoders repeat it with every frame or not.
        turn = turn_of(first).transpose
        picture = picture if turn is None else picture.transpose(turn)
    with disk_space_watched():
        picture.save(target, **_SAVED_AS[target.suffix])
    return target


def _frame_at(
    source: InputContainer, stream: VideoStream, first: VideoFrame, moment: Moment
) -> VideoFrame:
    start_s = first.time or 0.0
    end_s = start_s + picture_length_s(source, stream)
    wanted_s = inf if moment == "last" else start_s + max(float(moment), 0.0) + _EARLY_S
    for back_s in _STEPS_BACK_S:
        from_s = max(min(wanted_s, end_s) - back_s, start_s)
        frame = _shown_at(source, stream, wanted_s, from_s)
        if frame is not None:
            return frame
    return first


def _shown_at(
    source: InputContainer, stream: VideoStream, wanted_s: float, from_s: float
) -> VideoFrame | None:
    """Decode from a key frame near `from_s`; None when it comes too late for `wanted_s`.

    Containers find key frames by the order of coding, in which one may come before frames that
    are shown before it.
    """
    source.seek(round(from_s / (stream.time_base or 1)), stream=stream)
    found: VideoFrame | None = None
    for frame in source.decode(stream):
        if frame.time is not None and frame.time > wanted_s:
            break
        found = frame
    return found


def _picture(frame: VideoFrame, pixel_aspect: float) -> Image.Image:
    """Return the colours that a browser shows: without a mark it takes HD for BT.709."""
    rgb = frame.reformat(
        format="rgb24",
        src_colorspace=colorspace_of(frame),
        interpolation=_SMOOTH,
    )
    picture = Image.fromarray(rgb.to_ndarray())
    if pixel_aspect == 1.0:
        return picture
    width_px = round(picture.width * pixel_aspect)
    return picture.resize((width_px, picture.height), Image.Resampling.LANCZOS)
