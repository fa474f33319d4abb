"""Moving scenes: each yields the frames of one kind of video, one at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import pi, sin
from pathlib import Path

from components.media.clips.encoding import FRAME_RATE, read_frames
from components.media.drawing import canvas
from components.media.drawing.canvas import Colour, Picture
from components.media.drawing.planes import (
    Planes,
    Size,
    grading,
    mix,
    nearer,
    planes_of,
    view,
    wipe,
)

# A stage is drawn a little larger than the frame, so that the camera can move on it.
STAGE_SCALE = 1.1
_FADE_S = 0.6
_WIPE_FROM_S, _WIPE_TO_S = 0.4, 1.5
# Where the camera stands at the start and at the end of a shot, as shares of its room to move.
_PATHS = (((0.0, 0.5), (1.0, 0.5)), ((0.5, 1.0), (0.5, 0.0)), ((1.0, 0.5), (0.0, 0.5)))


@dataclass(frozen=True)
class Shot:
    """One stage the camera moves over, and what it shows ("Image 1")."""

    stage: Planes
    name: str


def stage_size(size_px: Size) -> Size:
    """Return the size a stage is drawn in for frames of `size_px`, in even numbers."""
    width_px, height_px = (2 * round(side * STAGE_SCALE / 2) for side in size_px)
    return width_px, height_px


def journey(shots: list[Shot], size_px: Size, duration_s: int) -> Iterator[tuple[Planes, str]]:
    """Yield frames of a slow move over all shots, fading from each to the next, with its name."""
    total = duration_s * FRAME_RATE
    length = total / len(shots)
    fade = min(_FADE_S * FRAME_RATE, length / 2)
    for number in range(total):
        index = min(int(number / length), len(shots) - 1)
        into = number - index * length
        seen = _seen(shots[index].stage, index, into / (length + fade), size_px)
        if index and into < fade:
            share = (length + into) / (length + fade)
            before = _seen(shots[index - 1].stage, index - 1, share, size_px)
            seen = mix(before, seen, _ease(into / fade))
        named = index - 1 if index and into < fade / 2 else index
        yield seen, shots[named].name


def between(
    first: Picture, last: Picture | None, size_px: Size, duration_s: int
) -> Iterator[Planes]:
    """Yield frames from `first` to `last`; without a last frame the camera only draws nearer."""
    total = duration_s * FRAME_RATE
    start = planes_of(canvas.cover(first, *size_px))
    end = planes_of(canvas.cover(last, *size_px)) if last else None

    def draw(number: int) -> Planes:
        share = min(1.0, number / (total - 1))
        if end is None:
            return nearer(start, 1 + 0.14 * _ease(share), (0.5, 0.48))
        # Both are seen through the same lens, so that what they share stays in place.
        scene = mix(start, end, _ease((share - 0.3) / 0.4))
        return nearer(scene, 1 + 0.1 * sin(pi * share), (0.5, 0.5))

    # Every second frame is the mean of its neighbours: the edges move by a pixel a frame at most,
    # so that nobody sees it, and it is far cheaper than a zoom.
    ahead = draw(0)
    for number in range(0, total, 2):
        here, ahead = ahead, draw(number + 2)
        yield here
        yield mix(here, ahead, 0.5)


def regraded(source: Path, tint: Colour, size_px: Size, duration_s: float) -> Iterator[Planes]:
    """Yield the source in new colours; a wipe shows what it was before."""
    grade = grading(tint, 0.85)
    for number, planes in enumerate(read_frames(source, size_px, duration_s=duration_s)):
        edited = grade(planes)
        seconds = number / FRAME_RATE
        if seconds < _WIPE_TO_S:
            share = _ease((seconds - _WIPE_FROM_S) / (_WIPE_TO_S - _WIPE_FROM_S))
            edited = wipe(planes, edited, share)
        yield edited


def restaged(source: Path, tint: Colour, size_px: Size, duration_s: int) -> Iterator[Planes]:
    """Yield the source's motion in another format, seen by a camera that slowly passes."""
    grade = grading(tint, 0.5)
    total = duration_s * FRAME_RATE
    frames = read_frames(source, stage_size(size_px), duration_s=duration_s)
    for number, stage in enumerate(frames):
        yield grade(_seen(stage, 0, number / total, size_px))


def _seen(stage: Planes, path: int, share: float, size_px: Size) -> Planes:
    """Return what the camera sees: it moves along one side of the stage, by parts of a pixel."""
    start, end = _PATHS[path % len(_PATHS)]
    room_px = [stage.size_px[side] - size_px[side] for side in (0, 1)]
    x, y = (room_px[side] * (start[side] + (end[side] - start[side]) * share) for side in (0, 1))
    rests_across = start[0] == end[0]
    return view(stage, (x // 2 * 2, y) if rests_across else (x, y // 2 * 2), size_px)


def _ease(share: float) -> float:
    share = min(max(share, 0.0), 1.0)
    return share * share * (3 - 2 * share)
