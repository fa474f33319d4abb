"""The town on the hill: rows of houses, a bell tower, cypresses."""

import random
from dataclasses import dataclass

from harbour import WATERLINE, Light
from svg import circle, element, line, path, rect

SEED = 100
SHADE = "#2a1c4a"


@dataclass(frozen=True)
class House:
    """Where a house stands, how big it is and its colours."""

    x: float
    ground: float
    width: float
    height: float
    pitch: float
    wall: str
    roof: str

    @property
    def top(self) -> float:
        return self.ground - self.height


def window(x: float, y: float, width: float, height: float, fill: str) -> str:
    """A window with a rounded top."""
    r = width / 2
    side = f"{height - r:.1f}"
    arch = f"a{r:.1f} {r:.1f} 0 0 1 {width:.1f} 0"
    return path(f"M{x:.1f} {y + height:.1f}v-{side}{arch}v{side}z", fill)


def gable_roof(house: House, light: Light) -> str:
    """A wall up to the ridge with two roof edges and a round window."""
    left, right, top = house.x, house.x + house.width, house.top
    apex = f"{left + house.width / 2:.1f} {top - house.pitch:.1f}"
    edges = f"M{left - 5:.1f} {top + 3:.1f}L{apex}L{right + 5:.1f} {top + 3:.1f}"
    window_y = top - house.pitch * 0.36
    return (
        path(f"M{left:.1f} {top + 1:.1f}L{apex}L{right:.1f} {top + 1:.1f}z", house.wall)
        + line(edges, house.roof, 8)
        + circle(left + house.width / 2, window_y, house.width * 0.075, light.window_dark)
    )


def hipped_roof(house: House) -> str:
    """A roof seen from its long side."""
    left, right, top = house.x, house.x + house.width, house.top
    slope = house.width * 0.12
    ridge_y = top - house.pitch * 0.8
    d = (
        f"M{left - 5:.1f} {top + 3:.1f}L{left + slope:.1f} {ridge_y:.1f}"
        f"H{right - slope:.1f}L{right + 5:.1f} {top + 3:.1f}z"
    )
    return path(d, house.roof, stroke=house.roof, stroke_width=3, stroke_linejoin="round")


def windows(house: House, light: Light, chance: random.Random) -> str:
    """Rows of windows, some of them lit."""
    columns = max(2, round(house.width / 26))
    pane = min(11.0, house.width / columns * 0.42)
    parts = []
    for row in range(int(house.height // 30)):
        for column in range(columns):
            centre = house.x + house.width * (column + 0.5) / columns
            fill = light.window if chance.random() < light.lit_share else light.window_dark
            y = house.top + 13 + row * 30
            parts.append(window(centre - pane / 2, y, pane, pane * 1.5, fill))
    return "".join(parts)


def draw_house(house: House, light: Light, chance: random.Random) -> str:
    """Chimney, walls, roof, a shaded side and windows."""
    parts = []
    if chance.random() < 0.6:
        at = house.x + house.width * chance.choice((0.22, 0.7))
        chimney_top = house.top - house.pitch
        parts.append(rect(at, chimney_top, 9, house.pitch, house.roof))
        parts.append(rect(at - 2, chimney_top - 4, 13, 5, house.wall, rx=1))
    # Walls reach below the ground line so that no gap shows between two rows.
    depth = house.height + 80
    parts.append(rect(house.x, house.top, house.width, depth, house.wall))
    gabled = chance.random() < 0.55
    parts.append(gable_roof(house, light) if gabled else hipped_roof(house))
    parts.append(rect(house.x, house.top + 2, house.width * 0.32, depth, SHADE, opacity=0.1))
    parts.append(windows(house, light, chance))
    return "".join(parts)


def cypress(x: float, ground: float, size: float) -> str:
    """A slim tree."""
    d = (
        f"M{x:.0f} {ground:.0f}c{-size * 0.3:.0f} 0 {-size * 0.26:.0f} {-size * 0.5:.0f}"
        f" 0 {-size:.0f}c{size * 0.26:.0f} {size * 0.5:.0f} {size * 0.3:.0f} {size:.0f}"
        f" 0 {size:.0f}z"
    )
    return path(d, "url(#leaf-fill)")


def bell_tower(light: Light, x: float) -> str:
    """The tower that makes the town easy to recognise."""
    wall, roof, middle = light.walls[0], light.roofs[2], x + 29
    spire = f"M{x - 2} 256L{middle} 178L{x + 60} 256z"
    return (
        rect(x, 262, 58, 260, wall)
        + rect(x, 262, 22, 260, SHADE, opacity=0.12)
        + rect(x - 6, 256, 70, 10, roof, rx=3)
        + path(spire, roof, stroke=roof, stroke_width=3, stroke_linejoin="round")
        + circle(middle, 174, 6, light.window)
        + window(x + 10, 280, 15, 34, light.window)
        + window(x + 33, 280, 15, 34, light.window)
        + circle(middle, 346, 16, light.walls[5], stroke=roof, stroke_width=4)
        + line(f"M{middle} 337v9h7", light.window_dark, 3)
    )


def hill_height(x: float) -> float:
    """How far the town climbs above the water at `x`: high on the left, down to the cape."""
    slope = max(0.0, 1 - x / 930)
    again = max(0.0, 1 - abs(x - 2300) / 690)
    return 210 * slope**0.8 + 170 * again**0.8


def hill(width: int) -> str:
    """The ground under the houses."""
    points = " ".join(
        f"{x},{WATERLINE - 12 - 1.12 * hill_height(x):.0f}" for x in range(-20, width + 40, 20)
    )
    outline = f"-20,{WATERLINE} {points} {width + 20},{WATERLINE}"
    return element("polygon", points=outline, fill="url(#hill-fill)")


def row_of_houses(light: Light, width: int, share: float, chance: random.Random) -> str:
    """One row along the hill; `share` is 1 for the highest row and 0 for the one at the quay."""
    parts = []
    x = chance.uniform(-40, 0)
    while x < width:
        house_width = chance.uniform(44, 78)
        height = hill_height(x + house_width / 2)
        ground = WATERLINE - 14 - height * share
        open_water = 985 < x < 1720
        if height > 24 or (share == 0 and not open_water):
            if share > 0 and chance.random() < 0.2:
                parts.append(cypress(x + house_width / 2, ground + 16, chance.uniform(60, 95)))
            else:
                pitch = house_width * chance.uniform(0.3, 0.5)
                wall, roof = chance.choice(light.walls), chance.choice(light.roofs)
                tall = chance.uniform(52, 96)
                house = House(x, ground, house_width, tall, pitch, wall, roof)
                parts.append(draw_house(house, light, chance))
        x += house_width + chance.choice((1, 1, 4, 16))
    return "".join(parts)


def town(light: Light, width: int) -> str:
    """Everything on the hill, from the top row down to the quay wall."""
    # A seed for each row: a wider drawing then begins with the same houses.
    rows = [
        row_of_houses(light, width, share, random.Random(SEED + index))
        for index, share in enumerate((1, 0.75, 0.5, 0.25, 0))
    ]
    rows.insert(2, bell_tower(light, 372))
    return (
        hill(width)
        + "".join(rows)
        + rect(0, WATERLINE - 16, width, 20, "url(#quay-fill)")
        + rect(0, WATERLINE - 18, width, 4, light.walls[0], opacity=0.55)
    )
