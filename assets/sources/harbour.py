"""A harbour town on the hill, drawn in layers from far to near, by evening and by night.

One unit is one pixel of the 1536 by 864 still. A layer may be drawn wider than the frame, so that a
camera can travel along it. All chance comes from fixed seeds: the same drawing every time.
"""

import math
import random
from dataclasses import dataclass

from svg import circle, element, fade, path, rect

FRAME_WIDTH = 1536
FRAME_HEIGHT = 864
WATERLINE = 590


@dataclass(frozen=True)
class Light:
    """The colours of one time of day; gradients run from top to bottom."""

    sky: tuple[str, str, str, str]
    disc: str
    disc_y: int
    glow: str
    cloud: str
    ridges: tuple[str, str, str]
    hill: tuple[str, str]
    walls: tuple[str, ...]
    roofs: tuple[str, ...]
    window: str
    window_dark: str
    lit_share: float
    quay: tuple[str, str]
    water: tuple[str, str, str]
    glint: str
    near: str
    leaves: tuple[str, str]


EVENING = Light(
    sky=("#3d4f8f", "#9a6fa6", "#f29a86", "#ffd9a0"),
    disc="#fff1c9",
    disc_y=400,
    glow="#ffc98a",
    cloud="#ffcdb0",
    ridges=("#b97a9b", "#96668f", "#6d5684"),
    hill=("#5d5f7f", "#3f5270"),
    walls=("#fbe3c3", "#f6c49b", "#ee9f7d", "#e9d3c4", "#d9837a", "#f3d9a4", "#a9b8b9"),
    roofs=("#c8553f", "#b4473f", "#8e3d4c", "#d9704a"),
    window="#fff0b0",
    window_dark="#6a4f6e",
    lit_share=0.25,
    quay=("#a88286", "#5f5473"),
    water=("#f2a58c", "#8f6f9f", "#2b4a78"),
    glint="#ffe6b8",
    near="#232c54",
    leaves=("#2f4a63", "#1d2d4d"),
)

NIGHT = Light(
    sky=("#0b1238", "#16225a", "#2c3f7d", "#56699f"),
    disc="#fdf6dc",
    disc_y=170,
    glow="#9fb4e8",
    cloud="#4a5b98",
    ridges=("#34467f", "#283869", "#1e2b57"),
    hill=("#1b2750", "#131d40"),
    walls=("#4b5788", "#434c7e", "#3d4272", "#515f8c", "#46406f", "#566190", "#3a4a78"),
    roofs=("#2b2a56", "#262650", "#2f2450", "#332e5c"),
    window="#ffd574",
    window_dark="#232c5a",
    lit_share=0.72,
    quay=("#38406e", "#1a2148"),
    water=("#43568f", "#1d2b62", "#0b1438"),
    glint="#dfe6ff",
    near="#070c26",
    leaves=("#101b40", "#0a1230"),
)


def gradient(name: str, colours: tuple[str, ...]) -> str:
    """A vertical gradient with evenly spaced colours."""
    last = len(colours) - 1
    return fade(name, *((index / last, colour, 1) for index, colour in enumerate(colours)))


def definitions(light: Light) -> str:
    """Gradients and filters every layer refers to."""
    radial = "radialGradient"
    glow, warm = light.glow, "#ffc766"
    return (
        gradient("sky-fill", light.sky)
        + gradient("water-fill", light.water)
        + gradient("hill-fill", light.hill)
        + gradient("quay-fill", light.quay)
        + gradient("leaf-fill", light.leaves)
        + fade("puff-fill", (0, "#fff", 1), (1, "#fff", 0.35))
        + fade("haze", (0, light.sky[3], 0), (1, light.sky[3], 0.38))
        + fade("deep-fill", (0, "#fff", 0.62), (1, "#fff", 0.12))
        + fade(
            "glow", (0, glow, 1), (0.2, glow, 0.62), (0.5, glow, 0.24), (1, glow, 0), kind=radial
        )
        + fade("lamp", (0, "#ffe9ac", 0.95), (0.3, warm, 0.4), (1, warm, 0), kind=radial)
        + element("mask", rect(0, 0, 4000, FRAME_HEIGHT, "url(#deep-fill)"), id="deep")
        + MASK
        + BEAM
        + RIPPLE
    )


