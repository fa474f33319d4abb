"""The accent of a showcase as a page can use it: text on it, and text in it, can always be read."""

DEFAULT = "#4338ca"
LIGHT_GROUND, DARK_GROUND = "#faf9f7", "#121417"
"""What the page is drawn on; `public_page.css` has the same."""
LEAST_CONTRAST = 4.6
"""A little more than the 4.5 of WCAG 2.2, 1.4.3, for grounds that are nearly these."""
_STEPS = 40
_Rgb = tuple[int, int, int]


def look_css(accent: str) -> str:
    """The custom properties of the page, for a light and a dark screen."""
    colour = _parsed(accent or DEFAULT)
    light = _properties(colour, _readable(colour, _parsed(LIGHT_GROUND), (0, 0, 0)))
    dark = _properties(colour, _readable(colour, _parsed(DARK_GROUND), (255, 255, 255)))
    return f":root{{{light}}}\n@media (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours (WCAG 2.2)."""
    return _contrast(_parsed(one), _parsed(other))


def _properties(colour: _Rgb, text: _Rgb) -> str:
    on_it = "#ffffff" if _contrast(colour, (255, 255, 255)) >= LEAST_CONTRAST else "#0b0d10"
    if on_it == "#0b0d10":
        # Between the two that white and black are read on, it becomes a little lighter.
        colour = _readable(colour, _parsed(on_it), (255, 255, 255))
    return f"--accent:{_text(colour)};--on-accent:{on_it};--accent-text:{_text(text)}"


def _readable(colour: _Rgb, ground: _Rgb, towards: _Rgb) -> _Rgb:
    """The colour, or the first of those on the way to another that is read on a ground."""
    for step in range(_STEPS + 1):
        mixed = _mixed(colour, towards, step / _STEPS)
        if _contrast(mixed, ground) >= LEAST_CONTRAST:
            return mixed
    return towards


def _mixed(one: _Rgb, other: _Rgb, share: float) -> _Rgb:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _contrast(one: _Rgb, other: _Rgb) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: _Rgb) -> float:
    parts = [it / 255 for it in colour]
    linear = [it / 12.92 if it <= 0.04045 else ((it + 0.055) / 1.055) ** 2.4 for it in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _parsed(colour: str) -> _Rgb:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue


def _text(colour: _Rgb) -> str:
    return "#" + "".join(f"{it:02x}" for it in colour)
