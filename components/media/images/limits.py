"""Pictures: what a model takes, whether a file is that, and small previews."""

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from components.errors import MediaRejected
from components.media.formats.wording import MB, megabytes, sides
from components.media.images.conversion import plain
from components.media.images.inspection import (
    MAX_PIXELS,
    ImageInfo,
    opened,
)
from components.media.report import Check
from components.media.store.durable_files import disk_space_watched


@dataclass(frozen=True)
class ImageLimits:
    """What the models take, from Kling's documentation: JPEG or PNG, 10 MB, 300 px, 1:2.5 to 2.5:1.

    `max_pixels` is our own bound against files that unpack to far more than they weigh.
    """

    formats: tuple[str, ...] = ("JPEG", "PNG")
    max_size_bytes: int = 10 * MB
    min_side_px: int = 300
    max_ratio: float = 2.5
    max_pixels: int = MAX_PIXELS


DEFAULT_LIMITS = ImageLimits()
_AVERAGED_MODES = ("L", "LA", "RGB", "RGBA", "CMYK", "YCbCr", "LAB")


def image_checks(info: ImageInfo, limits: ImageLimits = DEFAULT_LIMITS) -> tuple[Check, ...]:
    """Tell of each limit whether the picture is within it."""
    width_px, height_px = info.width_px, info.height_px
    longer_px, shorter_px = max(width_px, height_px), max(min(width_px, height_px), 1)
    ratio = longer_px / shorter_px
    shown = f"{ratio:.2f}".rstrip("0").rstrip(".")
    widest = f"{limits.max_ratio:g}"
    return (
        Check("Format", info.format, " or ".join(limits.formats), info.format in limits.formats),
        Check(
            "Sides",
            sides(width_px, height_px),
            f"at least {limits.min_side_px} pixels",
            shorter_px >= limits.min_side_px,
        ),
        Check(
            "Ratio",
            f"{shown}:1" if width_px >= height_px else f"1:{shown}",
            f"1:{widest} to {widest}:1",
            longer_px <= shorter_px * limits.max_ratio,
        ),
        Check(
            "Size",
            megabytes(info.size_bytes),
            f"at most {megabytes(limits.max_size_bytes)}",
            info.size_bytes <= limits.max_size_bytes,
        ),
    )


def check_image(info: ImageInfo, limits: ImageLimits = DEFAULT_LIMITS, file_name: str = "") -> None:
    """Raise `MediaRejected` with the measured value and the limit, for the first that is broken."""
    name = file_name or "The picture"
    if info.format not in limits.formats:
        wanted = " or ".join(limits.formats)
        raise MediaRejected(f"{name} is {info.format}, and the model takes {wanted}.")
    check_shape(info, limits, name)
    check_size(info, limits, name)


def check_shape(info: ImageInfo, limits: ImageLimits, name: str) -> None:
    """Raise `MediaRejected` when a side is too short or the picture too wide or too tall."""
    width_px, height_px = info.width_px, info.height_px
    shape = f"{name} is {sides(width_px, height_px)}"
    if min(width_px, height_px) < limits.min_side_px:
        raise MediaRejected(
            f"{shape}, smaller than the {limits.min_side_px} pixels a side the model needs; "
            "add a larger one."
        )
    if width_px > height_px * limits.max_ratio:
        raise MediaRejected(
            f"{shape}, wider than the {limits.max_ratio:g}:1 the model takes; "
            "crop it and add it again."
        )
    if height_px > width_px * limits.max_ratio:
        raise MediaRejected(
            f"{shape}, taller than the 1:{limits.max_ratio:g} the model takes; "
            "crop it and add it again."
        )


def check_size(info: ImageInfo, limits: ImageLimits, name: str) -> None:
    """Raise `MediaRejected` when the file is too large."""
    if info.size_bytes > limits.max_size_bytes:
        raise MediaRejected(
            f"{name} is {megabytes(info.size_bytes)}, more than the "
            f"{megabytes(limits.max_size_bytes)} the model takes; "
            "save it smaller and add it again."
        )


def thumbnail(path: Path, target: Path, max_side_px: int = 480) -> Path:
    """Write a small JPEG or WebP, by the ending of `target`, and return `target`.

    Transparency becomes white. Raises `MediaRejected` for an unreadable file and `DiskFull`.
    """
    with opened(path) as picture:
        picture.draft("RGB", (max_side_px, max_side_px))
        # Palettes and deep greys have no mean of two pixels: they are converted first.
        small = picture if picture.mode in _AVERAGED_MODES else plain(picture)
        small.thumbnail((max_side_px, max_side_px))
        small.load()
        small = plain(small) if small is picture else small
        if small.mode == "RGBA":
            small = Image.alpha_composite(Image.new("RGBA", small.size, "white"), small)
    with disk_space_watched():
        small.convert("RGB").save(target, quality=82)
    return target