MASK = (
    '<mask id="puff" x="-200" y="-90" width="400" height="106" maskUnits="userSpaceOnUse">'
    '<rect x="-200" y="-70" width="400" height="86" fill="url(#puff-fill)"/></mask>'
)
BEAM = (
    '<linearGradient id="beam"><stop offset="0" stop-color="#fff3c4" stop-opacity="0"/>'
    '<stop offset="1" stop-color="#fff3c4" stop-opacity=".75"/></linearGradient>'
)
RIPPLE = (
    '<filter id="ripple" x="0" y="0" width="1" height="1">'
    '<feTurbulence baseFrequency=".004 .045" numOctaves="2" seed="7"/>'
    '<feDisplacementMap in="SourceGraphic" scale="24" xChannelSelector="R" yChannelSelector="G"/>'
    '<feGaussianBlur stdDeviation="4.5 1.6"/></filter>'
)


def sky(light: Light, *, night: bool) -> str:
    """Sky, sun or moon with its glow, stars at night."""
    x, y = (1180 if night else 1040), light.disc_y
    parts = [rect(0, 0, FRAME_WIDTH, WATERLINE + 20, "url(#sky-fill)")]
    if night:
        parts.append(stars())
    parts.append(circle(x, y, 380 if night else 520, "url(#glow)"))
    parts.append(circle(x, y, 52 if night else 74, light.disc))
    if night:
        craters = ((-16, -10, 11), (14, 12, 14), (18, -20, 7), (-14, 22, 6))
        parts += [circle(x + dx, y + dy, r, "#d9d4cf", opacity=0.45) for dx, dy, r in craters]
    return "".join(parts)


def stars() -> str:
    """Stars, more of them higher up."""
    chance = random.Random(11)
    parts = []
    for _ in range(170):
        y = chance.random() ** 1.6 * 430
        x, size = chance.uniform(0, FRAME_WIDTH), chance.choice((0.8, 1, 1.3, 2))
        parts.append(circle(x, y, size, "#fff", opacity=chance.uniform(0.25, 0.95)))
    return "".join(parts)


def cloud(x: float, y: float, scale: float) -> str:
    """A flat-bottomed cloud, fading downwards, with thin streaks below."""
    puffs = ((-70, -6, 26), (-28, -24, 40), (32, -18, 32), (74, -6, 22))
    shape = path("M-120 16a16 16 0 0 1 0 -32h240a16 16 0 0 1 0 32z", "inherit")
    shape += "".join(circle(dx, dy, r, "inherit") for dx, dy, r in puffs)
    streaks = rect(-40, 26, 210, 8, "inherit", rx=4, opacity=0.55)
    streaks += rect(-160, 26, 80, 8, "inherit", rx=4, opacity=0.3)
    cloud_and_streaks = element("g", shape, mask="url(#puff)") + streaks
    return element("g", cloud_and_streaks, transform=f"translate({x} {y}) scale({scale})")


def clouds(light: Light, width: int) -> str:
    """Clouds over the whole width."""
    spots = ((150, 150, 1.0), (620, 90, 0.7), (760, 260, 0.9), (1290, 250, 1.0), (1700, 140, 1.1))
    shapes = "".join(cloud(x, y, s) for x, y, s in spots if x < width)
    return element("g", shapes, fill=light.cloud, opacity=0.62)


def ridge(width: int, base_y: float, height: float, seed: int, colour: str) -> str:
    """One mountain ridge as a smooth sum of waves."""
    chance = random.Random(seed)
    waves = [
        (chance.uniform(0.6, 1.3) * height / k, chance.uniform(260, 420) / k, chance.uniform(0, 6))
        for k in (1, 2, 4)
    ]
    points = " ".join(
        f"{x},{base_y - sum(a * (1 + math.sin(x / p + s)) / 2 for a, p, s in waves):.1f}"
        for x in range(-10, width + 20, 10)
    )
    outline = f"-10,{WATERLINE} {points} {width + 20},{WATERLINE}"
    return element("polygon", points=outline, fill=colour)


def mountains(light: Light, width: int) -> str:
    """Three ridges, paler with distance, and haze over the water."""
    return (
        ridge(width, 520, 130, 5, light.ridges[0])
        + ridge(width, 555, 95, 8, light.ridges[1])
        + ridge(width, 585, 70, 21, light.ridges[2])
        + rect(0, WATERLINE - 170, width, 170, "url(#haze)")
    )
