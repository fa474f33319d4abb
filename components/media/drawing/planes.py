"""Frames as a video stores them: brightness in full, and two colours at half the size.

Working on these spares turning each frame into a picture and back, and half of the data. They are
coded in the way of HD: ITU-R BT.709, in the limited range from 16 to 235. Sizes are even.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from PIL import Image

from components.media.clips.display_matrix import turn_of
from components.media.clips.inspection import colorspace_of
from components.media.drawing.canvas import Colour, Picture
from components.media.drawing.lettering import Stamp

Size = tuple[int, int]
_LAYOUT = "yuv420p"
_DARKEST, _BRIGHTEST, _NO_COLOUR = 16, 235, 128
# Mixed in further, the tint would take the colours of the picture away.
_REACH = 0.7


@dataclass(frozen=True)
class Planes:
    """One frame: brightness, and both colours, each as a picture of one channel."""

    brightness: Picture
    blue: Picture
    red: Picture

    @property
    def size_px(self) -> Size:
        """Width and height of the frame."""
        return self.brightness.size

    def each(self, change: Callable[[Picture, int], Picture]) -> "Planes":
        """Change all three; the change is told how many pixels of the frame one is across."""
        return Planes(change(self.brightness, 1), change(self.blue, 2), change(self.red, 2))


@dataclass(frozen=True)
class PlaneStamp:
    """A stamp in planes; its place is even, so that its colours lie where its brightness does."""

    ink: Planes
    mask: Planes
    place_px: tuple[int, int]


def planes_of(picture: Picture) -> Planes:
    """Return an RGB picture with even sides as planes."""
    frame = VideoFrame.from_ndarray(numpy.asarray(picture), format="rgb24")
    return _planes(
        frame.reformat(
            format=_LAYOUT, dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
        )
    )


class Filling:
    """Makes decoded frames fill one size, upright; what does not fit is cut off evenly.

    It keeps what the scaler has prepared, which would cost more than the scaling.
    """

    def __init__(self, size_px: Size) -> None:
        self._size_px = size_px
        self._scaler = VideoReformatter()

    def __call__(self, frame: VideoFrame) -> Planes:
        """Return a frame as planes."""
        turn = turn_of(frame)
        upright = turn.transpose
        wanted_px = self._size_px[::-1] if turn.swaps_sides else self._size_px
        stored = _planes(self._scaled(frame, (_even(frame.width), _even(frame.height))))
        shown_px = _largest_within(stored.size_px, wanted_px)
        if shown_px != stored.size_px:
            # Scaling what is cut off afterwards would be work for nothing.
            left, top = ((stored.size_px[side] - shown_px[side]) // 4 * 2 for side in (0, 1))
            stored = view(stored, (left, top), shown_px)
        if shown_px != wanted_px:
            stored = _planes(self._scaled(frame_of(stored), wanted_px))
        return stored.each(lambda part, _: part if upright is None else part.transpose(upright))

    def _scaled(self, frame: VideoFrame, size_px: Size) -> VideoFrame:
        return self._scaler.reformat(
            frame,
            width=size_px[0],
            height=size_px[1],
            format=_LAYOUT,
            src_colorspace=colorspace_of(frame),
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            interpolation=Interpolation.BILINEAR,
            threads=1,
        )


def frame_of(planes: Planes) -> VideoFrame:
    """Return planes as a frame to encode."""
    frame = VideoFrame(*planes.size_px, _LAYOUT)
    for plane, part in zip(frame.planes, (planes.brightness, planes.blue, planes.red), strict=True):
        plane.update(part.tobytes("raw", "L", plane.line_size))
    frame.colorspace, frame.color_range = Colorspace.ITU709, ColorRange.MPEG
    return frame


def view(planes: Planes, corner_px: tuple[float, float], size_px: Size) -> Planes:
    """Return the part of that size whose upper left corner is there, to parts of a pixel.

    The mean of two neighbouring parts, weighted, is the one between; it costs a fraction of a
    zoom. One of the two coordinates must be a whole, even number.
    """

    def cut(part: Picture, pixel: int) -> Picture:
        left, top = corner_px[0] / pixel, corner_px[1] / pixel
        here = _cut(part, (int(left), int(top)), size_px, pixel)
        share = left % 1 or top % 1
        if not share:
            return here
        beside = (int(left) + (left % 1 > 0), int(top) + (left % 1 == 0))
        return Image.blend(here, _cut(part, beside, size_px, pixel), share)

    return planes.each(cut)


def nearer(planes: Planes, zoom: float, focus: tuple[float, float]) -> Planes:
    """Return what a camera sees in the same size: at `zoom` 1 all, `focus` (shares) its middle."""
    if zoom <= 1:
        return planes

    def cut(part: Picture, _: int) -> Picture:
        width, height = part.width / zoom, part.height / zoom
        left = max(0.0, min(focus[0] * part.width - width / 2, part.width - width))
        top = max(0.0, min(focus[1] * part.height - height / 2, part.height - height))
        box = (left, top, min(left + width, part.width), min(top + height, part.height))
        return part.resize(part.size, Image.Resampling.BILINEAR, box=box)

    return planes.each(cut)


def mix(first: Planes, second: Planes, share: float) -> Planes:
    """Return a cross-fade: `first` at 0, `second` at 1."""
    share = min(max(share, 0.0), 1.0)
    return Planes(
        Image.blend(first.brightness, second.brightness, share),
        Image.blend(first.blue, second.blue, share),
        Image.blend(first.red, second.red, share),
    )


def wipe(first: Planes, second: Planes, share: float) -> Planes:
    """Return `second` uncovering `first` from the left, with a bright edge: all of it at 1."""
    edge_px = 2 * round(first.size_px[0] * share / 2)
    line_px = 2 * max(1, first.size_px[0] // 800)

    def uncover(part: Picture, above: Picture, pixel: int, light: int) -> Picture:
        shown, edge = part.copy(), edge_px // pixel
        shown.paste(above.crop((0, 0, edge, above.height)), (0, 0))
        if 0 < edge < part.width:
            shown.paste(light, (edge, 0, min(edge + line_px // pixel, part.width), part.height))
        return shown

    return Planes(
        uncover(first.brightness, second.brightness, 1, _BRIGHTEST),
        uncover(first.blue, second.blue, 2, _NO_COLOUR),
        uncover(first.red, second.red, 2, _NO_COLOUR),
    )


def grading(tint: Colour, strength: float) -> Callable[[Planes], Planes]:
    """Return a colour grade: light takes the hue of `tint`, with more contrast; black stays."""
    shares = [1 - strength * (1 - (part + 40) / (max(tint) + 40)) for part in tint]
    red, green, blue = (round(255 * share) for share in shares)
    light = planes_of(Image.new("RGB", (2, 2), (red, green, blue)))
    white = light.brightness.tobytes()[0]
    levels = [min(max((level - _DARKEST) / 219, 0.0), 1.0) for level in range(256)]
    contrast = [x + strength * 0.6 * (x * x * (3 - 2 * x) - x) for x in levels]
    curve = [
        min(_BRIGHTEST, round(_DARKEST + x * (white - _DARKEST) * (1 + 0.12 * strength)))
        for x in contrast
    ]
    reach = strength * _REACH
    mask = [round(255 * reach * x) for x in levels]
    hues = (light.blue.tobytes()[0], light.red.tobytes()[0])

    def apply(planes: Planes) -> Planes:
        small = planes.brightness.resize(planes.blue.size, Image.Resampling.NEAREST)
        weights = small.point(mask)
        parts = []
        for part, hue in zip((planes.blue, planes.red), hues, strict=True):
            tinted = part.copy()
            tinted.paste(_beyond(hue, reach), mask=weights)
            parts.append(tinted)
        return Planes(planes.brightness.point(curve), *parts)

    return apply


def stamped(stamp: Stamp) -> PlaneStamp:
    """Return a stamp to put on many frames."""
    width_px, height_px = (side + side % 2 for side in stamp.piece.size)
    piece = stamp.piece.crop((0, 0, width_px, height_px))
    alpha = piece.getchannel("A")
    left, top = (place - place % 2 for place in stamp.place_px)
    half = alpha.reduce(2)
    return PlaneStamp(planes_of(piece.convert("RGB")), Planes(alpha, half, half), (left, top))


def put(planes: Planes, stamps: list[PlaneStamp]) -> Planes:
    """Return the frame with all stamps on it."""
    if not stamps:
        return planes
    ready = planes.each(lambda part, _: part.copy())
    for stamp in stamps:
        left, top = stamp.place_px
        ready.brightness.paste(stamp.ink.brightness, (left, top), stamp.mask.brightness)
        ready.blue.paste(stamp.ink.blue, (left // 2, top // 2), stamp.mask.blue)
        ready.red.paste(stamp.ink.red, (left // 2, top // 2), stamp.mask.red)
    return ready


def _largest_within(size_px: Size, ratio: Size) -> Size:
    """Return the largest even size of that ratio; no smaller where it differs by rounding alone."""
    scale = min(size_px[0] / ratio[0], size_px[1] / ratio[1])
    width_px, height_px = _even(ratio[0] * scale), _even(ratio[1] * scale)
    nearly = all(abs(a - b) <= 2 for a, b in zip((width_px, height_px), size_px, strict=True))
    return size_px if nearly else (width_px, height_px)


def _even(length_px: float) -> int:
    return max(2, 2 * int(length_px / 2 + 0.25))


def _planes(frame: VideoFrame) -> Planes:
    """Look at the memory of a frame without copying it; pictures on it copy when they change."""
    return Planes(*(_part(plane) for plane in frame.planes))


def _part(plane: Any) -> Picture:
    size_px = (plane.width, plane.height)
    return Image.frombuffer("L", size_px, plane, "raw", "L", plane.line_size, 1)


def _cut(part: Picture, corner: tuple[int, int], size_px: Size, pixel: int) -> Picture:
    width, height = size_px[0] // pixel, size_px[1] // pixel
    # Beyond the last column or row there is nothing: the last view is shown a little longer.
    left = max(0, min(corner[0], part.width - width))
    top = max(0, min(corner[1], part.height - height))
    return part.crop((left, top, left + width, top + height))


def _beyond(hue: int, share: float) -> int:
    """Return the colour of which that share, mixed into white, makes the hue."""
    return min(max(round(_NO_COLOUR + (hue - _NO_COLOUR) / max(share, 0.1)), 0), 255)
