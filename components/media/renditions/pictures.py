"""A picture in another size and coding, without anything but the picture in it."""

from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from components.media.clips.limits import frame_picture
from components.media.formats.sniffing import kind_of
from components.media.images.conversion import plain
from components.media.images.inspection import opened
from components.media.images.metadata_removal import without_metadata
from components.media.store.durable_files import disk_space_watched

LADDER_PX = (320, 640, 960, 1280, 1920, 2560)
"""Widths to choose from: phones to large screens, each some 1.5 times as wide as the one before."""
CODINGS: dict[str, dict[str, Any]] = {
    "avif": {"quality": 60, "speed": 8},
    "webp": {"quality": 80, "method": 4},
    "jpg": {"quality": 82, "progressive": True, "optimize": True},
}
"""From the smallest files to those that every browser reads."""
_PILLOW_NAMES = {"avif": "AVIF", "webp": "WEBP", "jpg": "JPEG"}
_LONGEST_POSTER_PX = 1920
_UNCHANGED = frozenset({".jpg", ".jpeg", ".png"})


def widths_for(width_px: int) -> tuple[int, ...]:
    """The widths that a picture is offered in; never wider than it is."""
    most = min(width_px, LADDER_PX[-1])
    return (*(it for it in LADDER_PX if it < most), most)


def write_picture(path: Path, target: Path, width_px: int, coding: str) -> None:
    """Write a picture, or what a clip shows first, at most so wide.

    Raises `MediaRejected` for an unreadable file and `DiskFull`.
    """
    if kind_of(path) == "video":
        frame = target.with_name(f"{target.name}.frame")
        try:
            frame_picture(path, frame, _LONGEST_POSTER_PX)
            _write(frame, target, width_px, coding)
        finally:
            frame.unlink(missing_ok=True)
    else:
        _write(path, target, width_px, coding)


def write_original(path: Path, target: Path) -> None:
    """Write a picture as it is, but without its metadata. Raises `MediaRejected`, `DiskFull`."""
    content = path.read_bytes()
    if path.suffix in _UNCHANGED:
        try:
            clean = without_metadata(content)
        except ValueError:
            clean = b""
        if clean:
            with disk_space_watched():
                target.write_bytes(clean)
            return
    _write(path, target, LADDER_PX[-1] * 4, "jpg")


def _write(path: Path, target: Path, width_px: int, coding: str) -> None:
    with opened(path) as picture:
        # A JPEG is read at a fraction of its size where that is enough.
        picture.draft("RGB", (width_px, width_px * picture.height // max(1, picture.width)))
        upright = ImageOps.exif_transpose(picture)
        flat = _flat(plain(upright))
        height_px = max(1, round(flat.height * width_px / flat.width))
        if width_px < flat.width:
            flat = flat.resize((width_px, height_px), Image.Resampling.LANCZOS, reducing_gap=3.0)
    with disk_space_watched():
        flat.save(target, _PILLOW_NAMES[coding], **CODINGS[coding])


def _flat(picture: Image.Image) -> Image.Image:
    if picture.mode in ("RGBA", "LA", "PA"):
        ground = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(ground, picture.convert("RGBA"))
    return picture.convert("RGB")
