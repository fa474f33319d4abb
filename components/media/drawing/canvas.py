"""Drawing with pictures: fitting, backdrops, cards and saving.

Everything takes and returns Pillow pictures in RGB (cards are RGBA). Sizes are in pixels, places
are (left, top), shares are between 0 and 1.
"""

from dataclasses import dataclass
from pathlib import Path

from PIL import ExifTags, Image, ImageChops, ImageDraw, ImageFilter, ImageOps, ImageStat

from components.errors import MediaRejected

Picture = Image.Image
Colour = tuple[int, int, int]

_SAVE_OPTIONS: dict[str, dict[str, int | bool]] = {
    "jpeg": {"quality": 90},
    "png": {"compress_level": 1},
    "webp": {"quality": 88, "method": 1},
}


@dataclass(frozen=True)
class PictureFacts:
    """What a picture file is: `format` as Pillow names it ("JPEG", "PNG"), sides in pixels."""

    format: str
    width_px: int
    height_px: int
    lies_on_its_side: bool = False

    @property
    def upright_px(self) -> tuple[int, int]:
        """Width and height once the picture is turned upright."""
        sides = (self.width_px, self.height_px)
        return sides[::-1] if self.lies_on_its_side else sides


def picture_facts(path: Path) -> PictureFacts:
    """Read the head of a picture file. Raises `MediaRejected` when it is not a picture."""
    try:
        with Image.open(path) as picture:
            # EXIF orientations from 5 on turn the picture by a quarter.
            turned = picture.getexif().get(ExifTags.Base.Orientation, 1) >= 5
            return PictureFacts(picture.format or "", picture.width, picture.height, turned)
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise MediaRejected("The file cannot be read as a picture.") from error


def open_picture(path: Path, *, longest_side_px: int = 2048) -> Picture:
    """Return the picture upright, in RGB on white, no larger than asked.

    Raises `MediaRejected` when the file is not a picture or its data end early.
    """
    try:
        with Image.open(path) as source:
            source.draft("RGB", (longest_side_px, longest_side_px))
            upright = ImageOps.exif_transpose(source)
            upright.thumbnail((longest_side_px, longest_side_px), Image.Resampling.BICUBIC)
            return _flatten(upright)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise MediaRejected("The file cannot be read as a picture.") from error


def save_picture(picture: Picture, path: Path, file_format: str) -> None:
    """Write `picture` as "jpeg", "png" or "webp"."""
    picture.save(path, file_format.upper(), **_SAVE_OPTIONS[file_format])


def cover(picture: Picture, width_px: int, height_px: int) -> Picture:
    """Fill the whole size; what does not fit is cut off evenly."""
    return ImageOps.fit(picture, (width_px, height_px), Image.Resampling.BICUBIC)


def contain(picture: Picture, width_px: int, height_px: int) -> Picture:
    """Show the whole picture, as large as the size allows."""
    return ImageOps.contain(picture, (width_px, height_px), Image.Resampling.BICUBIC)


def crop_loss(picture: Picture, width_px: int, height_px: int) -> float:
    """Return the share of `picture` that `cover` would cut off."""
    ratio = (picture.width / picture.height) / (width_px / height_px)
    return 1 - min(ratio, 1 / ratio)


