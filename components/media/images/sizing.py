"""Which size a picture gets so that it meets the limits, with the least change: pure arithmetic.

All divisions are exact and rounded to the safe side, so that no result is a pixel beyond a limit.
"""

from dataclasses import dataclass
from math import isqrt
from typing import Literal

Size = tuple[int, int]
# What is padded need not be larger than a good camera's picture: a strip of 30,000 pixels would
# otherwise become one of 360 megapixels, nearly all of it background.
MAX_PADDED_PIXELS = 24_000_000


@dataclass(frozen=True)
class Shape:
    """Cut the middle `crop_px` out, scale it to `content_px`, put that amid `canvas_px`."""

    crop_px: Size
    content_px: Size
    canvas_px: Size


def shape_for(
    size_px: Size, beyond_ratio: Literal["pad", "crop"], *, min_side_px: int, max_ratio: float
) -> Shape:
    """Return the shape of a picture with sides from `min_side_px` on and no longer than the ratio.

    Where the size meets both already, all three sizes are the same. `max_ratio` may have one
    decimal.
    """
    tenths = round(max_ratio * 10)
    crop_px = _cropped(size_px, tenths) if beyond_ratio == "crop" else size_px
    content_px = _scaled(crop_px, _padded(crop_px, tenths), min_side_px)
    canvas_px = _padded(content_px, tenths)
    return Shape(
        crop_px, content_px, (max(canvas_px[0], min_side_px), max(canvas_px[1], min_side_px))
    )


def _cropped(size_px: Size, tenths: int) -> Size:
    width_px, height_px = size_px
    return (
        max(1, min(width_px, height_px * tenths // 10)),
        max(1, min(height_px, width_px * tenths // 10)),
    )


def _padded(size_px: Size, tenths: int) -> Size:
    width_px, height_px = size_px
    return max(width_px, -(-height_px * 10 // tenths)), max(height_px, -(-width_px * 10 // tenths))


def _scaled(content_px: Size, canvas_px: Size, min_side_px: int) -> Size:
    """Enlarge until the shorter side of the canvas is long enough, or shrink a huge canvas."""
    width_px, height_px = content_px
    shorter_px = min(canvas_px)
    if shorter_px < min_side_px:
        return (
            -(-width_px * min_side_px // shorter_px),
            -(-height_px * min_side_px // shorter_px),
        )
    pixels = canvas_px[0] * canvas_px[1]
    if canvas_px == content_px or pixels <= MAX_PADDED_PIXELS:
        return content_px
    return (
        max(1, width_px * isqrt(MAX_PADDED_PIXELS) // isqrt(pixels)),
        max(1, height_px * isqrt(MAX_PADDED_PIXELS) // isqrt(pixels)),
    )
