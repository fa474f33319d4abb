"""Opening a picture safely: by header first, then every pixel, within bounds of memory.

Only formats on a list are opened; Pillow knows others that run external programs.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pillow_heif
from PIL import ExifTags, Image, UnidentifiedImageError

from components.errors import MediaRejected
from components.media.formats.sniffing import require_kind
from components.media.formats.wording import MB, file_label, sides
from components.media.images.png_rows import lacks_rows
from components.media.store.media_store import media_type

# What the cameras of phones make; four bytes each and two or three copies stay under 1 GB.
MAX_PIXELS = 64_000_000
MAX_FILE_BYTES = 100 * MB
TRANSPOSES = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes a picture upright, by its EXIF orientation; from 5 on width becomes height."""

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF", "HEIF")
_SUFFIXES = {"JPEG": ".jpg", "TIFF": ".tif", "HEIF": ".heic"}
# What Pillow's decoders raise on broken data; a decoder is not specific about it.
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RuntimeError,
    MemoryError,
    struct.error,
    zlib.error,
)
_UNSUPPORTED = re.compile(
    r"unsupported|not supported|unknown|not available|not implemented", re.IGNORECASE
)
"""How Pillow's readers say that they know the format, and not this kind of it."""
_BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)


@dataclass(frozen=True)
class ImageInfo:
    """What a picture file is. `format` is Pillow's name ("JPEG", "PNG"); sides are upright."""

    format: str
    width_px: int
    height_px: int
    size_bytes: int

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height."""
        return self.width_px, self.height_px

    @property
    def suffix(self) -> str:
        """The file ending that belongs to the format, with its dot: ".jpg"."""
        return _SUFFIXES.get(self.format, f".{self.format.lower()}")

    @property
    def mime(self) -> str:
        """The media type, "image/jpeg"."""
        return media_type(f"picture{self.suffix}")


@contextmanager
def opened(path: Path, max_pixels: int = MAX_PIXELS) -> Iterator[Image.Image]:
    """Lend the picture with only its header read; decoding inside the block is guarded as well.

    Raises `MediaRejected` for a file that is no picture, is broken, or would take too much memory.
    """
    require_kind(path, "image")
    name = file_label(path)
    if path.stat().st_size > MAX_FILE_BYTES:
        raise MediaRejected(
            f"{name} is over {MAX_FILE_BYTES // MB} MB", remedy="add a smaller picture"
        )
    _teach_pillow_heif()
    try:
        with Image.open(path, formats=_FORMATS) as picture:
            if picture.width * picture.height > max_pixels:
                raise _too_many_pixels(name, max_pixels, picture.size)
            yield picture
    except _BOMB as error:
        raise _too_many_pixels(name, max_pixels) from error
    except _BROKEN as error:
        raise _unreadable(name, error) from error


def _unreadable(name: str, error: BaseException) -> MediaRejected:
    """What is intact and only of another kind is not called damaged."""
    if isinstance(error, UnidentifiedImageError):
        found = "is damaged or incomplete, or of a kind that cannot be read here"
        return MediaRejected(f"{name} {found}", remedy="save it as JPEG or PNG")
    if _UNSUPPORTED.search(str(error)):
        found = "is of a kind that cannot be read here"
        return MediaRejected(f"{name} {found}", remedy="save it as JPEG or PNG")
    return MediaRejected(f"{name} is damaged or incomplete", remedy="export it again")


def describe_picture(picture: Image.Image, path: Path) -> ImageInfo:
    """Read what the header of an open picture says."""
    width_px, height_px = picture.size
    if orientation(picture) >= 5:
        width_px, height_px = height_px, width_px
    # An MPO is a JPEG with further pictures behind it, which no reader of a JPEG looks at.
    file_format = "JPEG" if picture.format == "MPO" else picture.format or ""
    return ImageInfo(file_format, width_px, height_px, path.stat().st_size)


def inspect_image(path: Path) -> ImageInfo:
    """Read the header and decode every pixel, so that a truncated file is noticed.

    Raises `MediaRejected`. Decoding a JPEG takes an eighth of each side, thus little memory.
    """
    with opened(path) as picture:
        info = describe_picture(picture, path)
        picture.draft(None, (1, 1))
        picture.load()
        require_all_rows(picture, path)
        return info


def require_all_rows(picture: Image.Image, path: Path) -> None:
    """Raise `OSError`, as decoders do for other formats, for a PNG that ends before its last row.

    The picture is decoded for that.
    """
    if picture.format == "PNG":
        picture.load()
        if lacks_rows(picture, path):
            raise OSError("rows are missing")


def orientation(picture: Image.Image) -> int:
    """Return the EXIF orientation, 1 (upright) to 8; 1 when there is none or it is unreadable.

    A PNG and a TIFF are decoded for that: Pillow looks for it behind the picture of the one, where
    damage must not be hushed up, and turns the other by itself.
    """
    if picture.format in ("PNG", "TIFF"):
        picture.load()
    try:
        value = picture.getexif().get(ExifTags.Base.Orientation, 1)
    except _BROKEN:
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _teach_pillow_heif() -> None:
    if "HEIF" not in Image.OPEN:
        pillow_heif.register_heif_opener()


def _too_many_pixels(
    name: str, max_pixels: int, size: tuple[int, int] | None = None
) -> MediaRejected:
    shape = f"{sides(*size)}, " if size else ""
    limit = max_pixels // 1_000_000
    finding = f"{name} is {shape}more than the {limit} megapixels that can be read"
    return MediaRejected(finding, remedy="make it smaller")