def gradient(width_px: int, height_px: int, top: Colour, bottom: Colour) -> Picture:
    """Return a soft diagonal blend of two colours."""
    corner_colours = (top, _blend(top, bottom), _blend(top, bottom), bottom)
    seed = Image.new("RGB", (2, 2))
    for index, colour in enumerate(corner_colours):
        seed.putpixel((index % 2, index // 2), colour)
    return seed.resize((width_px, height_px), Image.Resampling.BICUBIC)


def backdrop(picture: Picture, width_px: int, height_px: int, tint: Colour) -> Picture:
    """Return `picture` as a calm, dark, tinted ground to put cards on."""
    # Blurring a thumbnail and enlarging it looks the same as a wide blur and is far faster.
    small = cover(picture, 96, max(24, round(96 * height_px / width_px)))
    soft = small.filter(ImageFilter.GaussianBlur(5))
    wash = gradient(soft.width, soft.height, tint, _blend(tint, (0, 0, 0)))
    calm = Image.blend(soft, wash, 0.42)
    return calm.resize((width_px, height_px), Image.Resampling.BICUBIC)


def card(picture: Picture, width_px: int, height_px: int) -> Picture:
    """Return `picture` cut to the size, with rounded corners and a hairline, as RGBA."""
    radius_px = max(4, round(min(width_px, height_px) * 0.06))
    face = cover(picture, width_px, height_px).convert("RGBA")
    line = ImageDraw.Draw(face)
    line.rounded_rectangle(
        (0, 0, width_px - 1, height_px - 1),
        radius_px,
        outline=(255, 255, 255, 255),
        width=max(1, round(min(width_px, height_px) * 0.007)),
    )
    return rounded(face, radius_px)


def rounded(picture: Picture, radius_px: int) -> Picture:
    """Return `picture` with rounded corners, as RGBA."""
    face = picture.convert("RGBA")
    face.putalpha(_rounded_mask(*face.size, radius_px))
    return face


def place(canvas: Picture, piece: Picture, centre: tuple[int, int], angle: float = 0.0) -> None:
    """Put an RGBA `piece` on `canvas` with a soft shadow, turned by `angle` degrees."""
    # The clear margin keeps the turned edges smooth.
    margin = ImageOps.expand(piece, 2, (0, 0, 0, 0)) if angle else piece
    turned = margin.rotate(angle, Image.Resampling.BICUBIC, expand=True) if angle else piece
    left = centre[0] - turned.width // 2
    top = centre[1] - turned.height // 2
    _cast_shadow(canvas, turned.getchannel("A"), left, top)
    canvas.paste(turned, (left, top), turned)


def clear(width_px: int, height_px: int) -> Picture:
    """Return an empty, fully transparent layer (RGBA)."""
    return Image.new("RGBA", (width_px, height_px), (0, 0, 0, 0))


def average_colour(picture: Picture) -> Colour:
    """Return the mean colour of `picture`, made a little more vivid."""
    red, green, blue = ImageStat.Stat(picture.resize((16, 16))).mean
    grey = (red + green + blue) / 3
    vivid = (round(min(255, max(0, grey + (part - grey) * 1.6))) for part in (red, green, blue))
    return next(vivid), next(vivid), next(vivid)


def _flatten(picture: Picture) -> Picture:
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        ground = Image.new("RGB", layer.size, "white")
        ground.paste(layer, mask=layer.getchannel("A"))
        return ground
    return picture.convert("RGB")


def _blend(first: Colour, second: Colour) -> Colour:
    return (
        (first[0] + second[0]) // 2,
        (first[1] + second[1]) // 2,
        (first[2] + second[2]) // 2,
    )


def _rounded_mask(width_px: int, height_px: int, radius_px: int) -> Picture:
    # Drawn twice as large and reduced, so that the corners are smooth.
    large = Image.new("L", (width_px * 2, height_px * 2), 0)
    ImageDraw.Draw(large).rounded_rectangle(
        (0, 0, width_px * 2 - 1, height_px * 2 - 1), radius_px * 2, fill=255
    )
    return large.resize((width_px, height_px), Image.Resampling.BOX)


def _cast_shadow(canvas: Picture, shape: Picture, left: int, top: int) -> None:
    reach = max(6, min(shape.size) // 20)
    scale = 4
    small_size = ((shape.width + 4 * reach) // scale, (shape.height + 4 * reach) // scale)
    small = Image.new("L", small_size, 0)
    inner = shape.resize((max(1, shape.width // scale), max(1, shape.height // scale)))
    small.paste(inner, (2 * reach // scale, 2 * reach // scale))
    soft = small.filter(ImageFilter.GaussianBlur(reach / scale))
    veil = ImageChops.multiply(soft, Image.new("L", soft.size, 140))
    full = veil.resize((small_size[0] * scale, small_size[1] * scale), Image.Resampling.BILINEAR)
    canvas.paste((0, 0, 0), (left - 2 * reach, top - 2 * reach + reach // 2), full)
