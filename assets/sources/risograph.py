"""A style sample: a four-ink print with halftone dots, inks slightly out of register."""

import itertools
import math
from collections.abc import Callable

import numpy
from PIL import Image, ImageFilter
from svg import circle, document, element, fade, line, path, rect

SIDE = 1024
PAPER = (248, 239, 222)
Plate = tuple[str, tuple[int, int, int], float, tuple[int, int]]


def plate_document(body: str) -> str:
    """A plate: black prints full, grey prints as dots, white is paper."""
    page = element("clipPath", rect(56, 56, 912, 912, "#000"), id="page")
    fades = fade("down", (0, "#000", 1), (1, "#eee", 1)) + fade(
        "up", (0, "#f2f2f2", 1), (1, "#000", 1)
    )
    printed = element("g", body, clip_path="url(#page)")
    return document(
        element("defs", page + fades) + rect(0, 0, SIDE, SIDE, "#fff") + printed, SIDE, SIDE
    )


def leaf(x: float, y: float, length: float, turn: float) -> str:
    """A pointed leaf, the stem end at (x, y)."""
    half, low, high = length * 0.24, -length * 0.3, -length * 0.7
    d = (
        f"M0 0C{half:.0f} {low:.0f} {half:.0f} {high:.0f} 0 {-length:.0f}"
        f"C{-half:.0f} {high:.0f} {-half:.0f} {low:.0f} 0 0z"
    )
    return path(d, "#000", transform=f"translate({x} {y}) rotate({turn})")


def wave(y: float, height: float, period: float, shift: float, fill: str) -> str:
    """Everything below a wavy line."""
    crest = " ".join(
        f"{x},{y + height * math.sin((x + shift) / period * math.tau):.1f}"
        for x in range(0, SIDE + 8, 8)
    )
    return element("polygon", points=f"0,{SIDE} {crest} {SIDE},{SIDE}", fill=fill)


def arch(radius: int) -> str:
    """A half ring standing on the lower edge of the page."""
    d = f"M{340 - radius} 968a{radius} {radius} 0 0 1 {2 * radius} 0"
    return path(d, stroke="#000", stroke_width=40)


def yellow_plate() -> str:
    """Two suns, an arch and the tint of the panel."""
    return (
        circle(640, 356, 248, "url(#down)")
        + rect(56, 56, 250, 484, "#c4c4c4")
        + arch(214)
        + circle(872, 148, 34, "#000")
    )


def red_plate() -> str:
    """Arches, the lower half of the sun and a panel fading out."""
    return (
        rect(56, 56, 250, 484, "url(#down)")
        + path("M392 356a248 248 0 0 0 496 0z", "url(#up)")
        + "".join(arch(radius) for radius in (282, 146, 78))
        + circle(182, 190, 62, "#000")
    )


def teal_plate() -> str:
    """Water in three tones, a plant and a staircase."""
    leaves = leaf(180, 330, 112, 0) + "".join(
        leaf(180, y, length, turn)
        for y, length in ((522, 132), (446, 120), (374, 100))
        for turn in (-56, 56)
    )
    return (
        wave(596, 28, 520, 60, "#b5b5b5")
        + wave(690, 26, 400, 220, "#6d6d6d")
        + wave(800, 22, 330, 40, "#000")
        + circle(340, 968, 306, "#fff")
        + leaves
        + path("M306 56h90v90h90v90h-90v-90h-90z", "#000")
    )


def blue_plate() -> str:
    """Lines: stripes through the sun, the stem, a bird, crests and a field of dots."""
    parts = []
    for y, width in ((400, 5), (440, 9), (480, 13), (520, 18)):
        half = math.sqrt(248**2 - (y - 356) ** 2)
        parts.append(rect(640 - half, y - width / 2, 2 * half, width, "#000"))
    for row, column in itertools.product(range(3), range(6)):
        if row == 0 or column not in {2, 3}:
            parts.append(circle(744 + 44 * column, 84 + 44 * row, 4 + row, "#000"))
    for index in range(4):
        start = f"M{640 + 78 * index} {868 + 34 * (index % 2)}"
        parts.append(line(f"{start}q19 -26 38 0t38 0", "#000", 9))
    wings = "c34 -40 64 -34 80 0c16 -34 46 -40 80 0"
    bird = f"M560 250{wings}c-34 -14 -58 -6 -80 22c-22 -28 -46 -36 -80 -22z"
    parts.append(path(bird, "#000"))
    parts.append(path("M322 968a18 18 0 0 1 36 0z", "#000"))
    parts.append(rect(176, 290, 8, 250, "#000") + rect(56, 536, 250, 8, "#000"))
    return "".join(parts)


PLATES: tuple[Plate, ...] = (
    (yellow_plate(), (255, 183, 46), 15, (3, -2)),
    (red_plate(), (244, 84, 84), 45, (-3, 2)),
    (teal_plate(), (22, 146, 142), 75, (2, 3)),
    (blue_plate(), (42, 46, 104), 0, (-2, -3)),
)


def halftone(tone: numpy.ndarray, angle: float, cell: float = 9.0) -> numpy.ndarray:
    """Ink coverage 0 to 1 of each pixel for a tone 0 to 1, as round dots on a turned grid."""
    y, x = numpy.mgrid[0:SIDE, 0:SIDE].astype(numpy.float32)
    turn = math.radians(angle)
    u = (x * math.cos(turn) + y * math.sin(turn)) * math.tau / cell
    v = (-x * math.sin(turn) + y * math.cos(turn)) * math.tau / cell
    screen = 0.5 + (numpy.cos(u) + numpy.cos(v)) / 4
    dots = numpy.clip((tone - (1 - screen)) * 3.2 + 0.5, 0, 1)
    return numpy.where(tone > 0.97, 1.0, numpy.where(tone < 0.03, 0.0, dots))


def print_page(render: Callable[[str], Image.Image]) -> Image.Image:
    """Print all plates over each other on paper; `render` turns a plate's SVG into a picture."""
    chance = numpy.random.default_rng(4)
    page = numpy.full((SIDE, SIDE, 3), PAPER, dtype=numpy.float32) / 255
    for body, ink, angle, (dx, dy) in PLATES:
        plate = render(plate_document(body)).convert("L")
        coverage = halftone(1 - numpy.asarray(plate, dtype=numpy.float32) / 255, angle)
        mottle = Image.fromarray(chance.integers(0, 255, (SIDE, SIDE), dtype=numpy.uint8))
        cloudy = (
            numpy.asarray(mottle.filter(ImageFilter.GaussianBlur(3)), dtype=numpy.float32) / 255
        )
        coverage = numpy.roll(coverage, (dy, dx), axis=(0, 1)) * (0.93 + (cloudy - 0.5) * 0.8)
        absorbed = 1 - numpy.array(ink, dtype=numpy.float32) / 255
        page *= 1 - numpy.clip(coverage, 0, 1)[..., None] * absorbed
    return Image.fromarray((numpy.clip(page, 0, 1) * 255).astype(numpy.uint8))
