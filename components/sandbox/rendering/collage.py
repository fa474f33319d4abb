"""Still compositions: the pictures of a request as cards on a ground made of the first of them.

A variation changes the tint, the arrangement and which picture comes first; nothing is random.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from components.media.drawing import canvas
from components.media.drawing.canvas import Colour, Picture

TINTS: tuple[Colour, ...] = (
    (38, 52, 98),
    (112, 48, 66),
    (24, 92, 92),
    (92, 62, 124),
    (134, 82, 34),
    (40, 86, 56),
    (58, 62, 74),
    (126, 44, 100),
    (20, 76, 122),
)
_LOWER_MARGIN = 0.13
_LARGEST_CROP = 0.34


@dataclass(frozen=True)
class Spot:
    """Where one card goes: centre and room as shares of the area, turned by `angle` degrees."""

    x: float
    y: float
    width: float
    height: float
    angle: float = 0.0


Layout = Callable[[int, float], list[Spot]]


def collage(pictures: list[Picture], size_px: tuple[int, int], variation: int) -> Picture:
    """Return one composition of one to ten pictures."""
    turn = variation % len(pictures)
    ordered = pictures[turn:] + pictures[:turn]
    tint = TINTS[variation % len(TINTS)]
    ground = canvas.backdrop(ordered[0], *size_px, tint)
    area_px = (size_px[0], round(size_px[1] * (1 - _LOWER_MARGIN)))
    spots = _layout(len(ordered), variation)(len(ordered), area_px[0] / area_px[1])
    # The first picture is drawn last, on top of the others.
    for picture, spot in reversed(list(zip(ordered, spots, strict=True))):
        _put(ground, picture, spot, area_px)
    return ground


def picture_stage(picture: Picture, size_px: tuple[int, int], variation: int) -> Picture:
    """Return one picture filling the size, or as a card where filling would cut too much away."""
    if canvas.crop_loss(picture, *size_px) <= _LARGEST_CROP:
        return canvas.cover(picture, *size_px)
    ground = canvas.backdrop(picture, *size_px, TINTS[variation % len(TINTS)])
    _put(ground, picture, Spot(0.5, 0.46, 0.74, 0.74), size_px)
    return ground


def element_stage(views: list[Picture], size_px: tuple[int, int], variation: int) -> Picture:
    """Return an element: its frontal picture large, the other views small beside or below it."""
    ground = canvas.backdrop(views[0], *size_px, TINTS[variation % len(TINTS)])
    upright = size_px[1] > size_px[0]
    others = views[1:]
    step = 0.72 / max(3, len(others))
    for index, picture in enumerate(others):
        along = (0.5 if upright else 0.46) + (index - (len(others) - 1) / 2) * step
        near, room = 0.74, step * 0.94
        spot = Spot(along, near, room, 0.2) if upright else Spot(near, along, 0.24, room)
        _put(ground, picture, spot, size_px)
    frontal = Spot(0.5, 0.38, 0.76, 0.5) if upright else Spot(0.37, 0.46, 0.48, 0.72)
    _put(ground, views[0], frontal, size_px)
    return ground


def _put(ground: Picture, picture: Picture, spot: Spot, area_px: tuple[int, int]) -> None:
    room_px = (spot.width * area_px[0], spot.height * area_px[1])
    scale = min(room_px[0] / picture.width, room_px[1] / picture.height)
    width_px, height_px = (
        max(8, round(picture.width * scale)),
        max(8, round(picture.height * scale)),
    )
    centre = (round(spot.x * area_px[0]), round(spot.y * area_px[1]))
    canvas.place(ground, canvas.card(picture, width_px, height_px), centre, spot.angle)


def _layout(number: int, variation: int) -> Layout:
    if number == 1:
        return _single_steady if variation % 2 == 0 else _single_tilted
    if number == 2:
        return _fan if variation % 2 else _grid
    return (_hero, _fan, _grid)[variation % 3] if number <= 5 else (_hero, _grid)[variation % 2]


def _single_steady(_: int, __: float) -> list[Spot]:
    return [Spot(0.5, 0.52, 0.86, 0.84)]


def _single_tilted(_: int, __: float) -> list[Spot]:
    return [Spot(0.5, 0.53, 0.8, 0.76, 4.0)]


def _fan(number: int, ratio: float) -> list[Spot]:
    step = 0.6 / max(number, 2)
    size = 0.66 if number <= 3 or ratio > 2 else 0.56
    spots = []
    for index in range(number):
        # The first stands in the middle, the others to its left and right by turns.
        side = (index + 1) // 2 * (-1 if index % 2 else 1) + (0.5 if number % 2 == 0 else 0)
        along, fall = 0.5 + side * step, abs(side) * 0.02
        spots.append(
            Spot(along, 0.52 + fall, size * 0.6, size, -side * 4.5)
            if ratio > 1
            else Spot(0.5 + fall, along * 0.9 + 0.06, size * 1.1, size * 0.62, side * 4.0)
        )
    return spots


def _hero(number: int, ratio: float) -> list[Spot]:
    others = number - 1
    lines = ceil(others / (4 if ratio > 1 else 3))
    per_line = ceil(others / lines)
    share = (0.62, 0.52, 0.44)[lines - 1]
    spots = [Spot(0.03 + share / 2, 0.52, share - 0.03, 0.86)]
    step = 0.86 / max(per_line, 2)
    width = (0.94 - share) / lines
    for index in range(others):
        line, position = divmod(index, per_line)
        in_line = min(per_line, others - line * per_line)
        across = share + 0.04 + width * (line + 0.5)
        spots.append(
            Spot(across, 0.52 + (position - (in_line - 1) / 2) * step, width * 0.92, step * 0.92)
        )
    if ratio > 1:
        return spots
    return [Spot(spot.y - 0.02, spot.x + 0.04, spot.height, spot.width) for spot in spots]


def _grid(number: int, ratio: float) -> list[Spot]:
    columns = max(range(1, number + 1), key=lambda cols: min(ratio / cols, 1 / ceil(number / cols)))
    rows = ceil(number / columns)
    spots = []
    for index in range(number):
        row, column = divmod(index, columns)
        in_row = min(columns, number - row * columns)
        x = 0.5 + (column - (in_row - 1) / 2) * 0.94 / columns
        y = 0.52 + (row - (rows - 1) / 2) * 0.88 / rows
        spots.append(Spot(x, y, 0.94 / columns * 0.92, 0.88 / rows * 0.92))
    return spots
