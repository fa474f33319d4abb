"""What lies between the town and the viewer: lighthouse, water, boats and the quay in front."""

import random

from harbour import FRAME_HEIGHT, FRAME_WIDTH, WATERLINE, Light
from svg import circle, element, line, path, rect

DEPTH = FRAME_HEIGHT - WATERLINE
ROCKS = (
    "M1150 606C1180 566 1230 556 1262 548C1290 536 1340 536 1366 552C1410 560 1452 570 1476 606z"
)
LEDGE = "M1262 548C1290 536 1340 536 1366 552L1340 570L1300 562z"


def lighthouse(light: Light, *, night: bool) -> str:
    """The lighthouse on its rocks at the right, with a beam at night."""
    wall, band, rail = light.walls[0], light.roofs[0], light.roofs[2]
    beam = path("M1312 286L300 196V300L1312 298z", "url(#beam)", opacity=0.5) if night else ""
    return (
        beam
        + path(ROCKS, light.quay[1])
        + path(LEDGE, light.quay[0])
        + path("M1280 548L1290 316H1334L1344 548z", wall)
        + path("M1287.9 364H1336.1L1338.1 412H1285.9z", band)
        + path("M1283.8 460H1340.2L1342.3 508H1281.7z", band)
        + path("M1318 316H1334L1344 548H1322z", "#2a1c4a", opacity=0.16)
        + rect(1278, 308, 68, 10, rail, rx=4)
        + rect(1294, 276, 36, 32, light.window, rx=3)
        + line("M1303 276v32M1321 276v32", rail, 3)
        + path("M1288 277Q1312 226 1336 277z", band)
        + circle(1312, 246, 5, band)
        + circle(1312, 292, 120 if night else 60, "url(#lamp)")
    )


def streaks(light: Light, width: int) -> str:
    """Thin lines of light all over the water, longer towards the viewer."""
    chance = random.Random(3)
    parts = []
    for _ in range(width // 13):
        near = chance.random() ** 1.4
        x, y = chance.uniform(-50, width), WATERLINE + 8 + near * (DEPTH - 20)
        length, opacity = 30 + 120 * near * chance.random(), chance.uniform(0.06, 0.26)
        parts.append(rect(x, y, length, 1.5 + 3 * near, light.glint, rx=2, opacity=opacity))
    return "".join(parts)


def glitter(light: Light, x: float) -> str:
    """The path of light under the sun or the moon at `x`."""
    chance = random.Random(5)
    parts = []
    for _ in range(90):
        near = chance.random()
        length = chance.uniform(20, 70) * (0.5 + near)
        left = x + chance.gauss(0, 26 + 40 * near) - length / 2
        y, opacity = WATERLINE + 4 + near * (DEPTH - 30), chance.uniform(0.3, 0.85)
        parts.append(rect(left, y, length, 2 + 3 * near, light.glint, rx=2.5, opacity=opacity))
    return "".join(parts)


def sailing_boat(light: Light, x: float, y: float, scale: float) -> str:
    """A moored boat: hull, mast and two sails."""
    parts = (
        rect(-2, -150, 4, 150, light.near)
        + path("M6 -146C50 -100 66 -60 70 -22H6z", light.walls[0])
        + path("M-6 -130C-30 -90 -44 -50 -50 -22H-6z", light.roofs[3])
        + path("M-72 -12H84C74 16 54 26 34 26H-36C-56 26 -68 8 -72 -12z", light.walls[3])
        + path("M-72 -12H84L80 -2H-69z", light.roofs[0])
        + line("M-60 30H60", light.near, 5, opacity=0.35)
    )
    return element("g", parts, transform=f"translate({x} {y}) scale({scale})")


def lamp_post(light: Light, x: int, glow: float) -> str:
    """A street lamp standing on the quay in front."""
    return (
        circle(x, 470, 170, "url(#lamp)", opacity=glow)
        + rect(x - 5, 500, 10, 290, light.near, rx=3)
        + rect(x - 13, 740, 26, 60, light.near, rx=6)
        + path(f"M{x - 24} 450L{x} 424L{x + 24} 450z", light.near)
        + rect(x - 15, 492, 30, 10, light.near, rx=4)
        + path(f"M{x - 18} 452H{x + 18}L{x + 12} 492H{x - 12}z", "#ffe7a6")
        + line(f"M{x} 452V492", light.near, 3)
    )


def bollard(light: Light, x: int) -> str:
    """A bollard and the rope to the next one."""
    post = f"M{x - 18} 796V762Q{x - 24} 744 {x} 744Q{x + 24} 744 {x + 18} 762V796z"
    return (
        line(f"M{x} 772C{x + 130} 850 {x + 290} 850 {x + 420} 772", light.ridges[1], 6)
        + path(post, light.near)
        + rect(x - 24, 746, 48, 12, light.ridges[2], rx=6)
    )


def flower_pot(light: Light, x: int) -> str:
    """A big pot with long leaves and round blossoms."""
    chance = random.Random(150)
    greens = (*light.leaves, light.hill[0])
    colours = (light.roofs[3], light.walls[2], light.walls[0])
    leaves, blossoms = [], []
    for index in range(17):
        lean = (index - 8) * 13 + chance.uniform(-5, 5)
        top = 628 + abs(lean) * 0.75 + chance.uniform(-14, 20)
        d = (
            f"M{x - 5} 742Q{x - 2 + lean * 0.25:.0f} {top:.0f} {x + lean:.0f} {top:.0f}"
            f"Q{x + lean * 0.45:.0f} {top + 24:.0f} {x + 6} 742z"
        )
        leaves.append(path(d, greens[index % 3]))
        if index % 3 == 1:
            blossoms.append(circle(x + lean, top, chance.uniform(9, 14), chance.choice(colours)))
    pot = path(f"M{x - 46} 728H{x + 46}L{x + 34} 796H{x - 34}z", light.roofs[2])
    rim = rect(x - 52, 722, 104, 18, light.roofs[1], rx=6)
    return "".join(leaves) + "".join(blossoms) + pot + rim


def quay(light: Light, width: int, lamps: tuple[int, ...], glow: float) -> str:
    """The quay in front: planks, bollards with a rope, street lamps each with a flower pot."""
    edge = light.ridges[2]
    parts = [lamp_post(light, x, glow) for x in lamps]
    parts.append(rect(0, 792, width, 80, light.near))
    parts.append(rect(0, 786, width, 10, edge, rx=3))
    parts.append(rect(0, 786, width, 3, light.glint, opacity=0.35))
    parts += [rect(x, 800, 3, 64, edge, opacity=0.35) for x in range(60, width, 96)]
    parts += [bollard(light, x) for x in range(330, width, 420)]
    parts += [flower_pot(light, x - 84) for x in lamps]
    return "".join(parts)


def reflection(land: str) -> str:
    """The land upside down in the water, rippled and fading towards the viewer."""
    turned = f"translate(0 {WATERLINE * 0.8}) scale(1 -.8)"
    flipped = element("g", land, transform=turned)
    rippled = element("g", element("g", flipped, filter="url(#ripple)"), mask="url(#deep)")
    return element("svg", rippled, y=WATERLINE, width=FRAME_WIDTH, height=DEPTH)
