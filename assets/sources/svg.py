"""The few SVG elements the drawings are made of. Underscores in attribute names become hyphens."""

Number = float | int


def element(name: str, body: str = "", **attributes: str | Number) -> str:
    """One element; numbers are rounded to a tenth of a pixel, small ones to a hundredth."""
    parts = [f"<{name}"]
    for key, value in attributes.items():
        text = f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
        parts.append(f'{key.replace("_", "-")}="{text}"')
    opening = " ".join(parts)
    return f"{opening}>{body}</{name}>" if body else f"{opening}/>"


def rect(
    x: Number, y: Number, width: Number, height: Number, fill: str, **more: str | Number
) -> str:
    """A rectangle from its upper left corner."""
    return element("rect", x=x, y=y, width=width, height=height, fill=fill, **more)


def circle(cx: Number, cy: Number, r: Number, fill: str, **more: str | Number) -> str:
    """A circle around its centre."""
    return element("circle", cx=cx, cy=cy, r=r, fill=fill, **more)


def path(d: str, fill: str = "none", **more: str | Number) -> str:
    """A shape in SVG path notation."""
    return element("path", d=d, fill=fill, **more)


def line(d: str, stroke: str, width: Number, **more: str | Number) -> str:
    """A path drawn as a line with round ends."""
    look = {"stroke_linecap": "round", "stroke_linejoin": "round", **more}
    return path(d, stroke=stroke, stroke_width=width, **look)


def fade(name: str, *stops: tuple[Number, str, Number], kind: str = "linearGradient") -> str:
    """A gradient from top to bottom, or from the centre outwards: offset, colour, opacity."""
    body = "".join(
        element("stop", offset=offset, stop_color=colour, stop_opacity=opacity)
        for offset, colour, opacity in stops
    )
    direction = {"x1": 0, "y1": 0, "x2": 0, "y2": 1} if kind == "linearGradient" else {}
    return element(kind, body, id=name, **direction)


def document(body: str, width: int, height: int) -> str:
    """A whole picture."""
    return element(
        "svg",
        body,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
    )
