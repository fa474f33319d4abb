"""Moving scenes: each yields the frames of one kind of video, one at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import pi, sin
from pathlib import Path

from components.media import canvas
from components.media.canvas import Colour, Picture
from components.media.encode import FRAME_RATE, read_frames

Size = tuple[int, int]

# A stage is drawn a little larger than the frame, so that the camera can move on it.
STAGE_SCALE = 1.04
_FADE_S = 0.6
_WIPE_FROM_S, _WIPE_TO_S = 0.4, 1.5
_PATHS = (((0.42, 0.46), (0.58, 0.54)), ((0.56, 0.5), (0.44, 0.5)), ((0.5, 0.58), (0.5, 0.42)))


@dataclass(frozen=True)
class Shot:
    """One stage the camera moves over, and what it shows ("Image 1")."""

    stage: Picture
    name: str


def stage_size(size_px: Size) -> Size:
    """Return the size a stage is drawn in for frames of `size_px`."""
    return round(size_px[0] * STAGE_SCALE), round(size_px[1] * STAGE_SCALE)


def journey(shots: list[Shot], size_px: Size, duration_s: int) -> Iterator[tuple[Picture, str]]:
    """Yield frames of a slow move over all shots, fading from each to the next, with its name."""
    total = duration_s * FRAME_RATE
    length = total / len(shots)
    fade = min(_FADE_S * FRAME_RATE, length / 2)
    for number in range(total):
        index = min(int(number / length), len(shots) - 1)
        into = number - index * length
        picture = _seen(shots, index, into / (length + fade), size_px)
        if index and into < fade:
            before = _seen(shots, index - 1, (length + into) / (length + fade), size_px)
            picture = canvas.mix(before, picture, _ease(into / fade))
        named = index - 1 if index and into < fade / 2 else index
        yield picture, shots[named].name


def between(
    first: Picture, last: Picture | None, size_px: Size, duration_s: int
) -> Iterator[Picture]:
    """Yield frames from `first` to `last`; without a last frame the camera only draws nearer."""
    total = duration_s * FRAME_RATE
    start = canvas.cover(first, *size_px)
    end = canvas.cover(last, *size_px) if last else None
    for number in range(total):
        share = number / (total - 1)
        if end is None:
            yield canvas.camera(start, size_px, 1 + 0.14 * _ease(share), (0.5, 0.48))
            continue
        # Both are seen through the same lens, so that what they share stays in place.
        zoom = 1 + 0.1 * sin(pi * share)
        arrived = _ease((share - 0.3) / 0.4)
        seen = [canvas.camera(end, size_px, zoom)] if arrived > 0 else []
        if arrived < 1:
            seen.insert(0, canvas.camera(start, size_px, zoom))
        yield canvas.mix(seen[0], seen[-1], arrived) if len(seen) == 2 else seen[0]


def regraded(source: Path, tint: Colour, size_px: Size, duration_s: float) -> Iterator[Picture]:
    """Yield the source in new colours; a wipe shows what it was before."""
    table = canvas.grade_table(tint, 0.85)
    for number, frame in enumerate(read_frames(source, duration_s=duration_s)):
        picture = canvas.camera(frame, size_px, 1.0)
        edited = canvas.grade(picture, table)
        seconds = number / FRAME_RATE
        if seconds < _WIPE_TO_S:
            share = _ease((seconds - _WIPE_FROM_S) / (_WIPE_TO_S - _WIPE_FROM_S))
            edited = canvas.wipe(picture, edited, share)
        yield edited


def restaged(source: Path, tint: Colour, size_px: Size, duration_s: int) -> Iterator[Picture]:
    """Yield the source's motion in another format, seen by a camera that slowly draws nearer."""
    table = canvas.grade_table(tint, 0.5)
    total = duration_s * FRAME_RATE
    frames = read_frames(source, duration_s=duration_s)
    for number, picture in enumerate(frames):
        near = canvas.camera(picture, size_px, 1 + 0.12 * _ease(number / total))
        yield canvas.grade(near, table)


def _seen(shots: list[Shot], index: int, share: float, size_px: Size) -> Picture:
    start, end = _PATHS[index % len(_PATHS)]
    zoom = 1.03 + 0.12 * share if index % 2 == 0 else 1.15 - 0.12 * share
    focus = (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)
    return canvas.camera(shots[index].stage, size_px, zoom, focus)


def _ease(share: float) -> float:
    share = min(max(share, 0.0), 1.0)
    return share * share * (3 - 2 * share)
