"""Writing on pictures: captions, labels and the watermark, with the font that Pillow carries.

A `Stamp` is drawn once and put on every frame of a video.
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from components.media.drawing.canvas import Picture

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
_NO_SIGN = "\uffff"
_SIMPLE_SIGNS = {
    "\N{EN DASH}": "-",
    "\N{EM DASH}": "-",
    "\N{MULTIPLICATION SIGN}": "x",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{LEFT DOUBLE QUOTATION MARK}": '"',
    "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
    "\N{LATIN SMALL LETTER SHARP S}": "ss",
    "\N{LATIN SMALL LETTER AE}": "ae",
    "\N{LATIN SMALL LETTER O WITH STROKE}": "o",
    "\N{LATIN SMALL LETTER L WITH STROKE}": "l",
}


@dataclass(frozen=True)
class Stamp:
    """A half-transparent piece (RGBA) and its place (left, top) in pixels."""

    piece: Picture
    place_px: tuple[int, int]


@dataclass(frozen=True)
class Caption:
    """Two lines: what was asked for, and with which options."""

    title: str
    details: str


def put(canvas: Picture, stamps: list[Stamp]) -> None:
    """Put all stamps on `canvas`."""
    for stamp in stamps:
        canvas.paste(stamp.piece, stamp.place_px, stamp.piece)


def caption(size_px: tuple[int, int], text: Caption) -> Stamp:
    """Return a dark strip along the lower edge with the two lines of `text`."""
    width_px, height_px = size_px
    unit_px = _unit_px(size_px)
    margin_px = round(unit_px * 1.5)
    strip_px = round(unit_px * 5.6)
    strip = _fade_to_dark(width_px, strip_px)
    pen = ImageDraw.Draw(strip)
    room_px = width_px - 2 * margin_px
    title_font, details_font = (
        font_of_height(round(unit_px * 1.45)),
        font_of_height(round(unit_px * 0.95)),
    )
    details_top = strip_px - margin_px - round(unit_px * 0.75)
    title_top = details_top - round(unit_px * 1.95)
    title = shorten(printable(text.title), room_px, title_font)
    details = shorten(printable(text.details), room_px, details_font)
    pen.text((margin_px, title_top), title, font=title_font, fill=(255, 255, 255, 245))
    pen.text((margin_px, details_top), details, font=details_font, fill=(255, 255, 255, 190))
    return Stamp(strip, (0, height_px - strip_px))


def watermark(size_px: tuple[int, int], word: str = "SANDBOX") -> Stamp:
    """Return `word` in a half-transparent pill in the upper right corner."""
    piece = _pill(" ".join(word), _unit_px(size_px), (0, 0, 0, 105), (255, 255, 255, 215))
    margin_px = round(_unit_px(size_px) * 1.3)
    return Stamp(piece, (size_px[0] - piece.width - margin_px, margin_px))


def label(size_px: tuple[int, int], text: str) -> Stamp:
    """Return a small light pill in the upper left corner."""
    piece = _pill(text, _unit_px(size_px), (255, 255, 255, 200), (20, 22, 28, 255))
    margin_px = round(_unit_px(size_px) * 1.3)
    return Stamp(piece, (margin_px, margin_px))


def printable(text: str) -> str:
    """Return the first line of `text` in signs that the built-in font has shapes for.

    A letter with an accent is written without, another alphabet as "?".
    """
    first_line = next((line for line in text.splitlines() if line.strip()), "").strip()
    return "".join(map(_shown_as, first_line))


def shorten(text: str, room_px: int, font: Font) -> str:
    """Return `text`, or its beginning and an ellipsis, so that it fits into `room_px`."""
    if font.getlength(text) <= room_px:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if font.getlength(text[:middle].rstrip() + "...") <= room_px:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + "..."


def _unit_px(size_px: tuple[int, int]) -> float:
    """Return the measure all lettering is drawn in: it follows the shorter side."""
    return max(6.0, min(min(size_px) / 36, max(size_px) / 52))


@lru_cache(maxsize=64)
def font_of_height(height_px: int) -> Font:
    """Return the font that Pillow carries; it has Latin letters only."""
    return ImageFont.load_default(max(6, height_px))


@lru_cache(maxsize=1024)
def _shown_as(sign: str) -> str:
    for other in (sign, _SIMPLE_SIGNS.get(sign, ""), unicodedata.normalize("NFKD", sign)[0]):
        if other and _has_shape(other):
            return other
    return "?"


def _has_shape(sign: str) -> bool:
    """Tell a sign from the box that the font shows in its place."""
    font = font_of_height(32)
    return sign.isprintable() and (
        sign == " " or bytes(font.getmask(sign)) != bytes(font.getmask(_NO_SIGN))
    )


def _fade_to_dark(width_px: int, height_px: int) -> Picture:
    shade = Image.new("L", (1, height_px))
    for row in range(height_px):
        shade.putpixel((0, row), round(205 * (row / height_px) ** 0.75))
    strip = Image.new("RGBA", (width_px, height_px), (8, 9, 14, 0))
    strip.putalpha(shade.resize((width_px, height_px)))
    return strip


def _pill(
    text: str, unit_px: float, ground: tuple[int, int, int, int], ink: tuple[int, int, int, int]
) -> Picture:
    font = font_of_height(round(unit_px * 0.95))
    height_px = round(unit_px * 2.0)
    width_px = round(font.getlength(text) + unit_px * 1.9)
    large = Image.new("RGBA", (width_px * 2, height_px * 2), (*ground[:3], 0))
    ImageDraw.Draw(large).rounded_rectangle(
        (0, 0, width_px * 2 - 1, height_px * 2 - 1), height_px, fill=ground
    )
    piece = large.resize((width_px, height_px), Image.Resampling.BOX)
    ImageDraw.Draw(piece).text(
        (width_px / 2, height_px / 2), text, font=font, fill=ink, anchor="mm"
    )
    return piece
