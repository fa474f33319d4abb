"""Writing a repaired picture within the limit of size: as it was made where that is enough.

How large a file becomes is estimated from small tiles of the picture first, because encoding a
large one several times would take seconds.
"""

from collections.abc import Iterator
from io import BytesIO
from math import sqrt
from pathlib import Path
from typing import Any

from PIL import Image, JpegImagePlugin

from components.errors import MediaRejected
from components.media.images.conversion import Finish
from components.media.images.inspection import ImageInfo
from components.media.images.jpeg_strips import write_jpeg
from components.media.images.limits import ImageLimits
from components.media.images.sizing import Size
from components.media.store.durable_files import disk_space_watched

Options = dict[str, Any]
Colour = tuple[int, int, int]
_DONE = Finish()
# Nobody sees a difference at 95; below 80 blocks begin to show, and a smaller picture is better.
_BEST: Options = {"quality": 95, "subsampling": 0}
_SMALLER: tuple[Options, ...] = tuple(
    {"quality": quality, "subsampling": 2} for quality in (92, 88, 84, 80)
)
_TILE_PX = 256
_TILES_A_SIDE = 3
_CAUTION = 0.93
_SHRINK_AGAIN = 0.8


def jpeg_options(picture: Image.Image) -> Options:
    """Return how an open JPEG was made, to make it again with the same loss; {} for no JPEG."""
    if not isinstance(picture, JpegImagePlugin.JpegImageFile) or picture.mode not in ("L", "RGB"):
        return {}
    # A quarter turn would need 4:4:0 for 4:2:2, which cannot be written.
    is_halved_both_ways = JpegImagePlugin.get_sampling(picture) == 2
    return {"qtables": picture.quantization, "subsampling": 2 if is_halved_both_ways else 0}


def save_within(
    picture: Image.Image,
    finish: Finish,
    limits: ImageLimits,
    folder: Path,
    *,
    background: Colour,
    made: Options,
) -> tuple[Path, ImageInfo]:
    """Write an opaque picture as JPEG, a transparent one as PNG; finished, and within the size.

    A PNG that would be too large is flattened on the background. `made` are the options of the
    JPEG it was, where it was small enough. Raises `DiskFull`.
    """
    if picture.mode == "RGBA":
        picture, finish = finish(picture), Finish()
        if _estimated_bytes(picture, "PNG", {}) < limits.max_size_bytes * 1.2:
            ready = folder / "repaired.png"
            with disk_space_watched():
                picture.save(ready, icc_profile=None, exif=b"")
            if ready.stat().st_size <= limits.max_size_bytes:
                return ready, ImageInfo("PNG", *picture.size, ready.stat().st_size)
            ready.unlink()
        picture = flattened(picture, background)
    file = folder / "repaired.jpg"
    for smaller, options in _attempts(picture, finish, limits, made):
        with disk_space_watched():
            write_jpeg(smaller, file, finish, options)
        if (size_bytes := file.stat().st_size) <= limits.max_size_bytes:
            return file, ImageInfo("JPEG", *finish.size_px(smaller), size_bytes)
    raise MediaRejected("The picture cannot be saved small enough; add a smaller one.")


def flattened(picture: Image.Image, background: Colour) -> Image.Image:
    """Return the picture without transparency, on a colour."""
    ground = Image.new("RGB", picture.size, background)
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def _attempts(
    picture: Image.Image, finish: Finish, limits: ImageLimits, made: Options
) -> Iterator[tuple[Image.Image, Options]]:
    """Yield what to write next: the best that should fit, then smaller and smaller pictures."""
    allowed_bytes = limits.max_size_bytes * _CAUTION
    estimate = 0.0
    if made:
        yield picture, made
    for options in (_BEST, *_SMALLER):
        estimate = _estimated_bytes(picture, "JPEG", options, finish)
        if estimate <= allowed_bytes:
            yield picture, options
    scale = min(1.0, sqrt(allowed_bytes / max(estimate, 1.0)))
    while scale > 0.01:
        size_px = _shrunk(picture.size, scale, limits)
        yield picture.resize(size_px, Image.Resampling.LANCZOS, reducing_gap=2.0), _SMALLER[-1]
        scale *= _SHRINK_AGAIN


def _estimated_bytes(
    picture: Image.Image, file_format: str, options: Options, finish: Finish = _DONE
) -> float:
    """Estimate a file's size from tiles spread over the picture."""
    total_bytes, total_pixels = 0, 0
    for row in range(_TILES_A_SIDE):
        for column in range(_TILES_A_SIDE):
            left = (picture.width - _TILE_PX) * column // (_TILES_A_SIDE - 1)
            top = (picture.height - _TILE_PX) * row // (_TILES_A_SIDE - 1)
            box = (max(left, 0), max(top, 0), left + _TILE_PX, top + _TILE_PX)
            tile = picture.crop((*box[:2], min(box[2], picture.width), min(box[3], picture.height)))
            buffer = BytesIO()
            finish(tile).save(buffer, file_format, **options)
            total_bytes += buffer.tell()
            total_pixels += tile.width * tile.height
    return total_bytes * (picture.width * picture.height / total_pixels)


def _shrunk(size_px: Size, scale: float, limits: ImageLimits) -> Size:
    """Scale both sides, and stay within the shortest side and the ratio after rounding."""
    shorter_px = max(limits.min_side_px, round(min(size_px) * scale))
    longer_px = max(shorter_px, round(max(size_px) * scale))
    longer_px = min(longer_px, int(shorter_px * limits.max_ratio))
    wide = size_px[0] >= size_px[1]
    return (longer_px, shorter_px) if wide else (shorter_px, longer_px)
