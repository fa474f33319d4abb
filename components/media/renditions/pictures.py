"""A picture in another size and coding, without anything but the picture in it."""

from contextlib import suppress
from pathlib import Path
from typing import Any

from PIL import Image

from components.media.clips.limits import frame_picture
from components.media.formats.sniffing import kind_of
from components.media.images.conversion import plain
from components.media.images.inspection import MAX_PIXELS, opened, orientation
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
_FULL: dict[str, Any] = {"optimize": True}
_PILLOW_NAMES = {"avif": "AVIF", "webp": "WEBP", "jpg": "JPEG", "jpeg": "JPEG", "png": "PNG"}
_LONGEST_POSTER_PX = 1920
_MOST_SIDE_PX = 16_383
"""What a WebP holds, the least of the three."""
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
    clean = _clean(path) if path.suffix in _UNCHANGED else b""
    if clean:
        with disk_space_watched():
            target.write_bytes(clean)
    else:
        _write(path, target, MAX_PIXELS, target.suffix.removeprefix("."))


def _clean(path: Path) -> bytes:
    """The file without its metadata, or nothing where it is only right with them."""
    with opened(path) as picture:
        is_upright = orientation(picture) == 1
    if is_upright:
        with suppress(ValueError):
            return without_metadata(path.read_bytes())
    return b""


def _write(path: Path, target: Path, width_px: int, coding: str) -> None:
    with opened(path) as picture:
        # A JPEG is read at a fraction of its size where both sides, also turned, stay enough.
        enough_px = width_px * max(picture.size) // max(1, min(picture.size))
        picture.draft("RGB", (enough_px, enough_px))
        flat = _flat(plain(picture))
        share = min(1.0, width_px / flat.width, _MOST_SIDE_PX / max(flat.size))
        if share < 1:
            size_px = [max(1, round(side_px * share)) for side_px in flat.size]
            flat = flat.resize(size_px, Image.Resampling.LANCZOS, reducing_gap=3.0)
    # Encoders write comments and profiles that they find here, although nobody asks for them.
    flat.info.clear()
    with disk_space_watched():
        flat.save(target, _PILLOW_NAMES[coding], **CODINGS.get(coding, _FULL))


def _flat(picture: Image.Image) -> Image.Image:
    if picture.mode in ("RGBA", "LA", "PA"):
        ground = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(ground, picture.convert("RGBA"))
    return picture.convert("RGB")
