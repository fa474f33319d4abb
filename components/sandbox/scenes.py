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
STAGE_SCALE = 1.1
_FADE_S = 0.6
_WIPE_FROM_S, _WIPE_TO_S = 0.4, 1.5
# Where the camera stands at the start and at the end of a shot, as shares of its room to move.
_PATHS = (((0.0, 0.5), (1.0, 0.5)), ((0.5, 1.0), (0.5, 0.0)), ((1.0, 0.5), (0.0, 0.5)))


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

    def draw(number: int) -> Picture:
        share = min(1.0, number / (total - 1))
        if end is None:
            return canvas.camera(start, size_px, 1 + 0.14 * _ease(share), (0.5, 0.48))
        # Both are seen through the same lens, so that what they share stays in place.
        scene = canvas.mix(start, end, _ease((share - 0.3) / 0.4))
        return canvas.camera(scene, size_px, 1 + 0.1 * sin(pi * share))

    # Every second frame is the mean of its neighbours: the edges move by a pixel a frame at most,
    # so that nobody sees it, and it is far cheaper than a zoom.
    ahead = draw(0)
    for number in range(0, total, 2):
        here, ahead = ahead, draw(number + 2)
        middle = canvas.mix(here, ahead, 0.5)
        yield here
        yield middle


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
    """Return what the camera sees: it moves along one side of the stage, by parts of a pixel.

    The mean of two neighbouring views, weighted, is that part; it costs a fraction of a zoom.
    """
    stage = shots[index].stage
    start, end = _PATHS[index % len(_PATHS)]
    room_px = (stage.width - size_px[0], stage.height - size_px[1])
    x, y = (room_px[side] * (start[side] + (end[side] - start[side]) * share) for side in (0, 1))
    here = _view(stage, int(x), int(y), size_px)
    next_one = (int(x) + 1, int(y)) if start[1] == end[1] else (int(x), int(y) + 1)
    part = x % 1 if start[1] == end[1] else y % 1
    return canvas.mix(here, _view(stage, *next_one, size_px), part)


def _view(stage: Picture, left: int, top: int, size_px: Size) -> Picture:
    # Beyond the last column or row there is nothing: the last view is shown a little longer.
    left, top = min(left, stage.width - size_px[0]), min(top, stage.height - size_px[1])
    return stage.crop((left, top, left + size_px[0], top + size_px[1]))


def _ease(share: float) -> float:
    share = min(max(share, 0.0), 1.0)
    return share * share * (3 - 2 * share)
