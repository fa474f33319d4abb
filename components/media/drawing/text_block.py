"""Text in several lines: wrapped at words, cut with an ellipsis where it does not fit."""

from dataclasses import dataclass

from PIL import ImageDraw

from components.media.drawing.canvas import Colour, Picture
from components.media.drawing.lettering import Font, font_of_height, printable, shorten

_LINE_HEIGHT = 1.28


@dataclass(frozen=True)
class TextBlock:
    """Lines of one size and colour, to be drawn at any place."""

    lines: tuple[str, ...]
    size_px: int
    ink: Colour

    @property
    def height_px(self) -> int:
        """How much room the lines take."""
        return round(len(self.lines) * self.size_px * _LINE_HEIGHT)

    @property
    def width_px(self) -> int:
        """How long the longest line is."""
        font = font_of_height(self.size_px)
        return round(max((font.getlength(line) for line in self.lines), default=0))

    def draw(self, canvas: Picture, at: int, top: int, anchor: str = "l") -> None:
        """Write the lines from `top` down: "l" begins, "m" centres and "r" ends them at `at`."""
        pen = ImageDraw.Draw(canvas)
        for number, line in enumerate(self.lines):
            middle = top + (number + 0.5) * self.size_px * _LINE_HEIGHT
            font = font_of_height(self.size_px)
            pen.text((at, middle), line, font=font, fill=self.ink, anchor=f"{anchor}m")


def text_block(text: str, width_px: int, size_px: int, ink: Colour, most_lines: int) -> TextBlock:
    """Return `text` wrapped to a width; what does not fit into `most_lines` is left out.

    Signs the font has no shape for become "?", and every kind of blank is one space.
    """
    words = printable(" ".join(text.split())).split()
    font = font_of_height(size_px)
    lines: list[str] = []
    while words and len(lines) < most_lines - 1:
        count = _fitting(words, width_px, font)
        lines.append(shorten(" ".join(words[:count]), width_px, font))
        words = words[count:]
    if words and most_lines > 0:
        lines.append(shorten(" ".join(words), width_px, font))
    return TextBlock(tuple(lines), size_px, ink)


def _fitting(words: list[str], width_px: int, font: Font) -> int:
    """How many words fit into a line; one at least."""
    count = 1
    while count < len(words) and font.getlength(" ".join(words[: count + 1])) <= width_px:
        count += 1
    return count
