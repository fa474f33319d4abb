"""The picture that stands for a link in a chat: 1200 by 630 pixels, drawn with its title."""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

from components.media.drawing.canvas import Colour, cover, gradient, open_picture
from components.media.drawing.text_block import text_block
from components.media.store.durable_files import disk_space_watched

SIZE_PX = (1200, 630)
"""What chat apps and social networks show whole (Open Graph, 1.91:1)."""
_MARGIN_PX = 64
_WHITE: Colour = (255, 255, 255)
_SOFT: Colour = (226, 230, 240)
_NIGHT: Colour = (15, 18, 28)
_TITLE_PX, _LINE_PX = 66, 30


def write_preview_card(
    target: Path, title: str, line: str, picture: Path | None = None, accent: str = ""
) -> None:
    """Draw it over a picture, or over the accent where there is none. Raises `MediaRejected`."""
    colour = _colour(accent)
    width_px, height_px = SIZE_PX
    if picture:
        card = cover(open_picture(picture), width_px, height_px)
        card = Image.composite(Image.new("RGB", SIZE_PX, _NIGHT), card, _shade())
    else:
        card = gradient(width_px, height_px, colour, _NIGHT)
    words = text_block(title, width_px - 2 * _MARGIN_PX, _TITLE_PX, _WHITE, 2)
    below = text_block(line, width_px - 2 * _MARGIN_PX, _LINE_PX, _SOFT, 1)
    top = height_px - _MARGIN_PX - words.height_px - below.height_px - 14
    pen = ImageDraw.Draw(card)
    pen.rounded_rectangle((_MARGIN_PX, top - 34, _MARGIN_PX + 88, top - 24), 5, fill=colour)
    words.draw(card, _MARGIN_PX, top)
    below.draw(card, _MARGIN_PX, top + words.height_px + 14)
    # The picture's own comment would be written too.
    card.info.clear()
    with disk_space_watched():
        card.save(target, "JPEG", quality=86, progressive=True)


def _shade() -> Image.Image:
    """From clear above to dark below, so that white letters can be read on any picture."""
    width_px, height_px = SIZE_PX
    column = Image.new("L", (1, height_px))
    column.putdata([round(225 * max(0.0, y / height_px - 0.25) / 0.75) for y in range(height_px)])
    return column.resize((width_px, height_px)).filter(ImageFilter.BoxBlur(2))


def _colour(accent: str) -> Colour:
    text = accent.removeprefix("#") or "4338ca"
    red, green, blue = (int(text[at : at + 2], 16) for at in (0, 2, 4))
    return red, green, blue
